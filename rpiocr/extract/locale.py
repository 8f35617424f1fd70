"""Where a receipt comes from: its currency and the order in which its dates are written."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import cache
from importlib import resources

from rpiocr.extract.keywords import Tables, tokens
from rpiocr.extract.numbers import NARROW, Amount
from rpiocr.extract.rows import Row


class DateOrder(Enum):
    """The order of day, month and year in dates of numbers."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


@dataclass(frozen=True, slots=True)
class Currency:
    """One entry of the currency table; ``signs`` most specific first."""

    code: str
    signs: tuple[str, ...]
    hints: tuple[tuple[str, ...], ...]
    patterns: tuple[re.Pattern[str], ...]
    decimals: int
    order: DateOrder | None


@dataclass(frozen=True, slots=True)
class Locale:
    """What was inferred: ``currency`` is an ISO 4217 code or None, ``language`` the table with most words found.

    ``order`` is how dates are written there, None where nothing tells. ``order_reason`` names what told.
    """

    currency: str | None
    language: str | None
    order: DateOrder | None
    order_reason: str


@cache
def currencies() -> Mapping[str, Currency]:
    """Read the currency table."""
    raw = tomllib.loads((resources.files("rpiocr.extract") / "tables" / "currencies.toml").read_text("utf-8"))
    return {
        code: Currency(
            code,
            tuple(entry["signs"]),
            tuple(tuple(tokens(hint)) for hint in entry.get("hints", ())),
            tuple(re.compile(pattern) for pattern in entry.get("patterns", ())),
            entry["decimals"],
            DateOrder(entry["order"]) if "order" in entry else None,
        )
        for code, entry in raw.items()
    }


LEAST_SCORE = 1.5
"""A currency needs one sign beside an amount, or one hint, to be named."""


def infer_locale(rows: Sequence[Row], tables: Tables, default_currency: str | None = None) -> Locale:
    """Weigh currency signs and codes, and words and shapes that go with a currency.

    A sign that several currencies share counts for each; hints decide between them.
    """
    language = _language(rows, tables)
    scores: dict[str, float] = {}
    texts = [row.text.text for row in rows]
    plain = [tokens(text) for text in texts]
    for currency in currencies().values():
        signs = sum(_signs(row, currency) for row in rows)
        hints = sum(_has(words, hint) for words in plain for hint in currency.hints)
        shapes = sum(bool(pattern.search(text)) for text in texts for pattern in currency.patterns)
        scores[currency.code] = 3 * min(signs, 4) + 2 * min(hints, 4) + 2 * min(shapes, 3)
    if default_currency:
        scores[default_currency] = scores.get(default_currency, 0.0) + 2
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    best, score = ranked[0]
    if score < LEAST_SCORE:
        return Locale(default_currency, language, None, "nothing on the page tells")
    tied = [code for code, other in ranked if other == score]
    orders = {known.order for code in tied if (known := currencies().get(code))}
    order = orders.pop() if len(orders) == 1 else None
    if len(tied) == 1:
        return Locale(best, language, order, f"currency {best}")
    return Locale(default_currency, language, order, f"currency {' or '.join(tied)}")


def _signs(row: Row, currency: Currency) -> float:
    """Count the currency's signs in a row: codes as words, other signs only beside an amount."""
    text = row.text.text
    count = 0.0
    for sign in currency.signs:
        if sign.isalpha() and sign.isascii():
            count += bool(re.search(rf"(?<![A-Za-z]){re.escape(sign)}(?![A-Za-z])", text))
        elif any(sign in amount.money or _follows(sign, text, amount) for amount in row.amounts):
            count += SHARED_SIGN.get(currency.code, 0.5) if sign in "$¥" else 1.0
    return min(count, 1.0)


def _follows(sign: str, text: str, amount: Amount) -> bool:
    return text[amount.end :].lstrip(" " + NARROW).startswith(sign)


SHARED_SIGN = {"USD": 0.6, "JPY": 0.6}
"""A bare sign that several currencies use counts half, a little more for the one that shows no other sign."""


def _has(words: Sequence[str], phrase: Sequence[str]) -> bool:
    size = len(phrase)
    return any(tuple(words[at : at + size]) == tuple(phrase) for at in range(len(words) - size + 1))


def _language(rows: Sequence[Row], tables: Tables) -> str | None:
    seen = Counter(word for row in rows for word in tokens(row.text.text))
    counts = {name: sum(min(seen[word], 3) for word in words) for name, words in tables.common.items()}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] >= 3 else None
