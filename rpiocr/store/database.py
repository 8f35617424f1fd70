"""Opens the store, SQLite in the data directory or any database by its URL, and upgrades its schema."""

from __future__ import annotations

import errno
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from enum import IntEnum
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, inspect, text
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import QueuePool

from rpiocr.sanitize.redact import is_plain_option, secrets_in, shown_url, without
from rpiocr.store.damage import DAMAGE_LOG, REMEDY, DamageLog
from rpiocr.store.errors import StoreDriverMissingError, StoreError, StoreFullError, StoreMissingError
from rpiocr.store.sqlite_file import (
    Identity,
    ReadOnlyFile,
    default_path,
    identity_of,
    is_readable,
    is_writable,
    require_regular,
)
from rpiocr.store.tables import FIELDS, ITEMS, LATER_TABLES, META, RECEIPTS
from rpiocr.system.files import make_file, make_folder
from rpiocr.system.packages import install_extra

BUSY_S = 30.0
"""Maximum time that a writer waits for another one."""

URI = "file:"
"""Prefix of a path that SQLite parses as a URI with options."""

_SCRIPTS = Path(__file__).parent / "migrations" / "versions"

STEPS = tuple(sorted(path.stem.rpartition("_")[2] for path in _SCRIPTS.glob("*_[0-9]*.py")))
"""The schema versions under migrations/versions, ``0001`` first; receipts of each can be read without upgrade."""

HEAD = STEPS[-1]


def default_url() -> str:
    """Return the URL of this user's store."""
    return f"sqlite:///{default_path()}"


def without_password(url: str) -> str:
    """Return the URL of a store without credentials; raises ArgumentError or ValueError for an invalid URL."""
    parsed = make_url(url)
    hidden = [name for name in parsed.query if not is_plain_option(name)]
    if parsed.password is None and not hidden:
        return url
    return parsed.difference_update_query(hidden)._replace(password=None).render_as_string(hide_password=False)


class Database:
    """An open store with the current schema. Raises StoreError on failure.

    ``url`` is an SQLAlchemy URL, such as ``sqlite:////home/pi/receipts.sqlite`` or ``postgresql://user@host/name``;
    empty for the user's own. A store that is not writable can still be read: ``read_only`` is the reason then, and
    empty otherwise. ``damage`` collects the damage found in it. With ``as_it_is`` it is neither created nor upgraded,
    and a missing one raises StoreMissingError. ``step`` is the schema version to upgrade to. A writer waits at most
    ``busy_s`` seconds for another one, in SQLite.
    """

    def __init__(self, url: str = "", *, as_it_is: bool = False, step: str = HEAD, busy_s: float = BUSY_S) -> None:
        self.url = url or default_url()
        self.damage = DamageLog()
        self.read_only = ""
        self._step = step
        self.version: str | None = None
        self._file: ReadOnlyFile | None = None
        self._identity: Identity | None = None
        self._as_it_is = as_it_is
        self.engine = _engine(self.url, make=not as_it_is, busy_s=busy_s).execution_options(**{DAMAGE_LOG: self.damage})
        try:
            self._open(as_it_is=as_it_is)
        except BaseException:
            self.close()
            raise

    @property
    def masked_url(self) -> str:
        """The URL without its password, for messages."""
        return shown_url(self.url)

    @property
    def path(self) -> Path | None:
        """The file of an SQLite store."""
        return Path(str(self.engine.url.database)) if self.is_sqlite else None

    def _open(self, *, as_it_is: bool) -> None:
        path = self.path
        if path:
            require_regular(path)
            if as_it_is and not path.exists():
                message = f"the store {path} does not exist yet; name another one with --store"
                raise StoreMissingError(message)
            if not is_writable(path) and is_readable(path):
                self._only_read("this user may not write to it, or not to its folder")
        try:
            self._bring_up_to_date(as_it_is=as_it_is)
        except StoreFullError as error:
            if self.read_only or path is None or not is_readable(path):
                raise
            self._only_read(str(error))
            self._bring_up_to_date(as_it_is=as_it_is)
        self._identity = identity_of(path) if path else None

    def _require_its_file(self) -> None:
        """Make sure that the file of the store is the one that connections have open.

        SQLite goes on writing into a file that was deleted, and all that would be lost. A file that was put in its
        place, as from a backup, is opened. Raises StoreError if there is none.
        """
        path = self.path
        if self._identity is None or path is None:
            return
        found = identity_of(path)
        if found == self._identity:
            return
        self.engine.dispose()
        if found is None:
            message = f"the store {path} is gone: its file was deleted or moved; put it back, or start rpiocr anew"
            raise StoreError(message)
        self._identity = found
        self._bring_up_to_date(as_it_is=self._as_it_is)

    def _only_read(self, why: str) -> None:
        """Continue with a read-only engine."""
        path = self.path
        if path is None:
            raise TypeError
        self.engine.dispose()
        self.read_only, self._file = why, ReadOnlyFile(path)
        self.engine = _reading_engine(self.engine.url, self._file).execution_options(**{DAMAGE_LOG: self.damage})

    def _bring_up_to_date(self, *, as_it_is: bool) -> None:
        with self.snapshot() as connection:
            self.version = _version(connection)
        if self.version == self._step or as_it_is or (self.read_only and self.version in STEPS):
            return
        with self.transaction() as connection:
            _migrate(connection, self._step)
        self.version = self._step

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is an SQLite file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """A transaction, committed completely or not at all; raises StoreFullError if the store is read-only."""
        self._require_its_file()
        if self.read_only:
            message = f"the store {self.masked_url} cannot be written, and nothing was changed: {self.read_only}"
            raise StoreFullError(message)
        with _translated(self.url), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A read transaction on a snapshot, unaffected by concurrent writers."""
        self._require_its_file()
        how = {"rpiocr_reads": True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        reading = self._file.reading() if self._file else nullcontext()
        with _translated(self.url), reading, self.engine.connect() as fresh:
            connection = fresh.execution_options(**how)
            with connection.begin():
                yield connection

    def tidy(self) -> None:
        """Free the disk space of deleted rows, and remove their words from the index."""
        if not self.is_sqlite:
            self._run_alone(f"VACUUM (ANALYZE) {', '.join(META.tables)}")
            return
        with self.transaction() as connection:
            for words in ("receipt_words", "item_words"):
                connection.execute(text(f"INSERT INTO {words}({words}) VALUES ('optimize')"))  # noqa: S608 - names of ours
        self._run_alone("VACUUM")
        self._run_alone("PRAGMA wal_checkpoint(TRUNCATE)")

    def _run_alone(self, statement: str) -> None:
        """Run a statement outside any transaction."""
        how = {"rpiocr_alone": True} if self.is_sqlite else {"isolation_level": "AUTOCOMMIT"}
        with _translated(self.url), self.engine.connect() as fresh:
            fresh.execution_options(**how).exec_driver_sql(statement)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
        if self._file:
            self._file.close()


def insert_into(connection: Connection, table: Table) -> Any:  # noqa: ANN401 - an Insert of one of two dialects
    """Return an insert that can have an ``on_conflict`` clause, in the dialect of the connection."""
    return sqlite_insert(table) if connection.dialect.name == "sqlite" else postgresql_insert(table)


class Turn(IntEnum):
    """Operations limited to one process at a time in PostgreSQL; in SQLite only one process can write at all."""

    MIGRATE = 727240
    ADD = 727241
    COUNT = 727242


def one_at_a_time(connection: Connection, turn: Turn = Turn.ADD) -> None:
    """Wait for other processes that add receipts, so that each sees the receipts of the other as duplicates."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:turn)"), {"turn": int(turn)})


def _engine(url: str, *, make: bool, busy_s: float) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in ("sqlite", "postgresql"):
            message = f"{parsed.get_backend_name()!r} is not supported as a store; it may be sqlite or postgresql"
            raise StoreError(message)
        if parsed.get_backend_name() == "sqlite":
            if parsed.database in (None, "", ":memory:"):
                message = f"{shown_url(url)!r} is not persistent; name a file, as sqlite:////home/pi/receipts.sqlite"
                raise StoreError(message)
            if make:
                _make_folder(Path(parsed.database).parent)
                _make_file(Path(parsed.database))
            patience = {} if "timeout" in parsed.query else {"timeout": busy_s}
            engine = create_engine(parsed, connect_args=patience, hide_parameters=True)
            event.listen(engine, "connect", _set_up_sqlite if make else _set_up_as_it_is)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return _engine_of_server(parsed)
    except (ArgumentError, ValueError):  # ValueError quotes an invalid port, which may be part of a password
        message = "the store must be a URL, such as sqlite:////home/pi/receipts.sqlite or postgresql://host/name"
        raise StoreError(message) from None
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        message = f"this store needs a driver that is not installed: {install_extra('postgresql')}"
        raise StoreDriverMissingError(message) from error


def _engine_of_server(url: URL) -> Engine:
    if "@" in (url.host or ""):
        message = "the password in the URL of the store contains an @, which must be written as %40"
        raise StoreError(message)
    # These do not appear in the engine's URL, which may be shown.
    hidden = {name: value for name, value in url.query.items() if not is_plain_option(name)}
    shown = url.difference_update_query(hidden)
    return create_engine(shown, connect_args=hidden, pool_pre_ping=True, hide_parameters=True)


def _reading_engine(url: URL, file: ReadOnlyFile) -> Engine:
    """Create an engine that reads a file without creating others next to it."""

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(file.uri(), uri=True, timeout=BUSY_S, check_same_thread=False)

    engine = create_engine(url, creator=connect, poolclass=QueuePool)
    event.listen(engine, "connect", _set_up_reading)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        make_folder(folder)
    except OSError as error:
        message = f"the store's folder {folder} cannot be created: {error.strerror}; choose another one with --store"
        raise StoreFullError(message) from error


def _make_file(path: Path) -> None:
    """Create the file of a new store for its owner only, before SQLite creates one for all or follows a link.

    A link to a non-empty file is followed: SQLite refuses files that are not databases, and later checks refuse
    databases that are not stores.
    """
    if str(path).startswith(URI) or (path.is_symlink() and path.is_file() and path.stat().st_size):
        return
    try:
        make_file(path)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.EINVAL):
            message = f"the store {path} cannot be opened: {error.strerror}; give --store the file itself"
            raise StoreError(message) from error
        message = f"the store {path} cannot be written: {error.strerror}; free some space, or check its permissions"
        raise StoreFullError(message) from error


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
    _set_up_connection(connection, _record)
    _use_wal(connection)


def _set_up_connection(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
    connection.isolation_level = None
    connection.text_factory = _text
    for pragma in ("synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _set_up_as_it_is(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
    _set_up_connection(connection, _record)
    with suppress(sqlite3.Error):  # damage is reported by the code that reads it
        _complete(connection)


def _complete(connection: sqlite3.Connection) -> None:
    """Add what a store of an earlier schema lacks, for the lifetime of the connection.

    Missing columns are NULL; missing tables, and the index of the words of items, are empty.
    """
    for table in (RECEIPTS, FIELDS, ITEMS):
        present = {row[1] for row in connection.execute(f"PRAGMA main.table_info({table.name})")}
        lacking = [column.name for column in table.columns if column.name not in present]
        if present and lacking:
            columns = ", ".join(f"NULL AS {name}" for name in lacking)
            view = f"CREATE TEMP VIEW {table.name} AS SELECT *, {columns} FROM main.{table.name}"  # noqa: S608 - columns of ours
            connection.execute(view)
    if not connection.execute("SELECT 1 FROM main.sqlite_master WHERE name = 'item_words'").fetchone():
        connection.execute("CREATE VIRTUAL TABLE temp.item_words USING fts5(description)")
    for table in LATER_TABLES:
        if not connection.execute(f"PRAGMA main.table_info({table.name})").fetchall():
            columns = ", ".join(f"NULL AS {column.name}" for column in table.columns)
            connection.execute(f"CREATE TEMP VIEW {table.name} AS SELECT {columns} WHERE 0")


def _set_up_reading(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
    _set_up_as_it_is(connection, _record)
    connection.execute("PRAGMA query_only=ON")


def _text(data: bytes) -> str:
    """Decode text, with surrogates for invalid UTF-8, which the column types detect."""
    return data.decode("utf-8", "surrogateescape")


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log, waiting for other processes that do so, which SQLite itself does not."""
    (patience_ms,) = connection.execute("PRAGMA busy_timeout").fetchone()
    end = time.monotonic() + patience_ms / 1000
    while True:
        try:
            # The mode is stored in the file; a file of another program is left unchanged.
            if not _is_foreign(connection):
                connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def _is_foreign(connection: sqlite3.Connection) -> bool:
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    return bool(names) and "alembic_version" not in names


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that starts by reading and writes later would fail if another one wrote in between.
    options = connection.get_execution_options()
    if not options.get("rpiocr_alone"):
        connection.exec_driver_sql("BEGIN" if options.get("rpiocr_reads") else "BEGIN IMMEDIATE")


def _migrate(connection: Connection, step: str) -> None:
    """Upgrade the schema; only one of several processes that start at the same time does so."""
    one_at_a_time(connection, Turn.MIGRATE)
    version = _version(connection)
    if version == step:
        return
    if version is None:
        _require_fitting(connection)
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, step)
    except CommandError as error:
        message = (
            f"the store was written by a newer rpiocr, or by another program ({error}); update rpiocr, or give another"
            " --store"
        )
        raise StoreError(message) from error


def _require_fitting(connection: Connection) -> None:
    """Refuse to create tables in a database of another program, or with an encoding other than Unicode."""
    if connection.dialect.name == "sqlite":
        if inspect(connection).get_table_names():
            message = "the store is a database of another program; give another --store"
            raise StoreError(message)
        return
    encoding = connection.execute(text("SHOW server_encoding")).scalar()
    if encoding != "UTF8":
        message = f"the encoding of the database is {encoding}; create one with ENCODING 'UTF8' TEMPLATE template0"
        raise StoreError(message)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


@contextmanager
def _translated(url: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        # A driver may quote its input.
        reason = " ".join(without(str(error.orig), secrets_in(url)).split())
        raise _error_of(reason, shown_url(url)) from error


NOT_WRITABLE = ("full", "readonly", "read-only", "unable to open", "disk I/O", "No space left")
DAMAGED = (
    "malformed", "not a database", "no such table", "no such column", "has no column", "constructor failed", "corrupt",
    "does not exist", "unsupported file format", "unrecognized token", "string or blob too big",
)  # fmt: skip
BUSY = ("locked", "busy")


def _error_of(reason: str, url: str) -> StoreError:
    if any(words in reason for words in BUSY):
        return StoreError(f"the store {url} is locked by another program: {reason}; try again when that has ended")
    if any(words in reason for words in NOT_WRITABLE):
        return StoreFullError(f"the store {url} cannot be written: {reason}; free some space, or check its permissions")
    if any(words in reason for words in DAMAGED):
        return StoreError(
            f"the store {url} is damaged: {reason}; {REMEDY}, `rpiocr restore` restores a backup, and --store names"
            " another store"
        )
    return StoreError(f"the store {url} failed: {reason}")
