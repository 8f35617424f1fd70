"""Opens the store: SQLite in the data folder, or any database by its URL, brought up to date."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from rpiocr.store.errors import StoreDriverMissingError, StoreError, StoreFullError

BUSY_S = 30.0
"""So long a writer waits for another one."""

HEAD = "0001"
"""The newest step under migrations/versions."""


def default_url() -> str:
    """The store of this user: ``receipts.sqlite`` in the XDG data folder."""
    import platformdirs

    return f"sqlite:///{Path(platformdirs.user_data_dir('rpiocr')) / 'receipts.sqlite'}"


class Database:
    """A store that is open, with tables of today. Raises StoreError where that cannot be.

    ``url`` is one of SQLAlchemy's, as ``sqlite:////home/pi/receipts.sqlite`` or ``postgresql://user@host/name``;
    empty for the user's own.
    """

    def __init__(self, url: str = "") -> None:
        self.url = url or default_url()
        self.engine = _engine(self.url)
        with self.transaction() as connection:
            _migrate(connection)

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is a file."""
        return self.engine.dialect.name == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All that is done within happens as a whole, or not at all."""
        with _in_words(self.url), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """Everything read within is of one moment, whatever others write meanwhile."""
        how = {"rpiocr_reads": True} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        with _in_words(self.url), self.engine.connect() as fresh:
            connection = fresh.execution_options(**how)
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        if parsed.drivername == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            _make_folder(Path(parsed.database).parent)
            engine = create_engine(parsed, connect_args={"timeout": BUSY_S})
            event.listen(engine, "connect", _set_up_sqlite)
            event.listen(engine, "begin", _begin_sqlite)
            return engine
        return create_engine(parsed, pool_pre_ping=True)
    except ArgumentError as error:
        message = (
            f"{url!r} is no store; give a URL such as sqlite:////home/pi/receipts.sqlite or postgresql://host/name"
        )
        raise StoreError(message) from error
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        message = f"the store {url!r} needs a driver that is not installed: pip install 'rpiocr[postgresql]'"
        raise StoreDriverMissingError(message) from error


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"the store's folder {folder} cannot be made: {error.strerror}; choose another one with --store"
        raise StoreFullError(message) from error


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's signature
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that begins by reading and writes later would fail where another one wrote in between.
    reads = connection.get_execution_options().get("rpiocr_reads")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    """Bring the tables up to date; only one of several programs that start at once does it."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(727240)"))
    if _version(connection) == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        message = f"the store was written by a newer rpiocr, or is damaged ({error}); update rpiocr"
        raise StoreError(message) from error


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


@contextmanager
def _in_words(url: str) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise _error_of(error, make_url(url).render_as_string(hide_password=True)) from error


def _error_of(error: DBAPIError, url: str) -> StoreError:
    reason = str(error.orig).strip()
    if any(words in reason for words in ("full", "readonly", "read-only", "unable to open", "disk I/O")):
        return StoreFullError(f"the store {url} cannot be written: {reason}; make room, or check its permissions")
    if "malformed" in reason or "not a database" in reason:
        return StoreError(f"the store {url} is damaged: {reason}; restore it from a copy, or give another --store")
    return StoreError(f"the store {url} failed: {reason}")
