"""Files under a name that nobody else uses, while they are read.

A file is claimed by one rename: into a hidden directory of its own, with a random name, in the watched folder. There it
keeps its own name, however long that is and whatever bytes it has, so that no record is needed to give it back.
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
from rpiocr.watch.inbox import is_left_alone
from rpiocr.watch.naming import numbered

PREFIX = ".rpiocr-claim-"


@dataclass(frozen=True, slots=True)
class Aside:
    """A file that was put aside: where it lies now, and where it lay."""

    place: Path
    own: Path

    @property
    def is_there(self) -> bool:
        """Whether it still lies there."""
        return os.path.lexists(self.place)

    def put_back(self, *, renamed: bool) -> Path | None:
        """Give the file its own name back; where that is taken, a numbered one if it may be ``renamed``.

        Returns where it lies now; None where it stays aside as its name is taken. Raises OSError where that cannot be.
        """
        for name in islice(numbered(self.own.name), None if renamed else 1):
            own = self.own.with_name(name)
            try:
                move_new(self.place, own)
            except FileExistsError:
                if not _is_same(own, self.place):
                    continue
                # It had both names when a crash came, on a file system that cannot rename in one step.
                self.place.unlink()
            self.tidy()
            return own
        return None

    def tidy(self) -> None:
        """Remove the directory that the file has left."""
        with suppress(OSError):
            self.place.parent.rmdir()


def put_aside(path: Path, mode: int) -> Aside:
    """Claim the file that has the name ``path`` now; ``mode`` is that of the user's files.

    Raises FileNotFoundError where nothing has that name, OSError where it cannot be renamed; then nothing changed.
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
    """Yield what lies aside in a folder; ``hidden`` is told of directories of claims that may not be looked into.

    Raises OSError where the folder itself may not be read.
    """
    for folder in _folders(inbox):
        try:
            names = [name for name in os.listdir(folder) if not is_left_alone(name)]  # noqa: PTH208 - any bytes
        except FileNotFoundError:  # its file is dealt with
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
    """Whether two names are of one file."""
    try:
        return os.path.samestat(one.lstat(), other.lstat())
    except OSError:
        return False
