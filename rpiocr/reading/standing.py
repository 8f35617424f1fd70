"""Where a result stands after a stage, and whether reading the page once more can change that."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from rpiocr.decide.interpret import Understanding
from rpiocr.model import Fields, VetoKind

DECIDING = ("amount", "date", "currency")
"""The fields that a verdict rests on."""

ENOUGH = 3
"""Number of readings of the whole page with the same outcome after which another one is not expected to differ. Of 25
real receipts that two readings did not settle, 3 were settled by a third, and none after three that agreed."""

ENOUGH_BEYOND_READING = 2
"""The same where no reading can settle the receipt: a field is missing, or what the text means is in doubt."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The outcome of a stage: the values and vetoes of the deciding fields, and the quality.

    ``beyond_reading``: a deciding field was not found, or a veto on its meaning holds.
    """

    fields: tuple[Hashable, ...]
    quality: int
    beyond_reading: bool


def standing_of(found: Understanding) -> Standing:
    """Return where a result stands."""
    deciding = [getattr(found.fields, name) for name in DECIDING]
    fields = tuple((one.chosen.value, frozenset(one.vetoes)) if one else None for one in deciding)
    return Standing(fields, found.judgement.quality, _is_beyond_reading(found.fields))


def _is_beyond_reading(fields: Fields) -> bool:
    deciding = [getattr(fields, name) for name in DECIDING]
    return not all(deciding) or any(veto.kind is VetoKind.MEANING for one in deciding for veto in one.vetoes)


def may_more_help(standings: Sequence[Standing]) -> bool:
    """Return whether another reading of the page may change the outcome; ``standings`` are those so far, in order."""
    if not standings:
        return True
    last = standings[-1]
    same = 0
    while same < len(standings) and standings[-1 - same] == last:
        same += 1
    return same < (ENOUGH_BEYOND_READING if last.beyond_reading else ENOUGH)
