"""All parsers of Europe: adverts and noise are no codes, whatever comes has an answer, and nothing is claimed twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.codes.formats.europe import PARSERS_EUROPE
from rpiocr.codes.parser import MAX_PAYLOAD
from rpiocr.model.codes import CodeClaim
from tests.codes import (
    test_adriatic,
    test_austria,
    test_central_europe,
    test_portugal,
    test_russia_and_ukraine,
    test_spain,
    test_turkey_and_central_asia,
)
from tests.codes.vectors import basque, taxcore
from tests.codes.vectors.damage import mutations, random_payloads
from tests.codes.vectors.german import Till

CODES = {
    "de-tse": Till().code(),
    "at-rksv": test_austria.code(),
    "pt-invoice": test_portugal.SIMPLIFIED.encode(),
    "taxcore": taxcore.link(),
    "ru-fns": test_russia_and_ukraine.RUSSIAN.encode(),
    "ua-tax": test_russia_and_ukraine.UKRAINIAN.encode(),
    "hr-rn": test_adriatic.CROATIAN.encode(),
    "es-ticketbai": basque.link().encode(),
    "es-verifactu": test_spain.OFFICIAL.encode(),
    "si-zoi": test_adriatic.OFFICIAL_SLOVENE.encode(),
    "me-efi": test_adriatic.MONTENEGRIN.encode(),
    "al-efi": test_adriatic.ALBANIAN.encode(),
    "gr-till": test_central_europe.GREEK.encode(),
    "gr-mydata": test_central_europe.MYDATA.encode(),
    "sk-ekasa-offline": test_central_europe.OFFLINE.encode(),
    "sk-ekasa": test_central_europe.ONLINE.encode(),
    "cz-eet": test_central_europe.EET.encode(),
    "cz-invoice": test_central_europe.INVOICE.encode(),
    "bg-fiscal": test_central_europe.BULGARIAN.encode(),
    "pl-ksef": test_central_europe.KSEF.encode(),
    "tr-invoice": test_turkey_and_central_asia.TURKISH.encode(),
    "kz-ofd": test_turkey_and_central_asia.KAZAKH.encode(),
    "kg-salyk": test_turkey_and_central_asia.KYRGYZ.encode(),
    "uz-ofd": test_turkey_and_central_asia.UZBEK.encode(),
    "az-ekassa": test_turkey_and_central_asia.AZERI.encode(),
}

ADVERTS = [
    b"https://shop.example/loyalty?id=4711&total=16.50",
    b"https://www.google.com/maps/review?placeid=ChIJ",
    b"WIFI:T:WPA;S:Cafe;P:12345678;;",
    b"BEGIN:VCARD\nVERSION:3.0\nFN:Shop\nTEL:+491234\nEND:VCARD",
    b"4006381333931",
    b"BCD\n002\n1\nSCT\n\nMuster GmbH\nDE75512108001245126199\nEUR119.00",
    b"SPD*1.0*ACC:CZ2806000000000168540115*AM:450.00*CC:CZK",
    b"https://suf.purs.gov.rs.example/v/?vl=AAAA",
    b"mailto:info@shop.example?subject=V0;a;b",
    b"\x00\xff\xfe",
    b"",
]


def claims(payload: bytes) -> list[CodeClaim]:
    """What all parsers find in a payload."""
    return [claim for parse in PARSERS_EUROPE if (claim := parse(payload))]


@pytest.mark.parametrize("kind", CODES)
def test_each_code_is_known_to_one_parser_only(kind: str) -> None:
    assert [claim.kind for claim in claims(CODES[kind])] == [kind]


@pytest.mark.parametrize("kind", CODES)
def test_blanks_around_a_code_do_not_matter(kind: str) -> None:
    assert claims(b"\xef\xbb\xbf " + CODES[kind] + b"\r\n") == claims(CODES[kind]) or kind == "si-zoi"
    assert claims(CODES[kind] + b"\r\n") == claims(CODES[kind])


@pytest.mark.parametrize("payload", ADVERTS)
def test_adverts_and_payments_are_no_fiscal_codes(payload: bytes) -> None:
    assert claims(payload) == []


def test_noise_is_no_code() -> None:
    assert [payload for payload in random_payloads(10_000) if claims(payload)] == []


@pytest.mark.parametrize("kind", CODES)
def test_a_code_that_is_too_long_is_none(kind: str) -> None:
    assert claims(CODES[kind] + b" " * MAX_PAYLOAD) == [] or kind == "si-zoi"


@pytest.mark.parametrize("kind", CODES)
def test_damaged_codes_have_an_answer_and_stay_with_their_country(kind: str) -> None:
    whole = claims(CODES[kind])[0]
    for damaged in mutations(CODES[kind], 200):
        assert {claim.country for claim in claims(damaged)} <= {whole.country}


@given(st.one_of(st.binary(max_size=600), st.text(max_size=300).map(str.encode)))
def test_any_payload_has_an_answer(payload: bytes) -> None:
    assert claims(payload) == []


@given(st.sampled_from(sorted(CODES)), st.integers(0, 700), st.binary(max_size=40), st.integers(0, 40))
def test_any_change_of_a_code_has_an_answer(kind: str, start: int, noise: bytes, length: int) -> None:
    code = CODES[kind]
    assert len(claims(code[:start] + noise + code[start + length :])) <= 1
