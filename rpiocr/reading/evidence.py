"""The evidence on one page: its passes so far, and a way to run more."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rpiocr.decide.code_witness import proved_purchase
from rpiocr.decide.features import is_elsewhere, is_single_engine
from rpiocr.extract import Languages
from rpiocr.model import Code, EngineId, Field, Fields, Pass, Prepared, map_box
from rpiocr.model.currency import decimals_of
from rpiocr.preprocess import PLAIN, Preparer
from rpiocr.preprocess.geometry import invert
from rpiocr.preprocess.text_lines import Segment, find_text_lines
from rpiocr.reading.amount_look import Sought, look_for
from rpiocr.reading.line_selection import sort_lines
from rpiocr.reading.plan import LineChoice, Stage, Step
from rpiocr.recognise.line_sheet import SheetReader
from rpiocr.recognise.passes import PassRunner, failure_of
from rpiocr.recognise.rapidocr import engine as rapid
from rpiocr.recognise.rapidocr.boxes import Quad, quad_of
from rpiocr.recognise.rapidocr.engine import ALL_LINES, SOME_LINES
from rpiocr.recognise.tesseract import TESSERACT, Psm, Tesseract

NUMERALS = "0123456789.,-/:"
"""Characters allowed in a line that is read as numbers only."""


@dataclass(frozen=True, slots=True)
class Engines:
    """How the engines are run: Tesseract's languages, its scratch directory, and how many lines are read in parallel.

    With ``all_lines`` the second engine reads all lines in the first stage: if the script is another than Latin, the
    first pass does not show which lines matter. ``both`` is whether the second engine is used at all. ``earlier`` are
    passes on the same page with other models, see ``as_earlier``.
    """

    languages: str
    scratch: Path
    threads: int
    all_lines: bool = False
    earlier: tuple[Pass, ...] = ()
    both: bool = True


class PageEvidence:
    """The passes of one page so far, and the text lines that the second engine has detected on it.

    ``codes`` are those on the receipt, for whose total a stage may look; their boxes are in pixels of the page.
    """

    def __init__(
        self,
        runner: PassRunner,
        preparer: Preparer,
        engines: Engines,
        languages: Languages,
        codes: tuple[Code, ...] = (),
    ) -> None:
        self.passes = engines.earlier
        self.preparer = preparer
        self._codes = codes
        self._runner = runner
        self._engines = engines
        self._languages = languages
        self._unread: tuple[Quad, ...] = ()
        self._postponed: Step = ()

    def run(self, stage: Stage, fields: Fields) -> tuple[str, ...]:
        """Run one stage; see Evidence. A stage with nothing to do runs no pass."""
        if stage.look:
            return self._look_for_total()
        if stage.second is LineChoice.RELEVANT:
            fresh = self._read_apart(stage.tesseract) if self._engines.all_lines else self._read_lines(stage.tesseract)
        else:
            fresh = self._run_tesseract(stage.tesseract)
        fresh += self._reread(fields) if stage.fields else ()
        fresh += self._read_rest() if stage.second is LineChoice.ALL else ()
        self.passes = with_fresh(self.passes, fresh)
        return tuple(one.name for one in fresh)

    def _run_tesseract(self, step: Step) -> tuple[Pass, ...]:
        if step and self._postponed:
            step, self._postponed = (*self._postponed, *step), ()
        return self._runner.run([(variant, self._tesseract(Psm(psm))) for variant, psm in step], self.preparer.make)

    def _tesseract(self, psm: Psm, whitelist: str = "") -> Tesseract:
        engines = self._engines
        return Tesseract(psm, engines.languages, engines.scratch, whitelist, self._runner.cancellation)

    def _reread(self, fields: Fields) -> tuple[Pass, ...]:
        """Reread the locations of single-engine values, each as one line."""
        started = [(name, self._runner.start(*self._line(name, field))) for name, field in single_engine_fields(fields)]
        return tuple(replace(self._runner.wait(future), field=name) for name, future in started)

    def _line(self, name: str, field: Field[Any]) -> tuple[Tesseract, Prepared]:
        whitelist = NUMERALS if not any(char.isalpha() for char in field.chosen.raw) else ""
        return self._tesseract(Psm.RAW_LINE, whitelist), self.preparer.cut(field.chosen.box, name)

    def _look(self) -> Future[tuple[Quad, ...]]:
        """Start line detection."""
        runner = self._runner
        return runner.call(rapid.find_lines, self.preparer.make(PLAIN), runner.allowed_s, runner.cancellation)

    def _found(self, looking: Future[tuple[Quad, ...]]) -> tuple[Quad, ...] | Pass:
        """Return the detected lines, or a failed Pass if detection failed."""
        try:
            return self._runner.wait(looking)
        except Exception as error:  # noqa: BLE001 - handled like that of a pass
            return Pass(SOME_LINES, PLAIN, (), 0.0, failure_of(error))

    def _read_lines(self, step: Step) -> tuple[Pass, ...]:
        """Read the relevant lines; all of them if the first pass failed, which decides on relevance."""
        looking = self._look()
        fresh = self._run_tesseract(step)
        quads = self._found(looking)
        if isinstance(quads, Pass):
            return (*fresh, quads)
        guide = next((one for one in fresh if one.error is None), None)
        if guide is None:
            return (*fresh, self._read(ALL_LINES, quads))
        tables = self._languages.tables_of(line.text for line in guide.lines)
        lines = sort_lines(quads, self.preparer.make(PLAIN).to_page, guide, self.preparer.skew_deg, tables)
        self._unread = lines.rest
        return (*fresh, self._read(SOME_LINES, lines.first))

    def _read_apart(self, step: Step) -> tuple[Pass, ...]:
        """Read all lines with both engines, and postpone the passes that read the page as it is.

        The second engine may know none of the characters but the digits; so all words depend on one pass of Tesseract,
        which has to be the best.
        """
        quads = self._found(self._look())
        if isinstance(quads, Pass):
            return (*self._run_tesseract(step), quads)
        self._postponed = step
        reader = SheetReader(quads, self._tesseract(Psm.UNIFORM_BLOCK))
        sheet = self._runner.start(reader, self.preparer.make(PLAIN))
        second = self._read(ALL_LINES, quads)
        return self._runner.wait(sheet), second

    def _look_for_total(self) -> tuple[str, ...]:
        """Look for the total of a code; what was read counts only if it is there, as it is no page without it."""
        rows, claim = self.preparer.rows, proved_purchase(self._codes)
        if rows is None or claim is None or claim.total is None:
            return ()
        sought = Sought(claim.total, claim.date, "date" in claim.proved, decimals_of(claim.currency))
        image = self.preparer.make(PLAIN)
        to_image = invert(image.to_page)
        printed = [map_box(code.found.box, to_image) for code in self._codes]
        lines = [line for line in find_text_lines(rows, image) if not any(line.meets(box) for box in printed)]
        look = look_for(sought, lines, self._read_segments, self._languages, self.preparer.skew_deg)
        self.passes = (*self.passes, look.read) if look.found else self.passes
        return (look.read.name,)

    def _read_segments(self, segments: Sequence[Segment]) -> Pass:
        quads = tuple(quad_of(segment.box) for segment in segments)
        if self._engines.both:
            return self._read(SOME_LINES, quads)
        reader = SheetReader(quads, self._tesseract(Psm.UNIFORM_BLOCK))
        return self._runner.wait(self._runner.start(reader, self.preparer.make(PLAIN)))

    def _read_rest(self) -> tuple[Pass, ...]:
        """Read the lines that were left out, and add them to those that were read."""
        if not self._unread:
            return ()
        rest = self._read(ALL_LINES, self._unread)
        self._unread = ()
        return (rest if rest.error else whole(self.passes, rest),)

    def _read(self, engine: EngineId, quads: tuple[Quad, ...]) -> Pass:
        reader = rapid.LineReader(quads, self._engines.threads, engine, self._runner.cancellation)
        return self._runner.wait(self._runner.start(reader, self.preparer.make(PLAIN)))


def single_engine_fields(fields: Fields) -> tuple[tuple[str, Field[Any]], ...]:
    """Return the total and the date, with their names, if only one engine has read them.

    Not if passes disagree about the location: rereading it does not show which one is meant.
    """
    found: tuple[tuple[str, Field[Any] | None], ...] = (("amount", fields.amount), ("date", fields.date))
    return tuple(
        (name, field) for name, field in found if field and is_single_engine(field) and not is_elsewhere(field)
    )


def as_earlier(passes: Sequence[Pass], codes: str, scripts: frozenset[str]) -> tuple[Pass, ...]:
    """Return Tesseract's passes with the models ``codes``, which read ``scripts``, as evidence beside later ones.

    Digits are the same in most languages, and the model of one script often reads worse ones than that of another. What
    the second engine read is left out: it reads the same again, whatever Tesseract's models are.
    """
    good = (one for one in passes if one.engine.family == TESSERACT and not (one.error or one.field or one.is_earlier))
    names = ((one, f"{one.engine.configuration}-{codes}") for one in good)
    return tuple(replace(one, engine=EngineId(TESSERACT, name, scripts)) for one, name in names)


def with_fresh(passes: Sequence[Pass], fresh: Sequence[Pass]) -> tuple[Pass, ...]:
    """Add passes; a pass of the second engine on all lines replaces its pass on some lines."""
    absorbed = any(one.engine == ALL_LINES and not one.error for one in fresh)
    return (*(one for one in passes if not (absorbed and one.engine == SOME_LINES and not one.error)), *fresh)


def whole(passes: Sequence[Pass], rest: Pass) -> Pass:
    """Add the lines that were left out at first to those that were read."""
    some = next((one for one in passes if one.engine == SOME_LINES and not one.error), None)
    if some is None:
        return rest
    return Pass(ALL_LINES, rest.variant, (*some.lines, *rest.lines), some.elapsed_s + rest.elapsed_s)
