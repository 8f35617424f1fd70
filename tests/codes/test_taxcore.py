"""Links of TaxCore: proved by their MD5, local by their host."""

from __future__ import annotations

import base64
import datetime as dt
from decimal import Decimal
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.codes.formats.taxcore import parse
from rpiocr.model.codes import CodeClaim, Document
from tests.codes.vectors.damage import mutations
from tests.codes.vectors.taxcore import link

BEFORE_MIDNIGHT = dt.datetime(2026, 7, 31, 23, 30, tzinfo=dt.UTC)
CHECKED = frozenset({"total", "date", "time"})


def claim(payload: bytes) -> CodeClaim:
    """What the code states, which it has to."""
    found = parse(payload)
    assert found is not None
    return found


def test_a_serbian_receipt_is_proved_with_total_and_local_time() -> None:
    assert claim(link()) == CodeClaim(
        "taxcore",
        "RS",
        Document.SALE,
        total=Decimal("1234.56"),
        currency="RSD",
        date=dt.date(2025, 11, 5),
        time=dt.time(12, 34, 56),
        receipt_number="AB12CD34-AB12CD34-152",
        proved=CHECKED,
    )


@pytest.mark.parametrize(
    ("host", "country", "currency", "day", "hour"),
    [
        ("suf.purs.gov.rs", "RS", "RSD", 1, 1),
        ("suf.poreskaupravars.org", "BA", "BAM", 1, 1),
        ("vms.frcs.org.fj", "FJ", "FJD", 1, 11),
        ("tims.revenue.gov.ws", "WS", "WST", 1, 12),
        ("vms.customs.gov.vu", "VU", "VUV", 1, 10),
    ],
)
def test_country_currency_and_time_are_those_of_the_tax_office(
    host: str, country: str, currency: str, day: int, hour: int
) -> None:
    found = claim(link(when=BEFORE_MIDNIGHT, host=host))
    assert (found.country, found.currency, found.document) == (country, currency, Document.SALE)
    assert (found.date, found.time) == (dt.date(2026, 8, day), dt.time(hour, 30))


def test_a_refund_is_negative() -> None:
    found = claim(link(total="99.90", refund=1))
    assert (found.document, found.total) == (Document.REFUND, Decimal("-99.90"))


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (0, Document.SALE),
        (1, Document.OTHER),
        (2, Document.OTHER),
        (3, Document.TRAINING),
        (4, Document.SALE),
    ],
)
def test_only_normal_invoices_and_advances_are_sales(kind: int, document: Document) -> None:
    assert claim(link(kind=kind)).document is document


@pytest.mark.parametrize(
    "host", ["sandbox.suf.purs.gov.rs", "sandbox.suf.poreskaupravars.org", "staging.vms.frcs.org.fj"]
)
def test_a_receipt_of_a_test_system_is_training(host: str) -> None:
    assert claim(link(host=host)).document is Document.TRAINING


def test_a_buyer_more_internal_data_and_the_older_version_are_read() -> None:
    for payload in (link(buyer=b"10:123456789"), link(internal=512), link(version=2)):
        assert claim(payload).total == Decimal("1234.56")
        assert claim(payload).proved == CHECKED


def test_an_old_code_without_an_md5_is_read_but_not_proved() -> None:
    assert claim(link(version=2, digest=False)).proved == frozenset()
    assert parse(link(version=3, digest=False)) is None


def test_a_link_whose_codes_and_plus_signs_were_lost_is_read() -> None:
    payload = link()
    assert b"%2B" in payload
    assert claim(unquote(payload.decode()).encode()) == claim(payload)
    assert claim(payload.replace(b"%2B", b"%20")) == claim(payload)


@pytest.mark.parametrize(
    "payload",
    [
        link(version=1),
        link(version=4),
        link(kind=5),
        link(refund=2),
        link(when=dt.datetime(1999, 12, 31, tzinfo=dt.UTC)),
        link(total="99999999999999.99"),
        link(host="suf.purs.gov.rs.example"),
        link(host="notsuf.purs.gov.rs"),
        link(host="user@suf.purs.gov.rs"),
        link().replace(b"/v/", b"/w/"),
        link().replace(b"?vl=", b"?vl=AAAA"),
        link().replace(b"?vl=", b"?lv="),
        link()[:-12],
        link() + b"&vl=AAAA",
    ],
)
def test_other_versions_types_hosts_or_bytes_are_no_code(payload: bytes) -> None:
    assert parse(payload) is None


@pytest.mark.parametrize("payload", [link(), link(host="vms.frcs.org.fj", version=2)])
def test_of_damaged_codes_none_states_anything_else(payload: bytes) -> None:
    whole = claim(payload)
    for damaged in mutations(payload, 2000):
        found = parse(damaged)
        assert found is None or found == whole, damaged


@given(st.binary(max_size=900))
def test_any_bytes_in_a_link_have_an_answer(data: bytes) -> None:
    payload = b"https://suf.purs.gov.rs/v/?vl=" + base64.b64encode(data)
    assert parse(payload) is None
    assert parse(b"https://suf.purs.gov.rs/v/?vl=" + data) is None
