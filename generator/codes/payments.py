"""Codes that ask for a payment: EPC, the Swiss QR-bill, SPAYD and EMVCo. What they state is what is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from generator.codes.checks import crc16, iban, qr_reference
from generator.codes.facts import Facts, Payload, Stated
from generator.dice import Dice

NUMBERS = {"THB": "764", "IDR": "360", "SGD": "702", "MYR": "458", "INR": "356", "HKD": "344", "BRL": "986"}
"""Numbers of currencies (ISO 4217) of countries with EMVCo codes."""

LATIN = str.maketrans("“”‘’–", "\"\"''-")


def encode_epc(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return a SEPA transfer (EPC069-12), of version 1 with the BIC that it requires, or of version 2 without."""
    version = dice.pick(("001", "002"))
    lines = [
        "BCD",
        version,
        "1",
        "SCT",
        "EXAMDE2AXXX" if version == "001" else "",
        facts.seller[:70],
        iban("DE", dice.fill("51210800##########")),
        f"EUR{facts.total:.2f}",
        "",
        "",
        f"{facts.number}",
    ]
    text = dice.pick(("\n", "\n", "\r\n")).join(lines)
    stated = Stated(kind="epc", total=facts.total, currency="EUR", seller=facts.seller[:70])
    return (Payload(data=text.encode(), stated=stated),)


def encode_swiss(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return a Swiss QR-bill with Swico's billing information: invoice number, date and UID."""
    reference = qr_reference(dice.fill("2" + "#" * 25))
    name = facts.seller[:70].translate(LATIN)
    number = dice.fill("######")
    uid = dice.fill("1########")
    lines = [
        "SPC",
        "0200",
        "1",
        iban("CH", dice.fill("30808##########Z##").replace("Z", "0")[:17]),
        "S",
        name,
        "Weg",
        "1",
        "8000",
        "Zürich",
        "CH",
        *[""] * 7,
        f"{facts.total:.2f}",
        "CHF",
        *[""] * 7,
        "QRR",
        reference,
        "",
        "EPD",
        f"//S1/10/{number}/11/{facts.when:%y%m%d}/30/{uid}",
    ]
    stated = Stated(
        kind="swiss-qr-bill",
        total=facts.total,
        currency="CHF",
        when=facts.when,
        has_time=False,
        seller=name,
        number=number,
    )
    return (Payload(data="\n".join(lines).encode(), stated=stated),)


def encode_spayd(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return a Czech payment order (SPAYD)."""
    account = iban("CZ", dice.fill("0800000000##########"))
    text = f"SPD*1.0*ACC:{account}*AM:{facts.total:.2f}*CC:{facts.currency}*X-VS:{dice.fill('########')}"
    stated = Stated(kind="spayd", total=facts.total, currency=facts.currency)
    return (Payload(data=text.encode(), stated=stated),)


def encode_emvco(facts: Facts, dice: Dice) -> Sequence[Payload]:
    """Return a merchant's code with an amount (EMVCo)."""
    seller = facts.seller.encode("ascii", "replace").decode()[:25].strip()
    fields = (
        ("00", "01"),
        ("01", "12"),
        ("29", _field("00", "A000000677010111") + _field("01", dice.fill("0066#########"))),
        ("52", "5812"),
        ("53", NUMBERS[facts.currency]),
        ("54", facts.text(facts.total)),
        ("58", facts.country),
        ("59", seller),
        ("60", "CITY"),
    )
    text = "".join(_field(*field) for field in fields) + "6304"
    stated = Stated(kind="emvco", total=facts.total, currency=facts.currency, seller=seller)
    return (Payload(data=f"{text}{crc16(text):04X}".encode(), stated=stated),)


def _field(identifier: str, value: str) -> str:
    return f"{identifier}{len(value):02}{value}"
