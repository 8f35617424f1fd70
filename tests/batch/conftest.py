"""A folder of receipts to be read, and a store to keep them in."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.program import OTHER_SMALL, SMALL

Ask = Callable[[str], list[Any]]


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder with three receipts; the first and the last are the same image."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    for name, picture in (("a.jpg", SMALL), ("b.jpg", OTHER_SMALL), ("c.jpg", SMALL)):
        shutil.copy(picture, folder / name)
    return folder


@pytest.fixture
def ask(home: Path) -> Ask:
    """Ask the user's own store, as with sqlite3."""

    def ask(query: str) -> list[Any]:
        with closing(sqlite3.connect(home / ".local" / "share" / "rpiocr" / "receipts.sqlite")) as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            return connection.execute(query).fetchall()

    return ask
