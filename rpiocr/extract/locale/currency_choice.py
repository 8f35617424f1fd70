"""Chooses the currency of a page: by its signs, the evidence for its country, and the user's settings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rpiocr.extract.locale.country_evidence import Page, prior
from rpiocr.extract.locale.decimals import Decimals
from rpiocr.extract.locale.evidence import Clue, Evidence, totals
from rpiocr.extract.locale.language_detection import ALWAYS
from rpiocr.extract.locale.sign_weights import ANYWHERE, ON_TOTAL, Printed, Seen, weights_of
from rpiocr.extract.tables.countries import Country, countries
from rpiocr.extract.tables.currencies import currencies
from rpiocr.model import Kind
from rpiocr.model.currency import USUAL_DECIMALS, decimals_of


@dataclass(frozen=True, slots=True)
class LocaleHints:
    """What is known without the page: settings, and the country of the system's time zone.

    ``currency`` is assumed where the page shows none, ``home`` is the country of most receipts; both decide only what
    the page leaves open. ``time_zone`` is a country too, but only orders currencies that were not chosen.
    ``code_country`` is evidence beside that of the lines.
    """

    currency: str | None = None
    home: str | None = None
    time_zone: str | None = None
    code_country: str | None = None


@dataclass(frozen=True, slots=True)
class CurrencyGuess:
    """A currency that a page may be in, with its probability by the evidence on it, and what that is.

    ``kind`` is the strongest kind of evidence for it, ``said`` all of it, as kind and text; ``line`` is the index of
    the line with the most telling one. ``is_placed``: something other than a sign, style and language tells its
    country.
    """

    code: str
    probability: float
    kind: Kind
    said: tuple[tuple[str, str], ...]
    line: int | None = None
    is_placed: bool = False


LEAST_PROBABLE = 0.5
"""Minimum probability of a currency that is chosen: below it, all others together are more probable."""

BEYOND_SIGNS = 9.0
"""How much all evidence for a country can count against a sign beside the total: a shop may charge in the currency of
its guests."""

NO_CENTS, ODD_DECIMALS, NO_DECIMALS = -99.0, -4.0, -1.5
"""Weights against a currency without decimals where amounts have cents, against one with another number of decimals
than the page shows beyond doubt, and against one with two where amounts may have none or three."""

SURE_DECIMALS = 3
"""Minimum number of amounts with decimals that show that the currency has decimals."""

MOST_GUESSES, LEAST_RIVAL = 4, 0.0005
"""How many currencies are listed, and the minimum probability of one that was not chosen."""

Probabilities = Mapping[str, float]
"""The probability of each country, by ISO 3166 code."""

Money = Mapping[str, str]
"""The currency of each country, by ISO 3166 code."""


def money_on(page: Page, signs: Seen) -> Money:
    """Return the currency of each country in the latest year that the page names.

    If it names none it is today's, or an earlier one whose own sign is printed.
    """
    year = max(page.years, default=None)
    return {code: _currency_in(year, country, signs) for code, country in countries().items()}


def _currency_in(year: int | None, country: Country, signs: Seen) -> str:
    if year is None:
        printed = (code for code, _ in country.former if any(place.is_own for place in signs.get(code, ())))
        return next(printed, country.currency)
    before = [(until, code) for code, until in country.former if (until.year, until.month) >= (year, 12)]
    return min(before)[1] if before else country.currency


def probabilities_of(evidence: Sequence[Evidence], signs: Seen, money: Money, shown: Decimals) -> Probabilities:
    """Return the probability of each country by the evidence for it and the signs of its currency.

    It is the exponential of the sum of all weights, as a share of that of all countries.
    """
    weights = totals(evidence, money)
    local = {code: weights[code] + prior(country) for code, country in countries().items()}
    floor = max(local.values()) - BEYOND_SIGNS
    printed_weights = weights_of(signs)
    of_currency = {code: (printed_weights.get(code, 0.0), _doubt(code, signs, shown)) for code in set(money.values())}
    scores = {}
    for code, currency in money.items():
        printed, doubt = of_currency[currency]
        place = max(local[code], floor) if printed >= ON_TOTAL else local[code]
        scores[code] = place + printed + doubt
    top = max(scores.values())
    shares = {code: math.exp(score - top) for code, score in scores.items()}
    whole = sum(shares.values())
    return {code: share / whole for code, share in shares.items()}


def _doubt(currency: str, signs: Seen, shown: Decimals) -> float:
    """Return the weight of the decimals on the page against a currency whose own sign is not printed."""
    decimals = decimals_of(currency)
    if any(place.is_own for place in signs.get(currency, ())):
        return 0.0
    if shown.cents >= SURE_DECIMALS and decimals == 0:
        return NO_CENTS
    if shown.is_three:
        return 0.0 if decimals == 3 else ODD_DECIMALS
    if shown.is_open and decimals == USUAL_DECIMALS:
        return NO_DECIMALS
    return ODD_DECIMALS if decimals == 3 and shown.cents >= SURE_DECIMALS else 0.0


def rank_currencies(
    probabilities: Probabilities, evidence: Sequence[Evidence], signs: Seen, money: Money
) -> tuple[CurrencyGuess, ...]:
    """Return the most probable currencies with their evidence, best first.

    The probability of a currency is the sum of those of its countries.
    """
    by_currency: dict[str, list[str]] = {}
    for place, currency in money.items():
        by_currency.setdefault(currency, []).append(place)
    shares = {code: sum(probabilities[place] for place in places) for code, places in by_currency.items()}
    ranked = sorted(shares, key=lambda code: (-shares[code], code))[:MOST_GUESSES]
    ranked = [code for code in ranked if shares[code] >= LEAST_RIVAL] or ranked[:1]
    best = {code: max(by_currency[code], key=probabilities.__getitem__) for code in ranked}
    found = []
    for code in ranked:
        rival = max((place for place in money if money[place] != code), key=probabilities.__getitem__)
        telling = [one for one in evidence if _tells(one, best[code], rival)]
        found.append(_guess(code, shares[code], telling, signs.get(code, ())))
    return tuple(found)


def _tells(one: Evidence, country: str, rival: str) -> bool:
    """Return whether evidence counts more for a country than for the best one with another currency.

    A language other than English tells something even if it is spoken in both.
    """
    weight, other = one.weights.get(country, 0.0), one.weights.get(rival, 0.0)
    if one.clue is Clue.LANGUAGE and one.said != ALWAYS:
        return weight > 0.0
    return weight > max(0.0, other) or (one.clue.is_weak and 0.0 == weight > other)


FEW_CLUES = 2
"""Minimum number of pieces of evidence that are not weak for a country to be told by several."""


def _guess(code: str, probability: float, telling: Sequence[Evidence], places: Sequence[Printed]) -> CurrencyGuess:
    firm = sum(not one.clue.is_weak for one in telling)
    said = [("sign", places[0].text)] if places else []
    said += [(one.clue.title, one.said) for one in telling]
    lines = [place.line for place in places[:1]] + [one.line for one in telling if one.line is not None]
    line = lines[0] if lines else None
    return CurrencyGuess(code, probability, _kind(places, firm), tuple(dict.fromkeys(said)), line, bool(firm))


def _kind(places: Sequence[Printed], firm: int) -> Kind:
    """Return the strongest kind of evidence: ``firm`` is the number of pieces for the country that are not weak."""
    own = next((place for place in places if place.is_own), None)
    if own and own.weight > ANYWHERE:
        return Kind.CURRENCY_SIGN
    if firm >= FEW_CLUES:
        return Kind.COUNTRY
    if own:
        return Kind.ONE_CLUE
    if firm:
        return Kind.SIGN_AND_COUNTRY if places else Kind.ONE_CLUE
    return Kind.SHARED_SIGN if places else Kind.LANGUAGE


OPEN = frozenset({Kind.SHARED_SIGN, Kind.LANGUAGE})
"""Kinds of evidence that a setting may overrule: what several countries have in common."""


def choose(
    guesses: Sequence[CurrencyGuess], hints: LocaleHints, languages: Sequence[str]
) -> tuple[CurrencyGuess | None, tuple[CurrencyGuess, ...]]:
    """Return the currency that the page or a setting decides, if any, and all guesses with it in front."""
    first = next((guess for guess in guesses[:1] if guess.said and guess.probability >= LEAST_PROBABLE), None)
    if first and _is_tied(first, guesses[1:]):
        first = None
    chosen = first
    if first is None or first.kind in OPEN:
        chosen = _by_settings(first, hints, languages) or first
    if chosen is None:
        return None, ()
    others = [guess for guess in guesses if guess.code != chosen.code]
    return chosen, (chosen, *_by_time_zone(others, hints.time_zone))


def _is_tied(first: CurrencyGuess, others: Sequence[CurrencyGuess]) -> bool:
    """Return whether signs of several currencies stand beside amounts and nothing tells the country.

    How many countries use a currency does not show in which of two the receipt was paid.
    """
    if first.kind is not Kind.CURRENCY_SIGN or first.is_placed:
        return False
    return any(guess.kind is Kind.CURRENCY_SIGN and guess.probability >= TIED * first.probability for guess in others)


TIED = 0.02
"""Minimum probability of another currency with signs of its own, as a share of the first one's, that leaves both
open."""

TIME_ZONE = 3.0
"""Factor by which the time zone raises the currency of its country among those that were not chosen."""


def _by_time_zone(guesses: Sequence[CurrencyGuess], place: str | None) -> Sequence[CurrencyGuess]:
    near = countries()[place].currency if place and place in countries() else None
    return sorted(guesses, key=lambda guess: -guess.probability * (TIME_ZONE if guess.code == near else 1.0))


def _by_settings(first: CurrencyGuess | None, hints: LocaleHints, languages: Sequence[str]) -> CurrencyGuess | None:
    """Return the currency that the settings decide where the page leaves it open.

    The setting ``currency`` does so always; ``home`` where the page's language is spoken there, or is English, and the
    sign on the page, if there is one, is among those of its currency.
    """
    if hints.currency:
        return CurrencyGuess(hints.currency, 1.0, Kind.SETTING, (("setting", f"currency {hints.currency}"),))
    home = countries().get(hints.home or "")
    if home is None or not _is_spoken(home, languages) or not _may_have_sign(home, first):
        return None
    return CurrencyGuess(home.currency, 1.0, Kind.HOME, (("setting", f"home {home.code}"),))


def _is_spoken(home: Country, languages: Sequence[str]) -> bool:
    return not languages or languages[0] == ALWAYS or languages[0] in home.languages


def _may_have_sign(home: Country, first: CurrencyGuess | None) -> bool:
    if first is None or first.kind is not Kind.SHARED_SIGN:
        return True
    return dict(first.said).get("sign", "") in currencies()[home.currency].signs
