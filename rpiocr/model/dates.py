"""Days that are written with the same numbers."""

from __future__ import annotations

import datetime as dt


def swapped(value: dt.date) -> dt.date | None:
    """Return the date with day and month exchanged, None if that is not another date."""
    if value.day == value.month or value.day > 12:
        return None
    return value.replace(month=value.day, day=value.month)
