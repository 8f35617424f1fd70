"""The judgement is a probability, grows with the evidence, and never accepts half an answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.decide.confidence import Judge, Model, fitted, min_probability
from rpiocr.decide.features import Facts, engines_of, is_single_engine, text_quality
from rpiocr.model import (
    Ballot,
    Box,
    Candidate,
    Check,
    EngineId,
    Field,
    Fields,
    Judgement,
    Kind,
    Line,
    PassId,
    Provenance,
    Reading,
    Verdict,
    Word,
)
from rpiocr.model.provenance import (
    CARD,
    CASH_LESS_CHANGE,
    ITEMS,
    REPEATED,
    SUBTOTAL_AND_TAX,
    TWO_CURRENCIES,
    DateOrderEvidence,
    OrderReason,
    date_order,
)
from rpiocr.recognise.pdf_text import PDF_TEXT
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from tests.written import PSM_6, in_currency

T = TypeVar("T")

HERE = Box(0, 0, 100, 20)
FACTS = Facts(80, unread_total=False)
JUDGE = Judge(0.005)
SECOND = PassId(ALL_LINES, "plain")
CLOUD = PassId(EngineId(GOOGLE_VISION), "page")
BY_DEFAULT = date_order(DateOrderEvidence(OrderReason.DAY_FIRST))
BY_CURRENCY = date_order(DateOrderEvidence(OrderReason.LOCALE, "currency EUR"))


def field(chosen: Candidate[T], votes: int, passes: int, *, second: Candidate[T] | bool | None = False) -> Field[T]:
    """A field for which ``votes`` of ``passes`` passes of Tesseract stand.

    ``second`` is what a second engine says: None if it found nothing, True if it agrees, False if it was not asked.
    """
    ballots = [Ballot(PassId(PSM_6, str(number)), chosen if number < votes else None) for number in range(passes)]
    if second is not False:
        ballots.append(Ballot(SECOND, chosen if second is True else second))
    return Field(chosen, (), tuple(ballots))


def total(
    value: str = "6.00", *, kind: Kind = Kind.TOTAL, checks: tuple[Check, ...] = (REPEATED,), corrected: bool = False
) -> Candidate[Decimal]:
    """A total as a pass found it, or as it was chosen; a second printing supports it unless another check does."""
    return Candidate(Decimal(value), value, HERE, 0.9, Provenance(kind), 0.8, corrected, checks)


def day(*, kind: Kind = Kind.DATE_LABEL, checks: tuple[Check, ...] = ()) -> Candidate[dt.date]:
    """A date as a pass found it, or as it was chosen."""
    return Candidate(dt.date(2018, 12, 25), "25/12/2018", HERE, 0.9, Provenance(kind), 0.8, checks=checks)


NAME = Candidate("CITY BAKEHOUSE", "CITY BAKEHOUSE", HERE, 0.9, Provenance(Kind.HEAD), 0.8)


def read_by_cloud_too(found: Field[T]) -> Field[T]:
    """A value that the cloud has read as well."""
    return replace(found, ballots=(*found.ballots, Ballot(CLOUD, found.chosen)))


def amount(
    votes: int,
    passes: int = 6,
    *,
    kind: Kind = Kind.TOTAL,
    checks: tuple[Check, ...] = (REPEATED,),
    corrected: bool = False,
) -> Field[Decimal]:
    """A total that this many passes read."""
    return field(total(kind=kind, checks=checks, corrected=corrected), votes, passes)


def date(
    votes: int, passes: int = 6, *, kind: Kind = Kind.DATE_LABEL, checks: tuple[Check, ...] = ()
) -> Field[dt.date]:
    """A date that this many passes read."""
    return field(day(kind=kind, checks=checks), votes, passes)


def name(votes: int, passes: int = 6) -> Field[str]:
    """A merchant that this many passes read."""
    return field(NAME, votes, passes)


def probability_of(one: Field[Any], facts: Facts = FACTS) -> float:
    """The probability that the judge assigns to a total or a date."""
    fields = Fields(date=one) if isinstance(one.chosen.value, dt.date) else Fields(amount=one)
    judged, _ = JUDGE.judge(fields, facts)
    found = judged.amount or judged.date
    assert found is not None
    return found.probability


@pytest.mark.parametrize("second", [False, None, True])
def test_more_votes_never_make_an_answer_less_likely(second: bool | None) -> None:  # noqa: FBT001
    judged = [
        JUDGE.judge(
            Fields(
                field(total(), votes, 6, second=second),
                None,
                field(day(), votes, 6, second=second),
                None,
                field(NAME, votes, 6, second=second),
            ),
            FACTS,
        )
        for votes in range(7)
    ]
    amounts = [fields.amount.probability for fields, _ in judged if fields.amount]
    dates = [fields.date.probability for fields, _ in judged if fields.date]
    names = [fields.merchant.probability for fields, _ in judged if fields.merchant]
    qualities = [judgement.quality for _, judgement in judged]
    for values in (amounts, dates, names, qualities):
        assert len(values) == 7
        assert values == sorted(values)
    # Where the second engine found nothing, a value stays lone however many passes of the first read it.
    if second is None:
        return
    assert amounts[0] < amounts[-1]
    assert dates[0] < dates[-1]


@pytest.mark.parametrize("chosen", [total(), day()])
def test_two_engines_that_agree_are_surer_than_two_that_do_not(chosen: Candidate[Decimal] | Candidate[dt.date]) -> None:
    agreeing, silent = (probability_of(field(chosen, 6, 6, second=second)) for second in (True, None))
    assert agreeing > silent


@pytest.mark.parametrize("votes", range(7))
def test_a_vote_of_a_second_engine_never_lowers_the_probability_of_its_value(votes: int) -> None:
    agreeing, silent, against = (
        probability_of(field(total(), votes, 6, second=second)) for second in (True, None, total("8.00"))
    )
    assert agreeing >= silent >= against


def test_text_of_the_file_counts_as_two_engines_that_agree() -> None:
    for chosen in (replace(total(), confidence=1.0), replace(day(), confidence=1.0)):
        exact: Field[Any] = Field(chosen, (), (Ballot(PassId(PDF_TEXT, "page"), chosen),))
        assert not is_single_engine(exact)
        assert engines_of(Fields(date=exact) if chosen.raw.count("/") else Fields(amount=exact)) == "both"
        assert probability_of(exact) >= probability_of(field(chosen, 1, 1, second=True))


def test_text_of_the_file_that_does_not_have_a_value_is_no_evidence_for_it() -> None:
    other = replace(total("8.00"), confidence=1.0)
    assert is_single_engine(Field(total(), (other,), (Ballot(PassId(PDF_TEXT, "page"), other),)))


def test_two_engines_that_agree_are_more_probable_than_one_alone() -> None:
    assert probability_of(field(total(), 1, 1, second=True)) > probability_of(field(total(), 1, 1))
    assert probability_of(field(day(), 1, 1, second=True)) > probability_of(field(day(), 1, 1))


@pytest.mark.parametrize("second", [False, None, True])
def test_sums_that_agree_make_the_total_more_likely(second: bool | None) -> None:  # noqa: FBT001
    plain, proved = (
        probability_of(field(total(checks=checks), 4, 6, second=second)) for checks in ((), (CASH_LESS_CHANGE, ITEMS))
    )
    assert proved > plain


def test_a_total_without_a_keyword_is_less_likely() -> None:
    assert probability_of(amount(4, kind=Kind.UNNAMED)) < probability_of(amount(4, kind=Kind.TOTAL_SURE))


def test_what_casts_doubt_never_makes_a_value_likelier() -> None:
    assert probability_of(amount(4, corrected=True)) <= probability_of(amount(4))
    assert probability_of(amount(4), Facts(80, unread_total=True)) <= probability_of(amount(4))
    assert probability_of(amount(4), Facts(30, unread_total=False)) <= probability_of(amount(4))
    assert probability_of(date(4, kind=Kind.LOST_MARKS)) <= probability_of(date(4, kind=Kind.DATE))
    assert probability_of(date(4, kind=Kind.DATE)) <= probability_of(date(4))
    assert probability_of(date(4, checks=(BY_DEFAULT,))) <= probability_of(date(4))


@pytest.mark.parametrize("votes", range(7))
def test_without_total_or_date_nothing_is_accepted(votes: int) -> None:
    proofs = (CASH_LESS_CHANGE, SUBTOTAL_AND_TAX, ITEMS)
    for risk in (0.001, 0.005, 0.1):
        for fields in (
            Fields(amount=amount(votes, kind=Kind.TOTAL_SURE, checks=proofs), merchant=name(votes)),
            Fields(date=date(votes), merchant=name(votes)),
            Fields(merchant=name(votes)),
            Fields(),
        ):
            assert Judge(risk).judge(fields, FACTS)[1].verdict is not Verdict.ACCEPT


def test_nothing_found_is_worth_nothing() -> None:
    fields, judgement = JUDGE.judge(Fields(), Facts(0, unread_total=False))
    assert (judgement.quality, judgement.verdict) == (0, Verdict.ESCALATE)
    assert fields == Fields()


@pytest.mark.parametrize(
    ("fields", "engines"),
    [
        (Fields(), "one"),
        (Fields(amount=amount(1)), "one"),
        (Fields(amount=field(total(), 1, 1, second=True)), "both"),
        (Fields(merchant=field(NAME, 1, 1, second=None)), "both"),
        (Fields(amount=read_by_cloud_too(field(total(), 1, 1))), "one"),
        (Fields(amount=read_by_cloud_too(field(total(), 1, 1, second=True))), "both"),
        (Fields(amount=read_by_cloud_too(field(total(), 0, 0))), "one"),
    ],
)
def test_fields_are_judged_by_what_was_fitted_for_the_engines_that_were_asked(fields: Fields, engines: str) -> None:
    assert engines_of(fields) == engines


def test_a_cloud_that_agrees_is_no_second_local_engine_and_lowers_no_threshold() -> None:
    alone = Fields(amount=replace(amount(2, 2), probability=0.98), date=replace(date(2, 2), probability=0.98))
    assert alone.amount
    assert alone.date
    both = replace(alone, amount=read_by_cloud_too(alone.amount), date=read_by_cloud_too(alone.date))
    assert JUDGE.rate(both)[1] == JUDGE.rate(alone)[1]
    assert JUDGE.rate(both)[1].verdict is not Verdict.ACCEPT


def test_a_single_engine_value_is_at_most_as_probable_as_the_share_of_those_that_were_right() -> None:
    model = Model(0.0, {"share": 10.0, "single_engine": -1.0}, 0.9)
    assert model.probability({"share": 1.0}) > 0.99
    assert model.probability({"share": 1.0, "single_engine": 0.0}) > 0.99
    assert model.probability({"share": 1.0, "single_engine": 1.0}) == 0.9
    assert model.probability({"share": 0.1, "single_engine": 1.0}) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("one", "alone"),
    [
        (field(total(), 6, 6), True),
        (field(total(), 6, 6, second=None), True),
        (field(total(), 6, 6, second=total("8.00")), True),
        (field(total(), 0, 6, second=True), True),
        (field(total(), 2, 6, second=True), True),
        (field(total(), 3, 6, second=True), False),
        (field(total(checks=(ITEMS,)), 6, 6), False),
        (field(total(checks=(CARD,)), 6, 6), True),
    ],
)
def test_a_value_is_single_engine_unless_two_read_it_or_a_sum_proves_it(one: Field[Decimal], alone: bool) -> None:  # noqa: FBT001
    assert is_single_engine(one) is alone


def test_there_is_a_model_for_every_field_with_one_engine_and_with_both() -> None:
    models = fitted().models
    assert {engines: set(by_field) for engines, by_field in models.items()} == {
        engines: {"amount", "date", "merchant"} for engines in ("one", "both")
    }


@given(
    votes=st.integers(min_value=0, max_value=15),
    more=st.integers(min_value=0, max_value=15),
    score=st.floats(min_value=-20, max_value=30),
    rival=st.floats(min_value=-20, max_value=30),
    confidence=st.floats(min_value=0, max_value=1),
    corrected=st.booleans(),
    second=st.none() | st.booleans(),
)
def test_probabilities_lie_between_0_and_1(
    votes: int, more: int, score: float, rival: float, confidence: float, *, corrected: bool, second: bool | None
) -> None:
    chosen = Candidate(Decimal("6.00"), "6.00", HERE, confidence, Provenance(Kind.TOTAL), score, corrected)
    other = Candidate(Decimal("8.00"), "8.00", HERE, confidence, Provenance(Kind.UNNAMED), rival)
    ballots = field(chosen, votes, votes + more, second=second).ballots
    fields, judgement = JUDGE.judge(Fields(amount=Field(chosen, (other,), ballots), date=date(3)), FACTS)
    assert fields.amount is not None
    assert 0.0 <= fields.amount.probability <= 1.0
    assert 0 <= judgement.quality <= 100


def stated(amount_probability: float | None, date_probability: float | None) -> Fields:
    """Total and date that both engines read, with these probabilities."""
    found = field(total(), 3, 3, second=True)
    when = field(day(), 3, 3, second=True)
    return Fields(
        amount=None if amount_probability is None else replace(found, probability=amount_probability),
        date=None if date_probability is None else replace(when, probability=date_probability),
        currency=in_currency("EUR"),
    )


def rated(risk: float, amount_probability: float | None, date_probability: float | None) -> Judgement:
    """The judgement of a receipt with these probabilities."""
    return Judge(risk).rate(stated(amount_probability, date_probability))[1]


CHANCES = st.none() | st.floats(min_value=0.0, max_value=1.0)
PROBABILITY = st.floats(min_value=0.0, max_value=1.0)
ENGINES = ("one", "both")
RISKS = st.floats(min_value=0.001, max_value=0.1)


@given(amount_probability=CHANCES, date_probability=CHANCES, risk=RISKS)
def test_the_verdict_follows_the_quality_at_70_and_40(
    amount_probability: float | None, date_probability: float | None, risk: float
) -> None:
    judgement = rated(risk, amount_probability, date_probability)
    assert 0 <= judgement.quality <= 100
    if judgement.quality > 70:
        assert judgement.verdict is Verdict.ACCEPT
    elif judgement.quality < 40:
        assert judgement.verdict is Verdict.ESCALATE
    else:
        assert judgement.verdict is Verdict.RETRY
    if amount_probability is None or date_probability is None:
        assert judgement.verdict is not Verdict.ACCEPT


@given(one=PROBABILITY, other=PROBABILITY, date_probability=PROBABILITY, risk=RISKS)
def test_a_more_probable_total_never_lowers_the_quality(
    one: float, other: float, date_probability: float, risk: float
) -> None:
    lower, higher = sorted((one, other))
    assert rated(risk, lower, date_probability).quality <= rated(risk, higher, date_probability).quality


@given(amount_probability=CHANCES, date_probability=CHANCES, one=RISKS, other=RISKS)
def test_a_smaller_accepted_risk_never_raises_the_quality_and_never_accepts_more(
    amount_probability: float | None, date_probability: float | None, one: float, other: float
) -> None:
    strict, lax = (rated(risk, amount_probability, date_probability) for risk in sorted((one, other)))
    assert strict.quality <= lax.quality
    assert (strict.verdict, lax.verdict) != (Verdict.ACCEPT, Verdict.RETRY)


@given(one=RISKS, other=RISKS)
def test_a_smaller_risk_never_lowers_the_minimum_probability(one: float, other: float) -> None:
    small, large = sorted((one, other))
    for engines in ENGINES:
        assert 0.5 <= min_probability(large, engines) <= min_probability(small, engines) <= 1.0


def test_what_was_fitted_for_a_risk_is_what_is_asked_for() -> None:
    for engines in ENGINES:
        for risk, probability in fitted().min_probability[engines]:
            assert min_probability(risk, engines) == pytest.approx(probability)


@given(risk=RISKS)
def test_a_result_is_accepted_from_the_minimum_probability_on(risk: float) -> None:
    least = min_probability(risk, "both")
    assert rated(risk, 1.0, least).verdict is Verdict.ACCEPT
    assert rated(risk, 1.0, least - 0.01).verdict is not Verdict.ACCEPT


def test_certainty_is_100_and_accepted() -> None:
    judgement = rated(JUDGE.accept_risk, 1.0, 1.0)
    assert (judgement.quality, judgement.verdict) == (100, Verdict.ACCEPT)


@pytest.mark.parametrize("votes", range(7))
def test_no_field_of_an_accepted_receipt_is_doubtful_itself(votes: int) -> None:
    """Total and date together are right less often than each of them."""
    fields, judgement = Judge(0.05).judge(
        Fields(field(total(checks=(ITEMS,)), votes, 6, second=True), None, field(day(), votes, 6, second=True)), FACTS
    )
    assert fields.amount
    assert fields.date
    if judgement.verdict is Verdict.ACCEPT:
        assert fields.amount.verdict is fields.date.verdict is Verdict.ACCEPT
    assert fields == Judge(0.05).rate(fields)[0]


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


@pytest.mark.parametrize(
    ("raw", "currency", "checks", "accepted"),
    [
        ("14.00", "USD", (), True),
        ("14", "USD", (), False),
        ("14", "CHF", (), False),
        ("14.500", "KWD", (), True),
        ("14", "USD", (CASH_LESS_CHANGE, ITEMS), True),
        ("1400", "JPY", (), True),
        ("14,-", "EUR", (), True),
    ],
)
def test_a_total_without_decimals_may_be_a_number_of_things_and_is_not_accepted_unless_proved(
    raw: str, currency: str, checks: tuple[Check, ...], *, accepted: bool
) -> None:
    found = replace(total(kind=Kind.TOTAL_SURE, checks=checks), raw=raw, confidence=1.0)
    fields = Fields(field(found, 3, 3, second=True), in_currency(currency), field(day(), 3, 3, second=True))
    _, judgement = Judge(0.05).judge(fields, Facts(100, unread_total=False))
    assert (judgement.verdict is Verdict.ACCEPT) == accepted


def test_a_date_whose_order_only_the_default_decided_is_not_accepted_however_well_it_was_read() -> None:
    def judged(*checks: Check) -> Judgement:
        found = replace(day(checks=checks), confidence=1.0)
        fields = Fields(
            field(total(checks=(ITEMS,)), 3, 3, second=True), in_currency("EUR"), field(found, 3, 3, second=True)
        )
        return JUDGE.judge(fields, Facts(100, unread_total=False))[1]

    assert judged().verdict is judged(BY_CURRENCY).verdict is Verdict.ACCEPT
    assert judged(BY_DEFAULT).verdict is Verdict.RETRY


def test_a_total_is_not_accepted_alongside_another_that_as_many_sums_prove() -> None:
    """A bill of 200.00, of which 50.00 were paid before, and 150.00 by card now."""

    def judged(*checks: Check, rival: str = "150.00") -> Verdict:
        bill = replace(total("200.00", kind=Kind.TOTAL_SURE, checks=(ITEMS,)), confidence=1.0)
        other = replace(total(rival, kind=Kind.TOTAL_SURE, checks=checks), score=0.05)
        asked = replace(field(bill, 3, 3, second=True), rivals=(other,))
        fields = Fields(asked, in_currency("USD"), field(day(), 3, 3, second=True))
        return JUDGE.judge(fields, Facts(100, unread_total=False))[1].verdict

    assert judged() is Verdict.ACCEPT
    assert judged(CARD) is Verdict.RETRY
    assert judged(CARD, rival="200.02") is Verdict.ACCEPT


def verdict_of(
    chosen: Candidate[Decimal], *rivals: Candidate[Decimal], when: Candidate[dt.date] | None = None
) -> Verdict:
    """The verdict on a total that both engines read with confidence, alongside others."""
    asked = replace(field(replace(chosen, confidence=1.0), 3, 3, second=True), rivals=rivals)
    fields = Fields(asked, in_currency("EUR"), field(replace(when or day(), confidence=1.0), 3, 3, second=True))
    return JUDGE.judge(fields, Facts(100, unread_total=False))[1].verdict


def test_a_total_that_no_word_and_no_sum_names_is_not_accepted_as_its_words_may_be_in_letters_nobody_read() -> None:
    assert verdict_of(total("1200.00", kind=Kind.UNNAMED)) is Verdict.RETRY
    assert verdict_of(total("1200.00", kind=Kind.UNNAMED, checks=(CASH_LESS_CHANGE, ITEMS))) is Verdict.ACCEPT


def test_a_total_without_a_sum_is_not_accepted_alongside_a_card_payment_that_has_one() -> None:
    paid = replace(total("77.90", kind=Kind.CARD, checks=(SUBTOTAL_AND_TAX, ITEMS)), score=0.2)
    assert verdict_of(total("77.98", kind=Kind.TOTAL_SURE, checks=(CARD,)), paid) is Verdict.RETRY


def test_a_total_without_a_sum_is_not_accepted_alongside_an_amount_without_a_word_that_has_one() -> None:
    unnamed = replace(total("21.62", kind=Kind.UNNAMED, checks=(CASH_LESS_CHANGE, SUBTOTAL_AND_TAX)), score=0.2)
    assert verdict_of(total("20.02", kind=Kind.TOTAL_SURE), replace(unnamed, checks=())) is Verdict.ACCEPT
    assert verdict_of(total("20.02", kind=Kind.TOTAL_SURE), unnamed) is Verdict.RETRY
    assert verdict_of(total("20.02", kind=Kind.TOTAL_SURE, checks=(SUBTOTAL_AND_TAX,)), unnamed) is Verdict.ACCEPT


def test_a_total_that_only_the_items_make_is_not_accepted_alongside_a_lower_one_as_after_a_discount() -> None:
    bill = total("38.22", checks=(ITEMS,))
    lower = replace(total("36.31"), score=0.2)
    assert verdict_of(bill, lower) is Verdict.RETRY
    assert verdict_of(replace(bill, checks=(ITEMS, CARD)), lower) is Verdict.ACCEPT
    assert verdict_of(bill, replace(lower, provenance=Provenance(Kind.UNNAMED))) is Verdict.ACCEPT
    assert verdict_of(bill, replace(lower, value=Decimal("38.20"))) is Verdict.ACCEPT
    assert verdict_of(bill, replace(lower, value=Decimal("50.00"))) is Verdict.ACCEPT


@pytest.mark.parametrize("how", [Kind.CASH, Kind.CARD])
def test_a_total_is_not_accepted_where_less_was_paid_and_a_discount_makes_that_the_total(how: Kind) -> None:
    order = total("31.13", kind=Kind.TOTAL_SURE, checks=(ITEMS,))
    paid = replace(total("29.57", kind=how, checks=(ITEMS,)), score=0.2)
    assert verdict_of(order, paid) is Verdict.RETRY
    assert verdict_of(order, replace(paid, checks=())) is Verdict.ACCEPT
    assert verdict_of(order, replace(paid, value=Decimal("40.00"))) is Verdict.ACCEPT
    assert verdict_of(replace(order, checks=(ITEMS, SUBTOTAL_AND_TAX)), paid) is Verdict.ACCEPT


def test_a_total_is_not_accepted_where_cash_and_change_say_that_a_rounded_one_was_paid() -> None:
    rounded = replace(total("527.10", kind=Kind.TOTAL_SURE, checks=(CASH_LESS_CHANGE,)), score=0.2)
    assert verdict_of(total("527.05", kind=Kind.TOTAL_SURE, checks=(ITEMS,)), rounded) is Verdict.RETRY
    assert verdict_of(rounded, total("527.05", kind=Kind.TOTAL_SURE, checks=(ITEMS,))) is Verdict.ACCEPT


def test_a_total_in_two_currencies_is_not_accepted_if_nothing_indicates_which_was_paid() -> None:
    assert verdict_of(total("45.60", kind=Kind.TOTAL_SURE, checks=(TWO_CURRENCIES,))) is Verdict.RETRY


def test_a_date_next_to_words_for_another_day_is_not_accepted() -> None:
    assert verdict_of(total(checks=(ITEMS,)), when=day(kind=Kind.OTHER_DATE)) is Verdict.RETRY


def test_an_answer_from_a_page_that_may_hold_several_receipts_is_not_accepted() -> None:
    fields = Fields(
        field(total(checks=(ITEMS,)), 3, 3, second=True), in_currency("EUR"), field(day(), 3, 3, second=True)
    )
    assert JUDGE.judge(fields, Facts(100, unread_total=False))[1].verdict is Verdict.ACCEPT
    assert JUDGE.judge(fields, Facts(100, unread_total=False, mixed=True))[1].verdict is Verdict.RETRY


@pytest.mark.parametrize("chosen", ["738.89", "-738.89"])
def test_a_total_that_one_pass_read_with_the_other_sign_is_not_accepted(chosen: str) -> None:
    def judged(third: str) -> Verdict:
        asked = field(replace(total(chosen, checks=(ITEMS,)), confidence=1.0), 3, 3, second=total(third))
        fields = Fields(asked, in_currency("GBP"), field(replace(day(), confidence=1.0), 3, 3, second=True))
        return JUDGE.judge(fields, Facts(100, unread_total=False))[1].verdict

    assert judged(chosen) is Verdict.ACCEPT
    assert judged(str(-Decimal(chosen))) is Verdict.RETRY
