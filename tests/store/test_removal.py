"""``rpiocr delete`` and ``rpiocr prune``: what goes, what stays, and that sums stay right."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select, text, update

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from rpiocr.store.journal import Journal, Todo
from rpiocr.store.tables import FILES, META, RECEIPTS
from tests.store.program import run_command
from tests.store.readings import claimed, found, keep, keep_one, reading


def left(database: Database) -> list[int]:
    """The receipts that are there."""
    return sorted(line["id"] for line in run_command(database.url, "list").lines)


def rows(database: Database) -> dict[str, int]:
    """How many rows each table has, but for those that are empty."""
    with database.snapshot() as connection:
        counts = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in META.sorted_tables
        }
    return {name: count for name, count in counts.items() if count}


def total(database: Database) -> tuple[int, Decimal]:
    """How many receipts count, and for how much."""
    (line,) = (line for line in run_command(database.url, "stats").lines if line["by"] == "all")
    return line["receipts"], line["amount"]


def test_with_a_receipt_goes_all_that_was_kept_of_it(database: Database) -> None:
    receipt_id = keep_one(database, text="secret words", warnings=["turned: it was"], receipt_number="17")
    run_command(database.url, "fix", receipt_id, "amount=1.00")
    outcome = run_command(database.url, "delete", receipt_id, "--yes")
    assert outcome.status == ExitCode.OK
    assert "deleted 1 receipt of 2024-03-05 to 2024-03-05 with 1 correction, and 1 journal entry" in outcome.stderr
    assert "no file on disk was touched" in outcome.stderr
    assert rows(database) == {}
    assert run_command(database.url, "search", "secret").lines == []


def test_all_are_deleted_or_none(database: Database) -> None:
    one, other = keep_one(database), keep_one(database, date="2024-01-01")
    outcome = run_command(database.url, "delete", one, 99, other, "--yes")
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert "there is no receipt 99" in outcome.stderr
    assert left(database) == [one, other]
    assert run_command(database.url, "delete", other, other, one, "--yes").status == ExitCode.OK
    assert left(database) == []


def test_nothing_is_deleted_where_no_one_can_be_asked(database: Database) -> None:
    receipt_id = keep_one(database, date="2001-01-01")
    assert run_command(database.url, "delete", receipt_id).status == ExitCode.USAGE
    assert run_command(database.url, "prune", "--older-than", "1y").status == ExitCode.USAGE
    assert left(database) == [receipt_id]


def test_a_file_that_is_still_in_its_folder_is_not_read_again_unless_that_is_asked_for(
    database: Database, tmp_path: Path
) -> None:
    picture = tmp_path / "a.jpg"
    picture.write_bytes(b"picture")
    for arguments, todo in ((("--yes",), Todo.NOTHING), (("--yes", "--again"), Todo.READ)):
        receipt_id = keep_one(database, file=str(picture), data=arguments[-1].encode())
        assert run_command(database.url, "delete", receipt_id, *arguments).status == ExitCode.OK
        read = reading({}, file=str(picture), data=arguments[-1].encode())
        assert Journal(database).claim(found(read)).todo is todo
    assert picture.read_bytes() == b"picture"


def test_a_file_stays_known_while_one_of_its_receipts_does(database: Database) -> None:
    one, other = keep(database, {"amount": Decimal("1.00")}, {"amount": Decimal("2.00")})
    run_command(database.url, "delete", one, "--yes", "--again")
    assert rows(database)["files"] == 1
    run_command(database.url, "delete", other, "--yes")
    assert rows(database) == {}


def test_when_the_first_of_several_duplicates_goes_the_next_one_counts_and_only_that(database: Database) -> None:
    first, second, third, fourth = (keep_one(database) for _ in range(4))
    assert total(database) == (1, Decimal("12.50"))
    run_command(database.url, "delete", first, "--yes")
    assert total(database) == (1, Decimal("12.50"))
    with database.snapshot() as connection:
        columns = select(RECEIPTS.c.id, RECEIPTS.c.duplicate_of).order_by(RECEIPTS.c.id)
        assert [tuple(row) for row in connection.execute(columns)] == [
            (second, None),
            (third, second),
            (fourth, second),
        ]


def test_a_chain_of_duplicates_stays_one_when_links_of_it_go(database: Database) -> None:
    first, second, third, fourth = (keep_one(database, merchant=None, time=f"10:0{number}") for number in range(4))
    with database.transaction() as connection:
        for receipt_id, original in ((second, first), (third, second), (fourth, third)):
            connection.execute(update(RECEIPTS).where(RECEIPTS.c.id == receipt_id).values(duplicate_of=original))
    run_command(database.url, "delete", second, "--yes")
    run_command(database.url, "delete", first, third, "--yes")
    assert left(database) == [fourth]
    assert total(database) == (1, Decimal("12.50"))


def test_prune_deletes_what_is_older_and_nothing_else(database: Database) -> None:
    today = dt.datetime.now().astimezone().date()
    old = keep_one(database, date="2001-01-01")
    older = keep_one(database, date="2000-05-05")
    undated = keep_one(database, date=None)
    recent = keep_one(database, date=today.isoformat())
    Journal(database).failed(claimed(database, reading()), "no_text", "nothing there")
    run_command(database.url, "fix", old, "amount=1.00")
    planned = run_command(database.url, "prune", "--older-than", "10y", "--dry-run")
    what = "2 receipts of 2000-05-05 to 2001-01-01 with 1 correction, and 2 journal entries"
    assert f"would delete {what}" in planned.stderr
    assert left(database) == [old, older, undated, recent]
    assert f"deleted {what}" in run_command(database.url, "prune", "--older-than", "10y", "--yes").stderr
    assert left(database) == [undated, recent]
    assert rows(database)["files"] == 3
    again = run_command(database.url, "prune", "--older-than", "10y", "--yes")
    assert "would delete 0 receipts" in again.stderr


def test_what_failed_long_ago_is_forgotten_unless_the_file_is_still_there(database: Database, tmp_path: Path) -> None:
    lying = tmp_path / "a.jpg"
    lying.write_bytes(b"no picture")
    journal = Journal(database)
    for path in (str(lying), "/gone/b.jpg"):
        journal.failed(claimed(database, reading(file=path)), "no_text", "nothing there")
    with database.transaction() as connection:
        connection.execute(update(FILES).values(filed_at=dt.datetime(2001, 1, 1, tzinfo=dt.UTC)))
    run_command(database.url, "prune", "--older-than", "90d", "--yes")
    with database.snapshot() as connection:
        assert connection.execute(select(FILES.c.path)).scalars().all() == [str(lying)]


def test_what_was_pruned_is_no_longer_in_the_bytes_of_the_store(tmp_path: Path) -> None:
    file = tmp_path / "receipts.sqlite"
    database = Database(f"sqlite:///{file}")
    for number in range(50):
        keep_one(database, date="2001-01-01", time=f"10:{number:02}", text=f"xylophone{number} " * 200)
    keep_one(database)
    size = file.stat().st_size
    run_command(database.url, "prune", "--older-than", "1y", "--yes")
    database.close()
    assert file.stat().st_size < size
    assert b"xylophone" not in file.read_bytes()
    database = Database(database.url)
    with database.snapshot() as connection:
        assert connection.execute(text("PRAGMA integrity_check")).scalar() == "ok"
    database.close()


@pytest.mark.parametrize("age", ["10", "0y", "-1y", "1h", "y", "99999y", "1.5y"])
def test_an_age_that_is_none_is_wrong_usage(database: Database, age: str) -> None:
    assert run_command(database.url, "prune", "--older-than", age, "--yes").status == ExitCode.USAGE
