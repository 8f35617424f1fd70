"""From passes to judged fields: merge, extract, vote, judge."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rpiocr.extract import Extract, Hints, Tables, extract
from rpiocr.judge import judge
from rpiocr.layout import build_lines
from rpiocr.merge import merge
from rpiocr.model import Fields, Judgement, Pass, Reading
from rpiocr.vote import vote

USUAL_AMOUNT_SCORE = 10.0
USUAL_SCORE = 6.0
"""Scores of a plainly labelled total, and of a plain date or name: the unit of a vote."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """The merged reading, what it says, and how far that can be trusted."""

    reading: Reading
    fields: Fields
    judgement: Judgement


def understand(passes: Sequence[Pass], skew_deg: float, tables: Tables, hints: Hints) -> Understanding:
    """Make one answer of all passes that succeeded, of which there is at least one.

    Every pass votes with what it found by itself; the merged reading votes too, and gives what is not voted on.
    """
    good = [one for one in passes if one.error is None]
    reading = merge(good, skew_deg)
    merged = extract(reading, tables, hints)
    single = [
        extract(
            Reading(build_lines((w for line in one.lines for w in line.words), skew_deg), 1),
            tables,
            hints,
            merged.locale,
        )
        for one in good
    ]
    fields, judgement = judge(_fields(merged, single), reading)
    return Understanding(reading, fields, judgement)


def _fields(merged: Extract, single: Sequence[Extract]) -> Fields:
    return Fields(
        amount=vote([one.amounts for one in single], merged.amounts, USUAL_AMOUNT_SCORE),
        currency=merged.locale.currency,
        date=vote([one.dates for one in single], merged.dates, USUAL_SCORE),
        time=merged.time,
        merchant=vote([one.merchants for one in single], merged.merchants, USUAL_SCORE),
        subtotal=merged.subtotal,
        tax=merged.tax,
    )
