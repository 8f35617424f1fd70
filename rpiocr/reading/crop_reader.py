"""Reads one crop of a page with one set of models, stage by stage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from rpiocr.decide.code_witness import witness_of
from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import Scene, Seen, Understanding, understand
from rpiocr.extract import Hints, Languages
from rpiocr.model import Code, Pass
from rpiocr.preprocess.crops import Crop
from rpiocr.reading.evidence import PageEvidence
from rpiocr.reading.page_coordinates import codes_on
from rpiocr.reading.plan import Stage
from rpiocr.reading.stages import StagesResult, run_stages
from rpiocr.reading.witnesses import Witnesses
from rpiocr.recognise.passes import PassRunner


@dataclass(frozen=True, slots=True)
class Interpreter:
    """What passes are interpreted with: keyword tables, the user's hints, the judge, and the codes on the receipt.

    Boxes of ``codes`` are in pixels of the page.
    """

    languages: Languages
    hints: Hints
    judge: Judge
    codes: tuple[Code, ...] = ()

    def beside(self, witnesses: Witnesses) -> Interpreter:
        """Return the same for a receipt with these witnesses."""
        witness = witness_of(witnesses.codes)
        country = witness.claim.country if witness else None
        hints = replace(self.hints, code_country=country, photo=witnesses.photo)
        return replace(self, codes=witnesses.codes, hints=hints)

    def of_text(self, passes: Sequence[Pass]) -> Understanding:
        """Interpret the text of a PDF page, whose lines are level, and which was not cropped."""
        scene = Scene(codes=self.codes)
        return understand(passes, 0.0, self.languages, self.hints, self.judge, scene=scene)


@dataclass(frozen=True, slots=True)
class CropReader:
    """The evidence of one crop and its interpretation; extracts of passes are cached for later stages."""

    crop: Crop
    evidence: PageEvidence
    interpreter: Interpreter
    runner: PassRunner
    _extracted: Seen = field(default_factory=dict)

    def run(self, stages: Sequence[Stage], start: StagesResult | None = None) -> StagesResult:
        """Run stages; see run_stages."""
        return run_stages(stages, self.evidence, self.interpret, self._time_left, start)

    def _time_left(self) -> float:
        return self.runner.remaining_s

    def interpret(self, passes: Sequence[Pass]) -> Understanding:
        """Combine the passes, of which at least one succeeded, into one result."""
        known = self.interpreter
        return understand(
            passes,
            self.evidence.preparer.skew_deg,
            known.languages,
            known.hints,
            known.judge,
            self._extracted,
            Scene(self.crop.mixed, self.crop.is_photo, codes_on(self.crop, known.codes)),
        )
