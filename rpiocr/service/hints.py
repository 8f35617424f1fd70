"""Hints for the user after a service was installed."""

from __future__ import annotations

import getpass
import os
import platform
import shlex
from collections.abc import Iterator
from pathlib import Path

from rpiocr.service.places import Scope
from rpiocr.service.units import Facts, main_unit
from rpiocr.settings import PREFIX, SPECS

LINGERING = Path("/var/lib/systemd/linger")
CONTROLLERS = Path("/sys/fs/cgroup/cgroup.controllers")


def hints(facts: Facts, scope: Scope, *, started: bool) -> Iterator[str]:
    """Yield the next steps, one line each; ``started`` is whether the service was to be started."""
    if not started:
        yield f"start it: {later(scope, 'start', main_unit(facts.name, facts.options))}"
    yield f"see its log: {log_command(facts.name, scope)} -f"
    user = getpass.getuser()
    if facts.options.port:
        yield f"open {facts.options.url}"
        yield f"from another device, run this there, then open the same address: {_tunnel(facts.options.port, user)}"
    if scope.user and not (LINGERING / user).exists():
        yield f"it runs while you are logged in; to run it from boot on: sudo loginctl enable-linger {user}"
    unseen = [name for name in os.environ if name.startswith(PREFIX) and name.removeprefix(PREFIX).lower() in SPECS]
    if unseen:
        yield f"the service does not see {', '.join(sorted(unseen))}; move these settings to the settings file"
    if Path(facts.options.inbox).parent == Path.home():
        yield (
            f"the service may write to all of {Path.home()}, as done, review and failed are created there;"
            " to restrict it, use a folder further down, such as receipts/inbox"
        )
    if not facts.network:
        yield (
            f"it {_reach(facts)}, as no setting requires it; after a change of cloud, vision_api_key,"
            " vision_credentials or store, install it again"
        )
    if not facts.sandboxed:
        yield "this kernel does not let users create namespaces: the service may write wherever you may; try --system"
    if _memory_not_counted():
        yield (
            f"MemoryMax={facts.options.memory_max} has no effect: the kernel does not count memory; on a Raspberry Pi,"
            " add cgroup_enable=memory to the line in /boot/firmware/cmdline.txt and restart"
        )


def _tunnel(port: int, user: str) -> str:
    """Return the command that brings the page to another device, as it listens on this machine alone."""
    return shlex.join(("ssh", "-L", f"{port}:localhost:{port}", f"{user}@{platform.node()}"))


def _reach(facts: Facts) -> str:
    if not facts.options.port:
        return "has no network access"
    # the packets of a user's service cannot be held back
    return "exchanges packets with this machine alone" if facts.options.user else "needs no other machine"


def log_command(name: str, scope: Scope) -> str:
    """Return the command that shows the log, wherever the journal is stored."""
    return f"journalctl {'--user-unit' if scope.user else '--unit'} {name}"


def later(scope: Scope, *arguments: str) -> str:
    """Return the systemctl command for a step that could not, or should not yet, be done here."""
    return shlex.join(("systemctl", *scope.flag, *arguments))


def _memory_not_counted() -> bool:
    try:
        return "memory" not in CONTROLLERS.read_text("ascii").split()
    except OSError:
        return False
