"""Checks whether systemd runs a watch."""

from __future__ import annotations

from collections.abc import Iterator

from rpiocr.errors import RpiocrError
from rpiocr.service.places import Scope
from rpiocr.service.status import status
from rpiocr.system.finding import Finding, bad
from rpiocr.system.packages import install_extra, missing_for_page

UNIT = "rpiocr"
"""The default name of units."""


def service_findings() -> Iterator[Finding]:
    """Report whether systemd runs a watch of the default name, for this user or the system."""
    found = [finding for own in (True, False) for finding in _service(Scope(own))]
    yield from found or [
        Finding("service: not installed; rpiocr service install INBOX sets up watching a folder", good=True)
    ]


def _service(scope: Scope) -> Iterator[Finding]:
    whose = "of this user" if scope.user else "of the system"
    try:
        if not (scope.folder / f"{UNIT}.service").exists():
            return
        known = status(UNIT, scope)
    except (RpiocrError, OSError) as error:
        yield Finding(f"service {whose}: it cannot be examined: {error}", good=True)
        return
    what = f"service {whose}: {'; '.join(known.lines[:2])}"
    if known.serves and missing_for_page():
        yield bad(f"{what}; the packages of the page are not installed", install_extra("serve"))
        return
    remedy = f"rpiocr service status --{'user' if scope.user else 'system'}"
    if known.active:
        yield Finding(what, good=True)
    else:
        yield Finding(f"{what}; it does not run", good=True, remedy=remedy, tip=True)
