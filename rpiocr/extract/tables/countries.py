"""The countries: how to recognise each on a receipt, and its own formats.

Each is a file in ``countries``, named by its ISO 3166 code. Currency, order of dates and languages are CLDR's, see
``scripts/cldr.py``; the limits of cash rounding hold on every page and are in ``common.toml``. The keys of a file:

- ``words`` are names of places, forms of companies, taxes and offices of that country; ``shapes`` are regular
  expressions of its tax numbers, addresses and telephone numbers, which are searched for in each line.
- ``phone`` is the country calling code, ``domain`` the ending of its web addresses.
- ``postcode_before_town`` and ``postcode_behind_town`` are regular expressions of a postcode next to the name of the
  town, ``postcode`` of one that needs none.
- ``year_first_too``: tills print 15-07-11 for the eleventh of July 2015 as well as for the fifteenth of July 2011.
- ``mixed_order``: CLDR's order of dates is the norm, but tills keep to it, or to the British or American one, as they
  please.
- ``[calendar]`` counts years in another way, see ``EraTable``. Earlier eras than those in ``eras`` ended before tills
  printed receipts that anybody keeps. ``initials`` and a ``bare_year`` mean an era only on pages of that country.
- ``[invoice_number]`` is a form of the numbers of receipts that needs no word next to it, see ``InvoiceNumber``.
- ``[[tax_id]]`` is a kind of tax number; ``documents.toml`` describes its keys.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from rpiocr.extract.tables.files import COMMON, cldr, country_facts, read_sections


class DateOrder(Enum):
    """The order of day, month and year in numeric dates."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


@dataclass(frozen=True, slots=True)
class EraTable:
    """The eras of a country's calendar.

    ``eras`` and ``initials`` map names and single letters to the year before the first one of the era; ``first_year``
    is the word for 1. ``year``, ``bare_year`` (counted from ``bare``) and the three ``parts`` after year, month and
    day are regular expressions.
    """

    year: str
    parts: tuple[str, str, str]
    eras: Mapping[str, int]
    initials: Mapping[str, int] = field(default_factory=dict)
    first_year: str | None = None
    bare_year: str | None = None
    bare: int = 0


@dataclass(frozen=True, slots=True)
class Postcodes:
    """Regular expressions of a country's postcodes: before the town, after it, or recognisable without one."""

    before_town: str | None = None
    behind_town: str | None = None
    alone: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceNumber:
    """The format of a country's invoice numbers, and how its groups are written.

    It is searched for on pages with a character that matches ``only_with``.
    """

    form: re.Pattern[str]
    written: str
    only_with: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Country:
    """One country, ``code`` as in ISO 3166, with CLDR's facts.

    ``order`` is None if dates are written in more than one; ``year_first_too``: a two-digit year may come first or
    last. ``domain`` is the ending of web addresses.
    """

    code: str
    currency: str
    order: DateOrder | None
    languages: tuple[str, ...]
    phone: str
    words: tuple[str, ...]
    shapes: tuple[re.Pattern[str], ...]
    postcodes: Postcodes = Postcodes()
    domain: str | None = None
    year_first_too: bool = False
    calendar: EraTable | None = None
    invoice_number: InvoiceNumber | None = None


@dataclass(frozen=True, slots=True)
class CashRounding:
    """Limits of cash rounding, in units of the currency; see common.toml."""

    smallest_coin: Decimal
    between_totals: Decimal
    largest: Decimal
    largest_whole: Decimal
    never_from: Decimal
    never_from_whole: Decimal


@cache
def countries() -> Mapping[str, Country]:
    """Return all countries, by ISO 3166 code."""
    return {code: _country(code, entry) for code, entry in country_facts().items()}


@cache
def cash_rounding() -> CashRounding:
    """Return the limits of cash rounding, which apply to all countries."""
    limits = read_sections(COMMON, ("cash_rounding",))["cash_rounding"]
    return CashRounding(**{name: Decimal(limit) for name, limit in limits.items()})


def _country(code: str, entry: Mapping[str, Any]) -> Country:
    facts = cldr()["territories"][code]
    return Country(
        code,
        facts["currency"],
        None if entry.get("mixed_order") else DateOrder(facts["order"]),
        tuple(facts["languages"]),
        entry["phone"],
        tuple(entry["words"]),
        tuple(re.compile(shape) for shape in entry.get("shapes", ())),
        Postcodes(entry.get("postcode_before_town"), entry.get("postcode_behind_town"), entry.get("postcode")),
        entry.get("domain"),
        entry.get("year_first_too", False),
        _calendar(entry["calendar"]) if "calendar" in entry else None,
        _invoice_number(entry["invoice_number"]) if "invoice_number" in entry else None,
    )


def _calendar(entry: Mapping[str, Any]) -> EraTable:
    return EraTable(**{**entry, "parts": tuple(entry["parts"])})


def _invoice_number(entry: Mapping[str, str]) -> InvoiceNumber:
    return InvoiceNumber(re.compile(entry["form"]), entry["written"], re.compile(entry["only_with"]))
