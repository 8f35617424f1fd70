"""A PostgreSQL of its own for tests, from Debian's package: private, and removed afterwards."""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rpiocr.store.database import Database

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))

UNPRIVILEGED = ("postgres", "nobody")
"""PostgreSQL refuses to run as root; it runs as the first of these users then."""

PAUSE_S = 0.1
PATIENCE_S = 60.0


class Server:
    """A server that runs: databases can be made in it."""

    def __init__(self, sockets: Path) -> None:
        self._sockets = sockets
        self._numbers = itertools.count(1)

    def url(self, name: str) -> str:
        """Return the URL of a database."""
        return f"postgresql://tester@/{name}?host={self._sockets}"

    def answers(self) -> bool:
        """Return whether it accepts connections."""
        import psycopg

        try:
            with psycopg.connect(self.url("postgres")):
                return True
        except psycopg.OperationalError:
            return False

    @contextmanager
    def fresh(self) -> Iterator[str]:
        """Make a schema, which is quicker than a database, and yield a URL of it alone; it is dropped afterwards."""
        import psycopg

        name = f"store{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
            try:
                yield self.url("postgres") + f"&options=-csearch_path%3D{name}"
            finally:
                connection.execute(f"DROP SCHEMA {name} CASCADE")

    @contextmanager
    def fresh_database(self, options: str) -> Iterator[str]:
        """Make a database and yield its URL; it is dropped afterwards, whoever is still connected."""
        import psycopg

        name = f"store{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} {options}")
            try:
                yield self.url(name)
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def why_absent() -> str | None:
    """Return what a PostgreSQL for tests lacks here, None if nothing."""
    if not PROGRAMS:
        return "PostgreSQL is not installed: apt install postgresql"
    if importlib.util.find_spec("psycopg") is None:
        return "psycopg is not installed"
    if os.geteuid() == 0 and _stand_in() is None:
        return f"PostgreSQL does not run as root, and there is none of the users {', '.join(UNPRIVILEGED)}"
    return None


def _stand_in() -> pwd.struct_passwd | None:
    known = {user.pw_name: user for user in pwd.getpwall()}
    return next((known[name] for name in UNPRIVILEGED if name in known), None)


def _as_who(*command: object) -> list[str]:
    """Make a command line that runs as a user without privileges, and ends when this process does."""
    user = _stand_in() if os.geteuid() == 0 else None
    become = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"] if user else []
    return ["setpriv", *become, "--pdeathsig", "INT", *map(str, command)]


@contextmanager
def running() -> Iterator[Server]:
    """Start a server on a socket of its own, and stop it at the end whatever happens."""
    folder = Path(tempfile.mkdtemp(prefix="pg"))
    user = _stand_in()
    try:
        if os.geteuid() == 0 and user:
            os.chown(folder, user.pw_uid, user.pw_gid)
            folder.chmod(0o755)  # its socket is for whoever runs the tests
        programs, data = PROGRAMS[-1].parent, folder / "data"
        how = ("--username=tester", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        made = subprocess.run(
            _as_who(programs / "initdb", "-D", data, *how), cwd=folder, capture_output=True, text=True, check=False
        )
        assert made.returncode == 0, made.stderr
        options = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "shared_buffers=16MB")
        settings = [part for option in options for part in ("-c", option)]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                _as_who(programs / "postgres", "-D", data, *settings), cwd=folder, stdout=log, stderr=log
            )
        try:
            yield _ready(Server(folder), server, folder / "log")
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(PATIENCE_S)
    finally:
        shutil.rmtree(folder)


def _ready(server: Server, process: subprocess.Popen[bytes], log: Path) -> Server:
    """Wait until a server answers; one that never does is abandoned with the text of its log."""
    for _ in range(round(PATIENCE_S / PAUSE_S)):
        if server.answers():
            return server
        if process.poll() is not None:
            break
        time.sleep(PAUSE_S)
    pytest.fail(f"PostgreSQL does not start: {log.read_text('utf-8', 'replace')}")


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server for all tests that ask for one."""
    reason = why_absent()
    if reason:
        pytest.skip(reason)
    with running() as started:
        yield started


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty store: SQLite and PostgreSQL in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'store' / 'receipts.sqlite'}"
        return
    started: Server = request.getfixturevalue("server")
    with started.fresh() as url:
        yield url


@pytest.fixture
def database(store_url: str) -> Iterator[Database]:
    """An empty store that is open: SQLite and PostgreSQL in turn."""
    opened = Database(store_url)
    yield opened
    opened.close()
