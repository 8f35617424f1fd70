"""Reads a receipt: searches for the crop and the models to read it with, then runs stages until the answer is accepted.

``plan`` orders the stages by their cost, ``stages`` runs them, ``search`` tries hypotheses by the first of them.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from rpiocr.decide.code_witness import proved_purchase
from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import Understanding
from rpiocr.errors import EngineError, NoTextError, TimedOutError
from rpiocr.extract import Hints, Languages
from rpiocr.model import Page, Pass, Rung, Stop, Verdict
from rpiocr.preprocess import Preparer, ScaleRule
from rpiocr.preprocess.crops import Crop
from rpiocr.preprocess.rows import find_rows
from rpiocr.reading.crop_reader import CropReader, Interpreter
from rpiocr.reading.evidence import Engines, PageEvidence, as_earlier
from rpiocr.reading.model_choice import Models, models_of_country, shows_script
from rpiocr.reading.page_coordinates import codes_on
from rpiocr.reading.plan import TEXT, ReadingPlan, Stage
from rpiocr.reading.proposals import Proposals, ReadContext
from rpiocr.reading.search import Attempt, Hypothesis, search
from rpiocr.reading.stages import run_item_stages
from rpiocr.reading.text_layer import TextReading, Trial, read_text
from rpiocr.reading.witnesses import Witnesses
from rpiocr.recognise.passes import Limits, PassRunner
from rpiocr.recognise.tesseract import Psm, Tesseract
from rpiocr.recognise.tesseract_models import AUTO, BASE, combined, needed
from rpiocr.system.scratch import scratch_folder


@dataclass(frozen=True, slots=True)
class PageRead:
    """Everything that was read of a receipt, the result, and the stages that were run.

    All boxes are in pixels of the page of ``crop``, from which ``preparer`` makes images. ``of_items`` is the reading
    that the items are taken from: that of more passes, if some were run for them. ``missing_package`` would install a
    model for the page's language. ``witnesses`` is what was known besides.
    """

    crop: Crop
    preparer: Preparer
    passes: tuple[Pass, ...]
    understanding: Understanding
    of_items: Understanding
    rungs: tuple[Rung, ...]
    stop: Stop
    missing_package: str | None
    witnesses: Witnesses

    @property
    def is_exact(self) -> bool:
        """Whether all that was read are the characters of the file, which no other pass can read better."""
        return all(one.engine.family.exact for one in self.passes)


class Ladder:
    """Reads receipts by one plan, stage by stage."""

    def __init__(self, plan: ReadingPlan, languages: Languages, hints: Hints, judge: Judge) -> None:
        self._plan = plan
        self._interpreter = Interpreter(languages, hints, judge)

    def read_text(self, page: Crop, time_left_s: float, witnesses: Witnesses | None = None) -> PageRead | None:
        """Read a whole page by the text of its PDF; None if it has none, or the picture does not show that it holds.

        No other pass is run then. Not if passes were chosen by hand.
        """
        if self._plan.by_hand or not page.page.text or page.to_page.steps:
            return None
        started, beside = time.monotonic(), witnesses or Witnesses()
        page = replace(page, rows=find_rows(page.page.pixels))
        codes = tuple(code.found.box for code in beside.codes)
        understand = self._interpreter.beside(beside).of_text
        limits = Limits(self._plan.pass_s, time_left_s, self._plan.workers)
        with scratch_folder() as scratch, PassRunner(limits) as runner:
            tesseract = Tesseract(Psm.UNIFORM_BLOCK, BASE, scratch, cancellation=runner.cancellation)
            found = read_text(page.page, page.rows, codes, understand, Trial(tesseract, runner))
        return self._by_text(page, found, time.monotonic() - started, beside) if found else None

    def _by_text(self, page: Crop, found: TextReading, elapsed_s: float, witnesses: Witnesses) -> PageRead:
        understanding, judgement = found.understanding, found.understanding.judgement
        stop = Stop.SETTLED if judgement.verdict is Verdict.ACCEPT else Stop.EXHAUSTED
        rungs = (Rung(TEXT, (found.read.name,), judgement.quality, elapsed_s),)
        preparer = _preparer(page, self._plan)
        return PageRead(page, preparer, (found.read,), understanding, understanding, rungs, stop, None, witnesses)

    def read(self, crop: Crop, page: Crop, time_left_s: float, witnesses: Witnesses | None = None) -> PageRead:
        """Read one receipt in its crop within ``time_left_s``, or in a better one; ``page`` is the whole page.

        ``witnesses`` is what is known of the receipt besides its text.

        Raises TimedOutError or EngineError if no pass succeeded, NoTextError for a blank page.
        """
        limits, beside = Limits(self._plan.pass_s, time_left_s, self._plan.workers), witnesses or Witnesses()
        with scratch_folder() as scratch, PassRunner(limits) as runner:
            context = ReadContext(runner, scratch, limits.worker_count())
            reading = _Reading(self._plan, self._interpreter.beside(beside), context)
            best = reading.best(crop, page)
            of_items, rungs = reading.of_items(best)
        return _page_read(best, page.page, of_items, rungs, beside)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The reading of one receipt."""

    plan: ReadingPlan
    interpreter: Interpreter
    context: ReadContext

    def best(self, crop: Crop, page: Crop) -> Attempt[CropReader]:
        """Return the best hypothesis, with the result of all the stages that were needed."""
        first = self.first(Hypothesis(crop, self.models))
        if first.result.stop is Stop.SETTLED and self.by_code:
            return first
        proposals = Proposals(self.plan, self.interpreter.languages, self.context, page, self.prepare)
        # The language is inferred again, because another crop of the page may show more of its text.
        found = search(first, (proposals.language, proposals.crop, proposals.language), self.attempt)
        if found.result.stop is Stop.SETTLED:
            return found
        return replace(found, result=found.reader.run(self.plan.stages[1:], found.result))

    @property
    def models(self) -> Models:
        """The models to begin with: those that the user chose, those of the country of a code, or the usual ones."""
        country = self.interpreter.hints.code_country
        found = models_of_country(country) if country and self.plan.languages == AUTO else None
        return found or Models(combined(needed(self.plan.languages)))

    @property
    def by_code(self) -> Stage | None:
        """The first stage if a code proves the total of the receipt."""
        return self.plan.by_code if proved_purchase(self.interpreter.codes) is not None else None

    def first(self, hypothesis: Hypothesis) -> Attempt[CropReader]:
        """Try the first hypothesis: by a look for the total that a code proves, then by the usual first stage."""
        stage = self.by_code
        looked = self.attempt(hypothesis, stages=(stage,)) if stage else None
        if looked and (looked.result.stop is Stop.SETTLED or not (stage and stage.look)):
            return looked
        usual = self.attempt(hypothesis)
        if looked is None:
            return usual
        return replace(usual, result=replace(usual.result, rungs=(*looked.result.rungs, *usual.result.rungs)))

    def of_items(self, best: Attempt[CropReader]) -> tuple[Understanding | None, tuple[Rung, ...]]:
        """Run the stages for the items; the answer for the other fields stays as it is."""
        answer, reader = best.result.understanding, best.reader
        if answer is None or not self.plan.for_items:
            return answer, ()
        runner = self.context.runner
        return run_item_stages(
            self.plan.for_items, reader.evidence, reader.interpret, lambda: runner.remaining_s, answer
        )

    def attempt(
        self,
        hypothesis: Hypothesis,
        current: Attempt[CropReader] | None = None,
        stages: tuple[Stage, ...] | None = None,
    ) -> Attempt[CropReader]:
        """Try a hypothesis by the first stage, with what was read of the same crop in the ``current`` attempt."""
        models, runner = hypothesis.models, self.context.runner
        earlier: tuple[Pass, ...] = ()
        if current and current.hypothesis.crop is hypothesis.crop:
            known = current.hypothesis.models
            earlier = as_earlier(current.reader.evidence.passes, known.codes, known.scripts)
        engines = Engines(
            models.codes,
            self.context.scratch,
            self.context.threads,
            all_lines=not models.latin,
            earlier=earlier,
            both=self.plan.both_engines,
        )
        codes = codes_on(hypothesis.crop, self.interpreter.codes)
        evidence = PageEvidence(runner, self.prepare(hypothesis.crop), engines, self.interpreter.languages, codes)
        reader = CropReader(hypothesis.crop, evidence, self.interpreter, runner)
        result = reader.run(stages or self.plan.stages[:1])
        return Attempt(hypothesis, reader, result, shows_script(evidence.passes, models.script))

    def prepare(self, crop: Crop) -> Preparer:
        """Return the preparer of images of a crop."""
        return _preparer(crop, self.plan)


def _preparer(crop: Crop, plan: ReadingPlan) -> Preparer:
    return Preparer(crop.page, ScaleRule(by_letters=plan.by_letters), plan.recipes, crop.rows)


def _page_read(
    best: Attempt[CropReader],
    page: Page,
    of_items: Understanding | None,
    for_items: tuple[Rung, ...],
    witnesses: Witnesses,
) -> PageRead:
    found, evidence = best.result.understanding, best.reader.evidence
    if found is None:
        raise _failed(page, evidence.passes)
    if not found.reading.lines:
        raise no_text(page)
    return PageRead(
        best.hypothesis.crop,
        evidence.preparer,
        evidence.passes,
        found,
        of_items or found,
        (*best.result.rungs, *for_items),
        best.result.stop,
        best.hypothesis.models.missing_package,
        witnesses,
    )


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
            " smaller image"
        )
        return TimedOutError(message)
    return EngineError(f"{page.file}: every pass failed, the first with: {errors[0]}")
