"""Puts files that could not be read back into the watched folder, from failed/, so that they are read again.

The store records the destination before a file is touched, and the file goes there by way of a hidden name in the
folder, so that it can be found after a crash. The watch reads it as one that has newly arrived, with an entry of its
own in the journal. The entry of the failed reading stays, but says that the file is no longer in failed/: it needs no
attention any more.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path

from rpiocr.store import moves
from rpiocr.store.database import Database
from rpiocr.store.moves import Filed
from rpiocr.system.files import sync_folder
from rpiocr.system.moving import copy_new, move_new
from rpiocr.system.stop import undisturbed
from rpiocr.watch.errors import NotReadAgainError
from rpiocr.watch.filing import Places, sidecar_of
from rpiocr.watch.inbox import NOT_READ, fingerprint
from rpiocr.watch.naming import numbered

PREFIX = ".rpiocr-again-"


def read_again(database: Database, file_id: int, inbox: Path) -> Path:
    """Put a file from failed/ back into ``inbox`` under its own name, or a numbered one; returns its path.

    Its results, which were next to it, are deleted. Raises NotReadAgainError if it is not in failed/ as it was put
    there, or cannot be moved; it stays where it was then.
    """
    inbox = inbox.resolve()
    failed = Places.next_to(inbox).failed
    file = moves.filed(database, file_id)
    if file is None or Path(file.moved_to).parent != failed or Path(file.path).parent != inbox:
        message = f"file {file_id} is not in {failed}: only files there can be read again"
        raise NotReadAgainError(message)
    if not (_holds(Path(file.moved_to), file) or _holds(_hidden(file), file)):
        message = f"{file.moved_to} is gone or was changed, and is not read again; put it into {inbox} yourself"
        raise NotReadAgainError(message)
    with undisturbed():
        return _put_back(database, file)


def is_put_back(file: Filed, place: Path) -> bool:
    """Return whether a move of a filed file to ``place`` is one that ``read_again`` began."""
    return place.parent == Path(file.path).parent


def finish(database: Database, file: Filed, place: Path) -> None:
    """Finish what a process that has ended began; raises NotReadAgainError as ``read_again``."""
    if _holds(Path(file.moved_to), file) or _holds(_hidden(file), file):
        with undisturbed():
            _put_back(database, file)
    else:
        _settle(database, file, place)


def _put_back(database: Database, file: Filed) -> Path:
    own = Path(file.path)
    names = (own.with_name(name) for name in numbered(own.name))
    free = (place for place in names if not os.path.lexists(place))
    place = _begin(database, file, next(free))
    try:
        _hide(file)
        while not _appears(file, place):
            place = _begin(database, file, next(free))
    except OSError as error:
        _return(database, file)
        message = f"{file.moved_to} cannot be moved to {place}: {error.strerror or error}"
        raise NotReadAgainError(message) from error
    _settle(database, file, place)
    return place


def _begin(database: Database, file: Filed, place: Path) -> Path:
    if not moves.begin(database, file.file_id, str(place)):
        message = f"{file.moved_to} is being moved by another process"
        raise NotReadAgainError(message)
    return place


def _hide(file: Filed) -> None:
    """Move a file to its hidden name."""
    source, hidden = Path(file.moved_to), _hidden(file)
    if not _holds(hidden, file):
        _transfer(source, hidden)
    elif _holds(source, file):
        # A crash came after it was copied from another disk.
        source.unlink()


def _appears(file: Filed, place: Path) -> bool:
    """Give a hidden file its name; False if that was taken at this moment."""
    try:
        move_new(_hidden(file), place)
    except FileExistsError:
        return False
    sync_folder(place.parent)
    return True


def _transfer(source: Path, target: Path) -> None:
    try:
        move_new(source, target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy_new(source, target)
        source.unlink()
    sync_folder(source.parent)


def _return(database: Database, file: Filed) -> None:
    """Undo what was done of a move; what cannot be undone is finished when the watch starts."""
    with suppress(OSError):
        if _holds(_hidden(file), file):
            _transfer(_hidden(file), Path(file.moved_to))
        moves.give_up(database, file.file_id)


def _settle(database: Database, file: Filed, place: Path) -> None:
    with suppress(OSError):
        sidecar_of(Path(file.moved_to)).unlink(missing_ok=True)
    moves.done(database, file.file_id, str(place))


def _hidden(file: Filed) -> Path:
    return Path(file.path).with_name(f"{PREFIX}{file.file_id}")


def _holds(path: Path, file: Filed) -> bool:
    """Whether a path leads to a file; one that could not be opened when it was read may have any content."""
    found = fingerprint(path)
    return found is not None and file.sha256 in (found, NOT_READ)
