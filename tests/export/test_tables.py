"""Exports for spreadsheets and scripts: CSV, workbooks of Excel, JSON."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.errors import ExitCode
from rpiocr.export.as_csv import MARK, CsvWriter, Dialect
from rpiocr.export.record import Record
from rpiocr.sanitize.formulas import escape_formula, is_formula
from rpiocr.sanitize.text import one_line
from rpiocr.store.database import Database
from rpiocr.store.items import KnownItems
from tests.program import PROJECT, Outcome, command, surroundings
from tests.store.program import run_command
from tests.store.readings import check_of, item, keep, keep_one

TEA = item("=Tea", "3.00", quantity=Decimal(2), unit_price=Decimal("1.50"))
OFF = item("Off", "-0.50", kind="discount", applies_to=1, tax_code="A", unit="kg", code="0042")


def exported(database: Database, out: Path, *arguments: object) -> bytes:
    """Export into a file, without a word on standard error; returns what it holds."""
    outcome = run_command(database.url, "export", "--out", out, *arguments)
    assert (outcome.status, outcome.stdout, outcome.stderr) == (ExitCode.OK, "", "")
    return out.read_bytes()


def table(data: bytes, delimiter: str = ",") -> list[dict[str, str]]:
    """The rows of a CSV file, as a spreadsheet reads it."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter))


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the export goes."""
    return tmp_path / "export"


def test_csv_begins_with_the_mark_of_utf_8_unless_switched_off(database: Database, out: Path) -> None:
    keep_one(database, merchant="Café")
    assert exported(database, out).startswith(b"\xef\xbb\xbfid,date,")
    assert exported(database, out, "--no-bom").startswith(b"id,date,")


def test_csv_has_all_receipts_oldest_first_with_exact_numbers(database: Database, out: Path) -> None:
    keep_one(database, date="2024-03-05", amount=Decimal("-12.50"), payment={"method": "card", "brand": None,
             "card_last4": "0042"})  # fmt: skip
    keep_one(database, date="2019-01-01", amount=Decimal("99999999999999.90"))
    keep_one(database, date=None, amount=None, merchant=None, currency=None)
    first, second, third = table(exported(database, out))
    assert (first["date"], first["amount"]) == ("2019-01-01", "99999999999999.90")
    assert (second["amount"], second["payment_method"], second["card_last4"]) == ("-12.50", "card", "0042")
    assert (third["date"], third["amount"], third["merchant"], third["currency"]) == ("", "", "", "")


def test_a_decimal_comma_makes_the_semicolon_part_the_cells(database: Database, out: Path) -> None:
    keep_one(database, amount=Decimal("-1234.50"), merchant="a;b")
    (row,) = table(exported(database, out, "--decimal", ","), ";")
    assert (row["amount"], row["merchant"]) == ("-1234,50", "a;b")
    (row,) = table(exported(database, out, "--decimal", ",", "--delimiter", "tab"), "\t")
    assert (row["amount"], row["merchant"]) == ("-1234,50", "a;b")


@pytest.mark.parametrize(
    "wrong",
    [
        ("--decimal", ",", "--delimiter", ","),
        ("--delimiter", "ab"),
        ("--delimiter", "."),
        ("--delimiter", "7"),
        ("--format", "json", "--decimal", ","),
        ("--format", "xlsx", "--no-bom"),
        ("--account-cash", "Assets:Cash"),
        ("--format", "ledger", "--no-opening"),
        ("--format", "ndjson", "--items"),
        ("--since", "lately"),
        ("--since", "03/04/2019"),
        ("--since", "2024-13"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_usage(database: Database, out: Path, wrong: tuple[str, ...]) -> None:
    assert run_command(database.url, "export", "--out", out, *wrong).status == ExitCode.USAGE
    assert not out.exists()


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "  =1", "\xa0=1", "＝1", "=cmd|' /C calc'!A0", "-3,10")


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_a_spreadsheet_would_run_is_shown_instead(database: Database, out: Path, text: str) -> None:
    keep_one(database, merchant=text, receipt_number=text, amount=Decimal("-3.10"))
    (row,) = table(exported(database, out))
    assert row["merchant"] == row["receipt_number"] == "'" + text
    assert row["amount"] == "-3.10"


RECORD = Record(
    1, None, None, None, None, None, None, None, None, None, "ACCEPT", 90, "local", None, 1, 1,
    dt.datetime(2024, 1, 1, tzinfo=dt.UTC), (), "", KnownItems(), (), sure=True,
)  # fmt: skip


@given(st.text(max_size=30), st.sampled_from([",", ";", "\t", "|"]))
def test_any_text_comes_through_csv_as_one_cell_that_is_not_a_formula(text: str, delimiter: str) -> None:
    stream = io.BytesIO()
    writer = CsvWriter(stream, Dialect(delimiter=delimiter))
    writer.write(_with(file=text))
    writer.close()
    plain = one_line(text)
    (row,) = table(stream.getvalue(), delimiter)
    assert row["file"] == escape_formula(plain)
    assert not row["file"].lstrip().startswith(("=", "+", "-", "@"))
    assert escape_formula(plain) in (plain, "'" + plain)
    assert len(stream.getvalue().decode("utf-8").splitlines()) == 2


def _with(**changes: Any) -> Record:  # noqa: ANN401
    import dataclasses

    return dataclasses.replace(RECORD, **changes)


def test_duplicates_are_left_out_unless_asked_for_and_filters_count(database: Database, out: Path) -> None:
    keep_one(database)
    keep_one(database)
    keep_one(database, date="2024-05-01", merchant="Café Müller", currency="SEK")
    assert len(table(exported(database, out))) == 2
    assert len(table(exported(database, out, "--with-duplicates"))) == 3
    assert len(table(exported(database, out, "--until", "2024-03"))) == 1
    assert len(table(exported(database, out, "--merchant", "muller", "--currency", "SEK"))) == 1


def test_json_and_ndjson_have_items_and_exact_numbers(database: Database, out: Path) -> None:
    tax_id = {"kind": "vat", "country": "DE", "number": "DE1", "valid": True}
    keep_one(database, items=[TEA, OFF], tax_ids=[tax_id], file="/inbox/caf\udce9.jpg")
    keep_one(database, date="2020-01-01")
    whole = json.loads(exported(database, out, "--format", "json"), parse_float=Decimal)
    lines = exported(database, out, "--format", "ndjson").decode("utf-8").splitlines()
    assert [json.loads(line, parse_float=Decimal) for line in lines] == whole
    assert whole[1]["items"] == [{"position": 1} | TEA, {"position": 2} | OFF]
    assert whole[1]["items_check"] == check_of([TEA, OFF])
    assert (whole[1]["items_verdict"], whole[0]["items"], whole[0]["items_check"]) == ("ACCEPT", None, None)
    assert whole[1]["tax_ids"] == [tax_id]
    assert whole[1]["file"] == "/inbox/caf\udce9.jpg"
    assert '"amount": 12.50' in lines[1]
    assert (whole[1]["date"], whole[0]["corrected"]) == ("2024-03-05", [])


@pytest.mark.parametrize(("kind", "empty"), [("json", "[]\n"), ("ndjson", ""), ("ledger", ""), ("beancount", "")])
def test_an_empty_store_gives_an_empty_file(database: Database, out: Path, kind: str, empty: str) -> None:
    outcome = run_command(database.url, "export", "--out", out, "--format", kind)
    assert (outcome.status, outcome.stdout) == (ExitCode.OK, "")
    assert outcome.stderr.startswith("rpiocr: the store is empty; ")
    assert out.read_text("utf-8") == empty


SELLER: dict[str, Any] = {
    "merchant_legal": "Tea Ltd",
    "address": "1 High Street, York",
    "phone": "01904 123",
    "category": "restaurant",
}


def test_facts_about_the_seller_are_columns_of_a_table_and_keys_of_the_json(database: Database, out: Path) -> None:
    keep_one(database, **SELLER)
    (row,) = table(exported(database, out))
    (told,) = json.loads(exported(database, out, "--format", "json"))
    for found in (row, told):
        assert {name: found[name] for name in SELLER} == SELLER


def test_a_workbook_has_real_dates_and_numbers_and_no_formula(database: Database, out: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    keep_one(database, merchant="=1+1", time="19:16", amount=Decimal("-12.50"), items=[TEA], receipt_number="0042")
    keep_one(database, date="2024-04-01", currency="JPY", amount=Decimal("1200"), merchant="bell \x07 \udce9")
    keep_one(database, date="2024-05-01", amount=Decimal("123456789012345678.90"))
    exported(database, out, "--format", "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(out.read_bytes()))
    heading, *rows = book["Receipts"].iter_rows()
    names = [cell.value for cell in heading]
    first, second, third = (dict(zip(names, row, strict=True)) for row in rows)
    assert first["date"].value == dt.datetime(2024, 3, 5)  # noqa: DTZ001 - Excel knows no zones
    assert first["date"].is_date
    assert first["time"].value == dt.time(19, 16)
    assert (first["amount"].data_type, first["amount"].value) == ("n", -12.5)
    assert first["amount"].number_format == '#,##0.00 "EUR"'
    assert (first["merchant"].data_type, first["merchant"].value) == ("s", "=1+1")
    assert first["merchant"].quotePrefix
    assert (first["receipt_number"].data_type, first["receipt_number"].value) == ("s", "0042")
    assert isinstance(first["read_at"].value, dt.datetime)
    assert (second["amount"].value, second["amount"].number_format) == (1200, '#,##0 "JPY"')
    assert second["merchant"].value == "bell \\x07 \\udce9"
    assert (third["amount"].data_type, third["amount"].value) == ("s", "123456789012345678.90")
    heading, *rows = book["Items"].iter_rows()
    names = [cell.value for cell in heading]
    (tea,) = (dict(zip(names, row, strict=True)) for row in rows)
    assert [tea[name].value for name in ("receipt", "position", "currency")] == [first["id"].value, 1, "EUR"]
    assert [tea[name].value for name in ("description", "quantity", "unit_price", "amount")] == ["=Tea", 2, 1.5, 3]
    assert (tea["date"].is_date, tea["merchant"].value) == (True, "=1+1")
    assert (tea["unit_price"].number_format, tea["quantity"].number_format) == ('#,##0.00 "EUR"', "General")
    book.close()


def test_csv_of_items_has_a_row_for_each_with_its_receipt(database: Database, out: Path) -> None:
    receipt_id = keep_one(database, items=[TEA, OFF], merchant="Café")
    keep_one(database, date="2020-01-01")
    tea, off = table(exported(database, out, "--items"))
    assert tea == {
        **{"receipt": str(receipt_id), "date": "2024-03-05", "merchant": "Café", "currency": "EUR", "position": "1"},
        **{
            "description": "'=Tea",
            "description_read": "",
            "quantity": "2",
            "unit": "",
            "unit_price": "1.50",
            "amount": "3.00",
        },
        **{"kind": "item", "code": "", "tax_code": "", "applies_to": ""},
    }
    assert (off["amount"], off["kind"], off["applies_to"]) == ("-0.50", "discount", "1")
    assert (off["unit"], off["code"], off["tax_code"]) == ("kg", "0042", "A")


def test_a_workbook_of_items_has_only_their_sheet(database: Database, out: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    keep_one(database, items=[TEA, OFF])
    book = openpyxl.load_workbook(io.BytesIO(exported(database, out, "--format", "xlsx", "--items")))
    assert book.sheetnames == ["Items"]
    assert [row[5] for row in book["Items"].iter_rows(values_only=True)] == ["description", "=Tea", "Off"]
    book.close()


def test_without_openpyxl_a_workbook_is_refused_with_the_way_to_get_it(tmp_path: Path) -> None:
    with closing(Database(f"sqlite:///{tmp_path / 'receipts.sqlite'}")) as database:
        keep_one(database)
    hide = "import sys; sys.modules['openpyxl'] = None; from rpiocr.__main__ import main; main()"
    arguments = ("export", "--format", "xlsx", "--out", str(tmp_path / "a.xlsx"), "--store", database.url)
    done = subprocess.run(
        [sys.executable, "-c", hide, *arguments], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (ExitCode.MISSING_DEPENDENCY, "")
    assert "-m pip install 'openpyxl>=" in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(("a", ".rpiocr"))] == []


def test_an_export_goes_to_standard_output_unless_a_file_is_named(database: Database) -> None:
    keep_one(database)
    for arguments in ((), ("--out", "-")):
        assert len(table(run_command(database.url, "export", *arguments).stdout.encode("utf-8"))) == 1


def test_an_export_that_fails_leaves_the_file_that_was_there(tmp_path: Path) -> None:
    file, out = tmp_path / "receipts.sqlite", tmp_path / "out.csv"
    with closing(Database(f"sqlite:///{file}")) as database:
        for _ in range(3):
            keep_one(database)
        out.write_text("precious", "utf-8")
        with closing(sqlite3.connect(file)) as raw:
            raw.execute("DROP TABLE items")
            raw.commit()
        assert run_command(database.url, "export", "--out", out).status == ExitCode.STORE
    assert out.read_text("utf-8") == "precious"
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith(("out", "."))) == ["out.csv"]


@pytest.mark.parametrize("name", ["nowhere/out.csv", "folder"])
def test_a_file_that_cannot_be_written_is_named(database: Database, tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    outcome = run_command(database.url, "export", "--out", tmp_path / name)
    assert outcome.status == ExitCode.USAGE
    assert name in outcome.stderr


def test_a_link_is_replaced_and_what_it_led_to_stays_as_it_was(database: Database, tmp_path: Path) -> None:
    target, link = tmp_path / "target.csv", tmp_path / "link.csv"
    target.write_text("old", "utf-8")
    link.symlink_to(target)
    keep_one(database)
    exported(database, link)
    assert not link.is_symlink()
    assert target.read_text("utf-8") == "old"
    assert len(table(link.read_bytes())) == 1


def test_new_files_are_for_their_owner_unless_file_mode_shares_them(database: Database, tmp_path: Path) -> None:
    keep_one(database)
    private, shared, old = (tmp_path / name for name in ("private.csv", "shared.csv", "old.csv"))
    old.touch(0o644)
    old.chmod(0o644)
    exported(database, private)
    exported(database, shared, "--file-mode", "0664")
    exported(database, old)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (private, shared, old)]
    assert modes == [0o600, 0o664, 0o644]


@pytest.mark.slow
def test_an_export_is_of_one_moment_while_others_write(store_url: str, tmp_path: Path) -> None:
    """A reader that takes its time: what is stored meanwhile does not appear, and nothing that was there is missing."""
    with closing(Database(store_url)) as database:
        keep(database, *({"date": None, "merchant": f"Shop {number}", "text": "words " * 20} for number in range(1200)))
        home = tmp_path / "home"
        home.mkdir()
        arguments = ("export", "--format", "ndjson", "--store", store_url)
        with subprocess.Popen(command(*arguments), env=surroundings(home), stdout=subprocess.PIPE) as slow:
            assert slow.stdout is not None
            first = slow.stdout.readline()
            added = [keep_one(database, date="2030-01-01", merchant=f"Late {number}") for number in range(3)]
            run_command(store_url, "fix", 1100, "merchant=Changed")
            rest = slow.stdout.read()
        assert slow.returncode == ExitCode.OK
        lines = Outcome(0, (first + rest).decode("utf-8"), "").lines
        assert len(lines) == 1200
        assert {line["id"] for line in lines}.isdisjoint(added)
        assert "Changed" not in {line["merchant"] for line in lines}
        assert len(run_command(store_url, "export", "--format", "ndjson").lines) == 1203


@given(st.text(max_size=20))
def test_what_is_not_a_formula_stays_as_it_is(text: str) -> None:
    assert is_formula(text) or escape_formula(text) == text


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("a.xlsx", b"PK"), ("a.JSON", b"["), ("a.ndjson", b"{"), ("a.journal", b"2024-"), ("a.beancount", b"2024-"),
     ("a.csv", MARK.encode()), ("a.txt", MARK.encode())],
)  # fmt: skip
def test_the_format_is_that_of_the_ending(database: Database, tmp_path: Path, name: str, beginning: bytes) -> None:
    keep_one(database)
    assert run_command(database.url, "export", "--out", tmp_path / name).status == ExitCode.OK
    assert (tmp_path / name).read_bytes().startswith(beginning)


def test_a_format_that_contradicts_the_ending_is_wrong_usage(database: Database, tmp_path: Path) -> None:
    outcome = run_command(database.url, "export", "--format", "csv", "--out", tmp_path / "a.xlsx")
    assert outcome.status == ExitCode.USAGE
    assert "--format csv contradicts" in outcome.stderr
    assert not (tmp_path / "a.xlsx").exists()
