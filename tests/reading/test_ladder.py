"""How much is read: the plan of each mode, and a ladder that is climbed no further than needed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import cache, partial

import pytest

from rpiocr import Settings
from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import Understanding, understand
from rpiocr.extract import Hints
from rpiocr.model import EngineId, Fields, Judgement, Pass, Stop, Verdict
from rpiocr.reading.evidence import lone_fields, whole, with_fresh
from rpiocr.reading.ladder import Climbed, climb
from rpiocr.reading.plan import FIRST, RungPlan, plan
from rpiocr.recognise.rapidocr.engine import ALL_LINES, SOME_LINES
from tests.written import PSM_6, languages, read_as

VERDICTS = {90: Verdict.ACCEPT, 60: Verdict.RETRY, 50: Verdict.RETRY, 30: Verdict.ESCALATE}

FOREVER = 3600.0


# How much a mode plans.


@pytest.mark.parametrize(("mode", "passes"), [("low", 2), ("medium", 6), ("high", 15)])
@pytest.mark.parametrize("both_engines", [True, False])
def test_the_first_rung_of_a_fixed_mode_is_its_passes_of_tesseract(
    mode: str, passes: int, *, both_engines: bool
) -> None:
    rung, *_ = plan(Settings(mode=mode), both_engines=both_engines)
    assert len(rung.tesseract) == passes
    assert rung.second == ""


@pytest.mark.parametrize("mode", ["low", "medium", "high"])
@pytest.mark.parametrize("retries", [0, 1, 2])
def test_a_fixed_mode_has_as_many_rungs_more_as_it_has_retries(mode: str, retries: int) -> None:
    assert len(plan(Settings(mode=mode, retries=retries), both_engines=True)) == 1 + retries


def test_with_both_engines_auto_reads_the_lines_that_matter_before_the_page_and_the_page_before_more_passes() -> None:
    rungs = plan(Settings(), both_engines=True)
    assert (rungs[0].tesseract, rungs[0].second) == (FIRST, "lines")
    (page,) = (number for number, rung in enumerate(rungs) if rung.second == "page")
    assert not any(rung.tesseract for rung in rungs[1:page])
    assert all(rung.tesseract and not rung.second for rung in rungs[page + 1 :])


def test_without_the_second_engine_auto_never_asks_for_it() -> None:
    rungs = plan(Settings(), both_engines=False)
    assert rungs[0].tesseract == FIRST
    assert {rung.second for rung in rungs} == {""}


@pytest.mark.parametrize("both_engines", [True, False])
def test_auto_ends_with_all_fifteen_passes(*, both_engines: bool) -> None:
    climbed = {one for rung in plan(Settings(), both_engines=both_engines) for one in rung.tesseract}
    (high, *_) = plan(Settings(mode="high"), both_engines=both_engines)
    assert climbed >= set(high.tesseract)


@pytest.mark.parametrize("mode", ["auto", "low", "medium", "high"])
@pytest.mark.parametrize("both_engines", [True, False])
def test_no_pass_is_run_twice_by_the_rungs_of_a_mode(mode: str, *, both_engines: bool) -> None:
    passes = [one for rung in plan(Settings(mode=mode), both_engines=both_engines) for one in rung.tesseract]
    assert len(set(passes)) == len(passes)


@pytest.mark.parametrize("mode", ["auto", "low", "high"])
@pytest.mark.parametrize("both_engines", [True, False])
def test_what_was_chosen_by_hand_is_run_in_one_rung_and_nothing_else(mode: str, *, both_engines: bool) -> None:
    chosen = Settings(mode=mode, variant=("sharpen", "denoise"), psm=("11", "3"))
    (rung,) = plan(chosen, both_engines=both_engines)
    assert sorted(rung.tesseract) == [("denoise", 3), ("denoise", 11), ("sharpen", 3), ("sharpen", 11)]
    assert rung.second == ""


def test_variants_chosen_by_hand_are_run_with_the_segmentation_modes_of_the_mode_and_the_other_way_round() -> None:
    (by_variant,) = plan(Settings(mode="medium", variant=("denoise",)), both_engines=False)
    assert sorted(by_variant.tesseract) == [("denoise", 4), ("denoise", 6)]
    (by_psm,) = plan(Settings(mode="low", psm=("11",)), both_engines=False)
    assert sorted(by_psm.tesseract) == [("default", 11), ("high_contrast", 11)]


# How far it is climbed.


class Scripted:
    """Evidence whose rungs bring a pass that is known beforehand, or none."""

    def __init__(self, *rungs: Pass | None) -> None:
        self.passes: tuple[Pass, ...] = ()
        self.asked: list[str] = []
        self.told: list[Fields] = []
        self._coming = iter(rungs)

    def run(self, rung: RungPlan, fields: Fields) -> tuple[str, ...]:
        """Bring the next pass."""
        self.asked.append(rung.name)
        self.told.append(fields)
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
RUNGS = tuple(RungPlan(name) for name in ("one", "two", "three"))


def climb_all(evidence: Scripted, *qualities: int, time_left: Sequence[float] = ()) -> Climbed:
    """Climb with so many seconds left at each time that the ladder asks, then with plenty."""
    clock: Iterator[float] = iter(time_left)
    return climb(RUNGS, evidence, judged(*qualities), lambda: next(clock, FOREVER))


@pytest.mark.parametrize(
    ("qualities", "asked"), [((90,), ["one"]), ((50, 90), ["one", "two"]), ((30, 50, 90), ["one", "two", "three"])]
)
def test_it_stops_at_the_first_answer_that_is_accepted(qualities: tuple[int, ...], asked: list[str]) -> None:
    evidence = Scripted(GOOD, GOOD, GOOD)
    climbed = climb_all(evidence, *qualities)
    assert (evidence.asked, climbed.stop) == (asked, Stop.SETTLED)
    assert [rung.name for rung in climbed.rungs] == asked
    assert climbed.understanding == worth(90)


def test_where_nothing_is_accepted_every_rung_is_climbed() -> None:
    climbed = climb_all(Scripted(GOOD, GOOD, GOOD), 30, 50, 60)
    assert climbed.stop is Stop.EXHAUSTED
    assert [rung.quality for rung in climbed.rungs] == [30, 50, 60]


@pytest.mark.parametrize("qualities", [(60, 30, 50), (30, 60, 50), (30, 50, 60)])
def test_the_answer_is_the_surest_of_all_rungs(qualities: tuple[int, ...]) -> None:
    climbed = climb_all(Scripted(GOOD, GOOD, GOOD), *qualities)
    assert climbed.understanding == worth(60)
    assert [rung.quality for rung in climbed.rungs] == [max(qualities[: number + 1]) for number in range(3)]


def test_between_equals_the_one_that_more_was_read_for_counts() -> None:
    early, late = worth(50), worth(50)
    answers = iter((early, late))
    climbed = climb(RUNGS[:2], Scripted(GOOD, GOOD), lambda _passes: next(answers), lambda: FOREVER)
    assert climbed.understanding is late


def test_an_answer_with_a_date_comes_before_a_surer_one_without() -> None:
    day = dt.date(2024, 3, 21)
    read = understand((read_as("TOTAL 4.00\n2024-03-20"),), 0.0, languages(), Hints(day), Judge(0.005))
    assert read.fields.date
    dated = replace(read, judgement=Judgement(30, Verdict.ESCALATE))
    for answers in ((worth(50), dated), (dated, worth(50))):
        climbed = climb(RUNGS[:2], Scripted(GOOD, GOOD), partial(next_of, iter(answers)), lambda: FOREVER)
        assert climbed.understanding is dated


def next_of(coming: Iterator[Understanding], _passes: Sequence[Pass]) -> Understanding:
    """The next answer, whatever was read."""
    return next(coming)


def test_at_the_deadline_the_best_answer_so_far_is_given() -> None:
    evidence = Scripted(GOOD, GOOD, GOOD)
    climbed = climb_all(evidence, 60, 30, 90, time_left=[5.0, 2.0, 0.0])
    assert (evidence.asked, climbed.stop) == (["one", "two"], Stop.DEADLINE)
    assert climbed.understanding == worth(60)


def test_a_deadline_during_the_last_rung_is_a_deadline_and_not_the_end_of_the_ladder() -> None:
    climbed = climb_all(Scripted(GOOD, GOOD, GOOD), 30, 50, 60, time_left=[5.0, 4.0, 3.0, 0.0])
    assert (len(climbed.rungs), climbed.stop) == (3, Stop.DEADLINE)


def test_an_answer_that_is_accepted_is_settled_though_the_time_is_over() -> None:
    assert climb_all(Scripted(GOOD), 90, time_left=[5.0, 0.0]).stop is Stop.SETTLED


def test_without_any_time_nothing_is_run_and_there_is_no_answer() -> None:
    evidence = Scripted(GOOD)
    climbed = climb_all(evidence, 90, time_left=[0.0])
    assert (evidence.asked, climbed.understanding, climbed.rungs, climbed.stop) == ([], None, (), Stop.DEADLINE)


def test_a_rung_whose_passes_all_failed_is_followed_by_the_next() -> None:
    evidence = Scripted(LOST, LOST, GOOD)
    climbed = climb_all(evidence, 90)
    assert [rung.quality for rung in climbed.rungs] == [0, 0, 90]
    assert climbed.understanding == worth(90)


def test_a_rung_that_has_nothing_to_do_is_not_told_of_and_nothing_is_thought_again() -> None:
    climbed = climb_all(Scripted(GOOD, None, GOOD), 30, 50)
    assert [(rung.name, rung.quality) for rung in climbed.rungs] == [("one", 30), ("three", 50)]


def test_every_rung_is_told_what_was_found_before_it() -> None:
    evidence = Scripted(GOOD, GOOD, GOOD)
    climb_all(evidence, 30, 50, 60)
    assert evidence.told == [Fields(), understanding().fields, understanding().fields]
    assert understanding().fields.amount


def test_where_every_pass_failed_there_is_no_answer() -> None:
    climbed = climb_all(Scripted(LOST, LOST, LOST))
    assert (climbed.understanding, climbed.stop) == (None, Stop.EXHAUSTED)


# Which values are read again by themselves.


def found_by(*engines: EngineId, text: str = "TOTAL 4.00\n21/03/2024") -> Fields:
    passes = [read_as(text, engine) for engine in engines]
    return understand(passes, 0.0, languages(), Hints(dt.date(2024, 3, 21)), Judge(0.005)).fields


@pytest.mark.parametrize("engine", [PSM_6, SOME_LINES])
def test_what_one_engine_alone_read_is_read_again(engine: EngineId) -> None:
    assert [name for name, _ in lone_fields(found_by(engine))] == ["amount", "date"]


def test_what_both_engines_read_is_not_read_again() -> None:
    assert lone_fields(found_by(PSM_6, SOME_LINES)) == ()


def test_what_was_not_found_cannot_be_read_again() -> None:
    assert [name for name, _ in lone_fields(found_by(SOME_LINES, text="TOTAL 4.00"))] == ["amount"]
    assert lone_fields(Fields()) == ()


# What becomes of a pass over some lines when the page is read.


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


def test_the_lines_that_matter_are_added_to_what_tesseract_read() -> None:
    some = read_as("TOTAL 4.00", SOME_LINES)
    assert with_fresh((GOOD,), (some,)) == (GOOD, some)
