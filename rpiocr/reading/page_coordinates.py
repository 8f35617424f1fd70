"""Maps bounding boxes from crop coordinates back to page coordinates."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

import numpy as np

from rpiocr.model import (
    NOWHERE,
    Ballot,
    Box,
    Candidate,
    Code,
    Field,
    Fields,
    ItemList,
    Line,
    Pass,
    Reading,
    Word,
    map_box,
)
from rpiocr.model.transform import PointTransform
from rpiocr.preprocess.crops import Crop

T = TypeVar("T")

STRAIGHT_DEG = 10.0
"""Maximum skew in degrees at which mapped boxes keep their shape; beyond it they become the boxes around the result."""


def place_box(box: Box, there: PointTransform) -> Box:
    """Map a box of a crop to the page; what is on no picture stays nowhere."""
    if box == NOWHERE:
        return NOWHERE
    near = there.affine_at(*box.middle)
    angle = math.degrees(math.atan2(near[1, 0], near[0, 0]))
    if abs((angle + 45.0) % 90.0 - 45.0) < STRAIGHT_DEG:
        return map_box(box, near)
    corners = np.array([(x, y, 1.0) for x in (box.left, box.right) for y in (box.top, box.bottom)])
    left, top = (corners @ near.T).min(axis=0)
    right, bottom = (corners @ near.T).max(axis=0)
    return Box(float(left), float(top), float(right), float(bottom))


Move: TypeAlias = Callable[[Box], Box]


def moved_fields(fields: Fields, there: PointTransform) -> Fields:
    """Return the fields with every box mapped by ``there``."""
    return _with_boxes(fields, lambda box: place_box(box, there))


def without_places(fields: Fields) -> Fields:
    """Return fields that are on no picture: every box is NOWHERE."""
    return _with_boxes(fields, lambda _box: NOWHERE)


def _with_boxes(fields: Fields, move: Move) -> Fields:
    moved: dict[str, Any] = {}
    for spec, value in fields.values():
        if isinstance(value, Field):
            moved[spec.name] = _moved_field(value, move)
        elif spec.voted and spec.is_many:
            moved[spec.name] = tuple(_moved_field(one, move) for one in value)
    if fields.items:
        moved["items"] = _moved_items(fields.items, move)
    return replace(fields, **moved)


def _moved_items(found: ItemList, move: Move) -> ItemList:
    return replace(found, items=tuple(replace(item, box=move(item.box)) for item in found.items))


def _moved_field(field: Field[T], move: Move) -> Field[T]:
    def moved(candidate: Candidate[T]) -> Candidate[T]:
        return replace(candidate, box=move(candidate.box))

    ballots = (Ballot(b.source, moved(b.candidate) if b.candidate else None) for b in field.ballots)
    return replace(field, chosen=moved(field.chosen), rivals=tuple(map(moved, field.rivals)), ballots=tuple(ballots))


def codes_on(crop: Crop, codes: Sequence[Code]) -> tuple[Code, ...]:
    """Return the codes that are printed within a crop, their boxes mapped from the page to it."""
    placed = ((code, _from_page(code.found.box, crop.to_page)) for code in codes)
    height, width = crop.page.pixels.shape
    return tuple(
        replace(code, found=replace(code.found, box=box))
        for code, box in placed
        if 0 <= box.middle[0] < width and 0 <= box.middle[1] < height
    )


NEARER = 4
"""Number of steps in which a point of the page is found in a crop; bends are slight, so that two would do."""


def _from_page(box: Box, to_page: PointTransform) -> Box:
    """Map a box of the page to a crop: Newton's method on the transform in the other direction."""
    wanted = np.array(box.middle)
    here = wanted
    for _ in range(NEARER):
        near = to_page.affine_at(float(here[0]), float(here[1]))
        here = here + np.linalg.solve(near[:, :2], wanted - (near[:, :2] @ here + near[:, 2]))
    x, y = box.middle
    moved = Box(
        box.left - x + float(here[0]),
        box.top - y + float(here[1]),
        box.right - x + float(here[0]),
        box.bottom - y + float(here[1]),
    )
    scale = 1 / math.sqrt(abs(float(np.linalg.det(near[:, :2]))))
    return _resized(moved, scale)


def _resized(box: Box, scale: float) -> Box:
    (x, y), width, height = box.middle, box.width * scale / 2, box.height * scale / 2
    return Box(x - width, y - height, x + width, y + height)


def moved_codes(codes: Sequence[Code], there: PointTransform) -> tuple[Code, ...]:
    """Return the codes with every box mapped by ``there``."""
    return tuple(replace(one, found=replace(one.found, box=place_box(one.found.box, there))) for one in codes)


def moved_passes(passes: Sequence[Pass], there: PointTransform) -> tuple[Pass, ...]:
    """Return the passes with every box mapped by ``there``."""
    return tuple(replace(one, lines=_moved_lines(one.lines, there)) for one in passes)


def moved_reading(reading: Reading, there: PointTransform) -> Reading:
    """Return the reading with every box mapped by ``there``."""
    return replace(reading, lines=_moved_lines(reading.lines, there))


def lines_nowhere(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Return lines that are on no picture: every box is NOWHERE."""
    return tuple(Line(tuple(replace(word, box=NOWHERE) for word in line.words)) for line in lines)


def _moved_lines(lines: Sequence[Line], there: PointTransform) -> tuple[Line, ...]:
    return tuple(Line(tuple(Word(w.text, place_box(w.box, there), w.confidence) for w in line.words)) for line in lines)
