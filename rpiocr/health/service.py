"""Whether systemd runs a watch."""

from __future__ import annotations

from collections.abc import Iterator

from rpiocr.errors import RpiocrError
from rpiocr.service.places import Scope
from rpiocr.service.status import status
from rpiocr.system.finding import Finding

UNIT = "rpiocr"
"""The name that units have unless the user chose another one."""


def service_findings() -> Iterator[Finding]:
    """Report whether systemd runs a watch of the usual name, for this user or the system."""
    found = [finding for own in (True, False) for finding in _service(Scope(own))]
    yield from found or [
        Finding("service: not installed; rpiocr service install INBOX has a folder watched", good=True)
    ]


def _service(scope: Scope) -> Iterator[Finding]:
    whose = "of this user" if scope.user else "of the system"
    try:
        if not (scope.folder / f"{UNIT}.service").exists():
            return
        known = status(UNIT, scope)
    except (RpiocrError, OSError) as error:
        yield Finding(f"service {whose}: it cannot be looked at: {error}", good=True)
        return
    what = f"service {whose}: {'; '.join(known.lines[:2])}"
    remedy = f"rpiocr service status --{'user' if scope.user else 'system'}"
    if known.active:
        yield Finding(what, good=True)
    else:
        yield Finding(f"{what}; it does not run", good=True, remedy=remedy, tip=True)
