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

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

from rpiocr.extract.tables.files import COMMON, cldr, country_facts, places, read_sections


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
class TaxRates:
    """The rates of a sales or value added tax, in percent, and the days from and until which they hold or held."""

    since: dt.date | None
    until: dt.date | None
    rates: frozenset[Decimal]


@dataclass(frozen=True, slots=True)
class Places:
    """How a country shows by its places, from places.json.

    ``names`` are the country's own, ``towns`` its larger ones. ``ending`` ends web addresses, ``postcode`` is a regular
    expression; ``phones`` are the groups of digits in which telephone numbers are printed, such as 03322. ``people``
    are millions of inhabitants; ``decimal`` is the usual decimal mark. No ``rates``: they are not known.
    """

    names: tuple[str, ...] = ()
    towns: tuple[str, ...] = ()
    ending: str = ""
    postcode: str = ""
    phones: frozenset[str] = frozenset()
    people: float = 0.1
    decimal: str = "."
    rates: tuple[TaxRates, ...] = ()


@dataclass(frozen=True, slots=True)
class Country:
    """One country, ``code`` as in ISO 3166, with CLDR's facts; ``listed`` is whether it has a file.

    ``former`` are earlier currencies and the last day of each. ``order`` is None if dates are written in more than one;
    ``year_first_too``: a two-digit year may come first or last. ``domain`` is the ending of web addresses that also
    shows in names of shops. ``payments`` are brands of cards and payments that are used there alone.
    """

    code: str
    currency: str
    order: DateOrder | None
    languages: tuple[str, ...]
    phone: str
    words: tuple[str, ...]
    shapes: tuple[re.Pattern[str], ...]
    former: tuple[tuple[str, dt.date], ...] = ()
    payments: tuple[str, ...] = ()
    places: Places = Places()
    listed: bool = False
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
    """Return every country, by ISO 3166 code."""
    entries = country_facts()
    known = [
        *entries,
        *(code for code in cldr()["territories"] if code not in entries and places().get(code, {}).get("phone")),
    ]
    return {code: _country(code, entries.get(code)) for code in known}


@cache
def cash_rounding() -> CashRounding:
    """Return the limits of cash rounding, which apply to all countries."""
    limits = read_sections(COMMON, ("cash_rounding",))["cash_rounding"]
    return CashRounding(**{name: Decimal(limit) for name, limit in limits.items()})


def _country(code: str, listed: Mapping[str, Any] | None) -> Country:
    facts, place, entry = cldr()["territories"][code], places()[code], listed or {}
    return Country(
        code,
        facts["currency"],
        None if entry.get("mixed_order") else DateOrder(facts["order"]),
        tuple(facts["languages"]),
        entry.get("phone") or place["phone"],
        tuple(entry.get("words", ())),
        tuple(re.compile(shape) for shape in entry.get("shapes", ())),
        tuple((currency, dt.date.fromisoformat(until)) for currency, until in facts.get("former", ())),
        tuple(entry.get("payments", ())),
        _places(facts, place),
        listed is not None,
        Postcodes(entry.get("postcode_before_town"), entry.get("postcode_behind_town"), entry.get("postcode")),
        entry.get("domain"),
        entry.get("year_first_too", False),
        _calendar(entry["calendar"]) if "calendar" in entry else None,
        _invoice_number(entry["invoice_number"]) if "invoice_number" in entry else None,
    )


def _places(facts: Mapping[str, Any], place: Mapping[str, Any]) -> Places:
    def day(text: str | None) -> dt.date | None:
        return dt.date.fromisoformat(text) if text else None

    return Places(
        tuple(facts["names"]),
        tuple(filter(None, place.get("towns", "").split("|"))),
        place.get("domain", ""),
        place.get("postcode", ""),
        frozenset(place.get("phones", ())),
        place.get("people", 0.1),
        facts["decimal"],
        tuple(
            TaxRates(day(since), day(until), frozenset(Decimal(str(rate)) for rate in rates))
            for since, until, rates in place.get("rates", ())
        ),
    )


def _calendar(entry: Mapping[str, Any]) -> EraTable:
    return EraTable(**{**entry, "parts": tuple(entry["parts"])})


def _invoice_number(entry: Mapping[str, str]) -> InvoiceNumber:
    return InvoiceNumber(re.compile(entry["form"]), entry["written"], re.compile(entry["only_with"]))
