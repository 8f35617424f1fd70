"""How was paid is read off the words and masked numbers; no whole number of a card comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.luhn import calc_check_digit

from rpiocr.extract.fields.payment import find_payment, hide_cards
from rpiocr.model import Candidate, Method, Payment
from tests.written import rows_of


def paid(text: str) -> Payment | None:
    """How was paid by a receipt that reads ``text``."""
    found = find_payment(rows_of(text))
    return found[0].value if found else None


METHODS = {
    "TOTAL 12.00\nCASH 20.00\nCHANGE 8.00": Payment(Method.CASH),
    "SUMME 12,00\nGegeben Bar 20,00\nRückgeld 8,00": Payment(Method.CASH),
    "TOTAL 12,00\nESPECES 20,00": Payment(Method.CASH),
    "TOTALE 12,00\nCONTANTI 20,00": Payment(Method.CASH),
    "TOTAL 12,00\nEFECTIVO 20,00": Payment(Method.CASH),
    "TOTAL 12,00\nNumerário 20,00": Payment(Method.CASH),
    "Totaal 12,00\nContant 20,00": Payment(Method.CASH),
    "SUMA PLN 12,00\nGotówka 20,00": Payment(Method.CASH),
    "Celkem 12,00\nHotově 20,00": Payment(Method.CASH),
    "TOTAL 12,00\nKontant 20,00": Payment(Method.CASH),
    "YHTEENSÄ 12,00\nKäteinen 20,00": Payment(Method.CASH),
    "TOPLAM 12,00\nNAKİT 20,00": Payment(Method.CASH),
    "СУМА 12,00\nГотівка 20,00": Payment(Method.CASH),
    "ИТОГ 12.00\nНАЛИЧНЫМИ 20.00": Payment(Method.CASH),
    "합계 12,000\n현금 20,000": Payment(Method.CASH),
    "合計 1,200\n現金 2,000": Payment(Method.CASH),
    "合计 12.00\n现金 20.00": Payment(Method.CASH),
    "TOTAL 12.000\nTUNAI 20.000": Payment(Method.CASH),
    "Payment method: Cash": Payment(Method.CASH),
    "TOTAL 12.00\nVISA 12.00": Payment(Method.CARD, "visa"),
    "TOTAL 12.00\nCASH 0.00\nMASTERCARD 12.00": Payment(Method.CARD, "mastercard"),
    "SUMME 12,00\nEC-Karte 12,00": Payment(Method.CARD, "girocard"),
    "SUMME 12,00\nKartenzahlung 12,00": Payment(Method.CARD),
    "SUMME 12,00\nelec. cash 12,00": Payment(Method.CARD),
    "TOTAL 12,00\nCB 12,00": Payment(Method.CARD, "cb"),
    "TOTALE 12,00\nPAGAMENTO ELETTRONICO 12,00": Payment(Method.CARD),
    "TOTAL 12,00\nTARJETA CREDITO 12,00": Payment(Method.CARD),
    "TOTAL 12,00\nMULTIBANCO 12,00": Payment(Method.CARD, "multibanco"),
    "Totaal 12,00\nPIN 12,00": Payment(Method.CARD),
    "SUMA 12,00\nKARTA 12,00": Payment(Method.CARD),
    "Celkem 12,00\nPlatební kartou 12,00": Payment(Method.CARD),
    "TOTAL 12,00\nDANKORT 12,00": Payment(Method.CARD, "dankort"),
    "SUM 12,00\nBankAxept 12,00": Payment(Method.CARD, "bankaxept"),
    "TOTAL 12,00\nKORTTI 12,00": Payment(Method.CARD),
    "TOPLAM 12,00\nKREDİ KARTI 12,00": Payment(Method.CARD),
    "합계 12,000\n신용카드 12,000": Payment(Method.CARD),
    "合計 1,200\nクレジット 1,200": Payment(Method.CARD),
    "合計 120\n信用卡 120": Payment(Method.CARD),
    "AID: A0000000041010": Payment(Method.CARD, "mastercard"),
    "AID AOOOOOOOO31010": Payment(Method.CARD, "visa"),
    "TOTAL 12.00\nAPPLE PAY": Payment(Method.MOBILE),
    "TOTAL 12.00\nApple Pay\nVISA ...1234 12.00": Payment(Method.MOBILE, "visa", "1234"),
    "合计 12.00\n支付宝 12.00": Payment(Method.MOBILE),
    "TOTAL 12,00\nMobilePay 12,00": Payment(Method.MOBILE),
    "TOTAL 12.00\nGIFT CARD 12.00": Payment(Method.VOUCHER),
    "TOTAL 12,00\nTICKET RESTAURANT 12,00": Payment(Method.VOUCHER),
    "TOTAL 12,00\nVIREMENT 12,00": Payment(Method.TRANSFER),
    "TOTAL 12.00\nCASH 5.00\nVISA 7.00": Payment(Method.MIXED, "visa"),
    "TOTAL 12.00\nGIFT CARD 5.00\nCASH 7.00": Payment(Method.MIXED),
    "RAZEM PLN 17,90\nGOTÓWKA 20,00\nReszta 2,10": Payment(Method.CASH),
    "SUMMA 158,51\nKort 158,51\nVinn ett presentkort på 500 kr": Payment(Method.CARD),
    "합계 21700원\n현금결제 22000\nPOS: 010": Payment(Method.CASH),
    "REFUND TOTAL -17.20\nCASH REFUND -17.20": Payment(Method.CASH),
    "TOTAL 12,00\nNON TUNAI 12,00": Payment(Method.CARD),
}


@pytest.mark.parametrize(("text", "wanted"), METHODS.items(), ids=[text.replace("\n", " / ") for text in METHODS])
def test_words_and_amounts_show_the_payment_method(text: str, wanted: Payment) -> None:
    assert paid(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "TOTAL 12.00",
        "CASH SALE\nTOTAL 12.00",
        "CASH REGISTER 3\nTOTAL 12.00",
        "TOTAL 12.00\nCASH 0.00\nCARD 0.00",
        "WE ACCEPT VISA AND MASTERCARD",
        "VISA MASTERCARD AMEX MAESTRO",
        "TOTAL 12.00\nMEMBER CARD 12.00",
        "FISH & CHIP 12.00\nTOTAL 12.00",
        "SOAP BAR 12.00\nTOTAL 12.00",
        "OCTOPUS 12.00\nTOTAL 12.00",
        "BIRTHDAY CARD 2.00\nTOTAL 2.00",
        "TOTAL 12.00\nPAID 12.00",
        "SUMME 12,00\nZahlung 12,00",
        "TOTAL 12.00\nGet the app and pay with Apple Pay next time",
        "Cashier: 12\nTOTAL 12.00",
        "TOTAL 12.00\nCASHBACK 12.00",
        "Kundenkarte 12\nSUMME 12,00",
        "MEMBER XXXXXX1234",
        "TEL ***-***-1234",
        "TERMINAL ID ****1234",
        "4006381333931",
    ],
)
def test_no_payment_is_returned_without_evidence(text: str) -> None:
    assert paid(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "VISA XXXX XXXX XXXX 1234",
        "VISA XXXX-XXXX-XXXX-1234 12.00",
        "VISA ************1234",
        "VISA\n************1234",
        "VISA ####1234",
        "VISA card ending 1234",
        "VISA card ending in 1234",
        "VISA ...1234",
        "VISA **** 1234",
        "VISA 4567 89** **** 1234",
        "VISA 456789******1234",
        "VISA xxxxxxxxxxKx1234",
        "VISA ••••1234",
        "VISA\nKarten-Nr. ############1234 0",
        "VISA\nCARD #: XXXXXXXXXXXX1234 CHIP",
        "VISA 1234   12.00",
    ],
)
def test_the_last_digits_of_a_card_are_read_after_masks(text: str) -> None:
    assert paid(text) == Payment(Method.CARD, "visa", "1234")


@pytest.mark.parametrize(
    "text", ["VISA 12.00", "VISA **** 12345", "VISA ***123", "VISA 20/12/2024", "VISA AUTH 123456", "VISA * 12.34"]
)
def test_other_digits_next_to_a_card_are_not_its_last(text: str) -> None:
    found = paid(text)
    assert found is None or found.card_last4 is None


def candidate(text: str) -> Candidate[Payment]:
    (found,) = find_payment(rows_of(text))
    return found


@given(st.sampled_from(["4", "51", "2221", "34", "6011"]), st.integers(0, 10**14 - 1), st.sampled_from(["", " ", "-"]))
def test_a_whole_card_number_comes_out_with_its_last_four_digits_only(start: str, rest: int, between: str) -> None:
    digits = (start + f"{rest:014}")[:15]
    digits += calc_check_digit(digits)
    printed = between.join(digits[at : at + 4] for at in range(0, 16, 4))
    found = candidate(f"TOTAL 12.00\nCARD NO: {printed}")
    assert found.value.card_last4 == digits[-4:]
    assert sum(char.isdigit() for char in found.raw) == 4
    assert found.raw.endswith(digits[-4:])


def test_the_first_digits_of_a_masked_number_are_hidden_too() -> None:
    found = candidate("CARD 4567 89** **** 1234")
    assert found.raw == "CARD **** **** **** 1234"


@pytest.mark.parametrize("text", ["EAN 4006381333931", "TOTAL 12.00", "12.03.2024 14:55", "Ref 1234 5678"])
def test_numbers_that_are_no_cards_are_not_hidden(text: str) -> None:
    assert hide_cards(text) == text


def test_a_number_of_a_customer_above_the_total_is_not_the_cards() -> None:
    text = "STORE CARD ****7777\nBREAD 12.00\nTOTAL 12.00\nVISA ****1234 12.00"
    assert paid(text) == Payment(Method.CARD, "visa", "1234")
