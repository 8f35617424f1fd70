"""What is dear to make and is made once for all processes that run the tests together."""

from __future__ import annotations

import fcntl
import os
import pickle
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

T = TypeVar("T")

VARIABLE = "TESTS_SHARED_FOLDER"
"""The environment variable with the folder that all of them share."""


def start(config: pytest.Config) -> Path:
    """Make the folder, which is removed when the tests end."""
    folder = Path(tempfile.mkdtemp(prefix="tests-"))
    folder.chmod(0o755)
    os.environ[VARIABLE] = str(folder)
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    return folder


def folder() -> Path:
    """Return that folder."""
    return Path(os.environ[VARIABLE])


def once(name: str, make: Callable[[], T]) -> T:
    """Return what ``make`` gave to the first process that asked for ``name``; the others wait for it."""
    kept = folder() / f"{name}.pickle"
    with Path(f"{kept}.lock").open("w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(make()))
    made: T = pickle.loads(kept.read_bytes())  # noqa: S301 - written above
    return made
