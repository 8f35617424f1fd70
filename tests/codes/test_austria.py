"""Codes of Austrian cash registers."""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal

import pytest

from rpiocr.codes.formats.austria import parse
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document

SIGNATURE = base64.b64encode(bytes(range(64))).decode("ascii")
BROKEN = base64.b64encode(b"Sicherheitseinrichtung ausgefallen").decode("ascii")


def code(
    amounts: str = "12,30_4,20_0,00_0,00_0,00",
    *,
    suite: str = "R1-AT1",
    when: str = "2026-11-05T12:34:56",
    counter: str = "q83vEjRWeJA=",
    certificate: str = "1a2b3c4d",
    signature: str = SIGNATURE,
) -> bytes:
    """A code of an invented till."""
    fields = (suite, "KASSE-7", "2026-0815", when, amounts, counter, certificate, "AQIDBAUGBwg=", signature)
    return ("_" + "_".join(fields)).encode()


def claim(payload: bytes) -> CodeClaim:
    """What the code states, which it has to."""
    found = parse(payload)
    assert found is not None
    return found


def test_the_total_is_the_sum_of_five_amounts_and_nothing_is_proved() -> None:
    assert claim(code("12,30_4,20_1,13_2,00_0,00")) == CodeClaim(
        "at-rksv",
        "AT",
        Document.SALE,
        total=Decimal("19.63"),
        currency="EUR",
        date=dt.date(2026, 11, 5),
        time=dt.time(12, 34, 56),
        tax=Decimal("2.56"),
        receipt_number="2026-0815",
    )


def test_the_time_is_that_of_the_till_also_at_midnight() -> None:
    found = claim(code(when="2026-07-01T00:00:00"))
    assert (found.date, found.time) == (dt.date(2026, 7, 1), dt.time(0, 0))


def test_a_cancellation_and_training_have_marks_in_place_of_the_counter() -> None:
    assert claim(code("-12,30_0,00_0,00_0,00_0,00", counter="U1RP")).document is Document.CANCELLED
    assert claim(code(counter="VFJB")).document is Document.TRAINING


def test_a_negative_total_is_a_refund() -> None:
    found = claim(code("-12,30_0,00_0,00_0,00_0,00"))
    assert (found.document, found.total, found.tax) == (Document.REFUND, Decimal("-12.30"), Decimal("-2.05"))


def test_a_receipt_of_a_till_whose_device_was_broken_is_a_receipt() -> None:
    assert claim(code(signature=BROKEN)).document is Document.SALE


def test_a_signature_for_links_may_contain_the_mark_between_fields() -> None:
    signature = base64.urlsafe_b64encode(b"\xff\xfe\xfb" * 21 + b"\xff").decode("ascii").rstrip("=")
    assert "_" in signature
    assert claim(code(signature=signature)).total == Decimal("16.50")


def test_a_closed_system_names_its_seller() -> None:
    found = claim(code(suite="R1-AT0", certificate="U:ATU59193205-001"))
    assert found.tax_id == TaxId("vat", "AT", "ATU59193205", valid=True)


def test_the_tax_is_open_for_special_rates_and_while_there_was_a_lowered_one() -> None:
    assert claim(code("0,00_0,00_0,00_0,00_11,90")).tax is None
    assert claim(code(when="2021-08-09T13:54:09")).tax is None


@pytest.mark.parametrize(
    "payload",
    [
        code("12.30_4.20_0.00_0.00_0.00"),
        code("12,30_4,20_0,00_0,00"),
        code("12,3_4,20_0,00_0,00_0,00"),
        code("1.012,30_4,20_0,00_0,00_0,00"),
        code(suite="R2-AT1"),
        code(when="2026-13-05T12:34:56"),
        code(when="2015-12-31T12:34:56"),
        code(when="2026-11-05T12:34"),
        code(counter="VFJ"),
        code(certificate="no number"),
        code(signature=SIGNATURE[:80]),
        code(signature=base64.b64encode(b"something else").decode("ascii")),
        code()[1:],
    ],
)
def test_any_other_form_is_no_code(payload: bytes) -> None:
    assert parse(payload) is None
