"""Codes that say nothing of a sale: links to surveys and apps, access to a Wi-Fi, numbers of tills and vouchers."""

from __future__ import annotations

from collections.abc import Callable

from generator.codes.facts import Facts, Payload, Stated
from generator.dice import Dice


def _survey(facts: Facts, dice: Dice) -> str:
    return f"https://survey.example/{facts.country.lower()}?s={dice.fill('####')}&d={facts.when:%Y%m%d}"


def _review(_facts: Facts, dice: Dice) -> str:
    return f"https://g.page.example/r/{dice.fill('ZZ##Z##ZZ#')}/review"


def _wifi(facts: Facts, dice: Dice) -> str:
    return f"WIFI:T:WPA;S:{facts.seller.split()[0]}-Gast;P:{dice.fill('ZZZZ####')};;"


def _app(_facts: Facts, dice: Dice) -> str:
    return dice.fill("HTTPS://APP.EXAMPLE/GET/ZZZZ##")


def _prize(facts: Facts, dice: Dice) -> str:
    """Return a link whose numbers look like an amount, and are none."""
    return f"https://win.example/play?sum={dice.between(100, 9999)}.00&t={facts.when:%Y}0101&code={dice.fill('ZZ####')}"


def _card(facts: Facts, _dice: Dice) -> str:
    return f"BEGIN:VCARD\nVERSION:3.0\nN:{facts.seller}\nORG:{facts.seller}\nTEL:+49 30 23125 000\nEND:VCARD"


LINKS: tuple[Callable[[Facts, Dice], str], ...] = (_survey, _review, _wifi, _app, _prize, _card)

BARS = (
    ("Code128", "##ZZ##########"),
    ("Code39", "##########"),
    ("EAN13", "############"),
    ("DataMatrix", "ZZ########"),
)
"""Symbologies of numbers of tills and vouchers, and how these look."""


def encode_link(facts: Facts, dice: Dice) -> Payload:
    """Return an advert or the like."""
    return Payload(data=dice.pick(LINKS)(facts, dice).encode(), stated=Stated(kind="advert"))


def encode_bars(dice: Dice) -> Payload:
    """Return a number of the till or of a voucher."""
    symbology, pattern = dice.pick(BARS)
    text = dice.fill(pattern)
    if symbology == "EAN13":
        total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text))
        text += str(-total % 10)
    return Payload(data=text.encode(), stated=Stated(kind="number"), symbology=symbology)
