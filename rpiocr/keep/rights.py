"""Whether others can read what is private: the program's own folders and files."""

from __future__ import annotations

import shlex
import stat
from collections.abc import Iterator
from pathlib import Path

from rpiocr.keep.findings import Finding
from rpiocr.settings import state_dir
from rpiocr.store.database import Database, default_url

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def rights_of(database: Database) -> Iterator[Finding]:
    """Say which of the program's own folders and files others may read or write."""
    own = [state_dir()]
    if database.url == default_url() and database.path:
        own.append(database.path.parent)
    if database.path:
        # What SQLite keeps beside it has the same rights.
        own.append(database.path)
    for path in own:
        yield from _finding(path)


def _finding(path: Path) -> Iterator[Finding]:
    try:
        mode = path.stat().st_mode
    except OSError:
        return
    if mode & OTHERS:
        right = "700" if stat.S_ISDIR(mode) else "600"
        what = f"others than its owner may use {path} (its mode is {stat.S_IMODE(mode):04o})"
        yield Finding("look", "rights", what, f"chmod {right} {shlex.quote(str(path))}")
