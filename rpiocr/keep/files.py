"""Checks that files are at their recorded paths, unchanged, with their results next to them."""

from __future__ import annotations

import os
import re
import shlex
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import simplejson
from sqlalchemy import select

from rpiocr.keep.findings import Finding
from rpiocr.keep.originals import Known, close, find, known_files
from rpiocr.store.database import Database
from rpiocr.store.rows import sound_rows
from rpiocr.store.tables import WATCHERS
from rpiocr.watch.aside import left_aside
from rpiocr.watch.filing import Places, sidecar_of
from rpiocr.watch.spool import Spool

TEMPORARY = re.compile(r"\..+\.part")
"""Names of temporary files, left if the program ended while writing."""

SCRATCH = ".rpiocr-restore-"
"""Prefix of the directory next to a store in which a restore prepares it."""

MAX_SIDECAR_BYTES = 16 * 1024 * 1024

SETTLED = ("filed", "failed")

UNREADABLE = "-"
"""Placeholder for the hash of a file that cannot be opened."""


@dataclass(slots=True)
class FileCheck:
    """A check of all files; ``advance`` is called with the number checked and the total."""

    copy: Database
    spool: Spool
    advance: Callable[[int, int], None]
    quick: bool
    _places: set[str] = field(default_factory=set)

    def findings(self) -> Iterator[Finding]:
        """Yield the findings."""
        with self.copy.snapshot() as connection:
            files = list(known_files(connection))
            query = select(WATCHERS.c.inbox).order_by(WATCHERS.c.inbox)
            inboxes = [Path(row.inbox) for row in sound_rows(connection, query, "the watch over", "inbox")]
        for known in files:
            self._places.update(known.places)
        sound = 0
        for number, known in enumerate(files, start=1):
            found = list(self._look_at(known))
            sound += not found
            yield from found
            self.advance(number, len(files))
        yield Finding("good", "files", f"{sound} of {len(files)} files match the store")
        yield from self._unpublished({known.file_id: known for known in files})
        for inbox in inboxes:
            yield from _claimed(inbox)
        for folder in self._folders(inboxes):
            yield from self._walk(folder)

    def _look_at(self, known: Known) -> Iterator[Finding]:
        if known.sha256 == UNREADABLE or known.is_put_back:
            return
        if self.quick:
            if not any(os.path.lexists(place) for place in known.places):
                yield _gone(known)
            return
        whole, other = find(known, known.places)
        try:
            if whole:
                yield from self._check_sidecar(known, whole.place)
            elif other:
                yield _changed(other.place)
            else:
                yield _gone(known)
        finally:
            close(whole)
            close(other)

    def _check_sidecar(self, known: Known, place: str) -> Iterator[Finding]:
        """Check the results next to a filed file."""
        if place != known.moved_to or known.state not in SETTLED:
            return
        sidecar = sidecar_of(Path(place))
        if not os.path.lexists(sidecar):
            yield Finding("note", "no_results", f"{place} has no results next to it; the store has them")
            return
        hashes = _hashes_in(sidecar)
        if hashes is None:
            what = f"the results {sidecar} cannot be read, or are damaged; the store has them"
            yield Finding("look", "damaged_results", what, f"rm {shlex.quote(str(sidecar))}")
        elif hashes - {known.sha256, None}:
            what = f"the results {sidecar} belong to another file than the one next to them"
            yield Finding("look", "foreign_results", what, "compare both; the store has the values read from each file")

    def _unpublished(self, files: dict[int, Known]) -> Iterator[Finding]:
        left = set(self.spool.left())
        for file_id in sorted(left):
            known = files.get(file_id)
            if known is None:
                place = self.spool.folder / f"{file_id}.json"
                what = f"{place} holds results of a file that is not in the store"
                yield Finding("look", "orphaned_results", what, f"rm {shlex.quote(str(place))}")
            elif known.state in SETTLED:
                what = f"the results of {known.path} are not published yet; its watch will do so when it starts"
                yield Finding("note", "untold_results", what)
        for known in files.values():
            if known.state == "answered" and known.file_id not in left:
                what = f"{known.path} was read and has to be moved, but its results are gone"
                yield Finding("look", "lost_results", what, "rpiocr list shows them; move the file away by hand")
        yield from _temporaries(self.spool.folder)

    def _folders(self, inboxes: list[Path]) -> Iterator[Path]:
        seen = set()
        for inbox in inboxes:
            places = Places.next_to(inbox)
            for folder in (places.done, places.review, places.failed):
                if folder not in seen and folder.is_dir():
                    seen.add(folder)
                    yield folder

    def _walk(self, folder: Path) -> Iterator[Finding]:
        """Look for files unknown to the store in a folder that only a watch fills."""
        for parent, _, names in os.walk(folder):
            there = set(names)
            for name in sorted(names):
                yield from self._stranger(Path(parent) / name, there)

    def _stranger(self, path: Path, siblings: set[str]) -> Iterator[Finding]:
        if str(path) in self._places:
            if not path.is_symlink() and not os.access(path, os.R_OK):
                yield Finding("look", "unreadable", f"{path} is not readable", f"chmod u+r {shlex.quote(str(path))}")
        elif TEMPORARY.fullmatch(path.name):
            yield _temporary(path)
        elif path.name.endswith(".json") and path.name.removesuffix(".json") in siblings:
            return
        elif path.name.endswith(".json") and str(path).removesuffix(".json") in self._places:
            what = f"the results {path} have no file next to them: it was moved or deleted"
            yield Finding("note", "lone_results", what, f"rm {shlex.quote(str(path))}, if you deleted the file")
        else:
            what = f"{path} is not in the store: it was added, renamed or changed by hand"
            yield Finding("note", "unknown_file", what, "rpiocr batch reads it, if it is a receipt")


def _gone(known: Known) -> Finding:
    where = known.moved_to or known.path
    return Finding("note", "gone", f"{where} is gone; if you moved or deleted it, nothing is wrong")


def _changed(place: str) -> Finding:
    what = f"{place} has changed since it was read; the store has the values read before"
    remedy = "if you edited it, nothing is wrong; otherwise restore it: rpiocr restore FILE --files DIR --store URL"
    return Finding("look", "changed", what, remedy)


def _temporary(path: Path) -> Finding:
    what = f"{path} is incomplete: the program ended while writing it"
    return Finding("look", "temporary", what, f"rm {shlex.quote(str(path))}, when no rpiocr is running")


def left_by_restore(store: Path) -> Iterator[Finding]:
    """Yield what a killed restore has left next to a store."""
    for path in sorted(store.parent.glob(f"{SCRATCH}*")):
        what = f"{path} was left by an interrupted restore"
        yield Finding("look", "temporary", what, f"rm -r {shlex.quote(str(path))}, when no restore is running")


def _claimed(inbox: Path) -> Iterator[Finding]:
    """Yield the files of a watched folder that are under the private names of their claims."""
    with suppress(OSError):
        for aside in left_aside(inbox):
            what = f"{aside.place} is being read, or was when its watch ended; the next watch restores its name"
            yield Finding(
                "note", "claimed", what, f"rpiocr watch --once {shlex.quote(str(inbox))}, if no watch is running"
            )


def _temporaries(folder: Path) -> Iterator[Finding]:
    if folder.is_dir():
        for path in sorted(folder.iterdir()):
            if TEMPORARY.fullmatch(path.name):
                yield _temporary(path)


def _hashes_in(sidecar: Path) -> set[str | None] | None:
    """Return the hashes of files in results; None if the content is not results."""
    try:
        status = sidecar.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_SIDECAR_BYTES:
            return None
        found: Any = simplejson.loads(sidecar.read_bytes())
    except (OSError, ValueError, RecursionError):
        return None
    results = found if isinstance(found, list) else [found]
    if not all(isinstance(one, dict) for one in results):
        return None
    return {one.get("sha256") for one in results}
