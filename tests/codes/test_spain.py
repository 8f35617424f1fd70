"""Spanish codes: TicketBAI with its check sums, and Veri*factu."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.codes.formats.spain import parse_ticketbai, parse_verifactu
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document
from tests.codes.vectors import basque
from tests.codes.vectors.damage import mutations

OFFICIAL_TICKETBAI = "https://batuz.eus/QRTBAI/?id=TBAI-00000006Y-251019-btFpwP8dcLGAF-237&s=T&nf=27174&i=4.70&cr=007"
OFFICIAL = (
    "https://www2.agenciatributaria.gob.es/wlpl/TIKE-CONT/ValidarQR?nif=89890001K&numserie=12345678-G33"
    "&fecha=01-09-2024&importe=241.4"
)


def basque_claim(text: str) -> CodeClaim:
    """What the code states, which it has to."""
    found = parse_ticketbai(text.encode())
    assert found is not None
    return found


def claim(text: str) -> CodeClaim:
    """What the code states, which it has to."""
    found = parse_verifactu(text.encode())
    assert found is not None
    return found


def test_the_official_sample_of_ticketbai_is_proved() -> None:
    assert basque_claim(OFFICIAL_TICKETBAI) == CodeClaim(
        "es-ticketbai",
        "ES",
        Document.SALE,
        total=Decimal("4.70"),
        currency="EUR",
        date=dt.date(2019, 10, 25),
        tax_id=TaxId("nif", "ES", "00000006Y", valid=True),
        receipt_number="27174",
        proved=frozenset({"total", "date"}),
    )


@pytest.mark.parametrize(
    "base", [basque.BISCAY, "https://tbai.egoitza.gipuzkoa.eus/qr/", "https://ticketbai.araba.eus/tbai/qrtbai/"]
)
def test_all_three_provinces_are_read(base: str) -> None:
    assert basque_claim(basque.link(base=base)).document is Document.SALE


def test_a_negative_total_is_a_refund_and_a_test_host_is_training() -> None:
    assert basque_claim(basque.link("-16.50")).document is Document.REFUND
    test = basque.link(base="https://tbai.prep.gipuzkoa.eus/qr/")
    assert basque_claim(test).document is Document.TRAINING


def test_a_receipt_without_a_series_is_read() -> None:
    assert basque_claim(basque.link(series="")).total == Decimal("16.50")


@pytest.mark.parametrize(
    "text",
    [
        OFFICIAL_TICKETBAI.replace("i=4.70", "i=4.71"),
        OFFICIAL_TICKETBAI.replace("251019", "261019"),
        OFFICIAL_TICKETBAI.replace("cr=007", "cr=7"),
        basque.link(day="320126"),
        basque.link(nif="B00000035"),
        basque.link("16,50"),
        basque.link("1e3"),
        basque.link(base="https://batuz.eus.example/QRTBAI/"),
        basque.link(base="https://batuz.eus/other/"),
    ],
)
def test_wrong_check_sums_numbers_amounts_or_hosts_are_no_code(text: str) -> None:
    assert parse_ticketbai(text.encode()) is None


def test_of_damaged_codes_no_more_are_read_than_two_check_sums_let_through() -> None:
    whole = basque_claim(basque.link())
    found = [parse_ticketbai(damaged) for damaged in mutations(basque.link().encode(), 2000)]
    wrong = [one for one in found if one and (one.total, one.date) != (whole.total, whole.date)]
    assert len(wrong) <= 2000 / 256


def test_the_official_sample_of_verifactu_is_read() -> None:
    assert claim(OFFICIAL) == CodeClaim(
        "es-verifactu",
        "ES",
        Document.SALE,
        total=Decimal("241.4"),
        currency="EUR",
        date=dt.date(2024, 9, 1),
        tax_id=TaxId("nif", "ES", "89890001K", valid=True),
        receipt_number="12345678-G33",
    )


def test_the_other_mode_is_read_a_test_is_training_and_a_negative_total_a_refund() -> None:
    assert claim(OFFICIAL.replace("ValidarQR", "ValidarQRNoVerifactu")).document is Document.SALE
    assert claim(OFFICIAL.replace("www2.agenciatributaria.gob.es", "prewww2.aeat.es")).document is Document.TRAINING
    assert claim(OFFICIAL.replace("=241.4", "=-241.4")).document is Document.REFUND


def test_a_number_with_percent_codes_is_resolved() -> None:
    assert claim(OFFICIAL.replace("12345678-G33", "12345678%26G33")).receipt_number == "12345678&G33"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("89890001K", "89890001L"),
        ("01-09-2024", "2024-09-01"),
        ("241.4", "241,4"),
        ("241.4", "241.444"),
        ("&importe=241.4", ""),
        ("&importe=241.4", "&importe=241.4&importe=1"),
        ("www2.agenciatributaria.gob.es", "agenciatributaria.gob.es.example"),
        ("ValidarQR", "Other"),
    ],
)
def test_any_other_form_is_no_code(old: str, new: str) -> None:
    assert old in OFFICIAL
    assert parse_verifactu(OFFICIAL.replace(old, new).encode()) is None
