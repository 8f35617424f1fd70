"""Infers from the text read so far in which language and crop a page should be read instead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from rpiocr.errors import EngineError
from rpiocr.extract import Languages
from rpiocr.model import Stop, Verdict
from rpiocr.preprocess import Preparer
from rpiocr.preprocess.crops import Crop, rotated
from rpiocr.reading.crop_reader import CropReader
from rpiocr.reading.model_choice import Models, are_words_known, models_by_script, models_by_words
from rpiocr.reading.orientation import best_crop
from rpiocr.reading.plan import ReadingPlan
from rpiocr.reading.search import Attempt, Hypothesis
from rpiocr.reading.stages import StagesResult
from rpiocr.recognise.passes import PassRunner
from rpiocr.recognise.tesseract_models import AUTO, BASE

SCRIPT_VARIANTS = ("default", "high_contrast")
"""Variants that the script is detected on: where grain hides all lines of the first, the second still shows some."""


@dataclass(frozen=True, slots=True)
class ReadContext:
    """Resources for reading one receipt: the runner of its passes, its scratch directory, and lines read at once."""

    runner: PassRunner
    scratch: Path
    threads: int


@dataclass(frozen=True, slots=True)
class Proposals:
    """Proposes hypotheses for one receipt on ``page``, the whole of it."""

    plan: ReadingPlan
    languages: Languages
    context: ReadContext
    page: Crop
    prepare: Callable[[Crop], Preparer]

    def language(self, attempt: Attempt[CropReader]) -> Iterator[Hypothesis]:
        """Propose the models for the language that the page shows; none if they are in use, or it shows none.

        If better models are not installed, the same hypothesis is proposed with the package that provides them.
        """
        known, settled = attempt.hypothesis.models, attempt.result.stop is Stop.SETTLED
        models = self._models(attempt) if self.plan.languages == AUTO else None
        # Any model reads Latin script well enough for an accepted result to be right.
        if models is None or (models.latin and settled):
            return
        if models.codes != known.codes or models.quarters:
            yield Hypothesis(rotated(attempt.hypothesis.crop, models.quarters), models)
        elif models.missing_package:
            yield replace(attempt.hypothesis, models=replace(known, missing_package=models.missing_package))

    def _models(self, attempt: Attempt[CropReader]) -> Models | None:
        """Infer the models by the words that were read, and by the script if the words may be misleading."""
        by_words = models_by_words(attempt.reader.evidence.passes, self.languages)
        if by_words and by_words.codes == attempt.hypothesis.models.codes != BASE:
            return None
        # Hangul read without its model comes out as ideographs, so scripts other than Latin are checked again.
        is_foreign = by_words is not None and not by_words.latin
        is_unknown = attempt.result.stop is not Stop.SETTLED and not self._is_language_known(attempt)
        if (is_foreign or is_unknown) and not self.plan.by_hand:
            return self._by_script(attempt, by_words) or by_words
        return by_words

    def _is_language_known(self, attempt: Attempt[CropReader]) -> bool:
        """Return whether words that were read with confidence show a language, and one of them labels the total.

        A Latin model reads words in Cyrillic text too, and VISA is printed on every receipt.
        """
        found = attempt.result.understanding
        total = found.fields.amount if found else None
        is_named = total is not None and total.chosen.provenance.names_total
        return is_named and are_words_known(attempt.reader.evidence.passes, self.languages)

    def _by_script(self, attempt: Attempt[CropReader], by_words: Models | None) -> Models | None:
        """Infer the models by reading some lines; a script that no model has read only if no known word was read.

        Coarse print in English is taken for Arabic upside down.
        """
        images, runner = map(attempt.reader.evidence.preparer.make, SCRIPT_VARIANTS), self.context.runner
        try:
            work = (images, by_words, runner.allowed_s, self.context.scratch, runner.cancellation)
            found = runner.wait(runner.call(models_by_script, *work))
        except EngineError:
            return None
        is_guess = found is not None and found.missing_package is not None
        return None if is_guess and are_words_known(attempt.reader.evidence.passes, self.languages) else found

    def crop(self, attempt: Attempt[CropReader]) -> Iterator[Hypothesis]:
        """Propose the most legible crop of the page; none if that is the present one, or it is read well."""
        known = attempt.hypothesis
        if not self.plan.both_engines or attempt.result.stop is Stop.SETTLED or not is_unread(attempt.result):
            return
        runner = self.context.runner
        try:
            work = (known.crop, self.page, self.prepare, runner.allowed_s, runner.cancellation)
            best = runner.wait(runner.call(best_crop, *work))
        except EngineError:
            return
        if best is not known.crop:
            yield Hypothesis(best, replace(known.models, missing_package=None))


def is_unread(result: StagesResult) -> bool:
    """Return whether so little was read that the page may be the wrong way up."""
    found = result.understanding
    return found is None or result.lacks_something or found.judgement.verdict is Verdict.ESCALATE
