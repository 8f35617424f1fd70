"""Moves processed files to their destination without ever losing or overwriting one."""

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
from rpiocr.watch.naming import MAX_NAME_BYTES, numbered
from rpiocr.watch.spool import Results


@dataclass(frozen=True, slots=True)
class Places:
    """The destination folders next to the watched folder."""

    done: Path
    review: Path
    failed: Path

    @staticmethod
    def next_to(inbox: Path) -> Places:
        """Return their paths; each is created when first needed."""
        return Places(*(inbox.parent / name for name in ("done", "review", "failed")))


def folder_for(places: Places, results: Results) -> Path:
    """Choose a folder: done, by date, if every receipt of the file is accepted; otherwise review or failed."""
    receipts = [one for one in results if "error" not in one]
    if not receipts:
        return places.failed
    if len(receipts) < len(results) or any(one["verdict"] != "ACCEPT" for one in receipts):
        return places.review
    year, month, _ = str(receipts[0]["date"]).split("-")
    return places.done / year / month


def free_place(folder: Path, name: str) -> Path:
    """Return a free path in ``folder``, for the file and its sidecar; numbered if the name is taken."""
    places = (folder / one for one in numbered(name, MAX_NAME_BYTES))
    return next(place for place in places if is_free(place))


def is_free(place: Path) -> bool:
    """Return whether neither the path nor its sidecar exists."""
    return not os.path.lexists(place) and not os.path.lexists(sidecar_of(place))


def sidecar_of(place: Path) -> Path:
    """Return the path of the results file next to a file."""
    return place.with_name(place.name + ".json")


def document_of(results: Results) -> bytes:
    """Return the content of the sidecar."""
    text = dumps(results[0] if len(results) == 1 else list(results)) + "\n"
    return text.encode("utf-8", "backslashreplace")


def is_filed(place: Path, sha256: str, document: bytes) -> bool:
    """Return whether ``place`` holds the file with this hash; its sidecar may still be missing."""
    if fingerprint(place) != sha256:
        return False
    try:
        return sidecar_of(place).read_bytes() == document
    except FileNotFoundError:
        return True
    except OSError:
        return False


def put(source: Path, place: Path, sha256: str, document: bytes | None, *, top: Path, mode: int) -> None:
    """Move the file with this hash to a free path below ``top``, with its results as a sidecar.

    Without a ``document`` no sidecar is written.

    New files get ``mode``, and new directories a matching one. Raises ChangedError if the content differs, and
    NotFiledError if it cannot be moved; in both cases it stays where it was.
    """
    with _reported(source, place):
        _make_folders(top, place.parent, mode)
        _appear(source, place)
        try:
            # A process that opened it before it was claimed may have written to it until now.
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
    """Finish a move that a crash interrupted after the file reached ``place``; ``source`` is the same file.

    Raises NotFiledError on failure.
    """
    with _reported(source or place, place):
        sweep_at(place)
        if document is not None and not os.path.lexists(sidecar_of(place)):
            write_whole(sidecar_of(place), document, mode)
        if source:
            source.unlink(missing_ok=True)


def sweep_at(place: Path) -> None:
    """Remove partly written files next to a destination that was chosen before a crash."""
    with suppress(OSError):
        sweep(place)
        sweep(sidecar_of(place))


@contextmanager
def _reported(source: Path, place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        message = f"{source.name} cannot be moved to {place}: {why}; it is retried until that is fixed"
        raise NotFiledError(message, f"{place.parent}: {why}") from error


def _make_folders(top: Path, folder: Path, mode: int) -> None:
    """Create a directory below ``top``; an existing one must not be a symbolic link, which may lead anywhere."""
    missing = [one for one in (folder, *folder.parents) if one.is_relative_to(top) and one != top]
    for one in reversed(missing or [folder]):
        make_own_folder(one, folder_mode(mode))


def _appear(source: Path, place: Path) -> None:
    """Link or copy a file to its destination; on another file system the source remains as well."""
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
