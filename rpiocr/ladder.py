"""Gathers evidence rung by rung, from the cheapest on, and stops as soon as the answer is settled."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from rpiocr.errors import EngineError, NoTextError, TimedOutError
from rpiocr.extract import Hints, Tables
from rpiocr.focus import sort_lines
from rpiocr.judge import Judge
from rpiocr.model import Page, Pass, Rung, Stop, Verdict
from rpiocr.plan import RungPlan, Step, plan
from rpiocr.preprocess import PLAIN, Preparer
from rpiocr.recognise import rapid
from rpiocr.recognise.boxes import Quad
from rpiocr.recognise.passes import Limits, PassRunner
from rpiocr.recognise.tesseract import Psm, Tesseract
from rpiocr.scratch import scratch_folder
from rpiocr.settings import Settings
from rpiocr.understand import Seen, Understanding, understand

WHOLE = "rapidocr-page"
SOME = "rapidocr-lines"


@dataclass(frozen=True, slots=True)
class Climbed:
    """All that was read of a page, what it comes to, and how far it went."""

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
        self._plan = plan(settings, both_engines=settings.engine == "auto" and rapid.is_installed())

    def climb(self, page: Page, preparer: Preparer, time_left_s: float) -> Climbed:
        """Read a page until its answer is settled, all rungs are climbed or ``time_left_s`` is over.

        Raises TimedOutError or EngineError when no pass gave anything, NoTextError for a blank page.
        """
        limits = Limits(self._settings.pass_timeout, time_left_s, self._settings.workers)
        rungs: list[Rung] = []
        stop = Stop.EXHAUSTED
        understanding = None
        seen: Seen = {}
        with scratch_folder() as scratch, PassRunner(limits) as runner:
            read = _PageReading(runner, preparer, self._settings.lang, scratch, limits.worker_count(), self._tables)
            for step in self._plan:
                if runner.remaining_s <= 0:
                    stop = Stop.DEADLINE
                    break
                started = time.monotonic()
                names = read.run(step)
                if any(one.error is None for one in read.passes):
                    understanding = understand(
                        read.passes, preparer.skew_deg, self._tables, self._hints, self._judge, seen
                    )
                quality = understanding.judgement.quality if understanding else 0
                rungs.append(Rung(step.name, names, quality, time.monotonic() - started))
                if understanding and understanding.judgement.verdict is Verdict.ACCEPT:
                    stop = Stop.SETTLED
                    break
        if understanding is None:
            raise _failed(page, read.passes)
        if not understanding.reading.lines:
            message = (
                f"{page.file}: page {page.number} has no text that can be read; is it blank, or the back of a receipt?"
            )
            raise NoTextError(message)
        return Climbed(read.passes, understanding, tuple(rungs), stop)


class _PageReading:
    """The passes of one page so far, and what the second engine has found on it."""

    def __init__(
        self, runner: PassRunner, preparer: Preparer, languages: str, scratch: Path, threads: int, tables: Tables
    ) -> None:
        self.passes: tuple[Pass, ...] = ()
        self._runner = runner
        self._preparer = preparer
        self._languages = languages
        self._scratch = scratch
        self._threads = threads
        self._tables = tables
        self._unread: tuple[Quad, ...] = ()
        self._second_lost = False

    def run(self, rung: RungPlan) -> tuple[str, ...]:
        """Run one rung and return the names of its passes."""
        looking = self._look() if rung.second == "lines" else None
        fresh = self._run_tesseract(rung.tesseract)
        self.passes += fresh
        second = self._read_lines(looking, fresh) if looking else self._read_rest() if rung.second == "page" else None
        if second:
            fresh += (second,)
            self.passes = (*(one for one in self.passes if one.engine != SOME or one.error), second)
        return tuple(one.name for one in fresh)

    def _run_tesseract(self, step: Step) -> tuple[Pass, ...]:
        engines = [(variant, Tesseract(Psm(psm), self._languages, self._scratch)) for variant, psm in step]
        return self._runner.run(engines, self._preparer.make)

    def _look(self) -> Future[tuple[Quad, ...]]:
        """Find the lines while Tesseract reads."""
        return self._runner.call(rapid.find_lines, self._preparer.make(PLAIN), self._runner.allowed_s)

    def _read_lines(self, looking: Future[tuple[Quad, ...]], fresh: Sequence[Pass]) -> Pass | None:
        """Read the lines that matter; all of them where the first pass failed and cannot tell which do."""
        try:
            quads = self._runner.wait(looking)
        except EngineError as error:
            self._second_lost = True
            return Pass(SOME, PLAIN, (), 0.0, f"{error.code}: {error}")
        guide = next((one for one in fresh if one.error is None), None)
        if guide is None:
            return self._read(WHOLE, quads)
        lines = sort_lines(
            quads, self._preparer.make(PLAIN).to_page, guide, self._preparer.skew_deg, self._tables
        )
        self._unread = lines.rest
        return self._read(SOME, lines.first)

    def _read_rest(self) -> Pass | None:
        """Read the lines that were left out, and join them to those that were read."""
        if self._second_lost or not self._unread:
            return None
        rest = self._read(WHOLE, self._unread)
        before = next((one for one in self.passes if one.engine == SOME and one.error is None), None)
        if rest.error or before is None:
            return rest
        return Pass(WHOLE, PLAIN, (*before.lines, *rest.lines), before.elapsed_s + rest.elapsed_s)

    def _read(self, name: str, quads: tuple[Quad, ...]) -> Pass:
        engine = rapid.LineReader(quads, self._threads, name)
        return self._runner.wait(self._runner.start(engine, self._preparer.make(PLAIN)))


def _failed(page: Page, passes: tuple[Pass, ...]) -> TimedOutError | EngineError:
    errors = [one.error for one in passes if one.error]
    if not errors or all(error.startswith("engine_timeout") for error in errors):
        message = (
            f"{page.file}: no pass ended in time; raise --pass-timeout, --receipt-timeout or --deadline, or use a"
            " smaller picture"
        )
        return TimedOutError(message)
    return EngineError(f"{page.file}: every pass failed, the first with: {errors[0]}")
