"""The currency table: the signs and words that identify each currency, and the signs next to amounts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from rpiocr.extract.tables.files import read_text
from rpiocr.model.currency import CURRENT, decimals_of


@dataclass(frozen=True, slots=True)
class Currency:
    """One entry of the currency table.

    ``words`` name the currency anywhere, ``signs`` next to a number; both map to their weight, 1 if no other currency
    has it.
    """

    code: str
    words: tuple[str, ...]
    signs: Mapping[str, float]
    decimals: int


@dataclass(frozen=True, slots=True)
class AmountSigns:
    """The currency signs at an amount, whatever the currency; see currencies.toml.

    ``symbols`` may touch a letter, ``letters`` (codes and signs in letters) may not follow one.
    """

    symbols: tuple[str, ...]
    letters: tuple[str, ...]
    after_whole: tuple[str, ...]
    spaced_thousands: tuple[str, ...]


@cache
def currency_entries() -> Mapping[str, Mapping[str, Any]]:
    """Return currencies.toml, which describes its keys, by ISO 4217 code."""
    return tomllib.loads(read_text("currencies.toml"))


@cache
def currencies() -> Mapping[str, Currency]:
    """Return the currencies that a page can be in, by ISO 4217 code: those listed first, then all others."""
    entries = dict(currency_entries())
    for code in sorted(CURRENT - entries.keys()):
        entries[code] = {**UNLISTED, "shared": {code: RARE}}
    return {code: _currency(code, entry) for code, entry in entries.items()}


UNLISTED: Mapping[str, Any] = {"code": "never"}
RARE = 0.2
"""The entry of a currency that is not listed, and what its code beside a number counts: like other letters that mean
something else on most receipts."""


def _currency(code: str, entry: Mapping[str, Any]) -> Currency:
    how = entry.get("code", "anywhere")
    signs = dict.fromkeys(entry.get("signs", ()), 1.0) | entry.get("shared", {})
    words = tuple(entry.get("words", ())) + ((code,) if how == "anywhere" else ())
    signs |= dict.fromkeys((*words, *((code,) if how == "beside" else ())), 1.0)
    return Currency(code, words, signs, decimals_of(code))


@cache
def amount_signs() -> AmountSigns:
    """Return the currency signs at an amount."""
    codes = (code for code, entry in currency_entries().items() if entry.get("code_at_amount", True))
    symbols = (entry["symbol"] for entry in currency_entries().values() if "symbol" in entry)
    return AmountSigns(
        tuple(symbols), (*codes, *_all("at_amount")), tuple(_all("after_whole")), tuple(_all("spaced_thousands"))
    )


def _all(key: str) -> Iterator[str]:
    return (sign for entry in currency_entries().values() for sign in entry.get(key, ()))
