"""Countries and languages, read from TOML; a new country is a new file in ``countries``.

A country with several languages has further files, such as ``ca-fr``.

The required keys of a country's file are the fields of `Country` up to ``regimes`` (``first_year`` and ``last_year``
for ``years``); those with a default are optional:

``decimals``        0 if prices have no minor unit (yen, won, rupiah), 3 for a thousandth (dinars), else 2.
``fuel_level``      factor on the language's fuel prices, to which ``price_level`` is never applied.
``fuel_step``       smallest step of prices per litre; default: ``price_step``.
``amounts``         patterns of all amounts but the total (which has ``money``), such as ``={n}``.
``numbers``         patterns of the receipt number: # a digit, Z a capital letter.
``card_numbers``    patterns of the masked card number.
``names``           patterns of the shop's name, made of ``{head}``, ``{tail}`` and ``{company}``.
``calendar``        ``buddhist``, ``japanese`` or ``minguo``: ``dates`` can then contain ``{by}`` (the Buddhist year),
                    ``{my}`` (the Minguo year), ``{era}``, ``{E}`` and ``{ey}`` (the era's name, letter and year).
``second_currency`` a table: a ``share`` of receipts prints the total in the currency ``code`` too, at ``rate``
                    for 1, in ``pattern`` behind one of ``words``.
``cuts_lines``      true if lines wider than the paper are truncated; otherwise they are wrapped.

A regime can have ``tax_id_check``, a module of python-stdnum: the number is filled until it is valid. The number is
the part of a pattern of ``tax_id`` in braces, or all words with a # if there are no braces; Latin capitals right
before the braces (``T{###}``) are printed as part of it, but not checked. ``excluded_share`` is the share of shops
whose prices do not include tax although it is usually ``included``.

A language's words can have, in addition to those of every language: ``count_line`` (patterns of quantity ``{q}``,
unit ``{u}`` and unit price ``{p}``), ``tax_of`` with ``tax_net``, ``tax_gross`` and ``exempt`` (rows for each rate in
place of a table, made of ``{tax}``, ``{rate}`` and ``{code}``; a pattern of the amount can follow a bar),
``tax_added`` (label of tax that prices do not include) and ``wallet`` (payment by phone; ``wallet_share`` in a
country's file is its share of card payments).

``kinds`` of a language names the goods that are no purchases: bags are a ``charge``, others a ``deposit`` on a bottle.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Literal

from generator.shop import Kind

HERE = Path(__file__).parent

TABLES = (HERE, HERE / "codes")
"""Folders with countries and languages. Those of ``codes`` are drawn only where a receipt is to have a code."""

KINDS_OF_GOODS: tuple[Kind, ...] = ("charge", "deposit")
"""Kinds that goods can have besides that of an item."""

EURO = re.compile(r"€|\bEUR(?:O|OS)?\b", re.IGNORECASE)

Calendar = Literal["", "buddhist", "japanese", "minguo"]


@dataclass(frozen=True, slots=True)
class TaxClass:
    """A code that is printed next to items, and its possible rates in per cent."""

    code: str
    rates: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class Regime:
    """The tax law from ``first`` to ``last``, inclusive."""

    first: dt.date
    last: dt.date
    names: tuple[str, ...]
    included: bool
    table: bool
    tax_id: tuple[str, ...]
    classes: Mapping[str, TaxClass]
    tax_id_check: str = ""
    excluded_share: float = 0.0

    def tax_class(self, category: str) -> TaxClass:
        """Return the tax class of a category of items, such as ``food``."""
        return self.classes.get(category, self.classes["default"])


@dataclass(frozen=True, slots=True)
class Good:
    """Something a shop sells: price range in local currency, unit ("kg", "L") if it is sold by measure."""

    name: str
    category: str
    low: Decimal
    high: Decimal
    unit: str


@dataclass(frozen=True, slots=True)
class SecondCurrency:
    """A second currency in which a ``share`` of receipts print the total too.

    ``rate`` is the value of 1 unit of the country's own currency.
    """

    code: str
    rate: Decimal
    pattern: str
    words: tuple[str, ...]
    share: float = 0.25
    decimals: int = 2


@dataclass(frozen=True, slots=True)
class Language:
    """Wordings by key, months (12 short, 12 long), store policies, shop names and goods by kind of shop.

    ``kinds`` are names of goods that are deposits and charges.
    """

    code: str
    words: Mapping[str, tuple[str, ...]]
    short_months: tuple[str, ...]
    long_months: tuple[str, ...]
    policies: tuple[tuple[str, ...], ...]
    heads: tuple[str, ...]
    tails: Mapping[str, tuple[str, ...]]
    goods: Mapping[str, tuple[Good, ...]]
    kinds: Mapping[Kind, tuple[str, ...]]

    def kind_of(self, name: str) -> Kind:
        """Return what goods of a name are: by default an item."""
        return next((kind for kind, names in self.kinds.items() if name in names), "item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """The appearance of one country's receipts.

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
    decimals: int = 2
    fuel_level: Decimal = Decimal(1)
    fuel_step: Decimal
    amounts: tuple[str, ...] = ("{n}",)
    numbers: tuple[str, ...] = ("######",)
    card_numbers: tuple[str, ...] = ("XXXX XXXX XXXX ####",)
    names: tuple[str, ...] = ("{head} {tail} {company}",)
    calendar: Calendar = ""
    second_currency: SecondCurrency | None = None
    cuts_lines: bool = False
    wallet_share: float = 0.4

    def regime(self, day: dt.date) -> Regime | None:
        """Return the tax law of a day; None if there was none."""
        return next((r for r in self.regimes if r.first <= day <= r.last), None)

    @property
    def unit(self) -> Decimal:
        """The smallest amount that is printed: 1, 0.01 or 0.001."""
        return Decimal(1).scaleb(-self.decimals)


def country_codes() -> tuple[str, ...]:
    """Return the codes of all countries with a file, sorted, in lower case."""
    return tuple(sorted(path.stem for path in (HERE / "countries").glob("*.toml")))


@cache
def load_country(code: str) -> Country:
    """Return the country of a code such as ``de``. Raises FileNotFoundError if there is no file for it."""
    table = _read(f"countries/{code}.toml")
    first, last = table.pop("first_year"), table.pop("last_year")
    regimes = tuple(_regime(row) for row in table.pop("regimes"))
    language = load_language(table.pop("language"))
    if table["currency"] != "EUR":
        language = _without_euro(language)
    second = table.pop("second_currency", None)
    table.setdefault("fuel_step", table["price_step"])
    for key in ("price_level", "price_step", "cash_step", "fuel_level", "fuel_step"):
        table[key] = Decimal(table.get(key, 1))
    rest: dict[str, Any] = {key: _freeze(value) for key, value in table.items()}
    return Country(
        code=code,
        language=language,
        years=(first, last),
        regimes=regimes,
        second_currency=_second_currency(second) if second else None,
        **rest,
    )


def _read(name: str) -> dict[str, Any]:
    """Return a table of ``TABLES``. Raises FileNotFoundError if there is none."""
    found = [folder / name for folder in TABLES if (folder / name).exists()]
    return tomllib.loads((found or [HERE / name])[0].read_text(encoding="utf-8"))


def _without_euro(language: Language) -> Language:
    """Return a language for a country with another currency: without the wordings that name the euro."""

    def kept(wordings: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(one for one in wordings if not EURO.search(one))

    words = {key: kept(wordings) for key, wordings in language.words.items()}
    policies = tuple(lines for lines in language.policies if kept(lines) == lines)
    return replace(language, words=words, policies=policies)


@cache
def load_language(code: str) -> Language:
    """Return the language of a code such as ``zh-Hant``. Raises FileNotFoundError if there is no file for it."""
    table = _read(f"languages/{code}.toml")
    return Language(
        code=code,
        words=_lists(table["words"]),
        short_months=tuple(table["months"]["short"]),
        long_months=tuple(table["months"]["long"]),
        policies=tuple(tuple(lines) for lines in table["policy"]["lines"]),
        heads=tuple(table["names"]["heads"]),
        tails=_lists(table["names"]["tails"]),
        goods={kind: tuple(_good(row) for row in rows) for kind, rows in table["items"].items()},
        kinds={kind: tuple(table["kinds"][kind]) for kind in KINDS_OF_GOODS},
    )


@cache
def characters(code: str) -> frozenset[str]:
    """Return all characters that receipts of a country can contain, in both cases."""
    return frozenset(
        c for text in _texts(load_country(code)) for variant in (text, text.upper()) for c in variant if not c.isspace()
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, tuple):
        for inner in value:
            yield from _texts(inner)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _texts(getattr(value, one.name))


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
        tax_id_check=row.get("tax_id_check", ""),
        excluded_share=row.get("excluded_share", 0.0),
    )


def _second_currency(row: dict[str, Any]) -> SecondCurrency:
    return SecondCurrency(**{**row, "rate": Decimal(row["rate"]), "words": tuple(row["words"])})


def _good(row: list[str]) -> Good:
    name, category, low, high, *unit = row
    return Good(name, category, Decimal(low), Decimal(high), unit[0] if unit else "")


def _lists(table: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in table.items()}


def _freeze(value: Any) -> Any:  # noqa: ANN401 - any TOML value
    return tuple(_freeze(item) for item in value) if isinstance(value, list) else value
