"""Levels the rows of a page, so that amounts that are printed below one another are below one another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from rpiocr.extract.roles import ReceiptLine
from rpiocr.model import Line
from rpiocr.model.baseline import STRAIGHT, Baseline


def levelled(rows: Sequence[ReceiptLine], baseline: Baseline) -> tuple[ReceiptLine, ...]:
    """Return the rows with the boxes of their words and amounts where they are on the levelled page."""
    return tuple(rows) if baseline == STRAIGHT else tuple(_levelled(row, baseline) for row in rows)


def _levelled(row: ReceiptLine, baseline: Baseline) -> ReceiptLine:
    line = Line(tuple(replace(word, box=baseline.levelled(word.box)) for word in row.line.words))
    text = replace(row.text, words=tuple(replace(word, box=baseline.levelled(word.box)) for word in row.text.words))
    amounts = tuple(replace(one, box=baseline.levelled(one.box)) for one in row.amounts)
    return replace(row, line=line, text=text, amounts=amounts)
