"""German codes, signed as a security device does, with a key made for it."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

CURVES: dict[str, type[ec.EllipticCurve]] = {
    "secp256r1": ec.SECP256R1,
    "brainpoolP256r1": ec.BrainpoolP256R1,
    "secp384r1": ec.SECP384R1,
    "brainpoolP384r1": ec.BrainpoolP384R1,
    "brainpoolP512r1": ec.BrainpoolP512R1,
}
HASHES: dict[str, tuple[hashes.HashAlgorithm, int]] = {
    "224": (hashes.SHA224(), 2),
    "256": (hashes.SHA256(), 3),
    "384": (hashes.SHA384(), 4),
    "512": (hashes.SHA512(), 5),
}
TIMES = {"unixTime": (0x02, ""), "utcTime": (0x17, "%y%m%d%H%M%SZ"), "generalizedTime": (0x18, "%Y%m%d%H%M%SZ")}


@dataclass(frozen=True, slots=True)
class Till:
    """What a code says, and how it is signed; ``printed`` is the finish time where a till prints another form."""

    data: str = "Beleg^12.30_4.20_0.00_0.00_0.00^10.00:Bar_6.50:Unbar"
    process: str = "Kassenbeleg-V1"
    finish: dt.datetime = dt.datetime(2026, 11, 5, 12, 34, 56, tzinfo=dt.UTC)
    client: str = "KASSE-1"
    transaction: int = 4711
    counter: int = 9876
    curve: str = "secp256r1"
    digest: str = "256"
    time_format: str = "unixTime"
    der: bool = False
    printed: str | None = None
    version: str = "V0"

    def code(self, **changes: object) -> bytes:
        """Return the code, with some of the values changed before it is signed."""
        return replace(self, **changes)._signed()  # type: ignore[arg-type]

    def _signed(self) -> bytes:
        key = _key(self.curve)
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        algorithm, _ = HASHES[self.digest]
        signature = key.sign(self._message(point), ec.ECDSA(algorithm))
        if not self.der:
            size = len(point) // 2
            signature = b"".join(number.to_bytes(size) for number in decode_dss_signature(signature))
        start = self.finish - dt.timedelta(seconds=46)
        fields = (
            *(self.version, self.client, self.process, self.data, str(self.transaction), str(self.counter)),
            *(iso(start), self.printed or iso(self.finish), f"ecdsa-plain-SHA{self.digest}", self.time_format),
            *(base64.b64encode(part).decode("ascii") for part in (signature, point)),
        )
        return ";".join(fields).encode()

    def _message(self, point: bytes) -> bytes:
        tag, form = TIMES[self.time_format]
        when = self.finish.strftime(form).encode() if form else number(int(self.finish.timestamp()))
        identifier = bytes.fromhex("04007f000701010401") + bytes([HASHES[self.digest][1]])
        return b"".join(
            (
                element(0x02, b"\x02"),
                element(0x06, bytes.fromhex("04007f000703070101")),
                element(0x80, b"FinishTransaction"),
                element(0x81, self.client.encode()),
                element(0x82, self.data.encode()),
                element(0x83, self.process.encode()),
                element(0x85, number(self.transaction)),
                element(0x04, hashlib.sha256(point).digest()),
                element(0x30, element(0x06, identifier)),
                element(0x02, number(self.counter)),
                element(tag, when),
            )
        )


@cache
def _key(curve: str) -> EllipticCurvePrivateKey:
    return ec.derive_private_key(0x5EED_0123_4567_89AB_CDEF_0123_4567_89AB, CURVES[curve]())


def iso(when: dt.datetime) -> str:
    """Return a time as most tills print it."""
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def number(value: int) -> bytes:
    """Return the shortest signed number, most significant byte first."""
    size = 1
    while value >= 1 << (8 * size - 1):
        size += 1
    return value.to_bytes(size)


def element(tag: int, content: bytes) -> bytes:
    """Return an element in DER, of up to 65,535 bytes."""
    count = len(content)
    length = bytes([count]) if count < 128 else b"\x81" + bytes([count]) if count < 256 else b"\x82" + count.to_bytes(2)
    return bytes([tag]) + length + content
