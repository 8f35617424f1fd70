"""Counts and removes old files in a folder that is our own. Symbolic links are neither followed nor removed."""

from __future__ import annotations

import datetime as dt
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

Chosen = Callable[[str], bool]
"""Whether a file may go, by its path below the folder."""


@dataclass(frozen=True, slots=True)
class OldFiles:
    """How many files, and how many bytes they hold."""

    count: int = 0
    bytes: int = 0


def count_old(folder: Path, chosen: Chosen, before: dt.datetime) -> OldFiles:
    """Return what ``remove_old`` would remove; raises OSError."""
    sizes = [size for _, _, size in _old(folder, chosen, before)]
    return OldFiles(len(sizes), sum(sizes))


def remove_old(folder: Path, chosen: Chosen, before: dt.datetime) -> OldFiles:
    """Remove the chosen files that were last changed before a time; returns what was removed. Raises OSError."""
    removed = []
    for place, name, size in _old(folder, chosen, before):
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=place)
            removed.append(size)
    return OldFiles(len(removed), sum(removed))


def _old(folder: Path, chosen: Chosen, before: dt.datetime) -> Iterator[tuple[int, str, int]]:
    """Yield the open directory, the name and the size of each file; a link in place of ``folder`` has none."""
    if not folder.exists():
        return
    # By open directories, so that a link that appears in place of one of them leads nowhere else.
    for path, _, names, place in os.fwalk(folder, topdown=False, follow_symlinks=False):
        for name in names:
            below = (Path(path) / name).relative_to(folder)
            with suppress(FileNotFoundError):
                facts = os.stat(name, dir_fd=place, follow_symlinks=False)
                if stat.S_ISREG(facts.st_mode) and facts.st_mtime < before.timestamp() and chosen(str(below)):
                    yield place, name, facts.st_size
