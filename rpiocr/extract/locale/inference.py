"""Infers the locale of a receipt: currency, language, country, and the order of its dates."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from rpiocr.extract.locale.country_evidence import Page, find_evidence
from rpiocr.extract.locale.currency_choice import (
    LEAST_PROBABLE,
    OPEN,
    CurrencyGuess,
    LocaleHints,
    Money,
    Probabilities,
    choose,
    money_on,
    probabilities_of,
    rank_currencies,
)
from rpiocr.extract.locale.decimals import Decimals, decimals_of_page, printed_decimals
from rpiocr.extract.locale.evidence import Clue, Evidence
from rpiocr.extract.locale.language_detection import ALWAYS
from rpiocr.extract.locale.sign_weights import weigh_signs
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.countries import DateOrder, countries
from rpiocr.extract.text.keywords import Tables
from rpiocr.model import Candidate, Kind, TaxId
from rpiocr.model.currency import USUAL_DECIMALS


@dataclass(frozen=True, slots=True)
class Locale:
    """The inferred locale; None if the page does not indicate it.

    ``currency`` is as in ISO 4217, ``language`` the keyword table that fits best, ``country`` as in ISO 3166. ``order``
    is the order of dates there; ``order_reason`` names the evidence for it. ``decimals`` is the number that amounts
    have on the page, 2 if it is unknown; ``other_decimals`` is the other number that they may have, where the page does
    not decide whether 12.750 is more than twelve thousand. ``languages`` are all that the page shows, best first.

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
    other_decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Inference:
    """A locale, and the currencies that it was chosen from, best first; the first is the locale's, if it has one."""

    locale: Locale
    guesses: tuple[CurrencyGuess, ...]


LEAST_COUNTRY = 0.6
"""Minimum probability of a country that is named, and of a currency that decides how many decimals amounts have."""


def infer(
    rows: Sequence[ReceiptLine],
    tables: Tables,
    hints: LocaleHints | None = None,
    tax_ids: Sequence[Candidate[TaxId]] = (),
) -> Inference:
    """Infer country and currency together, from the evidence for a country and the signs of currencies.

    ``tax_ids`` are the tax numbers on the page, found before its currency is known. The probabilities of a currency's
    countries add up: EUR is sure where Germany and Austria are not told apart.
    """
    page = Page(tuple(rows), tables.shown, tuple(tax_ids))
    shown, signs = printed_decimals(rows), weigh_signs(rows)
    money = money_on(page, signs)
    hints = hints or LocaleHints()
    evidence = (*find_evidence(page), *_of_code(hints.code_country))
    probabilities = probabilities_of(evidence, signs, money, shown)
    chosen, guesses = choose(rank_currencies(probabilities, evidence, signs, money), hints, page.languages)
    placed = frozenset(code for one in evidence if one.clue is not Clue.LANGUAGE for code in _supported(one))
    return Inference(_locale(chosen, probabilities, page.languages, placed, money, shown), guesses)


def _of_code(country: str | None) -> tuple[Evidence, ...]:
    if country is None or country not in countries():
        return ()
    return (Evidence(Clue.CODE, country, {country: Clue.CODE.largest}),)


def _supported(one: Evidence) -> Iterable[str]:
    return (code for code, weight in one.weights.items() if weight > 0)


def _locale(
    chosen: CurrencyGuess | None,
    probabilities: Probabilities,
    languages: tuple[str, ...],
    placed: Set[str],
    money: Money,
    shown: Decimals,
) -> Locale:
    currency = chosen.code if chosen else None
    language = languages[0] if languages else None
    fitting = [code for code in money if currency in (None, money[code])]
    best = max(fitting, key=probabilities.__getitem__, default="")
    country = best if best and probabilities[best] >= LEAST_COUNTRY else None
    by_language = chosen is not None and chosen.kind is Kind.LANGUAGE
    basis = Basis(country if country in placed else None, None if by_language else currency, language)
    order, reason, probability = _order(basis, probabilities, money)
    is_sure = chosen is not None and chosen.kind not in OPEN and chosen.probability >= LEAST_COUNTRY
    decimals, other = decimals_of_page(currency, shown, is_sure=is_sure)
    return Locale(currency, language, country, order, reason, decimals, languages, probability, other)


NOTHING = "nothing on the page tells"


@dataclass(frozen=True, slots=True)
class Basis:
    """What the order of dates may follow from: the country, a currency, or a language; None what is not known."""

    country: str | None
    currency: str | None
    language: str | None


def _order(basis: Basis, probabilities: Probabilities, money: Money) -> tuple[DateOrder | None, str, float]:
    """Return the order of dates, what decided it, and its probability: that of all countries with that order.

    Countries of another currency than the chosen one do not count towards it.
    """
    table = countries()
    shares: dict[DateOrder | None, float] = {}
    for code, probability in probabilities.items():
        if basis.currency in (None, money[code]):
            shares[table[code].order] = shares.get(table[code].order, 0.0) + probability
    if basis.country and table[basis.country].order:
        order = table[basis.country].order
        return order, f"country {basis.country}", shares[order]
    if basis.currency is None and basis.language in (None, ALWAYS):
        return None, NOTHING, 0.0
    order = max(shares, key=lambda one: shares[one])
    if order is None or shares[order] < LEAST_PROBABLE * sum(shares.values()):
        return None, NOTHING, 0.0
    return order, f"currency {basis.currency}" if basis.currency else f"language {basis.language}", shares[order]
