"""Where a file goes that was read, and how it gets there without ever being lost or overwriting another."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from rpiocr.system.files import folder_mode, make_own_folder, sweep, sync_folder, write_whole
from rpiocr.system.json_text import dumps
from rpiocr.system.moving import copy_new, move_new
from rpiocr.watch.errors import ChangedError, NotFiledError
from rpiocr.watch.inbox import fingerprint
from rpiocr.watch.naming import LONGEST_NAME, numbered
from rpiocr.watch.spool import Results


@dataclass(frozen=True, slots=True)
class Places:
    """The folders beside the watched one."""

    done: Path
    review: Path
    failed: Path

    @staticmethod
    def beside(inbox: Path) -> Places:
        """Name them; they are made when first needed."""
        return Places(*(inbox.parent / name for name in ("done", "review", "failed")))


def folder_for(places: Places, results: Results) -> Path:
    """Choose a folder: by date where every receipt of the file is accepted, else where somebody looks."""
    receipts = [one for one in results if "error" not in one]
    if not receipts:
        return places.failed
    if len(receipts) < len(results) or any(one["verdict"] != "ACCEPT" for one in receipts):
        return places.review
    year, month, _ = str(receipts[0]["date"]).split("-")
    return places.done / year / month


def free_place(folder: Path, name: str) -> Path:
    """Return a place in ``folder`` where nothing lies, nor its sidecar, numbered where the name is taken."""
    places = (folder / one for one in numbered(name, LONGEST_NAME))
    return next(place for place in places if is_free(place))


def is_free(place: Path) -> bool:
    """Tell whether nothing lies at a place, nor beside it as results."""
    return not os.path.lexists(place) and not os.path.lexists(sidecar_of(place))


def sidecar_of(place: Path) -> Path:
    """The file with the results, beside the file itself."""
    return place.with_name(place.name + ".json")


def document_of(results: Results) -> bytes:
    """What is written beside a file."""
    text = dumps(results[0] if len(results) == 1 else list(results)) + "\n"
    return text.encode("utf-8", "backslashreplace")


def is_filed(place: Path, sha256: str, document: bytes) -> bool:
    """Tell whether a file that was to go to ``place`` lies there, by what it holds: perhaps without its results yet."""
    if fingerprint(place) != sha256:
        return False
    try:
        return sidecar_of(place).read_bytes() == document
    except FileNotFoundError:
        return True
    except OSError:
        return False


def put(source: Path, place: Path, sha256: str, document: bytes | None, *, top: Path, mode: int) -> None:
    """Move the file that was read, known by its hash, to a free place below ``top``, with its results beside it.

    Where ``document`` is None there are no results.

    New files are of ``mode``, and directories fit it. Raises ChangedError where the file holds something else,
    NotFiledError where it cannot be moved; then it is where it was.
    """
    with _in_words(source, place):
        _make_folders(top, place.parent, mode)
        _appear(source, place)
        try:
            # It may be written to until now by whoever opened it before it was claimed.
            if fingerprint(place) != sha256:
                message = f"{source.name} was changed after it had been read; it is read again"
                raise ChangedError(message)
            if document is not None:
                write_whole(sidecar_of(place), document, mode)
        except BaseException:
            _undo(source, place)
            raise
        source.unlink(missing_ok=True)
        sync_folder(source.parent)


def complete(source: Path | None, place: Path, document: bytes | None, mode: int) -> None:
    """Do what was left to do for a file that lies at its place since before a crash; ``source`` is the same file.

    Raises NotFiledError where that cannot be.
    """
    with _in_words(source or place, place):
        sweep_beside(place)
        if document is not None and not os.path.lexists(sidecar_of(place)):
            write_whole(sidecar_of(place), document, mode)
        if source:
            source.unlink(missing_ok=True)


def sweep_beside(place: Path) -> None:
    """Remove what is left half-written at a place that was chosen before a crash."""
    with suppress(OSError):
        sweep(place)
        sweep(sidecar_of(place))


@contextmanager
def _in_words(source: Path, place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        message = f"{source.name} cannot be moved to {place}: {why}; it is tried again until that is mended"
        raise NotFiledError(message, f"{place.parent}: {why}") from error


def _make_folders(top: Path, folder: Path, mode: int) -> None:
    """Make a directory below ``top``; where there is one already it may be no link, which may lead anywhere."""
    missing = [one for one in (folder, *folder.parents) if one.is_relative_to(top) and one != top]
    for one in reversed(missing or [folder]):
        make_own_folder(one, folder_mode(mode))


def _appear(source: Path, place: Path) -> None:
    """Have a file at its place; where that is on another file system, at both."""
    try:
        move_new(source, place)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        copy_new(source, place)


def _undo(source: Path, place: Path) -> None:
    with suppress(OSError):
        if os.path.lexists(source):
            place.unlink()
        else:
            move_new(place, source)
