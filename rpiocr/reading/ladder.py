"""Gathers evidence rung by rung, from the cheapest on, and stops as soon as the answer is settled."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import Seen, Understanding, understand
from rpiocr.errors import EngineError, NoTextError, TimedOutError
from rpiocr.extract import Hints, Languages
from rpiocr.model import EngineKind, Fields, Page, Pass, Rung, Stop, Verdict
from rpiocr.preprocess import Preparer, ScaleRule
from rpiocr.preprocess.crops import View, turned
from rpiocr.reading.evidence import Engines, PageEvidence
from rpiocr.reading.model_choice import Models, are_words_known, models_by_script, models_by_words
from rpiocr.reading.orientation import best_view
from rpiocr.reading.plan import RungPlan, plan
from rpiocr.recognise.passes import Limits, PassRunner
from rpiocr.recognise.registry import LOCAL
from rpiocr.recognise.tesseract_models import AUTO, BASE, combined, needed
from rpiocr.settings import Settings
from rpiocr.system.scratch import scratch_folder

SCRIPT_VARIANTS = ("default", "high_contrast")
"""Variants whose lines tell the script: where grain leaves none of the first to be read, the second still has some."""


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

    The answer is the one that has both total and date, and of those the surest: passes that only add noise must not
    cost what was read before. ``start`` is what was climbed of the same evidence before.
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
            best = found if _worth(found) >= _worth(best) else best
        quality = best.judgement.quality if best else 0
        if names:
            done.append(Rung(rung.name, names, quality, time.monotonic() - started))
        if best and best.judgement.verdict is Verdict.ACCEPT:
            return Climbed(best, tuple(done), Stop.SETTLED)
    return Climbed(best, tuple(done), Stop.EXHAUSTED if time_left() > 0 else Stop.DEADLINE)


@dataclass(frozen=True, slots=True)
class PageRead:
    """All that was read of a page, what it comes to, and how far it went.

    All boxes are in pixels of the page of ``view``, of which ``preparer`` makes pictures. ``missing_package`` would
    install a model that reads the page's language.
    """

    view: View
    preparer: Preparer
    passes: tuple[Pass, ...]
    understanding: Understanding
    rungs: tuple[Rung, ...]
    stop: Stop
    missing_package: str | None


class Ladder:
    """Reads pages with one set of settings, rung by rung."""

    def __init__(self, settings: Settings, languages: Languages, hints: Hints, judge: Judge) -> None:
        self._settings = settings
        self._languages = languages
        self._hints = hints
        self._judge = judge
        self._both_engines = settings.engine == "auto" and len(LOCAL.installed(EngineKind.LOCAL)) > 1
        self._plan = plan(settings, both_engines=self._both_engines)

    def read(self, view: View, page: View, time_left_s: float) -> PageRead:
        """Read one receipt in its view within ``time_left_s``, or in a better one; ``page`` is the whole page.

        Raises TimedOutError or EngineError when no pass gave anything, NoTextError for a blank page.
        """
        limits = Limits(self._settings.pass_timeout, time_left_s, self._settings.workers)
        with scratch_folder() as scratch, PassRunner(limits) as runner:
            tools = _Tools(runner, scratch, limits.worker_count())
            models = Models(combined(needed(self._settings.lang)))
            way = self._begin(tools, view, models)
            climbed = way.climb(self._plan[:1])
            # The language is told again where another view of the page shows what stands on it.
            for find_other in (self._in_its_language, self._in_another_view, self._in_its_language):
                other_way = find_other(tools, way, climbed, page) if climbed.stop is not Stop.DEADLINE else None
                if other_way is None:
                    continue
                models = other_way.models
                if other_way.evidence is way.evidence:
                    continue
                other = other_way.climb(self._plan[:1])
                # What was read upside down, or in the wrong letters, may well look better than it is.
                sure = not models.latin or (other_way.view is not way.view and _lacks_something(climbed))
                if other.understanding and (sure or _worth(other.understanding) >= _worth(climbed.understanding)):
                    way, climbed = other_way, other
            if climbed.stop is not Stop.SETTLED:
                climbed = way.climb(self._plan[1:], climbed)
        if climbed.understanding is None:
            raise _failed(page.page, way.evidence.passes)
        if not climbed.understanding.reading.lines:
            raise no_text(page.page)
        evidence, found = way.evidence, climbed.understanding
        return PageRead(
            way.view, evidence.preparer, evidence.passes, found, climbed.rungs, climbed.stop, models.missing_package
        )

    def _begin(self, tools: _Tools, view: View, models: Models) -> _Way:
        engines = Engines(models.codes, tools.scratch, tools.threads, all_lines=not models.latin)
        evidence = PageEvidence(tools.runner, self._prepare(view), engines, self._languages)
        think = self._understanding_of(evidence.preparer, view)
        return _Way(view, models, evidence, think, lambda: tools.runner.remaining_s)

    def _prepare(self, view: View) -> Preparer:
        rule = ScaleRule(by_letters=self._settings.scale == "letters")
        return Preparer(view.page, rule, self._settings.recipes, view.rows)

    def _understanding_of(self, preparer: Preparer, view: View) -> Callable[[Sequence[Pass]], Understanding]:
        seen: Seen = {}

        def think(passes: Sequence[Pass]) -> Understanding:
            return understand(
                passes,
                preparer.skew_deg,
                self._languages,
                self._hints,
                self._judge,
                seen,
                mixed=view.mixed,
                photo=view.is_photo,
            )

        return think

    def _in_its_language(self, tools: _Tools, way: _Way, climbed: Climbed, _page: View) -> _Way | None:
        """Read with the models that the page asks for; None where those are in use, or nothing tells.

        Where better models are not installed, it is the same way, which knows them.
        """
        if self._settings.lang != AUTO:
            return None
        models = models_by_words(way.evidence.passes, self._languages)
        settled = climbed.stop is Stop.SETTLED
        if models and models.codes == way.models.codes != BASE:
            return None
        if self._asks_for_script(way, climbed, models):
            models = self._by_script(tools, way, models) or models
        # Latin letters are read well enough by any model to believe what is settled.
        if models is None or (models.latin and settled):
            return None
        if models.codes == way.models.codes and not models.quarters:
            return replace(way, models=models) if models.missing_package else None
        return self._begin(tools, turned(way.view, models.quarters), models)

    def _asks_for_script(self, way: _Way, climbed: Climbed, models: Models | None) -> bool:
        """Whether to detect the script: the models by words are not for Latin letters, or nothing was understood.

        Hangul that no model knew comes out as ideographs: characters other than Latin ones are looked at once more.
        """
        if self._settings.variant or self._settings.psm:
            return False
        if models is not None and not models.latin:
            return True
        return climbed.stop is not Stop.SETTLED and not self._is_understood(way, climbed)

    def _is_understood(self, way: _Way, climbed: Climbed) -> bool:
        """Tell whether what was read surely shows a language, and a word of it says which amount is the total.

        Cyrillic letters make words for a model that has only Latin ones, and VISA stands on every receipt.
        """
        total = climbed.understanding.fields.amount if climbed.understanding else None
        is_named = total is not None and total.chosen.provenance.names_total
        return is_named and are_words_known(way.evidence.passes, self._languages)

    def _by_script(self, tools: _Tools, way: _Way, by_words: Models | None) -> Models | None:
        pictures, runner = map(way.evidence.preparer.make, SCRIPT_VARIANTS), tools.runner
        try:
            work = (pictures, by_words, runner.allowed_s, tools.scratch, runner.cancellation)
            return runner.wait(runner.call(models_by_script, *work))
        except EngineError:
            return None

    def _in_another_view(self, tools: _Tools, way: _Way, climbed: Climbed, page: View) -> _Way | None:
        """Find out how a receipt has to be looked at; None where it is right as it is, or that cannot be told."""
        if not self._both_engines or climbed.stop is Stop.SETTLED or not _is_unread(climbed):
            return None
        runner = tools.runner
        try:
            work = (way.view, page, self._prepare, runner.allowed_s, runner.cancellation)
            best = runner.wait(runner.call(best_view, *work))
        except EngineError:
            return None
        return None if best is way.view else self._begin(tools, best, way.models)


@dataclass(frozen=True, slots=True)
class _Tools:
    """What a page is read with: who runs passes, where files go, and how many lines are read at once."""

    runner: PassRunner
    scratch: Path
    threads: int


@dataclass(frozen=True, slots=True)
class _Way:
    """One way to look at a page, with one set of models: its evidence, and what is made of it."""

    view: View
    models: Models
    evidence: PageEvidence
    think: Callable[[Sequence[Pass]], Understanding]
    time_left: Callable[[], float]

    def climb(self, rungs: Sequence[RungPlan], start: Climbed | None = None) -> Climbed:
        """Climb rungs; see the function of this name."""
        return climb(rungs, self.evidence, self.think, self.time_left, start)


def _worth(found: Understanding | None) -> tuple[int, int]:
    """How much was found of total and date, then how sure it is.

    What lacks one of them is not compared with what has both by quality alone: the judge caps the first at what would
    be in doubt, and may think less of a date that few passes read.
    """
    if found is None:
        return -1, -1
    return sum(field is not None for field in (found.fields.amount, found.fields.date)), found.judgement.quality


def _is_unread(climbed: Climbed) -> bool:
    """Tell whether so little was read that the page may be the wrong way up."""
    found = climbed.understanding
    return found is None or _lacks_something(climbed) or found.judgement.verdict is Verdict.ESCALATE


def _lacks_something(climbed: Climbed) -> bool:
    """Tell whether no total or no date was found."""
    return _worth(climbed.understanding)[0] < 2


def no_text(page: Page) -> NoTextError:
    """Make the error for a page on which nothing can be read."""
    return NoTextError(
        f"{page.file}: page {page.number} has no text that can be read; is it blank, or the back of a receipt?"
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
