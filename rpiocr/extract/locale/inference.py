"""Infers the locale of a receipt: currency, language, country, and the order of its dates."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rpiocr.extract.locale.language_detection import ALWAYS
from rpiocr.extract.receipt_lines import ReceiptLine, Role
from rpiocr.extract.tables.countries import Country, DateOrder, countries
from rpiocr.extract.tables.currencies import currencies
from rpiocr.extract.text.amounts import NARROW, Amount
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.phrases import tokens
from rpiocr.extract.text.scripts import IS_LONE
from rpiocr.model.currency import USUAL_DECIMALS


@dataclass(frozen=True, slots=True)
class Locale:
    """The inferred locale; None if the page does not indicate it.

    ``currency`` is as in ISO 4217, ``language`` the keyword table that fits best, ``country`` as in ISO 3166. ``order``
    is the order of dates there; ``order_reason`` names the evidence for it. ``decimals`` is the number that the
    currency has on receipts, 2 if it is unknown. ``languages`` are all that the page shows, best first.

    ``country_probability`` (0 to 1) is that of the guess from which ``order`` follows: that the receipt is from
    ``country``, or from one of the countries that share the order where only their currency or language is known. A
    date whose order rests on the locale is not surer than this.
    """

    currency: str | None
    language: str | None
    country: str | None
    order: DateOrder | None
    order_reason: str
    decimals: int = USUAL_DECIMALS
    languages: tuple[str, ...] = ()
    country_probability: float = 0.0


MIN_SCORE = 1.5
"""Minimum score of a currency: one sign next to a number, one hint at its country, or its language."""

SURE_COUNTRY = 2.0
"""Scores of a word, a number format and a phone number of a country, and the minimum score to infer the country."""


CENTS = re.compile(r"[.,][0-9]{2}(?![0-9])")
SURE_DECIMALS = 3
"""Minimum number of amounts with decimals that show that the currency has decimals."""


def infer_locale(rows: Sequence[ReceiptLine], tables: Tables, default_currency: str | None = None) -> Locale:
    """Infer the locale from currency signs and codes, words and number formats of countries, and the language.

    A sign that several currencies share counts for each; hints decide between them, and between two currencies in which
    the totals are printed.
    """
    language = tables.shown[0] if tables.shown else None
    places = _places([row.text.text for row in rows])
    signs = _signs_on(rows)
    local = {
        code: max((score for place, score in places.items() if countries()[place].currency == code), default=0.0)
        for code in currencies()
    }
    most = 1.0 if _is_decided_by_country(signs, local) else 4.0
    printed = {code: 3 * min(signs[code], most) + local[code] for code in currencies()}
    scores = {code: score + _spoken(code, language, signs) for code, score in printed.items()}
    if sum(bool(CENTS.search(amount.raw)) for row in rows for amount in row.amounts) >= SURE_DECIMALS:
        # Amounts printed with cents are not in a currency without decimals, unless its own sign is printed.
        scores |= {code: 0.0 for code in scores if currencies()[code].decimals == 0 and signs[code] < 1}
    if default_currency:
        scores[default_currency] = scores.get(default_currency, 0.0) + 2
    score = max(scores.values())
    tied = [code for code, other in scores.items() if other == score and score >= MIN_SCORE]
    currency = tied[0] if len(tied) == 1 else default_currency
    country = _country_of(currency, places, language, sure=bool(currency) and signs[currency or ""] >= 1)
    telling = [code for code in tied if printed.get(code) or code == default_currency]
    order, reason = _order(telling, country if places.get(country or "") else None, language)
    return Locale(currency, language, country, order, reason, _decimals(currency, scores, printed), tables.shown)


def _decimals(currency: str | None, scores: Mapping[str, float], printed: Mapping[str, float]) -> int:
    """Return the decimals of the currency; a single word for its country, which may be misread, is not enough."""
    known = currencies().get(currency or "")
    if known is None or scores[known.code] == printed[known.code] <= SURE_COUNTRY:
        return USUAL_DECIMALS
    return known.decimals


def _spoken(currency: str, language: str | None, signs: Counter[str]) -> float:
    """Return the score that the language adds to a currency.

    It is 0 for one without a sign if another has some, or if the language is spoken in a country of another currency
    whose sign is printed as often.
    """
    hint = currencies()[currency].languages.get(language or "", 0.0)
    if not hint or not any(signs.values()):
        return hint
    rivals = {place.currency for place in countries().values() if language in place.languages} - {currency}
    return hint if signs[currency] > max((signs[code] for code in rivals), default=0.0) else 0.0


def _is_decided_by_country(signs: Counter[str], local: Mapping[str, float]) -> bool:
    """Return whether totals are printed in several currencies, and the country indicates the one that was paid.

    Then it does not matter which of them is printed more often.
    """
    printed = [code for code in signs if signs[code] >= 1]
    return len(printed) > 1 and len({local[code] for code in printed}) > 1


def _order(tied: Sequence[str], country: str | None, language: str | None) -> tuple[DateOrder | None, str]:
    """Return the order of dates: by an evident country, by the currencies that fit equally, or by the language."""
    if country and countries()[country].order:
        return countries()[country].order, f"country {country}"
    by_currency = {_usual([place for place in countries().values() if place.currency == code]) for code in tied}
    if tied:
        order = by_currency.pop() if len(by_currency) == 1 else None
        return order, f"currency {' or '.join(tied)}"
    spoken = {place.order for place in countries().values() if language in place.languages}
    if language != ALWAYS and len(spoken) == 1:
        return spoken.pop(), f"language {language}"
    return None, "nothing on the page tells"


def _usual(places: Iterable[Country]) -> DateOrder | None:
    orders = Counter(place.order for place in places)
    return orders.most_common(1)[0][0] if orders else None


def _country_of(currency: str | None, places: Mapping[str, float], language: str | None, *, sure: bool) -> str | None:
    """Return the country with the highest score of those with that currency.

    Without any score, the only one with that currency, or the only one of them where the language is spoken, unless the
    sign of the currency is a shared one.
    """
    fitting = {code: places[code] for code, place in countries().items() if currency in (None, place.currency)}
    spoken = [code for code in fitting if language in countries()[code].languages]
    best = max(fitting.values(), default=0.0)
    if best >= SURE_COUNTRY:
        ranked = [code for code, score in fitting.items() if score == best]
        ranked = [code for code in ranked if code in spoken] if len(ranked) > 1 else ranked
    else:
        ranked = list(fitting) if len(fitting) == 1 else spoken if currency else []
        ranked = ranked if sure or (spoken and language != ALWAYS) else []
    return ranked[0] if len(ranked) == 1 else None


MAX_REPEATED = 2
"""Maximum count of a word that several countries share, such as GST: repetition does not make it more certain."""

LONGEST_NAME = 4
LONGEST_LONE_NAME = 8
"""Maximum number of tokens of a word for a country; in some scripts each character is one."""

PHONE = re.compile(r"(?<![\d+])\+ ?((?:\d[ ().\u2009/-]{0,2}){8,15})")


def _places(texts: Sequence[str]) -> Mapping[str, float]:
    """Return the score of every country: words, number formats and phone numbers, each once per line."""
    seen = Counter(piece for text in texts for piece in _pieces(tokens(text)))
    phones = Counter(_phone_code(match[1]) for text in texts for match in PHONE.finditer(text))
    scores: dict[str, float] = {}
    for country in countries().values():
        words = sum(min(seen[word], MAX_REPEATED) for word in _words_of(country.code))
        shapes = sum(bool(shape.search(text)) for shape in country.shapes for text in texts)
        shapes += phones[country.phone]
        scores[country.code] = SURE_COUNTRY * (min(words, 4) + min(shapes, 3))
    return scores


@cache
def _words_of(country: str) -> frozenset[str]:
    """Return the words of a country as joined tokens."""
    return frozenset("".join(tokens(word)) for word in countries()[country].words)


def _phone_code(number: str) -> str | None:
    """Return the longest country calling code that a number begins with."""
    digits = re.sub(r"\D", "", number)
    known = [country.phone for country in countries().values() if digits.startswith(country.phone)]
    return max(known, key=len, default=None)


def _pieces(words: Sequence[str]) -> set[str]:
    pieces: set[str] = set()
    for start, word in enumerate(words):
        longest = LONGEST_LONE_NAME if IS_LONE.match(word) else LONGEST_NAME
        pieces.update("".join(words[start : start + size]) for size in range(1, longest + 1))
    return pieces


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Patterns of currency signs: ``word`` anywhere, ``before`` and ``after`` a number, ``alone`` between spaces."""

    word: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    alone: re.Pattern[str]
    signs: Mapping[str, Mapping[str, float]]


NUMBER = rf"\d++(?:[.,'’ {NARROW}]\d{{3}}(?!\d))*(?:[.,][ {NARROW}]?\d{{2}}(?!\d)|[.,][-\u2013]{{1,2}})?"
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


def _signs_on(rows: Sequence[ReceiptLine]) -> Counter[str]:
    """Return the number of lines with a sign of each currency; a line with a shared sign counts as less than one."""
    counts: Counter[str] = Counter()
    for row in rows:
        labelled = row.role is not Role.NONE or bool(row.amounts)
        found = _signs_in(row.text.text, labelled=labelled) | _signs_next_to(row.text.text, row.amounts)
        weights: dict[str, float] = {}
        for sign in found:
            for code, weight in _patterns().signs[sign].items():
                weights[code] = max(weight, weights.get(code, 0.0))
        counts.update(weights)
    return counts


DECIMALS = re.compile(r"[.,] ?\d{2}\b|[.,][-\u2013]")


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
    found |= {"$" for money in found if money.endswith("$")}
    for amount in amounts:
        match = _patterns().alone.match(text[amount.end :].lstrip(" " + NARROW))
        found |= {match["sign"]} if match else set()
    return found & _patterns().signs.keys()


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
    """Return the only currency that has a sign."""
    codes = _patterns().signs[sign]
    return next(iter(codes)) if len(codes) == 1 else None
