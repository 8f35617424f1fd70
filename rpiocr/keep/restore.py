"""Restores a backup: the store to an empty place, the files to their original paths or below another folder.

Everything is checked before anything is written. No file is overwritten, and the store is written last: an interrupted
restore can be repeated, and then skips what is already there.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.engine import make_url

from rpiocr.keep.archive import Archive, opened
from rpiocr.keep.copying import copy_rows, count_of
from rpiocr.keep.errors import BadBackupError, NotRestoredError
from rpiocr.keep.files import SCRATCH, TEMPORARY
from rpiocr.keep.manifest import KeptFile, Member
from rpiocr.keep.originals import close, open_at
from rpiocr.store.database import HEAD, Database, default_url
from rpiocr.store.errors import DamagedRowError, StoreError, StoreMissingError
from rpiocr.store.owner import is_alive
from rpiocr.store.tables import FILES, RECEIPTS, WATCHERS
from rpiocr.store.types import path_from_text, path_to_text
from rpiocr.system.files import creating, make_folder, rename_new, sync_folder
from rpiocr.watch.filing import sidecar_of
from rpiocr.watch.spool import Spool

SYSTEM = ("/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/run", "/sbin", "/sys", "/usr")
"""System directories without receipts: a backup with files for these is malicious."""

COMPANIONS = ("-wal", "-shm", "-journal")
"""Suffixes of the files that SQLite keeps next to a database."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Where to restore: ``files`` is a directory for all files, or None for their original paths.

    With ``force`` an existing store is kept under another name.
    """

    url: str
    files: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True)
class Restored:
    """The outcome; ``left`` are paths taken by other files, ``aside`` is the new path of the previous store."""

    receipts: int
    files: int
    left: tuple[str, ...]
    aside: Path | None


def restore(backup: Path, plan: Plan, advance: Callable[[int, int], None]) -> Restored:
    """Restore a backup, completely or not at all.

    Raises BadBackupError, NotRestoredError if something prevents it, StoreError.
    """
    with _reading(backup) as archive:
        _require_known(archive.manifest.schema)
        _require_place(plan)
        archive.check()
        with _scratch(plan) as scratch:
            store = scratch / "receipts.sqlite"
            with creating(store) as stream:
                archive.write_out(archive.manifest.store, stream)
            _require_sound(store, archive.manifest.schema)
            places = _places(archive.manifest.files, plan.files)
            if plan.files:
                _require_new(plan.files, places)
                _set_places(store, places)
            _bring_up_to_date(store)
            _require_room(archive, plan)
            with _undoing() as made:
                left = _write_files(archive, places, made, advance)
                _write_unpublished(archive, Spool(plan.url), made)
                # The store refers to the files, so they are on disk before it is put in place.
                os.sync()
                aside = _put_store(store, plan)
            return Restored(archive.manifest.receipts, len(archive.manifest.files) - len(left), left, aside)


@contextmanager
def _reading(backup: Path) -> Iterator[Archive]:
    with ExitStack() as stack:
        try:
            stream = stack.enter_context(backup.open("rb"))
            if not backup.is_file():
                message = f"{backup} is not a regular file; name a backup"
                raise BadBackupError(message)
        except OSError as error:
            message = f"{backup} cannot be read: {error.strerror}; name a backup written by `rpiocr backup`"
            raise BadBackupError(message) from error
        yield stack.enter_context(opened(stream))


def _require_known(schema: str) -> None:
    if not schema.isdecimal() or int(schema) > int(HEAD):
        message = f"the store in the backup is from a newer rpiocr (step {schema[:20]}); update this one, then restore"
        raise BadBackupError(message)


def _require_place(plan: Plan) -> None:
    """Refuse to replace a store that has receipts or is in use."""
    try:
        with closing(Database(plan.url, as_it_is=True)) as there:
            shown, sqlite = there.masked_url, there.is_sqlite
            used, watched = _use_of(there)
    except StoreMissingError:
        return
    except StoreError as error:
        if plan.force:
            return
        message = f"the path of the store is taken: {error} With --force, what is there is kept under another name"
        raise NotRestoredError(message) from error
    if watched:
        message = f"a watch over {watched} uses the store {shown}; stop it, then restore"
        raise NotRestoredError(message)
    if used and not (plan.force and sqlite):
        how = (
            "give --force, which keeps it under another name, or name another one with --store"
            if sqlite
            else "name an empty one"
        )
        message = f"the store {shown} has receipts or files already; {how}"
        raise NotRestoredError(message)


def _use_of(database: Database) -> tuple[bool, str]:
    """Return whether a store has any rows, and the folder that a running process watches with it, if any."""
    if database.version is None:
        return False, ""
    with database.snapshot() as connection:
        used = count_of(connection, RECEIPTS) + count_of(connection, FILES) > 0
        watchers = connection.execute(select(WATCHERS).where(WATCHERS.c.ended_at.is_(None))).all()
    return used, next((row.inbox for row in watchers if is_alive(row.owner, row.alive_at)), "")


@contextmanager
def _scratch(plan: Plan) -> Iterator[Path]:
    """Create a private directory on the file system of the store, from which it can be renamed into place."""
    path = _path_of(plan.url)
    try:
        if path:
            make_folder(path.parent)
        with tempfile.TemporaryDirectory(prefix=SCRATCH, dir=path.parent if path else None) as folder:
            yield Path(folder)
    except OSError as error:
        message = (
            f"nothing was restored: {error.filename or path}: {error.strerror}; free some space, or name another place"
        )
        raise NotRestoredError(message) from error


def _path_of(url: str) -> Path | None:
    parsed = make_url(url or default_url())
    return Path(str(parsed.database)).absolute() if parsed.get_backend_name() == "sqlite" else None


def _require_sound(store: Path, schema: str) -> None:
    """Refuse a store that is damaged, has another schema version than stated, or foreign triggers or views."""
    try:
        with closing(sqlite3.connect(store)) as connection:
            check = connection.execute("PRAGMA quick_check(1)").fetchone()
            steps = connection.execute("SELECT version_num FROM alembic_version").fetchall()
            programs = _programs_in(connection)
    except sqlite3.Error as error:
        message = f"the store in the backup is damaged: {error}; use another backup"
        raise BadBackupError(message) from error
    if check != ("ok",) or steps != [(schema,)]:
        message = "the store in the backup is damaged; use another backup"
        raise BadBackupError(message)
    with tempfile.TemporaryDirectory(prefix="rpiocr-fresh-") as folder:
        fresh = Path(folder) / "receipts.sqlite"
        Database(f"sqlite:///{fresh}", step=schema).close()
        with closing(sqlite3.connect(fresh)) as connection:
            ours = _programs_in(connection)
    if programs != ours:
        message = "the store in the backup has triggers or views that rpiocr did not create; it is not restored"
        raise BadBackupError(message)


def _programs_in(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    """Return the triggers, views and virtual tables of a database, which run code by themselves."""
    query = "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') OR sql LIKE 'CREATE VIRTUAL%'"
    return set(connection.execute(query).fetchall())


def _places(files: tuple[KeptFile, ...], below: Path | None) -> Mapping[KeptFile, Path]:
    return {file: _place_of(file, below) for file in files}


def _place_of(file: KeptFile, below: Path | None) -> Path:
    """Return the destination of a file; raises BadBackupError for a path that no receipt can have had."""
    place = path_from_text(file.place)
    path = Path(place)
    if not place.startswith("/") or "\0" in place or os.path.normpath(place) != place or ".." in path.parts:
        message = f"the backup has a file for {file.place[:200]!r}, which is not a valid path; it is not restored"
        raise BadBackupError(message)
    if below is not None:
        return below.absolute() / place.lstrip("/")
    if any(part.startswith(".") for part in path.parts[1:]) or place.startswith(tuple(f"{one}/" for one in SYSTEM)):
        message = f"the backup has a file for {place[:200]}, a system directory; give --files DIR to inspect it there"
        raise BadBackupError(message)
    return path


def _require_new(below: Path, places: Mapping[KeptFile, Path]) -> None:
    """Refuse a directory with anything but the files of an earlier, interrupted restore."""
    ours = {*places.values(), *map(sidecar_of, places.values())}
    if os.path.lexists(below) and (below.is_symlink() or not below.is_dir()):
        message = f"{below} is not a folder; name a new one with --files"
        raise NotRestoredError(message)
    for parent, folders, names in os.walk(below.absolute()):
        strange = [path for name in (*folders, *names) if not _is_ours(path := Path(parent) / name, ours)]
        if strange:
            message = f"{below} is not empty: it contains {strange[0]}; name a new folder with --files"
            raise NotRestoredError(message)


def _is_ours(path: Path, ours: set[Path]) -> bool:
    if path.is_symlink():
        return False
    return path.is_dir() or path in ours or TEMPORARY.fullmatch(path.name) is not None


def _set_places(store: Path, places: Mapping[KeptFile, Path]) -> None:
    """Update the paths of files in the store, and clear the owners of claims."""
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("UPDATE files SET owner = NULL")
        for file, place in places.items():
            column = "moved_to" if file.moved else "path"
            where = (path_to_text(str(place)), file.file_id)
            connection.execute(f"UPDATE files SET {column} = ? WHERE id = ?", where)  # noqa: S608 - one of two names
        connection.commit()


def _bring_up_to_date(store: Path) -> None:
    Database(f"sqlite:///{store}").close()
    with closing(sqlite3.connect(store)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")


def _require_room(archive: Archive, plan: Plan) -> None:
    needed = sum(member.size for member in archive.manifest.members())
    folder = plan.files or _path_of(plan.url) or Path.home()
    while not folder.is_dir():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if needed > free:
        message = f"the backup needs {needed >> 20} MB, {free >> 20} MB are free in {folder}; free some space"
        raise NotRestoredError(message)


@dataclass(slots=True)
class _Made:
    """Files and directories created so far."""

    files: list[Path] = field(default_factory=list)


@contextmanager
def _undoing() -> Iterator[_Made]:
    """Remove what was written if the restore fails."""
    made = _Made()
    try:
        yield made
    except BaseException:
        for path in made.files:
            with suppress(OSError):
                path.unlink()
        raise


def _write_files(
    archive: Archive, places: Mapping[KeptFile, Path], made: _Made, advance: Callable[[int, int], None]
) -> tuple[str, ...]:
    """Write the files; returns the paths taken by other files."""
    left = []
    for number, (file, place) in enumerate(places.items(), start=1):
        if not _write_one(archive, file.member, place, made, file.modified_ns):
            left.append(str(place))
        elif file.sidecar:
            _write_one(archive, file.sidecar, sidecar_of(place), made, file.modified_ns)
        advance(number, len(places))
    return tuple(left)


def _write_one(archive: Archive, member: Member, place: Path, made: _Made, modified_ns: int) -> bool:
    """Write a member unless it is there already; False if another file is."""
    if os.path.lexists(place):
        there = open_at(str(place))
        close(there)
        return there is not None and there.sha256 == member.sha256
    make_folder(place.parent)
    with creating(place, sync=False) as stream:
        archive.write_out(member, stream)
    made.files.append(place)
    os.utime(place, ns=(modified_ns, modified_ns), follow_symlinks=False)
    return True


def _write_unpublished(archive: Archive, spool: Spool, made: _Made) -> None:
    if archive.manifest.untold:
        make_folder(spool.folder)
    for results in archive.manifest.untold:
        place = spool.folder / f"{results.file_id}.json"
        place.unlink(missing_ok=True)
        with creating(place) as stream:
            archive.write_out(results.member, stream)
        made.files.append(place)


def _put_store(store: Path, plan: Plan) -> Path | None:
    """Put the store in place; returns the new path of the previous one."""
    path = _path_of(plan.url)
    if path is None:
        _copy_into(store, plan.url)
        return None
    aside = _move_aside(path)
    try:
        rename_new(store, path)
    except OSError:
        if aside:
            _rename_all(aside, path)
        raise
    sync_folder(path.parent)
    if aside and not plan.force:
        # The previous store was empty.
        _unlink_all(aside)
        return None
    return aside


def _copy_into(store: Path, url: str) -> None:
    try:
        with (
            closing(Database(f"sqlite:///{store}")) as source,
            closing(Database(url)) as target,
            source.snapshot() as rows,
            target.transaction() as connection,
        ):
            if count_of(connection, RECEIPTS) + count_of(connection, FILES):
                message = "receipts were added to the store meanwhile; nothing was restored"
                raise NotRestoredError(message)
            copy_rows(rows, connection)
    except DamagedRowError as error:
        message = f"{error}. Restore it into an SQLite store, and correct it there with rpiocr fix"
        raise BadBackupError(message) from error


def _move_aside(path: Path) -> Path | None:
    if not os.path.lexists(path):
        return None
    _require_unused(path)
    now = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S")
    aside = path.with_name(f"{path.name}.before-restore-{now}")
    _rename_all(path, aside)
    return aside


def _require_unused(path: Path) -> None:
    """Refuse to move a store that another program has open; for a damaged one that cannot be determined."""
    try:
        with closing(sqlite3.connect(path, timeout=1)) as connection:
            connection.execute("PRAGMA journal_mode=DELETE")
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            message = f"another program has the store {path} open; close it, then restore"
            raise NotRestoredError(message) from error


def _rename_all(path: Path, target: Path) -> None:
    for end in ("", *COMPANIONS):
        with suppress(FileNotFoundError):
            path.with_name(path.name + end).rename(target.with_name(target.name + end))


def _unlink_all(path: Path) -> None:
    for end in ("", *COMPANIONS):
        path.with_name(path.name + end).unlink(missing_ok=True)
