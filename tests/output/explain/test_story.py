"""What is said of a receipt that was made by hand."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal

import pytest

from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.model import Ballot, Box, EngineFamily, EngineId, Judgement, PassId, Receipt, Source, Stop, Verdict
from rpiocr.output.explain.story import FieldStory, tell
from rpiocr.output.explain.text import write_text
from rpiocr.output.explain.words import chance, check_in_words, money, pass_in_words
from rpiocr.recognise.rapidocr.engine import ALL_LINES
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


def story_of(key: str, receipt: Receipt = RECEIPT) -> FieldStory:
    return next(one for one in tell(receipt).fields if one.key == key)


def text_of(receipt: Receipt) -> str:
    stream = io.StringIO()
    write_text(tell(receipt), stream)
    return stream.getvalue()


def joined(text: str) -> str:
    return " ".join(text.split())


def test_each_pass_is_shown_with_what_it_read_in_the_place_of_the_total_and_what_it_takes_for_it() -> None:
    first, second, third = story_of("amount").votes
    assert (first.source, first.here, first.value, first.same) == (str(FIRST), "32.20", "32.20 MYR", "yes")
    assert (second.source, second.here, second.value, second.same) == (str(SECOND), "82.20", "82.20 MYR", "no")
    assert (third.source, third.here, third.value, third.same) == (str(THIRD), "", None, "")
    assert third.error == "engine_timeout: not ended in time"


def test_a_pass_that_found_the_value_in_another_place_says_so() -> None:
    below = replace(TOTAL, box=Box(300, 300, 380, 320))
    receipt = with_fields(amount=field(TOTAL, [Ballot(FIRST, TOTAL), Ballot(SECOND, below)]))
    assert [vote.same for vote in story_of("amount", receipt).votes] == ["yes", "yes, in another place", ""]


def test_a_vote_without_its_pass_is_shown_too() -> None:
    cloud = Ballot(PassId(EngineId(GOOGLE_VISION), "page"), TOTAL)
    receipt = with_fields(amount=field(TOTAL, [Ballot(FIRST, TOTAL), cloud]))
    last = story_of("amount", receipt).votes[-1]
    assert (last.source, last.here, last.same) == ("google-vision/page", "", "yes")


def test_the_votes_are_counted_in_words() -> None:
    assert story_of("amount").reasons[0] == "1 of 3 passes found this value; 1 found another value; 1 failed."
    assert story_of("date").reasons[0] == "1 of 3 passes found this value; 1 found none; 1 failed."


def test_a_sum_that_agrees_is_a_sentence_about_the_amount() -> None:
    assert story_of("amount").sums == ("The cash given less the change is 32.20 MYR.",)


def test_a_refund_is_explained_and_its_sums_speak_of_the_amount_without_its_sign() -> None:
    back = candidate(Decimal("-5.00"), "5.00", TOTAL_AT, "total", "card", "refund")
    told = story_of("amount", with_fields(amount=field(back, [Ballot(FIRST, back)])))
    assert told.value == "-5.00 MYR"
    assert told.sums == ("The card was charged with 5.00 MYR.",)
    assert any("refund" in reason for reason in told.reasons)


def test_a_sum_without_words_of_its_own_is_named() -> None:
    assert check_in_words("tax of {all}", "3.00 EUR") == "“tax of {all}” agrees with 3.00 EUR."


def test_both_readings_of_an_open_date_are_given_with_what_decided() -> None:
    told = " ".join(story_of("date").reasons)
    assert "“04/03/24” can be read as 2024-03-04 or as 2024-04-03" in told
    assert "currency MYR" in told


def test_a_date_that_can_be_read_in_one_way_only_has_no_other_reading() -> None:
    clear = replace(DATE, value=dt.date(2024, 3, 17), checks=())
    told = story_of("date", with_fields(date=field(clear, [Ballot(FIRST, clear)])))
    assert "can be read as" not in " ".join(told.reasons)


def test_a_field_that_was_not_found_says_so_and_is_a_reason_for_the_verdict() -> None:
    told = tell(with_fields(date=None))
    assert told.fields[1].reasons == ("No pass found a date.",)
    assert any(why.startswith("No date was found") for why in told.why)


def test_five_rivals_are_told_and_the_others_counted() -> None:
    rivals = [replace(OTHER_TOTAL, value=Decimal(number)) for number in range(1, 8)]
    told = story_of("amount", with_fields(amount=field(TOTAL, [Ballot(FIRST, TOTAL)], rivals)))
    assert [rival.value for rival in told.rivals] == ["1.00 MYR", "2.00 MYR", "3.00 MYR", "4.00 MYR", "5.00 MYR"]
    assert told.more_rivals == 2


def test_a_rival_says_where_it_was_found_and_how_many_passes_wanted_it() -> None:
    (rival,) = story_of("amount").rivals
    assert (rival.value, rival.rule, rival.votes) == ("82.20 MYR", "beside a word for payment by card", 1)


@pytest.mark.parametrize("stop", list(Stop))
@pytest.mark.parametrize("source", list(Source))
def test_every_way_to_stop_and_every_source_has_a_sentence_of_its_own(stop: Stop, source: Source) -> None:
    shown = tell(replace(RECEIPT, stop=stop, source=source)).why[-2:]
    others = [tell(replace(RECEIPT, stop=a, source=b)).why[-2:] for a in Stop for b in Source]
    assert others.count(shown) == 1


@pytest.mark.parametrize(
    ("verdict", "quality", "said"),
    [
        (Verdict.ACCEPT, 84, "Quality 84 of 100 (ACCEPT is over 70)"),
        (Verdict.RETRY, 55, "Quality 55 of 100 (RETRY is 40 to 70)"),
        (Verdict.ESCALATE, 12, "Quality 12 of 100 (ESCALATE is under 40)"),
    ],
)
def test_the_verdict_is_told_with_its_quality_and_limits(verdict: Verdict, quality: int, said: str) -> None:
    assert tell(replace(RECEIPT, judgement=Judgement(quality, verdict))).why[0].startswith(said)


def test_the_text_names_values_verdicts_passes_rivals_and_steps() -> None:
    text = joined(text_of(RECEIPT))
    for said in (
        "shop.jpg: page 1 RETRY, quality 64",
        "Total: 32.20 MYR ACCEPT, chance 98.0 %",
        "Date: 2024-03-04 ACCEPT, chance 81.0 %",
        "Merchant: Shop",
        f"{SECOND} 82.20 82.20 MYR no",
        f"{THIRD} failed: engine_timeout: not ended in time",
        "Rejected value where it was found passes sums that agree 82.20 MYR",
        f"lines {FIRST}, {SECOND} 41 0.60",
        "x 300, y 200, 80 × 20 pixels",
        "No more was read, because the time was over",
    ):
        assert said in text


def test_plain_text_has_no_colour_and_no_blanks_at_the_ends_of_lines() -> None:
    lines = text_of(RECEIPT).splitlines()
    assert "\x1b" not in "".join(lines)
    assert lines == [line.rstrip() for line in lines]


def test_marks_of_the_table_writer_in_a_receipt_stay_text() -> None:
    odd = candidate("[red]Shop[/red]", "[red]Shop[/red]", TOTAL_AT, "head of the receipt")
    assert "Merchant: [red]Shop[/red]" in text_of(with_fields(merchant=field(odd, [Ballot(FIRST, odd)])))


def test_what_steers_a_terminal_or_turns_the_writing_is_shown_instead_of_done() -> None:
    evil = "\x1b]0;owned\x07\u202eShop\udcff\r\n"
    odd = candidate(evil, evil, TOTAL_AT, "head of the receipt")
    receipt = replace(with_fields(merchant=field(odd, [Ballot(FIRST, odd)])), file=evil)
    text = text_of(receipt)
    assert "\\x1b]0;owned\\x07\\u202eShop\\xff" in text
    assert all(char.isprintable() or char == "\n" for char in text)


@pytest.mark.parametrize(
    ("value", "currency", "said"),
    [("32.2", "MYR", "32.20"), ("1200", "JPY", "1200"), ("-0.125", "USD", "-0.125"), ("7", None, "7.00")],
)
def test_money_has_the_decimals_of_its_currency_and_loses_none(value: str, currency: str | None, said: str) -> None:
    assert money(Decimal(value), currency) == said


@pytest.mark.parametrize(
    ("probability", "said"), [(1.0, "over 99.9 %"), (0.9712, "97.1 %"), (0.0, "under 0.1 %"), (0.001, "0.1 %")]
)
def test_a_chance_is_never_certain(probability: float, said: str) -> None:
    assert chance(probability) == said


@pytest.mark.parametrize(
    ("engine", "variant", "said"),
    [
        (PSM_6, "default", "Tesseract, text as one block, light contrast"),
        (PSM_4, "default-1.5", "Tesseract, text as one column, light contrast, turned by -1.5°"),
        (ALL_LINES, "plain", "RapidOCR, all lines, tones as they are"),
        (EngineId(EngineFamily("another"), "fast"), "new 1", "another-fast, new 1"),
    ],
)
def test_passes_are_described_in_words(engine: EngineId, variant: str, said: str) -> None:
    assert pass_in_words(engine, variant) == said
