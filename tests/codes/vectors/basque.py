"""Links of TicketBAI, with their two check sums."""

from __future__ import annotations

BISCAY = "https://batuz.eus/QRTBAI/"


def link(
    total: str = "16.50", day: str = "051126", *, nif: str = "B00000034", series: str = "T", base: str = BISCAY
) -> str:
    """Return a link; ``day`` is DDMMYY."""
    start = f"TBAI-{nif}-{day}-abcdefghijklm-"
    whole = f"{base}?id={start}{check(start)}&s={series}&nf=4711&i={total}"
    return f"{whole}&cr={check(whole)}"


def check(text: str) -> str:
    """Return the remainder of the bits after division by x^8 + x^2 + x + 1, as three decimal digits."""
    rest = int.from_bytes(text.encode()) << 8
    for shift in range(rest.bit_length() - 9, -1, -1):
        if rest >> (shift + 8) & 1:
            rest ^= 0x107 << shift
    return f"{rest:03d}"
