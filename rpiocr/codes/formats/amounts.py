"""Amounts as the formats of codes write them: in exactly one form, so that anything else is no amount."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

CENT = Decimal("0.01")
MAX_WHOLE = 12
"""Most digits before the decimal point: no receipt is dearer, in any currency."""


def amount(text: str, least: int = 2, most: int = 2, *, point: str = ".", signed: bool = False) -> Decimal | None:
    """Return an amount of ``least`` to ``most`` decimals after ``point``, ``None`` if the text is in any other form.

    Without decimals there is no point either. Only the digits 0 to 9 count, without thousands marks, blanks, a plus
    or an exponent; a minus only if ``signed``.
    """
    if not _form(least, most, point, signed).fullmatch(text):
        return None
    return Decimal(text.replace(point, ".")) + 0  # so that minus zero is zero


@cache
def _form(least: int, most: int, point: str, signed: bool) -> re.Pattern[str]:  # noqa: FBT001 - a cache key
    sign = "-?" if signed else ""
    decimals = rf"{re.escape(point)}[0-9]{{{max(least, 1)},{most}}}" if most else ""
    return re.compile(rf"{sign}[0-9]{{1,{MAX_WHOLE}}}(?:{decimals}){'?' if least == 0 else ''}")


def minor_units(text: str, places: int = 2, *, signed: bool = False) -> Decimal | None:
    """Return an amount that is written as a whole number of its smallest unit, such as cents: ``1650`` is 16.50."""
    whole = amount(text, 0, 0, signed=signed)
    return None if whole is None else whole.scaleb(-places)


def ungrouped(text: str, mark: str = ",") -> str:
    """Return the text without thousands marks if all of them stand before exactly three digits, else unchanged."""
    parts = re.match(rf"-?[0-9]{{1,3}}(?:{re.escape(mark)}[0-9]{{3}}){{1,4}}(?![0-9{re.escape(mark)}])", text)
    return text[: parts.end()].replace(mark, "") + text[parts.end() :] if parts else text


def all_amounts(amounts: Iterable[Decimal | None]) -> tuple[Decimal, ...] | None:
    """Return the amounts, ``None`` if one of them was not in its form."""
    found = tuple(amounts)
    known = tuple(one for one in found if one is not None)
    return known if len(known) == len(found) else None


def tax_within(gross: Decimal, rate: Decimal) -> Decimal:
    """Return the tax in an amount that includes it, by a rate in percent, rounded to cents, halves away from zero."""
    return (gross * rate / (100 + rate)).quantize(CENT, ROUND_HALF_UP)
