"""Checks that other users cannot access the program's private directories and files."""

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
    """Yield the private directories and files that other users may read or write."""
    own = [state_dir()]
    if database.url == default_url() and database.path:
        own.append(database.path.parent)
    if database.path:
        # The files that SQLite keeps next to it have the same permissions.
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
        what = f"users other than the owner may access {path} (its mode is {stat.S_IMODE(mode):04o})"
        yield Finding("look", "rights", what, f"chmod {right} {shlex.quote(str(path))}")
