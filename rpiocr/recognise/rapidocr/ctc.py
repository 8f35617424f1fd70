"""Decodes the output of a line recogniser to characters with positions, and groups these into words.

The recogniser scans a line in narrow frames from left to right and returns, for each frame, the probability of each
character and of none (CTC: Graves et al. 2006, "Connectionist Temporal Classification").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

import numpy as np
from numpy.typing import NDArray

BLANK = 0

WIDE_GAP = 1.7
"""Minimum distance of neighbouring characters at a gap between words, in units of the line's usual distance."""

WIDE_GAP_IN_WORD = 2.3
"""The same between two letters, whose widths vary more than those of digits."""

SPACE_GAP = 1.35
"""Minimum distance, in the same unit, at which a space read between digits counts; widely spaced digits are closer."""

MIN_PITCH = 0.25
"""Minimum usual distance of characters as a share of the line's height; lower estimates are raised to it."""


@dataclass(frozen=True, slots=True)
class Char:
    """One character, its start and end along the line (0 to 1), and its probability (0 to 1)."""

    text: str
    start: float
    end: float
    confidence: float

    @property
    def middle(self) -> float:
        """The middle between start and end."""
        return (self.start + self.end) / 2


def decode(frames: NDArray[np.float32], alphabet: Sequence[str]) -> tuple[Char, ...]:
    """Greedy CTC decoding: the most probable character of every frame, with repetitions in neighbouring frames merged.

    ``frames`` has the shape (frames, characters), each row a distribution over ``alphabet``, whose entry BLANK
    means no character.
    """
    best = frames.argmax(axis=1)
    sure = frames.max(axis=1)
    count = len(best)
    edges = [0, *(np.flatnonzero(np.diff(best)) + 1).tolist(), count]
    return tuple(
        Char(alphabet[best[first]], first / count, end / count, float(sure[first:end].max()))
        for first, end in pairwise(edges)
        if first < end and best[first] != BLANK
    )


def split_words(chars: Sequence[Char], aspect: float) -> tuple[tuple[Char, ...], ...]:
    """Split at spaces that were read, and where characters are further apart than elsewhere on the line.

    Narrow spaces between digits do not split. ``aspect`` is the width of the line divided by its height.
    """
    steps = [
        (after.middle - before.middle) * aspect
        for before, after in pairwise(chars)
        if not (before.text.isspace() or after.text.isspace())
    ]
    pitch = max(median(steps), MIN_PITCH) if steps else MIN_PITCH
    words: list[list[Char]] = [[]]
    space = False
    for char in chars:
        if char.text.isspace():
            space = True
            continue
        if words[-1] and _apart(words[-1][-1], char, pitch / aspect, space=space):
            words.append([])
        words[-1].append(char)
        space = False
    return tuple(tuple(word) for word in words if word)


def _apart(before: Char, after: Char, pitch: float, *, space: bool) -> bool:
    """Return whether a word ends between two characters; ``space``: a space was read there.

    Printers space digits widely, and the recogniser reads that as a space.
    """
    gap = after.middle - before.middle
    if space and before.text.isdigit() and after.text.isdigit():
        return gap > SPACE_GAP * pitch
    limit = WIDE_GAP_IN_WORD if before.text.isalpha() and after.text.isalpha() else WIDE_GAP
    return space or gap > limit * pitch
