"""The QR code of Saudi invoices (ZATCA): tags with lengths, in base64."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from generator.codes.facts import Facts, Payload, Stated
from generator.dice import Dice


def tagged(*values: bytes) -> str:
    """Return values with tags from 1 on and their lengths in base64. Raises ValueError for one over 255 bytes."""
    return base64.b64encode(b"".join(bytes([tag, len(one)]) + one for tag, one in enumerate(values, 1))).decode()


def encode(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return the code: of phase 1, or of phase 2 with hash, signature and key of the invoice's XML."""
    local = dice.chance(0.5)
    moment = facts.when if local else facts.when.replace(tzinfo=ZoneInfo("Asia/Riyadh")).astimezone(dt.UTC)
    values = [
        facts.seller.encode(),
        facts.tax_id.encode(),
        f"{moment:%Y-%m-%dT%H:%M:%S}{'' if local else 'Z'}".encode(),
        f"{facts.total:.2f}".encode(),
        f"{facts.tax:.2f}".encode(),
    ]
    if dice.chance(0.4):
        values += [base64.b64encode(dice.generator.bytes(32)), base64.b64encode(dice.generator.bytes(71))]
        values += [dice.generator.bytes(88), dice.generator.bytes(71)]
    stated = Stated(
        kind="sa-zatca",
        total=facts.total,
        currency="SAR",
        when=facts.when,
        tax=facts.tax,
        seller=facts.seller,
        tax_id=facts.tax_id,
    )
    return (Payload(data=tagged(*values).encode(), stated=stated),)
