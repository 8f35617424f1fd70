"""Finds the orientation or region of a page that could not be read, by trial OCR on its longest lines."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from rpiocr.errors import EngineTimeoutError
from rpiocr.preprocess import PLAIN, Preparer
from rpiocr.preprocess.crops import Crop, candidate_crops, rotated
from rpiocr.recognise.rapidocr import engine as rapid
from rpiocr.recognise.rapidocr.boxes import Quad
from rpiocr.system.cancellation import Cancellation

TRIED_LINES = 8
"""Number of the longest lines that are read of each crop; upside down they yield hardly any confident character."""

SURE_CHAR = 0.7

CLEARLY = 1.5
"""Minimum ratio of legible text, candidate to original, required to rotate."""

ELSEWHERE = 2.0
"""Minimum ratio of legible text, candidate to original, required to take another region of the page."""

ENOUGH = 600.0
"""Amount of legible text that only a receipt the right way up has: no more crops are tried."""

DIGIT_WORTH = 12.0
"""Number of characters that a digit counts as: a newspaper under the receipt has more text, but hardly a number."""


def best_crop(
    crop: Crop, page: Crop, prepare: Callable[[Crop], Preparer], timeout_s: float, cancellation: Cancellation
) -> Crop:
    """Return the crop of a receipt with the most legible text; ``crop`` itself if in doubt.

    It is tried in all four orientations; if that is not enough, so are the whole page and other regions of it. Raises
    EngineError if the second engine fails, takes longer than ``timeout_s``, or ``cancellation`` ends it.
    """
    end = time.monotonic() + timeout_s

    def better(known: Crop, least: float, others: Iterable[Crop]) -> tuple[Crop, float]:
        best, most = known, least
        for other in others:
            if best is not known and most > ENOUGH:
                break
            if time.monotonic() >= end:
                message = "the time for this receipt was over before every crop was tried"
                raise EngineTimeoutError(message)
            legible = _legible(prepare(other), end, cancellation)
            if legible > most:
                best, most = other, legible
        return best, most

    first = _legible(prepare(crop), end, cancellation)
    upright, most = better(crop, CLEARLY * first, _any_way_up(crop, (2, 1, 3)))
    if upright is not crop and most > ENOUGH:
        return upright
    return better(upright, ELSEWHERE * (first if upright is crop else most), _other_parts(crop, page))[0]


def _any_way_up(crop: Crop, ways: Sequence[int] = (0, 2, 1, 3)) -> Iterator[Crop]:
    return (rotated(crop, quarters) for quarters in ways)


def _other_parts(crop: Crop, page: Crop) -> Iterator[Crop]:
    if crop.page is not page.page:
        yield page
    for part in candidate_crops(page):
        yield from _any_way_up(part)


def _legible(preparer: Preparer, end: float, cancellation: Cancellation) -> float:
    """Return the number of characters read with confidence in the longest lines; a digit counts as several."""
    image = preparer.make(PLAIN)
    found = rapid.find_lines(image, end - time.monotonic(), cancellation)
    longest = tuple(sorted(found, key=_length)[-TRIED_LINES:])
    lines = rapid.LineReader(longest, cancellation=cancellation).read(image, end - time.monotonic())
    words = [word for line in lines for word in line.words]
    return sum(_worth(word.text) * word.confidence for word in words if word.confidence > SURE_CHAR)


def _worth(text: str) -> float:
    return len(text) + (DIGIT_WORTH - 1) * sum(char.isdigit() for char in text)


def _length(quad: Quad) -> float:
    return float(np.hypot(*(quad[1] - quad[0])))
