"""The built-in keyword tables say one thing only: every phrase has one meaning, also beside English and misread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest
from rapidfuzz.distance import Levenshtein

from rpiocr.extract.locale.keyword_tables import Languages
from rpiocr.extract.roles import DUE_NOW, Role
from rpiocr.extract.tables.files import built_in
from rpiocr.extract.tables.lexicon import DATES, Table
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.phrases import MIN_LIKENESS, SHORTEST_MISREAD, spellings

LATIN = ("en", "de", "fr", "it", "es", "pt", "nl", "pl", "cs", "sv", "da", "no", "fi", "hu", "tr", "id")

LANGUAGES = Languages()

ROLES = frozenset({*(role.value for role in Role), DUE_NOW})
MODIFIERS = frozenset({"excluding", "including", "tax_table", "refund", "policy"})
MERCHANT = frozenset({"company", "legal", "not_name", "before_name"})

ALIKE_IN_MEANING = (
    frozenset({"total_sure", "total", "total_weak"}),
    frozenset({"cash", "card"}),
    frozenset({"savings", "discount", "loyalty"}),
    frozenset({"subtotal", "excluding", "tax_table"}),
    frozenset({"tax", "including", "tax_table"}),
    frozenset({"refund", "policy"}),
)
"""Groups whose phrases may be taken for one another without harm."""

KNOWN_NEIGHBOURS = {
    "en": "chargeamount-changeamount totalcharge-totalchange totalcharge-totalcharged totalcharge-totalcharges "
    "totalpax-totaltax totalcgst-totalcost totaltax-totalwtax",
    "de": "retour-retoure netto-nett nettototal-netttotal totalnetto-totalnett",
    "fr": "change-echange changes-echanges valable-vatable netht-nett totalpaye-totalpage stotal-total "
    "totalht-totalhst totalhtva-totaltva totalnetht-totalnett totaltva-totaltvac",
    "it": "importoresto-importoreso resto-reso totaleresto-totalereso coperti-ncoperti sconto-conto "
    "totalesconto-totaleconto cambio-cambi netto-nett",
    "es": "cambio-cambios items-itbms totalneto-totalnett pagototal-pagetotal",
    "pt": "trocos-trocas totalsiva-totaliva totalsiva-totalciva totaliva-totalciva pagototal-pagetotal",
    "nl": "pinnen-binnen regels-zegels netto-nett totaalbtw-totaalbtwi",
    "pl": "wplata-oplata doplata-oplata kwotaa-kwota kwotab-kwota kwotac-kwota kwotaptua-kwotaptu kwotaptub-kwotaptu "
    "kwotaptuc-kwotaptu kwotaptud-kwotaptu netto-nett",
    "cs": "credit-kredit poplatek-doplatek kvraceni-vraceni vraceno-vraceni vratene-vratenie "
    "celkemveur-celkemeur netto-nett castkadph-castkasdph celkemdph-celkemsdph spoludph-spolusdph",
    "sv": "spara-sparat netto-nett",
    "da": "netto-nett subtotal-sumtotal",
    "no": "netto-nett subtotal-sumtotal",
    "fi": "netto-nett",
    "hu": "netto-nett",
    "id": "gopay-topay totalstamps-totalstamp totalmrp-totalrp",
}
"""Phrases that the languages themselves set one letter apart; read rightly, each is found as what it means."""

MUST_HAVE = frozenset({"total_sure", "total", "total_weak", "subtotal", "tax", "cash", "change", "card", "discount"})


def sections(table: Table) -> Iterator[tuple[str, str, list[str]]]:
    """Section, group and phrases of all that is searched for."""
    for section in ("amounts", "modifiers", "dates", "merchant"):
        for group, phrases in table[section].items():
            if group != "months":
                yield section, group, phrases


@cache
def tables_for(language: str) -> Tables:
    """The table of the language merged with the English one."""
    return LANGUAGES.tables((language,))


@pytest.mark.parametrize("language", LATIN)
def test_every_table_has_the_groups_that_a_receipt_needs_and_no_others(language: str) -> None:
    table = built_in(language)
    assert set(table["amounts"]) >= MUST_HAVE
    assert set(table["amounts"]) <= ROLES
    assert set(table["modifiers"]) == MODIFIERS
    assert set(table["merchant"]) == MERCHANT
    assert {"label", "other"} <= set(table["dates"]) <= {*DATES, "months"}
    assert len(table["locale"]["common"]) >= 15


@pytest.mark.parametrize("language", LATIN)
def test_names_of_months_are_lists_for_each_of_twelve(language: str) -> None:
    months = built_in(language)["dates"].get("months")
    assert months is None or len(months) == 12
    assert all(isinstance(names, list) for names in months or ())


@pytest.mark.parametrize("language", LATIN)
def test_no_phrase_is_listed_twice_in_a_table(language: str) -> None:
    for section in ("amounts", "modifiers", "dates", "merchant"):
        counts = Counter(
            spelled
            for part, _, phrases in sections(built_in(language))
            if part == section
            for phrase in phrases
            for spelled in spellings(phrase)[:1]
        )
        assert [phrase for phrase, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("language", LATIN)
def test_every_phrase_is_found_as_what_it_means(language: str) -> None:
    known = tables_for(language)
    search = {"amounts": known.amounts, "modifiers": known.amounts, "dates": known.dates, "merchant": known.merchant}
    wrong = [
        (group, phrase, hits)
        for section, group, phrases in sections(built_in(language))
        for phrase in phrases
        if (hits := [hit.group for hit in search[section].find(phrase)]) != [group]
    ]
    assert wrong == []


@pytest.mark.parametrize("language", LATIN)
@pytest.mark.slow
def test_a_phrase_with_one_letter_misread_is_not_another_with_a_different_meaning(language: str) -> None:
    mine = list(_searched(language))
    both = [*mine, *(_searched("en") if language != "en" else ())]
    known = {frozenset(pair.split("-")) for pair in KNOWN_NEIGHBOURS.get(language, "").split()}
    wrong = {
        tuple(sorted((f"{group}: {phrase}", f"{other_group}: {other}")))
        for group, phrase in mine
        for other_group, other in both
        if not _same_meaning(group, other_group)
        and {phrase, other} not in known
        and Levenshtein.distance(phrase, other, score_cutoff=1) == 1
        and Levenshtein.normalized_similarity(phrase, other) >= MIN_LIKENESS
    }
    assert wrong == set()


def _searched(language: str) -> Iterator[tuple[str, str]]:
    """Group and phrase, as compared, of what may be misread; `none` is there to be alike."""
    for section, group, phrases in sections(built_in(language)):
        if section in ("amounts", "modifiers") and group != "none":
            for phrase in phrases:
                spelled = spellings(phrase)[0]
                if len(spelled) >= SHORTEST_MISREAD and not any(char.isdigit() for char in spelled):
                    yield group, spelled


def _same_meaning(one: str, other: str) -> bool:
    return one == other or any({one, other} <= groups for groups in ALIKE_IN_MEANING)
