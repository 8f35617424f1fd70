"""Maps bounding boxes from crop coordinates back to page coordinates."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from rpiocr.model import NOWHERE, Ballot, Box, Candidate, Field, Fields, ItemList, Line, Pass, Reading, Word, map_box
from rpiocr.model.transform import PointTransform

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


def moved_fields(fields: Fields, there: PointTransform) -> Fields:
    """Return the fields with every box mapped by ``there``."""
    moved: dict[str, Any] = {}
    for spec, value in fields.values():
        if isinstance(value, Field):
            moved[spec.name] = _moved_field(value, there)
        elif spec.voted and spec.is_many:
            moved[spec.name] = tuple(_moved_field(one, there) for one in value)
    if fields.items:
        moved["items"] = _moved_items(fields.items, there)
    return replace(fields, **moved)


def _moved_items(found: ItemList, there: PointTransform) -> ItemList:
    return replace(found, items=tuple(replace(item, box=place_box(item.box, there)) for item in found.items))


def _moved_field(field: Field[T], there: PointTransform) -> Field[T]:
    def move(candidate: Candidate[T]) -> Candidate[T]:
        return replace(candidate, box=place_box(candidate.box, there))

    ballots = (Ballot(b.source, move(b.candidate) if b.candidate else None) for b in field.ballots)
    return replace(field, chosen=move(field.chosen), rivals=tuple(map(move, field.rivals)), ballots=tuple(ballots))


def moved_passes(passes: Sequence[Pass], there: PointTransform) -> tuple[Pass, ...]:
    """Return the passes with every box mapped by ``there``."""
    return tuple(replace(one, lines=_moved_lines(one.lines, there)) for one in passes)


def moved_reading(reading: Reading, there: PointTransform) -> Reading:
    """Return the reading with every box mapped by ``there``."""
    return replace(reading, lines=_moved_lines(reading.lines, there))


def _moved_lines(lines: Sequence[Line], there: PointTransform) -> tuple[Line, ...]:
    return tuple(Line(tuple(Word(w.text, place_box(w.box, there), w.confidence) for w in line.words)) for line in lines)
