"""RSA signatures of codes that hold their own key: PKCS #1 version 1.5 with SHA-1, as RFC 8017 section 8.2.2 checks it.

By hand, as OpenSSL refuses the keys of 512 bits with which millions of receipts are signed. That such a key could be
broken does not matter: the signature proves that a code was read without error, not who made it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

LEAST_BITS, MOST_BITS = 512, 4096
MOST_EXPONENT = 2**32
"""Bounds of a key, so that nothing in a code makes the check take long."""

SHA1_INFO = bytes.fromhex("3021300906052b0e03021a05000414")
"""What stands before a SHA-1 hash in a signature, in DER."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The modulus and the exponent of an RSA key."""

    modulus: int
    exponent: int

    @property
    def is_usable(self) -> bool:
        """Return whether the key is within the bounds, and odd, as all are."""
        return (
            LEAST_BITS <= self.modulus.bit_length() <= MOST_BITS
            and 3 <= self.exponent < MOST_EXPONENT
            and self.modulus % 2 == self.exponent % 2 == 1
        )


def verifies(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Return whether the signature is that of the message: every byte of the padding is compared."""
    size = (key.modulus.bit_length() + 7) // 8
    number = int.from_bytes(signature, "big")
    if not key.is_usable or len(signature) != size or number >= key.modulus:
        return False
    ending = b"\0" + SHA1_INFO + hashlib.sha1(message, usedforsecurity=False).digest()
    expected = b"\0\1" + b"\xff" * (size - len(ending) - 2) + ending
    return pow(number, key.exponent, key.modulus).to_bytes(size, "big") == expected
