"""Who works on something: a process of this machine or another one, and whether it still lives."""

from __future__ import annotations

import datetime as dt
import os
import socket

STRANGERS = dt.timedelta(minutes=30)
"""Whether a process of another machine still lives cannot be seen from here: after this time it counts as gone."""


def me() -> str:
    """Name this process so that no other one, now or later, has the same name."""
    import psutil

    return f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.2f}"


def lives(owner: str, since: dt.datetime) -> bool:
    """Tell whether the process that ``me`` named is still there; ``since`` is when it began its work."""
    import psutil

    host, pid, born = owner.rsplit(":", 2)
    if host != socket.gethostname():
        return dt.datetime.now(dt.UTC) - since < STRANGERS
    try:
        process = psutil.Process(int(pid))
        # One that has ended stays in the table until its parent takes note, which some never do.
        return process.status() != psutil.STATUS_ZOMBIE and abs(process.create_time() - float(born)) < 0.1
    except psutil.Error:
        return False
