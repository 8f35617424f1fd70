"""Stages are run no further than needed, and the best answer counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial

import pytest

from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import Understanding, understand
from rpiocr.extract import Hints
from rpiocr.model import Fields, Judgement, Pass, Stop, Verdict
from rpiocr.reading.plan import Stage
from rpiocr.reading.stages import StagesResult, run_item_stages, run_stages
from tests.written import PSM_6, languages, read_as

VERDICTS = {90: Verdict.ACCEPT, 60: Verdict.RETRY, 50: Verdict.RETRY, 30: Verdict.ESCALATE}

FOREVER = 3600.0


class Scripted:
    """Evidence whose stages bring a pass that is known beforehand, or none."""

    def __init__(self, *rungs: Pass | None) -> None:
        self.passes: tuple[Pass, ...] = ()
        self.asked: list[str] = []
        self.given: list[Fields] = []
        self._coming = iter(rungs)

    def run(self, stage: Stage, fields: Fields) -> tuple[str, ...]:
        """Bring the next pass."""
        self.asked.append(stage.name)
        self.given.append(fields)
        fresh = next(self._coming)
        if fresh is None:
            return ()
        self.passes += (fresh,)
        return (fresh.name,)


@cache
def understanding() -> Understanding:
    return understand((read_as("TOTAL 4.00"),), 0.0, languages(), Hints(dt.date(2024, 3, 21)), Judge(0.005))


def worth(quality: int) -> Understanding:
    return replace(understanding(), judgement=Judgement(quality, VERDICTS[quality]))


def judged(*qualities: int) -> Callable[[Sequence[Pass]], Understanding]:
    """Answers of these qualities, one after the other."""
    coming = iter(qualities)
    return lambda _passes: worth(next(coming))


GOOD = read_as("TOTAL 4.00")
LOST = Pass(PSM_6, "default", (), 0.1, "engine_failed: no room")
STAGES = tuple(Stage(name) for name in ("one", "two", "three"))


def run_all(evidence: Scripted, *qualities: int, time_left: Sequence[float] = ()) -> StagesResult:
    """Run all stages with these seconds left each time that they are asked for, then with plenty."""
    clock: Iterator[float] = iter(time_left)
    return run_stages(STAGES, evidence, judged(*qualities), lambda: next(clock, FOREVER))


@pytest.mark.parametrize(
    ("qualities", "asked"), [((90,), ["one"]), ((50, 90), ["one", "two"]), ((30, 50, 90), ["one", "two", "three"])]
)
def test_it_stops_at_the_first_answer_that_is_accepted(qualities: tuple[int, ...], asked: list[str]) -> None:
    evidence = Scripted(GOOD, GOOD, GOOD)
    result = run_all(evidence, *qualities)
    assert (evidence.asked, result.stop) == (asked, Stop.SETTLED)
    assert [rung.name for rung in result.rungs] == asked
    assert result.understanding == worth(90)


def test_where_nothing_is_accepted_every_stage_is_run() -> None:
    result = run_all(Scripted(GOOD, GOOD, GOOD), 30, 50, 60)
    assert result.stop is Stop.EXHAUSTED
    assert [rung.quality for rung in result.rungs] == [30, 50, 60]


@pytest.mark.parametrize("qualities", [(60, 30, 50), (30, 60, 50), (30, 50, 60)])
def test_the_answer_is_the_surest_of_all_stages(qualities: tuple[int, ...]) -> None:
    result = run_all(Scripted(GOOD, GOOD, GOOD), *qualities)
    assert result.understanding == worth(60)
    assert [rung.quality for rung in result.rungs] == [max(qualities[: number + 1]) for number in range(3)]


def test_between_equals_the_one_that_more_was_read_for_counts() -> None:
    early, late = worth(50), worth(50)
    answers = iter((early, late))
    result = run_stages(STAGES[:2], Scripted(GOOD, GOOD), lambda _passes: next(answers), lambda: FOREVER)
    assert result.understanding is late


def test_an_answer_with_a_date_comes_before_a_surer_one_without() -> None:
    day = dt.date(2024, 3, 21)
    read = understand((read_as("TOTAL 4.00\n2024-03-20"),), 0.0, languages(), Hints(day), Judge(0.005))
    assert read.fields.date
    dated = replace(read, judgement=Judgement(30, Verdict.ESCALATE))
    for answers in ((worth(50), dated), (dated, worth(50))):
        result = run_stages(STAGES[:2], Scripted(GOOD, GOOD), partial(next_of, iter(answers)), lambda: FOREVER)
        assert result.understanding is dated


def next_of(coming: Iterator[Understanding], _passes: Sequence[Pass]) -> Understanding:
    """The next answer, whatever was read."""
    return next(coming)


def test_at_the_deadline_the_best_answer_so_far_is_given() -> None:
    evidence = Scripted(GOOD, GOOD, GOOD)
    result = run_all(evidence, 60, 30, 90, time_left=[5.0, 2.0, 0.0])
    assert (evidence.asked, result.stop) == (["one", "two"], Stop.DEADLINE)
    assert result.understanding == worth(60)


def test_a_deadline_during_the_last_stage_is_a_deadline_and_not_the_end_of_the_plan() -> None:
    result = run_all(Scripted(GOOD, GOOD, GOOD), 30, 50, 60, time_left=[5.0, 4.0, 3.0, 0.0])
    assert (len(result.rungs), result.stop) == (3, Stop.DEADLINE)


def test_an_answer_that_is_accepted_is_settled_though_the_time_is_over() -> None:
    assert run_all(Scripted(GOOD), 90, time_left=[5.0, 0.0]).stop is Stop.SETTLED


def test_without_any_time_nothing_is_run_and_there_is_no_answer() -> None:
    evidence = Scripted(GOOD)
    result = run_all(evidence, 90, time_left=[0.0])
    assert (evidence.asked, result.understanding, result.rungs, result.stop) == ([], None, (), Stop.DEADLINE)


def test_a_stage_whose_passes_all_failed_is_followed_by_the_next() -> None:
    evidence = Scripted(LOST, LOST, GOOD)
    result = run_all(evidence, 90)
    assert [rung.quality for rung in result.rungs] == [0, 0, 90]
    assert result.understanding == worth(90)


def test_a_stage_that_has_nothing_to_do_is_not_reported_and_nothing_is_interpreted_again() -> None:
    result = run_all(Scripted(GOOD, None, GOOD), 30, 50)
    assert [(rung.name, rung.quality) for rung in result.rungs] == [("one", 30), ("three", 50)]


def test_every_stage_is_given_what_was_found_before_it() -> None:
    evidence = Scripted(GOOD, GOOD, GOOD)
    run_all(evidence, 30, 50, 60)
    assert evidence.given == [Fields(), understanding().fields, understanding().fields]
    assert understanding().fields.amount


def test_where_every_pass_failed_there_is_no_answer() -> None:
    result = run_all(Scripted(LOST, LOST, LOST))
    assert (result.understanding, result.stop) == (None, Stop.EXHAUSTED)


RECEIPT = "SHOP\nBREAD 2.50\nMILK 1.20\nTOTAL GBP 3.70\nCARD 3.70\n12/11/2026 14:05"
WITHOUT_MILK = RECEIPT.replace("MILK 1.20\n", "")


def with_sure_total(text: str, confidence: float) -> Understanding:
    """A reading whose total is accepted."""
    read = understand((read_as(text, confidence=confidence),), 0.0, languages(), Hints(), Judge(0.005))
    assert read.fields.amount
    total = replace(read.fields.amount, verdict=Verdict.ACCEPT)
    return replace(read, fields=replace(read.fields, amount=total))


CLEAR, PALE, LACKING = (RECEIPT, 0.97), (RECEIPT, 0.7), (WITHOUT_MILK, 0.97)


@pytest.mark.parametrize(
    ("answer", "later", "kept", "asked"),
    [
        (CLEAR, (), 0, []),
        (LACKING, (CLEAR,), 1, ["one"]),
        (LACKING, (LACKING, LACKING, LACKING), 3, ["one", "two", "three"]),
        (PALE, (CLEAR,), 1, ["one"]),
        (PALE, (LACKING, LACKING, LACKING), 0, ["one", "two", "three"]),
        (LACKING, (PALE, LACKING, LACKING), 1, ["one", "two", "three"]),
    ],
)
def test_items_that_were_proved_are_not_lost_by_reading_more_for_their_descriptions(
    answer: tuple[str, float], later: tuple[tuple[str, float], ...], kept: int, asked: list[str]
) -> None:
    readings = [with_sure_total(text, confidence) for text, confidence in (answer, *later)]
    coming = iter(readings[1:])
    evidence = Scripted(GOOD, GOOD, GOOD)
    found, rungs = run_item_stages(STAGES, evidence, lambda _passes: next(coming), lambda: FOREVER, readings[0])
    assert found is readings[kept]
    assert evidence.asked == [rung.name for rung in rungs] == asked


def test_nothing_is_read_for_the_items_once_the_time_is_over() -> None:
    answer, evidence = with_sure_total(*LACKING), Scripted()
    assert run_item_stages(STAGES, evidence, judged(), lambda: 0.0, answer) == (answer, ())
    assert evidence.asked == []
