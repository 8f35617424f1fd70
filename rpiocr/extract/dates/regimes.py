"""When a receipt can have been printed, by its tax rates and taxes: 8.1 % in Switzerland is not before 2024."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rpiocr.extract.roles import ReceiptLine, Role
from rpiocr.extract.tables.files import read_text
from rpiocr.extract.text.patterns import whole_words

RATE = re.compile(r"(?<![0-9.,])([0-9]{1,2})(?:[.,]([0-9]{1,2}))?[ \u2009]?%")


@dataclass(frozen=True, slots=True)
class Regime:
    """A tax rate or a tax of a country, and the first and last day on which it was in force; see regimes.toml."""

    country: str
    since: dt.date
    until: dt.date
    rates: frozenset[str]
    words: re.Pattern[str]

    def allows(self, day: dt.date) -> bool:
        """Return whether the rate or the tax was in force on a day."""
        return self.since <= day <= self.until


@cache
def _regimes() -> tuple[Regime, ...]:
    return tuple(
        Regime(
            entry["country"],
            entry.get("since", dt.date.min),
            entry.get("until", dt.date.max),
            frozenset(entry.get("rates", ())),
            re.compile(whole_words(entry.get("words", ())), re.IGNORECASE),
        )
        for entry in tomllib.loads(read_text("regimes.toml"))["regime"]
    )


def regimes_shown(rows: Sequence[ReceiptLine], country: str | None) -> tuple[Regime, ...]:
    """Return the regimes of a country that the lines about tax show; none if they were never in force together."""
    about_tax = [
        row.text.text for row in rows if row.role is Role.TAX or row.in_tax_table or Role.TAX.value in row.groups
    ]
    rates = {rate for text in about_tax for rate in _rates(text)}
    shown = tuple(
        regime
        for regime in _regimes()
        if regime.country == country
        and (not rates.isdisjoint(regime.rates) or any(regime.words.search(text) for text in about_tax))
    )
    together = max((one.since for one in shown), default=dt.date.min) <= min(
        (one.until for one in shown), default=dt.date.max
    )
    return shown if together else ()


def _rates(text: str) -> Iterator[str]:
    """Yield the rates of a line, without zeros at the end of their decimals."""
    for whole, decimals in RATE.findall(text):
        part = decimals.rstrip("0")
        yield f"{int(whole)}.{part}" if part else str(int(whole))


def allowed(day: dt.date, shown: Sequence[Regime]) -> bool:
    """Return whether a receipt that shows these regimes can be of a day."""
    return all(regime.allows(day) for regime in shown)
