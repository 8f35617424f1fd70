"""Taiwanese e-invoices: two QR codes side by side and a Code 39 above them, the goods in the QR codes."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from decimal import Decimal

from generator.codes.facts import Facts, Payload, Stated
from generator.dice import Dice
from generator.shop import Item

ENCODINGS = (("0", "big5"), ("1", "utf-8"))
"""The marks of the encodings of names."""

MAX_LEFT = 2
"""Goods whose names are in the left code; the others are in the right one."""


def encode(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return left and right code and the bar code. The sales amount is given for one of two invoices."""
    invoice = dice.fill("ZZ########")
    random = dice.fill("####")
    year = facts.when.year - 1911
    total = abs(int(facts.total))
    net = total - abs(int(facts.tax)) if dice.chance(0.5) else 0
    mark, encoding = dice.pick(ENCODINGS)
    goods = [_goods(item, encoding) for item in facts.items]
    head = f"{invoice}{year:03}{facts.when:%m%d}{random}{net:08X}{total:08X}00000000{facts.tax_id}"
    head += base64.b64encode(dice.generator.bytes(16)).decode()
    left = f"{head}:**********:{min(len(goods), MAX_LEFT)}:{len(goods)}:{mark}:".encode()
    left += b":".join(goods[:MAX_LEFT])
    right = b"**" + b":".join(goods[MAX_LEFT:])
    stated = Stated(
        kind="tw-einvoice",
        total=Decimal(total),
        currency="TWD",
        when=facts.when,
        has_time=False,
        tax=Decimal(total - net) if net else None,
        tax_id=facts.tax_id,
        number=invoice,
    )
    period = f"{year:03}{(facts.when.month + 1) // 2 * 2:02}"
    return (
        Payload(data=left, stated=stated),
        Payload(data=right, stated=Stated(kind="tw-einvoice right")),
        Payload(
            data=f"{period}{invoice}{random}".encode(),
            stated=Stated(kind="tw-einvoice bars", number=invoice),
            symbology="Code39",
        ),
    )


def _goods(item: Item, encoding: str) -> bytes:
    """Return name, quantity and unit price; what the encoding lacks is a question mark, a colon a space."""
    name = item.name.replace(":", " ").encode(encoding, "replace")
    return name + f":{abs(item.quantity).normalize():f}:{abs(item.unit_price):.0f}".encode()
