"""Mails through the program: attachments as files of their own, the text where none of them has a total."""

from __future__ import annotations

import json
import socket
from email.message import EmailMessage
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from rpiocr.errors import ExitCode
from tests.einvoice.invoices import SHOP, Row, cii, ubl
from tests.einvoice.test_scan import boxes
from tests.program import QUICK, SAMPLE, SMALL, Outcome, Run
from tests.serve.serving import body, serving
from tests.watch.places import Place, lines

from .mails import ORDER, RECHNUNG, attach, forwarded, mail

CONTRACT: dict[str, Any] = json.loads(files("rpiocr.output").joinpath("schema.json").read_text("utf-8"))


@pytest.fixture
def scan(run: Run, tmp_path: Path) -> Any:  # noqa: ANN401 - a function
    """Scan a mail."""

    def scan(message: EmailMessage, *options: str) -> Outcome:
        path = tmp_path / "mail.eml"
        path.write_bytes(message.as_bytes())
        outcome = run("scan", *QUICK, *options, path)
        for line in outcome.stdout.splitlines():
            jsonschema.Draft202012Validator(CONTRACT).validate(json.loads(line))
        return outcome

    return scan


def shown(answer: dict[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(str(answer[name]) for name in names)


def test_the_text_of_a_shop_is_read(scan: Any) -> None:  # noqa: ANN401
    answer = scan(mail("Total 99.99", ORDER)).only
    assert shown(answer, "amount", "currency", "date", "time", "merchant", "tax") == (
        *("12.52", "USD", "2026-03-05", "10:31", "Blue Harbour Coffee", "1.02"),
    )
    assert [shown(item, "description", "amount") for item in answer["items"]] == [
        ("Espresso", "7.00"),
        ("Croissant", "4.50"),
    ]
    assert (answer["attachment"], boxes(answer), answer["passes"]) == (None, {"None"}, 1)
    assert [rung["passes"] for rung in answer["rungs"]] == [["text/html"]]


def test_plain_text_is_read_where_there_is_no_other(scan: Any) -> None:  # noqa: ANN401
    answer = scan(forwarded(mail(RECHNUNG), "Please pay this.")).only
    assert shown(answer, "amount", "currency", "date", "merchant") == (
        *("18.10", "EUR", "2025-11-05", "Buchhandlung Meier"),
    )
    assert [rung["passes"] for rung in answer["rungs"]] == [["text/plain"]]


def test_the_day_of_the_mail_is_not_that_of_the_receipt(scan: Any) -> None:  # noqa: ANN401
    undated = RECHNUNG.replace("Rechnungsdatum: 05.11.2025\n", "")
    answer = scan(mail(undated, date="Fri, 07 Nov 2025 10:00:00 +0100")).only
    assert (answer["date"], answer["verdict"] != "ACCEPT") == (None, True)


def test_a_receipt_after_its_mail_is_doubted(scan: Any) -> None:  # noqa: ANN401
    answer = scan(mail(RECHNUNG, date="Mon, 03 Nov 2025 10:00:00 +0100")).only
    assert any("the mail says that it was sent before that day" in one for one in answer["warnings"])


def test_attachments_are_read_and_the_text_is_not(scan: Any) -> None:  # noqa: ANN401
    message = attach(mail("Total 99.99 EUR"), SMALL.read_bytes(), "Beleg März.jpg", "image/jpeg")
    attach(message, cii(), "rechnung.xml", "application/xml")
    first, second = scan(message).lines
    assert shown(first, "amount", "page", "attachment") == ("63.35", "1", "Beleg März.jpg")
    assert shown(second, "amount", "page", "attachment") == ("182.39", "2", "rechnung.xml")
    assert first["sha256"] == second["sha256"]
    assert None not in first["evidence"]["amount"]["box"]
    assert second["evidence"]["amount"]["box"] is None


def test_an_invoice_as_picture_and_as_xml_is_one_receipt(scan: Any) -> None:  # noqa: ANN401
    same = SHOP.but(rows=(Row("Service", "1", "H87", "63.35", "0"),), currency="SGD")
    message = attach(mail("x"), cii(same), "a.xml", "application/xml")
    attach(message, ubl(same), "b.xml", "application/xml")
    attach(message, SMALL.read_bytes(), "a.jpg", "image/jpeg")
    answer = scan(message).only
    assert shown(answer, "amount", "attachment", "page", "date") == ("63.35", "a.jpg", "3", "2026-03-14")
    assert answer["verdict"] != "ACCEPT"
    assert any("has a date that the page does not show" in one for one in answer["warnings"])


def test_a_damaged_attachment_does_not_lose_the_others(scan: Any) -> None:  # noqa: ANN401
    message = attach(mail("x"), SMALL.read_bytes()[:300], "cut.jpg", "image/jpeg")
    attach(message, cii(), "a.xml", "application/xml")
    outcome = scan(message)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    read, failed = outcome.lines
    assert shown(read, "amount", "page") == ("182.39", "2")
    assert failed["error"]["code"] == "damaged_file"
    assert "mail.eml: cut.jpg" in failed["error"]["message"]


def test_logos_are_neither_receipts_nor_failures(scan: Any) -> None:  # noqa: ANN401
    message = mail("x", ORDER.replace("https://shop.invalid/logo.png", "cid:logo@shop"))
    message.get_payload()[1].add_related(b"GIF89a" + bytes(30), "image", "gif", cid="<logo@shop>")  # type: ignore[union-attr,index]
    outcome = scan(message)
    assert (outcome.status, str(outcome.only["amount"])) == (ExitCode.OK, "12.52")


def test_a_photo_in_the_text_is_read(scan: Any) -> None:  # noqa: ANN401
    message = mail("see photo", '<p>see photo <img src="cid:photo@x"></p>')
    message.get_payload()[1].add_related(SAMPLE.read_bytes(), "image", "jpeg", cid="<photo@x>")  # type: ignore[union-attr,index]
    assert str(scan(message).only["amount"]) == "32.20"


def test_what_was_left_out_is_told_with_the_receipt(scan: Any) -> None:  # noqa: ANN401
    message = attach(mail(RECHNUNG), b"PK\x03\x04" + b"\0" * 100, "more.zip", "application/zip")
    answer = scan(message).only
    assert (
        "attachment_skipped: more.zip is an archive, which is not opened: unpack it, and give the files in it"
        in (answer["warnings"])
    )


@pytest.mark.parametrize(
    ("message", "code", "told"),
    [
        (mail("Hello Ann"), "no_receipt_in_mail", "neither a picture, PDF or e-invoice, nor a text with a total"),
        (mail(), "no_receipt_in_mail", "is a mail without a receipt"),
        (attach(mail("x"), b"PK\x03\x04", "a.zip"), "no_receipt_in_mail", "a.zip is an archive, which is not opened"),
        (attach(mail("x"), b"<?xml version='1.0'?><a/>", "a.xml"), "no_invoice", "mail.eml: a.xml is XML, but no"),
        (mail("-----BEGIN PGP MESSAGE-----"), "encrypted", "is encrypted"),
    ],
    ids=["no total", "empty", "archive", "other XML", "encrypted"],
)
def test_a_mail_without_a_receipt_is_an_error_that_says_why(
    scan: Any,  # noqa: ANN401
    message: EmailMessage,
    code: str,
    told: str,
) -> None:
    outcome = scan(message)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert outcome.only["error"]["code"] == code
    assert told in outcome.only["error"]["message"]


def test_nothing_is_fetched_that_a_mail_links_to(run: Run, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)  # noqa: FBT003 - its only argument
        there = f"http://127.0.0.1:{server.getsockname()[1]}"
        html = ORDER.replace("https://shop.invalid", there)
        html = html.replace("<body>", f'<body background="{there}/a.png"><iframe src="{there}/"></iframe>')
        message = mail("x", html)
        message["Content-Location"] = there
        attach(message, f'<!DOCTYPE a SYSTEM "{there}/a.dtd"><a/>'.encode(), "a.html", "text/html")
        path = tmp_path / "a.eml"
        path.write_bytes(message.as_bytes())
        assert str(run("scan", *QUICK, path).only["amount"]) == "12.52"
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_watch_takes_mails_and_shows_the_pictures_in_them(home: Path) -> None:
    message = attach(mail("see attached"), cii(), "a.xml", "application/xml")
    attach(message, SMALL.read_bytes(), "a.jpg", "image/jpeg")
    with serving(home) as service:
        upload = body(service.send(message.as_bytes(), wait=100, name="fwd.msg"))
        assert (upload["state"], upload["name"]) == ("read", "fwd.eml")
        pages = {receipt["page"]: receipt["id"] for receipt in upload["receipts"]}
        assert sorted(pages) == [1, 2]
        assert service.ask("GET", f"/receipts/{pages[2]}/image").headers["content-type"] == "image/jpeg"
        assert service.ask("GET", f"/receipts/{pages[2]}/annotated").status_code == 200
        assert service.ask("GET", f"/receipts/{pages[1]}/image").status_code == 422


def test_a_watch_files_mails_by_what_is_in_them(place: Place) -> None:
    place.add("a.eml", attach(mail("see attached"), cii(), "a.xml").as_bytes())
    place.add("b.eml", mail("Hello").as_bytes())
    by_name = {Path(line["file"]).name: line for line in lines(place.run("--once").stdout)}
    assert shown(by_name["a.eml"], "amount", "verdict", "attachment") == ("182.39", "ACCEPT", "a.xml")
    assert by_name["b.eml"]["error"]["code"] == "no_receipt_in_mail"
    assert sorted(Path(name).parts[0] for name in place.placed()) == ["done", "failed"]


def test_a_batch_takes_mails(run: Run, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    (inbox / "a.eml").write_bytes(attach(mail("x"), cii(), "a.xml").as_bytes())
    assert str(run("batch", *QUICK, inbox).only["amount"]) == "182.39"
