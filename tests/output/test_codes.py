"""The codes of a receipt in its result, in the schema, and in the outputs for people."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from dataclasses import replace
from decimal import Decimal
from importlib import resources
from typing import Any

import jsonschema
import pytest

from rpiocr.model import NOWHERE, Candidate, Field, Kind, Provenance
from rpiocr.model.codes import Code, CodeClaim
from rpiocr.model.provenance import CODE
from rpiocr.output.codes_in_words import code_in_full
from rpiocr.output.result import answer
from rpiocr.output.writers import CsvWriter, TableWriter
from rpiocr.system.json_text import dumps
from tests.output.coded import GERMAN, LINK, PAYMENT, TILL, TRANSFER, claimed, code, with_codes

SCHEMA = jsonschema.Draft202012Validator(
    json.loads((resources.files("rpiocr.output") / "schema.json").read_text("utf-8")),
    format_checker=jsonschema.FormatChecker(["date"]),
)

HOSTILE = b"=cmd|' /C calc'!A0\x1b]52;c;ZXZpbA==\x07<script>alert(1)</script>\x00"


def told(*codes: Code) -> list[dict[str, Any]]:
    """The codes of a result, as a script reads it."""
    written = json.loads(dumps(answer(with_codes(*codes))), parse_float=Decimal)
    SCHEMA.validate(written)
    found: list[dict[str, Any]] = written["codes"]
    return found


def table_of(*codes: Code) -> str:
    stream = io.StringIO()
    writer = TableWriter(stream)
    writer.write(answer(with_codes(*codes)))
    writer.close()
    return stream.getvalue()


def test_a_receipt_without_codes_has_an_empty_list() -> None:
    assert told() == []


def test_a_proved_code_tells_all_that_it_states() -> None:
    (found,) = told(TILL)
    assert list(found.items()) == [
        ("symbology", "QRCode"),
        ("text", "V0;KASSE-1;Kassenbeleg-V1;..."),
        ("kind", "de-tse"),
        ("country", "DE"),
        ("box", [60, 250, 90, 90]),
        ("total", Decimal("16.50")),
        ("currency", "EUR"),
        ("date", "2026-11-05"),
        ("time", "13:34:56"),
        ("tax", Decimal("2.64")),
        ("seller", None),
        ("receipt_number", "4711"),
        ("status", "proved"),
    ]


def test_a_code_of_a_known_format_without_a_proof_is_read() -> None:
    (found,) = told(TRANSFER)
    assert (found["kind"], found["country"], found["status"]) == ("epc", None, "read")
    assert (str(found["total"]), found["seller"]) == ("119.00", "Muster & Söhne <GmbH>")
    assert found["text"] == "BCD\n002\n1\nSCT"


def test_an_unknown_code_has_its_text_and_nothing_else() -> None:
    (found,) = told(LINK)
    stated = {name: value for name, value in found.items() if value is not None}
    assert stated == {
        "symbology": "QRCode",
        "text": "https://example.com/?a=1&b=<b>2</b>",
        "box": [60, 250, 90, 90],
        "status": "unknown",
    }


@pytest.mark.parametrize(
    ("currency", "shown"), [("EUR", "1234.00"), ("JPY", "1234"), ("KWD", "1234.000"), (None, "1234.00")]
)
def test_money_has_the_decimals_of_the_currency_of_the_code(currency: str | None, shown: str) -> None:
    (found,) = told(claimed(GERMAN, total=Decimal(1234), currency=currency))
    assert str(found["total"]) == shown


def test_a_refund_is_negative() -> None:
    (found,) = told(claimed(GERMAN, total=Decimal("-16.50")))
    assert found["total"] == Decimal("-16.50")


def test_the_codes_are_in_the_order_of_the_receipt() -> None:
    assert [one["status"] for one in told(LINK, TILL, TRANSFER)] == ["unknown", "proved", "read"]


def test_nothing_in_a_code_can_move_a_cursor_of_whoever_prints_its_text() -> None:
    (found,) = told(code(HOSTILE))
    assert found["text"] == "=cmd|' /C calc'!A0" + r"\x1b]52;c;ZXZpbA==\x07" + "<script>alert(1)</script>" + r"\x00"


def test_nor_can_a_name_or_number_in_it() -> None:
    (found,) = told(claimed(PAYMENT, seller="Shop\x1b[2J\n", receipt_number="4\u202e2"))
    assert (found["seller"], found["receipt_number"]) == (r"Shop\x1b[2J\n", r"4\u202e2")


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": "sure"},
        {"country": "Germany"},
        {"currency": "EURO"},
        {"total": "16.50"},
        {"date": "05.11.2026"},
        {"tax_id": "DE123"},
        {"box": [1, 2]},
        {"text": None},
    ],
)
def test_the_schema_refuses_codes_of_another_form(wrong: dict[str, object]) -> None:
    result = json.loads(dumps(answer(with_codes(TILL))))
    assert SCHEMA.is_valid(result)
    result["codes"] = [result["codes"][0] | wrong]
    assert not SCHEMA.is_valid(result)


def test_the_schema_takes_a_code_of_another_page_and_a_value_that_only_a_code_states() -> None:
    elsewhere = replace(TILL, found=replace(TILL.found, box=NOWHERE))
    number = Field(Candidate("4711", "4711", TILL.found.box, 1.0, Provenance(Kind.CODE), 1.0, checks=(CODE,)), (), ())
    receipt = with_codes(elsewhere)
    result = json.loads(dumps(answer(replace(receipt, fields=replace(receipt.fields, receipt_number=number)))))
    assert (result["codes"][0]["box"], result["evidence"]["receipt_number"]["passes"]) == (None, 0)
    assert SCHEMA.is_valid(result)


def test_csv_has_no_cell_for_codes() -> None:
    rows = []
    for codes in ((), (TILL, code(HOSTILE))):
        stream = io.StringIO()
        writer = CsvWriter(stream)
        writer.write(answer(with_codes(*codes)))
        writer.close()
        rows.append(list(csv.DictReader(io.StringIO(stream.getvalue()))))
    assert rows[0] == rows[1]


def test_the_table_has_a_line_for_each_code_of_a_known_format() -> None:
    lines = [line.strip() for line in table_of(TILL, LINK, TRANSFER).splitlines()]
    assert [line for line in lines if line.startswith("code: ")] == [
        "code: de-tse, proved, 16.50 EUR",
        "code: epc, read, 119.00 EUR",
    ]


def test_the_table_shows_nothing_of_an_unknown_code() -> None:
    assert table_of(code(HOSTILE), LINK) == table_of()


def test_a_code_is_shown_in_full_on_one_line() -> None:
    till, link = answer(with_codes(TILL, code(b"https://example.com/" + b"a" * 1000 + b"\n\x1b[2J")))["codes"]
    assert code_in_full(till) == ("QRCode, de-tse, proved, 16.50 EUR, 2026-11-05 13:34:56, tax 2.64 EUR, number 4711")
    assert code_in_full(link) == "QRCode, unknown, https://example.com/" + "a" * 100 + "…"


def test_a_code_may_state_next_to_nothing() -> None:
    (found,) = told(code(b"0-4711", CodeClaim("sk-ekasa", "SK", receipt_number="4711", time=dt.time(9, 5))))
    assert (found["total"], found["time"], found["status"]) == (None, "09:05", "read")
