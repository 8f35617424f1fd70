"""Finds the signs, codes and words of currencies in lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from rpiocr.extract.tables.currencies import currencies
from rpiocr.extract.text.amounts import NARROW, Amount
from rpiocr.extract.text.scripts import IS_LONE


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Patterns of currency signs: ``word`` anywhere, ``before`` and ``after`` a number, ``alone`` between spaces."""

    word: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    alone: re.Pattern[str]
    signs: Mapping[str, Mapping[str, float]]


NUMBER = rf"\d++(?:[.,'’ {NARROW}]\d{{3}}(?!\d))*(?:[.,][ {NARROW}]?\d{{2,3}}(?!\d)|[.,][-\u2013]{{1,2}})?"
"""A number with or without groups and decimals; a dash may replace the decimals."""


@cache
def _patterns() -> _Patterns:
    signs: dict[str, dict[str, float]] = {}
    for currency in currencies().values():
        for sign, weight in currency.signs.items():
            signs.setdefault(sign, {})[currency.code] = weight
    words = _any(word for currency in currencies().values() for word in currency.words)
    letters = [sign for sign in signs if sign[0].isalpha() and not IS_LONE.match(sign)]
    others = [sign for sign in signs if sign not in letters]
    # A sign made of letters may not touch another letter; other signs may.
    every = rf"(?P<sign>(?<![^\W\d_]){_any(letters)}(?![^\W\d_])|{_any(others)})"
    before = rf"{every}[ .:)\]{NARROW}]{{0,3}}[-\u2212]?(?P<number>{NUMBER})"
    after = rf"(?P<number>{NUMBER})[ {NARROW}]?{every}"
    return _Patterns(
        re.compile(rf"(?<![A-Za-z])(?P<sign>{words})(?![A-Za-z])"),
        re.compile(before),
        re.compile(after),
        re.compile(rf"(?<!\w)(?P<sign>{_any(signs)})(?!\w)"),
        signs,
    )


def _any(texts: Iterable[str]) -> str:
    return "(?:" + "|".join(re.escape(text) for text in sorted(set(texts), key=lambda text: (-len(text), text))) + ")"


DECIMALS = re.compile(r"[.,] ?\d{2,3}\b|[.,][-\u2013]")


def _signs_in(text: str, *, labelled: bool) -> set[str]:
    """Return the currency signs in a line; between spaces they count only on a line with money (``labelled``)."""
    patterns = _patterns()
    found = {match["sign"] for match in patterns.word.finditer(text)}
    for pattern in (patterns.before, patterns.after):
        for match in pattern.finditer(text):
            sign = match["sign"]
            if not _needs_decimals(sign) or DECIMALS.search(match["number"]):
                found.add(sign)
    if labelled:
        found |= {match["sign"] for match in patterns.alone.finditer(text)}
    return found


def _needs_decimals(sign: str) -> bool:
    """Return whether a sign next to a whole number is as likely misread or another word."""
    whole = any(not currencies()[code].decimals for code in _patterns().signs[sign] if sign != "$")
    return sign.isascii() and not whole


def _signs_next_to(text: str, amounts: Iterable[Amount]) -> set[str]:
    """Return the signs that were read as part of an amount, including a misread one."""
    found = {amount.money for amount in amounts}
    # The letter may be the end of a word, or misread.
    found |= {"$" for money in found - _patterns().signs.keys() if money.endswith("$")}
    for amount in amounts:
        match = _patterns().alone.match(text[amount.end :].lstrip(" " + NARROW))
        found |= {match["sign"]} if match else set()
    return found & _patterns().signs.keys()


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign on a line, and what it counts for each currency that has it: 1 if no other has."""

    text: str
    weights: Mapping[str, float]

    @property
    def own(self) -> str | None:
        """The only currency that has the sign."""
        return _own(self.text)


def signs_of(text: str, amounts: Iterable[Amount], *, labelled: bool) -> tuple[Sign, ...]:
    """Return the currency signs on a line, those of one currency first.

    ``labelled``: the line is about money. A shared sign at the end of one of a single currency is not listed: the $ of
    S$.
    """
    found = _signs_in(text, labelled=labelled) | _signs_next_to(text, amounts)
    own = {sign for sign in found if _own(sign)}
    rest = {sign for sign in found - own if not any(other != sign and other.endswith(sign) for other in own)}
    return tuple(Sign(sign, _patterns().signs[sign]) for sign in (*sorted(own), *sorted(rest)))


@lru_cache(maxsize=1024)
def currency_of(text: str) -> str | None:
    """Return the currency of a line with money; None without a sign, with only shared ones, or with several."""
    codes = set(map(_own, _signs_in(text, labelled=True))) - {None}
    return codes.pop() if len(codes) == 1 else None


def currency_next_to(text: str, amount: Amount) -> str | None:
    """Return the currency whose sign is printed next to an amount of the line ``text``.

    None without a sign, or if currencies share it. Signs are before all numbers of a line, or after all.
    """
    for start, end, code in _currencies_in(text):
        if start < amount.end and amount.start < end:
            return code
    return None


@lru_cache(maxsize=1024)
def _currencies_in(text: str) -> tuple[tuple[int, int, str | None], ...]:
    """Return the positions of the numbers of a line that have a sign next to them, and the currency of each."""
    before, after = list(_patterns().before.finditer(text)), list(_patterns().after.finditer(text))
    leads = before and (not after or before[0].start("sign") < after[0].start("number"))
    trails = after and (not before or after[-1].end("sign") > before[-1].end("number"))
    return tuple((*match.span("number"), _own(match["sign"])) for match in (before if leads or not trails else after))


def _own(sign: str) -> str | None:
    """Return the only currency that has a sign; None if others share it, or it has other meanings."""
    codes = _patterns().signs[sign]
    code, share = next(iter(codes.items()))
    return code if len(codes) == 1 and share == 1 else None
