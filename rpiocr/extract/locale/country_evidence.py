"""Finds evidence for the country of a receipt in its lines: names, numbers, taxes, payments, style and language."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, cached_property, lru_cache

from rpiocr.extract.bounds import LONGEST_LINE
from rpiocr.extract.locale.evidence import Clue, Evidence
from rpiocr.extract.locale.language_detection import ALWAYS
from rpiocr.extract.roles import NEVER_TOTAL, TOTALS, ReceiptLine, Role
from rpiocr.extract.tables.countries import Country, DateOrder, countries
from rpiocr.extract.text.patterns import whole_words
from rpiocr.extract.text.phrases import tokens
from rpiocr.extract.text.scripts import IS_LONE
from rpiocr.model import Candidate, TaxId


@dataclass(frozen=True)
class Page:
    """The lines of one reading, the languages that it shows, best first, and the tax numbers that were found in it."""

    rows: tuple[ReceiptLine, ...]
    languages: tuple[str, ...]
    tax_ids: tuple[Candidate[TaxId], ...] = ()

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The text of each line."""
        return tuple(row.text.text for row in self.rows)

    @cached_property
    def years(self) -> frozenset[int]:
        """The years that dates on the page may be of, among which that of the purchase is."""
        found = (match for text in self.texts for match in YEAR.finditer(text))
        return frozenset(int(match[1] or match[2]) + (0 if match[1] else 2000) for match in found)


YEAR = re.compile(
    r"(?<![0-9])(?:(20[0-4][0-9])(?![0-9]|[.,][0-9]{2}(?![-./0-9]))"
    r"|[0-9]{1,2}[-./][0-9]{1,2}[-./]([0-9]{2})(?![0-9]))"
)
"""A year of four digits, or the last two behind day and month."""


def find_evidence(page: Page) -> tuple[Evidence, ...]:
    """Return all evidence for the country of a page, in the order of FINDERS."""
    return tuple(one for find in FINDERS for one in find(page))


WORD = 3.5
WORD_AGAIN = 1.0
"""Weights of a word of a country on one line, and of the same word on another one: GST on one line and on ten."""

LONGEST_NAME = 4
LONGEST_LONE_NAME = 8
"""Maximum number of tokens of a word for a country; in some scripts each character is one."""


def _words(page: Page) -> Iterator[Evidence]:
    seen: Counter[str] = Counter()
    for index, text in enumerate(page.texts):
        for piece in sorted(pieces_of(text) & word_index().keys()):
            seen[piece] += 1
            if seen[piece] <= 2:
                weight = WORD if seen[piece] == 1 else WORD_AGAIN
                yield Evidence(Clue.WORD, piece, dict.fromkeys(word_index()[piece], weight), index)


@cache
def word_index() -> Mapping[str, tuple[str, ...]]:
    """Return the countries of each word that shows some, by its joined tokens."""
    return _indexed((country.code, country.words) for country in countries().values())


def _indexed(names: Iterable[tuple[str, Iterable[str]]]) -> Mapping[str, tuple[str, ...]]:
    """Return the countries of each word, by its joined tokens."""
    found: dict[str, dict[str, None]] = {}
    for code, words in names:
        for word in words:
            if joined := "".join(tokens(word)):
                found.setdefault(joined, {})[code] = None
    return {word: tuple(codes) for word, codes in found.items()}


@lru_cache(maxsize=1024)
def pieces_of(text: str) -> frozenset[str]:
    """Return the runs of tokens of a line that may be a name, joined."""
    words = tokens(text[:LONGEST_LINE])
    pieces: set[str] = set()
    for start, word in enumerate(words):
        longest = LONGEST_LONE_NAME if IS_LONE.match(word) else LONGEST_NAME
        pieces.update("".join(words[start : start + size]) for size in range(1, longest + 1))
    return frozenset(pieces)


NAMED = 3.5
"""Weight of a country's name, in English or its languages, on a line without an amount."""


def _names(page: Page) -> Iterator[Evidence]:
    for index, row in enumerate(page.rows):
        for piece in sorted(pieces_of(row.text.text) & name_index().keys()) if not row.amounts else ():
            yield Evidence(Clue.NAME, piece, dict.fromkeys(name_index()[piece], NAMED), index)


@cache
def name_index() -> Mapping[str, tuple[str, ...]]:
    """Return the countries of each name of a country, by its joined tokens."""
    return _indexed((country.code, country.places.names) for country in countries().values())


TOWN = 2.5
TOWN_WITH_POSTCODE = 5.0
POSTCODE = 1.5
"""Weights of a town of a country, of one beside a postcode of its shape, and of such a postcode before some other word.

A street or a dish may be named after a town abroad; the postcode beside it is that of the shop, or of its supplier."""

POSTCODE_AND_TOWN = re.compile(r"^\W*(?:[A-Z]{1,3}[- ])?([0-9]{3,6})[ ,]+([^\W\d_][^\d,;:]{2,})")


def _towns(page: Page) -> Iterator[Evidence]:
    for index, row in enumerate(page.rows):
        if row.amounts or row.role is not Role.NONE:
            continue
        text = row.text.text
        match = POSTCODE_AND_TOWN.match(text)
        fitting = _with_postcode(match[1]) if match else frozenset[str]()
        known = {code for piece in _place_names(text) & town_index().keys() for code in town_index()[piece]}
        weights = dict.fromkeys(known, TOWN)
        weights |= dict.fromkeys(fitting - known, POSTCODE if not known & fitting else 0.0)
        weights |= dict.fromkeys(known & fitting, TOWN_WITH_POSTCODE)
        # In English a number before a name is that of a house: no postcode stands there.
        if known or (fitting and ALWAYS not in page.languages[:1] and _is_place(match[2] if match else "")):
            yield Evidence(Clue.TOWN, match.group().strip() if match else text.strip(), weights, index)


MOST_WORDS = 4
"""Maximum number of words of a line with a town and neither a number nor a comma; longer ones are sentences."""


def _place_names(text: str) -> frozenset[str]:
    is_address = len(text.split()) <= MOST_WORDS or any(char.isdigit() or char == "," for char in text)
    return pieces_of(text) if is_address else frozenset()


def _is_place(text: str) -> bool:
    """Return whether words behind a number may be a town: one to four, with a capital."""
    words = text.split()
    return len(words) <= 4 and words[0][0].isupper()


@lru_cache(maxsize=256)
def _with_postcode(number: str) -> frozenset[str]:
    """Return the countries in whose form a number may be a postcode."""
    known = countries().values()
    return frozenset(one.code for one in known if one.places.postcode and re.fullmatch(one.places.postcode, number))


@cache
def town_index() -> Mapping[str, tuple[str, ...]]:
    """Return the countries of each of their larger towns, by its joined tokens."""
    return _indexed((country.code, country.places.towns) for country in countries().values())


SHAPE = 6.0
"""Weight of a number in a form that a country gives: tax offices, registers, post, telephones."""


def _shapes(page: Page) -> Iterator[Evidence]:
    for country in countries().values():
        for shape in country.shapes:
            found = ((index, match) for index, text in enumerate(page.texts) if (match := shape.search(text)))
            for index, match in list(found)[:2]:
                yield Evidence(Clue.SHAPE, match.group().strip(), {country.code: SHAPE}, index)


VALID, NAMED_ONLY = 7.0, 3.0
"""Weights of a tax number with valid check digits, and of one beside its name: few numbers are valid by chance."""


def _tax_numbers(page: Page) -> Iterator[Evidence]:
    for one in page.tax_ids:
        if one.value.valid is not False and one.value.country in countries():
            weight = VALID if one.value.valid else NAMED_ONLY
            yield Evidence(Clue.TAX_NUMBER, one.raw, {one.value.country: weight})


CALLING_CODE = 6.5
"""Weight of a country's calling code: hotlines and suppliers have numbers abroad as well."""

INTERNATIONAL = re.compile(r"(?<![\d+])(?:\+ ?|00 ?(?=[1-9]\d{0,2}[ ./(-]))((?:\d[ ().\u2009/-]{0,2}){8,15})")


def _calling_codes(page: Page) -> Iterator[Evidence]:
    for index, text in enumerate(page.texts):
        for match in INTERNATIONAL.finditer(text):
            codes = _called(re.sub(r"\D", "", match[1]))
            if codes:
                said = f"+{countries()[codes[0]].phone}"
                yield Evidence(Clue.CALLING_CODE, said, dict.fromkeys(codes, CALLING_CODE), index)


def _called(number: str) -> tuple[str, ...]:
    """Return the countries with the longest calling code that a number begins with."""
    fitting = [country for country in countries().values() if number.startswith(country.phone)]
    longest = max((len(country.phone) for country in fitting), default=0)
    return tuple(country.code for country in fitting if len(country.phone) == longest)


GROUPS = re.compile(r"(?<![\d+.,])\(?(0?[1-9]\d*)\)?((?:[ ./\u2009-]{1,2}\d{2,8}){1,4})(?![\d.,])")


def _phones(page: Page) -> Iterator[Evidence]:
    """Find telephone numbers beside their label whose groups of digits are those of few countries."""
    for index, row in enumerate(page.rows):
        label = _phone_label(row.lexicon.address.phone).search(row.text.text)
        match = GROUPS.search(row.text.text, label.end()) if label else None
        if match is None:
            continue
        first, rest = match[1], re.findall(r"\d+", match[2])
        groups = "".join(("0" if first.startswith("0") else "", *(str(len(group)) for group in (first, *rest))))
        fitting = _printing_phones().get(groups, ())
        if fitting:
            weight = _rarity(len(fitting), Clue.PHONE)
            yield Evidence(Clue.PHONE, match.group(), dict.fromkeys(fitting, weight), index)


@lru_cache(maxsize=4)
def _phone_label(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(whole_words(words), re.IGNORECASE)


@cache
def _printing_phones() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for country in countries().values():
        for groups in country.places.phones:
            found.setdefault(groups, []).append(country.code)
    return {groups: tuple(codes) for groups, codes in found.items()}


COMPARED = 40
"""Number of countries among which the rarity of a number counts: those from which receipts are common."""


def _rarity(fitting: int, clue: Clue) -> float:
    """Return the weight of what ``fitting`` countries show: the fewer they are, the more."""
    return max(0.0, min(clue.largest, math.log(COMPARED / max(1, fitting))))


DOMAIN, BARE_DOMAIN = 5.0, 3.5
"""Weights of a country's ending in a web or mail address, and of one without www or @ in front."""

GENERIC = frozenset({"co", "tv", "io", "me", "ai", "to", "ly", "fm", "gg", "eu", "cc", "ws", "nu", "la", "st", "am"})
"""Endings of countries that are sold to everyone."""

WEB = re.compile(r"(?:(www\.|@|https?://)[\w./-]*?[\w-]|(?<![\w.])[a-z][\w-]{2,})\.([a-z]{2})(?![\w]|\.[a-z])", re.I)


def _domains(page: Page) -> Iterator[Evidence]:
    for index, text in enumerate(page.texts):
        for match in WEB.finditer(text):
            ending = match[2].casefold()
            codes = _by_ending().get(ending, ()) if ending not in GENERIC else ()
            if codes:
                weight = DOMAIN if match[1] else BARE_DOMAIN
                yield Evidence(Clue.DOMAIN, f".{ending}", dict.fromkeys(codes, weight), index)


@cache
def _by_ending() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for country in countries().values():
        found.setdefault(country.places.ending, []).append(country.code)
    return {ending: tuple(codes) for ending, codes in found.items() if ending}


PAYMENT = 5.0
"""Weight of a card or payment of one country; where several have it, of each of them."""


def _payments(page: Page) -> Iterator[Evidence]:
    seen: set[str] = set()
    for index, text in enumerate(page.texts):
        for piece in sorted(pieces_of(text) & _payment_index().keys() - seen):
            seen.add(piece)
            yield Evidence(Clue.PAYMENT, piece, dict.fromkeys(_payment_index()[piece], PAYMENT), index)


@cache
def _payment_index() -> Mapping[str, tuple[str, ...]]:
    return _indexed((country.code, country.payments) for country in countries().values())


PERCENT = re.compile(r"(?<![0-9.,])([0-9]{1,2}(?:[.,][0-9]{1,3})?)[ \u2009]?%")
BARE_RATE = re.compile(r"(?<![0-9.,])([0-9]{1,2}[.,][0-9])(?![0-9.,%]|[.,][0-9])")
"""A rate without a percent sign has one decimal on a line about tax, and amounts have none or two."""

OTHER_RATE = 1.0
"""Weight against a country whose rates are known and are others."""


def _tax_rates(page: Page) -> Iterator[Evidence]:
    seen: set[Decimal] = set()
    for index, row in enumerate(page.rows):
        for match in _rates_on(row):
            rate = Decimal(match[1].replace(",", ".")).normalize()
            if not rate or rate in seen:
                continue
            seen.add(rate)
            known = {code: rate in rates for code, rates in _rates_in(page.years).items()}
            fitting = sum(known.values())
            if not fitting:
                continue
            weight = _rarity(fitting, Clue.TAX_RATE)
            weights = {code: weight if fits else -OTHER_RATE for code, fits in known.items()}
            yield Evidence(Clue.TAX_RATE, f"{rate:f} %", weights, index)


def _rates_on(row: ReceiptLine) -> Iterator[re.Match[str]]:
    """Return the numbers of a line that may be rates of tax: on one about tax, or with a percent sign in a table."""
    taxed = row.role is Role.TAX or "tax" in row.groups or row.in_tax_table
    if taxed or (row.role not in NEVER_TOTAL and len(row.amounts) > 1):
        yield from PERCENT.finditer(row.text.text)
    if taxed:
        yield from BARE_RATE.finditer(row.text.text)


@lru_cache(maxsize=64)
def _rates_in(years: frozenset[int]) -> Mapping[str, frozenset[Decimal]]:
    """Return the rates of each country whose rates are known, in some years; in all of them if there are none."""
    return {
        country.code: frozenset(
            rate.normalize()
            for era in country.places.rates
            if not years or any(_holds(era.since, era.until, year) for year in years)
            for rate in era.rates
        )
        for country in countries().values()
        if country.places.rates
    }


def _holds(since: object, until: object, year: int) -> bool:
    first, last = getattr(since, "year", 0), getattr(until, "year", 9999)
    return first <= year <= last


GROUPED = 4.0
OTHER_MARK = 1.5
"""Weights of apostrophes between thousands, which are Swiss, and against a country with another decimal mark: one till
in five prints the other one."""

APOSTROPHES = re.compile(r"(?<![0-9])[0-9]{1,3}(?:['’`´][0-9]{3})+(?:[.,][0-9]{2})?(?![0-9])")
MARK = re.compile(r"[0-9]([.,])[0-9]{2}(?![0-9])")
LEAST_MARKS = 3
MOST_OTHERS = 0.2


def _style(page: Page) -> Iterator[Evidence]:
    for index, text in enumerate(page.texts):
        if match := APOSTROPHES.search(text):
            yield Evidence(Clue.STYLE, match.group(), dict.fromkeys(("CH", "LI"), GROUPED), index)
            break
    marks = Counter(match[1] for row in page.rows for one in row.amounts for match in MARK.finditer(one.raw))
    if sum(marks.values()) < LEAST_MARKS:
        return
    (mark, most), *_ = marks.most_common(1)
    if most >= (1 - MOST_OTHERS) * sum(marks.values()):
        others = [country.code for country in countries().values() if country.places.decimal != mark]
        yield Evidence(Clue.STYLE, f"1{mark}00", dict.fromkeys(others, -OTHER_MARK))


MONTH_FIRST, MIXED_ORDER = 3.0, 1.0
"""Weights of a date that can only be read month first, where that is the order, and where several orders are usual; a
day first counts as much against the former."""

NUMERIC_DATE = re.compile(r"(?<![0-9/.-])([0-9]{1,2})([/-])([0-9]{1,2})\2(?:20)?[0-9]{2}(?![0-9/-])")


def _date_orders(page: Page) -> Iterator[Evidence]:
    for index, text in enumerate(page.texts):
        for match in NUMERIC_DATE.finditer(text):
            first, second = int(match[1]), int(match[3])
            if min(first, second) > 12 or max(first, second) <= 12 or max(first, second) > 31:
                continue
            weight = MONTH_FIRST if second > 12 else -MONTH_FIRST
            weights = dict.fromkeys(_ordered(DateOrder.MDY), weight)
            weights |= dict.fromkeys(_ordered(None), MIXED_ORDER if weight > 0 else 0.0)
            yield Evidence(Clue.DATE_ORDER, match.group(), weights, index)


@cache
def _ordered(order: DateOrder | None) -> tuple[str, ...]:
    return tuple(country.code for country in countries().values() if country.order is order)


WITHOUT_SMALL_COINS = ("CH", "LI")
"""Countries whose prices are multiples of 0.05, as that is the smallest coin: Swiss coinage ordinance, since 2007."""

COIN = 0.4
NO_COIN = 2.0
LEAST_PRICES = 3
"""Weight of each different price that is a multiple of 0.05, if all are; against, if a total is none."""


def _not_multiples(prices: Iterable[Decimal], coin: Decimal) -> frozenset[Decimal]:
    return frozenset(price for price in prices if price % coin)


def _coins(page: Page) -> Iterator[Evidence]:
    rows = [row for row in page.rows if row.amounts and not row.in_tax_table]
    prices = {abs(row.main.value) for row in rows if row.role not in (Role.TAX, Role.SUBTOTAL)}
    sums = {abs(row.main.value) for row in rows if row.role in TOTALS}
    odd = _not_multiples(prices, Decimal("0.05"))
    if sums and sums <= odd:
        yield Evidence(Clue.COIN, f"{min(sums):f}", dict.fromkeys(WITHOUT_SMALL_COINS, -NO_COIN))
    elif len(prices) >= LEAST_PRICES and not odd and _not_multiples(prices, Decimal("0.10")):
        yield Evidence(Clue.COIN, "0.05", dict.fromkeys(WITHOUT_SMALL_COINS, COIN * len(prices)))


SPOKEN, SPOKEN_TOO, NOT_SPOKEN, NO_TABLE, ENGLISH = 3.5, 0.7, -3.5, -1.5, 0.7
"""Weights of the language of a page where it is spoken, of a second one, where it is not, where the
languages have no table, so that another one may be taken for them, and of English, in which tills print everywhere."""


def _language(page: Page) -> Iterator[Evidence]:
    if not page.languages:
        return
    first, *others = page.languages
    known = countries().values()
    if first == ALWAYS:
        weights = {country.code: ENGLISH for country in known if first in country.languages}
    else:
        weights = {country.code: _spoken(first, country) for country in known}
    for language in others:
        for country in known:
            if language != ALWAYS and language in country.languages:
                weights[country.code] = weights.get(country.code, 0.0) + SPOKEN_TOO
    yield Evidence(Clue.LANGUAGE, first, weights)


SECOND = 1.0
"""How much less a language counts where another one is spoken by more people."""


def _spoken(language: str, country: Country) -> float:
    if language in country.languages:
        return SPOKEN if language == country.languages[0] else SPOKEN - SECOND
    return NOT_SPOKEN if country.languages else NO_TABLE


FINDERS: tuple[Callable[[Page], Iterator[Evidence]], ...] = (
    _tax_numbers,
    _shapes,
    _words,
    _tax_rates,
    _calling_codes,
    _phones,
    _names,
    _towns,
    _domains,
    _payments,
    _date_orders,
    _style,
    _coins,
    _language,
)
"""The finders of evidence, the most telling first."""


def prior(country: Country) -> float:
    """Return the weight of a country before anything is seen: half the logarithm of its people, in millions.

    Half, as the share of a country in the receipts that a user has depends on much else. Countries that countries.toml
    does not list are rarer by LISTED: for those that it lists receipts were collected.
    """
    return 0.5 * math.log(max(0.01, min(MOST_PEOPLE, country.places.people))) + (LISTED if country.listed else 0.0)


LISTED = 3.0
MOST_PEOPLE = 350.0
