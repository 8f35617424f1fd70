"""Keys of the generator's own, with which codes are signed: the same ones in every run, and of no use elsewhere."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVES: dict[str, tuple[type[ec.EllipticCurve], int]] = {
    "secp256r1": (ec.SECP256R1, 256),
    "brainpoolP256r1": (ec.BrainpoolP256R1, 256),
    "secp384r1": (ec.SECP384R1, 384),
    "brainpoolP384r1": (ec.BrainpoolP384R1, 384),
}
"""Curves of German security modules, and the size of their numbers in bits."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key on a curve; ``size`` is that of its numbers in bytes, ``public`` the uncompressed point."""

    key: ec.EllipticCurvePrivateKey
    size: int
    public: bytes

    def sign(self, message: bytes, digest: hashes.HashAlgorithm) -> bytes:
        """Return the plain signature: r and s, one after the other. The same message always gets the same one."""
        algorithm = ec.ECDSA(digest, deterministic_signing=True)
        r, s = utils.decode_dss_signature(self.key.sign(message, algorithm))
        return r.to_bytes(self.size, "big") + s.to_bytes(self.size, "big")


@cache
def signer(curve: str, number: int = 1) -> Signer:
    """Return key ``number`` on a curve of ``CURVES``."""
    kind, bits = CURVES[curve]
    seed = hashlib.sha512(f"generator {curve} {number}".encode()).digest()
    key = ec.derive_private_key(int.from_bytes(seed[: bits // 8 - 1], "big"), kind())
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return Signer(key, bits // 8, public)


@dataclass(frozen=True, slots=True)
class RsaKey:
    """A small RSA key, as Chilean tills get one with each range of numbers."""

    modulus: int
    exponent: int
    secret: int

    @property
    def size(self) -> int:
        """Length of the modulus in bytes."""
        return (self.modulus.bit_length() + 7) // 8

    def sign(self, message: bytes) -> bytes:
        """Return the signature PKCS #1 v1.5 with SHA-1."""
        digest = bytes.fromhex("3021300906052b0e03021a05000414") + hashlib.sha1(message, usedforsecurity=False).digest()
        padded = b"\x00\x01" + b"\xff" * (self.size - len(digest) - 3) + b"\x00" + digest
        return pow(int.from_bytes(padded, "big"), self.secret, self.modulus).to_bytes(self.size, "big")


def rsa_key() -> RsaKey:
    """Return the key: two fixed primes of 256 bits, with exponent 3."""
    p = 0xD97338A851AF9A88F3819580D875A1AD6B54ACEC9F9A7611EA75ABDAC7781ED1
    q = 0xDB67E84008520F83D082AF52D7FE484255A2D0AF02C8755F60B22B568696380B
    return RsaKey(p * q, 3, pow(3, -1, (p - 1) * (q - 1)))
