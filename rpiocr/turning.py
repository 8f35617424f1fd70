"""Which view of a page can be read: told by trying, with the few longest lines, on pages that could not be read."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator

import numpy as np

from rpiocr.model import Page
from rpiocr.preprocess import PLAIN, Preparer
from rpiocr.recognise import rapid
from rpiocr.recognise.boxes import Quad
from rpiocr.views import View, turned, unsure_views

TRIED_LINES = 8
"""Longest lines that are read of each view; upside down they hardly give a character that is sure."""

SURE_CHAR = 0.7

CLEARLY = 1.5
"""So many times as much text as in the first view has to be read before another one is taken."""

DIGIT_WORTH = 6.0
"""Characters of text that a digit counts as: a newspaper under the receipt has more text, but hardly a number."""


def other_views(view: View, page: View) -> Iterator[View]:
    """Yield what else a receipt could look like: turned by quarters, the whole page, other parts, either way up."""
    yield from (turned(view, quarters) for quarters in (2, 1, 3))
    if view.page is not page.page:
        yield page
    for part in unsure_views(page.page):
        yield from (part, turned(part, 2))


def best_view(view: View, others: Iterable[View], prepare: Callable[[Page], Preparer], timeout_s: float) -> View:
    """Return the view that has most legible text of a receipt's kind; ``view`` itself where in doubt.

    Raises EngineError when the second engine fails, or is not done within ``timeout_s``.
    """
    end = time.monotonic() + timeout_s
    most = CLEARLY * _legible(prepare(view.page), end)
    best = view
    for other in others:
        legible = _legible(prepare(other.page), end)
        if legible > most:
            best, most = other, legible
    return best


def _legible(preparer: Preparer, end: float) -> float:
    """How many characters of the longest lines are read surely, where a digit counts as several."""
    picture = preparer.make(PLAIN)
    longest = sorted(rapid.find_lines(picture, end - time.monotonic()), key=_length)[-TRIED_LINES:]
    lines = rapid.LineReader(tuple(longest)).read(picture, end - time.monotonic())
    words = [word for line in lines for word in line.words]
    return sum(_worth(word.text) * word.confidence for word in words if word.confidence > SURE_CHAR)


def _worth(text: str) -> float:
    return len(text) + (DIGIT_WORTH - 1) * sum(char.isdigit() for char in text)


def _length(quad: Quad) -> float:
    return float(np.hypot(*(quad[1] - quad[0])))
