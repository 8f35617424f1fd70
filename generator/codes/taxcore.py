"""The QR code of TaxCore, as Serbia and other countries use it: a link with bytes that end with their MD5 sum."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import quote
from zoneinfo import ZoneInfo

from generator.codes.facts import Facts, Payload, Stated
from generator.dice import Dice


@dataclass(frozen=True, slots=True, kw_only=True)
class Invoice:
    """What the bytes hold; ``when`` is in UTC, and ``total`` has no sign."""

    requested_by: str
    signed_by: str
    counter: int
    kind_counter: int
    total: Decimal
    when: dt.datetime
    kind: int = 0
    refund: bool = False
    buyer: bytes = b""
    internal: bytes = bytes(256)
    signature: bytes = bytes(256)

    def encoded(self) -> bytes:
        """Return the bytes of version 3."""
        body = b"\x03" + self.requested_by.encode() + self.signed_by.encode()
        body += struct.pack("<IIQ", self.counter, self.kind_counter, int(self.total * 10000))
        body += struct.pack(">Q", round(self.when.timestamp() * 1000))
        body += bytes([self.kind, self.refund, len(self.buyer)]) + self.buyer + self.internal + self.signature
        return body + hashlib.md5(body, usedforsecurity=False).digest()

    def link(self, host: str) -> str:
        """Return the text of the code."""
        return f"https://{host}/v/?vl={quote(base64.b64encode(self.encoded()).decode(), safe='')}"


def encode(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the code of a Serbian receipt."""
    invoice = Invoice(
        requested_by=dice.fill("ZZ##ZZ##"),
        signed_by=dice.fill("ZZ##ZZ##"),
        counter=dice.between(1, 2**20),
        kind_counter=dice.between(1, 2**18),
        total=abs(facts.total),
        when=facts.when.replace(tzinfo=ZoneInfo("Europe/Belgrade")).astimezone(dt.UTC),
        refund=facts.refund,
        buyer=b"10:" + dice.fill("#########").encode() if dice.chance(0.15) else b"",
        internal=dice.generator.bytes(256),
        signature=dice.generator.bytes(256),
    )
    number = f"{invoice.requested_by}-{invoice.signed_by}-{invoice.counter}"
    stated = Stated(kind="taxcore", total=facts.total, currency="RSD", when=facts.when, number=number)
    return (Payload(data=invoice.link("suf.purs.gov.rs").encode(), stated=stated),)
