"""The facts of the document in the result, and the schema that promises them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from decimal import Decimal
from importlib import resources
from typing import Any

import jsonschema
import pytest

from rpiocr.decide.interpret import fields_of
from rpiocr.extract import Hints, extract
from rpiocr.model import Reading
from rpiocr.output.explain.story import story_of
from rpiocr.output.result import answer
from rpiocr.output.writers import CsvWriter
from rpiocr.system.json_text import dumps
from tests.output.explain.receipts import PASSES, RECEIPT, with_fields
from tests.written import tables, write

TEXT = "NIP 856-734-62-15\nGST Reg No 001234567890\nParagon nr 4412\nTOTAL 12.00\nVISA ****1234 12.00"


def result(text: str, second: str) -> dict[str, Any]:
    """The result of a receipt that two passes read so; the merged reading is that of the first."""
    found = [extract(Reading(write(one), 1), tables(), Hints(dt.date(2024, 6, 1))) for one in (text, second)]
    fields = fields_of(found[0], list(zip(PASSES, found, strict=False)))
    receipt = with_fields(tax_ids=fields.tax_ids, receipt_number=fields.receipt_number, payment=fields.payment)
    written: dict[str, Any] = json.loads(dumps(answer(receipt)))
    return written


@pytest.fixture
def schema() -> jsonschema.Draft202012Validator:
    """The schema, itself checked."""
    document = json.loads((resources.files("rpiocr.output") / "schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document)


def test_the_facts_of_the_document_are_told_with_their_evidence(schema: jsonschema.Draft202012Validator) -> None:
    told = result(TEXT, TEXT.replace("4412", "4472"))
    schema.validate(told)
    assert told["tax_ids"] == [
        {"kind": "nip", "country": "PL", "number": "8567346215", "valid": True},
        {"kind": "gst", "country": "MY", "number": "001234567890", "valid": None},
    ]
    assert told["receipt_number"] == "4412"
    assert told["payment"] == {"method": "card", "brand": "visa", "card_last4": "1234"}
    first, _ = told["evidence"]["tax_ids"]
    assert (first["raw"], first["votes"], first["passes"], first["checks"]) == ("856-734-62-15", 2, 2, ["check digits"])
    number = told["evidence"]["receipt_number"]
    assert (number["raw"], number["votes"], number["passes"]) == ("4412", 1, 2)
    (rival,) = number["rivals"]
    assert rival == {"value": "4472", "raw": "4472", "box": number["box"]}
    assert told["evidence"]["payment"]["raw"] == "VISA ****1234 12.00"


def test_an_alternative_payment_method_is_reported_in_words() -> None:
    told = result(TEXT, TEXT.replace("VISA ****1234", "MAESTRO"))
    assert [rival["value"] for rival in told["evidence"]["payment"]["rivals"]] == ["card maestro"]


def test_what_was_not_found_is_null(schema: jsonschema.Draft202012Validator) -> None:
    told = json.loads(dumps(answer(RECEIPT)))
    schema.validate(told)
    for key in ("tax_ids", "receipt_number", "payment"):
        assert told[key] is None
        assert told["evidence"][key] is None


def test_a_result_without_the_facts_of_the_document_follows_the_schema(schema: jsonschema.Draft202012Validator) -> None:
    told = json.loads(dumps(answer(RECEIPT)))
    for key in ("tax_ids", "receipt_number", "payment"):
        del told[key], told["evidence"][key]
    schema.validate(told)


@pytest.mark.parametrize(
    "wrong",
    [
        {"tax_ids": []},
        {"tax_ids": [{"kind": "vat", "country": "DE", "number": "DE 136695976", "valid": True}]},
        {"tax_ids": [{"kind": "vat", "country": "Germany", "number": "DE136695976", "valid": True}]},
        {"tax_ids": [{"kind": "phone", "country": "DE", "number": "136695976", "valid": True}]},
        {"receipt_number": 4412},
        {"payment": {"method": "cheque", "brand": None, "card_last4": None}},
        {"payment": {"method": "card", "brand": "visa", "card_last4": "4111111111111111"}},
        {"payment": {"method": "card"}},
    ],
)
def test_the_schema_refuses_facts_that_are_not_promised(
    schema: jsonschema.Draft202012Validator, wrong: dict[str, object]
) -> None:
    told = result(TEXT, TEXT)
    assert schema.is_valid(told)
    assert not schema.is_valid(told | wrong)


def test_a_tip_is_in_the_result_the_csv_and_the_explanation(schema: jsonschema.Draft202012Validator) -> None:
    receipt = with_fields(tip=Decimal("4.5"))
    told = answer(receipt)
    schema.validate(json.loads(dumps(told)))
    keys = list(told)
    assert keys.index("tip") == keys.index("tax") + 1
    assert str(told["tip"]) == "4.50"
    stream = io.StringIO()
    writer = CsvWriter(stream)
    writer.write(told)
    writer.close()
    (row,) = csv.DictReader(io.StringIO(stream.getvalue()))
    assert row["tip"] == "4.50"
    assert ("Tip", "4.50 MYR") in story_of(receipt).facts


SELLER = {
    "merchant_legal": "Tea House GmbH & Co. KG",
    "merchant_branch": "Filiale 0711",
    "address": "Hauptstr. 5, 70173 Stuttgart",
    "phone": "0711 123456",
    "website": "teahouse.example",
    "category": "restaurant",
}


def test_facts_about_the_seller_are_beside_its_name_in_the_result_the_csv_and_the_explanation(
    schema: jsonschema.Draft202012Validator,
) -> None:
    receipt = with_fields(**SELLER)
    told = answer(receipt)
    schema.validate(json.loads(dumps(told)))
    assert {name: told[name] for name in SELLER} == SELLER
    first = list(told).index("merchant") + 1
    assert list(told)[first : first + len(SELLER)] == list(SELLER)
    stream = io.StringIO()
    writer = CsvWriter(stream)
    writer.write(told)
    writer.close()
    (row,) = csv.DictReader(io.StringIO(stream.getvalue()))
    assert {name: row[name] for name in SELLER} == SELLER
    facts = dict(story_of(receipt).facts)
    assert facts["Legal name"] == SELLER["merchant_legal"]
    assert facts["Address"] == SELLER["address"]


def test_a_receipt_without_facts_about_the_seller_has_their_keys_with_null() -> None:
    told = answer(with_fields())
    assert {name: told[name] for name in SELLER} == dict.fromkeys(SELLER)
