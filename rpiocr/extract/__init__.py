"""Extracts candidates for every field from a reading."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rpiocr.extract.dates.photo_date import PhotoDate, photo_date
from rpiocr.extract.fields.currency import find_currencies
from rpiocr.extract.fields.date import find_dates, find_time
from rpiocr.extract.fields.merchant import find_merchants
from rpiocr.extract.fields.open_decimals import with_other_decimals
from rpiocr.extract.fields.payment import find_payment
from rpiocr.extract.fields.receipt_number import find_receipt_number
from rpiocr.extract.fields.seller.address import Known, find_address
from rpiocr.extract.fields.seller.branch import find_branch
from rpiocr.extract.fields.seller.legal_name import find_legal_name
from rpiocr.extract.fields.seller.phone import find_phone
from rpiocr.extract.fields.seller.website import find_website
from rpiocr.extract.fields.tax import find_subtotal, find_tax
from rpiocr.extract.fields.tax_id import find_tax_ids
from rpiocr.extract.fields.tip import find_tip
from rpiocr.extract.fields.total import find_totals
from rpiocr.extract.locale.currency_choice import LocaleHints
from rpiocr.extract.locale.inference import Inference, Locale, infer
from rpiocr.extract.locale.keyword_tables import Languages
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.roles import SURE_TOTALS, ReceiptLine
from rpiocr.extract.tables.countries import DateOrder
from rpiocr.extract.text.keywords import Tables
from rpiocr.model import Box, Candidate, Reading
from rpiocr.model.currency import USUAL_DECIMALS
from rpiocr.model.fields import SPECS

__all__ = ["DateOrder", "Extract", "Hints", "Languages", "PhotoDate", "Tables", "extract", "photo_date"]


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known without the page: today's date, which bounds dates, and what the user specified.

    ``today`` is None for the day on which a page is read: a reader may be kept for weeks.
    ``order`` and ``currency`` are None where they are to be inferred. ``home`` is the country that the user named,
    ``time_zone`` that of the system's clock, ``code_country`` that whose office defines the format of a code on the
    receipt, all as in ISO 3166. ``photo`` is when the page was photographed.
    """

    today: dt.date | None = None
    order: DateOrder | None = None
    currency: str | None = None
    home: str | None = None
    time_zone: str | None = None
    code_country: str | None = None
    photo: PhotoDate | None = None

    @property
    def day(self) -> dt.date:
        """Today."""
        return self.today or dt.datetime.now().astimezone().date()

    @property
    def of_locale(self) -> LocaleHints:
        """The hints from which a locale is inferred."""
        return LocaleHints(self.currency, self.home, self.time_zone, self.code_country)


@dataclass(frozen=True, slots=True)
class Printout:
    """What fields are extracted from: the lines of one reading, the tables for its languages, and its inferred locale.

    ``inference`` is what these lines alone indicate; ``locale`` may be that of all passes together. ``found`` holds the
    fields that were extracted before, in the order of FINDERS.
    """

    rows: tuple[ReceiptLine, ...]
    tables: Tables
    locale: Locale
    inference: Inference
    hints: Hints
    found: Mapping[str, Any]


def _dates(page: Printout) -> tuple[Candidate[dt.date], ...]:
    hints = page.hints
    return find_dates(page.rows, page.tables, page.locale, hints.day, hints.order, hints.photo)


def _names(page: Printout) -> tuple[Box, ...]:
    """Return where the merchant's name is printed, as far as it was found."""
    return tuple(one.box for one in page.found["merchant"][:1])


def _numbers(page: Printout) -> tuple[Box, ...]:
    """Return where tax numbers are printed."""
    return tuple(one.box for one in page.found["tax_ids"])


def _known(page: Printout) -> Known:
    return Known(_names(page), _numbers(page), page.found["merchant_legal"], page.locale.country)


def _merchant(page: Printout) -> str:
    return next((one.value for one in page.found["merchant"]), "")


def _website(page: Printout) -> str | None:
    names = (_merchant(page), page.found["merchant_legal"])
    return find_website(page.rows, page.tables.lexicon, tuple(filter(None, names)))


FINDERS: Mapping[str, Callable[[Printout], Any]] = {
    "amount": lambda page: with_other_decimals(find_totals(page.rows, page.locale.currency), page.locale),
    "currency": lambda page: find_currencies(page.rows, page.inference.guesses),
    "date": _dates,
    "time": lambda page: find_time(page.rows, next(iter(page.found["date"]), None)),
    "merchant": lambda page: find_merchants(page.rows, page.tables),
    "subtotal": lambda page: find_subtotal(page.rows),
    "tax": lambda page: find_tax(page.rows),
    "tip": lambda page: find_tip(page.rows),
    "tax_ids": lambda page: find_tax_ids(page.rows, page.locale.currency),
    "receipt_number": lambda page: find_receipt_number(page.rows, page.found["tax_ids"]),
    "payment": lambda page: find_payment(page.rows),
    "merchant_legal": lambda page: find_legal_name(page.rows, page.tables, _merchant(page)),
    "merchant_branch": lambda page: find_branch(page.rows, page.tables.lexicon, _names(page)),
    "address": lambda page: find_address(page.rows, page.tables.lexicon, _known(page)),
    "phone": lambda page: find_phone(page.rows, page.tables.lexicon, _numbers(page)),
    "website": _website,
}
"""The finder of each field, in this order: all candidates, best first, of one that is voted on; else its value."""


VOTED = frozenset(spec.name for spec in SPECS if spec.voted)
"""The fields that passes vote on: of a pass by itself no others are needed."""


@dataclass(frozen=True, slots=True)
class Extract:
    """Everything extracted from one reading; ``found`` holds the results of FINDERS by field.

    ``unread_total``: a line with a word for the total has no legible amount.
    """

    rows: tuple[ReceiptLine, ...]
    locale: Locale
    found: Mapping[str, Any]
    unread_total: bool

    @property
    def amounts(self) -> tuple[Candidate[Decimal], ...]:
        """Candidates for the total, best first."""
        candidates: tuple[Candidate[Decimal], ...] = self.found["amount"]
        return candidates

    @property
    def dates(self) -> tuple[Candidate[dt.date], ...]:
        """Candidates for the date of purchase, best first."""
        candidates: tuple[Candidate[dt.date], ...] = self.found["date"]
        return candidates

    @property
    def merchants(self) -> tuple[Candidate[str], ...]:
        """Candidates for the merchant's name, best first."""
        candidates: tuple[Candidate[str], ...] = self.found["merchant"]
        return candidates


def extract(
    reading: Reading,
    tables: Tables | Languages,
    hints: Hints,
    locale: Locale | None = None,
    *,
    voted_only: bool = False,
) -> Extract:
    """Find the candidates of every field, or of those only that are voted on; ``locale`` is inferred unless given.

    ``tables`` are those for the page, or all languages, among which the text of the reading decides. The lines indicate
    the locale, and the locale how many decimals amounts have: if it has none, the lines are built again.
    """
    if isinstance(tables, Languages):
        tables = tables.tables_of(line.text for line in reading.lines)
    rows = build_receipt_lines(reading.lines, tables, locale.decimals if locale else USUAL_DECIMALS)
    inference = infer(rows, tables, hints.of_locale, find_tax_ids(rows, None))
    if locale is None:
        locale = inference.locale
        if locale.decimals != USUAL_DECIMALS:
            rows = build_receipt_lines(reading.lines, tables, locale.decimals)
    found: dict[str, Any] = {}
    page = Printout(rows, tables, locale, inference, hints, found)
    for name, find in FINDERS.items():
        if name in VOTED or not voted_only:
            found[name] = find(page)
    unread = any(row.role in SURE_TOTALS and not row.amounts and not row.in_tax_table for row in rows)
    return Extract(rows, locale, found, unread)
