"""A page is read by its text where the picture shows the same, and only there."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest

from generator.pdf_text import SHOWN, Layer, receipt_pdf, set_receipt
from generator.pdf_writer import Run, content_of, page_pdf
from generator.receipt import Draft, Order, draft_receipt
from rpiocr.decide.confidence import Judge
from rpiocr.extract import Hints
from rpiocr.load import load_pages
from rpiocr.model import Box, Code, CodeClaim, FoundCode, Stop, Verdict
from rpiocr.pipeline import Reader
from rpiocr.preprocess.crops import whole_page
from rpiocr.reading.ladder import Ladder, PageRead
from rpiocr.reading.outcome import Trace
from rpiocr.reading.plan import plan
from rpiocr.reading.text_layer import is_side_by_side
from rpiocr.reading.witnesses import Witnesses
from rpiocr.recognise.pdf_text import PDF_TEXT
from rpiocr.settings import Settings
from tests.written import languages, words_of, write

PATIENT = {"pass_timeout": 300.0, "receipt_timeout": 900.0}


@pytest.fixture(scope="module")
def draft() -> Draft:
    return draft_receipt(Order(seed=5, index=3, country="gb", kind="supermarket", slip=False, refund=False))


def pdf(draft: Draft, layer: Layer) -> bytes:
    return receipt_pdf(draft.printout, draft.press.columns, layer)


def read_text(data: bytes, *codes: Code, **settings: object) -> PageRead | None:
    """What the text of the first page says, if it holds, beside codes on the page."""
    planned = plan(Settings(**PATIENT, **settings), second_engine=True)  # type: ignore[arg-type]
    ladder = Ladder(planned, languages(), Hints(dt.date(2026, 6, 1)), Judge(0.005))
    page = next(load_pages("-", stream=io.BytesIO(data)))
    return ladder.read_text(whole_page(page), 600.0, Witnesses(codes))


@pytest.mark.parametrize("layer", SHOWN)
def test_text_that_the_page_shows_is_read_and_nothing_else_is_run(draft: Draft, layer: Layer) -> None:
    read = read_text(pdf(draft, layer))
    assert read is not None
    fields = read.understanding.fields
    assert fields.amount
    assert fields.date
    assert (fields.amount.chosen.value, fields.date.chosen.value) == (draft.sale.total, draft.sale.when.date())
    assert [one.engine for one in read.passes] == [PDF_TEXT]
    assert [(rung.name, rung.passes) for rung in read.rungs] == [("text", ("pdf-text/page",))]
    assert (read.stop, read.understanding.judgement.verdict) == (Stop.SETTLED, Verdict.ACCEPT)


@pytest.mark.parametrize(("more", "verdict"), [(0, Verdict.ACCEPT), (1, Verdict.RETRY)])
def test_a_code_counts_beside_text_as_beside_a_picture(draft: Draft, more: int, verdict: Verdict) -> None:
    claim = CodeClaim("de-tse", total=draft.sale.total + more, date=draft.sale.when.date(), proved=frozenset({"total"}))
    read = read_text(pdf(draft, SHOWN[0]), Code(FoundCode("QRCode", b"payload", Box(0, 0, 1, 1)), claim))
    assert read is not None
    amount = read.understanding.fields.amount
    assert amount
    assert (amount.chosen.value, read.understanding.judgement.verdict) == (draft.sale.total, verdict)


@pytest.mark.parametrize("layer", [one for one in Layer if one not in SHOWN])
def test_text_that_is_not_what_the_page_shows_is_not_read(draft: Draft, layer: Layer) -> None:
    assert read_text(pdf(draft, layer)) is None


@pytest.mark.slow
@pytest.mark.parametrize("layer", [Layer.INVISIBLE, Layer.WHITE, Layer.GARBAGE_TOTAL, Layer.PASTED, Layer.FIELD])
def test_where_the_text_does_not_hold_the_picture_is_read(draft: Draft, layer: Layer) -> None:
    (outcome,) = Reader(Settings(**PATIENT)).read_bytes(pdf(draft, layer), "receipt.pdf")  # type: ignore[arg-type]
    assert isinstance(outcome, Trace)
    fields = outcome.receipt.fields
    assert fields.amount
    assert fields.amount.chosen.value == draft.sale.total
    assert all(one.engine != PDF_TEXT for one in outcome.receipt.passes)


def test_the_whole_program_answers_by_text_with_the_items(draft: Draft) -> None:
    settings = Settings(items="full", **PATIENT)  # type: ignore[arg-type]
    (outcome,) = Reader(settings).read_bytes(pdf(draft, Layer.GOOD), "receipt.pdf")
    assert isinstance(outcome, Trace)
    receipt = outcome.receipt
    assert [one.name for one in receipt.passes] == ["pdf-text/page"]
    assert receipt.fields.items
    assert sum(item.amount for item in receipt.fields.items.items) == draft.sale.total
    assert receipt.fields.amount
    assert outcome.page
    box = receipt.fields.amount.chosen.box
    assert outcome.page.pixels[round(box.top) : round(box.bottom), round(box.left) : round(box.right)].min() < 60


def test_an_answer_in_doubt_gets_no_advice_to_take_another_photo(draft: Draft) -> None:
    paper = set_receipt(draft.printout, draft.press.columns)
    rest = [run for run in paper.rest if "/" not in run.text]
    data = page_pdf(paper.size, content_of(rest))
    (outcome,) = Reader(Settings(**PATIENT)).read_bytes(data, "receipt.pdf")  # type: ignore[arg-type]
    assert isinstance(outcome, Trace)
    assert outcome.receipt.judgement.verdict is not Verdict.ACCEPT
    assert [one.name for one in outcome.receipt.passes] == ["pdf-text/page"]
    assert {warning.code for warning in outcome.receipt.warnings} == {"verify_by_hand"}


@pytest.mark.parametrize("chosen", [{"variant": ("threshold",)}, {"psm": ("6",)}])
def test_passes_that_were_chosen_by_hand_are_run(draft: Draft, chosen: dict[str, object]) -> None:
    assert read_text(pdf(draft, Layer.GOOD), **chosen) is None


def test_a_stamp_over_the_text_does_not_hide_it(draft: Draft) -> None:
    paper = set_receipt(draft.printout, draft.press.columns)
    stamp = b"q 0.7 0.5 -0.5 0.7 60 200 cm 0.8 g BT /F1 48 Tf 0 0 Td (PAID) Tj ET Q\n"
    read = read_text(page_pdf(paper.size, stamp + content_of(paper.runs)))
    assert read is not None
    assert read.understanding.fields.amount
    assert read.understanding.fields.amount.chosen.value == draft.sale.total


def test_an_amount_that_was_covered_by_another_is_no_text_that_holds(draft: Draft) -> None:
    paper = set_receipt(draft.printout, draft.press.columns)
    (total, *_) = paper.totals
    cover = b"1 g %f %f %f %f re f\n" % (total.x - 1, total.y - 4, total.width + 2, total.size + 4)
    new = Run("1" + total.text[1:-1] + "9", total.x, total.y, total.size, total.font, total.stretch)
    assert read_text(page_pdf(paper.size, content_of(paper.runs) + cover + content_of([new]))) is None


LEFT = """
CORNER SHOP
05/04/2024 14:05
Fresh Coffee        3.00
Carrot Cake         4.50
Tomato Soup         6.50
TOTAL CAD          14.00
Thank you
"""


def test_two_receipts_beside_each_other_are_told_from_one_with_columns() -> None:
    one = words_of(write(LEFT))
    assert not is_side_by_side(one)
    lines = LEFT.strip("\n").splitlines()
    two = "\n".join(f"{line:<40}{line}" for line in lines)
    assert is_side_by_side(words_of(write(two)))
    assert not is_side_by_side(words_of(write("\n".join(f"{line:<40}{7}.00    {7}.00" for line in lines))))


def test_money_of_a_text_is_exact(draft: Draft) -> None:
    read = read_text(pdf(draft, Layer.GOOD))
    assert read is not None
    amount = read.understanding.fields.amount
    assert amount
    assert isinstance(amount.chosen.value, Decimal)
    assert amount.chosen.confidence == 1.0
