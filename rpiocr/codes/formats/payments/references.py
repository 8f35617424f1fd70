"""Check digits of accounts and of payment references."""

from __future__ import annotations

import re

IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
CREDITOR_REFERENCE = re.compile(r"RF[0-9]{2}[A-Z0-9]{1,21}")
QR_REFERENCE = re.compile(r"[0-9]{27}")

CARRIES = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
"""The table of the recursive modulo 10 of Swiss payment slips."""


def iban(text: str) -> str | None:
    """Return an account number without blanks if its check digits agree (ISO 13616)."""
    number = text.replace(" ", "").upper()
    return number if IBAN.fullmatch(number) and _modulo_97(number) == 1 else None


def is_creditor_reference(text: str) -> bool:
    """Return whether a text is a reference of ISO 11649, such as ``RF18539007547034``."""
    number = text.replace(" ", "").upper()
    return bool(CREDITOR_REFERENCE.fullmatch(number)) and _modulo_97(number) == 1


def is_qr_reference(text: str) -> bool:
    """Return whether a text is a Swiss reference of 27 digits with its check digit."""
    if not QR_REFERENCE.fullmatch(text):
        return False
    carry = 0
    for digit in text[:-1]:
        carry = CARRIES[(carry + int(digit)) % 10]
    return (10 - carry) % 10 == int(text[-1])


def _modulo_97(number: str) -> int:
    return int("".join(str(int(character, 36)) for character in number[4:] + number[:4])) % 97
