"""From a reading to candidates for every field."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.extract.amount import find_totals
from rpiocr.extract.date import find_dates, find_time
from rpiocr.extract.keywords import Tables, read_tables
from rpiocr.extract.locale import DateOrder, Locale, infer_locale
from rpiocr.extract.merchant import find_merchants
from rpiocr.extract.rows import Role, Row, build_rows
from rpiocr.extract.tax import find_subtotal, find_tax
from rpiocr.model import Candidate, Reading

__all__ = ["DateOrder", "Extract", "Tables", "extract", "read_tables"]


SURE_TOTALS = (Role.TOTAL_SURE, Role.TOTAL)


@dataclass(frozen=True, slots=True)
class Extract:
    """Everything found in one reading, candidates best first.

    ``unread_total``: a line with a word for the total has no amount that could be read.
    """

    rows: tuple[Row, ...]
    locale: Locale
    amounts: tuple[Candidate[Decimal], ...]
    dates: tuple[Candidate[dt.date], ...]
    time: dt.time | None
    merchants: tuple[Candidate[str], ...]
    subtotal: Decimal | None
    tax: Decimal | None
    unread_total: bool


@dataclass(frozen=True, slots=True)
class Hints:
    """What the user knows: date order and currency (None: infer), and today's date, which bounds dates."""

    today: dt.date
    order: DateOrder | None = None
    currency: str | None = None


def extract(reading: Reading, tables: Tables, hints: Hints, locale: Locale | None = None) -> Extract:
    """Find the candidates of every field; ``locale`` is inferred unless given."""
    rows = build_rows(reading.lines, tables)
    locale = locale or infer_locale(rows, tables, hints.currency)
    dates = find_dates(rows, tables, locale, hints.today, hints.order)
    return Extract(
        rows,
        locale,
        find_totals(rows),
        dates,
        find_time(rows, dates[0] if dates else None),
        find_merchants(rows, tables),
        find_subtotal(rows),
        find_tax(rows),
        any(row.role in SURE_TOTALS and not row.amounts and not row.in_tax_table for row in rows),
    )
