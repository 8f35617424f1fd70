"""The QR code of Portuguese invoices and receipts (Portaria 195/2020): fields of one letter, split by asterisks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from generator.codes.facts import Facts, Payload, Stated
from generator.dice import Dice
from generator.shop import ZERO

BANDS: dict[Decimal, int] = {Decimal(rate): place for rate, place in ((6, 3), (13, 5), (23, 7))}
"""The key of the base of a rate in per cent in mainland Portugal; that of its tax is the next one."""


def encode(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the code of an invoice receipt, a simplified invoice or a credit note; its amounts are positive."""
    kind = "NC" if facts.refund else dice.pick(("FS", "FS", "FR", "FT"))
    serial = dice.fill("#####").lstrip("0") or "1"
    number = f"{kind} {dice.fill('ZZ##')}/{serial}"
    code = dice.fill("ZZ##ZZ#Z")
    amounts: dict[int, Decimal] = {}
    for line in facts.taxes:
        place = BANDS.get(line.rate, 2)
        amounts[place] = amounts.get(place, ZERO) + abs(line.net)
        if place > 2:
            amounts[place + 1] = amounts.get(place + 1, ZERO) + abs(line.tax)
    amounts[2] = amounts.get(2, ZERO) + abs(facts.untaxed)
    fields = [
        f"A:{facts.tax_id.removeprefix('PT')}",
        f"B:{'999999990' if dice.chance(0.8) else dice.fill('2########')}",
        "C:PT",
        f"D:{kind}",
        "E:N",
        f"F:{facts.when:%Y%m%d}",
        f"G:{number}",
        f"H:{code}-{serial}",
        "I1:PT",
        *(f"I{place}:{amount:.2f}" for place, amount in sorted(amounts.items()) if amount or place > 2),
        f"N:{abs(facts.tax):.2f}",
        f"O:{abs(facts.total):.2f}",
        f"Q:{dice.fill('ZZZZ')}",
        f"R:{dice.fill('####')}",
    ]
    if dice.chance(0.3):
        fields.append(f"S:{'NU' if facts.cash else 'CC'};{abs(facts.total):.2f}")
    stated = Stated(
        kind="pt-invoice",
        total=facts.total,
        currency="EUR",
        when=facts.when,
        has_time=False,
        tax=facts.tax,
        tax_id=facts.tax_id.removeprefix("PT"),
        number=number,
    )
    return (Payload(data="*".join(fields).encode(), stated=stated),)
