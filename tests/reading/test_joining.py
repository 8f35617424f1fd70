"""What the pages of one file come to: one receipt, several, or ones that are held back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import understand
from rpiocr.errors import InputError, NoTextError
from rpiocr.extract import Hints
from rpiocr.model import Fields, Page, Receipt, Source, Stop, Verdict
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
    receipt = Receipt(
        FILE, page, part, "ab", Source.LOCAL, read.judgement, read.fields, (), passes, (), Stop.SETTLED, 1.0
    )
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
    assert found[0].page == 2
    assert [note.code for note in found[0].warnings] == ["pages_joined"]


def test_what_only_the_first_page_says_is_kept_with_its_page() -> None:
    last = "\n".join(("Page 2 of 2", *LAST))
    (found,) = receipts(invoice("4471", "Page 1 of 2", *FIRST), last)
    result = answer(found)
    assert (str(result["amount"]), result["date"], result["receipt_number"]) == ("400.00", "2026-10-12", "4471")
    assert result["merchant"] == "HARBOR OFFICE SUPPLY"
    assert result["verdict"] == "ACCEPT"
    assert result["evidence"]["date"]["page"] == result["evidence"]["merchant"]["page"] == 1
    assert "page" not in result["evidence"]["amount"]


def test_the_text_of_all_pages_of_an_invoice_can_be_searched() -> None:
    (found,) = joined(
        [trace(invoice("4471", "Page 1 of 2", *FIRST), 1), trace(invoice("4471", "Page 2 of 2", *LAST), 2)]
    )
    assert isinstance(found, Trace)
    assert any("PRINTER" in line for line in found.other_pages)
    assert not any("TONER" in line for line in found.other_pages)


def test_terms_on_the_last_page_do_not_hide_the_total() -> None:
    terms = "Page 2 of 2\nTerms of sale\nGoods remain ours until they are paid."
    (found,) = receipts(invoice("4471", "Page 1 of 2", *LAST), terms)
    assert totals([found]) == [("400.00", True)]
    assert found.page == 1


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
