"""An engine that does not know the script of a page still counts: its numbers get the labels of the other engines."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.cloud.engine import GOOGLE_VISION
from rpiocr.decide.confidence import Judge
from rpiocr.decide.features import is_single_engine
from rpiocr.decide.interpret import Understanding, understand
from rpiocr.decide.vetoes import NAMED_ONCE
from rpiocr.extract import Hints
from rpiocr.model import EngineId, Field, Kind, Pass, Verdict
from rpiocr.reading.evidence import as_earlier
from rpiocr.recognise.alignment import merge
from rpiocr.recognise.handover import handed_over, script_of_page, with_labels, words_of
from rpiocr.recognise.rapidocr.engine import ALL_LINES, SOME_LINES
from rpiocr.recognise.tesseract_models import Script
from tests.written import PSM_4, PSM_6, languages, read_as

KOREAN = """
푸른편의점 역삼점
2024-11-21 14:05
바나나우유       3,400
참치마요김밥     3,200
합계            ₩6,600
받은돈          10,000
"""

FIRST = KOREAN.replace("₩6,600", "46,600")
"""As the first engine reads it: the sign of the money taken for a figure."""

SECOND = """
早号王 叫召全
2024-11-21 14:05
同            3,400
召            3,200
合            6,600
号            10,000
"""
"""As the second engine reads it: the syllables taken for ideographs."""


def read(*passes: Pass) -> Understanding:
    return understand(passes, 0.0, languages(), Hints(dt.date(2024, 11, 22)), Judge(0.005))


def total_of(*passes: Pass) -> Field[Decimal]:
    found = read(*passes).fields.amount
    assert found
    return found


def test_numbers_of_an_engine_without_the_script_have_the_labels_of_the_other() -> None:
    found = total_of(read_as(KOREAN, confidence=0.9), read_as(SECOND, ALL_LINES, confidence=0.9))
    assert (found.chosen.value, found.chosen.provenance.kind) == (Decimal(6600), Kind.TOTAL)
    assert not is_single_engine(found)


def test_the_better_numbers_decide_where_the_engines_differ() -> None:
    second = read_as(SECOND, ALL_LINES, confidence=0.99)
    assert total_of(read_as(FIRST)).chosen.value == Decimal(46600)
    assert total_of(read_as(FIRST), second).chosen.value == Decimal(6600)


def test_digits_that_the_model_for_another_script_reads_better_decide_too() -> None:
    """They were read before the script was known."""
    (before,) = as_earlier([read_as(SECOND, confidence=0.99)], "eng", frozenset({Script.LATIN}))
    found = read(read_as(FIRST), before)
    assert found.languages == ("ko",)
    assert found.fields.amount
    assert found.fields.amount.chosen.value == Decimal(6600)
    assert found.fields.amount.chosen.provenance.kind is Kind.TOTAL


def test_what_an_earlier_model_did_not_read_is_no_doubt_about_what_the_chosen_one_read() -> None:
    before = as_earlier([read_as("XXXX 1.00"), read_as("XXXX 1.00", PSM_4)], "eng", frozenset({Script.LATIN}))
    # Without an item that is part of the sum, nothing proves the total.
    texts = [text.replace("3,200", "") for text in (KOREAN, SECOND)]
    both = (read_as(texts[0], confidence=0.9), read_as(texts[1], ALL_LINES, confidence=0.9))
    assert not is_single_engine(total_of(*both, *before))


def test_what_an_earlier_model_took_the_letters_for_shows_no_language() -> None:
    (before,) = as_earlier([read_as("the total of your receipt and change 5.00")], "eng", frozenset({Script.LATIN}))
    assert read(read_as(KOREAN), before).languages == ("ko",)


def test_letters_that_were_taken_for_others_name_no_shop() -> None:
    second = read_as(SECOND, ALL_LINES, confidence=0.99)
    found = read(read_as(KOREAN, confidence=0.8), second).fields.merchant
    assert found
    assert found.chosen.value.startswith("푸른편의점")


MISREAD = """
푸른편의점 역삼점
2024-11-21 14:05
바나나우유       3,400
합계                 5
"""


def test_a_word_that_one_pass_alone_has_read_is_no_proof_though_both_engines_read_the_number() -> None:
    """It says "total quantity 5"; one word of it was not read."""
    second = read_as("2024-11-21 14:05\n同 3,400\n合                  5", ALL_LINES, confidence=0.99)
    once = (read_as(MISREAD, confidence=0.99), second)
    assert read(*once).facts.script is Script.HANGUL
    assert read(*once).judgement.verdict is not Verdict.ACCEPT
    assert NAMED_ONCE in total_of(*once).vetoes
    assert NAMED_ONCE not in total_of(*once, read_as(MISREAD, PSM_4, confidence=0.99)).vetoes
    assert NAMED_ONCE not in total_of(read_as(f"{MISREAD}카드 5", confidence=0.99), second).vetoes


def test_a_label_where_the_engine_has_a_number_is_left_out() -> None:
    numbers = handed_over(read_as("合 6,600", ALL_LINES), Script.HANGUL)
    words = with_labels(numbers, merge([read_as("합계 원원원")]))
    assert [word.text for word in words] == ["6,600", "합계"]


@pytest.mark.parametrize(
    ("shown", "engine", "knows"),
    [
        (("ko", "en"), SOME_LINES, False),
        (("ru",), ALL_LINES, False),
        (("uk",), ALL_LINES, False),
        (("ja",), ALL_LINES, True),
        (("zh-Hant",), ALL_LINES, True),
        (("de", "en"), ALL_LINES, True),
        ((), ALL_LINES, True),
        (("ko",), PSM_6, True),
        (("ru",), EngineId(GOOGLE_VISION), True),
    ],
)
def test_an_engine_hands_over_no_words_of_a_script_that_it_does_not_know(
    shown: tuple[str, ...], engine: EngineId, *, knows: bool
) -> None:
    handed = handed_over(read_as("TOTAL 4.00", engine), script_of_page(shown))
    assert [word.text for word in words_of(handed)] == (["TOTAL", "4.00"] if knows else ["4.00"])


def test_all_words_of_a_pass_are_returned_in_order() -> None:
    assert [word.text for word in words_of(read_as("TOTAL 4.00\nCASH 5.00"))] == ["TOTAL", "4.00", "CASH", "5.00"]
