"""Waiting for what other processes do, for as long as a busy machine may take."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

MOST_S = 120.0


def until(true: Callable[[], object], what: str) -> None:
    """Wait until something is true; a test that waits in vain fails, saying what it waited for."""
    end = time.monotonic() + MOST_S
    while not true():
        if time.monotonic() > end:
            pytest.fail(f"waited in vain: {what}")
        time.sleep(0.02)


def beside(file: Path) -> list[int]:
    """Return the processes that recorded their id next to a file."""
    return [int(one.suffix[1:]) for one in file.parent.glob(f"{file.name}.*")]


def runs(pid: int) -> bool:
    """Return whether a process exists and has not ended."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def family(pid: int) -> list[int]:
    """Return the processes that a process has started, and theirs."""
    return [child.pid for child in psutil.Process(pid).children(recursive=True)]
