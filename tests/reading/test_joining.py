"""What the pages of one file come to: one receipt, several, or ones that are held back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import cast

import numpy as np
import pytest

from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import understand
from rpiocr.decide.items import find_items
from rpiocr.errors import InputError, NoTextError
from rpiocr.extract import Hints
from rpiocr.model import Box, Code, CodeClaim, Fields, FoundCode, Page, Receipt, Source, Stop, Verdict
from rpiocr.model.codes import Document
from rpiocr.output.result import answer
from rpiocr.preprocess import Preparer
from rpiocr.reading.joining import Joiner
from rpiocr.reading.merging import Bench
from rpiocr.reading.outcome import BlankPage, Failure, Trace, View
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from tests.written import PSM_4, PSM_6, languages, read_as

JUDGE = Judge(0.005)
FILE = "invoice.pdf"


def rejudge(receipt: Receipt, fields: Fields) -> Receipt:
    fields, judgement = JUDGE.rate(fields)
    return replace(receipt, fields=fields, judgement=judgement)


def trace(text: str, page: int, part: int = 1) -> Trace:
    passes = tuple(read_as(text, engine, confidence=0.95) for engine in (PSM_6, PSM_4, ALL_LINES))
    read = understand(passes, 0.0, languages(), Hints(dt.date(2026, 11, 30)), JUDGE)
    items = find_items(read, read.fields)
    fields = replace(read.fields, items=items.listed if items else None)
    receipt = Receipt(FILE, page, part, "ab", Source.LOCAL, read.judgement, fields, (), passes, (), Stop.SETTLED, 1.0)
    pixels = np.full((40, 40), 255, np.uint8)
    view = View(pixels, read.reading, read.fields, None)
    known = Page(pixels, FILE, page, "ab")
    return Trace(known, cast("Preparer", None), read.reading, receipt, view, read.merged.rows, read.facts)


def blank(page: int) -> BlankPage:
    return BlankPage(Failure(FILE, page, NoTextError("nothing")))


def joined(outcomes: Iterable[Trace | Failure | BlankPage], *, each: bool = False) -> list[Trace | Failure]:
    return list(Joiner(languages().tables().lexicon, Bench(JUDGE, rejudge), each).join(outcomes))


def receipts(*texts: str, each: bool = False) -> list[Receipt]:
    traces = joined((trace(text, page) for page, text in enumerate(texts, 1)), each=each)
    return [one.receipt for one in traces if isinstance(one, Trace)]


def totals(found: Iterable[Receipt]) -> list[tuple[str | None, bool]]:
    """The total of each receipt, and whether it is accepted."""
    return [
        (str(one.fields.amount.chosen.value) if one.fields.amount else None, one.judgement.verdict is Verdict.ACCEPT)
        for one in found
    ]


def invoice(number: str, mark: str, *lines: str, date: str = "Date: 2026-10-12") -> str:
    return "\n".join(filter(None, ("HARBOR OFFICE SUPPLY", f"Invoice No {number}", mark, date, *lines)))


FIRST = ("PRINTER        180.00", "PAPER           60.00", "Total     EUR  240.00", "Visa           240.00")
LAST = ("TONER          160.00", "Subtotal       400.00", "Total     EUR  400.00", "Visa           400.00")


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("Page 1 of 2", "Page 2 of 2"),
        ("Seite 1/2", "Seite 2/2"),
        ("Página 1 de 2", "Página 2 de 2"),
        ("Страница 1 из 2", "Страница 2 из 2"),
        ("第1页 共2页", "第2页 共2页"),
        ("1 / 2", "2 / 2"),
        ("Page 1", "Page 2"),
    ],
)
def test_the_pages_of_an_invoice_are_one_receipt_with_the_last_total(one: str, two: str) -> None:
    found = receipts(invoice("4471", one, *FIRST), invoice("4471", two, *LAST))
    assert totals(found) == [("400.00", True)]
    assert (found[0].page, found[0].pages) == (1, (1, 2))
    assert [note.code for note in found[0].warnings] == ["pages_joined"]


@pytest.mark.parametrize("each", [False, True])
@pytest.mark.parametrize(
    ("claim", "accepted"),
    [
        (None, True),
        (CodeClaim("de-tse", total=Decimal(400)), True),
        (CodeClaim("de-tse", total=Decimal(380)), False),
        (CodeClaim("de-tse", document=Document.CANCELLED), False),
    ],
)
@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_code_on_any_page_holds_the_receipt_back_if_it_contradicts_the_total(
    claim: CodeClaim | None, place: int, *, accepted: bool, each: bool
) -> None:
    texts = (invoice("4471", "Page 1 of 3", *FIRST), invoice("4471", "Page 2 of 3", *LAST), "Page 3 of 3\nThank you")
    traces = [trace(text, page) for page, text in enumerate(texts, 1)]
    found = traces[place - 1]
    codes = (Code(FoundCode("QRCode", b"payload", Box(0, 0, 9, 9)), claim),)
    traces[place - 1] = replace(found, receipt=replace(found.receipt, codes=codes))
    whole = [one.receipt for one in joined(traces, each=each) if isinstance(one, Trace)][1 if each else 0]
    # What the code of its own page says was judged with that page.
    assert totals([whole]) == [("400.00", accepted or place == 2)]


def test_every_value_names_the_page_that_it_is_printed_on_if_that_is_not_the_first() -> None:
    last = "\n".join(("Page 2 of 2", *LAST))
    (found,) = receipts(invoice("4471", "Page 1 of 2", *FIRST), last)
    result = answer(found)
    assert (str(result["amount"]), result["date"], result["receipt_number"]) == ("400.00", "2026-10-12", "4471")
    assert result["merchant"] == "HARBOR OFFICE SUPPLY"
    assert result["verdict"] == "ACCEPT"
    assert "page" not in result["evidence"]["date"] | result["evidence"]["merchant"]
    assert result["evidence"]["amount"]["page"] == 2
    assert (result["page"], result["pages"]) == (1, [1, 2])


def test_a_receipt_of_one_page_has_that_page_alone() -> None:
    (found,) = receipts(invoice("4471", "", *LAST))
    result = answer(found)
    assert (result["page"], result["pages"]) == (1, [1])
    assert "page" not in result["evidence"]["amount"]


def test_the_text_of_all_pages_of_an_invoice_can_be_searched() -> None:
    (found,) = joined(
        [trace(invoice("4471", "Page 1 of 2", *FIRST), 1), trace(invoice("4471", "Page 2 of 2", *LAST), 2)]
    )
    assert isinstance(found, Trace)
    texts = {page: " ".join(line.text for line in reading.lines) for page, reading in found.readings}
    assert "PRINTER" in texts[1]
    assert "TONER" in texts[2]
    assert found.page is not None
    assert found.page.number == 1


def test_terms_on_the_last_page_do_not_hide_the_total() -> None:
    terms = "Page 2 of 2\nTerms of sale\nGoods remain ours until they are paid."
    (found,) = receipts(invoice("4471", "Page 1 of 2", *LAST), terms)
    assert totals([found]) == [("400.00", True)]
    assert found.pages == (1, 2)


def test_receipts_of_a_stack_stay_separate() -> None:
    other = invoice("9020", "", *FIRST, date="Date: 2026-10-13")
    assert totals(receipts(invoice("4471", "", *LAST), other)) == [("400.00", True), ("240.00", True)]
    single = invoice("9020", "Page 1 of 1", *FIRST, date="Date: 2026-10-13")
    assert totals(receipts(invoice("4471", "Page 1 of 1", *LAST), single)) == [("400.00", True), ("240.00", True)]


def test_a_stack_of_invoices_of_two_pages_is_a_receipt_for_each() -> None:
    pages = [
        invoice(number, f"Page {page} of 2", *(FIRST if page == 1 else LAST))
        for number in ("4471", "4472")
        for page in (1, 2)
    ]
    assert totals(receipts(*pages)) == [("400.00", True), ("400.00", True)]


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (invoice("4471", "Page 1 of 2", *FIRST), invoice("4471", "", *LAST)),
        (invoice("4471", "", *FIRST), invoice("4471", "Page 2 of 2", *LAST)),
        (invoice("4471", "Page 1 of 3", *FIRST), invoice("4471", "Page 3 of 3", *LAST)),
        (invoice("4471", "Page 1 of 2", *FIRST), invoice("9020", "Page 2 of 2", *LAST)),
        (invoice("4471", "Page 1 of 2", *FIRST), invoice("4471", "Page 2 of 2", *LAST, date="Date: 2026-10-20")),
        (invoice("4471", "", *FIRST), invoice("4471", "", *LAST)),
    ],
    ids=["the second is not numbered", "nor the first", "one is missing", "other invoice", "other day", "same invoice"],
)
def test_pages_that_may_belong_together_are_held_back(one: str, two: str) -> None:
    found = receipts(one, two)
    assert totals(found) == [("240.00", False), ("400.00", False)]
    why = [veto.why for receipt in found if receipt.fields.amount for veto in receipt.fields.amount.vetoes]
    assert why == ["pages 1 and 2 of the file may be one receipt"] * 2


def test_the_first_page_of_an_invoice_alone_is_held_back() -> None:
    (found,) = receipts(invoice("4471", "Page 1 of 2", *FIRST))
    assert totals([found]) == [("240.00", False)]
    assert totals(receipts(invoice("4471", "Page 2 of 2", *LAST))) == [("400.00", True)]


def test_a_higher_total_on_an_earlier_page_holds_the_invoice_back() -> None:
    (found,) = receipts(invoice("4471", "Page 1 of 2", *LAST), invoice("4471", "Page 2 of 2", *FIRST))
    assert totals([found]) == [("240.00", False)]


ITEMS = ("PRINTER        180.00", "PAPER           60.00")
HEAD = ("HARBOR OFFICE SUPPLY", "Invoice No 4471", "Date: 2026-10-12")
LAST_ITEMS = ("TONER          100.00", "INK             60.00")


def page_of(*lines: str) -> str:
    return "\n".join(lines)


def descriptions(receipt: Receipt) -> list[tuple[str, int | None]]:
    """The items of a receipt, each with its page if that is not the first."""
    return [(one.description, one.page) for one in receipt.fields.items.items] if receipt.fields.items else []


def test_the_items_of_all_pages_are_one_list_and_prove_the_total() -> None:
    one = page_of(*HEAD, "Page 1 of 2", *ITEMS, "Carried forward 240.00")
    two = page_of("Page 2 of 2", "Brought forward 240.00", *LAST_ITEMS, "Total     EUR  400.00")
    (found,) = receipts(one, two)
    assert totals([found]) == [("400.00", True)]
    assert descriptions(found) == [("PRINTER", None), ("PAPER", None), ("TONER", 2), ("INK", 2)]
    result = answer(found)
    assert (str(result["items_check"]["sum"]), result["items_check"]["complete"]) == ("400.00", True)
    assert "items" in result["evidence"]["amount"]["checks"]
    assert [item.get("page") for item in result["items"]] == [None, None, 2, 2]


def test_a_total_that_the_items_of_one_page_do_not_make_is_accepted_for_those_of_all() -> None:
    one, two = page_of(*HEAD, "Page 1 of 2", *ITEMS), page_of("Page 2 of 2", *LAST_ITEMS, "Total     EUR  400.00")
    assert totals(receipts(one, two)) == [("400.00", True)]
    wrong = two.replace("100.00", "110.00")
    assert totals(receipts(one, wrong)) == [("400.00", False)]


def test_a_discount_belongs_to_its_item_whichever_page_both_are_on() -> None:
    one = page_of(*HEAD, "Page 1 of 2", *ITEMS)
    two = page_of("Page 2 of 2", "TONER          170.00", "Discount       -10.00", "Total     EUR  400.00")
    (found,) = receipts(one, two)
    assert found.fields.items is not None
    assert [item.applies_to for item in found.fields.items.items] in ([None, None, None, 3], [None] * 4)


@pytest.mark.parametrize(
    ("carried", "brought"),
    [
        ("Carried forward 240.00", "Brought forward 240.00"),
        ("Continued on next page", "Continued from page 1"),
        ("Übertrag       240,00", "Übertrag       240,00"),
        ("Übertrag auf Seite 2  240,00", "Übertrag von Seite 1  240,00"),
        ("Zwischensumme  240,00", "Übertrag       240,00"),
        ("A reporter     240,00", "Report         240,00"),
        ("Suma y sigue   240,00", "Suma anterior  240,00"),
        ("Da riportare   240,00", "Riporto        240,00"),
        ("Do przeniesienia 240,00", "Z przeniesienia 240,00"),
        ("Transport      240,00", "Transport      240,00"),
    ],
)
def test_pages_that_carry_an_amount_or_say_that_they_continue_are_one_receipt(carried: str, brought: str) -> None:
    one = page_of(*HEAD, *ITEMS, carried)
    two = page_of(brought, *LAST_ITEMS, "Total     EUR  400.00")
    language = "und der die das Vielen Dank" if "ber" in carried or "Zwi" in carried else LANGUAGE.get(carried[0], "")
    if "," in carried:
        one, two = (text.replace(".00", ",00") for text in (one, two))
    found = receipts(page_of(one, language), page_of(two, language))
    assert [receipt.pages for receipt in found] == [(1, 2)]
    assert totals(found) == [("400.00", True)]
    assert descriptions(found[0]) == [("PRINTER", None), ("PAPER", None), ("TONER", 2), ("INK", 2)]


LANGUAGE = {
    "A": "merci de votre visite et à bientôt dans votre magasin",
    "S": "gracias por su compra y hasta pronto en nuestra tienda",
    "D": "grazie per la vostra visita e arrivederci nel nostro negozio",
    "T": "bedankt voor uw bezoek en tot ziens in onze winkel",
}
"""Words by which a page shows its language, by the first letter of what is carried."""


def test_one_number_joins_pages_only_if_the_second_has_no_head_and_the_sums_agree() -> None:
    one = page_of(*HEAD, *ITEMS)
    two = page_of("Invoice No 4471", *LAST_ITEMS, "Total     EUR  400.00")
    assert totals(receipts(one, two)) == [("400.00", True)]
    assert len(receipts(one, page_of("HARBOR OFFICE SUPPLY", two))) == 2
    assert len(receipts(one, two.replace("400.00", "410.00"))) == 2


def test_receipts_of_one_shop_with_different_numbers_are_never_one() -> None:
    one = page_of(*HEAD, *ITEMS, "Carried forward 240.00", "Continued on next page")
    two = page_of("Invoice No 9020", "Continued from page 1", "Brought forward 240.00", *LAST_ITEMS, "Total EUR 400.00")
    found = receipts(one, two)
    assert [receipt.pages for receipt in found] == [(1,), (2,)]
    assert not any(accepted for _, accepted in totals(found))


def test_pages_that_were_scanned_in_reverse_order_are_one_receipt_in_the_printed_order() -> None:
    pages = invoice("4471", "Page 2 of 2", *LAST), invoice("4471", "Page 1 of 2", *FIRST)
    found = receipts(*pages)
    assert totals(found) == [("400.00", True)]
    assert (found[0].page, found[0].pages) == (2, (2, 1))
    assert answer(found[0])["evidence"]["amount"]["page"] == 1
    other = invoice("4471", "Page 2 of 2", *LAST), invoice("9020", "Page 1 of 2", *FIRST)
    assert totals(receipts(*other)) == [("400.00", True), ("240.00", False)]


SENTENCE = "All goods remain the property of the seller until they have been paid in full by the buyer"
TERMS = page_of("General terms of sale and delivery", *[f"{number} {SENTENCE}" for number in range(1, 7)])


def test_a_page_of_terms_belongs_to_the_invoice_before_it_and_adds_nothing() -> None:
    found = receipts(invoice("4471", "", *LAST), TERMS, invoice("9020", "", *FIRST, date="Date: 2026-10-13"))
    assert totals(found) == [("400.00", True), ("240.00", True)]
    assert [receipt.pages for receipt in found] == [(1, 2), (3,)]
    two = invoice("4471", "Page 1 of 2", *FIRST), TERMS, invoice("4471", "Page 2 of 2", *LAST)
    assert [receipt.pages for receipt in receipts(*two)] == [(1, 2, 3)]
    assert totals(receipts(*two)) == [("400.00", True)]


def test_a_page_of_which_little_was_read_stays_a_result_of_its_own() -> None:
    found = receipts(invoice("4471", "", *LAST), page_of("HARBOR OFF", "PA ER", "thank you"))
    assert [receipt.pages for receipt in found] == [(1,), (2,)]


def test_a_page_that_was_scanned_twice_is_not_added_twice() -> None:
    one = page_of(*HEAD, "Page 1 of 2", *ITEMS)
    two = page_of("Invoice No 4471", "Page 2 of 2", *LAST_ITEMS, "Total     EUR  400.00")
    for pages in ((one, one, two), (one, two, two), (one, two, one, two)):
        found = receipts(*pages)
        assert totals(found) == [("400.00", True)]
        assert len(descriptions(found[0])) == 4
        assert found[0].pages == tuple(range(1, len(pages) + 1))


@pytest.mark.parametrize("each", [False, True])
@pytest.mark.parametrize(
    "lines",
    [
        ("Page 1 of 2", *FIRST),
        ("Seite 1/2", *ITEMS, "Carried forward 240.00"),
        (*ITEMS, "Page total      240.00", "Visa           240.00"),
        (*ITEMS, "Carried forward 240.00", "Continued on page 2"),
        (*FIRST, "Continued on next page"),
    ],
)
def test_the_total_of_a_page_alone_is_never_accepted(lines: tuple[str, ...], *, each: bool) -> None:
    (found,) = receipts(page_of(*HEAD, *lines), each=each)
    assert found.judgement.verdict is not Verdict.ACCEPT


def test_each_leaves_a_receipt_for_every_page_and_accepts_the_total_of_all_alone() -> None:
    pages = invoice("4471", "Page 1 of 2", *FIRST), invoice("4471", "Page 2 of 2", *LAST)
    found = receipts(*pages, each=True)
    assert [receipt.pages for receipt in found] == [(1,), (2,)]
    assert totals(found) == [("240.00", False), ("400.00", True)]
    assert totals(receipts(*reversed(pages), each=True)) == [("400.00", True), ("240.00", False)]
    whole = receipts(invoice("4471", "Page 1 of 2", *LAST), page_of("Page 2 of 2", SENTENCE), each=True)
    assert totals(whole) == [("400.00", True), (None, False)]


def test_what_was_run_for_any_page_is_kept_with_its_page() -> None:
    (found,) = receipts(invoice("4471", "Page 1 of 2", *FIRST), invoice("4471", "Page 2 of 2", *LAST))
    assert [one.page for one in found.passes] == [None] * 3 + [2] * 3
    assert found.elapsed_s == 2.0


def test_receipts_on_one_page_are_never_pages_of_an_invoice() -> None:
    parts = [trace(invoice("4471", "Page 1 of 2", *FIRST), 1, 1), trace(invoice("4471", "Page 2 of 2", *LAST), 1, 2)]
    assert len(joined(parts)) == 2


def test_a_blank_back_is_a_note_on_the_receipt_before_it_or_after() -> None:
    text = invoice("4471", "", *LAST)
    (found,) = joined([trace(text, 1), blank(2)])
    assert isinstance(found, Trace)
    assert [str(note) for note in answer(found.receipt)["warnings"]] == ["blank_page: page 2 of the file is blank"]
    (found,) = joined([blank(1), trace(text, 2)])
    assert isinstance(found, Trace)
    assert [note.message for note in found.receipt.warnings] == ["page 1 of the file is blank"]


def test_blank_backs_between_the_pages_of_an_invoice_do_not_part_them() -> None:
    pages: list[Trace | Failure | BlankPage] = [trace(invoice("4471", "Page 1 of 2", *FIRST), 1), blank(2)]
    pages += [trace(invoice("4471", "Page 2 of 2", *LAST), 3), blank(4)]
    (found,) = joined(pages)
    assert isinstance(found, Trace)
    codes = [note.code for note in found.receipt.warnings]
    assert codes == ["pages_joined", "blank_page", "blank_page"]


def test_a_file_without_a_receipt_has_an_error_for_each_blank_page() -> None:
    broken = Failure(FILE, 2, InputError("damaged"))
    found = joined([blank(1), broken, blank(3)])
    assert [one.page for one in found if isinstance(one, Failure)] == [2, 1, 3]
