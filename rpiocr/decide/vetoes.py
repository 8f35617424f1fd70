"""What holds an answer back however well it was read: dangers that the receipts the judge was fitted to cannot teach.

They are set by hand. Each came from a receipt, real or generated, whose wrong answer was accepted without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rpiocr.decide.features import (
    Facts,
    is_count,
    is_disputed,
    is_lone,
    is_maybe_refund,
    is_named_once,
    is_nameless,
    is_of_both_signs,
    is_other_day,
)
from rpiocr.extract.fields.date import by_default
from rpiocr.model import Fields

DOUBTFUL_MOST = 0.7
"""Far below what any accepted risk asks for, and still more likely right than wrong."""

COUNT_MOST = 0.5
"""A whole number without a sum is a total as often as a number of things."""

LONE_ON_PHOTO_MOST = 0.87
"""Of 38 dates on generated photos that one engine alone had read 33 were right; of 18 on labelled scans, all."""


@dataclass(frozen=True, slots=True)
class Cap:
    """The chance of a field is at most ``most`` where ``holds``; ``why`` continues "is in doubt, because"."""

    field: str
    most: float
    why: str
    holds: Callable[[Fields, Facts], bool]


# Sums and dates of one receipt tell nothing of another.
SEVERAL = Cap(
    "amount",
    DOUBTFUL_MOST,
    "the picture may show several receipts, which are better taken one by one",
    lambda fields, facts: fields.amount is not None and facts.mixed,
)
# "Total staff: 14" is read well, and is no amount.
COUNT = Cap(
    "amount",
    COUNT_MOST,
    "it has no decimals and no sum proves it, so that it may count things",
    lambda fields, _facts: fields.amount is not None and is_count(fields.amount.chosen, fields.currency),
)
# Which of two was paid is no question of reading.
DISPUTED = Cap(
    "amount",
    DOUBTFUL_MOST,
    "another amount is proved as well, or better",
    lambda fields, _facts: fields.amount is not None and is_disputed(fields.amount),
)
# So it is where the words are of a language, or in letters, that were not read.
NAMELESS = Cap(
    "amount",
    DOUBTFUL_MOST,
    "neither a word nor a sum says that it is the total",
    lambda fields, _facts: fields.amount is not None and is_nameless(fields.amount.chosen),
)
# "Total quantity 5", misread by the one pass that knows its letters, was "total 5", and the number was read twice.
NAMED_ONCE = Cap(
    "amount",
    DOUBTFUL_MOST,
    "the word beside it was read once only, in letters that the other engine does not know, and no sum proves it",
    lambda fields, facts: fields.amount is not None and facts.lent and is_named_once(fields.amount),
)
MAYBE_REFUND = Cap(
    "amount",
    DOUBTFUL_MOST,
    "a line that was not read clearly may say that it is a refund",
    lambda fields, _facts: fields.amount is not None and is_maybe_refund(fields.amount.chosen),
)
BOTH_SIGNS = Cap(
    "amount",
    DOUBTFUL_MOST,
    "it was read with the other sign as well, so that it may be a refund",
    lambda fields, _facts: fields.amount is not None and is_of_both_signs(fields.amount),
)
# One country's April is another one's May.
OPEN = Cap(
    "date",
    DOUBTFUL_MOST,
    "nothing on the receipt tells which number is the day and which the month",
    lambda fields, _facts: fields.date is not None and by_default(fields.date.chosen),
)
LONE_ON_PHOTO = Cap(
    "date",
    LONE_ON_PHOTO_MOST,
    "one engine alone read it off a photo",
    lambda fields, facts: fields.date is not None and facts.photo and is_lone(fields.date),
)
# "Return until": the day of purchase was not read then.
OTHER_DAY = Cap(
    "date",
    DOUBTFUL_MOST,
    "words beside it say that it is not the day of the purchase",
    lambda fields, _facts: fields.date is not None and is_other_day(fields.date.chosen),
)

CAPS = (SEVERAL, COUNT, DISPUTED, NAMELESS, NAMED_ONCE, MAYBE_REFUND, BOTH_SIGNS, OPEN, LONE_ON_PHOTO, OTHER_DAY)


def caps_on(fields: Fields, facts: Facts, name: str) -> Iterator[Cap]:
    """Yield what holds one field back."""
    return (cap for cap in CAPS if cap.field == name and cap.holds(fields, facts))
