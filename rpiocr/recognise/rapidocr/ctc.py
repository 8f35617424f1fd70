"""From the output of a line recogniser to characters with places, and from these to words.

The recogniser looks at a line in narrow frames from left to right and gives, for each frame, how likely it shows each
character or none (CTC: Graves et al. 2006, "Connectionist Temporal Classification").
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
"""Between neighbours this many times further apart than usual on the line is a gap between words."""

WIDE_GAP_IN_WORD = 2.3
"""The same between two letters, whose widths differ more than those of digits do."""

SPACE_GAP = 1.35
"""A blank that was read between two digits counts from this distance on; digits that are spaced widely stay closer."""

MIN_PITCH = 0.25
"""Share of the line's height below which no usual distance of characters is believed."""


@dataclass(frozen=True, slots=True)
class Char:
    """One character, where it starts and ends along the line (0 to 1), and how likely it is (0 to 1)."""

    text: str
    start: float
    end: float
    confidence: float

    @property
    def middle(self) -> float:
        """The middle between start and end."""
        return (self.start + self.end) / 2


def decode(frames: NDArray[np.float32], alphabet: Sequence[str]) -> tuple[Char, ...]:
    """Take the likeliest character of every frame, and the same one in neighbouring frames as one.

    ``frames`` has the shape (frames, characters), each row a distribution over ``alphabet``, whose entry BLANK
    stands for no character.
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
    """Split at blanks that were read, and where characters stand further apart than elsewhere on the line.

    Narrow blanks between digits do not split.
    ``aspect`` is the width of the line by its height.
    """
    steps = [
        (after.middle - before.middle) * aspect
        for before, after in pairwise(chars)
        if not (before.text.isspace() or after.text.isspace())
    ]
    pitch = max(median(steps), MIN_PITCH) if steps else MIN_PITCH
    words: list[list[Char]] = [[]]
    blank = False
    for char in chars:
        if char.text.isspace():
            blank = True
            continue
        if words[-1] and _apart(words[-1][-1], char, pitch / aspect, blank=blank):
            words.append([])
        words[-1].append(char)
        blank = False
    return tuple(tuple(word) for word in words if word)


def _apart(before: Char, after: Char, pitch: float, *, blank: bool) -> bool:
    """Tell whether a word ends between two characters; ``blank``: a blank was read there.

    Printers space digits widely, and the recogniser takes that for a blank.
    """
    gap = after.middle - before.middle
    if blank and before.text.isdigit() and after.text.isdigit():
        return gap > SPACE_GAP * pitch
    limit = WIDE_GAP_IN_WORD if before.text.isalpha() and after.text.isalpha() else WIDE_GAP
    return blank or gap > limit * pitch
