"""The currency is part of what is accepted: its probability by the kind of evidence, and what holds it back."""

from __future__ import annotations

import datetime as dt

import pytest

from rpiocr.decide.confidence import Judge
from rpiocr.decide.currency import LARGEST, currency_probability
from rpiocr.decide.interpret import Understanding, understand
from rpiocr.decide.vetoes import DECIMALS_OPEN, OTHER_COUNTRY
from rpiocr.extract import Hints
from rpiocr.model import Kind, Verdict
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from tests.written import PSM_4, PSM_6, in_currency, languages, read_as

JUDGE = Judge(0.005)
BODY = "Kaffee     3.00\nKuchen     4.50\nTotal {sign}      7.50\nBar       10.00\nRückgeld   2.50"


def read(text: str, **hints: str) -> Understanding:
    """What three passes of two engines that all read ``text`` understand."""
    passes = [read_as(text, engine, confidence=0.97) for engine in (PSM_6, PSM_4, ALL_LINES)]
    return understand(passes, 0.0, languages(), Hints(dt.date(2026, 6, 1), **hints), JUDGE)  # type: ignore[arg-type]


def receipt(head: str = "", sign: str = "", foot: str = "") -> str:
    """A receipt of which nothing but these lines tells the country."""
    return f"CAFE\n{head}\n15.04.2026 14:05\n{BODY.format(sign=sign)}\n{foot}"


def test_kinds_of_evidence_are_ordered_by_what_they_are_worth() -> None:
    kinds = (Kind.CURRENCY_SIGN, Kind.COUNTRY, Kind.SIGN_AND_COUNTRY, Kind.ONE_CLUE, Kind.LANGUAGE)
    found = [currency_probability(in_currency("CHF", 1.0, kind)) for kind in kinds]
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == len(found)
    assert all(currency_probability(in_currency("CHF", 0.4, kind)) == 0.4 for kind in LARGEST)


@pytest.mark.parametrize(
    ("text", "code", "verdict"),
    [
        (receipt(sign="EUR"), "EUR", Verdict.ACCEPT),
        (receipt(head="8001 Zürich", foot="MWST 8.1% 0.56"), "CHF", Verdict.ACCEPT),
        (
            "CAFE\n15.04.2026\nBrot 3,60\nKäse 2,50\nSumme 6,10\nBar 10,00\nRückgeld 3,90\nVielen Dank",
            "EUR",
            Verdict.RETRY,
        ),
    ],
)
def test_a_receipt_is_accepted_only_with_a_sure_currency(text: str, code: str, verdict: Verdict) -> None:
    found = read(text)
    assert found.fields.currency_code == code
    assert found.fields.currency
    assert (found.fields.currency.verdict, found.judgement.verdict) == (verdict, verdict)


def test_a_receipt_without_any_evidence_has_no_currency_and_is_not_accepted() -> None:
    found = read("SHOP\n15/04/2026 14:05\nMILK 3.00\nBREAD 4.50\nTOTAL 7.50\nCASH 10.00\nCHANGE 2.50")
    assert found.fields.currency is None
    assert found.judgement.verdict is Verdict.RETRY


def test_a_setting_makes_it_accepted_and_the_time_zone_does_not() -> None:
    text = receipt()
    assert read(text, home="CH").judgement.verdict is Verdict.ACCEPT
    assert read(text, home="CH").fields.currency_code == "CHF"
    assert read(text, currency="CHF").judgement.verdict is Verdict.ACCEPT
    assert read(text, time_zone="CH").judgement.verdict is Verdict.RETRY


def test_evidence_for_two_countries_makes_none_sure() -> None:
    found = read(receipt(head="Hotline +49 30 123456", foot="MWST 8.1% 0.56")).fields.currency
    assert found
    assert OTHER_COUNTRY in found.vetoes
    assert found.verdict is Verdict.RETRY


def test_a_total_with_open_decimals_is_not_accepted_and_the_other_one_is_a_rival() -> None:
    text = "SHOP\n15/04/2026 14:05\nITEM 3.500\nITEM 9.250\nTOTAL 12.750\nCASH 20.000\nCHANGE 7.250"
    found = read(text).fields.amount
    assert found
    assert DECIMALS_OPEN in found.vetoes
    assert found.verdict is Verdict.RETRY
    assert {str(found.chosen.value.normalize()), str(found.rivals[0].value.normalize())} == {"12.75", "1.275E+4"}
