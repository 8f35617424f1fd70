"""Dates and times as the formats of codes write them, and the local time of a country."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""Years of dates in codes: no format is older, and a misread year is mostly outside."""

PARTS = {
    "YYYY": r"(?P<year>20[0-9]{2})",
    "YY": r"(?P<year>[0-9]{2})",
    "MM": r"(?P<month>[0-9]{2})",
    "DD": r"(?P<day>[0-9]{2})",
    "hh": r"(?P<hour>[0-9]{2})",
    "mm": r"(?P<minute>[0-9]{2})",
    "ss": r"(?P<second>[0-9]{2})",
}

ISO = re.compile(
    r"(?P<wall>20[0-9]{2}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"(?P<zone>Z|[+-][0-9]{2}:?[0-9]{2})?"
)


def moment(text: str, form: str) -> dt.datetime | None:
    """Return a date and time in a form such as ``YYYYMMDDThhmmss``, without a zone; ``None`` if it is in another one.

    ``YYYY`` is a year from 2000 to 2099, ``YY`` its last two digits, ``MM``, ``DD``, ``hh``, ``mm`` and ``ss`` are two
    digits each, all other characters stand for themselves. What the form leaves out is zero, a date 1 January 2000.
    """
    match = _pattern(form).fullmatch(text)
    if match is None:
        return None
    parts = {name: int(digits) for name, digits in match.groupdict().items()}
    if "year" in parts:
        parts["year"] = parts["year"] % 100 + FIRST_YEAR
    try:
        return dt.datetime(FIRST_YEAR, 1, 1).replace(**parts)  # type: ignore[arg-type]  # noqa: DTZ001 - as printed
    except ValueError:
        return None


@cache
def _pattern(form: str) -> re.Pattern[str]:
    pieces = re.split(r"(YYYY|YY|MM|DD|hh|mm|ss)", form)
    return re.compile("".join(PARTS.get(piece, re.escape(piece)) for piece in pieces))


def first_moment(text: str, *forms: str) -> dt.datetime | None:
    """Return the date and time in the first of several forms that fits."""
    return next((found for form in forms if (found := moment(text, form))), None)


def day(text: str, *forms: str) -> dt.date | None:
    """Return a date in one of several forms; see ``moment``."""
    found = first_moment(text, *forms)
    return found.date() if found else None


def clock(text: str, *forms: str) -> dt.time | None:
    """Return a time of day in one of several forms; see ``moment``."""
    found = first_moment(text, *forms)
    return found.time() if found else None


def iso_moment(text: str) -> dt.datetime | None:
    """Return an ISO 8601 date and time: with a zone if it ends in ``Z`` or an offset, without one if it does not.

    ``YYYY-MM-DDThh:mm`` or with seconds and up to nine decimals of them; a blank may stand for the ``T``.
    """
    match = ISO.fullmatch(text)
    if match is None:
        return None
    try:
        return dt.datetime.fromisoformat(match["wall"].replace(" ", "T") + (match["zone"] or ""))
    except ValueError:
        return None


def from_unix(seconds: float) -> dt.datetime | None:
    """Return the moment so many seconds after the beginning of 1970, in UTC; ``None`` outside of 2000 to 2099."""
    try:
        found = dt.datetime.fromtimestamp(seconds, dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def local(when: dt.datetime, zone: str) -> dt.datetime:
    """Return the wall-clock time in an IANA zone, without its offset; a moment without a zone counts as UTC."""
    from zoneinfo import ZoneInfo

    aware = when if when.tzinfo else when.replace(tzinfo=dt.UTC)
    return as_printed(aware.astimezone(ZoneInfo(zone)))


def as_printed(when: dt.datetime) -> dt.datetime:
    """Return the wall-clock time of a moment, without its offset and with whole seconds, as receipts print it."""
    return when.replace(tzinfo=None, microsecond=0)
