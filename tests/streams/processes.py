"""Runs the program with streams and limits that a shell can give it."""

from __future__ import annotations

import os
import subprocess
from contextlib import closing
from pathlib import Path

from rpiocr.store.database import Database
from tests.program import HUMBLE, Outcome, command, surroundings
from tests.store.readings import keep_one

SENTENCE = "rpiocr: standard output cannot be written: "


def in_shell(home: Path, line: str, *arguments: object, humble: bool = True, **changes: str) -> Outcome:
    """Run ``line`` of a shell, in which ``rpiocr`` with these arguments is ``"$@"``."""
    words = command(*arguments)
    if not humble:
        words = words[len(HUMBLE) :]
    done = subprocess.run(
        ["/bin/bash", "-c", line, "bash", *words],
        env=surroundings(home, **changes),
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=300,
    )
    return Outcome(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def fill_store(home: Path) -> str:
    """Put a receipt into a store; returns its URL."""
    url = f"sqlite:///{home / 'receipts.sqlite'}"
    with closing(Database(url)) as database:
        keep_one(database, text="findme")
    return url


def filled_file(path: Path, size: int, room: int) -> Path:
    """Make a file that is ``room`` bytes short of ``size``; it takes no room on the disk."""
    path.touch()
    os.truncate(path, size - room)
    return path
