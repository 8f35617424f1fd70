"""Maps bounding boxes from crop coordinates back to page coordinates."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, TypeVar

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
