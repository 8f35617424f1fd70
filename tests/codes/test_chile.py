"""A Chilean stamp is proved by the key within it, and refused where its XML is anything but the office's."""

from __future__ import annotations

import base64
import datetime as dt
import random
from decimal import Decimal

import pytest

from rpiocr.codes.formats.chile import parse
from rpiocr.codes.formats.rsa_signature import PublicKey, verifies
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, Document
from tests.codes.vectors_world import chilean_key, chilean_stamp, sha1_of

MANUAL = (
    b'<TED version="1.0"><DD><RE>97975000-5</RE><TD>33</TD><F>27</F><FE>2003-09-08</FE><RR>8414240-9</RR>'
    b"<RSR>JORGE GONZALEZ LTDA</RSR><MNT>502946</MNT><IT1>Cajon AFECTO</IT1>"
    b'<CAF version="1.0"><DA><RE>97975000-5</RE><RS>RUT DE PRUEBA</RS><TD>33</TD><RNG><D>1</D><H>200</H></RNG>'
    b"<FA>2003-09-04</FA><RSAPK>"
    b"<M>0a4O6Kbx8Qj3K4iWSP4w7KneZYeJ+g/prihYtIEolKt3cykSxl1zO8vSXu397QhTmsX7SBEudTUx++2zDXBhZw==</M>"
    b'<E>Aw==</E></RSAPK><IDK>100</IDK></DA><FRMA algoritmo="SHA1withRSA">'
    b"g1AQX0sy8NJugX52k2hTJEZAE9Cuul6pqYBdFxj1N17umW7zG/hAavCALKByHzdYAfZ3LhGTXCai5zNxOo4lDQ==</FRMA></CAF>"
    b'<TSTED>2003-09-08T12:28:31</TSTED></DD><FRMT algoritmo="SHA1withRSA">'
    b"pqjXHHQLJmyFPMRvxScN7tYHvIsty0pqL2LLYaG43jMmnfiZfllLA0wb32lP+HBJ/tf8nziSeorvjlx410ZImw==</FRMT></TED>"
)
"""The example of the office's manual, with its key for tests."""


def claim_of(payload: bytes) -> CodeClaim:
    claim = parse(payload)
    assert claim is not None
    return claim


def test_the_example_of_the_manual_is_proved() -> None:
    claim = claim_of(MANUAL)
    assert (claim.total, claim.currency, claim.date) == (Decimal(502946), "CLP", dt.date(2003, 9, 8))
    assert (claim.time, claim.receipt_number, claim.seller) == (dt.time(12, 28, 31), "27", "RUT DE PRUEBA")
    assert claim.tax_id == TaxId("rut", "CL", "979750005", valid=True)
    assert {"total", "date", "tax_id"} <= claim.proved


def test_a_stamp_with_accents_in_latin_1_is_proved_and_names_the_seller() -> None:
    claim = claim_of(chilean_stamp())
    assert claim.seller == "ALMACÉN & CÍA"
    assert "total" in claim.proved


@pytest.mark.parametrize(
    ("kind", "document", "total"),
    [
        (33, Document.SALE, Decimal(11990)),
        (39, Document.SALE, Decimal(11990)),
        (41, Document.SALE, Decimal(11990)),
        (56, Document.SALE, Decimal(11990)),
        (61, Document.REFUND, Decimal(-11990)),
        (52, Document.OTHER, Decimal(11990)),
    ],
)
def test_a_credit_note_is_a_refund_and_a_delivery_note_no_purchase(
    kind: int, document: Document, total: Decimal
) -> None:
    claim = claim_of(chilean_stamp(kind))
    assert (claim.document, claim.total) == (document, total)
    assert claim.proved


def test_a_stamp_that_the_till_broke_into_lines_or_wrote_in_utf_8_is_proved() -> None:
    stamp = chilean_stamp()
    for changed in (stamp.replace(b"><", b">\r\n  <"), stamp.decode("latin-1").encode("utf-8")):
        claim = claim_of(changed)
        assert claim.proved
        assert claim.seller == "ALMACÉN & CÍA"


def test_a_declaration_before_the_stamp_does_not_matter() -> None:
    assert claim_of(b'<?xml version="1.0" encoding="ISO-8859-1"?>\n' + chilean_stamp()).proved


def test_a_changed_total_is_not_proved() -> None:
    claim = claim_of(chilean_stamp().replace(b"<MNT>11990<", b"<MNT>19990<"))
    assert (claim.total, claim.proved) == (Decimal(19990), frozenset())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<RE>76086428-5</RE><TD>39", b"<RE>76086428-4</RE><TD>39"),
        (b"<D>1</D><H>9000<", b"<D>4712</D><H>9000<"),
        (b"</RS><TD>39<", b"</RS><TD>33<"),
    ],
)
def test_a_stamp_without_a_right_signature_whose_parts_contradict_each_other_is_no_stamp(
    old: bytes, new: bytes
) -> None:
    stamp = chilean_stamp()
    assert old in stamp
    assert parse(stamp.replace(old, new)) is None


def test_the_time_of_a_stamp_of_another_day_is_not_that_of_the_purchase() -> None:
    claim = claim_of(chilean_stamp(stamped="2026-11-06T00:10:00"))
    assert (claim.date, claim.time) == (dt.date(2026, 11, 5), None)


@pytest.mark.parametrize("total", ["11990.00", "1.990", "-1", "", "1e9", "١٢", "9" * 13])
def test_an_amount_that_is_not_in_whole_pesos_makes_it_another_format(total: str) -> None:
    assert parse(chilean_stamp().replace(b"<MNT>11990<", f"<MNT>{total}<".encode())) is None


@pytest.mark.parametrize(
    "start",
    [
        b'<!DOCTYPE TED [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<?xml version="1.0"?><!DOCTYPE TED SYSTEM "http://example.org/x.dtd">',
        b'<?xml version="1.0"?><!DOCTYPE TED [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        b"<!-- -->",
    ],
)
def test_a_declaration_of_entities_is_refused(start: bytes) -> None:
    assert parse(start + chilean_stamp()) is None


def test_an_entity_in_a_name_is_never_resolved() -> None:
    claim = claim_of(chilean_stamp(RS="A &xxe; &amp;lt; B"))
    assert claim.seller == "A &xxe; &lt; B"


def test_a_key_outside_of_the_bounds_proves_nothing() -> None:
    message, odd = b"message", 2**4096 + 1
    assert not verifies(PublicKey(odd, 3), bytes(513), message)
    assert not verifies(PublicKey(2**503 + 1, 3), bytes(63), message)
    assert not verifies(PublicKey(2**511 + 1, 1), bytes(64), message)
    assert not verifies(PublicKey(2**511 + 1, 2**32 + 1), bytes(64), message)
    assert not verifies(PublicKey(2**511, 3), bytes(64), message)


def test_a_signature_that_only_ends_in_the_hash_proves_nothing() -> None:
    """With exponent 3, a cube that ends in the right bytes can be computed by anybody; the padding cannot be met."""
    info = bytes.fromhex("3021300906052b0e03021a05000414")
    message = next(text for text in (b"%d" % at for at in range(99)) if sha1_of(text)[-1] % 2)
    ending = b"\0" + info + sha1_of(message)
    target, root = int.from_bytes(ending, "big"), 1
    for bit in range(1, 8 * len(ending)):
        if (root**3 ^ target) >> bit & 1:
            root |= 1 << bit
    modulus = chilean_key().public_key().public_numbers().n
    forged = root.to_bytes(128, "big")
    assert (root**3).to_bytes(128, "big").endswith(ending)
    assert not verifies(PublicKey(modulus, 3), forged, message)


def test_a_signature_of_another_length_or_above_the_modulus_proves_nothing() -> None:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    numbers = chilean_key().public_key().public_numbers()
    key = PublicKey(numbers.n, numbers.e)
    signature = chilean_key().sign(b"message", padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - the format's
    assert verifies(key, signature, b"message")
    assert not verifies(key, signature, b"massage")
    assert not verifies(key, b"\0" + signature, b"message")
    raised = int.from_bytes(signature, "big") + numbers.n
    assert not verifies(key, raised.to_bytes(129, "big"), b"message")


def test_no_change_of_a_stamp_is_proved_with_another_content() -> None:
    stamp = chilean_stamp()
    original = claim_of(stamp)
    chance = random.Random(20261105)  # noqa: S311 - the same changes in every run
    for _ in range(2000):
        changed = bytearray(stamp)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            at = chance.randrange(len(changed))
            changed[at : at + chance.choice((0, 1, 1, 1, 2))] = chance.randbytes(chance.choice((0, 1, 1)))
        claim = parse(bytes(changed))
        assert claim is None or not claim.proved or claim == original


def test_digits_changed_within_the_signed_part_are_never_proved() -> None:
    stamp = chilean_stamp()
    start, end = stamp.index(b"<DD>"), stamp.index(b"</DD>")
    for at in range(start, end):
        if 48 <= stamp[at] <= 57:
            changed = stamp[:at] + bytes([48 + (stamp[at] - 47) % 10]) + stamp[at + 1 :]
            claim = parse(changed)
            assert claim is None or not claim.proved


def test_a_key_in_the_stamp_that_is_no_base64_leaves_it_unproved() -> None:
    modulus = base64.b64encode(chilean_key().public_key().public_numbers().n.to_bytes(128, "big"))
    claim = parse(chilean_stamp().replace(modulus, b"===="))
    assert claim is None or not claim.proved
