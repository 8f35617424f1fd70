"""Codes of German tills: what they state, and what their signature proves."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.codes.formats.germany import parse
from rpiocr.model.codes import CodeClaim, Document
from tests.codes.vectors.damage import mutations
from tests.codes.vectors.german import CURVES, HASHES, TIMES, Till

TILL = Till()
ALL = frozenset({"total", "date", "time", "tax"})

DOCUMENTED = (
    b"V0;955002-00;Kassenbeleg-V1;Beleg^0.00_2.55_0.00_0.00_0.00^2.55:Bar;18;112;2019-07-10T18:41:04.000Z;"
    b"2019-07-10T18:41:04.000Z;ecdsa-plain-SHA256;unixTime;MEQCIAy4P9k+7x9saDO0uRZ4El8QwN+qTgYiv1DIaJIMWRiuAiAt+saFDGj"
    b"K2Yi5Cxgy7PprXQ5O0seRgx4ltdpW9REvwA==;BHhWOeisRpPBTGQ1W4VUH95TXx2GARf8e2NYZXJoInjtGqnxJ8sZ3CQpYgjI+LYEmW5A37sLW"
    b"HsyU7nSJUBemyU="
)
"""The example in the documentation of a security device in the cloud."""


def claim(payload: bytes) -> CodeClaim:
    """What the code states, which it has to."""
    found = parse(payload)
    assert found is not None
    return found


def unsigned(payload: bytes) -> bytes:
    """The same code with the signature of another one."""
    other = TILL.code(transaction=1).split(b";")[10]
    return b";".join((*payload.split(b";")[:10], other, payload.split(b";")[11]))


def test_a_sale_is_proved_with_its_total_date_time_and_tax() -> None:
    assert claim(TILL.code()) == CodeClaim(
        "de-tse",
        "DE",
        Document.SALE,
        total=Decimal("16.50"),
        currency="EUR",
        date=dt.date(2026, 11, 5),
        time=dt.time(13, 34, 56),
        tax=Decimal("2.23"),
        receipt_number="4711",
        proved=ALL,
    )


def test_the_example_of_a_manufacturer_is_proved() -> None:
    found = claim(DOCUMENTED)
    assert (found.total, found.date, found.time) == (Decimal("2.55"), dt.date(2019, 7, 10), dt.time(20, 41, 4))
    assert found.proved == ALL


@pytest.mark.parametrize("curve", CURVES)
@pytest.mark.parametrize("der", [False, True])
def test_signatures_of_all_curves_and_both_forms_are_checked(curve: str, der: bool) -> None:  # noqa: FBT001
    assert claim(TILL.code(curve=curve, der=der)).proved == ALL


@pytest.mark.parametrize("digest", HASHES)
@pytest.mark.parametrize("time_format", TIMES)
def test_all_hashes_and_forms_of_time_are_checked(digest: str, time_format: str) -> None:
    assert claim(TILL.code(digest=digest, time_format=time_format)).proved == ALL


def test_long_data_and_big_numbers_are_signed_as_well() -> None:
    paid = "_".join(["0.10:Bar"] * 165)
    long = TILL.code(data=f"Beleg^12.30_4.20_0.00_0.00_0.00^{paid}", counter=2**40, transaction=128, client="K" * 120)
    assert claim(long).proved == ALL


def test_a_code_whose_signature_does_not_fit_is_read_but_not_proved() -> None:
    found = claim(unsigned(TILL.code()))
    assert found.total == Decimal("16.50")
    assert found.proved == frozenset()


@pytest.mark.parametrize(
    ("place", "changed"),
    [
        (1, b"KASSE-2"),
        (2, b"kassenbeleg-V1"),
        (3, b"Beleg^12.31_4.20_0.00_0.00_0.00^10.01:Bar_6.50:Unbar"),
        (4, b"4712"),
        (5, b"9877"),
        (7, b"2026-11-05T12:34:57.000Z"),
        (8, b"ecdsa-plain-SHA384"),
        (9, b"utcTime"),
    ],
)
def test_no_signed_field_can_be_changed(place: int, changed: bytes) -> None:
    fields = TILL.code().split(b";")
    fields[place] = changed
    assert claim(b";".join(fields)).proved == frozenset()


def test_the_time_is_that_of_germany_so_that_late_evening_in_utc_is_the_next_day() -> None:
    winter = claim(TILL.code(finish=dt.datetime(2026, 12, 31, 23, 30, tzinfo=dt.UTC)))
    summer = claim(TILL.code(finish=dt.datetime(2026, 7, 31, 22, 0, tzinfo=dt.UTC)))
    assert (winter.date, winter.time) == (dt.date(2027, 1, 1), dt.time(0, 30))
    assert (summer.date, summer.time) == (dt.date(2026, 8, 1), dt.time(0, 0))


@pytest.mark.parametrize(
    "printed", ["1793882096", "20261105123456Z", "2026-11-05T12:34:56Z", "2026-11-05T13:34:56+01:00"]
)
def test_the_time_may_be_printed_in_other_forms(printed: str) -> None:
    found = claim(TILL.code(printed=printed))
    assert (found.date, found.time) == (dt.date(2026, 11, 5), dt.time(13, 34, 56))
    assert found.proved == ALL


@pytest.mark.parametrize(
    "printed",
    ["2026-11-05T12:34:56.000", "2026-02-30T12:00:00.000Z", "0", "99999999999", "2018-12-31T00:00:00Z", "now"],
)
def test_a_time_without_a_zone_or_that_cannot_be_is_no_code(printed: str) -> None:
    assert parse(TILL.code(printed=printed)) is None


def test_a_negative_total_is_a_refund() -> None:
    found = claim(TILL.code(data="Beleg^-12.30_0.00_0.00_0.00_0.00^-12.30:Bar"))
    assert (found.document, found.total, found.tax) == (Document.REFUND, Decimal("-12.30"), Decimal("-1.96"))


@pytest.mark.parametrize(
    ("word", "document"),
    [
        ("AVBelegstorno", Document.CANCELLED),
        ("AVTraining", Document.TRAINING),
        ("AVTransfer", Document.OTHER),
        ("AVBestellung", Document.OTHER),
        ("AVBelegabbruch", Document.OTHER),
        ("AVSachbezug", Document.OTHER),
        ("AVSonstige", Document.OTHER),
        ("AVRechnung", Document.OTHER),
    ],
)
def test_what_is_no_sale_says_so(word: str, document: Document) -> None:
    assert claim(TILL.code(data=f"{word}^5.00_0.00_0.00_0.00_0.00^5.00:Bar")).document is document


def test_an_abort_has_no_payment_and_a_cancellation_may_name_its_receipt() -> None:
    assert claim(TILL.code(data="AVBelegabbruch^0.00_0.00_0.00_0.00_0.00^")).total == 0
    cancelled = claim(TILL.code(data="AVBelegstorno^-5.00_0.00_0.00_0.00_0.00^-5.00:Bar^Referenz-Beleg-Nr:17"))
    assert (cancelled.document, cancelled.total) == (Document.CANCELLED, Decimal("-5.00"))


@pytest.mark.parametrize("process", ["Kassenbeleg-V1", "KassenBeleg-V1", "KASSENBELEG-V1"])
def test_the_type_of_process_is_written_in_any_case(process: str) -> None:
    assert claim(TILL.code(process=process)).proved == ALL


def test_orders_and_other_processes_have_no_total_and_may_hold_semicolons() -> None:
    order = claim(TILL.code(process="Bestellung-V1", data='2;"Eisbecher";3.99\r1;"Kaffee";2.99'))
    other = claim(TILL.code(process="SonstigerVorgang", data=""))
    for found in (order, other):
        assert (found.document, found.total, found.tax) == (Document.OTHER, None, None)
        assert found.proved == {"date", "time"}


def test_foreign_money_is_not_added_to_euros() -> None:
    data = "Beleg^75.33_7.99_0.00_0.00_0.00^10.00:Bar_5.00:Bar:CHF_5.00:Bar:USD_64.30:Unbar"
    found = claim(TILL.code(data=data))
    assert (found.total, found.proved) == (Decimal("83.32"), ALL)


def test_change_in_euros_is_part_of_the_payment() -> None:
    found = claim(TILL.code(data="Beleg^12.30_0.00_0.00_0.00_0.00^20.00:Bar_-7.70:Bar:EUR"))
    assert (found.total, found.proved) == (Decimal("12.30"), ALL)


def test_payments_that_do_not_add_up_leave_the_total_unproved() -> None:
    found = claim(TILL.code(data="Beleg^12.30_4.20_0.00_0.00_0.00^10.00:Bar"))
    assert (found.total, found.proved) == (Decimal("16.50"), frozenset({"date", "time"}))


def test_thousands_may_have_commas() -> None:
    found = claim(TILL.code(data="Beleg^3,000.00_0.00_0.00_0.00_0.00^3,000.00:Unbar"))
    assert (found.total, found.proved) == (Decimal("3000.00"), ALL)


@pytest.mark.parametrize(
    ("day", "tax"),
    [
        (dt.datetime(2020, 6, 30, 12, tzinfo=dt.UTC), "26.00"),
        (dt.datetime(2020, 6, 30, 22, tzinfo=dt.UTC), "21.00"),
        (dt.datetime(2020, 12, 31, 12, tzinfo=dt.UTC), "21.00"),
        (dt.datetime(2020, 12, 31, 23, tzinfo=dt.UTC), "26.00"),
    ],
)
def test_the_tax_is_by_the_rates_of_the_day(day: dt.datetime, tax: str) -> None:
    gross = ("119.00", "107.00") if tax == "26.00" else ("116.00", "105.00")
    total = Decimal(gross[0]) + Decimal(gross[1])
    found = claim(TILL.code(data=f"Beleg^{'_'.join(gross)}_0.00_0.00_9.00^{total + 9}:Unbar", finish=day))
    assert found.tax == Decimal(tax)


def test_average_rates_of_farmers_leave_the_tax_open() -> None:
    found = claim(TILL.code(data="Beleg^0.00_0.00_10.70_0.00_0.00^10.70:Bar"))
    assert (found.total, found.tax, found.proved) == (Decimal("10.70"), None, ALL - {"tax"})


@pytest.mark.parametrize(
    "data",
    [
        "Beleg^12.30_4.20_0.00_0.00^16.50:Bar",
        "Beleg^12.30_4.20_0.00_0.00_0.00_0.00^16.50:Bar",
        "Beleg^12.3_4.20_0.00_0.00_0.00^16.50:Bar",
        "Beleg^12,30_4,20_0,00_0,00_0,00^16,50:Bar",
        "Beleg^1e3_0.00_0.00_0.00_0.00^1000.00:Bar",
        "Beleg^NaN_0.00_0.00_0.00_0.00^0.00:Bar",
        "Beleg^\u0661\u0662.30_0.00_0.00_0.00_0.00^12.30:Bar",
        "Beleg^12.30_0.00_0.00_0.00_0.00^12.30:Scheck",
        "Beleg^12.30_0.00_0.00_0.00_0.00",
        "Beleg^12.30_0.00_0.00_0.00_0.00^12.30:Bar^more",
        "Rechnung^12.30_0.00_0.00_0.00_0.00^12.30:Bar",
        "Beleg^9999999999999.00_0.00_0.00_0.00_0.00^0.00:Bar",
        "",
    ],
)
def test_data_in_any_other_form_are_no_code(data: str) -> None:
    assert parse(TILL.code(data=data)) is None


def test_unknown_versions_and_processes_are_refused() -> None:
    assert parse(TILL.code(version="V1")) is None
    assert parse(TILL.code(process="Kassenbeleg-V2")) is None


def test_a_code_without_a_key_or_with_more_fields_is_refused() -> None:
    fields = TILL.code().split(b";")
    assert parse(b";".join(fields[:11])) is None
    assert parse(b";".join((*fields[:11], b""))) is None
    assert parse(b";".join((*fields, b"x"))) is None


@pytest.mark.parametrize("key", [b"AAAA", b"B" + b"A" * 87, b"BA" + b"//8A" * 21 + b"AA="])
def test_a_key_that_is_no_point_of_a_curve_proves_nothing(key: bytes) -> None:
    found = parse(b";".join((*TILL.code().split(b";")[:11], key)))
    assert found is None or not found.proved


def test_of_damaged_codes_none_is_proved_to_say_anything_else() -> None:
    whole = claim(TILL.code())
    for damaged in mutations(TILL.code(), 2000):
        found = parse(damaged)
        assert found is None or not found.proved or found == whole, damaged


@given(st.binary(max_size=300), st.integers(0, 400), st.integers(0, 60))
def test_a_code_with_anything_in_it_has_an_answer(noise: bytes, start: int, length: int) -> None:
    code = TILL.code()
    found = parse(code[:start] + noise + code[start + length :])
    assert found is None or found.country == "DE"
