"""What becomes of a file: taken by one reader, answered once, and taken over from a reader that is gone."""

from __future__ import annotations

import subprocess
import sys

import pytest
from sqlalchemy import func, select, update

from rpiocr.store.database import Database
from rpiocr.store.journal import MAX_ABANDONED, MAX_ATTEMPTS, Claim, Journal, State, Todo
from rpiocr.store.tables import FILES, RECEIPTS
from tests.program import PROJECT
from tests.store.readings import claimed, found, keep_one, reading

ELSEWHERE = """
import sys
from rpiocr.store.database import Database
from rpiocr.store.journal import Found, Journal
journal = Journal(Database(sys.argv[1]))
print(journal.claim(Found(sys.argv[2], sys.argv[3], 1)).todo.value, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def journal(database: Database) -> Journal:
    """The journal of this process."""
    return Journal(database)


def count(database: Database) -> int:
    """How many receipts there are."""
    with database.snapshot() as connection:
        return connection.execute(select(func.count()).select_from(RECEIPTS)).scalar_one()


def error_of(database: Database, claim: Claim) -> tuple[str | None, str | None]:
    """The code and the message of what went wrong with a file."""
    with database.snapshot() as connection:
        columns = select(FILES.c.error_code, FILES.c.error).where(FILES.c.id == claim.file_id)
        code, message = connection.execute(columns).one()
        return code, message


def test_a_file_is_read_answered_and_filed_and_then_there_is_nothing_to_do(
    database: Database, journal: Journal
) -> None:
    read = reading({})
    claim = journal.claim(found(read))
    assert (claim.todo, claim.attempts) == (Todo.READ, 1)
    assert len(journal.answered(claim, read)) == 1
    assert journal.claim(found(read)).todo is Todo.FILE
    journal.meant_for(claim, "/inbox/done/a.jpg")
    assert journal.claim(found(read)).moved_to == "/inbox/done/a.jpg"
    journal.filed(claim)
    assert journal.claim(found(read)).todo is Todo.NOTHING
    assert journal.counts() == {State.FILED: 1}
    assert count(database) == 1


def test_the_same_reading_is_stored_once_however_often_it_is_answered(database: Database, journal: Journal) -> None:
    read = reading({}, {"amount": None})
    claim = journal.claim(found(read))
    assert len(journal.answered(claim, read)) == 2
    assert journal.answered(claim, read) == ()
    assert Journal(database).answered(claim, read) == ()
    assert count(database) == 2


def test_a_name_with_other_bytes_is_another_file(database: Database, journal: Journal) -> None:
    one, other = reading({}, data=b"one"), reading({}, data=b"other")
    first, second = journal.claim(found(one)), journal.claim(found(other))
    assert first.file_id != second.file_id
    assert (first.todo, second.todo) == (Todo.READ, Todo.READ)
    assert count(database) == 0


def test_a_file_that_fails_gives_the_reason_and_is_not_read_again(database: Database, journal: Journal) -> None:
    claim = journal.claim(found(read := reading({})))
    journal.failed(claim, "damaged_file", "caf\udce9.jpg is damaged\0")
    assert journal.claim(found(read)).todo is Todo.NOTHING
    assert error_of(database, claim) == ("damaged_file", "caf\\udce9.jpg is damaged")
    assert journal.counts() == {State.FAILED: 1}


def test_a_file_that_gave_only_errors_is_answered_with_the_first(database: Database, journal: Journal) -> None:
    read = reading()
    empty = type(read)(read.file, read.sha256, (), ({"error": {"code": "no_text", "message": "nothing there"}},))
    claim = journal.claim(found(empty))
    assert journal.answered(claim, empty) == ()
    assert error_of(database, claim) == ("no_text", "nothing there")
    assert journal.claim(found(empty)).todo is Todo.FILE


def test_a_file_that_was_released_unread_is_read_as_if_for_the_first_time(journal: Journal) -> None:
    read = reading({})
    for _ in range(MAX_ATTEMPTS + 2):
        claim = journal.claim(found(read))
        assert (claim.todo, claim.attempts) == (Todo.READ, 1)
        journal.release(claim, count_attempt=False)


def other_reader(url: str, path: str, sha256: str) -> subprocess.Popen[str]:
    """Start another process that takes a file and holds it until its input ends."""
    return subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, url, path, sha256],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
    )


def test_a_file_that_another_process_reads_is_waited_for_and_taken_over_when_that_is_killed(
    store_url: str, journal: Journal
) -> None:
    read = reading({})
    with other_reader(store_url, read.file, read.sha256) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "read"
        assert journal.claim(found(read)).todo is Todo.WAIT
        other.kill()
    assert journal.claim(found(read)).todo is Todo.READ


def test_a_file_that_ended_its_reader_twice_is_given_up(journal: Journal) -> None:
    read = reading({})
    for _ in range(MAX_ATTEMPTS):
        claim = journal.claim(found(read))
        assert claim.todo is Todo.READ
        journal.release(claim, count_attempt=True)
    claim = journal.claim(found(read))
    assert claim.todo is Todo.GIVE_UP
    journal.failed(claim, "gave_up", "it ended its reader twice")
    assert journal.claim(found(read)).todo is Todo.NOTHING


def test_a_file_is_given_up_when_too_many_programs_that_read_it_have_ended(
    store_url: str, database: Database, journal: Journal
) -> None:
    read = reading({})
    with other_reader(store_url, read.file, read.sha256) as other:
        assert other.stdout is not None
        assert other.stdout.readline().strip() == "read"
        other.kill()
    with database.snapshot() as connection:
        dead = connection.execute(select(FILES.c.owner)).scalar_one()
    for _ in range(MAX_ABANDONED - 1):
        assert journal.claim(found(read)).todo is Todo.READ
        with database.transaction() as connection:
            connection.execute(update(FILES).values(owner=dead))
    assert journal.claim(found(read)).todo is Todo.GIVE_UP


def test_a_reader_on_another_machine_is_waited_for_but_not_for_ever(database: Database, journal: Journal) -> None:
    read = reading({})
    claim = claimed(database, read)
    with database.transaction() as connection:
        connection.execute(update(FILES).values(owner="elsewhere:1:1.00"))
    assert journal.claim(found(read)).todo is Todo.WAIT
    with database.transaction() as connection:
        began = connection.execute(select(FILES.c.started_at)).scalar_one()
        connection.execute(update(FILES).values(started_at=began.replace(year=began.year - 1)))
    assert journal.claim(found(read)).todo is Todo.READ
    assert claim.file_id == journal.claim(found(read)).file_id


def test_an_answer_that_cannot_be_stored_whole_is_not_stored_at_all(database: Database, journal: Journal) -> None:
    read = reading({}, {"page": 1})
    claim = journal.claim(found(read))
    with pytest.raises(Exception, match=r"(?i)unique"):
        journal.answered(claim, read)
    assert count(database) == 0
    assert journal.claim(found(read)).todo is Todo.READ


def test_the_same_bytes_under_another_name_repeat_the_first(database: Database) -> None:
    first = keep_one(database, data=b"same", date=None)
    second = keep_one(database, data=b"same", date=None)
    with database.snapshot() as connection:
        row = connection.execute(select(RECEIPTS).where(RECEIPTS.c.id == second)).one()
    assert (row.duplicate_of, row.duplicate_why) == (first, "same bytes")
