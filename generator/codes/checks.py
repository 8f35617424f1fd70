"""Check digits and sums that formats of codes prescribe."""

from __future__ import annotations


def crc8(text: str) -> int:
    """Return the CRC-8 with polynomial 0x07 and start 0 of the text in UTF-8."""
    value = 0
    for byte in text.encode():
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ 0x07 if value & 0x80 else value << 1) & 0xFF
    return value


def crc16(text: str) -> int:
    """Return the CRC-16/CCITT-FALSE (polynomial 0x1021, start 0xFFFF) of the text in UTF-8."""
    value = 0xFFFF
    for byte in text.encode():
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


def mod11_digit(digits: str) -> int:
    """Return the check digit with weights 2 to 9 from the right; remainders that give 10 or 11 give 0."""
    total = sum(int(digit) * (2 + place % 8) for place, digit in enumerate(reversed(digits)))
    rest = 11 - total % 11
    return 0 if rest > 9 else rest


def iban(country: str, account: str) -> str:
    """Return the IBAN of an account number (capitals and digits) with its two check digits."""
    letters = f"{account}{country}00"
    number = int("".join(str(int(character, 36)) for character in letters))
    return f"{country}{98 - number % 97:02}{account}"


def qr_reference(digits: str) -> str:
    """Return 26 digits with their recursive check digit modulo 10, as Swiss bills have it."""
    table = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
    carry = 0
    for digit in digits:
        carry = table[(carry + int(digit)) % 10]
    return f"{digits}{(10 - carry) % 10}"
