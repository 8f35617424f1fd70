"""The judgement is a probability, grows with the evidence, and never accepts half an answer."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.judge import judge, rate, text_quality
from rpiocr.model import Box, Candidate, Field, Fields, Line, Reading, Verdict, Word
from tests.written import write

HERE = Box(0, 0, 100, 20)
READING = Reading(write("CITY BAKEHOUSE\nDATE 25/12/2018\nTOTAL 6.00"), 6)


def amount(votes: int, passes: int = 6, *, rule: str = "total", checks: tuple[str, ...] = ()) -> Field[Decimal]:
    """A total that this many passes read."""
    chosen = Candidate(Decimal("6.00"), "6.00", HERE, 0.9, rule, votes / passes, checks=checks)
    return Field(chosen, (), votes, passes)


def date(votes: int, passes: int = 6, *, rule: str = "date label") -> Field[dt.date]:
    """A date that this many passes read."""
    return Field(Candidate(dt.date(2018, 12, 25), "25/12/2018", HERE, 0.9, rule, votes / passes), (), votes, passes)


def name(votes: int, passes: int = 6) -> Field[str]:
    """A merchant that this many passes read."""
    return Field(Candidate("CITY BAKEHOUSE", "CITY BAKEHOUSE", HERE, 0.9, "head", votes / passes), (), votes, passes)


def test_more_votes_never_make_an_answer_less_likely() -> None:
    judged = [judge(Fields(amount(votes), None, date(votes), merchant=name(votes)), READING) for votes in range(7)]
    amounts = [fields.amount.probability for fields, _ in judged if fields.amount]
    dates = [fields.date.probability for fields, _ in judged if fields.date]
    names = [fields.merchant.probability for fields, _ in judged if fields.merchant]
    qualities = [judgement.quality for _, judgement in judged]
    for values in (amounts, dates, names, qualities):
        assert len(values) == 7
        assert values == sorted(values)
    assert amounts[0] < amounts[-1]
    assert dates[0] < dates[-1]


def test_sums_that_agree_make_the_total_more_likely() -> None:
    plain, proved = (
        judge(Fields(amount(4, checks=checks), None, date(4)), READING)[0].amount
        for checks in ((), ("cash - change", "items"))
    )
    assert plain is not None
    assert proved is not None
    assert proved.probability > plain.probability


def test_a_total_without_a_keyword_is_less_likely() -> None:
    labelled, bare = (
        judge(Fields(amount(4, rule=rule), None, date(4)), READING)[0].amount for rule in ("total_sure", "none")
    )
    assert labelled is not None
    assert bare is not None
    assert bare.probability < labelled.probability


@pytest.mark.parametrize("votes", range(7))
def test_without_total_or_date_nothing_is_accepted(votes: int) -> None:
    proofs = ("cash - change", "subtotal + tax", "items")
    for fields in (
        Fields(amount=amount(votes, rule="total_sure", checks=proofs), merchant=name(votes)),
        Fields(date=date(votes), merchant=name(votes)),
        Fields(merchant=name(votes)),
        Fields(),
    ):
        assert judge(fields, READING)[1].verdict is not Verdict.ACCEPT


def test_nothing_found_is_worth_nothing() -> None:
    fields, judgement = judge(Fields(), Reading((), 0))
    assert (judgement.quality, judgement.verdict) == (0, Verdict.ESCALATE)
    assert fields == Fields()


@given(
    votes=st.integers(min_value=0, max_value=15),
    more=st.integers(min_value=0, max_value=15),
    score=st.floats(min_value=-20, max_value=30),
    rival=st.floats(min_value=-20, max_value=30),
    confidence=st.floats(min_value=0, max_value=1),
    corrected=st.booleans(),
)
def test_probabilities_lie_between_0_and_1(
    votes: int, more: int, score: float, rival: float, confidence: float, *, corrected: bool
) -> None:
    chosen = Candidate(Decimal("6.00"), "6.00", HERE, confidence, "total", score, corrected)
    other = Candidate(Decimal("8.00"), "8.00", HERE, confidence, "none", rival)
    fields, judgement = judge(Fields(amount=Field(chosen, (other,), votes, votes + more), date=date(3)), READING)
    assert fields.amount is not None
    assert 0.0 <= fields.amount.probability <= 1.0
    assert 0 <= judgement.quality <= 100


CHANCES = st.none() | st.floats(min_value=0.0, max_value=1.0)


@given(amount_chance=CHANCES, date_chance=CHANCES)
def test_the_verdict_follows_the_quality_at_70_and_40(amount_chance: float | None, date_chance: float | None) -> None:
    judgement = rate(amount_chance, date_chance)
    assert 0 <= judgement.quality <= 100
    if judgement.quality > 70:
        assert judgement.verdict is Verdict.ACCEPT
    elif judgement.quality < 40:
        assert judgement.verdict is Verdict.ESCALATE
    else:
        assert judgement.verdict is Verdict.RETRY
    if amount_chance is None or date_chance is None:
        assert judgement.verdict is not Verdict.ACCEPT


@given(
    lower=st.floats(min_value=0.0, max_value=1.0),
    higher=st.floats(min_value=0.0, max_value=1.0),
    date_chance=st.floats(min_value=0.0, max_value=1.0),
)
def test_a_likelier_total_never_lowers_the_quality(lower: float, higher: float, date_chance: float) -> None:
    lower, higher = sorted((lower, higher))
    assert rate(lower, date_chance).quality <= rate(higher, date_chance).quality


def test_certainty_is_100_and_accepted() -> None:
    judgement = rate(1.0, 1.0)
    assert (judgement.quality, judgement.verdict) == (100, Verdict.ACCEPT)


def reading_of(words: list[tuple[str, float]]) -> Reading:
    """One line of words with these confidences."""
    boxes = (Box(60.0 * number, 0, 60.0 * number + 50, 20) for number in range(len(words)))
    return Reading((Line(tuple(Word(text, box, sure) for (text, sure), box in zip(words, boxes, strict=True))),), 1)


LETTERS = "abcd"


@pytest.mark.parametrize(
    ("words", "points"),
    [
        ([(LETTERS, 0.71)] * 10, 40 + 10),
        ([(LETTERS, 0.70)] * 4, 20 + 10),
        ([(LETTERS, 0.51)] * 10, 20 + 10),
        ([(LETTERS, 0.50)] * 10, 10),
        ([(LETTERS, 0.39)] * 10, 0),
        ([(LETTERS, 0.81)] * 7 + [(LETTERS, 0.6)] * 3, 40 + 20 + 10),
        ([(LETTERS, 0.81)] * 6 + [(LETTERS, 0.6)] * 4, 40 + 10),
        ([(LETTERS, 0.80)] * 10, 40 + 10),
        ([(LETTERS, 1.0)] * 8 + [(LETTERS, 0.39)] * 2, 40 + 20),
        ([(LETTERS, 1.0)] * 9 + [(LETTERS, 0.39)] * 1, 40 + 20 + 10),
        ([("abcde12", 0.45)] * 10, 10 + 10),
        ([("abcdefghijklmnopq123", 0.45)] * 10, 10),
        ([("12.50", 0.45)] * 10, 10 + 10 + 5),
        ([("€", 0.45)] * 10, 10 + 5),
    ],
)
def test_text_quality_gives_the_points_of_the_starting_formula(words: list[tuple[str, float]], points: int) -> None:
    reading = reading_of(words)
    assert text_quality(reading, has_total=False, has_date=False) == points
    assert text_quality(reading, has_total=True, has_date=False) == points + 10
    assert text_quality(reading, has_total=False, has_date=True) == points + 5


def test_text_quality_of_a_perfect_reading_is_100_and_of_none_0() -> None:
    perfect = reading_of([("TOTAL", 0.95), ("12.50", 0.95)])
    assert text_quality(perfect, has_total=True, has_date=True) == 100
    assert text_quality(Reading((), 0), has_total=False, has_date=False) == 0
