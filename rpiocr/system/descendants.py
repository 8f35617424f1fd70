"""Finds all descendants of a program by a mark in their environment.

A process that forks and starts a session of its own leaves the process group and the children of its parent, but keeps
the environment.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MARK = "_RPIOCR_CHILD"
"""The environment variable that holds the mark."""

MAX_ROUNDS = 10
"""Maximum number of searches: a process may fork while it is being looked for."""

PROCESSES = Path("/proc")


def kill_marked(mark: str) -> None:
    """Kill every other process of this user whose mark starts with ``mark``."""
    for _ in range(MAX_ROUNDS):
        found = list(_marked(mark))
        for pid in found:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        if not found:
            return


def _marked(mark: str) -> Iterator[int]:
    wanted = os.fsencode(f"{MARK}={mark}")
    for folder in PROCESSES.iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid() and _has(folder, wanted):
            yield int(folder.name)


def _has(folder: Path, wanted: bytes) -> bool:
    """Return whether a process has a variable; false if it has ended or belongs to another user."""
    try:
        return any(variable.startswith(wanted) for variable in (folder / "environ").read_bytes().split(b"\0"))
    except OSError:
        return False
