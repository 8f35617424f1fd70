"""Weighs the signs of currencies on a page by their place: beside a total, an amount, or anywhere."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.extract.locale.conversion import converting
from rpiocr.extract.locale.currency_signs import Sign, signs_of
from rpiocr.extract.roles import TOTALS, ReceiptLine, Role

ON_TOTAL, ON_AMOUNT, ANYWHERE = 10.0, 6.0, 3.0
"""Weights of a sign that one currency has, by its place: beside a total, an amount or the word for one, elsewhere."""

SHARED = 6.0
"""Maximum weight of a sign that several currencies share: it leaves open which of them, and stands for others too, as $
on receipts of Malaysia."""

AGAIN, AGAIN_OF_SEVERAL = 0.5, 3.0
MOST_AGAIN = 4
"""Weights of the sign on each further line, alone and where signs of several currencies are printed, and how many of
these lines count: a converted total is on one line, the money of the receipt on many."""


@dataclass(frozen=True, slots=True)
class Printed:
    """A sign on a line: its weight for one currency, its text, the index of the line, and whether no other has it."""

    weight: float
    text: str
    line: int
    is_own: bool


Seen = Mapping[str, Sequence[Printed]]
"""The signs of each currency, the most telling first."""


def weigh_signs(rows: Sequence[ReceiptLine]) -> Seen:
    """Return the signs of each currency on lines that do not convert."""
    found: dict[str, list[Printed]] = {}
    skipped = converting(rows)
    listed = [
        (index, row, signs_of(row.text.text, row.amounts, labelled=row.role is not Role.NONE or bool(row.amounts)))
        for index, row in enumerate(rows)
        if index not in skipped
    ]
    beside = _beside_totals([(row, signs) for _, row, signs in listed])
    for index, row, signs in listed:
        for sign in signs:
            place = _place(row, sign)
            for code, share in sign.weights.items():
                most = ANYWHERE if code in beside else place if sign.own else min(place, SHARED)
                weight = most + 2 * math.log(share)
                found.setdefault(code, []).append(Printed(weight, sign.text, index, sign.own == code))
    return {code: sorted(places, key=lambda place: -place.weight) for code, places in found.items()}


def _place(row: ReceiptLine, sign: Sign) -> float:
    if row.role in (*TOTALS, Role.SUBTOTAL):
        return ON_TOTAL
    is_heading = row.text.text.strip(" :.()[]") == sign.text
    return ON_AMOUNT if row.amounts or row.role is not Role.NONE or is_heading else ANYWHERE


MOST_BESIDE = 3
"""Maximum number of lines with a sign that stands only at a total in another currency than that of the receipt."""


def _beside_totals(rows: Sequence[tuple[ReceiptLine, Sequence[Sign]]]) -> frozenset[str]:
    """Return the currencies in which only another total is printed, beside one without any sign."""
    paid = [(row, signs) for row, signs in rows if row.amounts]
    if not any(row.role in TOTALS and not signs for row, signs in paid):
        return frozenset()
    plain = {abs(row.main.value) for row, signs in paid if not signs}
    signed: dict[str, list[Decimal]] = {}
    for row, signs in paid:
        for code in {sign.own for sign in signs if sign.own}:
            signed.setdefault(code, []).append(abs(row.main.value))
    return frozenset(
        code for code, sums in signed.items() if len(sums) <= MOST_BESIDE and not _is_any_near(sums, plain)
    )


NEAR = Decimal("0.01")
"""Maximum difference, as a share, of a total and what it is after rounding; rates of exchange are farther from 1."""


def _is_any_near(some: Iterable[Decimal], others: Collection[Decimal]) -> bool:
    return any(abs(one - other) <= NEAR * other for one in some for other in others)


def weights_of(signs: Seen) -> Mapping[str, float]:
    """Return the weight of all signs of each currency that has some."""
    owned = {code for code, places in signs.items() if any(place.is_own for place in places)}
    again = {code: AGAIN_OF_SEVERAL if len(owned) > 1 and code in owned else AGAIN for code in signs}
    lines = {code: len({place.line for place in places}) for code, places in signs.items()}
    return {code: places[0].weight + again[code] * min(MOST_AGAIN, lines[code] - 1) for code, places in signs.items()}
