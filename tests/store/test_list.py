"""``rpiocr list`` and ``rpiocr search``: what is found, in which order, and from which index."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Select

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from rpiocr.store.queries import Position, found, holders, listed, newest
from rpiocr.store.selection import Selection
from rpiocr.store.words import NothingToFindError, sought
from tests.store.many import fill
from tests.store.postgres import Server
from tests.store.program import run_command
from tests.store.readings import keep, keep_one

MANY = 20_000
PLACE = Position(dt.date(2018, 5, 5), 5000)


def ids(database: Database, *arguments: object) -> list[int]:
    """The numbers that a command lists."""
    outcome = run_command(database.url, *arguments)
    assert outcome.status == ExitCode.OK, outcome.stderr
    return [line["id"] for line in outcome.lines]


def test_the_newest_receipt_comes_first_and_undated_ones_stand_at_the_day_of_reading(database: Database) -> None:
    old = keep_one(database, date="2019-02-01")
    new = keep_one(database, date="2024-02-01")
    twin = keep_one(database, date="2024-02-01", merchant="Other")
    undated = keep_one(database, date=None)
    assert ids(database, "list") == [undated, twin, new, old]


def test_a_line_has_what_a_person_needs_and_money_is_exact(database: Database) -> None:
    receipt_id = keep_one(database, file="/inbox/a b.jpg", amount=Decimal("12.50"), time="19:16", verdict="RETRY")
    line = run_command(database.url, "list").only
    assert line == {
        "id": receipt_id,
        "date": "2024-03-05",
        "time": "19:16",
        "merchant": "Corner Shop",
        "amount": Decimal("12.50"),
        "currency": "EUR",
        "verdict": "RETRY",
        "quality": 90,
        "duplicate_of": None,
        "corrected": [],
        "file": "/inbox/a b.jpg",
        "page": 1,
        "part": 1,
        "confirmed": [],
        "sure": False,
        "archived_at": None,
    }
    assert '"amount": 12.50,' in run_command(database.url, "list").stdout


@pytest.mark.slow
def test_filters_leave_what_was_asked_for(database: Database) -> None:
    march = keep_one(database, date="2024-03-31", merchant="Café Müller", verdict="ESCALATE")
    april = keep_one(database, date="2024-04-01", currency="SEK", merchant="Müller Cafeteria")
    again = keep_one(database, date="2024-04-01", currency="SEK", merchant="Müller Cafeteria")
    assert ids(database, "list", "--until", "2024-03") == [march]
    assert ids(database, "list", "--since", "2024-04") == [again, april]
    assert ids(database, "list", "--since", "2024", "--until", "2024-03-31") == [march]
    assert ids(database, "list", "--merchant", "muller cafe") == [march]
    assert ids(database, "list", "--merchant", "CAFE* müller") == [again, april, march]
    assert ids(database, "list", "--currency", "sek", "--no-duplicates") == [april]
    assert ids(database, "list", "--duplicates") == [again]
    assert ids(database, "list", "--verdict", "escalate") == [march]


def test_a_merchant_is_not_found_by_words_that_stand_elsewhere_on_the_receipt(database: Database) -> None:
    keep_one(database, merchant="Corner Shop", text="bakery", receipt_number="market")
    assert ids(database, "list", "--merchant", "bakery") == []
    assert ids(database, "list", "--merchant", "market") == []
    assert ids(database, "search", "bakery market corner") != []


def test_pages_put_together_are_the_whole_list_without_gaps_or_repeats(database: Database) -> None:
    for number in range(23):
        keep_one(database, date=f"2024-03-{number % 4 + 1:02}", merchant=f"Shop {number}")
    whole = ids(database, "list")
    assert len(whole) == 23
    assert [one.id for page in listed(database, Selection(), size=5) for one in page] == whole
    pieces, last = [], None
    while True:
        more = ids(database, "list", "--limit", 4, *(["--before", last] if last else []))
        if not more:
            break
        pieces += more
        last = more[-1]
    assert pieces == whole
    assert [one.id for page in found(database, "shop", size=5) for one in page] == sorted(whole, reverse=True)
    assert ids(database, "search", "shop", "--limit", 3, "--before", 10) == [9, 8, 7]


def test_going_on_after_a_receipt_that_is_not_there_is_an_error(database: Database) -> None:
    outcome = run_command(database.url, "list", "--before", 77)
    assert (outcome.status, outcome.stdout) == (ExitCode.UNREADABLE_INPUT, "")
    assert "there is no receipt 77" in outcome.stderr


@pytest.mark.parametrize("arguments", [("list",), ("search", "nothing")])
def test_an_empty_list_is_not_an_error_and_every_format_of_it_can_be_read(
    database: Database, arguments: tuple[str, ...]
) -> None:
    assert run_command(database.url, *arguments, "--format", "ndjson").stdout == ""
    outcome = run_command(database.url, *arguments, "--format", "json")
    assert (outcome.status, json.loads(outcome.stdout)) == (ExitCode.OK, [])
    assert "the store is empty" in outcome.stderr
    keep_one(database)
    assert "no stored receipt matches" in run_command(database.url, "list", "--since", "2099").stderr
    assert "no stored receipt matches" in run_command(database.url, "search", "nothing").stderr
    run_command(database.url, "delete", 1, "--yes")
    assert len(run_command(database.url, *arguments, "--format", "csv").stdout.splitlines()) == 1


def test_several_verdicts_are_alternatives(database: Database) -> None:
    ids = {verdict: keep_one(database, verdict=verdict, date=None) for verdict in ("ACCEPT", "RETRY", "ESCALATE")}
    lines = run_command(database.url, "list", "--verdict", "RETRY", "--verdict", "escalate").lines
    assert {line["id"] for line in lines} == {ids["RETRY"], ids["ESCALATE"]}
    assert [line["id"] for line in run_command(database.url, "list", "--verdict", "RETRY").lines] == [ids["RETRY"]]


def test_days_can_be_given_as_people_write_them(database: Database) -> None:
    today = dt.datetime.now().astimezone().date()
    keep_one(database, date="2019-07-23")
    recent = keep_one(database, date=(today - dt.timedelta(days=1)).isoformat())
    assert [line["id"] for line in run_command(database.url, "list", "--since", "yesterday").lines] == [recent]
    assert [line["id"] for line in run_command(database.url, "list", "--since", "24.07.2019").lines] == [recent]
    outcome = run_command(database.url, "list", "--since", "03/04/2019")
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert "may be 2019-04-03 or 2019-03-04" in outcome.stderr


def test_the_receipts_of_one_image_are_distinguished(database: Database) -> None:
    first, second = keep(database, {"page": 1}, {"page": 1, "part": 2, "time": "10:00"})
    lines = {line["id"]: (line["page"], line["part"]) for line in run_command(database.url, "list").lines}
    assert lines == {first: (1, 1), second: (1, 2)}
    assert "receipt 2 of its" in run_command(database.url, "list", "--format", "table").stdout


def test_a_store_can_be_given_as_the_path_of_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'a.db'}")) as database:
        receipt_id = keep_one(database)
    monkeypatch.chdir(tmp_path)
    for store in (tmp_path / "a.db", "./a.db", "a.db"):
        assert run_command(str(store), "list").only["id"] == receipt_id


def test_csv_does_not_run_as_a_formula_and_has_every_column(database: Database) -> None:
    keep_one(database, merchant='=HYPERLINK("http://x")', amount=Decimal("-3.10"))
    (row,) = csv.DictReader(io.StringIO(run_command(database.url, "list", "--format", "csv").stdout))
    assert row["merchant"] == '\'=HYPERLINK("http://x")'
    assert row["amount"] == "-3.10"


def test_a_table_shows_nothing_that_moves_the_cursor(database: Database) -> None:
    receipt_id = keep_one(database, merchant="Shop \x1b[2J\x07 [red]x[/red]", time="10:00")
    keep_one(database, merchant="Shop", time="10:00")
    outcome = run_command(database.url, "list", "--format", "table")
    assert "\x1b" not in outcome.stdout
    assert "\\x1b[2J\\x07" in outcome.stdout.replace("\n", "")
    assert f"repeats {receipt_id}" in outcome.stdout


WORDS = st.text(st.sampled_from("ab*\"'-:(){}^+&|!<>@%\\,.;/ é½㏂⑴ß\0\t\udce9ANDORTNE"), max_size=30)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def lasting(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A store with many receipts, for all tests of this module."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path_factory.mktemp('many') / 'receipts.sqlite'}")
        fill(database, MANY)
        yield database
        database.close()
        return
    server: Server = request.getfixturevalue("server")
    with server.fresh() as url:
        database = Database(url)
        fill(database, MANY)
        yield database
        database.close()


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS)
@pytest.mark.slow
def test_whatever_is_typed_is_never_an_error_of_the_database(lasting: Database, words: str) -> None:
    try:
        pages = list(found(lasting, words, limit=1))
    except NothingToFindError:
        assert not any(char.isalnum() for char in words)
    else:
        assert len(pages) <= 1
    if any(char.isalnum() for char in words):
        assert list(listed(lasting, Selection(merchant=words), limit=1)) is not None


@pytest.mark.parametrize(
    ("words", "hit"),
    [
        ("cafe", True),
        ("CAFÉ müller", True),
        ("total 12,50", True),
        ("12,5", False),
        ("12,5*", True),
        ("tot*", True),
        ("tot", False),
        ("rewe", True),
        ("info@rewe.de", True),
        ("cafe bakery", False),
        ("a-17/b", True),
        ("17/b a", True),
        ("b/17", False),
        ("NOT total", False),
        ("x" * 3000, False),
        ("ночь", True),
        ("НОЧЬ", True),
        ("ΕΛΛΆΔΑ", True),
        ("東京*", True),
    ],
)
def test_all_words_have_to_be_there_in_any_order_whatever_their_case_and_accents(
    database: Database, words: str, *, hit: bool
) -> None:
    text = "TOTAL 12,50 EUR\nwww.rewe.de info@rewe.de\nночь Ελλάδα 東京都"
    receipt_id = keep_one(database, merchant="Café Müller", receipt_number="A-17/B", text=text)
    assert ids(database, "search", words) == ([receipt_id] if hit else [])


def test_words_may_be_given_one_by_one(database: Database) -> None:
    receipt_id = keep_one(database, text="tea and milk")
    assert ids(database, "search", "milk", "tea") == [receipt_id]


def test_a_search_for_no_word_or_too_many_is_wrong_usage(database: Database) -> None:
    assert run_command(database.url, "search", '"-*').status == ExitCode.USAGE
    assert run_command(database.url, "search", "a " * 1000).status == ExitCode.USAGE


def plan(database: Database, query: Select[Any]) -> str:
    """How the database goes about a query."""
    compiled = str(query.compile(database.engine, compile_kwargs={"literal_binds": True}))
    with database.snapshot() as connection:
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        literal = compiled if database.is_sqlite else compiled.replace("%", "%%")
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(explain + literal))


def is_walk(step: str) -> bool:
    """Return whether a step of a query plan scans a whole table."""
    return "Seq Scan" in step or (step.startswith("SCAN") and "INDEX" not in step)


@pytest.mark.parametrize(
    "selection",
    [
        Selection(),
        Selection(since=dt.date(2019, 1, 1), until=dt.date(2019, 12, 31)),
        Selection(verdicts=("ESCALATE",)),
        Selection(currency="SEK"),
        Selection(duplicates=False),
        Selection(duplicates=True),
        Selection(archived=False),
        Selection(verdicts=("ACCEPT",), duplicates=False, since=dt.date(2019, 1, 1)),
    ],
)
@pytest.mark.parametrize("before", [None, PLACE])
@pytest.mark.slow
def test_a_page_of_the_list_comes_from_an_index_in_its_order(
    lasting: Database, selection: Selection, before: Position | None
) -> None:
    steps = plan(lasting, newest(selection, before, 50, sqlite=lasting.is_sqlite))
    assert not any(is_walk(step.strip()) for step in steps.splitlines()), steps
    assert "ix_receipts_" in steps, steps
    if lasting.is_sqlite:
        assert "TEMP B-TREE" not in steps, steps


@pytest.mark.parametrize("merchant", ["corner", "nobody", "caf*"])
def test_the_list_of_a_merchant_comes_from_an_index(lasting: Database, merchant: str) -> None:
    steps = plan(lasting, newest(Selection(merchant=merchant), PLACE, 50, sqlite=lasting.is_sqlite))
    assert not any(is_walk(step.strip()) for step in steps.splitlines()), steps


@pytest.mark.parametrize("words", ["total", "unicorn", "good4321", "good432* total", "nowhere"])
@pytest.mark.parametrize("before", [None, 5000])
def test_a_page_of_a_search_comes_from_an_index(lasting: Database, words: str, before: int | None) -> None:
    steps = plan(lasting, holders(sought(words), Selection(archived=False), before, 50, sqlite=lasting.is_sqlite))
    assert not any(is_walk(step.strip()) for step in steps.splitlines()), steps
    if lasting.is_sqlite:
        assert "receipt_words VIRTUAL TABLE INDEX" in steps
        assert "TEMP B-TREE" not in steps, steps
    elif words != "total":
        assert "ix_receipts_words" in steps, steps


def test_rare_words_are_found_among_many_receipts(lasting: Database) -> None:
    assert [one.id for page in found(lasting, "unicorn") for one in page] == [777]
