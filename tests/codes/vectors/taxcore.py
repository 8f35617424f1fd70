"""Links of TaxCore, with the MD5 of their bytes."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from urllib.parse import quote

SERBIA = "suf.purs.gov.rs"
NOON = dt.datetime(2025, 11, 5, 11, 34, 56, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a link states; ``kind`` is the type of the invoice, ``internal`` the length of what the office can read."""

    total: str = "1234.56"
    when: dt.datetime = NOON
    host: str = SERBIA
    kind: int = 0
    refund: int = 0
    buyer: bytes = b""
    version: int = 3
    internal: int = 256
    digest: bool = True

    def link(self) -> bytes:
        """Return the link."""
        whole, _, decimals = self.total.partition(".")
        data = b"".join(
            (
                bytes([self.version]),
                b"AB12CD34" * 2,
                (152).to_bytes(4, "little"),
                (149).to_bytes(4, "little"),
                int(whole + decimals.ljust(4, "0")).to_bytes(8, "little"),
                (int(self.when.timestamp()) * 1000).to_bytes(8, "big"),
                bytes([self.kind, self.refund, len(self.buyer)]),
                self.buyer,
                bytes(range(256)) * (self.internal // 256),
                bytes(range(256)),
            )
        )
        sealed = data + hashlib.md5(data, usedforsecurity=False).digest() if self.digest else data
        return f"https://{self.host}/v/?vl={quote(base64.b64encode(sealed), safe='')}".encode()


def link(**changes: object) -> bytes:
    """Return the link of a Serbian receipt with some of its values changed."""
    return replace(Receipt(), **changes).link()  # type: ignore[arg-type]
