"""Chile: the stamp (TED) of electronic receipts and invoices, XML in a PDF417.

It holds the key that it is signed with, so that it is proved without any certificate. It is read by one strict
expression, in the order that the office prescribes, and by no XML parser: entities are never resolved, and a
declaration of any is another format.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from rpiocr.codes.formats.encodings import base64_bytes
from rpiocr.codes.formats.moments import day, iso_moment
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.names import one_line
from rpiocr.codes.formats.rsa_signature import PublicKey, verifies
from rpiocr.codes.formats.tax_numbers import is_valid, tax_id
from rpiocr.codes.parser import MAX_PAYLOAD
from rpiocr.model.codes import CodeClaim, Document


def _tag(name: str, value: str, attribute: str = "") -> str:
    return rf"<{name}{attribute}>{value}</{name}>\s*"


VERSION = r"""\s+version\s*=\s*["']1\.0["']"""
ALGORITHM = r"""\s+algoritmo\s*=\s*["']SHA1withRSA["']"""
RUT, DAY, WORDS, DIGITS = (
    r"[0-9]{1,9}-[0-9Kk]",
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    r"[^<]{0,200}",
    r"[A-Za-z0-9+/=\s]{1,1200}",
)

RANGE = _tag("RNG", r"\s*" + _tag("D", r"(?P<first>[0-9]{1,10})") + _tag("H", r"(?P<last>[0-9]{1,10})"))
PUBLIC_KEY = _tag("RSAPK", r"\s*" + _tag("M", f"(?P<modulus>{DIGITS})") + _tag("E", f"(?P<exponent>{DIGITS})"))
GRANT = _tag(
    "DA",
    r"\s*"
    + _tag("RE", f"(?P<granted_to>{RUT})")
    + _tag("RS", f"(?P<seller>{WORDS})")
    + _tag("TD", r"(?P<granted_type>[0-9]{1,3})")
    + RANGE
    + _tag("FA", DAY)
    + PUBLIC_KEY
    + f"(?:{_tag('IDK', '[0-9]{1,6}')})?",
)
CAF = _tag("CAF", r"\s*" + GRANT + _tag("FRMA", DIGITS, ALGORITHM), VERSION)
STAMP = re.compile(
    r"\s*(?:<\?xml[^<>]{1,80}\?>\s*)?<TED(?:"
    + VERSION
    + r"|\s+xmlns\s*=\s*\"[^\"<>&]{1,80}\"){1,2}\s*>\s*(?P<signed><DD>\s*"
    + _tag("RE", f"(?P<number>{RUT})")
    + _tag("TD", r"(?P<type>[0-9]{2})")
    + _tag("F", r"(?P<folio>[0-9]{1,10})")
    + _tag("FE", f"(?P<date>{DAY})")
    + _tag("RR", RUT)
    + _tag("RSR", WORDS)
    + _tag("MNT", r"(?P<total>[0-9]{1,12})")
    + _tag("IT1", WORDS)
    + CAF
    + _tag("TSTED", r"(?P<stamped>[0-9T:-]{19})")
    + r"</DD>)\s*"
    + _tag("FRMT", f"(?P<signature>{DIGITS})", ALGORITHM)
    + r"</TED>\s*"
)

START = re.compile(rb"\s*<(?:\?xml|TED)")

DOCUMENTS = {
    **dict.fromkeys(("33", "34", "39", "41", "43", "46", "56"), Document.SALE),
    "61": Document.REFUND,
    "52": Document.OTHER,
}
"""Invoices, receipts and debit notes; credit notes; delivery notes."""

PROVED = frozenset({"total", "date", "time", "seller", "tax_id", "receipt_number"})
"""What the signed part holds."""

ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&amp;": "&"}


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a stamp states, proved if its signature is right.

    One whose signature is wrong was misread, forged or encoded anew by the till: it is read only if the parts of it
    that repeat one another agree, and the check digit of the seller.
    """
    if len(payload) > MAX_PAYLOAD or not START.match(payload):
        return None
    stamp = STAMP.fullmatch(payload.decode("latin-1"))
    claim = _claim(stamp) if stamp else None
    if stamp is None or claim is None:
        return None
    if _is_signed(stamp):
        return replace(claim, proved=PROVED)
    return claim if _agrees(stamp) else None


def _claim(stamp: re.Match[str]) -> CodeClaim | None:
    document = DOCUMENTS.get(stamp["type"])
    date = day(stamp["date"], "YYYY-MM-DD")
    stamped = iso_moment(stamp["stamped"])
    if document is None or date is None:
        return None
    return CodeClaim(
        kind="cl-ted",
        country="CL",
        document=document,
        total=stated(Decimal(stamp["total"]), "CLP", document),
        currency="CLP",
        date=date,
        time=_time(stamped, date),
        seller=one_line(_text(stamp["seller"])),
        tax_id=tax_id("rut", "CL", stamp["number"].replace("-", "").upper(), "cl.rut"),
        receipt_number=stamp["folio"],
    )


def _time(stamped: dt.datetime | None, date: dt.date) -> dt.time | None:
    """Return the time of the stamp, which a document that is dated to another day got at another time."""
    return stamped.time() if stamped and stamped.date() == date else None


def _text(name: str) -> str:
    """Return a name with the predefined entities as characters, and in UTF-8 where a till wrote it in that."""
    for entity, character in ENTITIES.items():
        name = name.replace(entity, character)
    try:
        return name.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return name


def _is_signed(stamp: re.Match[str]) -> bool:
    modulus, exponent, signature = (
        base64_bytes("".join(stamp[name].split())) for name in ("modulus", "exponent", "signature")
    )
    if not modulus or not exponent or not signature:
        return False
    key = PublicKey(int.from_bytes(modulus, "big"), int.from_bytes(exponent, "big"))
    return any(verifies(key, signature, message) for message in _messages(stamp["signed"].encode("latin-1")))


def _messages(coded: bytes) -> Iterator[bytes]:
    """Yield what may have been signed: the bytes of the code, and those before a till broke lines or encoded them anew.

    Each has the same values between its tags.
    """
    unbroken = re.sub(rb">\s+<", b"><", coded)
    yield from dict.fromkeys((coded, unbroken))
    try:
        yield unbroken.decode("utf-8").encode("latin-1")
    except (UnicodeDecodeError, UnicodeEncodeError):
        return


def _agrees(stamp: re.Match[str]) -> bool:
    return (
        stamp["number"].upper() == stamp["granted_to"].upper()
        and stamp["type"] == stamp["granted_type"]
        and int(stamp["first"]) <= int(stamp["folio"]) <= int(stamp["last"])
        and is_valid("cl.rut", stamp["number"])
    )
