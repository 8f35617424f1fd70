"""The budget holds, whatever happens to the clock, the disk and the other processes."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.cloud.ledger import CallOutcome, Ledger
from rpiocr.errors import CloudBudgetError, CloudLedgerError

from .processes import run_python

ENGINE = GOOGLE_VISION.name

NOON = dt.datetime(2026, 3, 31, 12, 0, tzinfo=dt.UTC)


@dataclass
class Clock:
    """A clock that the test sets."""

    now: dt.datetime = NOON

    def __call__(self) -> dt.datetime:  # noqa: D102
        return self.now


def rows(path: Path) -> list[tuple[str, str, str]]:
    with closing(sqlite3.connect(path)) as database:
        return database.execute("SELECT day, month, outcome FROM calls ORDER BY id").fetchall()


def spend(ledger: Ledger, calls: int) -> None:
    for _ in range(calls):
        ledger.reserve("picture")


def test_the_daily_cap_refuses_the_call_after_the_last_and_says_what_to_do(tmp_path: Path) -> None:
    ledger = Ledger(ENGINE, tmp_path / "calls.sqlite", daily_cap=2, monthly_cap=10, clock=Clock())
    spend(ledger, 2)
    with pytest.raises(CloudBudgetError) as caught:
        ledger.reserve("picture")
    for part in ("daily cap", "2 of 2", "2026-03-31", "resets on 2026-04-01", "cloud_daily_cap"):
        assert part in str(caught.value)
    assert len(rows(ledger.path)) == 2


def test_the_monthly_cap_outlasts_the_day_and_ends_with_the_month(tmp_path: Path) -> None:
    clock = Clock(dt.datetime(2026, 12, 30, 12, 0, tzinfo=dt.UTC))
    ledger = Ledger(ENGINE, tmp_path / "calls.sqlite", daily_cap=2, monthly_cap=3, clock=clock)
    spend(ledger, 2)
    clock.now += dt.timedelta(days=1)
    spend(ledger, 1)
    with pytest.raises(CloudBudgetError, match=r"monthly cap.*3 of 3.*2026-12.*resets on 2027-01-01"):
        ledger.reserve("picture")
    clock.now += dt.timedelta(days=1)
    assert ledger.reserve("picture") == 4


def test_days_are_those_of_utc_whatever_the_clock_s_zone(tmp_path: Path) -> None:
    clock = Clock(dt.datetime(2026, 3, 31, 23, 30, tzinfo=dt.timezone(dt.timedelta(hours=-3))))
    ledger = Ledger(ENGINE, tmp_path / "calls.sqlite", daily_cap=5, monthly_cap=5, clock=clock)
    ledger.reserve("picture")
    assert rows(ledger.path) == [("2026-04-01", "2026-04", "reserved")]


@pytest.mark.parametrize("daily, monthly", [(0, 10), (10, 0)])
def test_a_cap_of_zero_allows_no_call(tmp_path: Path, daily: int, monthly: int) -> None:
    with pytest.raises(CloudBudgetError):
        Ledger(ENGINE, tmp_path / "calls.sqlite", daily, monthly, Clock()).reserve("picture")


@pytest.mark.parametrize("back", [dt.timedelta(days=1), dt.timedelta(days=40), dt.timedelta(days=20000)])
@pytest.mark.parametrize("daily, monthly", [(3, 99), (99, 3)])
def test_a_clock_that_jumps_back_frees_no_budget(tmp_path: Path, back: dt.timedelta, daily: int, monthly: int) -> None:
    clock = Clock()
    ledger = Ledger(ENGINE, tmp_path / "calls.sqlite", daily, monthly, clock)
    spend(ledger, 3)
    clock.now -= back
    with pytest.raises(CloudBudgetError, match="3 of them are dated later than today: check the clock"):
        ledger.reserve("picture")


def test_a_call_that_crashed_or_failed_stays_counted(tmp_path: Path) -> None:
    ledger = Ledger(ENGINE, tmp_path / "calls.sqlite", daily_cap=3, monthly_cap=9, clock=Clock())
    ledger.settle(ledger.reserve("a"), CallOutcome.FAILED)
    ledger.settle(ledger.reserve("b"), CallOutcome.ANSWERED)
    ledger.reserve("c")
    assert [outcome for _, _, outcome in rows(ledger.path)] == ["failed", "answered", "reserved"]
    assert (ledger.usage().in_day, ledger.usage().in_month) == (3, 3)
    with pytest.raises(CloudBudgetError):
        ledger.check()


def test_checking_the_budget_spends_nothing(tmp_path: Path) -> None:
    ledger = Ledger(ENGINE, tmp_path / "calls.sqlite", daily_cap=1, monthly_cap=1, clock=Clock())
    ledger.check()
    ledger.check()
    assert ledger.reserve("picture") == 1


RESERVE_ALL = """
import json, sys
from pathlib import Path
from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.cloud.ledger import Ledger
from rpiocr.errors import CloudBudgetError
ledger, made = Ledger("google-vision", Path(sys.argv[1]), 40, 40), []
try:
    while True:
        made.append(ledger.reserve("picture"))
except CloudBudgetError:
    print(json.dumps(made))
"""


def test_processes_that_reserve_at_once_never_pass_the_cap(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RESERVE_ALL, str(tmp_path / "calls.sqlite")]
    environment = {"PYTHONPATH": ":".join(sys.path)}
    children = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    made = [number for child in children for number in json.loads(child.communicate()[0])]
    assert sorted(made) == list(range(1, 41))
    assert len(rows(tmp_path / "calls.sqlite")) == 40


FILL_DISK = """
import resource, sys
from pathlib import Path
from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.cloud.ledger import Ledger
from rpiocr.errors import CloudLedgerError
ledger, made = Ledger("google-vision", Path(sys.argv[1]), 10**6, 10**6), 0
resource.setrlimit(resource.RLIMIT_FSIZE, (2**15, 2**15))
try:
    while True:
        ledger.reserve("picture" * 100)
        made += 1
except CloudLedgerError:
    print(made)
"""


def test_a_full_disk_refuses_calls_and_loses_none_that_it_counted(tmp_path: Path) -> None:
    made = int(run_python(FILL_DISK, str(tmp_path / "calls.sqlite")))
    assert made > 0
    assert len(rows(tmp_path / "calls.sqlite")) == made


def test_a_damaged_ledger_refuses_calls_and_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite"
    path.write_bytes(b"not a database, whatever the name says" * 100)
    before = path.read_bytes()
    with pytest.raises(CloudLedgerError, match=r"No cloud call is made.*move it away"):
        Ledger(ENGINE, path, 10, 10).reserve("picture")
    assert path.read_bytes() == before


@pytest.mark.parametrize("path", ["/proc/rpiocr/calls.sqlite", "/dev/null/calls.sqlite"])
def test_a_ledger_in_a_place_that_cannot_be_written_refuses_calls(path: str) -> None:
    with pytest.raises(CloudLedgerError):
        Ledger(ENGINE, Path(path), 10, 10).reserve("picture")


def test_only_the_owner_can_read_the_ledger(tmp_path: Path) -> None:
    ledger = Ledger(ENGINE, tmp_path / "state" / "calls.sqlite", 1, 1)
    ledger.reserve("picture")
    assert ledger.path.stat().st_mode & 0o777 == 0o600
    assert ledger.path.parent.stat().st_mode & 0o777 == 0o700


def ledger_with_copy(folder: Path, monthly: int = 5, clock: Clock | None = None) -> Ledger:
    store = f"sqlite:///{folder / 'receipts.sqlite'}"
    return Ledger(ENGINE, folder / "calls.sqlite", 99, monthly, clock or Clock(), store)


EMPTIED: dict[str, Callable[[Path], object]] = {
    "deleted": lambda path: path.unlink(),
    "emptied": lambda path: path.write_bytes(b""),
    "without rows": lambda path: change(path, "DELETE FROM calls"),
    "without its table": lambda path: change(path, "DROP TABLE calls"),
    "moved to last month": lambda path: change(path, "UPDATE calls SET month = '2026-02', day = '2026-02-01'"),
}


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute(statement)
        database.commit()


@pytest.mark.parametrize("how", EMPTIED)
def test_a_ledger_that_was_emptied_or_deleted_frees_no_budget(tmp_path: Path, how: str) -> None:
    ledger = ledger_with_copy(tmp_path)
    spend(ledger, 4)
    EMPTIED[how](ledger.path)
    assert ledger.usage().in_month == 4
    spend(ledger, 1)
    with pytest.raises(CloudBudgetError, match="5 of 5"):
        ledger.reserve("picture")
    with pytest.raises(CloudBudgetError, match="5 of 5"):
        ledger.check()


def test_a_store_that_was_deleted_frees_no_budget_either(tmp_path: Path) -> None:
    ledger = ledger_with_copy(tmp_path)
    spend(ledger, 4)
    for file in tmp_path.glob("receipts.sqlite*"):
        file.unlink()
    spend(ledger, 1)
    ledger.path.unlink()
    with pytest.raises(CloudBudgetError, match="5 of 5"):
        ledger.reserve("picture")


def test_what_was_counted_before_there_was_a_copy_is_in_it_from_the_next_call_on(tmp_path: Path) -> None:
    spend(Ledger(ENGINE, tmp_path / "calls.sqlite", 99, 9, Clock()), 4)
    ledger = ledger_with_copy(tmp_path)
    spend(ledger, 1)
    ledger.path.unlink()
    assert ledger.usage().in_month == 5


def test_the_copy_ends_with_the_month_as_the_ledger_does(tmp_path: Path) -> None:
    clock = Clock()
    ledger = ledger_with_copy(tmp_path, clock=clock)
    spend(ledger, 5)
    clock.now += dt.timedelta(days=1)
    ledger.path.unlink()
    assert ledger.usage().in_month == 0
    spend(ledger, 5)


def test_an_empty_ledger_beside_a_store_that_cannot_be_asked_refuses_calls(tmp_path: Path) -> None:
    ledger = ledger_with_copy(tmp_path)
    (tmp_path / "receipts.sqlite").write_bytes(b"no store at all" * 500)
    with pytest.raises(CloudLedgerError, match="cannot be verified"):
        ledger.reserve("picture")


def test_a_ledger_that_counts_goes_on_where_the_store_cannot_be_asked(tmp_path: Path) -> None:
    ledger = ledger_with_copy(tmp_path)
    spend(ledger, 1)
    (tmp_path / "receipts.sqlite").write_bytes(b"no store at all" * 500)
    spend(ledger, 4)
    with pytest.raises(CloudBudgetError):
        ledger.reserve("picture")


def test_asking_what_is_spent_makes_no_store(tmp_path: Path) -> None:
    ledger = ledger_with_copy(tmp_path)
    assert ledger.usage().in_month == 0
    assert not (tmp_path / "receipts.sqlite").exists()


OTHER = "other-cloud"


def test_each_engine_has_its_own_budget_in_the_shared_ledger(tmp_path: Path) -> None:
    ledger = ledger_with_copy(tmp_path)
    other = replace(ledger, engine=OTHER)
    spend(ledger, 4)
    spend(other, 5)
    assert (ledger.usage().in_month, other.usage().in_month) == (4, 5)
    with pytest.raises(CloudBudgetError, match="5 of 5"):
        other.reserve("picture")
    spend(ledger, 1)
    with pytest.raises(CloudBudgetError, match="5 of 5"):
        ledger.reserve("picture")


def test_calls_that_the_ledger_has_lost_count_for_every_engine(tmp_path: Path) -> None:
    ledger = ledger_with_copy(tmp_path)
    spend(ledger, 2)
    spend(replace(ledger, engine=OTHER), 3)
    ledger.path.unlink()
    for engine in (ENGINE, OTHER):
        one = replace(ledger, engine=engine)
        assert one.usage().in_month == 5
        with pytest.raises(CloudBudgetError, match="5 of 5"):
            one.reserve("picture")


OLD_SCHEMA = """
CREATE TABLE calls (
    id INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    day TEXT NOT NULL,
    month TEXT NOT NULL,
    picture TEXT NOT NULL,
    outcome TEXT NOT NULL
)
"""


def test_a_ledger_without_engines_counts_for_the_one_that_there_was(tmp_path: Path) -> None:
    path = tmp_path / "calls.sqlite"
    change(path, OLD_SCHEMA)
    for _ in range(3):
        change(
            path,
            "INSERT INTO calls (at, day, month, picture, outcome)"
            " VALUES ('2026-03-31T11:00:00+00:00', '2026-03-31', '2026-03', 'picture', 'answered')",
        )
    ledger = Ledger(ENGINE, path, 99, 5, Clock())
    assert ledger.usage().in_month == 3
    spend(ledger, 2)
    with pytest.raises(CloudBudgetError, match="5 of 5"):
        ledger.reserve("picture")
    assert replace(ledger, engine=OTHER).usage().in_month == 0


def test_calls_of_no_engine_count_for_every_one(tmp_path: Path) -> None:
    ledger = Ledger(ENGINE, tmp_path / "calls.sqlite", 99, 5, Clock())
    spend(ledger, 2)
    change(ledger.path, "UPDATE calls SET engine = x'00'")
    assert ledger.usage().in_month == 2
    assert replace(ledger, engine=OTHER).usage().in_month == 2


RESERVE_AND_DELETE = """
import json, sys
from pathlib import Path
from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.cloud.ledger import Ledger
from rpiocr.errors import CloudBudgetError, CloudLedgerError
path, made = Path(sys.argv[1]), 0
ledger = Ledger("google-vision", path, 40, 40, store=f"sqlite:///{sys.argv[2]}")
while True:
    try:
        ledger.reserve("picture")
    except CloudBudgetError:
        break
    except CloudLedgerError:
        continue
    made += 1
    if made % 7 == 0:
        path.unlink(missing_ok=True)
print(made)
"""


@pytest.mark.slow
def test_processes_that_delete_the_ledger_while_others_reserve_never_pass_the_cap(tmp_path: Path) -> None:
    command = [sys.executable, "-c", RESERVE_AND_DELETE, str(tmp_path / "calls.sqlite"), str(tmp_path / "store.sqlite")]
    environment = {"PYTHONPATH": ":".join(sys.path)}
    children = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert 35 <= sum(int(child.communicate()[0]) for child in children) <= 40
