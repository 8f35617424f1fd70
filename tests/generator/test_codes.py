"""Claims about the payloads of codes: official examples, check sums by their own rules, and what the parsers read."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import unquote

import pytest

from generator.codes.checks import crc8, crc16, iban, mod11_digit, qr_reference
from generator.codes.encoders import FISCAL, PAYMENTS, SALES_ONLY
from generator.codes.keys import rsa_key
from generator.codes.links import ticketbai_link
from generator.codes.placing import Stamp
from generator.codes.saudi import tagged
from generator.codes.situations import COUNTRIES, Till
from generator.codes.strip import code_orders
from generator.locales import load_country
from generator.receipt import draft_receipt
from rpiocr.codes.claims import claims_of
from rpiocr.model import Box, CodeStatus, FoundCode

SEED = 61


def sales(country: str, count: int = 6) -> list[Sequence[Stamp]]:
    """The codes of some receipts of a country."""
    return [Till.of(draft_receipt(one.order)).stamps() for one in code_orders(SEED, count, [country], ["plain"])]


def texts(country: str, count: int = 6) -> list[str]:
    return [stamps[0].payload.data.decode("utf-8", "replace") for stamps in sales(country, count)]


def test_check_sums_of_ticketbai_are_those_of_the_official_example() -> None:
    link = ticketbai_link("https://batuz.eus/QRTBAI/", "TBAI-00000006Y-251019-btFpwP8dcLGAF-", "T", "27174", "4.70")
    assert link == "https://batuz.eus/QRTBAI/?id=TBAI-00000006Y-251019-btFpwP8dcLGAF-237&s=T&nf=27174&i=4.70&cr=007"
    assert crc8("123456789") == 0xF4


def test_the_check_sum_of_emvco_is_that_of_an_example() -> None:
    text = "0002010102125204581253033605405450005802ID5913WARUNG CONTOH6007BANDUNG6304"
    assert f"{crc16(text):04X}" == "B023"


def test_the_digit_of_a_brazilian_key_is_that_of_the_manual() -> None:
    assert mod11_digit("5206043300991100250655012000000780026730161") == 5


def test_numbers_of_accounts_and_references_are_those_of_examples() -> None:
    assert iban("DE", "512108001245126199") == "DE75512108001245126199"
    assert iban("CH", "31999123000889012") == "CH4431999123000889012"
    assert iban("CZ", "06000000000168540115") == "CZ2806000000000168540115"
    assert qr_reference("21000000000313947143000901") == "210000000003139471430009017"


def test_tags_of_a_saudi_invoice_are_those_of_an_example() -> None:
    values = (b"Example Shop", b"310000000000003", b"2026-11-05T12:34:56Z", b"115.00", b"15.00")
    sample = "AQxFeGFtcGxlIFNob3ACDzMxMDAwMDAwMDAwMDAwMwMUMjAyNi0xMS0wNVQxMjozNDo1NloEBjExNS4wMAUFMTUuMDA="
    assert tagged(*values) == sample


def test_bases_and_taxes_of_a_portuguese_code_add_up() -> None:
    for text in texts("pt"):
        fields = dict(part.split(":", 1) for part in text.split("*"))
        amounts = {key: Decimal(value) for key, value in fields.items() if re.fullmatch(r"I[2-8]|N|O", key)}
        tax = sum(amounts.get(f"I{place}", Decimal(0)) for place in (4, 6, 8))
        assert amounts["N"] == tax
        assert amounts["O"] == tax + sum(amounts.get(f"I{place}", Decimal(0)) for place in (2, 3, 5, 7))


def test_gross_amounts_of_austrian_and_german_codes_add_up_to_the_total() -> None:
    for stamps in sales("at"):
        fields = stamps[0].payload.data.decode().split("_")
        gross = sum(Decimal(field.replace(",", ".")) for field in fields[5:10])
        assert gross == stamps[0].payload.stated.total
    for stamps in sales("de"):
        _, gross_text, paid = stamps[0].payload.data.decode().split(";")[3].split("^")
        assert sum(map(Decimal, gross_text.split("_"))) == stamps[0].payload.stated.total
        assert Decimal(paid.split(":")[0]) == stamps[0].payload.stated.total


def test_a_serbian_code_ends_with_the_sum_of_its_bytes() -> None:
    for text in texts("rs", 3):
        data = base64.b64decode(unquote(text.partition("vl=")[2]))
        assert hashlib.md5(data[:-16], usedforsecurity=False).digest() == data[-16:]


def test_the_stamp_of_a_chilean_code_is_signed_with_the_key_in_it() -> None:
    key = rsa_key()
    for stamps in sales("cl", 3):
        text = stamps[0].payload.data.decode("latin-1")
        signed = re.search(r"<DD>.*</DD>", text)
        signature = re.search(r"<FRMT [^>]*>([^<]+)", text)
        modulus = re.search(r"<M>([^<]+)", text)
        assert signed
        assert signature
        assert modulus
        assert int.from_bytes(base64.b64decode(modulus[1]), "big") == key.modulus
        opened = pow(int.from_bytes(base64.b64decode(signature[1]), "big"), key.exponent, key.modulus)
        digest = hashlib.sha1(signed[0].encode("latin-1"), usedforsecurity=False).digest()
        assert opened.to_bytes(key.size, "big").endswith(digest)


def test_german_codes_are_signed_on_several_curves() -> None:
    keys = {base64.b64decode(text.split(";")[11])[0:1] + bytes([len(text.split(";")[11])]) for text in texts("de", 12)}
    assert len(keys) == 2


def test_a_taiwanese_invoice_has_two_codes_and_bars() -> None:
    left, right, bars = sales("tw", 1)[0]
    head = left.payload.data[:77].decode()
    assert re.fullmatch(r"[A-Z]{2}\d{8}\d{7}\d{4}[0-9A-F]{16}\d{8}\d{8}[A-Za-z0-9+/=]{24}", head)
    assert int(head[29:37], 16) == left.payload.stated.total
    assert right.payload.data.startswith(b"**")
    assert bars.payload.data.decode()[5:15] == head[:10]


@pytest.mark.parametrize("country", COUNTRIES)
def test_the_reader_understands_what_a_code_states(country: str) -> None:
    for stamps in sales(country):
        found = [
            FoundCode(stamp.payload.symbology, stamp.payload.data, Box(100 * place, 0, 100 * place + 90, 90))
            for place, stamp in enumerate(stamps)
        ]
        claim, stated = claims_of(found)[0].claim, stamps[0].payload.stated
        assert claim is not None
        known = stated.truth()
        read = {
            "kind": claim.kind,
            "total": None if claim.total is None else str(claim.total.quantize(stated.total or Decimal(1))),
            "currency": claim.currency,
            "date": claim.date.isoformat() if claim.date else None,
            "time": claim.time.isoformat("seconds") if claim.time else None,
            "tax": None if claim.tax is None else str(claim.tax.quantize(stated.tax or claim.tax)),
            "seller": claim.seller,
            "tax_id": claim.tax_id.number if claim.tax_id else None,
            "number": claim.receipt_number,
        }
        assert {key: read[key] for key in known} == known


@pytest.mark.parametrize("country", ["de", "pt", "rs", "cl"])
def test_codes_that_can_be_proved_are_proved(country: str) -> None:
    for stamps in sales(country):
        payload = stamps[0].payload
        (code,) = claims_of([FoundCode(payload.symbology, payload.data, Box(0, 0, 90, 90))])
        assert code.status is CodeStatus.PROVED


def test_adverts_state_nothing() -> None:
    for one in code_orders(SEED, 30, COUNTRIES, ["adverts"]):
        till = Till.of(draft_receipt(one.order))
        for stamp in till.adverts(2):
            assert not stamp.own
            (code,) = claims_of([FoundCode(stamp.payload.symbology, stamp.payload.data, Box(0, 0, 90, 90))])
            assert code.status is CodeStatus.UNKNOWN


def test_a_refund_is_a_refund_in_the_code_where_it_can_tell() -> None:
    for country in sorted(set(FISCAL) - SALES_ONLY - {"ua", "tw"}):
        orders = code_orders(SEED, 60, [country], ["plain"])
        drafts = (draft_receipt(one.order) for one in orders)
        draft = next(draft for draft in drafts if draft.sale.refund)
        stated = Till.of(draft).stamps()[0].payload.stated
        assert stated.total == draft.sale.total < 0


def test_countries_that_are_drawn_only_with_codes_can_be_loaded_like_all_others() -> None:
    for code in (*FISCAL, *PAYMENTS):
        country = load_country(code)
        assert country.code == code
        assert country.language.words["total"]
