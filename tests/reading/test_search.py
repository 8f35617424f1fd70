"""The search for the crop and the models: which attempt is the better one, and when the search ends."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pytest

from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import Understanding, understand
from rpiocr.extract import Hints
from rpiocr.model import Judgement, Page, Stop, Verdict
from rpiocr.preprocess.crops import Crop, rotated, whole_page
from rpiocr.reading.model_choice import Models
from rpiocr.reading.search import Attempt, Hypothesis, better, search
from rpiocr.reading.stages import StagesResult
from rpiocr.recognise.tesseract_models import Script
from tests.written import languages, read_as

ENGLISH, GERMAN = Models("eng"), Models("deu")
RUSSIAN = Models("rus+eng", Script.CYRILLIC)
ARABIC = Models("eng", Script.ARABIC, missing_package="tesseract-ocr-ara")
UNREADABLE = Models("eng", missing_package="tesseract-ocr-ell")

PAGE = whole_page(Page(np.full((40, 30), 255, np.uint8), "page.png", 1, "ab"))
UPSIDE_DOWN = rotated(PAGE, 2)

WHOLE, UNDATED, BLANK = "TOTAL 4.00\n2024-03-20", "TOTAL 4.00", "nothing"


@cache
def read(text: str) -> Understanding:
    return understand((read_as(text),), 0.0, languages(), Hints(dt.date(2024, 3, 21)), Judge(0.005))


def result(text: str | None, quality: int = 50, stop: Stop = Stop.EXHAUSTED) -> StagesResult:
    """What a receipt with this text comes to; None is one on which every pass failed."""
    judgement = Judgement(quality, Verdict.ACCEPT if quality > 70 else Verdict.RETRY)
    return StagesResult(replace(read(text), judgement=judgement) if text else None, (), stop)


def tried(text: str | None, quality: int = 50, models: Models = ENGLISH, crop: Crop = PAGE) -> Attempt[None]:
    return Attempt(Hypothesis(crop, models), None, result(text, quality))


@pytest.mark.parametrize(
    ("attempt", "current", "expected"),
    [
        (tried(WHOLE, 60, GERMAN), tried(WHOLE, 50), True),
        (tried(WHOLE, 50, GERMAN), tried(WHOLE, 50), True),
        (tried(WHOLE, 40, GERMAN), tried(WHOLE, 50), False),
        (tried(WHOLE, 30, GERMAN), tried(UNDATED, 60), True),
        (tried(UNDATED, 60, GERMAN), tried(WHOLE, 30), False),
        (tried(BLANK, 0, RUSSIAN), tried(WHOLE, 60), True),
        (tried(None, models=RUSSIAN), tried(WHOLE, 60), False),
        (replace(tried(WHOLE, 60, RUSSIAN), shows_script=False), tried(WHOLE, 60), False),
        (replace(tried(WHOLE, 60, RUSSIAN), shows_script=False), tried(WHOLE, 50), True),
        (replace(tried(BLANK, 0, ARABIC, UPSIDE_DOWN), shows_script=False), tried(UNDATED, 60), False),
        (tried(BLANK, 0, crop=UPSIDE_DOWN), tried(UNDATED, 60), True),
        (tried(WHOLE, 40, crop=UPSIDE_DOWN), tried(WHOLE, 60), False),
        (tried(WHOLE, 60, crop=UPSIDE_DOWN), tried(WHOLE, 40), True),
        (tried(None, crop=UPSIDE_DOWN), tried(None), False),
        (tried(BLANK, 0, GERMAN), tried(None), True),
    ],
    ids=[
        "surer",
        "as sure",
        "less sure",
        "with a date",
        "without the date",
        "another script",
        "another script that cannot be read",
        "a script that does not show in what was read, as sure",
        "a script that does not show, but surer",
        "a script that does not show, upside down",
        "another crop, something was missing",
        "another crop, nothing was missing",
        "another crop, surer",
        "both unread",
        "the first that was read",
    ],
)
def test_the_better_of_two_attempts(attempt: Attempt[None], current: Attempt[None], *, expected: bool) -> None:
    assert better(attempt, current) is expected


@dataclass
class Tries:
    """Tries hypotheses, of which it is known what each comes to."""

    outcomes: list[StagesResult]
    asked: list[Hypothesis] = field(default_factory=list)
    given: list[Attempt[None]] = field(default_factory=list)

    def __call__(self, hypothesis: Hypothesis, current: Attempt[None]) -> Attempt[None]:
        """Return the next outcome."""
        self.asked.append(hypothesis)
        self.given.append(current)
        return Attempt(hypothesis, None, self.outcomes[len(self.asked) - 1])


@dataclass(eq=False)
class Proposes:
    """Proposes the same for every attempt, and notes which attempts it was asked about."""

    hypotheses: tuple[Hypothesis, ...] = ()
    seen: list[Attempt[None]] = field(default_factory=list)

    def __call__(self, attempt: Attempt[None]) -> Iterable[Hypothesis]:
        """Propose."""
        self.seen.append(attempt)
        return self.hypotheses


def test_a_better_hypothesis_is_what_the_next_proposals_start_from() -> None:
    first, better_one = tried(UNDATED), result(WHOLE)
    language, crop = Proposes((Hypothesis(PAGE, GERMAN),)), Proposes()
    tries = Tries([better_one])
    found = search(first, (language, crop), tries)
    assert (found.hypothesis, found.result) == (Hypothesis(PAGE, GERMAN), better_one)
    assert language.seen == [first]
    assert crop.seen == [found]
    assert tries.given == [first]


def test_a_worse_hypothesis_changes_nothing_not_even_what_is_missing() -> None:
    first = tried(WHOLE, 60)
    worse = Hypothesis(UPSIDE_DOWN, UNREADABLE)
    assert search(first, (Proposes((worse,)),), Tries([result(UNDATED)])) == first


def test_what_was_asked_about_an_attempt_is_not_asked_about_it_again() -> None:
    language, crop = Proposes(), Proposes()
    first = tried(WHOLE)
    assert search(first, (language, crop, language), Tries([])) == first
    assert (language.seen, crop.seen) == ([first], [first])


def test_the_language_is_asked_for_again_where_another_crop_is_read() -> None:
    language, crop = Proposes(), Proposes((Hypothesis(UPSIDE_DOWN, ENGLISH),))
    first = tried(UNDATED)
    found = search(first, (language, crop, language), Tries([result(WHOLE)]))
    assert found.hypothesis.crop is UPSIDE_DOWN
    assert language.seen == [first, found]


def test_a_package_that_is_missing_is_noted_without_reading_again() -> None:
    first = tried(WHOLE)
    tries = Tries([])
    found = search(first, (Proposes((Hypothesis(PAGE, UNREADABLE),)),), tries)
    assert tries.asked == []
    assert found.hypothesis.models.missing_package == "tesseract-ocr-ell"
    assert found.result is first.result


def test_a_package_that_was_missing_for_one_crop_is_not_noted_for_another() -> None:
    language = Proposes((Hypothesis(PAGE, UNREADABLE),))
    crop = Proposes((Hypothesis(UPSIDE_DOWN, ENGLISH),))
    found = search(tried(UNDATED), (language, crop), Tries([result(WHOLE)]))
    assert found.hypothesis.models.missing_package is None


def test_every_hypothesis_of_a_proposal_is_tried() -> None:
    several = Proposes((Hypothesis(PAGE, GERMAN), Hypothesis(PAGE, RUSSIAN)))
    tries = Tries([result(WHOLE, 40), result(WHOLE, 55)])
    found = search(tried(WHOLE, 50), (several,), tries)
    assert [one.models for one in tries.asked] == [GERMAN, RUSSIAN]
    assert found.hypothesis.models == RUSSIAN


def test_when_the_time_is_over_nothing_more_is_proposed() -> None:
    late = Attempt(Hypothesis(PAGE, ENGLISH), None, result(UNDATED, stop=Stop.DEADLINE))
    asked = Proposes((Hypothesis(PAGE, GERMAN),))
    assert search(late, (asked, asked), Tries([])) == late
    assert asked.seen == []
