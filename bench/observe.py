"""What the judge sees of labelled receipts: features of every field, and whether its value is right.

All passes that any mode can run are run once for each receipt and kept as JSON; what a mode would have
answered with so many retries is then worked out of them as the pipeline does it. So features can be changed
without reading anything again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import rpiocr
from bench.data import Example, Label
from bench.score import alike, total_right
from rpiocr.errors import InputError
from rpiocr.extract import Hints, read_tables
from rpiocr.judge import amount_features, date_features, merchant_features, text_quality
from rpiocr.load import load_pages
from rpiocr.model import Box, Fields, Line, Pass, Reading, Verdict, Word
from rpiocr.plan import MODES, Step, steps
from rpiocr.preprocess import Preparer, ScaleRule
from rpiocr.recognise.passes import Limits, PassRunner
from rpiocr.recognise.tesseract import Psm, Tesseract
from rpiocr.scratch import scratch_folder
from rpiocr.settings import Settings
from rpiocr.understand import Understanding, understand

EVERY_PASS: Step = tuple(dict.fromkeys(one for mode in MODES.values() for step in mode for one in step))

NO_HURRY = Limits(pass_s=600, receipt_s=3600)
"""What is learnt of the passes must not depend on how busy the machine is."""

FIELDS = ("amount", "date", "merchant")


READING_CODE = ("load", "preprocess", "recognise")
"""Packages of rpiocr on which the passes depend."""


@dataclass(frozen=True, slots=True)
class Passes:
    """Every pass on one picture; none where the picture cannot be read. ``code`` is what read it."""

    code: str
    skew_deg: float
    passes: tuple[Pass, ...]


@cache
def reading_code() -> str:
    """Return a hash of the code that makes passes."""
    root = Path(rpiocr.__file__).parent
    files = sorted(file for part in READING_CODE for file in (root / part).rglob("*.py"))
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Observation:
    """One field of one receipt as one mode answers it.

    ``group`` is the same for pictures of one receipt. ``features`` is ``None`` where nothing was found,
    ``right`` where there is no label.
    """

    set_name: str
    id: str
    group: str
    mode: str
    retries: int
    field: str
    features: Mapping[str, float] | None
    right: bool | None


def read_passes(example: Example, folder: Path, settings: Settings) -> Passes:
    """Run every pass on a picture, or take them from ``folder``, where they are kept by set and id."""
    path = folder / example.set_name / f"{example.id}.json"
    if path.exists():
        return passes_from_json(json.loads(path.read_text("utf-8")))
    found = run_passes(example.picture, settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(asdict(found)), "utf-8")
    return found


def run_passes(picture: Path, settings: Settings, plan: Step = EVERY_PASS) -> Passes:
    """Run the passes of ``plan`` on the first page of a picture."""
    try:
        page = next(load_pages(str(picture), max_pixels=settings.max_pixels))
    except InputError:
        return Passes(reading_code(), 0.0, ())
    preparer = Preparer(page, ScaleRule(by_letters=settings.scale == "letters"), settings.recipes)
    with scratch_folder() as scratch, PassRunner(NO_HURRY) as runner:
        engines = [(variant, Tesseract(Psm(psm), settings.lang, scratch)) for variant, psm in plan]
        return Passes(reading_code(), preparer.skew_deg, runner.run(engines, preparer.make))


def passes_from_json(raw: Mapping[str, Any]) -> Passes:
    """Undo ``asdict``."""
    return Passes(raw["code"], raw["skew_deg"], tuple(_pass(one) for one in raw["passes"]))


def _pass(raw: Mapping[str, Any]) -> Pass:
    lines = tuple(
        Line(tuple(Word(word["text"], Box(**word["box"]), word["confidence"]) for word in line["words"]))
        for line in raw["lines"]
    )
    return Pass(raw["engine"], raw["variant"], lines, raw["elapsed_s"], raw["error"])


class Replay:
    """Answers as the pipeline would with some settings, from passes that were run before.

    ``today`` bounds the dates.
    """

    def __init__(self, settings: Settings, today: dt.date | None = None) -> None:
        self._settings = settings
        self._tables = read_tables(None)
        self._hints = Hints(today or dt.datetime.now().astimezone().date())

    def answer(self, read: Passes) -> Understanding | None:
        """Return the answer of the mode and retries that are set; ``None`` where no text was read."""
        known = {one.name: one for one in read.passes}
        passes: tuple[Pass, ...] = ()
        answer = None
        for step in steps(self._settings):
            names = (f"tesseract-psm{psm}/{variant}" for variant, psm in step)
            passes += tuple(known[name] for name in names if name in known)
            if any(one.error is None for one in passes):
                answer = understand(passes, read.skew_deg, self._tables, self._hints)
                if answer.judgement.verdict is Verdict.ACCEPT:
                    break
        return answer if answer and answer.reading.lines else None


def observe(example: Example, read: Passes, settings: Settings, modes: Sequence[str]) -> Iterator[Observation]:
    """Look at every field in every mode, without retries and with two."""
    for mode in modes:
        for retries in (0, 2):
            answer = Replay(replace(settings, mode=mode, retries=retries)).answer(read)
            features = features_of(answer.fields, answer.reading) if answer else {}
            right = rightness(example.label, answer.fields if answer else Fields())
            for field in FIELDS:
                yield Observation(
                    example.set_name,
                    example.id,
                    f"{example.set_name}/{example.label.twin or example.id}",
                    mode,
                    retries,
                    field,
                    features.get(field),
                    right[field],
                )


def features_of(fields: Fields, reading: Reading) -> dict[str, dict[str, float]]:
    """Return what the judge sees of every field that was found."""
    has_total = fields.amount is not None and fields.amount.chosen.rule.startswith("total")
    points = text_quality(reading, has_total=has_total, has_date=fields.date is not None)
    features = {}
    if fields.amount:
        features["amount"] = amount_features(fields.amount, points)
    if fields.date:
        features["date"] = date_features(fields.date, points)
    if fields.merchant:
        features["merchant"] = merchant_features(fields.merchant, points)
    return features


def rightness(label: Label, fields: Fields) -> dict[str, bool | None]:
    """Compare what was found, or was not, with the label."""
    amount, date, merchant = fields.amount, fields.date, fields.merchant
    found = date.chosen.value.isoformat() if date else None
    return {
        "amount": total_right(label, amount.chosen.value if amount else None),
        "date": None if label.date is None else found == label.date,
        "merchant": None
        if label.company is None
        else alike(label.company, merchant.chosen.value if merchant else None),
    }


def read_observations(path: Path) -> list[Observation]:
    """Read a file of observations, one JSON object a line."""
    return [Observation(**json.loads(line)) for line in path.read_text("utf-8").splitlines()]
