"""The codes of a result for people.

A code is one as ``answer`` returns it, or as the store has it; both have the same keys.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rpiocr.output.items_in_words import amount_in_words
from rpiocr.sanitize.text import one_line

MAX_EXCERPT = 120
"""Maximum number of characters shown of what an unknown code holds: enough for most links."""

UNKNOWN = "unknown"


def code_in_brief(code: Mapping[str, Any]) -> str:
    """Return the format of a code, how far it can be believed, and its total, as ``de-tse, proved, 16.50 EUR``."""
    return ", ".join(_brief(code))


def code_in_full(code: Mapping[str, Any]) -> str:
    """Return all that a code states; of one of unknown content the beginning of what it holds."""
    return f"{code['symbology']}, {', '.join((*_brief(code), *_rest(code)))}"


def values_in_words(code: Mapping[str, Any]) -> Iterator[str]:
    """Yield the values that a code states, each as people read it."""
    if code["total"] is not None:
        yield amount_in_words(code["total"], code["currency"])
    yield from _rest(code)


def excerpt(code: Mapping[str, Any]) -> str:
    """Return the beginning of what a code holds, on one line."""
    text = one_line(code["text"])
    return text if len(text) <= MAX_EXCERPT else f"{text[:MAX_EXCERPT]}…"


def _brief(code: Mapping[str, Any]) -> Iterator[str]:
    if code["kind"]:
        yield code["kind"]
    yield code["status"]
    if code["total"] is not None:
        yield amount_in_words(code["total"], code["currency"])


def _rest(code: Mapping[str, Any]) -> Iterator[str]:
    if when := " ".join(filter(None, (code["date"], code["time"]))):
        yield when
    if code["tax"] is not None:
        yield f"tax {amount_in_words(code['tax'], code['currency'])}"
    if code["seller"]:
        yield f"seller {code['seller']}"
    if code["receipt_number"]:
        yield f"number {code['receipt_number']}"
    if code["status"] == UNKNOWN:
        yield excerpt(code)
