"""Levels the rows of a page, so that amounts that are printed below one another are below one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from rpiocr.extract.items.zone import COLUMN_GAP
from rpiocr.extract.roles import ReceiptLine
from rpiocr.model import Line
from rpiocr.model.baseline import STRAIGHT, Baseline


def with_lean(baseline: Baseline, rows: Sequence[ReceiptLine]) -> Baseline:
    """Return the baseline with the lean of columns: that of a rotated page if more amounts end at one place then."""
    rotated = replace(baseline, lean=baseline.slope)
    return rotated if _spread(rotated, rows) < _spread(baseline, rows) else baseline


def _spread(baseline: Baseline, rows: Sequence[ReceiptLine]) -> float:
    """Return how far the right edges of amounts are apart within columns, and what is between columns as a constant."""
    boxes = [amount.box for row in rows for amount in row.amounts]
    edges = sorted((baseline.levelled(box).right, box.height) for box in boxes)
    return sum(min(other - edge, COLUMN_GAP * height) for (edge, height), (other, _) in pairwise(edges))


def levelled(rows: Sequence[ReceiptLine], baseline: Baseline) -> tuple[ReceiptLine, ...]:
    """Return the rows with the boxes of their words and amounts where they are on the levelled page."""
    return tuple(rows) if baseline == STRAIGHT else tuple(_levelled(row, baseline) for row in rows)


def _levelled(row: ReceiptLine, baseline: Baseline) -> ReceiptLine:
    line = Line(tuple(replace(word, box=baseline.levelled(word.box)) for word in row.line.words))
    text = replace(row.text, words=tuple(replace(word, box=baseline.levelled(word.box)) for word in row.text.words))
    amounts = tuple(replace(one, box=baseline.levelled(one.box)) for one in row.amounts)
    return replace(row, line=line, text=text, amounts=amounts)
