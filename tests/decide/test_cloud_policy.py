"""When the cloud is asked, and what its answer changes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

import pytest

from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.decide.cloud_policy import Answer, cloud_options, is_accepted_locally, with_cloud, without_cloud
from rpiocr.decide.confidence import Judge
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
    PassId,
    Provenance,
    Source,
    Verdict,
)
from rpiocr.model.provenance import CARD, CASH_LESS_CHANGE, ITEMS, SUBTOTAL_AND_TAX
from rpiocr.settings import Settings
from tests.written import PSM_6, in_currency

T = TypeVar("T")

BOX = Box(0, 0, 50, 20)
JUDGE = Judge(0.005)
TWO = (PassId(PSM_6, "default"), PassId(PSM_6, "high_contrast"))
CLOUD = (PassId(EngineId(GOOGLE_VISION), "page"),)
DAY = dt.date(2024, 3, 1)
OTHER_DAY = dt.date(2024, 1, 3)


def field(chosen: Candidate[T], probability: float, sources: tuple[PassId, ...] = TWO) -> Field[T]:
    ballots = tuple(Ballot(source, chosen) for source in sources)
    return Field(chosen, (), ballots, probability)


def amount(value: str, probability: float = 0.8, *checks: Check, sources: tuple[PassId, ...] = TWO) -> Field[Decimal]:
    return field(
        Candidate(Decimal(value), value, BOX, 0.9, Provenance(Kind.TOTAL), 1.0, checks=checks), probability, sources
    )


def date(value: dt.date, probability: float = 0.8, sources: tuple[PassId, ...] = TWO) -> Field[dt.date]:
    return field(Candidate(value, value.isoformat(), BOX, 0.9, Provenance(Kind.DATE_LABEL), 1.0), probability, sources)


def merchant(name: str) -> Field[str]:
    return field(Candidate(name, name, BOX, 0.9, Provenance(Kind.HEAD), 1.0), 0.6)


def local(total: Field[Decimal] | None, day: Field[dt.date] | None, quality: int | None = None) -> Answer:
    fields, judged = JUDGE.rate(Fields(amount=total, currency=in_currency("EUR"), date=day))
    if quality is not None:
        verdict = Verdict.ACCEPT if quality > 70 else Verdict.RETRY if quality >= 40 else Verdict.ESCALATE
        judged = Judgement(quality, verdict)
    return Answer(fields, judged, Source.LOCAL)


def said(answer: Answer) -> tuple[str | None, dt.date | None]:
    total, day = answer.fields.amount, answer.fields.date
    return (str(total.chosen.value) if total else None, day.chosen.value if day else None)


@pytest.mark.parametrize(
    ("quality", "total", "day", "settled"),
    [
        (71, amount("12.50"), date(DAY), True),
        (70, amount("12.50"), date(DAY), False),
        (90, amount("12.50"), None, False),
        (90, None, date(DAY), False),
        (0, None, None, False),
    ],
)
def test_a_local_result_needs_no_cloud_if_it_is_accepted_with_total_and_date(
    quality: int, total: Field[Decimal] | None, day: Field[dt.date] | None, *, settled: bool
) -> None:
    answer = local(total, day, quality)
    assert is_accepted_locally(answer) is settled
    assert without_cloud(answer).source == (Source.LOCAL if settled else Source.LOCAL_LOW_CONFIDENCE)


@pytest.mark.parametrize(
    ("mine", "cloud", "source", "result"),
    [
        pytest.param(
            local(amount("12.50"), None, 55),
            Fields(amount=amount("99.00"), date=date(DAY)),
            Source.HYBRID,
            ("12.50", DAY),
            id="date missing: it is filled, the total stays",
        ),
        pytest.param(
            local(None, date(DAY), 55),
            Fields(amount=amount("12.50"), date=date(OTHER_DAY)),
            Source.HYBRID,
            ("12.50", DAY),
            id="total missing: it is filled, the date stays",
        ),
        pytest.param(
            local(amount("12.50"), None, 50),
            Fields(amount=amount("99.00"), date=date(DAY)),
            Source.CLOUD,
            ("99.00", DAY),
            id="date missing and the rest too weak: all from the cloud",
        ),
        pytest.param(
            local(amount("12.50"), date(DAY), 60),
            Fields(amount=amount("99.00"), date=date(OTHER_DAY)),
            Source.CLOUD,
            ("99.00", OTHER_DAY),
            id="both there but doubtful: all from the cloud",
        ),
        pytest.param(
            local(amount("12.50", 0.8, SUBTOTAL_AND_TAX), date(DAY), 60),
            Fields(amount=amount("99.00"), date=date(OTHER_DAY)),
            Source.CLOUD,
            ("12.50", OTHER_DAY),
            id="a total that sums prove stays",
        ),
        pytest.param(
            local(amount("12.50", 0.8, CARD), date(DAY), 60),
            Fields(amount=amount("99.00"), date=date(DAY)),
            Source.CLOUD,
            ("99.00", DAY),
            id="a card slip proves nothing by sums",
        ),
        pytest.param(
            local(None, None),
            Fields(amount=amount("12.50"), date=date(DAY)),
            Source.CLOUD,
            ("12.50", DAY),
            id="nothing found: all from the cloud",
        ),
        pytest.param(
            local(amount("12.50"), date(DAY), 60),
            Fields(date=date(DAY)),
            Source.CLOUD,
            ("12.50", DAY),
            id="what the cloud did not find stays",
        ),
        pytest.param(
            local(amount("12.50"), None, 55),
            Fields(merchant=merchant("SHOP")),
            Source.LOCAL_LOW_CONFIDENCE,
            ("12.50", None),
            id="a cloud that found neither changes nothing",
        ),
    ],
)
def test_what_the_two_answers_make_together(
    mine: Answer, cloud: Fields, source: Source, result: tuple[str | None, dt.date | None]
) -> None:
    together = with_cloud(mine, cloud, JUDGE)
    assert (together.source, said(together)) == (source, result)


def test_values_that_both_read_are_surer_and_the_judgement_follows() -> None:
    mine = local(amount("12.50", 0.8), date(DAY, 0.8))
    cloud = Fields(amount=amount("12.50", sources=CLOUD), date=date(DAY, sources=CLOUD))
    together = with_cloud(mine, cloud, JUDGE)
    assert together.fields.amount
    assert together.fields.amount.probability > 0.95
    assert together.fields.amount.supporters == tuple(map(str, (*TWO, *CLOUD)))
    assert together.judgement.quality > mine.judgement.quality


def test_a_disagreement_is_never_accepted_and_the_loser_is_kept_as_rival() -> None:
    mine = local(amount("12.50", 0.99, CASH_LESS_CHANGE), date(DAY, 0.99))
    cloud = Fields(amount=amount("99.00", 0.99, sources=CLOUD), date=date(DAY, 0.99, CLOUD))
    together = with_cloud(mine, cloud, JUDGE)
    assert together.fields.amount
    assert [rival.value for rival in together.fields.amount.rivals] == [Decimal("99.00")]
    assert (together.fields.amount.supporters, together.fields.amount.passes) == (tuple(map(str, TWO)), 3)
    assert together.judgement.verdict is not Verdict.ACCEPT


def test_the_value_that_lost_to_the_cloud_is_kept_with_those_who_read_it() -> None:
    cloud = Fields(amount=amount("99.00", sources=CLOUD), date=date(DAY, sources=CLOUD))
    found = with_cloud(local(amount("12.50"), date(DAY)), cloud, JUDGE).fields.amount
    assert found
    assert (found.chosen.value, found.supporters, found.passes) == (Decimal("99.00"), tuple(map(str, CLOUD)), 3)
    assert [rival.value for rival in found.rivals] == [Decimal("12.50")]


@pytest.mark.parametrize(
    ("mine", "cloud"),
    [
        (amount("12.50", 0.2), amount("12.50", 0.2, sources=CLOUD)),
        (amount("12.50", 1.0, ITEMS), amount("99.00", 0.2, sources=CLOUD)),
        (amount("12.50", 0.2), amount("99.00", 1.0, sources=CLOUD)),
        (None, amount("99.00", 1.0, sources=CLOUD)),
    ],
)
def test_the_verdict_on_a_field_follows_its_probability_with_the_cloud(
    mine: Field[Decimal] | None, cloud: Field[Decimal]
) -> None:
    found = with_cloud(local(mine, date(DAY)), Fields(amount=cloud), JUDGE).fields.amount
    assert found
    alone, _ = JUDGE.rate(Fields(amount=found))
    assert found == alone.amount


def test_a_merchant_that_was_read_here_is_not_replaced_and_gaps_are_filled() -> None:
    mine = Answer(Fields(merchant=merchant("SHOP"), tax=Decimal(2)), JUDGE.rate(Fields())[1], Source.LOCAL)
    found = Fields(amount("9.00"), in_currency("EUR"), date(DAY), dt.time(9, 5), merchant("STOP"))
    cloud = replace(found, subtotal=Decimal(8), tax=Decimal(1))
    fields = with_cloud(mine, cloud, JUDGE).fields
    assert fields.merchant
    assert fields.merchant.chosen.value == "SHOP"
    assert (fields.currency_code, fields.time, fields.subtotal, fields.tax) == (
        "EUR",
        dt.time(9, 5),
        Decimal(8),
        Decimal(2),
    )


@pytest.mark.parametrize(
    ("settings", "on"),
    [
        (Settings(), False),
        (Settings(cloud="always"), False),
        (Settings(vision_endpoint="eu-vision.googleapis.com"), False),
        (Settings(vision_api_key="k"), True),
        (Settings(vision_credentials="default"), True),
        (Settings(vision_api_key="k", cloud="never"), False),
    ],
)
def test_only_a_key_or_credentials_switch_the_cloud_on(
    settings: Settings, *, on: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", "/somewhere/account.json")
    assert (cloud_options(settings) is not None) is on
