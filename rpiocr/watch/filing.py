"""Where a file goes that was read, and how it gets there without ever being lost or overwriting another."""

from __future__ import annotations

import errno
import os
import re
import shutil
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from rpiocr.answer import dumps
from rpiocr.watch.errors import NotFiledError
from rpiocr.watch.spool import Results, sync_folder, write_whole

LONGEST_NAME = 180
"""Bytes of a name without its ending; file systems take 255, and a number and .json may follow."""

UNSAFE = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
"""What names may not have on some file system that a share or a stick may have."""


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


def name_for(template: str, results: Results, name: str) -> str:
    """Make a name from the first receipt, with the ending of the old ``name``; the old name where there is none."""
    stem, ending = Path(name).stem, Path(name).suffix
    first: Mapping[str, Any] | None = next((one for one in results if "error" not in one), None)
    if first is None:
        return name
    facts = {
        "date": first["date"] or "undated",
        "time": (first["time"] or "").replace(":", "-"),
        "merchant": first["merchant"] or "unknown",
        "amount": str(first["amount"]) if first["amount"] is not None else "unknown",
        "currency": first["currency"] or "",
        "name": stem,
    }
    made = re.sub(r"\{(\w+)\}", lambda found: _plain(facts[found[1]]), template)
    return (made.strip(" .") or stem) + ending.lower()


def _plain(text: str) -> str:
    """Text that any file system takes as part of a name, not too long, and not hidden."""
    safe = UNSAFE.sub("-", unicodedata.normalize("NFC", text))
    words = "-".join(safe.split()).strip(".-")
    return os.fsencode(words)[:60].decode("utf-8", "ignore")


def free_place(folder: Path, name: str) -> Path:
    """Return a place in ``folder`` where nothing lies, nor its sidecar, numbered where the name is taken."""
    ending = Path(name).suffix
    stem = os.fsencode(Path(name).stem)[:LONGEST_NAME].decode("utf-8", "surrogateescape")
    for number in count(1):
        place = folder / (f"{stem}_{number}{ending}" if number > 1 else f"{stem}{ending}")
        if not os.path.lexists(place) and not os.path.lexists(sidecar_of(place)):
            return place
    raise AssertionError  # pragma: no cover - numbers do not end


def sidecar_of(place: Path) -> Path:
    """The file with the results, beside the file itself."""
    return place.with_name(place.name + ".json")


def put(source: Path, place: Path, results: Results) -> None:
    """Move a file to its place, with its results beside it; may be repeated after it was cut short.

    Raises NotFiledError where that cannot be, or something else lies there: then the file stays where it is.
    """
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        if os.path.lexists(source):
            _appear(source, place)
        write_whole(sidecar_of(place), _document(results))
        source.unlink(missing_ok=True)
        sync_folder(source.parent)
    except OSError as error:
        message = f"{source} cannot be moved to {place}: {error.strerror or error}; it is tried again later"
        raise NotFiledError(message) from error


def _document(results: Results) -> str:
    return dumps(results[0] if len(results) == 1 else list(results))


NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES)
"""How file systems say that a file cannot have two names."""


def _appear(source: Path, place: Path) -> None:
    """Have a file at its place as well, or only there; never in place of another one."""
    try:
        # Of all ways to move a file only this one fails where something has that name.
        os.link(source, place, follow_symlinks=False)
    except FileExistsError:
        if not place.samefile(source):
            raise
    except OSError as error:
        if os.path.lexists(place):
            raise
        if error.errno == errno.EXDEV:
            # The folder is a file system of its own, such as a share: its neighbours lie on another one.
            _copy(source, place)
        elif error.errno in NO_LINKS:
            source.rename(place)
        else:
            raise


def _copy(source: Path, place: Path) -> None:
    beside = place.with_name(f".{place.name[-200:]}.part")
    with source.open("rb") as old, beside.open("wb") as new:
        shutil.copyfileobj(old, new)
        new.flush()
        os.fsync(new.fileno())
    shutil.copystat(source, beside)
    beside.rename(place)
