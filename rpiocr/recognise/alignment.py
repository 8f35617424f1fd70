"""Merges the passes into one reading, in the coordinates of the upright page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rpiocr.model import Box, Pass, Reading, Word
from rpiocr.model.baseline import STRAIGHT, Baseline
from rpiocr.model.overlap import overlapping
from rpiocr.recognise.lines import build_lines

SURE = 0.85
"""Word confidence above which the best single reading is taken; below it the passes vote."""

OVERLAP_X = 0.4
OVERLAP_Y = 0.5
"""Minimum overlap of words of the same print, as shares of the smaller width and height."""

HEIGHT_RATIO = 2.5
"""Maximum ratio of the heights of two boxes around the same print."""

NOISE = re.compile(r"^[\W_]+$")


@dataclass(frozen=True, slots=True)
class _Sighting:
    """The words of one pass at one location."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return "".join(word.text for word in self.words)

    @property
    def confidence(self) -> float:
        return min(word.confidence for word in self.words)


def merge(passes: Sequence[Pass], baseline: Baseline = STRAIGHT) -> Reading:
    """Align the words of all passes and choose at each location.

    A location is a set of words, over all passes, whose boxes overlap; there the reading with the highest
    confidence wins if that is over SURE, else the one that most passes read, the more confident on a tie.
    A location where fewer than a third of the passes read anything is dropped as noise unless its confidence is high.
    """
    good = [one for one in passes if one.error is None]
    chosen = [word for place in _places(good) for word in _vote(place, len(good))]
    return Reading(build_lines(chosen, baseline), len(good))


def _vote(place: Sequence[_Sighting], passes: int) -> tuple[Word, ...]:
    best = max(place, key=lambda seen: seen.confidence)
    if best.confidence > SURE:
        return best.words
    if 3 * len(place) < passes:
        return ()
    tally: dict[str, list[_Sighting]] = {}
    for seen in place:
        tally.setdefault(seen.text, []).append(seen)
    winners = max(tally.values(), key=lambda same: (len(same), max(s.confidence for s in same)))
    return max(winners, key=lambda seen: seen.confidence).words


def _places(passes: Sequence[Pass]) -> Iterator[list[_Sighting]]:
    """Join overlapping words of different passes, by union-find."""
    words = [(number, word) for number, one in enumerate(passes) for line in one.lines for word in line.words]
    words = [(number, word) for number, word in words if not NOISE.match(word.text) or word.confidence > SURE]
    parent = list(range(len(words)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    boxes = [word.box for _, word in words]
    for other, index in overlapping(boxes, HEIGHT_RATIO):
        if words[other][0] != words[index][0] and _same_print(boxes[other], boxes[index]):
            parent[root(other)] = root(index)

    places: dict[int, dict[int, list[Word]]] = {}
    for index, (number, word) in enumerate(words):
        places.setdefault(root(index), {}).setdefault(number, []).append(word)
    for seen in places.values():
        yield [_Sighting(tuple(sorted(group, key=lambda word: word.box.left))) for group in seen.values()]


def _same_print(a: Box, b: Box) -> bool:
    across, down = a.shared(b)
    if across <= 0 or down <= 0:
        return False
    smaller_width, smaller_height = min(a.width, b.width), min(a.height, b.height)
    taller = max(a.height, b.height)
    overlap = across > OVERLAP_X * smaller_width and down > OVERLAP_Y * smaller_height
    return overlap and taller < HEIGHT_RATIO * smaller_height
