"""Moves files to a private path while they are read.

A file is claimed by a single rename: into a hidden directory of its own, with a random name, in the watched folder. It
keeps its own name there, whatever its length and bytes, so that the name can be restored without any record.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from rpiocr.system.files import folder_mode
from rpiocr.system.moving import move_new
from rpiocr.watch.inbox import is_ignored
from rpiocr.watch.naming import numbered

PREFIX = ".rpiocr-claim-"


@dataclass(frozen=True, slots=True)
class Aside:
    """A file that was put aside: its private path, and its own path."""

    place: Path
    own: Path

    @property
    def is_there(self) -> bool:
        """Whether it is still at its private path."""
        return os.path.lexists(self.place)

    def put_back(self, *, renamed: bool) -> Path | None:
        """Restore the file's own name; if that is taken and it may be ``renamed``, a numbered one.

        Returns its new path, or None if it stays aside because its name is taken. Raises OSError on failure.
        """
        for name in islice(numbered(self.own.name), None if renamed else 1):
            own = self.own.with_name(name)
            try:
                move_new(self.place, own)
            except FileExistsError:
                if not _is_same(own, self.place):
                    continue
                # A crash left it with both names, on a file system that cannot rename without overwriting.
                self.place.unlink()
            self.tidy()
            return own
        return None

    def tidy(self) -> None:
        """Remove the directory that the file has left."""
        with suppress(OSError):
            self.place.parent.rmdir()


def put_aside(path: Path, mode: int) -> Aside:
    """Claim the file that is at ``path`` now; ``mode`` is that of the user's files.

    Raises FileNotFoundError if it does not exist, OSError if it cannot be renamed; nothing has changed then.
    """
    folder = path.with_name(PREFIX + secrets.token_hex(8))
    folder.mkdir(mode=folder_mode(mode))
    aside = Aside(folder / path.name, path)
    try:
        path.rename(aside.place)
    except BaseException:
        aside.tidy()
        raise
    return aside


def left_aside(inbox: Path, hidden: Callable[[Path, OSError], None] | None = None) -> Iterator[Aside]:
    """Yield the files put aside in a folder; ``hidden`` is called with claim directories that cannot be opened.

    Raises OSError if the folder itself cannot be read.
    """
    for folder in _folders(inbox):
        try:
            names = [name for name in os.listdir(folder) if not is_ignored(name)]  # noqa: PTH208 - any bytes
        except FileNotFoundError:  # its file has been processed
            continue
        except OSError as error:
            if hidden:
                hidden(folder, error)
            continue
        yield from (Aside(folder / name, inbox / name) for name in sorted(names))


def tidy(inbox: Path) -> None:
    """Remove the directories that a crash left empty."""
    for folder in _folders(inbox):
        with suppress(OSError):
            folder.rmdir()


def _folders(inbox: Path) -> list[Path]:
    with os.scandir(inbox) as found:
        ours = [one for one in found if one.name.startswith(PREFIX) and one.is_dir(follow_symlinks=False)]
    return [inbox / one.name for one in ours]


def _is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to the same file."""
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except OSError:
        return False
