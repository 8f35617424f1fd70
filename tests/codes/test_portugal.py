"""Codes of Portuguese invoices and receipts: their sums prove total and tax."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.codes.formats.portugal import parse
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document
from tests.codes.vectors.damage import mutations

SIMPLIFIED = (
    "A:123456789*B:999999990*C:PT*D:FS*E:N*F:20190812*G:FS CDVF/12345*H:CDF7T5HD-12345*I1:PT*I7:0.65*I8:0.15*N:0.15"
    "*O:0.80*Q:YhGV*R:9999*S:NU;0.80"
)
SAMPLES = {
    SIMPLIFIED: (Document.SALE, "0.80", "0.15"),
    "A:123456789*B:999999990*C:PT*D:FT*E:N*F:20191231*G:FT AB2019/0035*H:CSDF7T5H-0035*I1:PT*I2:12000.00*I3:15000.00"
    "*I4:900.00*I5:50000.00*I6:6500.00*I7:80000.00*I8:18400.00*J1:PT-AC*J2:10000.00*J3:25000.56*J4:1000.02*J5:75000.00"
    "*J6:6750.00*J7:100000.00*J8:18000.00*K1:PT-MA*K2:5000.00*K3:12500.00*K4:625.00*K5:25000.00*K6:3000.00*K7:40000.00"
    "*K8:8800.00*L:100.00*M:25.00*N:64000.02*O:513600.58*P:100.00*Q:kLp0*R:9999"
    "*S:TB;PT00000000000000000000000;513500.58": (Document.SALE, "513600.58", "64000.02"),
    "A:500000000*B:123456789*C:PT*D:PF*E:N*F:20190123*G:PF G2019CB/145789*H:HB6FT7RV-145789*I1:PT*I2:12345.34"
    "*I3:12532.65*I4:751.96*I5:52789.00*I6:6862.57*I7:32425.69*I8:7457.91*N:15072.44*O:125165.12*Q:r/fY*R:9999": (
        Document.OTHER,
        "125165.12",
        "15072.44",
    ),
    "A:500000000*B:123456789*C:PT*D:GT*E:N*F:20190720*G:GT G234CB/50987*H:GTVX4Y8B-50987*I1:0*N:0.00*O:0.00*Q:5uIg"
    "*R:9999": (Document.OTHER, "0.00", "0.00"),
    "A:123456789*B:4443332215*C:FR*D:FT*E:N*F:20190526*G:ABC BNH/4561*H:DK5ZJ2HN-4561*I1:FR*I7:100.00*I8:20.00*N:20.00"
    "*O:120.00*Q:YJRE*R:9999": (Document.SALE, "120.00", "20.00"),
    "A:123456789*B:500000000*C:PT*D:ND*E:N*F:20190216*G: M1F KLG/6145*H: RQD8L6DG-6145*I1:PT-MA*I6:26.50*N:26.50"
    "*O:26.50*Q:h1rB*R:9999": (Document.SALE, "26.50", "26.50"),
    "A:500000000*B:123456789*C:PT*D:FT*E:N*F:20191124*G:NF 19A/789145*H: JL9DS4TT-789145*I1:PT-AC*I7:50.00*I8:9.00"
    "*L:1000.00*N:9.00*O:1059.00*Q:d8/K*R:9999": (Document.SALE, "1059.00", "9.00"),
}
"""The samples of the tax office's specification."""


def claim(text: str) -> CodeClaim:
    """What the code states, which it has to."""
    found = parse(text.encode())
    assert found is not None
    return found


def test_a_receipt_states_total_tax_date_seller_and_number() -> None:
    assert claim(SIMPLIFIED) == CodeClaim(
        "pt-invoice",
        "PT",
        Document.SALE,
        total=Decimal("0.80"),
        currency="EUR",
        date=dt.date(2019, 8, 12),
        tax=Decimal("0.15"),
        tax_id=TaxId("nif", "PT", "123456789", valid=True),
        receipt_number="FS CDVF/12345",
        proved=frozenset({"total", "tax"}),
    )


@pytest.mark.parametrize("text", SAMPLES)
def test_the_samples_of_the_tax_office_are_proved(text: str) -> None:
    found = claim(text)
    assert (found.document, found.total, found.tax) == (
        SAMPLES[text][0],
        Decimal(SAMPLES[text][1]),
        Decimal(SAMPLES[text][2]),
    )
    assert found.proved == {"total", "tax"}


@pytest.mark.parametrize("kind", ["NC", "TD"])
def test_what_is_given_back_is_negative(kind: str) -> None:
    found = claim(SIMPLIFIED.replace("D:FS", f"D:{kind}"))
    assert (found.document, found.total, found.tax) == (Document.REFUND, Decimal("-0.80"), Decimal("-0.15"))


def test_a_cancelled_receipt_says_so() -> None:
    assert claim(SIMPLIFIED.replace("E:N", "E:A")).document is Document.CANCELLED


@pytest.mark.parametrize("kind", ["PF", "OR", "GT", "GR", "CM", "RG"])
def test_what_is_not_yet_or_no_invoice_is_no_sale(kind: str) -> None:
    assert claim(SIMPLIFIED.replace("D:FS", f"D:{kind}")).document is Document.OTHER


def test_sums_that_are_off_by_rounding_prove_nothing() -> None:
    found = claim(SIMPLIFIED.replace("O:0.80", "O:0.81"))
    assert (found.total, found.proved) == (Decimal("0.81"), frozenset())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("O:0.80", "O:8.00"),
        ("N:0.15", "N:0.51"),
        ("O:0.80", "O:0.8"),
        ("O:0.80", "O:0,80"),
        ("O:0.80", "O:-0.80"),
        ("A:123456789", "A:123456780"),
        ("F:20190812", "F:20190832"),
        ("D:FS", "D:XX"),
        ("E:N", "E:X"),
        ("*Q:YhGV", ""),
        ("*I7:0.65*I8:0.15", "*I8:0.15*I7:0.65"),
        ("*I7:0.65", "*I7:0.65*I7:0.65"),
        ("*I7:0.65", "*I9:0.65"),
        ("A:", "Z:"),
    ],
)
def test_wrong_sums_numbers_keys_or_orders_are_no_code(old: str, new: str) -> None:
    assert old in SIMPLIFIED
    assert parse(SIMPLIFIED.replace(old, new).encode()) is None


def test_of_damaged_codes_few_are_proved_to_have_another_total() -> None:
    whole = claim(SIMPLIFIED)
    wrong = 0
    for damaged in mutations(SIMPLIFIED.encode(), 2000):
        found = parse(damaged)
        wrong += found is not None and "total" in found.proved and found.total != whole.total
    assert wrong == 0
