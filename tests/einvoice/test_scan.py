"""E-invoices through the program: scanned, explained, watched, read in batches, and sent to the page."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rpiocr.errors import ExitCode
from rpiocr.model.fields import SPECS
from tests.program import QUICK, SMALL, Run
from tests.serve.serving import body, serving
from tests.watch.places import Place, lines

from .invoices import SHOP, cii, order_x, ubl

CONTRACT: dict[str, Any] = json.loads(files("rpiocr.output").joinpath("schema.json").read_text("utf-8"))


def boxes(answer: dict[str, Any]) -> set[Any]:
    """All boxes in the evidence and the items of an answer."""
    evidence = [one for one in answer["evidence"].values() if one]
    flat = [one for found in evidence for one in (found if isinstance(found, list) else [found])]
    return {str(one["box"]) for one in (*flat, *answer["items"])}


def test_an_e_invoice_is_accepted_and_has_no_boxes(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "invoice.dat"
    path.write_bytes(cii())
    outcome = run("scan", path)
    assert outcome.status == ExitCode.OK
    answer = outcome.only
    assert {name: str(answer[name]) for name in ("amount", "currency", "date", "merchant", "tax", "verdict")} == {
        **{"amount": "182.39", "currency": "EUR", "date": "2026-03-14", "merchant": "Café Brandt"},
        **{"tax": "25.39", "verdict": "ACCEPT"},
    }
    assert answer["merchant_legal"] == "Kaffeerösterei Brandt GmbH"
    assert (answer["source"], answer["receipt_number"], answer["attachment"]) == ("local", "RE-2026-0815", None)
    assert [rung["name"] for rung in answer["rungs"]] == ["e-invoice"]
    assert boxes(answer) == {"None"}
    assert answer["evidence"]["amount"]["checks"] == ["e-invoice"]
    jsonschema.Draft202012Validator(CONTRACT).validate(json.loads(outcome.stdout))


def test_sums_that_do_not_agree_are_told(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(ubl(SHOP.but(stated={"with_tax": "192.39"})))
    answer = run("scan", "--strict", path)
    assert answer.status == ExitCode.NEEDS_REVIEW
    assert answer.only["verdict"] != "ACCEPT"
    assert any("do not add up" in warning for warning in answer.only["warnings"])


@pytest.mark.parametrize(
    ("data", "code", "told"),
    [
        (order_x(), "no_invoice", "is an order, and no invoice of a purchase: give the invoice"),
        (cii(SHOP.but(type_code="325")), "no_invoice", "is a document of type 325"),
        (b"<?xml version='1.0'?><svg/>", "no_invoice", "is XML, but no e-invoice"),
        (cii()[:2000], "damaged_file", "not well-formed"),
    ],
    ids=["order", "pro forma", "other XML", "cut off"],
)
def test_what_is_no_invoice_is_an_error_that_says_what_to_do(
    run: Run, tmp_path: Path, data: bytes, code: str, told: str
) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(data)
    outcome = run("scan", path)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert outcome.only["error"]["code"] == code
    assert told in outcome.only["error"]["message"]


def test_an_invoice_without_items_where_none_are_wanted(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(cii())
    assert run("scan", "--items", "off", path).only["items"] is None


def test_an_explanation_tells_that_an_e_invoice_states_it(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(cii())
    text = run("explain", path).stdout
    assert "Where it was found: stated by an e-invoice." in text
    assert "Lines, taxes and totals of the e-invoice add up to 182.39 EUR." in text
    assert "pixels" not in text
    page = run("explain", "--html", "-", path).stdout
    assert "stated by an e-invoice" in page
    assert "<img" not in page


def test_debugging_writes_no_images_of_an_e_invoice(run: Run, tmp_path: Path) -> None:
    path, out = tmp_path / "a.xml", tmp_path / "out"
    path.write_bytes(cii())
    assert run("scan", "--debug", out, path).status == ExitCode.OK
    assert sorted(one.name for one in out.glob("*/*")) == ["passes.txt", "result.json"]
    assert "Espresso Cremoso" in next(out.glob("*/passes.txt")).read_text("utf-8")


def test_other_commands_say_that_there_is_no_picture(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(cii())
    outcome = run("check", path)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert "which has no picture" in outcome.stderr


def test_a_watch_takes_e_invoices_and_keeps_them(place: Place) -> None:
    place.add("a.xml", cii())
    place.add("order.xml", order_x())
    by_name = {Path(line["file"]).name: line for line in lines(place.run("--once").stdout)}
    assert by_name["a.xml"]["verdict"] == "ACCEPT"
    assert by_name["order.xml"]["error"]["code"] == "no_invoice"
    filed = sorted(Path(name).parts[0] for name in place.placed())
    assert filed == ["done", "failed"]
    assert place.rows("SELECT amount, currency, picture_hash FROM receipts") == [("182.39", "EUR", None)]
    assert place.rows("SELECT DISTINCT box_x FROM fields") == [(None,)]
    assert place.rows("SELECT count(*) FROM word_boxes") == [(0,)]
    (text,) = (text for (text,) in place.rows("SELECT text FROM receipts"))
    assert "Kontor AG" in text


def test_the_same_invoice_in_two_languages_is_one_purchase(place: Place) -> None:
    place.add("a.xml", cii())
    place.add("b.xml", ubl())
    place.run("--once")
    assert place.rows("SELECT id, duplicate_of FROM receipts") == [(1, None), (2, 1)]


def test_a_batch_takes_e_invoices(run: Run, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.xml").write_bytes(cii())
    shutil.copy(SMALL, inbox / "b.jpg")
    found = {Path(line["file"]).name: line["amount"] for line in run("batch", *QUICK, inbox).lines}
    assert {name: str(amount) for name, amount in found.items()} == {"a.xml": "182.39", "b.jpg": "63.35"}


def test_an_uploaded_e_invoice_is_read_without_a_picture(home: Path) -> None:
    with serving(home) as service:
        upload = body(service.send(cii(), wait=100, name="invoice.pdf"))
        assert (upload["state"], upload["name"]) == ("read", "invoice.xml")
        (receipt,) = upload["receipts"]
        assert (str(receipt["amount"]), receipt["evidence"]["amount"]["box"]) == ("182.39", None)
        assert {spec.name for spec in SPECS} <= receipt.keys()
        picture = service.ask("GET", f"/receipts/{receipt['id']}/image")
        assert (picture.status_code, body(picture)["code"]) == (422, "no_picture")
