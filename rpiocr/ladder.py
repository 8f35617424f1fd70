"""Gathers evidence rung by rung, from the cheapest on, and stops as soon as the answer is settled."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from rpiocr.errors import EngineError, NoTextError, TimedOutError
from rpiocr.evidence import Engines, PageEvidence
from rpiocr.extract import Hints, Tables
from rpiocr.judge import Judge
from rpiocr.model import Fields, Page, Pass, Rung, Stop, Verdict
from rpiocr.plan import RungPlan, plan
from rpiocr.preprocess import Preparer, ScaleRule
from rpiocr.recognise import rapid
from rpiocr.recognise.passes import Limits, PassRunner
from rpiocr.scratch import scratch_folder
from rpiocr.settings import Settings
from rpiocr.turning import best_turn, turned
from rpiocr.understand import Seen, Understanding, understand


class Evidence(Protocol):
    """The passes of one page so far, and a way to more of them."""

    @property
    def passes(self) -> tuple[Pass, ...]:
        """Every pass that was run, failed ones included."""

    def run(self, rung: RungPlan, fields: Fields) -> tuple[str, ...]:
        """Run one rung and return the names of its passes; ``fields`` is what was found so far."""


@dataclass(frozen=True, slots=True)
class Climbed:
    """What a page comes to, and how far it went; ``understanding`` is None where every pass failed."""

    understanding: Understanding | None
    rungs: tuple[Rung, ...]
    stop: Stop


def climb(
    rungs: Sequence[RungPlan],
    evidence: Evidence,
    understand_passes: Callable[[Sequence[Pass]], Understanding],
    time_left: Callable[[], float],
    start: Climbed | None = None,
) -> Climbed:
    """Gather evidence rung by rung until the answer is accepted, all rungs are climbed or the time is over.

    The answer is the one that was surest: passes that only add noise must not cost what was read before. ``start`` is
    what was climbed of the same evidence before.
    """
    done = list(start.rungs) if start else []
    best = found = start.understanding if start else None
    for rung in rungs:
        if time_left() <= 0:
            return Climbed(best, tuple(done), Stop.DEADLINE)
        started = time.monotonic()
        names = evidence.run(rung, found.fields if found else Fields())
        if names and any(one.error is None for one in evidence.passes):
            found = understand_passes(evidence.passes)
            best = found if best is None or found.judgement.quality >= best.judgement.quality else best
        quality = best.judgement.quality if best else 0
        if names:
            done.append(Rung(rung.name, names, quality, time.monotonic() - started))
        if best and best.judgement.verdict is Verdict.ACCEPT:
            return Climbed(best, tuple(done), Stop.SETTLED)
    return Climbed(best, tuple(done), Stop.EXHAUSTED if time_left() > 0 else Stop.DEADLINE)


@dataclass(frozen=True, slots=True)
class PageRead:
    """All that was read of a page, what it comes to, and how far it went.

    ``quarters`` is by how many quarters of a turn, clockwise, the page was turned first; all boxes are in pixels of the
    turned page, of which ``preparer`` makes pictures.
    """

    preparer: Preparer
    quarters: int
    passes: tuple[Pass, ...]
    understanding: Understanding
    rungs: tuple[Rung, ...]
    stop: Stop


class Ladder:
    """Reads pages with one set of settings, rung by rung."""

    def __init__(self, settings: Settings, tables: Tables, hints: Hints, judge: Judge) -> None:
        self._settings = settings
        self._tables = tables
        self._hints = hints
        self._judge = judge
        self._both_engines = settings.engine == "auto" and rapid.is_installed()
        self._plan = plan(settings, both_engines=self._both_engines)

    def read(self, page: Page, time_left_s: float) -> PageRead:
        """Read a page within ``time_left_s``.

        Raises TimedOutError or EngineError when no pass gave anything, NoTextError for a blank page.
        """
        limits = Limits(self._settings.pass_timeout, time_left_s, self._settings.workers)
        with scratch_folder() as scratch, PassRunner(limits) as runner:
            engines = Engines(self._settings.lang, scratch, limits.worker_count())

            def begin(page: Page) -> _Climb:
                evidence = PageEvidence(runner, self._prepare(page), engines, self._tables)
                return _Climb(evidence, self._understanding_of(evidence.preparer), lambda: runner.remaining_s)

            way, quarters = begin(page), 0
            climbed = way.climb(self._plan[:1])
            if self._both_engines and _is_unread(climbed):
                quarters = self._turn_of(page, runner)
            if quarters:
                way = begin(turned(page, quarters))
                climbed = way.climb(self._plan)
            elif climbed.stop is not Stop.SETTLED:
                climbed = way.climb(self._plan[1:], climbed)
        if climbed.understanding is None:
            raise _failed(page, way.evidence.passes)
        if not climbed.understanding.reading.lines:
            message = (
                f"{page.file}: page {page.number} has no text that can be read; is it blank, or the back of a receipt?"
            )
            raise NoTextError(message)
        evidence = way.evidence
        return PageRead(
            evidence.preparer, quarters, evidence.passes, climbed.understanding, climbed.rungs, climbed.stop
        )

    def _prepare(self, page: Page) -> Preparer:
        return Preparer(page, ScaleRule(by_letters=self._settings.scale == "letters"), self._settings.recipes)

    def _understanding_of(self, preparer: Preparer) -> Callable[[Sequence[Pass]], Understanding]:
        seen: Seen = {}

        def think(passes: Sequence[Pass]) -> Understanding:
            return understand(passes, preparer.skew_deg, self._tables, self._hints, self._judge, seen)

        return think

    def _turn_of(self, page: Page, runner: PassRunner) -> int:
        """Find out which way up a page is; as it is where that cannot be told."""
        try:
            return runner.wait(runner.call(best_turn, page, self._prepare, runner.allowed_s))
        except EngineError:
            return 0


@dataclass(frozen=True, slots=True)
class _Climb:
    """The evidence of one page, one way up, and what is made of it."""

    evidence: PageEvidence
    think: Callable[[Sequence[Pass]], Understanding]
    time_left: Callable[[], float]

    def climb(self, rungs: Sequence[RungPlan], start: Climbed | None = None) -> Climbed:
        return climb(rungs, self.evidence, self.think, self.time_left, start)


def _is_unread(climbed: Climbed) -> bool:
    """Tell whether so little was read that the page may be the wrong way up."""
    found = climbed.understanding
    return climbed.stop is not Stop.DEADLINE and (
        found is None or not found.reading.lines or found.fields.amount is None or found.fields.date is None
    )


def _failed(page: Page, passes: tuple[Pass, ...]) -> TimedOutError | EngineError:
    errors = [one.error for one in passes if one.error]
    if not errors or all(error.startswith("engine_timeout") for error in errors):
        message = (
            f"{page.file}: no pass ended in time; raise --pass-timeout, --receipt-timeout or --deadline, or use a"
            " smaller picture"
        )
        return TimedOutError(message)
    return EngineError(f"{page.file}: every pass failed, the first with: {errors[0]}")
