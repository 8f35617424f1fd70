"""Days and amounts as people type them: what can only mean one thing is read, what can mean two is refused."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

MOST_DIGITS = 15

PLAIN_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
COMMA_NUMBER = re.compile(r"-?[0-9]+,([0-9]{1,2}|[0-9]{4,})")
"""A comma before three digits may group thousands."""

GROUPED_NUMBER = re.compile(
    r"-?[0-9]{1,3}(?:(?P<group>[,.'\u2019 \u00a0\u202f])[0-9]{3})(?:(?P=group)[0-9]{3})*"
    r"(?P<rest>(?!(?P=group))[.,][0-9]+)?"
)
"""Thousands in groups, and decimals after another sign."""

YEAR_FIRST = re.compile(r"([0-9]{4})([-./])([0-9]{1,2})\2([0-9]{1,2})")
YEAR_LAST = re.compile(r"([0-9]{1,2})([-./])([0-9]{1,2})\2([0-9]{4})")

DAYS_AGO = {"today": 0, "yesterday": 1}


class AmbiguousDayError(ValueError):
    """A day that can be read in two ways; as text, how to write each of them."""


def typed_amount(text: str) -> Decimal | None:
    """Read an amount of at most MOST_DIGITS digits before the decimals; None where it is none, or is ambiguous.

    A comma may stand for the point (80,12), and thousands may be grouped (1.234,50 or 1,234.50 or 1 234,50) where that
    cannot be mistaken: 1,234 can.
    """
    plain = _plain(text)
    if plain is None or len(plain.lstrip("-").partition(".")[0]) > MOST_DIGITS:
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
    """Read a day: 2024-03-05, 2024/3/5, 23.07.2019, today or yesterday; None where it is none.

    Raises AmbiguousDayError where day and month could be exchanged, as in 03/04/2019.
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
        message = f"{text!r} may be {by_day} or {by_month}: write the one that you mean"
        raise AmbiguousDayError(message)
    return by_day or by_month


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
