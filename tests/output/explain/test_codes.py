"""The explanation of codes: what each states, how far it can be believed, and that nothing in one was opened."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest

from rpiocr.model.codes import Code, CodeClaim, Document
from rpiocr.output.explain.code_kinds import KINDS, PROOFS
from rpiocr.output.explain.html import page_of, section_of
from rpiocr.output.explain.story import story_of
from rpiocr.output.explain.text import write_text
from tests.output.coded import GERMAN, LINK, PAYMENT, TILL, TRANSFER, claimed, code, with_codes
from tests.output.explain.receipts import PAGE, Checked

HOSTILE = b"<script>alert(1)</script>\"'><img src=x onerror=alert(1)>\x1b[2J\n[bold]"


def said(one: Code) -> str:
    (text,) = story_of(with_codes(one)).codes
    return text


def in_text(*codes: Code) -> str:
    stream = io.StringIO()
    write_text(story_of(with_codes(*codes)), stream)
    return stream.getvalue()


def in_html(*codes: Code) -> str:
    return page_of("shop.jpg", [section_of(PAGE, with_codes(*codes))])


def test_a_proved_code_says_its_values_and_that_its_signature_holds() -> None:
    assert said(TILL) == (
        "A QR code of a German till (de-tse) says 16.50 EUR, 2026-11-05 13:34:56, tax 2.64 EUR, number 4711; its"
        " signature holds, which proves currency, date, time and total."
    )


def test_a_read_code_says_that_nothing_proves_it() -> None:
    text = said(claimed(GERMAN, kind="at-rksv", proved=frozenset()))
    assert text.startswith("A QR code of an Austrian till (at-rksv) says 16.50 EUR, ")
    assert text.endswith("nothing in it proves that it was read without error.")


def test_a_payment_code_asks_for_an_amount() -> None:
    text = said(TRANSFER)
    assert text.startswith("A QR code of a bank transfer (epc) asks for 119.00 EUR, seller Muster & Söhne <GmbH>; ")
    assert text.endswith("What was paid may be another amount.")
    assert "asks for a payment, seller Muster & Söhne <GmbH>; " in said(claimed(PAYMENT, total=None))


@pytest.mark.parametrize(
    ("document", "words"),
    [
        (Document.REFUND, "It marks a refund."),
        (Document.CANCELLED, "was cancelled"),
        (Document.TRAINING, "to practise"),
        (Document.OTHER, "no purchase"),
    ],
)
def test_a_code_of_anything_but_a_sale_says_what_it_marks(document: Document, words: str) -> None:
    assert words in said(claimed(GERMAN, document=document))
    assert words not in said(TILL)


def test_an_unknown_code_was_not_opened() -> None:
    assert said(LINK) == (
        "A QR code of unknown content; it was not opened. It holds “https://example.com/?a=1&b=<b>2</b>”."
    )


def test_a_code_that_shows_through_has_no_influence() -> None:
    assert said(code(b"4711", mirrored=True)) == (
        "A QR code that shows through from the back of the paper; it has no influence."
    )


def test_formats_and_symbologies_without_a_name_are_named_by_their_own() -> None:
    other = code(b"x", CodeClaim("xx-till", proved=frozenset({"total"}), total=Decimal(5)), "MaxiCode")
    assert said(other) == (
        "A code (MaxiCode) in the format xx-till says 5.00; a check within it holds, which proves total."
    )


def test_a_code_without_values_says_so() -> None:
    assert " says neither total nor date; " in said(code(b"x", CodeClaim("at-rksv", "AT")))


def test_every_proof_is_of_a_format_with_a_name() -> None:
    assert set(PROOFS) <= set(KINDS)


def test_text_and_page_have_a_section_on_codes_only_where_there_are_any() -> None:
    for shown in (in_text(TILL, LINK), Checked(in_html(TILL, LINK)).text):
        joined = " ".join(shown.split())
        assert "Codes" in joined
        assert "its signature holds" in joined
        assert "A QR code of unknown content; it was not opened." in joined
    assert "Codes" not in in_text()
    assert "Codes" not in Checked(in_html()).text


def test_what_a_code_holds_is_never_markup_nor_a_link() -> None:
    hostile = (code(HOSTILE), LINK, claimed(PAYMENT, seller="<a href='https://example.com'>x</a>"))
    page = Checked(in_html(*hostile))
    assert {tag for tag, _ in page.tags} & {"script", "a", "link", "iframe"} == set()
    assert len(page.of("img")) == len(Checked(in_html()).of("img"))
    assert "<script>alert(1)</script>" in page.text
    assert "<a href='https://example.com'>x</a>" in page.text


def test_what_a_code_holds_moves_no_cursor_and_is_no_style() -> None:
    shown = in_text(code(HOSTILE))
    assert "\x1b" not in shown
    assert "[bold]" in shown
