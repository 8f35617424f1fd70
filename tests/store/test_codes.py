"""The codes of a receipt are kept and come back, and a receipt is found by what is known of them."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import traceback
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import StatementError

from rpiocr.errors import ExitCode
from rpiocr.store.database import STEPS, Database
from rpiocr.store.details import details
from rpiocr.store.errors import StoreError
from rpiocr.store.queries import found
from rpiocr.store.receipts import add_receipts
from rpiocr.store.tables import CODES, FILES, RECEIPTS, TRASH
from rpiocr.store.trash import put, take_back
from tests.store.program import run_command
from tests.store.readings import CODE, UNKNOWN_CODE, keep_one, reading
from tests.store.test_steps import old_store

PAYMENT: dict[str, Any] = CODE | {
    "symbology": "PDF417",
    "kind": "epc",
    "country": None,
    "box": None,
    "date": None,
    "time": None,
    "tax": None,
    "seller": "Bäckerei Groß & Söhne",
    "receipt_number": "RF18 5390",
    "status": "read",
}
ALL = [CODE, UNKNOWN_CODE, PAYMENT]


def codes_of(database: Database, receipt_id: int) -> list[dict[str, Any]]:
    with database.snapshot() as connection:
        kept: list[dict[str, Any]] = details(connection, receipt_id)["codes"]
    return kept


def ids(database: Database, words: str) -> list[int]:
    return [one.id for page in found(database, words) for one in page]


def test_codes_come_back_as_they_were_read_and_in_their_order(database: Database) -> None:
    receipt_id = keep_one(database, codes=ALL)
    assert codes_of(database, receipt_id) == ALL
    assert codes_of(database, keep_one(database)) == []


@pytest.mark.parametrize("total", ["-16.50", "0.00", "1200", "0.001", "123456789012345.67"])
def test_the_total_of_a_code_keeps_its_digits(database: Database, total: str) -> None:
    (kept,) = codes_of(database, keep_one(database, codes=[CODE | {"total": Decimal(total)}]))
    assert str(kept["total"]) == total


@pytest.mark.parametrize("words", ["4711", "47*", "4711 shop", '"4711" corner'])
def test_a_receipt_is_found_by_the_number_in_its_code(database: Database, words: str) -> None:
    receipt_id = keep_one(database, codes=[CODE], receipt_number=None)
    keep_one(database, date="2024-01-01")
    assert ids(database, words) == [receipt_id]


def test_a_receipt_is_found_by_the_seller_in_its_code_without_accents(database: Database) -> None:
    receipt_id = keep_one(database, codes=[UNKNOWN_CODE, PAYMENT])
    assert ids(database, "backerei sohne") == [receipt_id]
    assert ids(database, "rf18 groß") == [receipt_id]


def test_the_seller_in_a_code_is_not_the_merchant(database: Database) -> None:
    keep_one(database, codes=[PAYMENT])
    assert run_command(database.url, "list", "--merchant", "groß").lines == []


def test_a_search_finds_nothing_of_what_an_unknown_code_holds(database: Database) -> None:
    keep_one(database, codes=[UNKNOWN_CODE])
    assert [ids(database, words) for words in ("opensesame", "wifi", "QRCode", "unknown")] == [[], [], [], []]


def test_codes_go_with_their_receipt_and_return_from_the_trash(database: Database) -> None:
    receipt_id = keep_one(database, codes=ALL)
    put(database, receipt_id)
    with database.snapshot() as connection:
        assert connection.execute(select(CODES)).all() == []
    assert ids(database, "4711") == []
    assert take_back(database, receipt_id) == receipt_id
    assert codes_of(database, receipt_id) == ALL
    assert ids(database, "4711") == [receipt_id]


def test_a_receipt_of_the_trash_of_an_earlier_version_returns_without_codes(database: Database) -> None:
    receipt_id = keep_one(database, codes=ALL)
    put(database, receipt_id)
    with database.transaction() as connection:
        kept = json.loads(connection.execute(select(TRASH.c.rows)).scalar_one())
        del kept["codes"], kept["receipts"][0]["code_words"]
        connection.execute(TRASH.update().values(rows=json.dumps(kept)))
    take_back(database, receipt_id)
    assert codes_of(database, receipt_id) == []


def test_deleting_a_receipt_leaves_nothing_of_its_codes(database: Database) -> None:
    receipt_id = keep_one(database, codes=ALL)
    assert run_command(database.url, "delete", receipt_id, "--yes").status == ExitCode.OK
    with database.snapshot() as connection:
        assert connection.execute(select(CODES)).all() == []
    assert ids(database, "4711") == []


def test_show_prints_each_code_on_a_line(database: Database) -> None:
    hostile = UNKNOWN_CODE | {"text": "a\nb" + r"\x1b[2J" + "x" * 500}
    receipt_id = keep_one(database, codes=[CODE, hostile, PAYMENT])
    shown = run_command(database.url, "show", receipt_id, "--format", "text").stdout
    words = " ".join(shown.split())
    assert "code QRCode, de-tse, proved, 12.50 EUR, 2024-03-05 13:34:56, tax 2.00 EUR, number 4711" in words
    assert "code PDF417, epc, read, 12.50 EUR, seller Bäckerei Groß & Söhne, number RF18 5390" in words
    assert r"code QRCode, unknown, a\nb\x1b[2J" in words
    assert shown.count("x" * 30) < 6


def test_show_and_exports_as_json_have_the_codes(database: Database) -> None:
    receipt_id = keep_one(database, codes=ALL)
    keep_one(database, date="2024-01-01")
    assert run_command(database.url, "show", receipt_id, "--format", "json").only["codes"] == ALL
    exported = run_command(database.url, "export", "--format", "ndjson").lines
    assert [line["codes"] for line in exported] == [[], ALL]


def test_exports_for_spreadsheets_have_none(database: Database, tmp_path: Path) -> None:
    keep_one(database, codes=[CODE | {"seller": "=1+1", "text": "=cmd|' /C calc'!A0"}])
    header, row = run_command(database.url, "export", "--format", "csv").stdout.splitlines()
    assert "code" not in header
    assert "=1+1" not in row
    out = tmp_path / "receipts.xlsx"
    assert run_command(database.url, "export", "--out", out).status == ExitCode.OK
    cells = {cell for sheet in openpyxl.load_workbook(out) for line in sheet.values for cell in line}
    assert not {"4711", "=1+1", "'=1+1", "de-tse"} & cells


@pytest.mark.parametrize("step", STEPS[:-1])
def test_receipts_of_an_earlier_store_are_found_as_before_and_have_no_codes(store_url: str, step: str) -> None:
    old_store(store_url, step).close()
    with closing(Database(store_url)) as database:
        assert ids(database, "tea house") == [1]
        assert codes_of(database, 1) == []
        new = keep_one(database, codes=ALL, date="2024-06-01")
        assert ids(database, "4711") == [new]
        assert run_command(store_url, "fix", 1, "merchant=Coffee House").status == ExitCode.OK
        assert (ids(database, "coffee"), ids(database, "house tea")) == ([1], [1])


def test_a_store_of_an_earlier_step_is_read_as_it_is(tmp_path: Path) -> None:
    with closing(old_store(f"sqlite:///{tmp_path / 'receipts.sqlite'}", STEPS[-2])) as database:
        assert codes_of(database, 1) == []
        assert ids(database, "tea") == [1]


def test_the_index_of_words_stays_whole(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'receipts.sqlite'}"
    old_store(url, STEPS[-2]).close()
    with closing(Database(url)) as database:
        for number in range(3):
            keep_one(database, codes=ALL, date=f"2024-02-0{number + 1}")
        run_command(url, "delete", 2, "--yes")
    with closing(sqlite3.connect(tmp_path / "receipts.sqlite")) as raw:
        raw.execute("INSERT INTO receipt_words(receipt_words, rank) VALUES ('integrity-check', 1)")


def test_the_answer_of_a_worker_of_an_earlier_version_is_kept(database: Database) -> None:
    read = reading({})
    answer = {name: value for name, value in read.receipts[0].answer.items() if name != "codes"}
    older = replace(read, receipts=(replace(read.receipts[0], answer=answer),))
    now = dt.datetime.now(dt.UTC)
    with database.transaction() as connection:
        file = {"path": older.file, "sha256": older.sha256, "size_bytes": 1, "state": "answered", "seen_at": now}
        connection.execute(insert(FILES).values(**file))
        (stored,) = add_receipts(connection, 1, older, now)
        assert connection.execute(select(RECEIPTS.c.id)).scalar_one() == stored.receipt_id
    assert codes_of(database, stored.receipt_id) == []


def test_an_error_of_the_store_does_not_tell_what_a_code_holds(database: Database) -> None:
    wrong = {"receipt_id": 1, "symbology": "QRCode", "text": UNKNOWN_CODE["text"], "status": "unknown"}
    with pytest.raises((StatementError, StoreError)) as caught, database.transaction() as connection:
        connection.execute(insert(CODES).values(**wrong, date="no day"))
    assert "INSERT INTO codes" in str(caught.getrepr())
    assert "opensesame" not in "".join(traceback.format_exception(caught.value))
