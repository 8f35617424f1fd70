"""The signature in the code of a German till: a log message of its security device, which the code repeats in full.

The message is the one of BSI TR-03151, the signature plain ECDSA of BSI TR-03111. The key is in the code itself, so
that a valid signature proves a faithful reading, not who made the receipt.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
    from cryptography.hazmat.primitives.hashes import HashAlgorithm

VERSION = bytes.fromhex("020102")
LOG_TYPE = bytes.fromhex("060904007f000703070101")
OPERATION = b"FinishTransaction"
ALGORITHMS = {
    "ecdsa-plain-sha224": ("SHA224", 2),
    "ecdsa-plain-sha256": ("SHA256", 3),
    "ecdsa-plain-sha384": ("SHA384", 4),
    "ecdsa-plain-sha512": ("SHA512", 5),
}
"""Hash and last byte of the object identifier below 0.4.0.127.0.7.1.1.4.1."""

CURVES = {
    32: ("SECP256R1", "BrainpoolP256R1"),
    48: ("SECP384R1", "BrainpoolP384R1"),
    64: ("BrainpoolP512R1",),
}
"""By the length of a coordinate in bytes; a point is on one of them only."""


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a code as they are written, the version left out; ``finish`` is when the process ended, in UTC."""

    client: str
    process: str
    data: str
    transaction: str
    counter: str
    finish: dt.datetime
    algorithm: str
    time_format: str
    signature: bytes
    key: bytes


def is_signed(fields: Fields) -> bool:
    """Return whether the signature of a code fits its other fields; ``False`` for algorithms that are not known."""
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    known = ALGORITHMS.get(fields.algorithm.lower())
    when = _time(fields.finish, fields.time_format)
    key = _key(fields.key)
    if known is None or when is None or key is None:
        return False
    name, identifier = known
    algorithm: HashAlgorithm = getattr(hashes, name)()
    try:
        key.verify(
            _der(fields.signature, len(fields.key) // 2), _message(fields, identifier, when), ec.ECDSA(algorithm)
        )
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        return False
    return True


def _key(point: bytes) -> EllipticCurvePublicKey | None:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec

    if point[:1] != b"\x04" or len(point) % 2 == 0:
        return None
    for name in CURVES.get(len(point) // 2, ()):
        try:
            return ec.EllipticCurvePublicKey.from_encoded_point(getattr(ec, name)(), point)
        except (ValueError, UnsupportedAlgorithm):
            continue
    return None


def _der(signature: bytes, size: int) -> bytes:
    """Return a signature in DER: most codes have both of its numbers side by side, some have DER already."""
    from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

    if len(signature) != 2 * size:
        return signature
    return encode_dss_signature(int.from_bytes(signature[:size]), int.from_bytes(signature[size:]))


def _message(fields: Fields, algorithm: int, when: bytes) -> bytes:
    identifier = bytes.fromhex("04007f000701010401") + bytes([algorithm])
    return b"".join(
        (
            VERSION,
            LOG_TYPE,
            _element(0x80, OPERATION),
            _element(0x81, fields.client.encode()),
            _element(0x82, fields.data.encode()),
            _element(0x83, fields.process.encode()),
            _element(0x85, _integer(int(fields.transaction))),
            _element(0x04, hashlib.sha256(fields.key).digest()),
            _element(0x30, _element(0x06, identifier)),
            _element(0x02, _integer(int(fields.counter))),
            when,
        )
    )


def _time(when: dt.datetime, form: str) -> bytes | None:
    if form == "unixTime":
        return _element(0x02, _integer(int(when.timestamp())))
    if form in ("utcTime", "utcTimeWithSeconds"):
        return _element(0x17, when.strftime("%y%m%d%H%M%SZ").encode())
    return _element(0x18, when.strftime("%Y%m%d%H%M%SZ").encode()) if form == "generalizedTime" else None


def _integer(number: int) -> bytes:
    """Return a number that is not negative as the shortest signed one, most significant byte first."""
    return number.to_bytes(number.bit_length() // 8 + 1)


def _element(tag: int, content: bytes) -> bytes:
    """Return a DER element; lengths over 127 are preceded by how many bytes they have."""
    length = len(content)
    if length < 0x80:
        return bytes([tag, length]) + content
    size = (length.bit_length() + 7) // 8
    return bytes([tag, 0x80 | size]) + length.to_bytes(size) + content
