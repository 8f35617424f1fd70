"""Makes new inputs of known ones: bits turned, bytes, numbers and pieces replaced, repeated, left out, mixed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

LONGEST = 1_000_000
"""Bytes of an input."""

NUMBERS = tuple(
    number.to_bytes(size, order)
    for size in (1, 2, 4)
    for number in (0, 1, 2**7 - 1, 2**7, 2 ** (8 * size - 1) - 1, 2 ** (8 * size - 1), 2 ** (8 * size) - 1)
    for order in ("little", "big")
    if number < 2 ** (8 * size)
)
"""Where sizes and offsets go wrong."""

TOKENS = (
    b"TOTAL",
    b"12.50",
    b"\xc2\xa0",
    b"\t",
    b"\n",
    b"-",
    b'"',
    b"[",
    b"{",
    b"1e999",
    b"\x00",
    b"\xe5\x90\x88",
    b"0x",
)

Change = Callable[[bytearray, random.Random, Sequence[bytes]], None]


def mutated(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """Return one of ``seeds`` with one to eight changes; LONGEST at most, and never empty."""
    data = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8))):
        chance.choice(CHANGES)(data, chance, seeds)
    return bytes(data[:LONGEST]) or b"\x00"


def _span(data: bytearray, chance: random.Random) -> slice:
    start = chance.randrange(len(data) + 1)
    return slice(start, start + chance.choice((1, 2, 4, 16, 64, 1024)))


def _turn_bit(data: bytearray, chance: random.Random, _seeds: Sequence[bytes]) -> None:
    if data:
        data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)


def _replace(data: bytearray, chance: random.Random, _seeds: Sequence[bytes]) -> None:
    piece = chance.choice((*NUMBERS, *TOKENS, chance.randbytes(4)))
    start = chance.randrange(len(data) + 1)
    data[start : start + len(piece)] = piece


def _insert(data: bytearray, chance: random.Random, _seeds: Sequence[bytes]) -> None:
    start = chance.randrange(len(data) + 1)
    data[start:start] = chance.choice((*NUMBERS, *TOKENS)) * chance.choice((1, 1, 1, 7, 300))


def _leave_out(data: bytearray, chance: random.Random, _seeds: Sequence[bytes]) -> None:
    del data[_span(data, chance)]


def _repeat(data: bytearray, chance: random.Random, _seeds: Sequence[bytes]) -> None:
    span = _span(data, chance)
    data[span.stop : span.stop] = data[span] * chance.choice((1, 2, 50))


def _cut(data: bytearray, chance: random.Random, _seeds: Sequence[bytes]) -> None:
    del data[chance.randrange(len(data) + 1) :]


def _mix(data: bytearray, chance: random.Random, seeds: Sequence[bytes]) -> None:
    other = chance.choice(seeds)
    data[chance.randrange(len(data) + 1) :] = other[chance.randrange(len(other) + 1) :]


CHANGES: tuple[Change, ...] = (_turn_bit, _turn_bit, _replace, _replace, _insert, _leave_out, _repeat, _cut, _mix)
