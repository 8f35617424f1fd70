"""The QR code of Austrian cash registers (RKSV): five gross amounts by rate, and a chained signature."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from decimal import Decimal

from generator.codes.facts import Facts, Payload, Stated
from generator.dice import Dice
from generator.shop import ZERO

RATES: dict[Decimal, int] = {Decimal(rate): place for rate, place in ((20, 0), (10, 1), (13, 2), (0, 3), (19, 4))}
"""The place among the five gross amounts of a rate in per cent."""

BROKEN = base64.b64encode(b"Sicherheitseinrichtung ausgefallen").decode()
"""Stands for the signature while the signature unit does not work."""

CANCELLED = base64.b64encode(b"STO").decode()
"""Stands for the turnover counter of a receipt that takes goods back."""


def encode(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the code; one of fifteen tills has no working signature unit."""
    gross = [ZERO] * 5
    for line in facts.taxes:
        gross[RATES.get(line.rate, 3)] += line.gross
    gross[3] += facts.untaxed
    signature = BROKEN if dice.chance(1 / 15) else _base64(dice, 64)
    counter = CANCELLED if facts.refund and dice.chance(0.5) else _base64(dice, dice.pick((5, 8)))
    number = dice.pick((dice.fill("####"), dice.fill("20##-0####"), facts.number.replace("_", "")))
    fields = (
        "",
        f"R1-AT{dice.between(0, 3)}",
        dice.fill(dice.pick(("KASSE-##", "Z#", "CASHBOX-DEMO-#"))),
        number,
        f"{facts.when:%Y-%m-%dT%H:%M:%S}",
        *(f"{amount:.2f}".replace(".", ",") for amount in gross),
        counter,
        dice.fill("######").lower(),
        _base64(dice, 8),
        signature,
    )
    stated = Stated(kind="at-rksv", total=facts.total, currency="EUR", when=facts.when, number=number)
    return (Payload(data="_".join(fields).encode(), stated=stated),)


def _base64(dice: Dice, size: int) -> str:
    return base64.b64encode(dice.generator.bytes(size)).decode()
