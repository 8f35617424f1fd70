"""Decides how many decimals the amounts of a page have: whether 12.750 is twelve and three quarters, or thousands."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import any_of
from rpiocr.model.currency import THREE_OR_NONE, USUAL_DECIMALS, decimals_of

THREE_DIGITS = re.compile(r"(?<![0-9.,])[0-9]{1,3}[.,][0-9]{3}(?![0-9%]|[.,][0-9])")
"""A number with three digits behind its only mark: decimals, or a group of thousands."""

DECIMAL_FOR_SURE = re.compile(
    r"(?<![0-9.,])(?:0[.,][0-9]{3}|[1-9][0-9]{0,2}(?:[,'’ ][0-9]{3})+\.[0-9]{3}"
    r"|[1-9][0-9]{0,2}(?:[.'’ ][0-9]{3})+,[0-9]{3})(?![0-9%]|[.,][0-9])"
)
"""Three decimals for sure: no group of thousands follows a zero, or another mark between groups."""

GROUPS_FOR_SURE = re.compile(r"(?<![0-9.,])[1-9][0-9]{0,2}(?:([.,'’])[0-9]{3})(?:\1[0-9]{3})+(?![0-9]|[.,][0-9])")
"""Two groups of thousands."""

CENTS = re.compile(r"(?<![0-9])[0-9]{1,6}[.,][0-9]{2}(?![0-9%]|[.,][0-9])")


@dataclass(frozen=True, slots=True)
class Decimals:
    """How many numbers of a page have two decimals, three digits after a mark, surely three decimals, surely groups."""

    cents: int
    three: int
    surely_three: int
    surely_groups: int

    @property
    def is_three(self) -> bool:
        """Whether the numbers alone show that amounts have three decimals."""
        return self.surely_three > 0 and not self.cents and not self.surely_groups

    @property
    def is_open(self) -> bool:
        """Whether amounts may have three decimals as well as none."""
        return self.three > 0 and not self.cents and not self.surely_groups and not self.surely_three


def printed_decimals(rows: Sequence[ReceiptLine]) -> Decimals:
    """Count the numbers at the ends of lines, where amounts stand; weights and volumes do not count."""
    ends = [_end(row) for row in rows]
    return Decimals(
        sum(bool(CENTS.search(end)) for end in ends),
        sum(bool(THREE_DIGITS.search(end)) for end in ends),
        sum(bool(DECIMAL_FOR_SURE.search(end)) for end in ends),
        sum(bool(GROUPS_FOR_SURE.search(end)) for end in ends),
    )


LAST_NUMBER = re.compile(r"[0-9][0-9.,'’]*[0-9](?=[ \u2009]?(?P<unit>[^\d\s]{0,4})[ \u2009.)*-]*$)")


def _end(row: ReceiptLine) -> str:
    """Return the last number of a line; empty if a unit of measure follows it, or anything else but a currency."""
    match = LAST_NUMBER.search(row.text.text)
    if match is None or _measure(row.lexicon).fullmatch(match["unit"]):
        return ""
    return match.group()


@lru_cache(maxsize=4)
def _measure(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(any_of(lexicon.units.measure), re.IGNORECASE)


def decimals_of_page(currency: str | None, shown: Decimals, *, is_sure: bool) -> tuple[int, int | None]:
    """Return the decimals of a page's amounts, and the other number that they may have if that stays open.

    A sure currency decides, by ISO 4217, unless several numbers contradict it: one may be a weight without its unit.
    Else the numbers on the page decide, if they can only be read in one way. Where both leave it open, three digits
    behind a mark are three decimals or none. Dinars of Iraq have three decimals by the standard, and are printed
    without: only the numbers decide.
    """
    known = decimals_of(currency)
    if shown.is_three and (not is_sure or known == 3 or shown.surely_three > 1):
        return 3, None
    if currency in THREE_OR_NONE:
        return (3, 0) if shown.is_open else (known if not shown.surely_groups else 0, None)
    if is_sure and currency:
        return known, None
    if known == 3 and shown.three:
        return 3, 0 if shown.is_open else None
    if shown.is_open:
        return (0 if known == 0 else USUAL_DECIMALS), 3
    return USUAL_DECIMALS, None
