"""Payloads that a decoder might hand over by mistake, and bytes of any kind."""

from __future__ import annotations

import random
import string
from collections.abc import Iterator

ALPHABET = (string.ascii_letters + string.digits + "+/=%&;:_^*.,- |?#").encode("ascii")


def mutations(payload: bytes, count: int, seed: int = 1) -> Iterator[bytes]:
    """Yield payloads with one to three bytes replaced, dropped, doubled or exchanged, each different from the first."""
    dice = random.Random(seed)  # noqa: S311 - nothing is secret
    made = 0
    while made < count:
        damaged = bytearray(payload)
        for _ in range(dice.choice((1, 1, 1, 2, 3))):
            _damage(damaged, dice)
        if bytes(damaged) != payload:
            made += 1
            yield bytes(damaged)


def _damage(payload: bytearray, dice: random.Random) -> None:
    place = dice.randrange(len(payload) - 1)
    way = dice.randrange(5)
    if way == 0:
        del payload[place]
    elif way == 1:
        payload.insert(place, payload[place])
    elif way == 2:
        payload[place], payload[place + 1] = payload[place + 1], payload[place]
    else:
        digit = chr(payload[place]).isdigit()
        payload[place] = dice.choice(b"0123456789" if digit else ALPHABET)


def random_payloads(count: int, seed: int = 2) -> Iterator[bytes]:
    """Yield bytes, text of the letters that codes consist of, digits and links, of 0 to 400 bytes."""
    dice = random.Random(seed)  # noqa: S311 - nothing is secret
    for index in range(count):
        length = dice.randrange(400)
        if index % 4 == 0:
            yield dice.randbytes(length)
        elif index % 4 == 1:
            yield bytes(dice.choices(ALPHABET, k=length))
        elif index % 4 == 2:
            yield "".join(dice.choices(string.digits, k=dice.choice((13, 44, 60, length)))).encode()
        else:
            path = bytes(dice.choices(ALPHABET, k=length)).decode("ascii")
            yield f"https://{dice.choice(('shop.example', 'suf.purs.gov.rs', 'batuz.eus'))}/{path}".encode()
