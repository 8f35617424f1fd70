"""From a reading to candidates for every field."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.extract.document import Document, find_document
from rpiocr.extract.fields.date import find_dates, find_time
from rpiocr.extract.fields.merchant import find_merchants
from rpiocr.extract.fields.tax import find_subtotal, find_tax
from rpiocr.extract.fields.total import find_totals
from rpiocr.extract.locale.inference import Locale, infer_locale
from rpiocr.extract.locale.keyword_tables import Languages
from rpiocr.extract.rows import SURE_TOTALS, Row, build_rows
from rpiocr.extract.tables.countries import DateOrder
from rpiocr.extract.text.fuzzy_phrases import Tables
from rpiocr.model import Candidate, Reading
from rpiocr.model.currency import USUAL_DECIMALS

__all__ = ["DateOrder", "Extract", "Hints", "Languages", "Tables", "extract"]


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
    document: Document


@dataclass(frozen=True, slots=True)
class Hints:
    """What the user knows: date order and currency (None: infer), and today's date, which bounds dates."""

    today: dt.date
    order: DateOrder | None = None
    currency: str | None = None


def extract(reading: Reading, tables: Tables | Languages, hints: Hints, locale: Locale | None = None) -> Extract:
    """Find the candidates of every field; ``locale`` is inferred unless given.

    ``tables`` are those for the page, or all languages, of which the reading tells those that apply.

    The rows tell the locale, and the locale how many decimals amounts have: where there are none, rows are built again.
    """
    if isinstance(tables, Languages):
        tables = tables.tables_of(line.text for line in reading.lines)
    rows = build_rows(reading.lines, tables, locale.decimals if locale else USUAL_DECIMALS)
    if locale is None:
        locale = infer_locale(rows, tables, hints.currency)
        if locale.decimals != USUAL_DECIMALS:
            rows = build_rows(reading.lines, tables, locale.decimals)
    dates = find_dates(rows, tables, locale, hints.today, hints.order)
    return Extract(
        rows,
        locale,
        find_totals(rows, locale.currency),
        dates,
        find_time(rows, dates[0] if dates else None),
        find_merchants(rows, tables),
        find_subtotal(rows),
        find_tax(rows),
        any(row.role in SURE_TOTALS and not row.amounts and not row.in_tax_table for row in rows),
        find_document(rows, locale.currency),
    )
