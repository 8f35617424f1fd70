"""What the judge sees of labelled receipts: features of every field, and whether its value is right.

All passes that any mode can run, of both engines, are run once for each receipt and kept as JSON; what a mode would
have answered after each of its rungs is then worked out of them as the pipeline does it. So features can be changed
without reading anything again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import rpiocr
from bench.data import Example, Label
from bench.score import merchant_right, total_right
from rpiocr.decide.confidence import Judge
from rpiocr.decide.features import engines_of, features_of
from rpiocr.decide.interpret import Scene, Seen, Understanding, understand
from rpiocr.errors import InputError
from rpiocr.extract import Hints, Languages
from rpiocr.load import load_pages
from rpiocr.model import Box, EngineId, Field, Fields, Line, Pass, PassId, Word
from rpiocr.preprocess import PLAIN, Preparer, ScaleRule
from rpiocr.preprocess.crops import Crop, find_crops
from rpiocr.reading.evidence import Engines, PageEvidence, single_engine_fields, whole, with_fresh
from rpiocr.reading.line_selection import sort_lines
from rpiocr.reading.plan import LADDER, LADDER_OF_ONE, MODES, LineChoice, Stage, Step, plan
from rpiocr.reading.stages import StagesResult, run_stages
from rpiocr.recognise.passes import Limits, PassRunner, map_line
from rpiocr.recognise.rapidocr import engine as rapid
from rpiocr.recognise.rapidocr.boxes import Quad
from rpiocr.recognise.rapidocr.engine import ALL_LINES, RAPIDOCR, SOME_LINES
from rpiocr.recognise.tesseract import TESSERACT, Psm, Tesseract, with_psm
from rpiocr.recognise.tesseract_models import combined, languages_read, needed
from rpiocr.settings import Settings
from rpiocr.system.scratch import scratch_folder

EVERY_PASS: Step = tuple(
    dict.fromkeys(one for rungs in (*MODES.values(), LADDER, LADDER_OF_ONE) for rung in rungs for one in rung.tesseract)
)

NO_HURRY = Limits(pass_s=600, receipt_s=3600)
"""What is learnt of the passes must not depend on how busy the machine is."""

FIELDS = ("amount", "date", "merchant")

MODES_OBSERVED = ("auto", "auto alone", "low", "medium", "high")

FAMILIES = {family.name: family for family in (TESSERACT, RAPIDOCR)}

READING_CODE = ("decode", "load", "model", "preprocess", "reading", "recognise")
"""Packages of rpiocr on which the passes depend, with their data: the network that finds paper is a file of one."""


@dataclass(frozen=True, slots=True)
class FoundLine:
    """A line that the second engine found: its corners in pixels of the prepared picture, and what it read there."""

    quad: tuple[tuple[float, float], ...]
    line: Line | None


@dataclass(frozen=True, slots=True)
class Passes:
    """Every pass on one picture; none where the picture cannot be read. ``code`` is what read it.

    ``second`` holds what the second engine found, ``to_page`` leads from its picture to the page (2 rows of 3).
    ``mixed`` and ``photo`` are as in rpiocr.decide.features.Facts.
    """

    code: str
    skew_deg: float
    passes: tuple[Pass, ...]
    second: tuple[FoundLine, ...] = ()
    to_page: tuple[tuple[float, ...], ...] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    mixed: bool = False
    photo: bool = False


@cache
def reading_code() -> str:
    """Return a hash of the code that makes passes."""
    return code_hash(Path(rpiocr.__file__).parent)


def code_hash(root: Path) -> str:
    """Return a hash of the names and bytes of all files that make passes, below the package's folder."""
    digest = hashlib.sha256()
    for file in sorted(file for part in READING_CODE for file in (root / part).rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(f"{file.relative_to(root).as_posix()} {file.stat().st_size}\n".encode())
            digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Observation:
    """One field of one receipt as one mode answers it after so many rungs, the first of which is 0.

    ``group`` is the same for pictures of one receipt. ``engines`` is ``one`` or ``both``, ``last`` says that there is
    no further rung. ``features`` is ``None`` where nothing was found, ``right`` where there is no label.
    """

    set_name: str
    id: str
    group: str
    mode: str
    rung: int
    last: bool
    engines: str
    field: str
    features: Mapping[str, float] | None
    right: bool | None


@cache
def faulty_labels() -> Mapping[str, Mapping[str, str]]:
    """Return the fields of receipts whose labels contradict their pictures, with the reason."""
    labels: dict[str, dict[str, str]] = tomllib.loads((Path(__file__).parent / "faulty_labels.toml").read_text("utf-8"))
    return labels


def read_passes(example: Example, folder: Path, settings: Settings) -> Passes:
    """Run every pass on a picture, or take them from ``folder``, where they are kept by set and id."""
    path = folder / example.set_name / f"{example.id}.json"
    if path.exists():
        return passes_from_json(json.loads(path.read_text("utf-8")))
    found = run_passes(example.picture, settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(passes_to_json(found)), "utf-8")
    return found


def run_passes(picture: Path, settings: Settings, step: Step = EVERY_PASS) -> Passes:
    """Run the passes of ``step`` on the first page of a picture, and the second engine on all of its lines."""
    try:
        page = next(load_pages(str(picture), max_pixels=settings.max_pixels))
    except InputError:
        return Passes(reading_code(), 0.0, ())
    crop = find_crops(page)[0]
    preparer = _preparer(crop, settings)
    with scratch_folder() as scratch, PassRunner(NO_HURRY) as runner:
        engines = [(variant, Tesseract(Psm(psm), combined(needed(settings.lang)), scratch)) for variant, psm in step]
        passes = runner.run(engines, preparer.make)
    found, to_page = look(preparer)
    return Passes(reading_code(), preparer.skew_deg, passes, found, to_page, crop.mixed, crop.is_photo)


def _preparer(crop: Crop, settings: Settings) -> Preparer:
    return Preparer(crop.page, ScaleRule(by_letters=settings.scale == "letters"), settings.recipes, crop.rows)


def look(preparer: Preparer) -> tuple[tuple[FoundLine, ...], tuple[tuple[float, ...], ...]]:
    """Read all lines of a page with the second engine; also return the way from its picture to the page."""
    picture = preparer.make(PLAIN)
    found = []
    for quad in rapid.find_lines(picture, NO_HURRY.pass_s):
        lines = rapid.LineReader((quad,)).read(picture, NO_HURRY.pass_s)
        corners = tuple((float(x), float(y)) for x, y in quad)
        found.append(FoundLine(corners, map_line(lines[0], picture.to_page) if lines else None))
    return tuple(found), tuple(tuple(map(float, row)) for row in picture.to_page)


def passes_to_json(found: Passes) -> dict[str, Any]:
    """Return what can be written as JSON; see ``passes_from_json``."""
    return asdict(found) | {"passes": [_pass_to_json(one) for one in found.passes]}


def _pass_to_json(one: Pass) -> dict[str, Any]:
    return asdict(one) | {"engine": [one.engine.family.name, one.engine.configuration]}


def passes_from_json(raw: Mapping[str, Any]) -> Passes:
    """Undo ``passes_to_json``."""
    return Passes(
        raw["code"],
        raw["skew_deg"],
        tuple(_pass(one) for one in raw["passes"]),
        tuple(FoundLine(tuple((x, y) for x, y in one["quad"]), _line(one["line"])) for one in raw["second"]),
        tuple(tuple(row) for row in raw["to_page"]),
        raw.get("mixed", False),
        raw.get("photo", False),
    )


def _line(raw: Mapping[str, Any] | None) -> Line | None:
    if raw is None:
        return None
    return Line(tuple(Word(word["text"], Box(**word["box"]), word["confidence"]) for word in raw["words"]))


def _pass(raw: Mapping[str, Any]) -> Pass:
    lines = tuple(line for one in raw["lines"] if (line := _line(one)))
    family, configuration = raw["engine"]
    engine = EngineId(FAMILIES[family], configuration)
    return Pass(engine, raw["variant"], lines, raw["elapsed_s"], raw["error"], raw.get("field"))


class FieldLines:
    """Reads single fields of a picture again, each place once; what was read is kept in ``file``."""

    def __init__(self, picture: Path, file: Path | None, settings: Settings) -> None:
        self._picture = picture
        self._file = file
        self._settings = settings
        self._known: dict[str, Pass] = {}
        if file and file.exists():
            self._known = {place: _pass(raw) for place, raw in json.loads(file.read_text("utf-8")).items()}

    def read(self, name: str, field: Field[Any]) -> Pass:
        """Return the pass on the place of a field's value."""
        box = field.chosen.box
        place = f"{name} {box.left:.0f} {box.top:.0f} {box.right:.0f} {box.bottom:.0f} {field.chosen.raw}"
        if place not in self._known:
            self._known[place] = self._run(name, field)
            if self._file:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                known = {key: _pass_to_json(one) for key, one in self._known.items()}
                self._file.write_text(json.dumps(known), "utf-8")
        return self._known[place]

    def _run(self, name: str, field: Field[Any]) -> Pass:
        page = next(load_pages(str(self._picture), max_pixels=self._settings.max_pixels))
        preparer = _preparer(find_crops(page)[0], self._settings)
        with scratch_folder() as scratch, PassRunner(NO_HURRY) as runner:
            engines = Engines(combined(needed(self._settings.lang)), scratch, 1)
            evidence = PageEvidence(runner, preparer, engines, Languages(None, languages_read(self._settings.lang)))
            fields = Fields(amount=field) if name == "amount" else Fields(date=field)
            evidence.run(Stage("fields", fields=True), fields)
            return evidence.passes[0]


class Recorded:
    """Gives the passes of a rung from what was read before.

    ``lines`` reads single fields again, where they are not known.
    """

    def __init__(self, read: Passes, languages: Languages, lines: FieldLines) -> None:
        self.passes: tuple[Pass, ...] = ()
        self._lines_again = lines
        self._read = read
        self._known = {one.id: one for one in read.passes}
        self._languages = languages
        self._rest: tuple[Line, ...] = ()

    def run(self, stage: Stage, fields: Fields) -> tuple[str, ...]:
        """Add the passes of a stage; see rpiocr.reading.stages.Evidence."""
        asked = (PassId(with_psm(psm), variant) for variant, psm in stage.tesseract)
        fresh = tuple(self._known[one] for one in asked if one in self._known)
        if stage.fields:
            fresh += tuple(self._lines_again.read(name, field) for name, field in single_engine_fields(fields))
        second = self._second(stage, fresh)
        fresh += (second,) if second else ()
        self.passes = with_fresh(self.passes, fresh)
        return tuple(one.name for one in fresh)

    def _second(self, stage: Stage, fresh: Sequence[Pass]) -> Pass | None:
        if stage.second is None:
            return None
        return self._lines(fresh) if stage.second is LineChoice.RELEVANT else self._page()

    def _lines(self, fresh: Sequence[Pass]) -> Pass:
        found: dict[int, Line | None] = {}
        quads: list[Quad] = []
        for one in self._read.second:
            quads.append(np.array(one.quad, dtype=np.float32))
            found[id(quads[-1])] = one.line
        guide = next((one for one in fresh if not one.error), None)
        if guide is None:
            return Pass(ALL_LINES, PLAIN, tuple(line for line in found.values() if line), 0.0)
        tables = self._languages.tables_of(line.text for line in guide.lines)
        lines = sort_lines(quads, np.array(self._read.to_page), guide, self._read.skew_deg, tables)
        self._rest = tuple(line for quad in lines.rest if (line := found[id(quad)]))
        return Pass(SOME_LINES, PLAIN, tuple(line for quad in lines.first if (line := found[id(quad)])), 0.0)

    def _page(self) -> Pass | None:
        return whole(self.passes, Pass(ALL_LINES, PLAIN, self._rest, 0.0)) if self._rest else None


class Replay:
    """Answers as the pipeline would with some settings, from passes that were run before.

    ``today`` bounds the dates.
    """

    def __init__(self, settings: Settings, today: dt.date | None = None) -> None:
        self.plan = plan(settings, second_engine=True).stages
        self._judge = Judge(settings.accept_risk)
        self._languages = Languages(None, languages_read(settings.lang))
        self._hints = Hints(today or dt.datetime.now().astimezone().date())

    def answer(self, read: Passes, lines: FieldLines) -> StagesResult:
        """Run as many stages as the pipeline would."""
        seen: Seen = {}

        def interpret(passes: Sequence[Pass]) -> Understanding:
            return self._understand(passes, read, seen)

        return run_stages(self.plan, Recorded(read, self._languages, lines), interpret, lambda: math.inf)

    def answers(self, read: Passes, lines: FieldLines, seen: Seen) -> Iterator[Understanding | None]:
        """Answer after every rung, whether it is settled or not; ``None`` where no text was read.

        ``seen`` is that of ``understand``, for these passes.
        """
        recorded = Recorded(read, self._languages, lines)
        answer: Understanding | None = None
        for rung in self.plan:
            recorded.run(rung, answer.fields if answer else Fields())
            good = any(not one.error for one in recorded.passes)
            answer = self._understand(recorded.passes, read, seen) if good else None
            yield answer if answer and answer.reading.lines else None

    def _understand(self, passes: Sequence[Pass], read: Passes, seen: Seen) -> Understanding:
        return understand(
            passes,
            read.skew_deg,
            self._languages,
            self._hints,
            self._judge,
            seen,
            Scene(read.mixed, read.photo),
        )


def observe(
    example: Example, read: Passes, settings: Settings, modes: Sequence[str], folder: Path | None = None
) -> Iterator[Observation]:
    """Look at every field in every mode after every rung; ``auto alone`` is mode auto with Tesseract alone.

    ``folder`` is that of ``read_passes``.
    """
    seen: Seen = {}
    kept = folder / example.set_name / f"{example.id}.fields.json" if folder else None
    lines = FieldLines(example.picture, kept, settings)
    for mode in modes:
        name, _, alone = mode.partition(" ")
        replay = Replay(replace(settings, mode=name, engine="tesseract" if alone else "auto"))
        for rung, answer in enumerate(replay.answers(read, lines, seen)):
            features = features_of(answer.fields, answer.facts) if answer else {}
            right = rightness(example.label, answer.fields if answer else Fields())
            right |= dict.fromkeys(faulty_labels().get(f"{example.set_name}/{example.id}", {}))
            for field in FIELDS:
                yield Observation(
                    example.set_name,
                    example.id,
                    f"{example.set_name}/{example.label.twin or example.id}",
                    mode,
                    rung,
                    rung == len(replay.plan) - 1,
                    engines_of(answer.fields) if answer else "one",
                    field,
                    features.get(field),
                    right[field],
                )


def rightness(label: Label, fields: Fields) -> dict[str, bool | None]:
    """Compare what was found, or was not, with the label."""
    amount, date, merchant = fields.amount, fields.date, fields.merchant
    found = date.chosen.value.isoformat() if date else None
    return {
        "amount": total_right(label, amount.chosen.value if amount else None),
        "date": None if label.date is None else found == label.date,
        "merchant": merchant_right(label, merchant.chosen.value if merchant else None),
    }


def read_observations(path: Path) -> list[Observation]:
    """Read a file of observations, one JSON object a line."""
    return [Observation(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]
