"""TaxCore: the links that Serbia, the Serb Republic of Bosnia and some states of the Pacific print on receipts."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rpiocr.codes.formats.amounts import CENT
from rpiocr.codes.formats.encodings import base64_bytes
from rpiocr.codes.formats.links import read_link
from rpiocr.codes.formats.moments import from_unix, local
from rpiocr.model.codes import CodeClaim, Document


@dataclass(frozen=True, slots=True)
class _Place:
    """A country with its domain; ``names`` is how many names its host may have before that."""

    domain: str
    country: str
    currency: str
    zone: str
    names: int

    def kind_of(self, host: str) -> Document | None:
        """Return whether a host of the domain is for receipts or for tests, ``None`` if it is for neither."""
        names = host.removesuffix(self.domain).split(".")[:-1]
        if not TESTS.isdisjoint(names):
            return Document.TRAINING
        return Document.SALE if len(names) <= self.names else None


TESTS = frozenset({"sandbox", "staging", "test", "dev"})
PLACES = (
    _Place("suf.purs.gov.rs", "RS", "RSD", "Europe/Belgrade", 0),
    _Place("suf.poreskaupravars.org", "BA", "BAM", "Europe/Sarajevo", 0),
    _Place("frcs.org.fj", "FJ", "FJD", "Pacific/Fiji", 1),
    _Place("revenue.gov.ws", "WS", "WST", "Pacific/Apia", 1),
    _Place("gov.vu", "VU", "VUV", "Pacific/Efate", 2),
)

PATHS = ("/v/", "/v")
VERSIONS = (2, 3)
BUYER = 43
"""Where the length of the buyer's number is, which comes next."""

INTERNAL, SIGNATURE, DIGEST = 256, 256, 16
WITHOUT_DIGEST = 2
"""The version of which there are codes that end with the signature."""

ISSUER = re.compile(rb"[A-Z0-9]{8}")
MAX_TOTAL = 10**16
"""In ten thousandths."""

DOCUMENTS = (Document.SALE, Document.OTHER, Document.OTHER, Document.TRAINING, Document.SALE)
"""By the type: normal, pro forma, copy, training, advance."""


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a TaxCore link states, proved by the MD5 of all its bytes; ``None`` if that is not right.

    Time is that of the country whose tax office the link leads to. Old codes without an MD5 are not proved.
    """
    link = read_link(payload)
    if link is None or link.path not in PATHS:
        return None
    place = next((one for one in PLACES if link.is_at(one.domain)), None)
    data = base64_bytes(link.values().get("vl", ""))
    if place is None or data is None or not _has_form(data) or not _is_whole(data):
        return None
    kind, when = place.kind_of(link.host), from_unix(int.from_bytes(data[33:41]) // 1000)
    return _claim(data, place, kind, local(when, place.zone)) if kind and when else None


def _has_form(data: bytes) -> bool:
    """Return whether the bytes have a known version, the right length, and issuers, a total and types that exist."""
    if len(data) <= BUYER or data[0] not in VERSIONS or data[41] >= len(DOCUMENTS) or data[42] > 1:
        return False
    if int.from_bytes(data[25:33], "little") > MAX_TOTAL:
        return False
    digest = len(data) - _length(data)
    return (digest == DIGEST or (digest == 0 and data[0] == WITHOUT_DIGEST)) and all(
        ISSUER.fullmatch(issuer) for issuer in (data[1:9], data[9:17])
    )


def _is_whole(data: bytes) -> bool:
    """Return whether the MD5 at the end is that of all bytes before it; codes without one cannot be asked."""
    digest = data[_length(data) :]
    return not digest or hashlib.md5(data[:-DIGEST], usedforsecurity=False).digest() == digest


def _length(data: bytes) -> int:
    """Return the number of bytes without the MD5; internal data may have 512 bytes instead of 256."""
    shorter = BUYER + 1 + data[BUYER] + INTERNAL + SIGNATURE
    return shorter if len(data) <= shorter + DIGEST else shorter + INTERNAL


def _claim(data: bytes, place: _Place, kind: Document, when: dt.datetime) -> CodeClaim:
    refund = data[42] == 1
    document = kind if kind is Document.TRAINING else DOCUMENTS[data[41]]
    total = Decimal(int.from_bytes(data[25:33], "little")).scaleb(-4).quantize(CENT, ROUND_HALF_UP)
    issuers = f"{data[1:9].decode('ascii')}-{data[9:17].decode('ascii')}"
    return CodeClaim(
        "taxcore",
        place.country,
        Document.REFUND if refund and document is Document.SALE else document,
        total=-total if refund else total,
        currency=place.currency,
        date=when.date(),
        time=when.time(),
        receipt_number=f"{issuers}-{int.from_bytes(data[17:21], 'little')}",
        proved=frozenset({"total", "date", "time"} if len(data) > _length(data) else ()),
    )
