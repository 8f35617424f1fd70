"""The explanation of a receipt that was built by hand."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal

import pytest

from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.extract.fields.total_reasoning import CHECK_SCORE
from rpiocr.model import (
    Ballot,
    Box,
    Check,
    EngineFamily,
    EngineId,
    Judgement,
    Kind,
    PassId,
    Receipt,
    Source,
    Stop,
    Verdict,
)
from rpiocr.model.provenance import CARD, DIGIT_REPAIRED, MAYBE_REFUND, REFUND, TWO_CURRENCIES
from rpiocr.output.explain.story import FieldStory, story_of
from rpiocr.output.explain.text import write_text
from rpiocr.output.explain.words import money, pass_in_words, percentage
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from rpiocr.recognise.tesseract import TESSERACT
from tests.output.explain.receipts import (
    DATE,
    FIRST,
    OTHER_TOTAL,
    RECEIPT,
    SECOND,
    THIRD,
    TOTAL,
    TOTAL_AT,
    candidate,
    field,
    with_fields,
)
from tests.written import PSM_4, PSM_6


def field_story(key: str, receipt: Receipt = RECEIPT) -> FieldStory:
    return next(one for one in story_of(receipt).fields if one.key == key)


def text_of(receipt: Receipt) -> str:
    stream = io.StringIO()
    write_text(story_of(receipt), stream)
    return stream.getvalue()


def joined(text: str) -> str:
    return " ".join(text.split())


def test_each_pass_is_shown_with_its_text_at_the_location_of_the_total_and_its_vote() -> None:
    first, second, third = field_story("amount").votes
    assert (first.source, first.here, first.value, first.same) == (str(FIRST), "32.20", "32.20 MYR", "yes")
    assert (second.source, second.here, second.value, second.same) == (str(SECOND), "82.20", "82.20 MYR", "no")
    assert (third.source, third.here, third.value, third.same) == (str(THIRD), "", None, "")
    assert third.error == "engine_timeout: not ended in time"


def test_a_pass_that_found_the_value_elsewhere_on_the_page_is_marked() -> None:
    below = replace(TOTAL, box=Box(300, 300, 380, 320))
    receipt = with_fields(amount=field(TOTAL, [Ballot(FIRST, TOTAL), Ballot(SECOND, below)]))
    assert [vote.same for vote in field_story("amount", receipt).votes] == ["yes", "yes, elsewhere on the page", ""]


def test_a_vote_without_its_pass_is_shown_too() -> None:
    cloud = Ballot(PassId(EngineId(GOOGLE_VISION), "page"), TOTAL)
    receipt = with_fields(amount=field(TOTAL, [Ballot(FIRST, TOTAL), cloud]))
    last = field_story("amount", receipt).votes[-1]
    assert (last.source, last.here, last.same) == ("google-vision/page", "", "yes")


def test_the_votes_are_counted_in_words() -> None:
    assert field_story("amount").reasons[0] == "1 of 3 passes found this value; 1 found another value; 1 failed."
    assert field_story("date").reasons[0] == "1 of 3 passes found this value; 1 found none; 1 failed."


def test_a_sum_that_agrees_is_a_sentence_about_the_amount() -> None:
    assert field_story("amount").sums == ("The cash tendered minus the change is 32.20 MYR.",)


def test_a_refund_is_explained_and_its_sums_name_the_amount_without_its_sign() -> None:
    back = candidate(Decimal("-5.00"), "5.00", TOTAL_AT, Kind.TOTAL, CARD, REFUND)
    story = field_story("amount", with_fields(amount=field(back, [Ballot(FIRST, back)])))
    assert story.value == "-5.00 MYR"
    assert story.sums == ("The card was charged 5.00 MYR.",)
    assert any("refund" in reason for reason in story.reasons)


@pytest.mark.parametrize("check", [*CHECK_SCORE, DIGIT_REPAIRED, REFUND, MAYBE_REFUND, TWO_CURRENCIES])
def test_every_check_of_a_total_has_words(check: Check) -> None:
    chosen = candidate(Decimal("5.00"), "5.00", TOTAL_AT, Kind.TOTAL, check)
    story = field_story("amount", with_fields(amount=field(chosen, [Ballot(FIRST, chosen)])))
    without = field_story("amount", with_fields(amount=field(replace(chosen, checks=()), [Ballot(FIRST, chosen)])))
    assert len(story.sums) + len(story.reasons) == len(without.sums) + len(without.reasons) + 1


@pytest.mark.parametrize("kind", Kind)
def test_every_way_to_recognise_a_value_has_words(kind: Kind) -> None:
    chosen = candidate(Decimal("5.00"), "5.00", TOTAL_AT, kind, label="invoice no")
    reasons = field_story("amount", with_fields(amount=field(chosen, [Ballot(FIRST, chosen)]))).reasons
    assert any(reason.startswith("Where it was found: ") for reason in reasons)


def test_both_readings_of_an_ambiguous_date_are_given_with_the_deciding_factor() -> None:
    reasons = " ".join(field_story("date").reasons)
    assert "“04/03/24” can be read as 2024-03-04 or as 2024-04-03" in reasons
    assert "2024-03-04 was chosen; deciding factor: currency MYR." in reasons


def test_a_date_that_can_be_read_in_one_way_only_has_no_other_reading() -> None:
    clear = replace(DATE, value=dt.date(2024, 3, 17), checks=())
    story = field_story("date", with_fields(date=field(clear, [Ballot(FIRST, clear)])))
    assert "can be read as" not in " ".join(story.reasons)


def test_a_field_that_was_not_found_is_reported_and_is_a_reason_for_the_verdict() -> None:
    story = story_of(with_fields(date=None))
    assert {field.key: field for field in story.fields}["date"].reasons == ("No pass found a date.",)
    assert any(why.startswith("No date was found") for why in story.why)


def test_five_alternatives_are_shown_and_the_others_counted() -> None:
    rivals = [replace(OTHER_TOTAL, value=Decimal(number)) for number in range(1, 8)]
    story = field_story("amount", with_fields(amount=field(TOTAL, [Ballot(FIRST, TOTAL)], rivals)))
    assert [one.value for one in story.alternatives] == ["1.00 MYR", "2.00 MYR", "3.00 MYR", "4.00 MYR", "5.00 MYR"]
    assert story.more_alternatives == 2


def test_an_alternative_shows_where_it_was_found_and_how_many_passes_voted_for_it() -> None:
    (other,) = field_story("amount").alternatives
    assert (other.value, other.rule, other.votes) == ("82.20 MYR", "next to a word for payment by card", 1)


@pytest.mark.parametrize("stop", list(Stop))
@pytest.mark.parametrize("source", list(Source))
def test_every_way_to_stop_and_every_source_has_a_sentence_of_its_own(stop: Stop, source: Source) -> None:
    shown = story_of(replace(RECEIPT, stop=stop, source=source)).why[-2:]
    others = [story_of(replace(RECEIPT, stop=a, source=b)).why[-2:] for a in Stop for b in Source]
    assert others.count(shown) == 1


@pytest.mark.parametrize(
    ("verdict", "quality", "expected"),
    [
        (Verdict.ACCEPT, 84, "Quality 84 of 100 (ACCEPT is over 70)"),
        (Verdict.RETRY, 55, "Quality 55 of 100 (RETRY is 40 to 70)"),
        (Verdict.ESCALATE, 12, "Quality 12 of 100 (ESCALATE is under 40)"),
    ],
)
def test_the_verdict_is_reported_with_its_quality_and_limits(verdict: Verdict, quality: int, expected: str) -> None:
    assert story_of(replace(RECEIPT, judgement=Judgement(quality, verdict))).why[0].startswith(expected)


def test_the_text_names_values_verdicts_passes_alternatives_and_stages() -> None:
    text = joined(text_of(RECEIPT))
    for expected in (
        "shop.jpg: page 1 RETRY, quality 64",
        "Total: 32.20 MYR ACCEPT, probability 98.0 %",
        "Date: 2024-03-04 ACCEPT, probability 81.0 %",
        "Merchant: Shop",
        f"{SECOND} 82.20 82.20 MYR no",
        f"{THIRD} failed: engine_timeout: not ended in time",
        "Rejected value where it was found passes sums that agree 82.20 MYR",
        f"lines {FIRST}, {SECOND} 41 0.60",
        "x 300, y 200, 80 × 20 pixels",
        "Reading stopped at the time limit",
    ):
        assert expected in text


def test_plain_text_has_no_colour_and_no_spaces_at_the_ends_of_lines() -> None:
    lines = text_of(RECEIPT).splitlines()
    assert "\x1b" not in "".join(lines)
    assert lines == [line.rstrip() for line in lines]


def test_markup_of_the_table_writer_in_a_receipt_stays_text() -> None:
    odd = candidate("[red]Shop[/red]", "[red]Shop[/red]", TOTAL_AT, Kind.HEAD)
    assert "Merchant: [red]Shop[/red]" in text_of(with_fields(merchant=field(odd, [Ballot(FIRST, odd)])))


def test_control_and_bidirectional_characters_are_shown_escaped() -> None:
    evil = "\x1b]0;owned\x07\u202eShop\udcff\r\n"
    odd = candidate(evil, evil, TOTAL_AT, Kind.HEAD)
    receipt = replace(with_fields(merchant=field(odd, [Ballot(FIRST, odd)])), file=evil)
    text = text_of(receipt)
    assert "\\x1b]0;owned\\x07\\u202eShop\\xff" in text
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize(
    ("value", "currency", "expected"),
    [("32.2", "MYR", "32.20"), ("1200", "JPY", "1200"), ("-0.125", "USD", "-0.125"), ("7", None, "7.00")],
)
def test_money_has_the_decimals_of_its_currency_and_loses_none(value: str, currency: str | None, expected: str) -> None:
    assert money(Decimal(value), currency) == expected


@pytest.mark.parametrize(
    ("probability", "expected"), [(1.0, "over 99.9 %"), (0.9712, "97.1 %"), (0.0, "under 0.1 %"), (0.001, "0.1 %")]
)
def test_a_probability_is_never_printed_as_certain(probability: float, expected: str) -> None:
    assert percentage(probability) == expected


@pytest.mark.parametrize(
    ("engine", "variant", "expected"),
    [
        (PSM_6, "default", "Tesseract, single block, light contrast"),
        (PSM_4, "default-1.5", "Tesseract, single column, light contrast, rotated by -1.5°"),
        (ALL_LINES, "plain", "RapidOCR, all lines, original grey values"),
        (EngineId(EngineFamily("another"), "fast"), "new 1", "another-fast, new 1"),
        (
            EngineId(TESSERACT, "psm6-eng", frozenset({"Latin"})),
            "default",
            "Tesseract, single block, model eng, light contrast",
        ),
    ],
)
def test_passes_are_described_in_words(engine: EngineId, variant: str, expected: str) -> None:
    assert pass_in_words(engine, variant) == expected
