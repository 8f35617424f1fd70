"""What holds an answer back, and what another reading of the same characters may change about it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TypeVar

import pytest

from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.decide.cloud_policy import Answer, with_cloud
from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import Scene, Understanding, understand
from rpiocr.decide.vetoes import (
    AMOUNT_RULES,
    CHANGED_TEXT,
    DATE_RULES,
    DISPUTED,
    NAMED_ONCE,
    NAMELESS,
    OPEN_ORDER,
    SEVERAL,
    SINGLE_ENGINE_ON_PHOTO,
)
from rpiocr.extract import Hints
from rpiocr.model import (
    Ballot,
    Box,
    Candidate,
    EngineId,
    Field,
    Fields,
    Kind,
    PassId,
    Provenance,
    Source,
    Verdict,
    Veto,
    VetoKind,
)
from rpiocr.recognise.pdf_text import PDF_TEXT
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from tests.written import PSM_4, PSM_6, in_currency, languages, read_as

T = TypeVar("T")

JUDGE = Judge(0.005)
VISION = EngineId(GOOGLE_VISION)

BOX = Box(0, 0, 50, 20)
BOTH = (PSM_6, PSM_4, ALL_LINES)

RECEIPT = """
CORNER SHOP
05/04/2024 14:05
Coffee             3.00
Cake               4.50
Subtotal           7.50
Tax                0.60
TOTAL CAD          8.10
Cash              10.00
Change             1.90
"""


def read(text: str, *engines: EngineId, mixed: bool = False, photo: bool = False) -> Understanding:
    passes = [read_as(text, engine, confidence=0.97) for engine in engines]
    hints = Hints(dt.date(2024, 6, 1))
    return understand(passes, 0.0, languages(), hints, JUDGE, scene=Scene(mixed, photo))


def asked(local: Understanding, text: str, *, mixed: bool = False) -> Answer:
    """The answer after the cloud has read ``text``."""
    answer = Answer(local.fields, local.judgement, Source.LOCAL)
    return with_cloud(answer, read(text, VISION, mixed=mixed).fields, JUDGE)


REPAIRED = """
CORNER SHOP
05/04/2024 14:05
Subtotal           7.50
Tax                0.60
TOTAL CAD          8.70
Cash              10.00
Change             1.90
"""


def test_a_digit_of_exact_text_that_the_sums_contradict_is_not_accepted() -> None:
    """Engines misread digits, so that the sums prove the right one; the text of a file has no misread digits."""
    read_by_ocr, by_text = read(REPAIRED, *BOTH), read(REPAIRED, PDF_TEXT)
    assert read_by_ocr.fields.amount
    assert read_by_ocr.fields.amount.chosen.value == Decimal("8.10")
    assert by_text.fields.amount
    assert CHANGED_TEXT in by_text.fields.amount.vetoes or by_text.fields.amount.chosen.value == Decimal("8.70")
    assert by_text.judgement.verdict is not Verdict.ACCEPT


def test_a_date_of_ambiguous_order_is_not_accepted_because_the_cloud_reads_the_same_characters() -> None:
    local = read(RECEIPT, *BOTH)
    together = asked(local, RECEIPT)
    assert local.judgement.verdict is Verdict.RETRY
    assert together.judgement == local.judgement
    assert together.fields.date
    assert together.fields.date.verdict is Verdict.RETRY
    assert together.fields.date.vetoes == (OPEN_ORDER,)


def test_a_page_that_may_hold_several_receipts_is_not_accepted_because_the_cloud_reads_the_same_characters() -> None:
    text = RECEIPT.replace("05/04/2024", "15/04/2024")
    assert read(text, *BOTH).judgement.verdict is Verdict.ACCEPT
    local = read(text, *BOTH, mixed=True)
    together = asked(local, text, mixed=True)
    assert local.judgement.verdict is not Verdict.ACCEPT
    assert (together.judgement.verdict, together.judgement.quality) == (
        local.judgement.verdict,
        local.judgement.quality,
    )


def test_a_total_that_the_cloud_alone_finds_on_a_page_with_several_receipts_is_held_back_too() -> None:
    local = read("CORNER SHOP\n15/04/2024", *BOTH, mixed=True)
    assert local.fields.amount is None
    found = asked(local, RECEIPT.replace("05/04/2024", "15/04/2024"), mixed=True).fields.amount
    assert found
    assert SEVERAL in found.vetoes
    assert found.probability <= SEVERAL.max_probability


def amount(probability: float, *vetoes: Veto, engine: EngineId | None = None) -> Field[Decimal]:
    return _field(
        Candidate(Decimal("8.10"), "8.10", BOX, 0.9, Provenance(Kind.TOTAL), 1.0), probability, vetoes, engine
    )


def date(probability: float, *vetoes: Veto, engine: EngineId | None = None) -> Field[dt.date]:
    return _field(
        Candidate(dt.date(2024, 4, 15), "15/04/2024", BOX, 0.9, Provenance(Kind.DATE), 1.0), probability, vetoes, engine
    )


def _field(chosen: Candidate[T], probability: float, vetoes: tuple[Veto, ...], engine: EngineId | None) -> Field[T]:
    ballots = tuple(Ballot(PassId(one, "default"), chosen) for one in ((engine,) if engine else BOTH))
    return Field(chosen, (), ballots, probability, vetoes=vetoes)


def after_cloud(local: Fields, cloud: Fields) -> Answer:
    fields, judgement = JUDGE.rate(local)
    return with_cloud(Answer(fields, judgement, Source.LOCAL), cloud, JUDGE)


ALL = [*(rule.veto for rule in AMOUNT_RULES), *(rule.veto for rule in DATE_RULES)]


@pytest.mark.parametrize("veto", [veto for veto in ALL if veto.kind is VetoKind.MEANING], ids=lambda veto: veto.why)
def test_what_the_text_means_is_not_settled_by_reading_it_again(veto: Veto) -> None:
    local = Fields(amount=amount(0.99, veto), currency=in_currency("EUR"), date=date(0.99))
    cloud = Fields(amount=amount(0.99, engine=VISION), date=date(0.99, engine=VISION))
    together = after_cloud(local, cloud)
    assert together.fields.amount
    assert together.fields.amount.probability == veto.max_probability
    assert together.fields.amount.vetoes == (veto,)
    assert together.judgement.verdict is not Verdict.ACCEPT


@pytest.mark.parametrize("veto", [NAMED_ONCE, NAMELESS, SINGLE_ENGINE_ON_PHOTO], ids=lambda veto: veto.why)
def test_a_single_engine_value_is_more_probable_when_another_engine_reads_the_same(veto: Veto) -> None:
    local = Fields(amount=amount(0.99, veto), currency=in_currency("EUR"), date=date(0.99))
    cloud = Fields(amount=amount(0.99, engine=VISION), date=date(0.99, engine=VISION))
    together = after_cloud(local, cloud)
    assert together.fields.amount
    assert together.fields.amount.probability > 0.95
    assert together.fields.amount.vetoes == ()


@pytest.mark.parametrize("veto", [NAMED_ONCE, NAMELESS])
def test_an_amount_that_the_cloud_reads_without_a_word_for_the_total_stays_in_doubt(veto: Veto) -> None:
    local = Fields(amount=amount(0.99, veto), currency=in_currency("EUR"), date=date(0.99))
    cloud = Fields(amount=amount(0.7, NAMELESS, engine=VISION), date=date(0.99, engine=VISION))
    found = after_cloud(local, cloud).fields.amount
    assert found
    assert found.probability == veto.max_probability


def test_the_cloud_s_own_value_is_held_back_by_what_holds_for_its_own_reading() -> None:
    cloud = Fields(amount=amount(0.99, DISPUTED, engine=VISION), date=date(0.99, engine=VISION))
    found = after_cloud(Fields(currency=in_currency("EUR"), date=date(0.6)), cloud).fields.amount
    assert found
    assert found.probability == DISPUTED.max_probability


def test_whoever_changes_a_probability_the_vetoes_bound_it() -> None:
    fields, _ = JUDGE.rate(
        Fields(amount=amount(1.0, DISPUTED), currency=in_currency("EUR"), date=date(1.0, OPEN_ORDER))
    )
    assert fields.amount
    assert fields.date
    assert (fields.amount.probability, fields.date.probability) == (
        DISPUTED.max_probability,
        OPEN_ORDER.max_probability,
    )
