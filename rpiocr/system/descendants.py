"""Finds processes by a mark in their environment: all that descend from one program, wherever they moved since.

A process that forks and starts a session of its own leaves the process group and the children of whoever started it,
but keeps the environment.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MARK = "_RPIOCR_CHILD"
"""The environment variable that holds the mark."""

MOST_ROUNDS = 10
"""A process may fork while it is being looked for; so many generations are followed."""

PROCESSES = Path("/proc")


def kill_marked(mark: str) -> None:
    """Kill every process of this user whose mark begins with ``mark``, other than this one."""
    for _ in range(MOST_ROUNDS):
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
    """Tell whether a process has a variable; false for one that has ended or belongs to somebody else."""
    try:
        return any(variable.startswith(wanted) for variable in (folder / "environ").read_bytes().split(b"\0"))
    except OSError:
        return False
