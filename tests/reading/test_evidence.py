"""Which values are read again by themselves, and what a pass of the whole page replaces."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import understand
from rpiocr.extract import Hints
from rpiocr.model import EngineId, Fields, Pass
from rpiocr.reading.evidence import as_earlier, single_engine_fields, whole, with_fresh
from rpiocr.recognise.rapidocr.engine import ALL_LINES, SOME_LINES
from rpiocr.recognise.tesseract_models import Script
from tests.written import PSM_6, languages, read_as

GOOD = read_as("TOTAL 4.00")
LOST = Pass(PSM_6, "default", (), 0.1, "engine_failed: no room")


def found_by(*engines: EngineId, text: str = "TOTAL 4.00\n21/03/2024") -> Fields:
    passes = [read_as(text, engine) for engine in engines]
    return understand(passes, 0.0, languages(), Hints(dt.date(2024, 3, 21)), Judge(0.005)).fields


@pytest.mark.parametrize("engine", [PSM_6, SOME_LINES])
def test_what_one_engine_alone_read_is_read_again(engine: EngineId) -> None:
    assert [name for name, _ in single_engine_fields(found_by(engine))] == ["amount", "date"]


def test_what_both_engines_read_is_not_read_again() -> None:
    assert single_engine_fields(found_by(PSM_6, SOME_LINES)) == ()


def test_what_was_not_found_cannot_be_read_again() -> None:
    assert [name for name, _ in single_engine_fields(found_by(SOME_LINES, text="TOTAL 4.00"))] == ["amount"]
    assert single_engine_fields(Fields()) == ()


def test_a_pass_of_the_whole_page_takes_the_place_of_the_one_of_some_lines() -> None:
    some, rest = read_as("TOTAL 4.00", SOME_LINES), read_as("THANK YOU", ALL_LINES)
    page = whole((GOOD, some), rest)
    assert page.engine == ALL_LINES
    assert sorted(line.text for line in page.lines) == ["THANK YOU", "TOTAL 4.00"]
    assert page.elapsed_s == pytest.approx(some.elapsed_s + rest.elapsed_s)
    assert with_fresh((GOOD, some), (page,)) == (GOOD, page)


def test_a_page_that_could_not_be_read_leaves_the_lines_that_were() -> None:
    some, failed = read_as("TOTAL 4.00", SOME_LINES), replace(LOST, engine=ALL_LINES)
    assert with_fresh((GOOD, some), (failed,)) == (GOOD, some, failed)


def test_lines_that_could_not_be_read_are_still_said_when_the_rest_of_the_page_was() -> None:
    failed, rest = replace(LOST, engine=SOME_LINES), read_as("THANK YOU", ALL_LINES)
    assert whole((GOOD, failed), rest) == rest
    assert with_fresh((GOOD, failed), (rest,)) == (GOOD, failed, rest)


def test_what_was_read_with_one_model_stays_beside_what_another_reads() -> None:
    other = read_as("TOTAL 4.00", ALL_LINES)
    (kept,) = as_earlier((GOOD, LOST, other, replace(GOOD, field="amount")), "eng", frozenset({Script.LATIN}))
    assert (kept.name, kept.lines, kept.is_earlier) == ("tesseract-psm6-eng/default", GOOD.lines, True)
    assert not kept.engine.knows(Script.CYRILLIC)
    assert kept.engine.knows(Script.LATIN)
    assert as_earlier((kept,), "rus+eng", frozenset({Script.CYRILLIC, Script.LATIN})) == ()


def test_the_lines_that_matter_are_added_to_what_tesseract_read() -> None:
    some = read_as("TOTAL 4.00", SOME_LINES)
    assert with_fresh((GOOD,), (some,)) == (GOOD, some)
