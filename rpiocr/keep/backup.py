"""Writes a backup: one archive with a snapshot of the store and the files that it refers to.

The archive is a ZIP with uncompressed members, so that any program can extract them. It is written to a temporary file
and read back completely before it replaces an earlier backup of the same name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
import shutil
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from sqlalchemy import select, update

from rpiocr import __version__
from rpiocr.keep import manifest as manifests
from rpiocr.keep.archive import verify
from rpiocr.keep.copying import copy_of, count_of
from rpiocr.keep.errors import BackupError
from rpiocr.keep.last import LastBackup, note
from rpiocr.keep.manifest import KeptFile, KeptResults, Manifest, Member
from rpiocr.keep.originals import CHUNK, Known, Opened, close, find, known_files
from rpiocr.store.database import Database
from rpiocr.store.tables import FILES, RECEIPTS
from rpiocr.store.types import path_to_text
from rpiocr.system.files import PRIVATE, open_regular, output
from rpiocr.watch.filing import sidecar_of
from rpiocr.watch.spool import Spool

MAX_SIDECAR_BYTES = 16 * 1024 * 1024

SETTLED = ("filed", "failed")


@dataclass(frozen=True, slots=True)
class Done:
    """Counts of a backup: ``changed`` files differ from what was read, ``missing`` ones were not found."""

    receipts: int
    files: int
    changed: int
    missing: int
    damaged: tuple[str, ...]


def back_up(database: Database, out: Path, *, with_files: bool, advance: Callable[[int, int], None]) -> Done:
    """Write a backup of a store to ``out``; ``advance`` is called with the number of files written and their total.

    Raises StoreError if the store cannot be read, BackupError if the backup cannot be written or is not readable.
    """
    with tempfile.TemporaryDirectory(prefix="rpiocr-backup-") as folder:
        scratch = Path(folder)
        unpublished = _copy_unpublished(Spool(database.url), scratch / "untold", {})
        place = scratch / "receipts.sqlite"
        copy_of(database, place)
        unpublished = _copy_unpublished(Spool(database.url), scratch / "untold", unpublished)
        with closing(Database(f"sqlite:///{place}", as_it_is=True)) as copy:
            kept = _mark_published(copy, database, unpublished) if with_files else {}
            made = _Backup(database, copy, kept, with_files=with_files, advance=advance)
            with _reported(out), output(out) as stream:
                written = made.write(stream, place)
                _read_again(stream)
    with suppress(OSError):
        # Only doctor uses this record.
        note(database.url, LastBackup(dt.datetime.fromisoformat(written.made_at), str(out), written.receipts))
    changed = sum(file.changed for file in written.files)
    damaged = tuple(copy.damage.found.values())
    return Done(written.receipts, len(written.files), changed, len(written.missing), damaged)


@contextmanager
def _reported(out: Path) -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        message = f"{out} cannot be written: {error.strerror}; free some space, or name a file in another folder"
        raise BackupError(message) from error


def _copy_unpublished(spool: Spool, folder: Path, known: dict[int, Path]) -> dict[int, Path]:
    """Copy the unpublished results; copies in ``known`` are kept even if those results are published meanwhile."""
    folder.mkdir(exist_ok=True)
    found = dict(known)
    for file_id in spool.left():
        place = folder / f"{file_id}.json"
        with suppress(FileNotFoundError):
            shutil.copyfile(spool.folder / place.name, place)
            found[file_id] = place
    return found


def _mark_published(copy: Database, live: Database, unpublished: dict[int, Path]) -> dict[int, Path]:
    """Mark files in the copy as filed if their results were published after the snapshot.

    Otherwise a watch over the restored files would look for results that do not exist. Returns the results that were
    unpublished at the time of the snapshot.
    """
    with copy.snapshot() as connection:
        states = {known.file_id: known.state for known in known_files(connection)}
    for file_id, state in states.items():
        if state != "answered" or file_id in unpublished:
            continue
        with live.snapshot() as connection:
            columns = (FILES.c.state, FILES.c.moved_to, FILES.c.filed_at)
            now = connection.execute(select(*columns).where(FILES.c.id == file_id)).first()
        if now is not None and now.state in SETTLED:
            with copy.transaction() as connection:
                here = update(FILES).where(FILES.c.id == file_id)
                connection.execute(here.values(owner=None, **now._mapping))
    return {file_id: place for file_id, place in unpublished.items() if states.get(file_id, "started") != "started"}


def _read_again(stream: BinaryIO) -> None:
    """Make sure that the backup can be restored; what was written to a pipe cannot be read back."""
    stream.flush()
    if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return
    with open(f"/proc/self/fd/{stream.fileno()}", "rb") as again:  # noqa: PTH123 - a descriptor, by its only name
        verify(again)


@dataclass(slots=True)
class _Backup:
    """A backup in progress: its sources and what was written so far."""

    live: Database
    copy: Database
    unpublished: dict[int, Path]
    with_files: bool
    advance: Callable[[int, int], None]
    _files: list[KeptFile] = field(default_factory=list)
    _missing: list[int] = field(default_factory=list)
    _claimed: set[str] = field(default_factory=set)

    def write(self, stream: BinaryIO, store: Path) -> Manifest:
        """Write the archive; returns its manifest."""
        made_at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        with ZipFile(stream, "w", ZIP_STORED) as archive:
            member = self._add_path(archive, manifests.STORE, store)
            with self.copy.snapshot() as connection:
                receipts = count_of(connection, RECEIPTS)
                if self.with_files:
                    self._add_files(archive, [one for one in known_files(connection) if not one.is_put_back])
            unpublished = tuple(self._add_unpublished(archive))
            schema = str(self.copy.version)
            missing = tuple(self._missing)
            written = Manifest(__version__, schema, made_at, receipts, member, tuple(self._files), unpublished, missing)
            info = _info(manifests.NAME, time.time_ns())
            info.compress_type = ZIP_DEFLATED
            archive.writestr(info, manifests.written(written))
        return written

    def _add_files(self, archive: ZipFile, files: list[Known]) -> None:
        for number, known in enumerate(files, start=1):
            self._add_file(archive, known)
            self.advance(number, len(files))

    def _add_file(self, archive: ZipFile, known: Known) -> None:
        whole, other = self._find(known)
        opened = whole or other
        if opened is None or (whole is None and opened.place in self._claimed):
            self._missing.append(known.file_id)
            close(opened)
            return
        self._claimed.add(opened.place)
        try:
            self._files.append(self._kept(archive, known, opened, changed=whole is None))
        finally:
            close(opened)

    def _find(self, known: Known) -> tuple[Opened | None, Opened | None]:
        """Find a file where it was at the time of the snapshot, or where it was moved since."""
        whole, other = find(known, known.places)
        if whole:
            return whole, other
        with self.live.snapshot() as connection:
            moved_to = connection.execute(select(FILES.c.moved_to).where(FILES.c.id == known.file_id)).scalar()
        if moved_to and moved_to not in known.places:
            since, _ = find(known, (moved_to,))
            if since:
                close(other)
                # It is restored to its former path, so that everything after the snapshot is done again.
                return replace(since, place=known.path), None
        return None, other

    def _kept(self, archive: ZipFile, known: Known, opened: Opened, *, changed: bool) -> KeptFile:
        moved = opened.place != known.path
        name = f"files/{known.file_id:06d}/{_plain_name(opened.place)}"
        member = self._add(archive, name, opened.handle, opened.modified_ns)
        sidecar = self._add_sidecar(archive, f"{name}.json", opened.place) if moved else None
        place = path_to_text(opened.place)
        return KeptFile(known.file_id, place, moved, changed, opened.modified_ns, member, sidecar)

    def _add_sidecar(self, archive: ZipFile, name: str, place: str) -> Member | None:
        try:
            handle = open_regular(sidecar_of(Path(place)), os.O_RDONLY)
        except OSError:
            return None
        try:
            status = os.fstat(handle)
            if status.st_size > MAX_SIDECAR_BYTES:
                return None
            return self._add(archive, name, handle, status.st_mtime_ns)
        finally:
            os.close(handle)

    def _add_unpublished(self, archive: ZipFile) -> Iterator[KeptResults]:
        for file_id, place in sorted(self.unpublished.items()):
            yield KeptResults(file_id, self._add_path(archive, f"untold/{file_id}.json", place))

    def _add_path(self, archive: ZipFile, name: str, place: Path) -> Member:
        handle = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return self._add(archive, name, handle, time.time_ns())
        finally:
            os.close(handle)

    def _add(self, archive: ZipFile, name: str, handle: int, modified_ns: int) -> Member:
        """Stream the rest of an open file into the archive."""
        digest, size = hashlib.sha256(), 0
        with archive.open(_info(name, modified_ns), "w", force_zip64=True) as target:
            while data := os.read(handle, CHUNK):
                digest.update(data)
                size += len(data)
                target.write(data)
        return Member(name, size, digest.hexdigest())


def _info(name: str, modified_ns: int) -> ZipInfo:
    moment = time.localtime(modified_ns / 1e9)[:6]
    info = ZipInfo(name, max(moment, (1980, 1, 1, 0, 0, 0)) if moment[0] < 2108 else (2107, 12, 31, 23, 59, 58))
    info.external_attr = (stat.S_IFREG | PRIVATE) << 16
    return info


def _plain_name(place: str) -> str:
    """Return a member name that any system can unpack; the original path is in the manifest."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", PurePath(place).name).strip("._")
    return plain[-80:] or "file"
