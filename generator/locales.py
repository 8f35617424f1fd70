"""Countries and languages, read from TOML; a new country is a new file in ``countries``."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class TaxClass:
    """A letter printed beside items, and the rates (per cent) that a shop may have for it."""

    code: str
    rates: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Regime:
    """The tax law from one day to another, both included."""

    first: dt.date
    last: dt.date
    names: tuple[str, ...]
    included: bool
    table: bool
    tax_id: tuple[str, ...]
    classes: Mapping[str, TaxClass]

    def tax_class(self, category: str) -> TaxClass:
        """Return the class of a category of items, such as ``food``."""
        return self.classes.get(category, self.classes["default"])


@dataclass(frozen=True, slots=True)
class Good:
    """Something a shop sells: price range in the country's money, unit ("kg", "L") where it is measured."""

    name: str
    category: str
    low: Decimal
    high: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class Language:
    """Wordings by key, months (12 short, 12 long), store policies, shop names and goods by kind of shop."""

    code: str
    words: Mapping[str, tuple[str, ...]]
    short_months: tuple[str, ...]
    long_months: tuple[str, ...]
    policies: tuple[tuple[str, ...], ...]
    heads: tuple[str, ...]
    tails: Mapping[str, tuple[str, ...]]
    goods: Mapping[str, tuple[Good, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """How receipts of one country look.

    ``cash_step`` is the smallest coin; prices are multiples of ``price_step``.
    """

    code: str
    language: Language
    currency: str
    decimal: str
    thousands: str
    money: tuple[str, ...]
    dates: tuple[str, ...]
    times: tuple[str, ...]
    price_level: Decimal
    price_step: Decimal
    cash_step: Decimal
    notes: tuple[int, ...]
    tips: bool
    service: bool
    fuel_unit: str
    weight_unit: str
    years: tuple[int, int]
    company: tuple[str, ...]
    address: tuple[str, ...]
    streets: tuple[str, ...]
    cities: tuple[tuple[str, ...], ...]
    phone: tuple[str, ...]
    registration: tuple[str, ...]
    heads: tuple[str, ...]
    invoices: tuple[str, ...]
    regimes: tuple[Regime, ...]

    def regime(self, day: dt.date) -> Regime | None:
        """Return the tax law of a day, if there was one."""
        return next((r for r in self.regimes if r.first <= day <= r.last), None)


def country_codes() -> tuple[str, ...]:
    """All countries that there is a file for, sorted, in lower case."""
    return tuple(sorted(path.stem for path in (HERE / "countries").glob("*.toml")))


@cache
def load_country(code: str) -> Country:
    """Return the country of a code like ``de``; FileNotFoundError where there is no file for it."""
    table = tomllib.loads((HERE / "countries" / f"{code}.toml").read_text(encoding="utf-8"))
    first, last = table.pop("first_year"), table.pop("last_year")
    regimes = tuple(_regime(row) for row in table.pop("regimes"))
    language = load_language(table.pop("language"))
    for key in ("price_level", "price_step", "cash_step"):
        table[key] = Decimal(table[key])
    rest: dict[str, Any] = {key: _freeze(value) for key, value in table.items()}
    return Country(code=code, language=language, years=(first, last), regimes=regimes, **rest)


@cache
def load_language(code: str) -> Language:
    """Return the language of an ISO 639-1 code; FileNotFoundError where there is no file for it."""
    table = tomllib.loads((HERE / "languages" / f"{code}.toml").read_text(encoding="utf-8"))
    return Language(
        code=code,
        words=_lists(table["words"]),
        short_months=tuple(table["months"]["short"]),
        long_months=tuple(table["months"]["long"]),
        policies=tuple(tuple(lines) for lines in table["policy"]["lines"]),
        heads=tuple(table["names"]["heads"]),
        tails=_lists(table["names"]["tails"]),
        goods={kind: tuple(_good(row) for row in rows) for kind, rows in table["items"].items()},
    )


def _regime(row: dict[str, Any]) -> Regime:
    classes = {
        name: TaxClass(entry["code"], tuple(Decimal(rate) for rate in entry["rates"]))
        for name, entry in row["classes"].items()
    }
    return Regime(
        first=row["from"],
        last=row["until"],
        names=tuple(row["names"]),
        included=row["included"],
        table=row["table"],
        tax_id=tuple(row["tax_id"]),
        classes=classes,
    )


def _good(row: list[str]) -> Good:
    name, category, low, high, *unit = row
    return Good(name, category, Decimal(low), Decimal(high), unit[0] if unit else "")


def _lists(table: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in table.items()}


def _freeze(value: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    return tuple(_freeze(item) for item in value) if isinstance(value, list) else value
