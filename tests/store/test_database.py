"""Opening a store: its schema is the current one, and a failure is reported in words."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import text

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from rpiocr.store.errors import StoreDriverMissingError, StoreError, StoreFullError
from rpiocr.store.queries import listed
from rpiocr.store.selection import Selection
from rpiocr.store.tables import META
from tests.program import PROJECT
from tests.store.postgres import Server
from tests.store.readings import keep_one

OPEN_AND_STORE = """
import sys
from rpiocr.store.database import Database
from tests.store.readings import keep_one
database = Database(sys.argv[1])
for number in range(5):
    keep_one(database, file=f"/inbox/{sys.argv[2]}-{number}.jpg", data=f"{sys.argv[2]} {number}".encode(), date=None)
"""


def is_of_words(kind: str, name: str | None, reflected: bool, compare_to: Any) -> bool:  # noqa: ANN401, FBT001
    """Return whether an object belongs to the index of words, which only the migration creates."""
    own = kind in ("table", "column", "index") and reflected and compare_to is None
    ours = ("words", "ix_receipts_words", "ix_items_words")
    return own and (str(name).startswith(("receipt_words", "item_words")) or name in ours)


def test_the_migrations_make_the_tables_that_the_program_knows(database: Database) -> None:
    def included(_object: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:  # noqa: ANN401, FBT001
        return not is_of_words(kind, name, reflected, compare_to)

    with database.snapshot() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": included})
        assert compare_metadata(context, META) == []


def test_a_store_opened_again_has_what_it_had(store_url: str) -> None:
    first = Database(store_url)
    receipt_id = keep_one(first)
    first.close()
    again = Database(store_url)
    with again.snapshot() as connection:
        assert connection.execute(text("SELECT id FROM receipts")).scalars().all() == [receipt_id]
    again.close()


@pytest.mark.slow
def test_programs_that_open_a_new_store_at_once_all_store_their_receipts(store_url: str) -> None:
    programs = [
        subprocess.Popen([sys.executable, "-c", OPEN_AND_STORE, store_url, str(number)], cwd=PROJECT)
        for number in range(4)
    ]
    assert [program.wait() for program in programs] == [0] * 4
    database = Database(store_url)
    with database.snapshot() as connection:
        assert connection.execute(text("SELECT count(*) FROM receipts")).scalar() == 20
        assert connection.execute(text("SELECT count(*) FROM files WHERE state = 'filed'")).scalar() == 20
    database.close()


def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    count = text("SELECT count(*) FROM receipts")
    keep_one(database)
    with database.snapshot() as connection:
        assert connection.execute(count).scalar() == 1
        keep_one(database, date="2024-01-01")
        assert connection.execute(count).scalar() == 1
    with database.snapshot() as connection:
        assert connection.execute(count).scalar() == 2


def test_a_store_of_a_newer_program_is_left_alone(database: Database) -> None:
    with database.transaction() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="newer rpiocr") as caught:
        Database(database.url)
    assert caught.value.exit_code == ExitCode.STORE


def sqlite_file(url: str) -> Path:
    """The file of a store."""
    return Path(url.removeprefix("sqlite:///"))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a store may be."""
    return tmp_path / "receipts.sqlite"


def test_a_file_that_is_not_a_database_is_reported(file: Path) -> None:
    file.write_bytes(b"this is no database at all, but long enough to be looked into. " * 50)
    before = file.read_bytes()
    with pytest.raises(StoreError, match="not a database"):
        Database(f"sqlite:///{file}")
    assert file.read_bytes() == before


def test_a_database_of_another_program_gets_no_tables(file: Path) -> None:
    other = sqlite3.connect(file)
    other.execute("CREATE TABLE bookmarks (url TEXT)")
    other.commit()
    before = file.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        Database(f"sqlite:///{file}")
    assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
    other.close()
    assert file.read_bytes() == before


def test_a_store_is_for_its_owner_only_and_one_that_is_there_keeps_its_rights(tmp_path: Path) -> None:
    file = tmp_path / "new" / "receipts.sqlite"
    with closing(Database(f"sqlite:///{file}")) as database:
        keep_one(database)
        beside = {one.name: stat.S_IMODE(one.stat().st_mode) for one in file.parent.iterdir()}
    assert beside == dict.fromkeys(("receipts.sqlite", "receipts.sqlite-wal", "receipts.sqlite-shm"), 0o600)
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    file.chmod(0o640)
    with closing(Database(f"sqlite:///{file}")) as database:
        keep_one(database, date=None)
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


@pytest.mark.parametrize("there", [b"", None])
def test_a_link_in_the_place_of_the_store_makes_no_file_elsewhere(tmp_path: Path, there: bytes | None) -> None:
    victim, link = tmp_path / "victim", tmp_path / "receipts.sqlite"
    if there is not None:
        victim.write_bytes(there)
    link.symlink_to(victim)
    with pytest.raises(StoreError, match="is a symbolic link"):
        Database(f"sqlite:///{link}")
    assert (victim.read_bytes() if victim.exists() else None) == there


def test_a_link_to_a_store_is_followed(tmp_path: Path) -> None:
    Database(f"sqlite:///{tmp_path / 'elsewhere.sqlite'}").close()
    (tmp_path / "receipts.sqlite").symlink_to("elsewhere.sqlite")
    with closing(Database(f"sqlite:///{tmp_path / 'receipts.sqlite'}")) as database:
        keep_one(database)
    assert (tmp_path / "receipts.sqlite").is_symlink()


def test_a_damaged_store_is_reported_as_damaged(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    for number in range(20):
        keep_one(database, date=None, text=f"{number} " * 2000)
    database.tidy()
    database.close()
    with file.open("r+b") as stream:
        stream.seek(4096)
        stream.write(os.urandom(file.stat().st_size - 4096))
    with pytest.raises(StoreError, match="damaged"), closing(Database(f"sqlite:///{file}")) as damaged:
        keep_one(damaged)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("receipts.sqlite", "must be a URL"),
        ("mysql://localhost/receipts", "sqlite or postgresql"),
        ("sqlite://", "is not persistent"),
        ("sqlite:///:memory:", "is not persistent"),
        ("postgresql://nobody:secret@127.0.0.1:1/receipts", "failed"),
        ("postgresql://127.0.0.1:1/receipts?user=nobody&password=secret", "failed"),
        ("postgresql://127.0.0.1:1/receipts?other=secret", "failed"),
        ("postgresql://nobody:half@secret@127.0.0.1:1/receipts", "written as %40"),
        ("postgresql://nobody:secret", "must be a URL"),
        ("postgresql:/nobody:secret@127.0.0.1", "must be a URL"),
        ("mysql://nobody:secret@localhost/receipts", "sqlite or postgresql"),
        ("sqlite://nobody:secret@/", "must be a URL|is not persistent"),
    ],
)
def test_a_url_that_names_no_store_is_refused_without_showing_a_password(url: str, words: str) -> None:
    with pytest.raises((StoreError, StoreDriverMissingError), match=words) as caught:
        Database(url)
    assert "secret" not in str(caught.value)


def as_nobody(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run Python as a user without privileges: root may write anywhere."""
    become = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    if subprocess.run([*become, sys.executable, "-c", ""], cwd=PROJECT, capture_output=True, check=False).returncode:
        pytest.skip("an ordinary user cannot read the project")
    return subprocess.run(
        [*become, sys.executable, "-c", program, *map(str, arguments)],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )


READ = """
import sys
from rpiocr.store.database import Database
from rpiocr.store.queries import listed
from rpiocr.store.selection import Selection
print(sum(len(page) for page in listed(Database(sys.argv[1]), Selection())))
"""
WRITE = """
import sys
from rpiocr.store.database import Database
from rpiocr.store.errors import StoreFullError
from tests.store.readings import keep_one
try:
    keep_one(Database(sys.argv[1]))
except StoreFullError as error:
    print(error)
"""


@pytest.fixture
def readable_by_all() -> Path:
    """A folder that every user may enter, which those of pytest are not."""
    folder = Path(os.environ.get("TMPDIR", "/tmp")) / f"rpiocr-{os.getpid()}"  # noqa: S108
    folder.mkdir(mode=0o755)
    return folder


@pytest.mark.skipif(not os.access("/usr/bin/setpriv", os.X_OK), reason="setpriv is not installed")
@pytest.mark.slow
def test_a_store_that_may_not_be_written_reports_it(readable_by_all: Path) -> None:
    file = readable_by_all / "receipts.sqlite"
    try:
        # A store for others too is made by hand, and what SQLite keeps beside it has the same rights.
        file.touch(0o644)
        database = Database(f"sqlite:///{file}")
        keep_one(database)
        readable_by_all.chmod(0o555)
        file.chmod(0o444)
        # While somebody else has it open, the store can be read there as well.
        assert as_nobody(READ, database.url).stdout == "1\n"
        refused = as_nobody(WRITE, database.url)
        assert "cannot be written" in refused.stdout, refused.stderr
        fresh = as_nobody(WRITE, f"sqlite:///{readable_by_all / 'new.sqlite'}")
        assert "cannot be written" in fresh.stdout, fresh.stderr
        nested = as_nobody(WRITE, f"sqlite:///{readable_by_all / 'new' / 'receipts.sqlite'}")
        assert "cannot be created" in nested.stdout, nested.stderr
        database.close()
    finally:
        readable_by_all.chmod(0o755)
        shutil.rmtree(readable_by_all)


def test_a_full_disk_is_reported_as_full(file: Path) -> None:
    database = Database(f"sqlite:///{file}")
    with database.snapshot() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
    with database.engine.connect() as connection:
        # SQLite refuses more pages as it does on a full disk.
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreFullError, match="full"):
        keep_one(database, text="words " * 100_000)
    database.close()


def test_a_database_that_does_not_hold_every_letter_is_refused(server: Server) -> None:
    with (
        server.fresh_database("ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0") as url,
        pytest.raises(StoreError, match="LATIN1"),
    ):
        Database(url)


def test_a_store_whose_file_is_taken_away_is_gone_until_it_is_put_back_and_nothing_is_lost(tmp_path: Path) -> None:
    file, away = tmp_path / "receipts.sqlite", tmp_path / "away.sqlite"
    with closing(Database(f"sqlite:///{file}")) as database:
        keep_one(database, file="a.jpg", data=b"a")
        database.tidy()
        file.rename(away)
        for work in (lambda: keep_one(database, file="b.jpg", data=b"b"), lambda: list(listed(database, Selection()))):
            with pytest.raises(StoreError, match="is gone"):
                work()
        assert not file.exists()
        away.rename(file)
        keep_one(database, file="b.jpg", data=b"b")
        (page,) = listed(database, Selection())
        assert {one.file for one in page} == {"a.jpg", "b.jpg"}


def test_a_store_that_is_put_in_the_place_of_another_is_opened(tmp_path: Path) -> None:
    file, other = tmp_path / "receipts.sqlite", tmp_path / "other.sqlite"
    with closing(Database(f"sqlite:///{other}")) as filled:
        keep_one(filled, file="b.jpg", data=b"b")
        filled.tidy()
    with closing(Database(f"sqlite:///{file}")) as database:
        keep_one(database, file="a.jpg", data=b"a")
        database.tidy()
        for log in tmp_path.glob("*-wal"):
            log.unlink()
        other.rename(file)
        (page,) = listed(database, Selection())
        assert [one.file for one in page] == ["b.jpg"]
