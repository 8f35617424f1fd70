"""The total that was paid is found among all the other amounts, and the sums that prove it are named."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.extract import Hints, extract
from rpiocr.extract.fields.total import find_totals
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.roles import ReceiptLine
from rpiocr.model import Candidate, Kind, Reading
from rpiocr.model.baseline import Baseline
from rpiocr.recognise.lines import build_lines
from tests.written import names, rows_of, tables, tables_of, words_of, write


def total_of(text: str) -> Candidate[Decimal]:
    """The best candidate of a receipt that reads ``text``."""
    return find_totals(rows_of(text))[0]


ROUNDED = """
WHITE BREAD        4.98
MILK               5.05
TOTAL             10.03
ROUNDING ADJ       0.02
ROUNDED TOTAL     10.05
CASH              20.00
CHANGE             9.95
"""

RECEIPTS = {
    "total after rounding": (ROUNDED, "10.05"),
    "total in coins below, without a line for the cents": ("BREAD 10.03\nTOTAL 10.03\nTOTAL 10.05", "10.05"),
    "rounding without a nought": ("BREAD 10.03\nTOTAL 10.03\nROUNDING .02\nCASH 20.00", "10.05"),
    "cash taken in coins": ("BREAD 10.03\nTOTAL 10.03\nCASH 20.00\nCHANGE 9.95", "10.05"),
    "total after rounding is the last line": (
        "BREAD 4.98\nMILK 5.04\nSUBTOTAL 10.02\nROUNDING -0.02\nTOTAL 10.00",
        "10.00",
    ),
    "tax": ("BREAD 4.00\nTOTAL GST 0.24\nTOTAL 4.24", "4.24"),
    "tax larger than the total": ("TOTAL 4.24\nGST AMOUNT 40.00", "4.24"),
    "subtotal": ("BREAD 4.00\nSUBTOTAL 4.00\nTAX 0.30\nTOTAL 4.30", "4.30"),
    "subtotal after a discount": ("BREAD 40.00\nSUBTOTAL 40.00\nDISCOUNT -4.00\nTOTAL 36.00", "36.00"),
    "savings": ("BREAD 4.00\nTOTAL 4.00\nTOTAL SAVINGS 15.00", "4.00"),
    "item count": ("BREAD 4.00\nTOTAL 4.00\nTOTAL QTY 20.00", "4.00"),
    "points": ("BREAD 4.00\nTOTAL 4.00\nTOTAL POINTS 99.00\nPOINTS BALANCE 1234.00", "4.00"),
    "change": ("BREAD 4.00\nTOTAL 4.00\nCASH 50.00\nTOTAL CHANGE 46.00", "4.00"),
    "cash larger than the total": ("BREAD 4.00\nTOTAL 4.00\nCASH 100.00\nCHANGE 96.00", "4.00"),
    "balance": ("TOTAL 10.00\nBALANCE 25.00", "10.00"),
    "paid amount larger than the total": ("BREAD 4.00\nTOTAL 4.00\nPAID AMOUNT 50.00\nCHANGE 46.00", "4.00"),
    "total line that holds what was given": ("NET TOTAL 6.00\nTOTAL 10.00\nCHANGE 4.00", "6.00"),
    "grand total": ("BREAD 10.00\nTOTAL 10.00\nSERVICE CHARGE 1.00\nGRAND TOTAL 11.00", "11.00"),
    "total without and with tax": ("TOTAL EXCL GST 10.00\nGST 6% 0.60\nTOTAL INCL GST 10.60", "10.60"),
    "total in a tax summary": (
        "TOTAL 6.00\nGST SUMMARY   AMOUNT\nSR 6%  105.66\nTOTAL  105.66",
        "6.00",
    ),
    "columns far apart": ("BREAD                          4.00\nTOTAL                          6.00", "6.00"),
    "amount on the next line": ("BREAD\n4.00\nTOTAL\nRM 6.00\nCASH\n10.00\nCHANGE\n4.00", "6.00"),
    "amount broken over two lines": ("BREAD 4.00\nTOTAL 12\n.34", "12.34"),
    "keyword misread": ("BREAD 24.00\nT0TAI 6Z.5O", "62.50"),
    "no decimals": ("TOTAL KRW 15,000", "15000"),
    "German": ("Brot 2,00 A\nMilch 3,00 B\nSUMME EUR 5,00\nBar 10,00\nRückgeld 5,00\nMwSt 7% 0,33", "5.00"),
    "German thousands": ("Sofa 1.234,50 A\nZwischensumme 1.234,50\nzu zahlen 1.234,50", "1234.50"),
}


@pytest.mark.parametrize("kind", RECEIPTS)
def test_the_total_is_distinguished_from_other_amounts(kind: str) -> None:
    text, value = RECEIPTS[kind]
    found = total_of(text)
    assert str(found.value) == value
    assert found.provenance.names_total or "rounding" in names(found)


def abroad(text: str) -> Candidate[Decimal]:
    """The best total of a receipt that shows its language and its currency by itself."""
    seen = extract(Reading(write(text), 1), tables_of(text), Hints(dt.date(2026, 6, 15)))
    return find_totals(seen.rows, seen.locale.currency)[0]


ABROAD = {
    "French with articles": ("BAGUETTE 4,50\nLAIT 8,00\nTOTAL 3 ART. 12,50\nCB 12,50", "12.50"),
    "French thousands": ("CANAPE 1 200,00 €\nTABLE 34,50 €\nTOTAL TTC 1 234,50 €\nMERCI DE VOTRE VISITE", "1234.50"),
    "French without and with tax": ("PAIN 12,10 €\nTOTAL HT 10,00 €\nTVA 2,10 €\nTOTAL TTC 12,10 €", "12.10"),
    "amount before the label": ("BREAD 4.00\n12.50 TOTAL\n20.00 CASH\n7.50 CHANGE", "12.50"),
    "total with tax in one line": ("BREAD 4.00\nTOTAL EXCL 10.00 VAT 2.10 INCL 12.10", "12.10"),
    "total with tax first in one line": ("BREAD 4.00\nTOTAL INCL 12.10 EXCL 10.00 VAT 2.10", "12.10"),
    "net, tax and gross of a total": ("BREAD 4.00\nTOTAL 12.10 10.00 2.10", "12.10"),
    "two equal taxes": ("IDLI 100.00\nVADA 100.00\nSUBTOTAL 200.00\nCGST 5.00\nSGST 5.00\nTOTAL 210.00", "210.00"),
    "tip": ("BREAD 10.00\nTOTAL 10.00\nTIP 1.00", "10.00"),
    "German deposit": ("Wasser 1,00 A\nPfand 0,25 A\nSUMME EUR 1,25", "1.25"),
    "stars before the amount": ("EKMEK *4,00\nTOTAL *12,50", "12.50"),
    "equals sign before the amount": ("ХЛЕБ =23.00\nTOTAL =123.00", "123.00"),
}


@pytest.mark.parametrize("kind", ABROAD)
def test_the_total_is_read_as_other_countries_print_it(kind: str) -> None:
    text, value = ABROAD[kind]
    assert str(abroad(text).value) == value


WHOLE = {
    "Japanese": (
        "スーパーさくら\n2024年11月21日(木) 14:05\n牛乳 ¥198\nパン ¥250\n小計 ¥448\n消費税8% ¥35\n合計 ¥483\n"
        "お預り ¥1,000\nお釣り ¥517",
        "483",
    ),
    "Japanese with the number of articles": ("牛乳 ¥698\nパン ¥536\n合計／3点 ¥1,234\n現計 ¥1,234", "1234"),
    "Japanese in full-width digits": ("牛乳　￥６９８\nパン　￥５３６\n合計　￥１，２３４", "1234"),
    "Korean": (
        "한국마트\n사업자번호 123-45-67890\nTEL 02-123-4567\n2024-11-21 14:05\n우유 2,500 2 5,000\n빵 7,000 1 7,000\n"
        "합계 : 12,000\n신용카드 12,000",
        "12000",
    ),
    "Indonesian": (
        "Nasi goreng 2 x 15.000 30.000\nEs teh 5.000\nTOTAL Rp 35.000\nTUNAI 50.000\nKEMBALI 15.000",
        "35000",
    ),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_the_total_of_a_currency_without_decimals_is_found_and_proved(kind: str) -> None:
    text, value = WHOLE[kind]
    found = abroad(text)
    assert str(found.value) == value
    assert {"cash - change", "items", "card"} & set(names(found))


def whole_rows(text: str) -> tuple[ReceiptLine, ...]:
    """The rows of a page whose currency has no decimals."""
    return build_receipt_lines(write(text), tables(), decimals=0)


@pytest.mark.parametrize(
    "line",
    ["TEL 03-1234-5678", "2024/11/21 14:05", "2024年11月21日", "No. 4711", "8%", "T1234567890123", "0012", "3点"],
)
def test_other_numbers_prove_nothing_where_money_has_no_decimals(line: str) -> None:
    found = find_totals(whole_rows(f"{line}\nBREAD ¥400\nMILK ¥200\n{line}\nTOTAL ¥600"))[0]
    assert (str(found.value), names(found)) == ("600", ("items",))


def test_plain_numbers_in_the_column_of_the_totals_are_amounts() -> None:
    text = "BREAD      198\nMILK       250\nSUBTOTAL   448\nTOTAL      448\nCASH       500\nCHANGE      52"
    found = find_totals(whole_rows(text))[0]
    assert (str(found.value), names(found)) == ("448", ("cash - change", "items", "printed twice"))


def test_a_plain_number_outside_of_the_column_is_no_amount() -> None:
    bread, milk, total = whole_rows("BREAD 2            ¥400\nMILK 1             ¥200\nTOTAL              ¥600")
    assert [[str(amount.value) for amount in row.amounts] for row in (bread, milk, total)] == [
        ["400"],
        ["200"],
        ["600"],
    ]


def test_a_page_without_any_decimals_is_read_so_also_where_its_currency_is_unknown() -> None:
    found = total_of("BREAD 4,000\nMILK 2,000\nTOTAL 6,000")
    assert (str(found.value), names(found)) == ("6000", ("items",))


TWO_CURRENCIES_TOLD = {
    "Swiss": (
        "KAFFEE CHF 4.50\nKUCHEN CHF 5.50\nTOTAL CHF 10.00\nTOTAL EUR 10.60\nWechselkurs 1 EUR = 0.943 CHF",
        "10.00",
    ),
    "Swiss, foreign money first": ("KAFFEE CHF 4.50\nKUCHEN CHF 5.50\nTOTAL EUR 10.60\nTOTAL CHF 10.00", "10.00"),
    "in one line": ("KAFFEE CHF 4.50\nKUCHEN CHF 5.50\nTOTAL CHF 10.00 EUR 10.60", "10.00"),
    "British abroad": ("TEA £4.50\nCAKE £5.50\nTOTAL £10.00\nTOTAL EUR 11.90\nRate 1.19", "10.00"),
    "converted below": ("TEA £4.50\nCAKE £5.50\nTOTAL £10.00\n= EUR 11.90", "10.00"),
}


@pytest.mark.parametrize("kind", TWO_CURRENCIES_TOLD)
def test_of_totals_in_two_currencies_the_one_of_the_page_was_paid(kind: str) -> None:
    text, value = TWO_CURRENCIES_TOLD[kind]
    found = abroad(text)
    assert str(found.value) == value
    assert "two currencies" not in names(found)


def test_totals_in_two_currencies_without_a_decision_are_marked() -> None:
    found = abroad("TOTAL EUR 48.10\nTOTAL CHF 52.45")
    assert "two currencies" in names(found)


def test_the_same_amount_under_two_signs_is_no_doubt() -> None:
    assert "two currencies" not in names(abroad("TOTAL EUR 48.10\nTOTAL USD 48.10"))


@pytest.mark.parametrize(
    "line",
    [
        "TOTAL GST 60.24",
        "TAX 60.24",
        "TOTAL SAVINGS 60.24",
        "TOTAL DISCOUNT 60.24",
        "TOTAL ITEMS 60.24",
        "CHANGE 60.24",
        "TOTAL POINTS 60.24",
        "ROUNDING 0.04",
    ],
)
def test_some_lines_never_give_the_total_even_without_another(line: str) -> None:
    values = [candidate.value for candidate in find_totals(rows_of(f"BREAD 4.00\n{line}"))]
    assert values == [Decimal("4.00")]


def test_a_subtotal_is_better_than_nothing_but_marked_as_one() -> None:
    found = total_of("BREAD 4.00\nMILK 2.00\nSUBTOTAL 6.00")
    assert (str(found.value), found.provenance.kind) == ("6.00", "subtotal")


def test_the_largest_amount_without_a_keyword_is_marked_as_weaker() -> None:
    weak, labelled = total_of("BREAD 4.00\nMILK 2.00\nOATS 9.00"), total_of("BREAD 4.00\nMILK 2.00\nTOTAL 9.00")
    assert (str(weak.value), weak.provenance.kind) == ("9.00", Kind.UNNAMED)
    assert weak.score < labelled.score / 2


def test_nothing_is_made_up_without_an_amount() -> None:
    assert not find_totals(rows_of("THANK YOU\n25/12/2018 12:30\nTEL 03-12345678"))
    assert not find_totals(())


def test_a_keyword_and_its_amount_in_two_columns_meet_on_a_slanted_receipt() -> None:
    text = "\n".join(
        f"{label:<34}{value:>8}"
        for label, value in [
            ("BREAD", "4.00"),
            ("MILK", "2.00"),
            ("TOTAL", "6.00"),
            ("CASH", "9.00"),
            ("CHANGE", "3.00"),
        ]
    )
    words = words_of(write(text, slant_deg=5.0))
    assert max(word.box.top for word in words if word.text == "4.00") > min(
        word.box.top for word in words if word.text == "MILK"
    )
    found = find_totals(build_receipt_lines(build_lines(words, Baseline.at(5.0)), tables()))[0]
    assert (str(found.value), names(found)) == ("6.00", ("cash - change", "items"))


CHECKED = {
    "cash - change": "TOTAL 6.00\nCASH 10.00\nCHANGE 4.00",
    "subtotal + tax": "SUBTOTAL 5.50\nTAX 0.50\nTOTAL 6.00",
    "net + tax": "TOTAL 6.00\nGST SUMMARY   AMOUNT   TAX\nSR 6%  5.66  0.34",
    "items": "BREAD 4.00\nMILK 2.00\nTOTAL 6.00",
    "card": "TOTAL 6.00\nVISA 6.00",
}


@pytest.mark.parametrize("name", CHECKED)
def test_a_sum_that_agrees_is_named(name: str) -> None:
    found = total_of(CHECKED[name])
    assert (str(found.value), names(found)[0]) == ("6.00", name)


def test_all_sums_that_agree_are_named() -> None:
    found = total_of(
        "BREAD 3.48\nMILK 2.00\nSUBTOTAL 5.48\nTAX 0.50\nROUNDING 0.02\nTOTAL 6.00\nCASH 10.00\nCHANGE 4.00"
    )
    assert names(found) == ("cash - change", "subtotal + tax", "items")


def test_service_and_discount_belong_to_the_sum() -> None:
    assert names(total_of("SUBTOTAL 10.00\nSERVICE CHARGE 1.00\nGST 0.66\nTOTAL 11.66")) == ("subtotal + tax",)
    assert names(total_of("SUBTOTAL 10.00\nDISCOUNT 1.00\nTAX 0.54\nTOTAL 9.54")) == ("subtotal + tax",)


@pytest.mark.parametrize(
    "text",
    [
        "TOTAL 6.00\nCASH 10.00\nCHANGE 4.01",
        "SUBTOTAL 5.50\nTAX 0.55\nTOTAL 6.00",
        "BREAD 4.00\nMILK 2.50\nTOTAL 6.00",
        "TOTAL 6.00\nVISA 6.10",
    ],
)
def test_a_sum_that_is_off_by_cents_is_not_named(text: str) -> None:
    found = total_of(text)
    assert str(found.value) == "6.00"
    assert not {*CHECKED} & {*names(found)}


def test_rounding_is_named_only_for_the_total_after_it() -> None:
    after, before = find_totals(rows_of(ROUNDED))[:2]
    assert (str(after.value), names(after)) == ("10.05", ("cash - change", "items", "rounding"))
    assert (str(before.value), names(before)) == ("10.03", ("items",))


def test_sums_decide_between_two_totals() -> None:
    found = total_of("TOTAL 8.00\nTOTAL 6.00\nCASH 10.00\nCHANGE 4.00")
    assert str(found.value) == "6.00"


@pytest.mark.parametrize("above", ["SUBTOTAL  64.56", "MILK  8.39"])
def test_an_amount_that_cash_and_change_prove_is_the_total_though_its_word_was_not_read(above: str) -> None:
    text = f"BREAD  64.56\n{above}\n2a]gl  72.95\nCASH  75.00\nCHANGE  2.05"
    assert (total_of(text).value, names(total_of(text))[0]) == (Decimal("72.95"), "cash - change")


def test_a_misread_digit_of_the_total_is_repaired_and_marked() -> None:
    repaired, read = find_totals(rows_of("BREAD 4.00\nMILK 2.00\nTOTAL 8.00\nCASH 10.00\nCHANGE 4.00"))[:2]
    assert (str(repaired.value), repaired.raw, repaired.corrected) == ("6.00", "8.00", True)
    assert repaired.provenance.kind is Kind.TOTAL
    assert names(repaired) == ("cash - change", "items", "one digit repaired")
    assert (str(read.value), names(read)) == ("8.00", ("another payment",))


def test_a_lost_character_of_the_total_is_restored_and_marked() -> None:
    found = total_of("SUBTOTAL 300.00\nTAX 6.71\nTOTAL 306.7")
    assert (str(found.value), found.raw, found.corrected) == ("306.71", "TOTAL 306.7", True)
    assert found.provenance.kind is Kind.TOTAL
    assert names(found) == ("subtotal + tax", "one digit repaired")


def test_lost_cents_of_the_total_are_completed_where_the_sums_have_the_same_whole_dollars() -> None:
    found = total_of("SUBTOTAL 302.09\nTAX 4.62\nTOTAL 306.")
    assert (str(found.value), names(found)) == ("306.71", ("subtotal + tax", "one digit repaired"))
    assert str(total_of("SUBTOTAL 302.09\nTAX 4.62\nTOTAL 308.").value) == "302.09"


def test_a_total_that_is_on_no_line_is_cash_tendered_minus_change() -> None:
    found = total_of("BREAD 4.00\nTOTAL\nCASH 10.00\nCHANGE 4.00")
    assert (str(found.value), found.provenance.kind, found.corrected) == ("6.00", Kind.WORKED_OUT, True)
    assert names(found) == ("cash - change",)


def test_a_misread_rounding_and_misread_cash_do_not_prove_each_other() -> None:
    text = "SUBTOTAL 57.57\nSERVICE CHARGE 5.76\nTOTAL SALES 63.33\nROUNDING 0.62\nTOTAL AFTER ROUNDING 63.35"
    assert str(total_of(f"{text}\nCASH 64.60\nCHANGE 0.65").value) == "63.35"


@pytest.mark.parametrize("change", ["CHANGE 0.00", "CHANGE 12.00"])
def test_no_total_is_made_up_where_nothing_or_too_much_came_back(change: str) -> None:
    values = [str(candidate.value) for candidate in find_totals(rows_of(f"BREAD 4.00\nTOTAL\nCASH 10.00\n{change}"))]
    assert values == ["10.00", "4.00"]


@pytest.mark.parametrize("later", ["TOTAL 10.00", "TOTAL 10.10", "TOTAL 12.00", "CASH 10.05"])
def test_a_total_is_not_rounded_to_what_is_not_the_next_coin_or_merely_given(later: str) -> None:
    assert all("rounding" not in names(found) for found in find_totals(rows_of(f"TOTAL 10.03\n{later}")))


REFUNDS = [
    "REFUND\nSHIRT 20.00\nTOTAL 20.00",
    "*** REFUND ***\nSHIRT 20.00\nTOTAL 20.00",
    "RETURN RECEIPT\nSHIRT 20.00\nTOTAL 20.00",
    "CREDIT NOTE\nSHIRT 20.00\nTOTAL 20.00",
    "CREDIT NOTE / REFUND\nSHIRT 20.00\nTOTAL 20.00",
    "Retoure\nHemd 20,00\nSUMME 20,00",
    "*** STORNO / RETOURE ***\nHemd 20,00\nSUMME 20,00",
    "GUTSCHRIFT\nHemd 20,00\nSUMME 20,00",
    "SHIRT 20.00\nREFUND TOTAL 20.00",
    "SHIRT 19.00\nTAX 1.00\nTOTAL REFUND 20.00",
    "SHIRT 20.00\nTOTAL -20.00",
    "SHIRT 20.00\nTOTAL 20.00-",
    "SHIRT 20.00\nTOTAL (20.00)",
    "SHIRT -20.00\nTOTAL RM-20.00",
    "REFUND\nSHIRT -20.00\nTOTAL -20.00",
]


@pytest.mark.parametrize("text", REFUNDS)
def test_a_refund_is_negative(text: str) -> None:
    found = total_of(text)
    assert str(found.value) == "-20.00"
    assert found.provenance.names_total


@pytest.mark.parametrize(
    "line",
    [
        "NO REFUND",
        "NO REFUNDS",
        "NO REFUND WITHOUT RECEIPT",
        "STRICTLY NO REFUND",
        "NO EXCHANGE OR REFUND",
        "NON REFUNDABLE",
        "REFUND POLICY",
        "EXCHANGE & REFUND",
        "REFUND WITHIN 7 DAYS ONLY",
        "NO CASH REFUND",
        "GOODS SOLD ARE NOT RETURNABLE",
        "RETURNS WITHIN 7 DAYS",
        "RETURNS WITHIN 7 DAYS WITH RECEIPT",
        "RETURN POLICY",
        "Umtausch innerhalb 14 Tagen",
        "Keine Gutschrift ohne Kassenbon",
        "Storno -2,00",
        "Gutschrift Pfand -0,25",
        "TEL 03-12345678",
        "DISCOUNT -2.00",
    ],
)
def test_policies_items_taken_back_and_dashes_do_not_make_a_purchase_negative(line: str) -> None:
    assert str(total_of(f"SHIRT 22.00\n{line}\nTOTAL 20.00").value) == "20.00"
    assert str(total_of(f"SHIRT 20.00\nTOTAL 20.00\n{line}").value) == "20.00"


PRICES = st.lists(st.integers(min_value=1, max_value=99_999), min_size=2, max_size=8)


@given(prices=PRICES, paid_extra=st.integers(min_value=1, max_value=100_000))
def test_a_consistent_cash_receipt_gives_its_total_with_its_proofs(prices: list[int], paid_extra: int) -> None:
    total = sum(prices)
    lines = [f"BREAD {price / 100:.2f}" for price in prices]
    lines += [f"TOTAL {total / 100:.2f}", f"CASH {(total + paid_extra) / 100:.2f}", f"CHANGE {paid_extra / 100:.2f}"]
    found = total_of("\n".join(lines))
    assert found.value == Decimal(total).scaleb(-2)
    assert {"cash - change", "items"} <= set(names(found))
    assert math.isfinite(found.score)


def test_a_total_that_lost_its_thousands_is_found_if_the_whole_amount_is_elsewhere() -> None:
    text = "SEKACKA 7391,00\nZaklad 6108,26 DPH 1282,74 Celkem 7391,00\nTOTAL 391,00\nCASH 8000,00\nCHANGE 609,00"
    assert find_totals(rows_of(text))[0].value == Decimal("7391.00")


@pytest.mark.parametrize("end", ["REFUND.", "REFUND"])
def test_the_end_of_a_sentence_about_refunds_is_no_title(end: str) -> None:
    policy = f"RECEIPT AS PROOF\nOF PURCHASE. NO CASH\n{end}\nHAVE A NICE DAY"
    text = f"CITY TOOLS\nLADDER 609.16\nTOTAL 609.16\nVISA 609.16\n{policy}"
    assert find_totals(rows_of(text))[0].value == Decimal("609.16")


ABOVE = ("Leeds LS2 8LR", "HST No. 379086879RT0001", "GST ID No : 000325637751", "Receipt No 1234", "VAT Reg No:")


@pytest.mark.parametrize("above", ABOVE)
def test_a_refund_still_shows_by_its_title(above: str) -> None:
    text = f"CITY TOOLS\n{above}\nREFUND\nLADDER 609.16\nTOTAL 609.16\nVISA 609.16"
    assert find_totals(rows_of(text))[0].value == Decimal("-609.16")


def test_the_price_of_a_litre_is_no_total() -> None:
    text = "TANKSTELLE\nMenge (L) 13.718\nPreis/L 1.80\nSuper E5 24.70 1\nSumme 24.70 CHF"
    assert find_totals(rows_of(text))[0].value == Decimal("24.70")


@pytest.mark.parametrize("line", ["REFUN", "* REFUNO *", "06 REFUN 36%", "STORE REFUND SUMMARY"])
def test_a_heading_that_may_mean_refund_leaves_the_sign_open(line: str) -> None:
    text = f"CITY TOOLS\nLeeds LS2 8LR\n{line}\nLADDER 609.16\nTOTAL 609.16\nVISA 609.16"
    best = find_totals(rows_of(text))[0]
    assert best.value == Decimal("609.16")
    assert "refund?" in names(best)


@pytest.mark.parametrize(
    "policy", ["LAST DAY FOR\nREFUND 04-06-24", "GOODS MAY BE\nREFUNDED UNTIL\n04-06-24", "REFUND\nWITHIN 7 DAYS"]
)
def test_rules_for_refunds_below_the_total_make_no_refund(policy: str) -> None:
    text = f"CITY TOOLS\nLADDER 609.16\nTOTAL 609.16\nVISA 609.16\n{policy}"
    best = find_totals(rows_of(text))[0]
    assert best.value == Decimal("609.16")
    assert "refund?" not in names(best)


def test_the_largest_amount_printed_twice_comes_before_a_weak_word_beside_a_smaller_one() -> None:
    text = "XXXX 543.08\nXXXXX 1451.77\nXXXXX 1994.85\nXX 1994.85\nAMOUNT 143.41"
    assert str(total_of(text).value) == "1994.85"
    assert str(total_of(text.replace("AMOUNT", "TOTAL")).value) == "143.41"
    assert str(total_of(text.replace("\nXX 1994.85", "\nXX 1994.80")).value) == "143.41"


SALES = {
    "a lone word in the footer, and change": "COAT 39.99\nTOTAL 39.99\nCASH 50.00\nCHANGE 10.01\nREFUND",
    "a heading of rules": "COAT 39.99\nTOTAL 39.99\nCARD 39.99\nREFUND\nBring the coat and this paper\nwithin 28 days",
    "rules on the back": "COAT 39.99\nTOTAL 39.99\nCARD 39.99\nREFUND\nSee back for details",
    "rules on the back, in German": "Mantel 39,99\nSUMME 39,99\nBAR 39,99\nRETOURE\nSiehe Rückseite",
    "a voided item": "COAT 39.99\nSCARF 9.00\nREFUND\nSCARF -9.00\nTOTAL 39.99",
    "discounts of items that were not read": "XXX -1.50\nXXX -2.00\nTOTAL 39.99\nCARD 39.99",
    "a payment taken off the total": "COAT 29.99\nSCARF 10.00\nTOTAL 39.99\nCASH -39.99",
    "an item given back for a dearer one": "COAT 59.99\nREFUND SCARF -20.00\nTOTAL 39.99",
}


@pytest.mark.parametrize("text", SALES.values(), ids=SALES)
def test_words_that_mark_no_refund_leave_no_doubt(text: str) -> None:
    best = total_of(f"HOLLIS APPAREL\n{text}")
    assert str(best.value) == "39.99"
    assert "refund?" not in names(best)


IN_DOUBT = {
    "a lone word in the footer": ("COAT 39.99\nTOTAL 39.99\nCARD 39.99\nREFUND\nThank you", "39.99"),
    "a word between the items": ("COAT 39.99\nREFUND\nTOTAL 39.99", "39.99"),
    "a voided item for as much as the total": ("COAT 39.99\nCOAT 39.99\nVOIDED 39.99\nTOTAL 39.99", "39.99"),
    "paid by a credit note, or given back as one": ("COAT 39.99\nTOTAL 39.99\nCREDIT NOTE 39.99", "39.99"),
    "to a card": ("COAT 39.99\nTOTAL 39.99\nVISA REFUND 39.99", "39.99"),
    "a title over goods exchanged for dearer ones": ("REFUND\nSCARF -20.00\nCOAT 59.99\nTOTAL 39.99", "39.99"),
    "a title although change was given": ("REFUND\nCOAT 39.99\nTOTAL 39.99\nCASH 50.00\nCHANGE 10.01", "-39.99"),
    "negative items without a word": ("COAT -39.99\nTOTAL 39.99\nCARD 39.99", "-39.99"),
    "a payment with a minus below items that were not read": ("TOTAL 39.99\nCARD -39.99", "39.99"),
    "a dash before the total alone": ("COAT 39.99\nTOTAL -39.99\nCARD 39.99", "-39.99"),
}


@pytest.mark.parametrize(("text", "value"), IN_DOUBT.values(), ids=IN_DOUBT)
def test_a_sign_that_the_receipt_leaves_open_is_in_doubt_and_the_other_one_is_a_rival(text: str, value: str) -> None:
    best, other = find_totals(rows_of(f"HOLLIS APPAREL\n{text}"))[:2]
    assert str(best.value) == value
    assert "refund?" in names(best)
    assert other.value == -best.value


TITLES = {
    "negative items, and a word in the footer": "COAT -39.99\nTOTAL 39.99\nCARD 39.99\nREFUND",
    "negative items and payments": "SALES RECEIPT\nCOAT (29.99)\nSCARF (10.00)\nTOTAL 39.99\nCARD (39.99)",
    "a currency in brackets with the amount": "COAT (39.99)\nTOTAL (R 39.99)",
    "a cancelled sale": "TRANSACTION CANCELLED\nCOAT 39.99\nTOTAL 39.99",
    "bottles": "LEERGUTBON\nMehrweg 39,99\nSUMME 39,99",
    "a cancelled receipt": "SCONTRINO ANNULLATO\nCappotto 39,99\nTOTALE EURO 39,99",
}


@pytest.mark.parametrize("text", TITLES.values(), ids=TITLES)
def test_a_title_in_the_head_or_negative_items_make_a_refund(text: str) -> None:
    rows = build_receipt_lines(write(f"HOLLIS\n{text}"), tables_of(text))
    best = find_totals(rows)[0]
    assert (str(best.value), "refund?" in names(best)) == ("-39.99", False)


KOREAN_REFUND = """
두레공구마트
{title}
사다리 3단          76,340원
결 제 금 액         76,340원
카드 결제           76,340원
{policy}
"""


def signed(title: str, policy: str) -> Decimal:
    text = KOREAN_REFUND.format(title=title, policy=policy)
    return find_totals(build_receipt_lines(write(text), tables_of(text)), "KRW")[0].value


def test_a_refund_shows_by_its_title_where_every_syllable_is_a_word() -> None:
    assert signed("[ 환 불 ]", "감 사 합 니 다") == Decimal(-76340)


def test_rules_for_refunds_broken_into_syllables_make_no_refund() -> None:
    assert signed("영 수 증", "신 선 식 품 은 교 환 / 환 불 이\n불 가 합 니 다") == Decimal(76340)


def test_a_house_number_above_the_title_is_no_item() -> None:
    text = "JUNK NOODLES\nShop 84, 84 Queens Road\nREFUND\nSoup         51.80\nLemonade     18.40\nTOTAL        70.20"
    best = total_of(text)
    assert (str(best.value), "refund?" in names(best)) == ("-70.20", False)


def test_dashes_behind_most_amounts_without_decimals_leave_the_sign_open() -> None:
    text = "도담약국\n비타민C 12,090-\n타이레놀정 3,490-\n합계 ₩15,580-\n카드결제 15,580-"
    best = find_totals(build_receipt_lines(write(text), tables_of(text), 0), "KRW")[0]
    assert (best.value, "refund?" in names(best)) == (Decimal(15580), True)
    text = text.replace("-", "").replace("합계 ₩15,580", "합계 ₩15,580-")
    best = find_totals(build_receipt_lines(write(text), tables_of(text), 0), "KRW")[0]
    assert "refund?" not in names(best)


def test_a_postcode_in_brackets_above_the_title_is_no_item() -> None:
    assert signed("(48,037)\n[반품]", "감사합니다") == Decimal(-76340)


TAIWANESE_REFUND = """
日光生鮮
火火火 {title} 火火火
茶葉蛋           $11
台灣啤酒6入     $750
總計            $761
謝謝光臨
"""


@pytest.mark.parametrize("title", ["退貨單", "退貨折讓"])
def test_a_heading_between_stars_misread_as_ideographs_marks_a_refund(title: str) -> None:
    text = TAIWANESE_REFUND.format(title=title)
    assert find_totals(build_receipt_lines(write(text), tables_of(text)), "TWD")[0].value == Decimal(-761)


def test_a_heading_with_more_than_refund_leaves_the_sign_open_even_above_an_amount() -> None:
    text = TAIWANESE_REFUND.format(title="退貨及折讓")
    best = find_totals(build_receipt_lines(write(text), tables_of(text)), "TWD")[0]
    assert (best.value, "refund?" in names(best)) == (Decimal(761), True)


def test_a_space_between_thousands_does_not_end_the_amount_in_a_language_that_writes_it() -> None:
    text = (
        "Prodejna 5961\nCELKEM  14 460.90\nZaokrouhlení  0.10\nCelkem zaokrouhleno  14 461.00 Kč\nHotovost  15 000.00"
    )
    assert find_totals(build_receipt_lines(write(text), tables_of(text)), "CZK")[0].value == Decimal("14461.00")


def test_a_discount_for_who_pays_by_card_is_no_number_of_a_card() -> None:
    text = "SUMA  38,22€\nDTO. TARJETA  1,91€-\nTOTAL EUR  36,31\nPAGADO EFECTIVO  36,31€\nRación  15,90€"
    rows = build_receipt_lines(write(text), tables_of(text))
    assert [row.role.value for row in rows][:3] == ["total", "discount", "total"]
