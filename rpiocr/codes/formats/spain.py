"""Spain: TicketBAI of the Basque provinces, with two check sums, and the tax code of Veri*factu everywhere else."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.encodings import text_of
from rpiocr.codes.formats.links import link_to, read_link
from rpiocr.codes.formats.moments import day
from rpiocr.codes.formats.tax_numbers import is_valid, tax_id
from rpiocr.model.codes import CodeClaim, Document

TICKETBAI = {
    "batuz.eus": "/qrtbai",
    "tbai.egoitza.gipuzkoa.eus": "/qr",
    "tbai.prep.gipuzkoa.eus": "/qr",
    "ticketbai.araba.eus": "/tbai/qrtbai",
    "pruebas-ticketbai.araba.eus": "/tbai/qrtbai",
}
"""Hosts of Biscay, Gipuzkoa and Alava, and the test hosts of two."""

TICKETBAI_TESTS = ("tbai.prep.gipuzkoa.eus", "pruebas-ticketbai.araba.eus")
CHECKED = "&cr="
IDENTIFIER = re.compile(r"(?P<start>TBAI-(?P<nif>[0-9A-Z]{9})-(?P<day>[0-9]{6})-[!-~]{13}-)(?P<check>[0-9]{3})")

VERIFACTU = ("agenciatributaria.gob.es", "aeat.es")
VERIFACTU_TEST = "pre"
"""How the hosts for tests begin."""

VERIFACTU_PATHS = ("/wlpl/tike-cont/validarqr", "/wlpl/tike-cont/validarqrnoverifactu")
NUMBER = re.compile(r"[ -~]{1,60}")


def parse_ticketbai(payload: bytes) -> CodeClaim | None:
    """Return what a TicketBAI code states, proved by its two check sums; ``None`` if one of them is wrong.

    The first covers the identifier with number of the seller and date, the second the whole link and so the total.
    """
    link = read_link(payload)
    path = TICKETBAI.get(link.host) if link else None
    values = link.values() if link else {}
    if link is None or link.path.lower().rstrip("/") != path or list(values) != ["id", "s", "nf", "i", "cr"]:
        return None
    match = IDENTIFIER.fullmatch(values["id"])
    if match is None or match["check"] != _crc8(match["start"]) or values["cr"] != _crc8(_before_check(payload)):
        return None
    return _claim(
        "es-ticketbai",
        test=link.host in TICKETBAI_TESTS,
        nif=match["nif"],
        total=amount(values["i"], 0, 2, signed=True),
        date=day(match["day"], "DDMMYY"),
        number=values["nf"],
        proved=frozenset({"total", "date"}),
    )


def parse_verifactu(payload: bytes) -> CodeClaim | None:
    """Return what the tax code of Veri*factu states; the check character of the seller's number has to be right."""
    link = link_to(payload, *VERIFACTU)
    if link is None or link.path.lower().rstrip("/") not in VERIFACTU_PATHS:
        return None
    values = link.values()
    if set(values) != {"nif", "numserie", "fecha", "importe"}:
        return None
    return _claim(
        "es-verifactu",
        test=link.host.startswith(VERIFACTU_TEST),
        nif=values["nif"],
        total=amount(values["importe"], 0, 2, signed=True),
        date=day(values["fecha"], "DD-MM-YYYY"),
        number=values["numserie"],
    )


def _before_check(payload: bytes) -> str:
    text = text_of(payload) or ""
    return text.strip().rpartition(CHECKED)[0]


def _crc8(text: str) -> str:
    """Return the check sum of TicketBAI: CRC-8 with the polynomial 0x07 from 0, as three decimal digits."""
    crc = 0
    for byte in text.encode():
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ (0x107 if crc & 0x80 else 0)) & 0xFF
    return f"{crc:03d}"


def _claim(
    kind: str,
    *,
    test: bool,
    nif: str,
    total: Decimal | None,
    date: dt.date | None,
    number: str,
    proved: frozenset[str] = frozenset(),
) -> CodeClaim | None:
    if total is None or date is None or not NUMBER.fullmatch(number):
        return None
    if not re.fullmatch(r"[0-9A-Z]{9}", nif) or not is_valid("es.nif", nif):
        return None
    return CodeClaim(
        kind,
        "ES",
        Document.TRAINING if test else Document.REFUND if total < 0 else Document.SALE,
        total=total,
        currency="EUR",
        date=date,
        tax_id=tax_id("nif", "ES", nif, "es.nif"),
        receipt_number=number,
        proved=proved,
    )
