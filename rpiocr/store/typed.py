"""Parses days and amounts typed by people: unambiguous input is accepted, ambiguous input is refused."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

MAX_DIGITS = 15

PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
COMMA_NUMBER = re.compile(r"-?[0-9]+,([0-9]{1,2}|[0-9]{4,})")
"""A comma before three digits may be a thousands separator."""

GROUPED_NUMBER = re.compile(
    r"-?[0-9]{1,3}(?:(?P<group>[,.'\u2019 \u00a0\u202f])[0-9]{3})(?:(?P=group)[0-9]{3})*"
    r"(?P<rest>(?!(?P=group))[.,][0-9]+)?"
)
"""Grouped thousands, with another decimal separator."""

YEAR_FIRST = re.compile(r"([0-9]{4})([-./])([0-9]{1,2})\2([0-9]{1,2})")
YEAR_LAST = re.compile(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4})")

DAYS_AGO = {"today": 0, "yesterday": 1}


class AmbiguousDayError(ValueError):
    """A day that can be read in two ways; the message has an unambiguous form of each."""


def typed_amount(text: str) -> Decimal | None:
    """Parse an amount of at most MAX_DIGITS digits before the decimals; None if it is invalid or ambiguous.

    The decimal separator may be a comma (80,12), and thousands may be grouped (1.234,50 or 1,234.50 or 1 234,50) if
    that is unambiguous: 1,234 is not.
    """
    plain = _plain(text)
    if plain is None or len(plain.lstrip("-").partition(".")[0]) > MAX_DIGITS:
        return None
    return Decimal(plain)


def _plain(text: str) -> str | None:
    if not text.isascii() and not GROUPED_NUMBER.fullmatch(text):
        return None
    if PLAIN_NUMBER.fullmatch(text):
        return text
    if COMMA_NUMBER.fullmatch(text):
        return text.replace(",", ".")
    grouped = GROUPED_NUMBER.fullmatch(text)
    if not grouped:
        return None
    sign, rest = grouped["group"], grouped["rest"]
    if rest is None and sign in ",." and text.count(sign) == 1:
        return None
    whole = text.removesuffix(rest or "").replace(sign, "")
    return whole + (rest or "").replace(",", ".")


def typed_day(text: str, today: dt.date) -> dt.date | None:
    """Parse a day: 2024-03-05, 2024/3/5, 23.07.2019, today or yesterday; None if it is invalid.

    Raises AmbiguousDayError if day and month could be swapped, as in 03/04/2019.
    """
    if text.casefold() in DAYS_AGO:
        return today - dt.timedelta(days=DAYS_AGO[text.casefold()])
    if found := YEAR_FIRST.fullmatch(text):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    if not (found := YEAR_LAST.fullmatch(text)):
        return None
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    by_day, by_month = _day(year, second, first), _day(year, first, second)
    if by_day and by_month and by_day != by_month:
        message = f"{text!r} may be {by_day} or {by_month}: write the one you mean"
        raise AmbiguousDayError(message)
    return by_day or by_month


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
