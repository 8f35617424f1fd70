"""A total that its own receipt contradicts is not accepted; where the paper decides, the amount paid is chosen."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import Understanding, understand
from rpiocr.extract import Hints
from rpiocr.model import Field, Verdict
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from tests.written import PSM_4, PSM_6, languages, read_as

JUDGE = Judge(accept_risk=0.01)
HEAD = "EXAMPLE STORE\n14 Mill Lane\n20/11/2026 10:12\n"


def read(text: str) -> Understanding:
    """What is understood of a text that both engines read without any error, below the head of a receipt."""
    passes = [read_as(HEAD + text, engine, confidence=0.96) for engine in (PSM_6, PSM_4, ALL_LINES)]
    return understand(passes, 0.0, languages(), Hints(dt.date(2026, 11, 30)), JUDGE)


def answer(text: str) -> tuple[str, bool]:
    """The total of a text, and whether it is accepted."""
    amount = read(text).fields.amount
    assert amount is not None
    return str(amount.chosen.value), amount.verdict is Verdict.ACCEPT


def candidates(field: Field[Decimal]) -> set[str]:
    """All values of a field, chosen or not."""
    return {str(one.value) for one in (field.chosen, *field.rivals)}


PAID = {
    "tip charged after the total": (
        "2 Burger 27.00\n1 Salad 15.00\nSubtotal 42.00\nTax 6.60\nTotal 48.60\nTip 9.00\nAmount Charged 57.60",
        "57.60",
    ),
    "insurance": (
        "CONSULTATION 340.00\nTOTAL CHARGES 340.00\nINSURANCE ADJUSTMENT -240.00\nPATIENT PAYS 100.00\nVISA 100.00",
        "100.00",
    ),
    "discount below the total, paid by card": (
        "KETTLE 35.00\nTOASTER 15.00\nTOTAL 50.00\nSTAFF DISC 20% -10.00\nVISA DEBIT 40.00",
        "40.00",
    ),
    "discount below the total, paid in cash": (
        "KETTLE 35.00\nTOASTER 15.00\nTOTAL 50.00\nSTAFF DISC 20% -10.00\nCASH 50.00\nCHANGE 10.00",
        "40.00",
    ),
    "discount between sum and amount to pay": (
        "1 Menue 50,00\n2 Wein 40,00\nSumme EUR 90,00\n-10% Rabatt -9,00\nZahlbetrag EUR 81,00",
        "81.00",
    ),
    "with and without a loyalty card": (
        "MILK 5.60\nHAM 50.00\nTOTAL WITHOUT CARD 55.60\nCARD SAVINGS -10.00\nTOTAL WITH CARD 45.60\nVISA 45.60",
        "45.60",
    ),
    "deposit paid before": (
        "2 nights 487.98\nTOTAL 487.98\nDeposit received (336.70)\nBalance to pay 151.28\nCARD 151.28",
        "151.28",
    ),
    "gift card, the rest by card": (
        "LAMP 61.50\nTOTAL 61.50\nGift voucher -46.74\nLeft to pay 14.76\nVISA 14.76",
        "14.76",
    ),
    "share of a bill, German": (
        "Übernachtung 623,36\nFrühstück 41,03\nTOTAL 664,39 EUR\nGeteilt durch 4\nTEILBETRAG 166,12\nEC-Karte 166,12",
        "166.12",
    ),
    "share of a bill as a fraction": (
        "PIZZA 36.00\nWINE 24.00\nTOTAL 60.00\nPayment 1/3\nVISA 20.00",
        "20.00",
    ),
    "nothing due today": (
        "Plan Basic 9.99\nTrial 30 days -9.99\nTotal due today 0.00\nTotal after trial 9.99",
        "0.00",
    ),
    "price less a thousand": (
        "PHONE X 128GB 1,099.00\nPLAN SUBSIDY -1,000.00\nTOTAL 99.00\nVISA DEBIT 99.00\nVAT 20% INCL 16.50",
        "99.00",
    ),
    "number of articles before the amount": (
        "LIVRE 85,00\nCARTE 15,00\nCAHIER 25,00\nTOTAL 3 125,00\nCB 125,00",
        "125.00",
    ),
    "labels of total, cash and change worn away": (
        "BREAD 2 x 5.00 10.00\nMILK 4.00\nSUBTOTAL 14.00\n14.00\n20.00\n6.00",
        "14.00",
    ),
    "page totals": (
        "CHAIR 240.00\nTONER 160.00\nCarried forward 240.00\nPage total 160.00\nTotal 400.00\nVisa 400.00",
        "400.00",
    ),
    "cash-back at the till": (
        "BREAD 12.00\nHAM 18.00\nTOTAL 30.00\nVISA 50.00\nCASH BACK 20.00",
        "30.00",
    ),
}


@pytest.mark.parametrize("kind", PAID)
def test_the_amount_is_what_this_payer_paid_by_this_paper(kind: str) -> None:
    text, value = PAID[kind]
    assert answer(text)[0] == value


@pytest.mark.parametrize(
    "kind",
    [
        "tip charged after the total",
        "discount below the total, paid by card",
        "discount between sum and amount to pay",
        "with and without a loyalty card",
        "deposit paid before",
        "share of a bill as a fraction",
        "price less a thousand",
    ],
)
def test_what_the_lines_between_total_and_payment_explain_is_accepted(kind: str) -> None:
    text, value = PAID[kind]
    assert answer(text) == (value, True)


CONTRADICTED = {
    "card": "BREAD 12.00\nHAM 18.00\nTOTAL 30.00\nVISA 21.00",
    "cash less change": "LAMP 30.00\nTOTAL 30.00\nCASH 50.00\nCHANGE 29.00",
    "two totals without a reason": "TOTAL 30.00\nAMOUNT DUE 21.00\nThank you 30.00",
    "no support": "BREAD 12.50\nTOTAL 30.00",
    "discount below the total, and no payment": "LAMP 30.00\nTOTAL 30.00\nSTAFF DISC -3.00",
    "a space that may be one of thousands": "FAUTEUIL\nTOTAL 3 125,00\nMERCI 3",
    "a service that nobody had to pay": (
        "Pasta 20.00\nWine 20.00\nTotal 40.00\nOptional service charge 5.00\nTotal incl service 45.00"
    ),
    "a gift card and the rest by card": "LAMP 50.00\nTOTAL 50.00\nGIFT CARD 20.00\nVISA 30.00",
    "a card slip with another amount": "COFFEE 3.00\nCAKE 4.00\nTOTAL 7.00\nVISA CONTACTLESS\nAMOUNT 9.00",
    "exchange office": "YOU GIVE USD 100.00\nRATE 0.9120\nYOU GET EUR 91.20\nTOTAL EUR 91.20",
    "exchange office without its words": "USD 100.00\nKursi 0.9120\nEUR 91.20\nTOTAL EUR 91.20",
}


@pytest.mark.parametrize("kind", CONTRADICTED)
def test_a_total_that_the_receipt_contradicts_or_nothing_supports_is_not_accepted(kind: str) -> None:
    assert answer(CONTRADICTED[kind])[1] is False


def test_the_other_amount_is_among_the_rivals_where_the_paper_does_not_decide() -> None:
    amount = read(CONTRADICTED["card"]).fields.amount
    assert amount is not None
    assert candidates(amount) >= {"30.00", "21.00"}


SUPPORTED = {
    "two items": "BREAD 12.00\nHAM 18.00\nTOTAL 30.00",
    "a payment": "LAMP\nTOTAL 30.00\nVISA 30.00",
    "two payments": "LAMP 30.00\nTOTAL 30.00\nGOOGLE PAY 10.00\nVISA 20.00",
    "a second printing": "LAMP 30.00\nTOTAL 30.00",
    "the tax at its rate": "LAMP\nTOTAL 30.00\nVAT 20% INCL 5.00",
    "subtotals of its parts": "Total 0% supplies: 54.31\nTotal 6% supplies (Inc. GST): 14.10\nTotal Payable: 68.41",
}


@pytest.mark.parametrize("kind", SUPPORTED)
def test_a_total_with_any_support_and_no_contradiction_is_accepted(kind: str) -> None:
    assert answer(SUPPORTED[kind])[1] is True


def test_the_line_of_a_payment_does_not_support_itself() -> None:
    assert answer("ENERGY\nVISA 14.72") == ("14.72", False)
    assert answer("FARE 14.72\nVISA 14.72") == ("14.72", True)
