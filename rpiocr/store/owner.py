"""Who works on something: a process of this machine or another one, and whether it still lives."""

from __future__ import annotations

import datetime as dt
import os
import socket
from functools import cache
from pathlib import Path

STRANGERS = dt.timedelta(minutes=30)
"""Whether a process of another machine still lives cannot be seen from here: after this time it counts as gone."""

ENDED = frozenset("ZXx")
"""States of processes that have ended: they stay in the table until their parents take note, which some never do."""


def me() -> str:
    """Name this process so that no other one, now or later, has the same name."""
    return f"{socket.gethostname()}:{os.getpid()}:{_birth(os.getpid())}"


def lives(owner: str, since: dt.datetime | None) -> bool:
    """Tell whether the process that ``me`` named is still there; ``since`` is when it began its work, if that is known.

    A name that ``me`` never gave is nobody's.
    """
    host, pid, birth = ("", "", *owner.rsplit(":", 2))[-3:]
    if since is None or not birth:
        return False
    if host != socket.gethostname():
        return dt.datetime.now(dt.UTC) - since < STRANGERS
    return pid.isdecimal() and _birth(int(pid)) == birth


def _birth(pid: int) -> str | None:
    """Return when a process was started, in ticks of which boot; ``None`` where it has ended.

    No time of day: a Pi without a clock of its own sets that after it has started, and all times of birth move with it.
    """
    try:
        status = Path(f"/proc/{pid}/stat").read_text("ascii", "replace")
    except OSError:
        return None
    # The name, in brackets, may have spaces and brackets of its own.
    state, *fields = status.rpartition(")")[2].split()
    return None if state in ENDED else f"{fields[18]}@{_boot()}"


@cache
def _boot() -> str:
    return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
