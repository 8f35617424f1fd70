"""Claim ownership and process liveness, for processes of this machine and of others."""

from __future__ import annotations

import datetime as dt
import os
import socket
from functools import cache
from pathlib import Path

REMOTE_TIMEOUT = dt.timedelta(minutes=30)
"""Processes of another machine cannot be inspected from here: after this time they are treated as ended."""

ENDED = frozenset("ZXx")
"""States of ended processes, which stay in the process table until their parent reaps them, if it ever does."""


def process_id() -> str:
    """Return an id of this process that no other process will ever have: host, process number, time of birth."""
    return f"{socket.gethostname()}:{os.getpid()}:{_birth(os.getpid())}"


def is_alive(owner: str, since: dt.datetime | None) -> bool:
    """Return whether the process with an id of ``process_id`` still runs; ``since`` is when its work began, if known.

    False for a text that is not such an id.
    """
    host, pid, birth = ("", "", *owner.rsplit(":", 2))[-3:]
    if since is None or not birth:
        return False
    if host != socket.gethostname():
        return dt.datetime.now(dt.UTC) - since < REMOTE_TIMEOUT
    return pid.isdecimal() and _birth(int(pid)) == birth


def _birth(pid: int) -> str | None:
    """Return when a process was started, in clock ticks of which boot; ``None`` if it has ended.

    Not a time of day: a Pi without a hardware clock sets that after booting, and all start times would move with it.
    """
    try:
        status = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return None
    # The command name, in parentheses, may itself contain spaces and parentheses.
    state, *fields = status.rpartition(")")[2].split()
    return None if state in ENDED else f"{fields[18]}@{_boot()}"


@cache
def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
