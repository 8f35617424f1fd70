"""Detects the script of a page, and the model to read it with, by reading a few of its lines with each.

Tesseract's own script detection is good at the orientation, but not at the script: of 51 drawn receipts it named 39
right, taking Chinese for Latin, and English or Turkish for Cyrillic. So its script counts only if no installed model
reads the page.
"""

from __future__ import annotations

import math
import re
import time
import unicodedata
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from rpiocr.errors import EngineError
from rpiocr.model import Pixels, Prepared
from rpiocr.recognise.tesseract import MAX_ANSWER_BYTES, Psm, Tesseract, remove, run_child
from rpiocr.recognise.tesseract_models import (
    BASE,
    DETECTION,
    PACKS,
    Pack,
    Script,
    installed_languages,
    packs_for_script,
)
from rpiocr.system.cancellation import Cancellation
from rpiocr.system.files import read_regular

SCRIPTS = {"Korean": Script.HANGUL, "Katakana": Script.JAPANESE, "Hiragana": Script.JAPANESE} | {
    s.value: s for s in Script
}
"""The scripts by their names in Tesseract's script detection, which has several names for some."""

SURE_TURN = 3.0
"""Minimum confidence of a detected orientation: from 3 on it was right on every one of 77 drawn receipts in all four
orientations; between 2 and 3 it was wrong three times, on one and the same receipt."""

STRIP_LINES = 10
"""Number of lines that are read: few, because each is read with several models, but some have only digits."""

USUAL_LETTER_PX = 22.0
"""Height of a capital in pixels if it was not measured, as images are prepared."""

MIN_LETTERS = 6
"""Minimum number of letters needed to identify the script."""

REPEATS = 0.75
"""Minimum correlation of a row of ink with itself, shifted by one letter, of a row of stars or other marks: of 1721
rows of drawn receipts in five countries 48 have more, among them all such rows; the others are digits, but for
three."""

READS = 0.62
READS_WELL = 0.85
"""Mean confidence of the letters of its script: the minimum for a model to read a page, and what ends the search. So
the script of 151 of 153 drawn receipts was identified, and none wrongly. Models of other scripts reached 0.6 (Cyrillic
read as Latin, or Latin as Cyrillic), Japanese and Chinese read as one another 0.75."""

READS_LATIN = 0.8
"""Mean confidence at which the base model ends the search: other languages in Latin script reach 0.7 to 0.95."""

MAX_OF_SCRIPT = 3
"""Maximum number of models that are compared once the script is known."""

LETTERS = {script: (script.value.upper(),) for script in Script} | {
    Script.HAN: ("CJK",),
    Script.JAPANESE: ("CJK", "HIRAGANA", "KATAKANA"),
}
"""Prefixes of the Unicode names of a script's letters."""


@lru_cache(maxsize=8192)
def is_letter_of(char: str, script: Script) -> bool:
    """Return whether a character is a letter of a script."""
    return unicodedata.name(char, "").startswith(LETTERS[script])


KANA_SHARE = 0.1
"""Minimum share of kana among the letters of Japanese; Chinese, read as Japanese, has none."""


@dataclass(frozen=True, slots=True)
class Detected:
    """The result of script detection: its name for the script, and its confidence in it (from 0, unbounded).

    The image has to be rotated clockwise by ``quarters`` of a full turn to be upright, with ``turn_confidence``.
    """

    name: str
    confidence: float
    quarters: int
    turn_confidence: float


@dataclass(frozen=True, slots=True)
class ScriptSeen:
    """The script of a page, and the installed models that read it, best first; none where such a model is missing.

    ``confidence`` (0 to 1) is the mean of the letters that the best model read, 0 if only the detection identified it.
    The image has to be rotated clockwise by ``quarters`` of a full turn to be upright.
    """

    script: Script
    confidence: float
    quarters: int
    packs: tuple[Pack, ...] = ()


@dataclass(frozen=True, slots=True)
class _Try:
    """How much of the strip a model read as letters of its script: the sum of their confidences, and their mean."""

    pack: Pack
    read: float
    mean: float

    @property
    def worth(self) -> float:
        """Higher for more letters and for higher confidence: a model of another script finds letters in anything."""
        return self.read * self.mean


@dataclass(frozen=True, slots=True)
class _Means:
    """Resources of the detection: codes of the models, a scratch directory, and a deadline (monotonic clock)."""

    codes: Collection[str]
    scratch: Path
    end: float
    cancellation: Cancellation

    @property
    def left_s(self) -> float:
        return self.end - time.monotonic()


def script_of(
    images: Iterable[Prepared],
    timeout_s: float,
    scratch: Path,
    installed: Collection[str] | None = None,
    cancellation: Cancellation | None = None,
) -> ScriptSeen | None:
    """Detect the script of a page; ``None`` if too little of it can be read, or the time is over.

    ``images`` are variants of the page; the next one is used if none before it can be read. ``installed`` are
    the codes of the models that may be used, by default all; ``scratch`` is an existing directory; ``cancellation``
    ends it.
    """
    end = time.monotonic() + timeout_s
    codes = installed_languages() if installed is None else installed
    means = _Means(codes, scratch, end, cancellation or Cancellation())
    by_detection = None
    for image in images:
        if seen := _seen_by_reading(image, means):
            return seen
        detected = detect(image, means.left_s, scratch, means.cancellation) if DETECTION in codes else None
        if detected is None or detected.turn_confidence < SURE_TURN:
            continue
        if detected.quarters:
            pixels = np.ascontiguousarray(np.rot90(image.pixels, -detected.quarters))
            if seen := _seen_by_reading(replace(image, pixels=pixels), means):
                return replace(seen, quarters=detected.quarters)
        by_detection = by_detection or _seen_by_detection(detected, codes)
    return by_detection


def _seen_by_detection(detected: Detected, codes: Collection[str]) -> ScriptSeen | None:
    """Trust the detection only if no installed model could have read the page."""
    script = SCRIPTS.get(detected.name)
    if script in (None, Script.LATIN) or packs_for_script(script, codes):
        return None
    return ScriptSeen(script, 0.0, detected.quarters)


def detect(
    image: Prepared, timeout_s: float, scratch: Path, cancellation: Cancellation | None = None
) -> Detected | None:
    """Detect orientation and script of an image with Tesseract.

    ``None`` if its model ``osd`` is not installed, there are too few characters, or it takes too long.
    """
    base = scratch / uuid.uuid4().hex
    source, answer = base.with_suffix(".pgm"), base.with_suffix(".osd")
    if timeout_s <= 0:
        return None
    try:
        if not cv2.imwrite(str(source), image.pixels):
            return None
        options = ("--psm", "0", "--dpi", str(image.dpi))
        run_child(source, base, DETECTION, options, timeout_s, cancellation or Cancellation())
        return _detected(read_regular(answer, MAX_ANSWER_BYTES).decode("utf-8", "replace"))
    except (EngineError, OSError):
        return None
    finally:
        remove(source, answer)


def _detected(answer: str) -> Detected | None:
    said = dict(re.findall(r"^([^:\n]+): (.*)$", answer, re.MULTILINE))
    try:
        script, turn = float(said["Script confidence"]), float(said["Orientation confidence"])
        detected = Detected(said["Script"], script, int(said["Rotate"]) // 90 % 4, turn)
    except (KeyError, ValueError):
        return None
    return detected if math.isfinite(script) and math.isfinite(turn) else None


def _seen_by_reading(image: Prepared, means: _Means) -> ScriptSeen | None:
    strip = _strip(image)
    if strip is None:
        return None
    tries: list[_Try] = []
    for attempt in _tries(strip, means):
        tries.append(attempt)
        if attempt.mean >= (READS_LATIN if attempt.pack.code == BASE else READS_WELL):
            break
    if not tries:
        return None
    best = max(tries, key=lambda attempt: attempt.worth)
    script = best.pack.script
    # Latin script is the base model's, whatever the language.
    others = [] if script is Script.LATIN else packs_for_script(script, means.codes)[:MAX_OF_SCRIPT]
    rivals = [rival for pack in others if pack is not best.pack and (rival := _try(strip, pack, means))]
    ranked = sorted((best, *rivals), key=lambda rival: -rival.worth)
    if ranked[0].mean < READS:
        return None
    return ScriptSeen(script, ranked[0].mean, 0, tuple(attempt.pack for attempt in ranked))


def _tries(strip: Prepared, means: _Means) -> Iterator[_Try]:
    """Read the strip with the base, then with one model of each other script that is installed."""
    base = [pack for pack in PACKS if pack.code == BASE and BASE in means.codes]
    others = (packs_for_script(script, means.codes)[:1] for script in Script if script is not Script.LATIN)
    for pack in (*base, *(pack for packs in others for pack in packs)):
        if attempt := _try(strip, pack, means):
            yield attempt


def _try(strip: Prepared, pack: Pack, means: _Means) -> _Try | None:
    left = means.left_s
    if left <= 0:
        return None
    tesseract = Tesseract(Psm.UNIFORM_BLOCK, pack.code, means.scratch, cancellation=means.cancellation)
    try:
        lines = tesseract.read(strip, left)
    except EngineError:
        return None
    letters = [(char, word.confidence) for line in lines for word in line.words for char in word.text if char.isalpha()]
    own = [(char, confidence) for char, confidence in letters if is_letter_of(char, pack.script)]
    kana = sum(not is_letter_of(char, Script.HAN) for char, _ in own)
    if len(own) < MIN_LETTERS or (pack.script is Script.JAPANESE and kana < KANA_SHARE * len(own)):
        return None
    read = sum(confidence for _, confidence in own)
    return _Try(pack, read, read / len(own))


def _strip(image: Prepared) -> Prepared | None:
    """Cut the longest runs of text out of an image and arrange them in one column; ``None`` if there are none."""
    tall = image.letter_px or USUAL_LETTER_PX
    margin = round(0.4 * tall)
    boxes = _pieces(image.pixels, tall)[:STRIP_LINES]
    cuts = [
        image.pixels[max(0, y - margin) : y + h + margin, max(0, x - margin) : x + w + margin] for x, y, w, h in boxes
    ]
    if not cuts:
        return None
    widest = max(cut.shape[1] for cut in cuts)
    paper = int(np.median(image.pixels))
    sheets = [
        cv2.copyMakeBorder(cut, 3, 3, margin, margin + widest - cut.shape[1], cv2.BORDER_CONSTANT, value=(paper,))
        for cut in cuts
    ]
    return replace(image, pixels=np.vstack(sheets).astype(np.uint8), variant="script")


def _pieces(pixels: Pixels, tall: float) -> Sequence[tuple[int, int, int, int]]:
    """Return runs of letters without a wide gap, longest first, each as left, top, width and height."""
    side = 2 * round(tall) + 1
    ink = (pixels < cv2.convertScaleAbs(cv2.blur(pixels, (side, side)), alpha=0.8)).astype(np.uint8)
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((1, round(1.2 * tall)), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(joined, connectivity=8)
    found = [(int(x), int(y), int(w), int(h)) for x, y, w, h, _ in stats[1:]]
    lines = [box for box in found if 0.6 * tall <= box[3] <= 2.2 * tall and box[2] > 3 * box[3]]
    longest = sorted(lines, key=lambda box: -box[2])
    return [(x, y, w, h) for x, y, w, h in longest if not _is_pattern(ink[y : y + h, x : x + w], tall)]


def _is_pattern(ink: Pixels, tall: float) -> bool:
    """Return whether a line is a repeated character, such as a row of stars: its ink profile is periodic."""
    profile = ink.sum(axis=0, dtype=np.float64)[None]
    profile = (profile - cv2.blur(profile, (2 * round(1.2 * tall) + 1, 1)))[0]
    likeness = np.correlate(profile, profile, "full")[len(profile) :] / max(1.0, float(profile @ profile))
    # With a longer lag fewer columns are compared.
    lags = np.arange(1, len(profile))
    likeness *= len(profile) / (len(profile) - lags)
    one = (lags > 0.3 * tall) & (lags < 1.6 * tall)
    return bool(one.any() and likeness[one].max() > REPEATS)
