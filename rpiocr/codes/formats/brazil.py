"""Brazil: the links of NFC-e receipts, of all versions, and the codes of São Paulo's CF-e SAT.

All hold a key of 44 characters with the seller's number and a check digit. Receipts that were sent to the office when
they were issued state nothing but this key, which holds the month and no day; those of version 1, those issued offline
and those of SAT state the total, too.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import hex_bytes, text_of
from rpiocr.codes.formats.links import Link, link_to
from rpiocr.codes.formats.moments import as_printed, day, iso_moment, moment
from rpiocr.codes.formats.money import stated
from rpiocr.codes.formats.tax_numbers import is_valid, tax_id
from rpiocr.model.codes import CodeClaim, Document

KEY = re.compile(
    r"(?P<state>[1-5][0-9])(?P<month>[0-9]{2}(?:0[1-9]|1[0-2]))(?P<cnpj>[0-9A-Z]{12}[0-9]{2})(?P<model>59|65)"
    r"(?P<rest>[0-9]{21})[0-9]"
)
"""State, year and month, seller, model (65 NFC-e, 59 SAT), series or device, number, code, check digit."""

SAT = re.compile(
    r"(?:CFe)?(?P<key>[0-9A-Z]{44})\|(?P<time>[0-9]{14})\|(?P<total>[0-9.]{1,16})\|[0-9A-Z]{0,14}\|[A-Za-z0-9+/=]*"
)

ONLINE_PARTS = {"2": (5,), "3": (3,)}
OFFLINE_PARTS = 8
"""Parts between upright strokes: the second is the version, the third the environment."""

VERSION_1_ENDING = {"digval", "chashqrcode"}
TESTS = "2"
"""The environment for tests, ``tpAmb``."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return what the code of a receipt states."""
    if payload[44:45] == b"|" or payload[:3] == b"CFe":
        return _sat(text_of(payload) or "")
    link = link_to(payload, "gov.br")
    if link is None or not any(word in (link.host + link.path).lower() for word in ("qrcode", "nfc")):
        return None
    pairs = link.values()
    if "chnfe" in pairs:
        return _version_1(link)
    parts = pairs.get("p", "").split("|")
    return _version_2(parts) if len(parts) > 2 else None


def _key_claim(key: str, kind: str, model: str) -> CodeClaim | None:
    """Return what a key states, ``None`` if its check digit or the seller's are wrong."""
    match = KEY.fullmatch(key)
    if match is None or match["model"] != model or _check_digit(key[:-1]) != int(key[-1]):
        return None
    if not is_valid("br.cnpj", match["cnpj"]):
        return None
    number = match["rest"][3:12] if model == "65" else match["rest"][9:15]
    return CodeClaim(
        kind=kind,
        country="BR",
        currency="BRL",
        tax_id=tax_id("cnpj", "BR", match["cnpj"], "br.cnpj"),
        receipt_number=number.lstrip("0") or "0",
    )


def _check_digit(characters: str) -> int:
    """Modulo 11 with weights from 2 to 9 from the right; letters, in numbers since 2026, count by their ASCII code."""
    total = sum((ord(character) - 48) * (2 + at % 8) for at, character in enumerate(reversed(characters)))
    return (11 - total % 11) % 11 % 10


def _version_2(parts: list[str]) -> CodeClaim | None:
    """Return what versions 2 and 3 state, online or offline."""
    claim = _key_claim(parts[0].upper(), "br-nfce", "65")
    version, environment = parts[1], parts[2]
    if claim is None or version not in ONLINE_PARTS or environment not in ("1", TESTS):
        return None
    if environment == TESTS:
        claim = replace(claim, document=Document.TRAINING)
    if len(parts) in ONLINE_PARTS[version]:
        return claim
    total = amount(parts[4], 0, 2) if len(parts) == OFFLINE_PARTS else None
    date = day(parts[0][2:6] + parts[3], "YYMMDD") if total is not None else None
    return replace(claim, total=stated(total, "BRL"), date=date) if date else None


def _version_1(link: Link) -> CodeClaim | None:
    """Return what version 1 states: its time is that of the seller's state, with its offset."""
    pairs = link.values()
    claim = _key_claim(pairs["chnfe"].upper(), "br-nfce", "65")
    when = _coded_time(pairs.get("dhemi", ""))
    total, tax = amount(pairs.get("vnf", ""), 0, 2), amount(pairs.get("vicms", ""), 0, 2)
    environment = pairs.get("tpamb")
    if claim is None or not pairs.keys() >= VERSION_1_ENDING or environment not in ("1", TESTS):
        return None
    if pairs.get("nversao") != "100" or when is None or total is None:
        return None
    document = Document.TRAINING if environment == TESTS else Document.SALE
    return replace(
        claim, document=document, total=stated(total, "BRL"), tax=stated(tax, "BRL"), date=when.date(), time=when.time()
    )


def _coded_time(digits: str) -> dt.datetime | None:
    packed = hex_bytes(digits)
    found = iso_moment(text_of(packed) or "") if packed else None
    return as_printed(found) if found else None


def _sat(text: str) -> CodeClaim | None:
    match = SAT.fullmatch(text.strip())
    claim = _key_claim(match["key"], "br-sat", "59") if match else None
    when = moment(match["time"], "YYYYMMDDhhmmss") if match else None
    total = amount(match["total"], 0, 2) if match else None
    if claim is None or when is None or total is None:
        return None
    return replace(claim, total=stated(total, "BRL"), date=when.date(), time=when.time())
