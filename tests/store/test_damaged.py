"""A store that was damaged is never a traceback: the damage is reported, and valid data is still available."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from rpiocr.store.errors import DamagedRowError, StoreError
from rpiocr.store.journal import Found, Journal
from tests.program import Outcome
from tests.store.program import run_command
from tests.store.readings import CODE, evidence, item, keep_one

RECEIPTS = 12
DAMAGED = 5
"""The receipt that is damaged; all others are sound."""

COMMANDS = (
    ("list",),
    ("list", "--format", "table", "--limit", "2"),
    ("search", "tea"),
    ("search", "item:tea"),
    ("prices", "tea"),
    ("show", DAMAGED),
    ("stats", "--format", "chart"),
    ("export", "--format", "csv"),
    ("export", "--format", "ledger"),
    ("prune", "--older-than", "90y", "--dry-run"),
    ("clean", "--dry-run"),
)
CHANGING = (("fix", DAMAGED, "amount=3.10", "date=2024-01-05"), ("delete", DAMAGED, "--yes"))

Damage = Callable[[Path], None]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with receipts, corrections, items and tax numbers, in one file."""
    file = tmp_path_factory.mktemp("sound") / "receipts.sqlite"
    with closing(Database(f"sqlite:///{file}")) as database:
        for number in range(1, RECEIPTS + 1):
            keep_one(
                database,
                file=f"/inbox/{number}.jpg",
                amount=Decimal("12.50"),
                date=f"2024-03-{number:02}",
                text=f"tea {number}\n" * 40,
                items=[item("tea")],
                tax_ids=[{"kind": "vat", "country": "DE", "number": "136695976", "valid": True}],
                codes=[CODE],
                evidence={"amount": evidence("12,50", rivals=[{"value": "1.50", "raw": "1,50"}])},
            )
        database.tidy()
    assert run_command(f"sqlite:///{file}", "fix", DAMAGED, "merchant=Tea House").status == ExitCode.OK
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA journal_mode=DELETE")
    return file


def sql(*statements: str) -> Damage:
    """Damage by statements that SQLite would refuse from a program that keeps to the rules."""

    def damage(file: Path) -> None:
        with closing(sqlite3.connect(file)) as raw:
            raw.execute("PRAGMA foreign_keys=OFF")
            raw.execute("PRAGMA ignore_check_constraints=ON")
            raw.execute("PRAGMA writable_schema=ON")
            for statement in statements:
                raw.execute(statement)
            raw.commit()

    return damage


def of_receipt(column: str, value: str) -> Damage:
    """Another value in a column of the one receipt, NULL also where that is forbidden."""
    update = f"UPDATE receipts SET {column} = {value} WHERE id = {DAMAGED}"  # noqa: S608 - constants of this file
    if value != "NULL":
        return sql(update)

    def damage(file: Path) -> None:
        sql("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '') WHERE type = 'table' AND name = 'receipts'")(
            file
        )
        sql(update)(file)

    return damage


BAD_TEXT = "CAST(x'e282ff41' AS TEXT)"
VALUES = {
    "amount": ("'NaN'", "'Infinity'", "'-Infinity'", "'abc'", "x'00ff'", "'1E+999999999'", "'1_000'", BAD_TEXT, "''"),
    "subtotal": ("'sNaN'", "'12,50'"),
    "date": ("'2024-13-45'", "'yesterday'", "x'32'", BAD_TEXT, "20240305", "'0000-00-00'"),
    "day": ("'2024-02-30'", "'zzz'", "x'ff'", BAD_TEXT, "7", "NULL"),
    "read_at": ("'nonsense'", "'2024-01-01T00:00:00'", "x'00'", "NULL", "12"),
    "time": ("x'ff00'", BAD_TEXT),
    "merchant": (BAD_TEXT, "x'ffd8ffe0'"),
    "text": (BAD_TEXT, "x'00'"),
    "verdict": ("'MAYBE'", "x'41'", "NULL", BAD_TEXT),
    "quality": ("'high'", "1.5", "x'31'"),
    "passes": ("'two'",),
    "elapsed_s": ("'slow'", "9e999", "x'00'"),
    "picture_hash": ("'xyz'", "x'ff'"),
    "duplicate_of": ("'first'", "99999", f"{DAMAGED}"),
    "file_id": ("'none'", "424242"),
    "page": ("'front'", "x'01'"),
    "currency": ("x'00ff'", BAD_TEXT),
}
ROWS = {
    f"receipt: {column} is {value}": of_receipt(column, value) for column, values in VALUES.items() for value in values
}
FILE_OF = f"WHERE id = (SELECT file_id FROM receipts WHERE id = {DAMAGED})"  # noqa: S608
OTHERS = {
    f"{table}: {change}": sql(f"UPDATE {table} SET {change} {where}")  # noqa: S608
    for table, change, where in (
        ("files", "state = 'lost'", FILE_OF),
        ("files", f"path = {BAD_TEXT}", FILE_OF),
        ("files", "path = x'00'", FILE_OF),
        ("files", "path = '/inbox/%00.jpg'", FILE_OF),
        ("files", f"moved_to = {BAD_TEXT}", FILE_OF),
        ("files", "sha256 = x'00'", FILE_OF),
        ("files", "seen_at = 'long ago'", FILE_OF),
        ("files", "size_bytes = 'big'", FILE_OF),
        ("corrections", "field = x'ff'", ""),
        ("corrections", f"field = {BAD_TEXT}", ""),
        ("corrections", "field = 'amount', was = 'abc'", ""),
        ("corrections", "field = 'date', value = 'abc'", ""),
        ("corrections", "corrected_at = 'x'", ""),
        ("fields", "confidence = 'sure'", ""),
        ("fields", "chosen = 'perhaps'", ""),
        ("fields", "box_x = 'left'", ""),
        ("fields", f"value = {BAD_TEXT}", ""),
        ("items", "amount = 'NaN'", ""),
        ("items", "kind = 'gift'", ""),
        ("items", "box_x = 'left'", ""),
        ("items", f"description = {BAD_TEXT}", ""),
        ("tax_ids", "valid = 'x'", ""),
        ("tax_ids", "number = x'00'", ""),
        ("codes", "total = '1e9'", ""),
        ("codes", "date = 'soon'", ""),
        ("codes", "status = 'sure'", ""),
        ("codes", f"text = {BAD_TEXT}", ""),
        ("warnings", "receipt_id = 'x'", ""),
    )
}
SCHEMA = {
    f"schema: {statement}": sql(statement)
    for statement in (
        "DROP TABLE receipts",
        "DROP TABLE files",
        "DROP TABLE corrections",
        "DROP TABLE items",
        "DROP TABLE codes",
        "DROP TABLE receipt_words",
        "DROP TABLE item_words",
        "DROP TABLE receipt_words_data",
        "DROP TABLE alembic_version",
        "DELETE FROM receipt_words_data",
        "UPDATE receipt_words_data SET block = x'00ff00ff'",
        "UPDATE alembic_version SET version_num = '9999'",
        "UPDATE alembic_version SET version_num = x'ff'",
        "UPDATE alembic_version SET version_num = ''",
        "DELETE FROM alembic_version",
        "ALTER TABLE receipts RENAME COLUMN merchant TO shop",
        "ALTER TABLE files DROP COLUMN moved_to",
        "ALTER TABLE receipts RENAME TO invoices",
        "UPDATE sqlite_master SET sql = 'CREATE TABLE receipts (id)' WHERE name = 'receipts'",
        "UPDATE sqlite_master SET sql = 'rubbish' WHERE name = 'receipts'",
        "UPDATE sqlite_master SET rootpage = 99999 WHERE name = 'receipts'",
        "UPDATE sqlite_master SET rootpage = 3 WHERE name = 'files'",
        "DELETE FROM files",
    )
}


def noise(count: int) -> bytes:
    """Bytes without sense, the same in every run."""
    return random.Random(count).randbytes(count)  # noqa: S311 - no secret


def bytes_at(offset: float, data: bytes) -> Damage:
    """Other bytes at a place of the file, given as a share of its length where it is under 1."""

    def damage(file: Path) -> None:
        size = file.stat().st_size
        with file.open("r+b") as stream:
            stream.seek(int(offset * size) if offset < 1 else int(offset))
            stream.write(data)

    return damage


def cut(share: float) -> Damage:
    """Only the beginning of the file."""

    def damage(file: Path) -> None:
        os.truncate(file, int(file.stat().st_size * share))

    return damage


def instead(make: Callable[[Path], object]) -> Damage:
    """Something else in the place of the file."""

    def damage(file: Path) -> None:
        file.unlink()
        make(file)

    return damage


def beside(suffix: str, data: bytes) -> Damage:
    """A companion file of the store that belongs to another one, or to none."""

    def damage(file: Path) -> None:
        file.with_name(file.name + suffix).write_bytes(data)

    return damage


def loses_its_log(file: Path) -> None:
    """What was written last was still in the log, which is gone."""
    with closing(sqlite3.connect(file)) as raw:
        raw.execute("PRAGMA journal_mode=WAL")
        raw.execute("UPDATE receipts SET quality = 1")
        raw.commit()
        whole = file.read_bytes()
    file.write_bytes(whole)


PAGES = {
    **{f"bytes: flipped at {share}": bytes_at(share, noise(200)) for share in (0.05, 0.15, 0.3, 0.5, 0.7, 0.9)},
    **{f"bytes: zeroes at {share}": bytes_at(share, bytes(4096)) for share in (0.02, 0.1, 0.2, 0.4, 0.6, 0.8)},
    **{f"bytes: header at {at}": bytes_at(at, b"\xff\xfe") for at in (1, 16, 18, 20, 28, 44, 56, 100)},
    **{f"bytes: cut to {share}": cut(share) for share in (0.01, 0.1, 0.5, 0.9, 0.99)},
    "file: empty": cut(0),
    "file: text": instead(lambda file: file.write_text("not a database at all, but long enough " * 50)),
    "file: a directory": instead(lambda file: file.mkdir()),
    "file: a FIFO": instead(os.mkfifo),
    "file: a broken link": instead(lambda file: file.symlink_to("/nowhere/at/all.sqlite")),
    "file: a link to a device": instead(lambda file: file.symlink_to("/dev/full")),
    "beside: a foreign log": beside("-wal", b"\x37\x7f\x06\x82" + noise(4000)),
    "beside: a foreign index of the log": beside("-shm", noise(32768)),
    "beside: a foreign journal": beside("-journal", noise(4000)),
    "beside: the log is gone": loses_its_log,
}
DAMAGES: dict[str, Damage] = ROWS | OTHERS | SCHEMA | PAGES


def test_there_are_enough_ways_to_damage_a_store() -> None:
    assert len(DAMAGES) >= 60


@pytest.fixture
def copy(sound: Path, tmp_path: Path) -> Path:
    """A copy to be damaged."""
    file = tmp_path / "receipts.sqlite"
    shutil.copyfile(sound, file)
    return file


@pytest.fixture(scope="module")
def hash_of_damaged(sound: Path) -> str:
    """The hash of the file of the receipt that is damaged."""
    with closing(sqlite3.connect(sound)) as raw:
        found: str = raw.execute(f"SELECT sha256 FROM files {FILE_OF}").fetchone()[0]  # noqa: S608
    return found


def is_in_words(outcome: Outcome) -> bool:
    """Return whether a run reports the damage, or found none."""
    return outcome.status == ExitCode.OK or outcome.stderr.strip() != ""


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_store_is_reported_in_words(name: str, copy: Path) -> None:
    DAMAGES[name](copy)
    expected = {ExitCode.OK, ExitCode.NEEDS_REVIEW, ExitCode.UNREADABLE_INPUT, ExitCode.STORE, ExitCode.USAGE}
    for arguments in (*COMMANDS, *CHANGING):
        # An exception that is none of the program's own, nor Click's, is raised here.
        outcome = run_command(f"sqlite:///{copy}?timeout=0.1", *arguments)
        assert outcome.status in expected, (arguments, outcome)
        assert is_in_words(outcome), arguments
        assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize("name", [*OTHERS, *SCHEMA, *PAGES])
def test_a_watch_over_a_damaged_store_reports_it_in_words(name: str, copy: Path, hash_of_damaged: str) -> None:
    DAMAGES[name](copy)
    try:
        with closing(Database(f"sqlite:///{copy}?timeout=0.1")) as database:
            journal = Journal(database)
            journal.begun_under(Path("/inbox"))
            journal.claim(Found(f"/inbox/{DAMAGED}.jpg", hash_of_damaged, 1000))
            journal.resume(DAMAGED)
            keep_one(database, amount=Decimal("12.50"), date="2024-03-05", merchant="Corner Shop")
    except StoreError as error:
        assert str(error).strip()


@pytest.mark.parametrize("value", VALUES["amount"][:4])
@pytest.mark.parametrize("command", [("list",), ("search", "tea"), ("export", "--format", "ndjson")])
def test_the_other_receipts_are_there_and_the_damaged_one_is_named(
    value: str, command: tuple[str, ...], copy: Path
) -> None:
    of_receipt("amount", value)(copy)
    outcome = run_command(f"sqlite:///{copy}", *command)
    assert outcome.status == ExitCode.NEEDS_REVIEW
    assert sorted(line["id"] for line in outcome.lines) == [n for n in range(1, RECEIPTS + 1) if n != DAMAGED]
    assert f"receipt {DAMAGED} is damaged: amount is" in outcome.stderr
    assert "rpiocr verify" in outcome.stderr


def test_a_list_goes_on_after_a_page_that_ends_with_damaged_days(copy: Path) -> None:
    sql("UPDATE receipts SET day = '2024-03-0x' WHERE id IN (3, 4, 5)")(copy)
    outcome = run_command(f"sqlite:///{copy}", "list", "--limit", "9")
    assert [line["id"] for line in outcome.lines] == [12, 11, 10, 9, 8, 7, 6, 2, 1]


def test_fix_replaces_a_damaged_amount(copy: Path) -> None:
    of_receipt("amount", "'NaN'")(copy)
    assert run_command(f"sqlite:///{copy}", "fix", DAMAGED, "amount=3.10").status == ExitCode.OK
    outcome = run_command(f"sqlite:///{copy}", "list")
    assert outcome.status == ExitCode.OK
    assert {line["id"] for line in outcome.lines} == set(range(1, RECEIPTS + 1))


def test_a_store_that_is_locked_for_ever_is_reported_as_held(copy: Path) -> None:
    with closing(sqlite3.connect(copy)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        outcome = run_command(f"sqlite:///{copy}?timeout=0.2", "list")
    assert outcome.status == ExitCode.STORE
    assert "locked by another program" in outcome.stderr


def test_a_damaged_entry_of_the_journal_is_named_and_the_others_are_claimed(copy: Path) -> None:
    sql("UPDATE files SET state = 'lost' WHERE id = 5")(copy)
    with closing(sqlite3.connect(copy)) as raw:
        hashes = dict(raw.execute("SELECT id, sha256 FROM files").fetchall())
    with closing(Database(f"sqlite:///{copy}")) as database:
        journal = Journal(database)
        with pytest.raises(DamagedRowError, match=r"entry 5, of /inbox/5\.jpg, is damaged: state is 'lost'"):
            journal.claim(Found("/inbox/5.jpg", hashes[5], 1000))
        assert journal.claim(Found("/inbox/6.jpg", hashes[6], 1000)).file_id == 6
