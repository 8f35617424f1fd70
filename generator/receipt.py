"""Generates one receipt, image and ground truth, from a seed and an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from generator.age import LEVELS, Ageing, age, draw_ageing, jpeg
from generator.buying import go_shopping
from generator.dice import Dice
from generator.faces import faces_for
from generator.items.printing import USUAL, draw_layout
from generator.items.truth import items_truth
from generator.layout import Printout, lay_out
from generator.locales import load_country
from generator.render import Ink, Press, burn, print_dots
from generator.sheet import Line
from generator.shop import KINDS, Sale

LAYOUT = 14
"""Side stream of random numbers: the layout of the items."""

RETURNABLE = frozenset({"supermarket", "pharmacy", "hardware"})
"""Kinds of shop that accept returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which receipt to generate. ``kind``, ``level``, ``refund``, ``slip`` and ``layout`` are drawn if they are None.

    ``layout`` is that of the items.
    """

    seed: int
    index: int
    country: str
    kind: str | None = None
    level: str | None = None
    refund: bool | None = None
    slip: bool | None = None
    layout: str | None = None

    @property
    def name(self) -> str:
        """Name of the image without extension."""
        return f"{self.country}_{self.seed}_{self.index:04}"


@dataclass(frozen=True, slots=True)
class Receipt:
    """An image (JPEG) and its ground truth."""

    name: str
    image: bytes
    truth: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """Everything that is decided before the receipt is rendered; needs no fonts."""

    order: Order
    kind: str
    level: str
    sale: Sale
    printout: Printout
    press: Press
    traits: tuple[str, ...]


def draft_receipt(order: Order) -> Draft:
    """Decide what is sold, and how it is laid out and printed."""
    draw = Dice(*_key(order), 0)
    # Everything is drawn, even if it is given, so that giving one value does not change the others.
    drawn = draw.pick((*KINDS, "supermarket", "restaurant", "hardware")), draw.pick(LEVELS)
    kind, level = order.kind or drawn[0], order.level or drawn[1]
    refund = draw.chance(0.12) and kind in RETURNABLE
    refund = refund if order.refund is None else order.refund
    slip = draw.chance(0.06)
    slip = slip if order.slip is None else order.slip
    layout = order.layout or draw_layout(draw.side(LAYOUT), kind)
    country = load_country(order.country)
    sale = go_shopping(Dice(*_key(order), 1), country, kind, refund=refund, twists=layout != USUAL)
    press = draw_press(draw, order.country)
    slip = slip and not sale.payment.cash
    printout = lay_out(Dice(*_key(order), 2), sale, press.columns, slip=slip, layout=layout)
    return Draft(
        order=order,
        kind="card slip" if slip else kind,
        level=level,
        sale=sale,
        printout=printout,
        press=press,
        traits=tuple(_traits(sale, printout)),
    )


def make_receipt(order: Order) -> Receipt:
    """Generate the receipt; the same order gives the same one. Raises OSError if a font is not installed."""
    draft = draft_receipt(order)
    image, ageing = image_of(draft.printout.lines, draft.press, draft.level, Dice(*_key(order), 3))
    extra = {
        "seed": order.seed,
        "index": order.index,
        "kind": draft.kind,
        "traits": list(draft.traits),
        "font": draft.press.face.name,
        "ageing": asdict(ageing),
    }
    return Receipt(order.name, image, truth(draft.sale, draft.printout) | extra)


def image_of(lines: Sequence[Line], press: Press, level: str, draw: Dice) -> tuple[bytes, Ageing]:
    """Print lines and wear them to a level; return the JPEG, and what was done. Raises OSError if a font is missing."""
    scale = draw.real(1.15, 1.75)
    ink = _margins(burn(print_dots(lines, press), press, scale), draw, scale)
    ageing = draw_ageing(draw, level)
    return jpeg(age(ink, ageing, draw), ageing.jpeg_quality), ageing


def _key(order: Order) -> tuple[int, ...]:
    return (order.seed, order.index, *order.country.encode())


def orders(seed: int, count: int, countries: Sequence[str]) -> list[Order]:
    """Return orders that cycle through the countries; each is independent of ``count``."""
    return [Order(seed=seed, index=i, country=countries[i % len(countries)]) for i in range(count)]


def draw_press(draw: Dice, country: str) -> Press:
    """Draw a printer that has the letters of a country."""
    return Press(
        face=draw.pick(faces_for(country)),
        width=draw.pick((576, 576, 512, 384)),
        leading=draw.between(2, 8),
        gain=draw.real(0.3, 0.6),
        heat=draw.real(0.9, 1.15),
        plain_zero=draw.chance(0.75),
    )


def _margins(ink: Ink, draw: Dice, scale: float) -> Ink:
    """Add paper around the print: 3 to 5 mm at the sides, 4 to 12 mm above and below."""
    side = [round(draw.between(24, 40) * scale) for _ in range(2)]
    ends = [round(draw.between(32, 96) * scale) for _ in range(2)]
    return np.pad(ink, ((ends[0], ends[1]), (side[0], side[1])))


def truth(sale: Sale, printout: Printout) -> dict[str, Any]:
    """Return the labels of the benchmark, and further values; null for those that are not printed."""
    country = load_country(sale.country)

    def amount(value: Decimal) -> str:
        return f"{value:.{country.decimals}f}"

    return {
        "total": amount(sale.total),
        "date": sale.when.date().isoformat(),
        "company": sale.shop.name,
        "currency": sale.currency,
        "lang": country.language.code,
        "label": "generated",
        "time": printout.time,
        "subtotal": amount(sale.goods) if printout.subtotal_printed else None,
        "tax": amount(sale.tax) if printout.tax_printed else None,
        "country": sale.country.partition("-")[0].upper(),
        "number": printout.number,
        "payment": printout.payment,
        "card_last4": printout.card_last4,
        "tax_id": sale.shop.tax_number or None,
        **items_truth(sale, printout.items, subtotal_printed=printout.subtotal_printed),
    }


def _traits(sale: Sale, printout: Printout) -> Sequence[str]:
    day = sale.when
    country = load_country(sale.country)
    month = country.language.short_months[day.month - 1]
    # East Asian months are numbers followed by a character.
    named = month.lower() in printout.date_text.lower() and not month[0].isdigit()
    iso = printout.date_text.startswith(str(day.year))
    found = {
        "refund": sale.refund,
        "rounding": bool(sale.rounding),
        "discount": bool(sale.savings),
        "service": bool(sale.service),
        "tip": bool(sale.tip),
        "cash": sale.payment.cash,
        "card": printout.payment == "card",
        "mobile": printout.payment == "mobile",
        "thousands": abs(sale.total) >= 1000,
        "ambiguous date": day.day <= 12 and day.day != day.month and not named and not iso,
        "month name": named,
        "two-digit year": str(day.year) not in printout.date_text and not printout.own_calendar,
        "another calendar": printout.own_calendar,
        "refund without minus": not printout.signed,
    }
    return [name for name, there in found.items() if there]
