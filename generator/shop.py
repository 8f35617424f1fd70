"""The model of a sale, with amounts that are consistent by construction.

All amounts are Decimal in the currency of the sale; those of a refund are negative.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

Kind = Literal["item", "discount", "deposit", "charge"]
"""What an item is: bags are charges; deposits on bottles can be returned."""

KINDS = ("supermarket", "restaurant", "fuel", "pharmacy", "hardware", "hotel", "parking")


def rounded(amount: Decimal, step: Decimal = CENT, unit: Decimal = CENT) -> Decimal:
    """Round an amount to the nearest multiple of a step, halves away from zero, with two decimals.

    A ``unit`` that is smaller than a cent gives more decimals.
    """
    return ((amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step).quantize(min(unit, CENT))


@dataclass(frozen=True, slots=True)
class Shop:
    """The seller; ``address`` is a line per entry, ``tax_id`` and ``registration`` can be empty.

    ``tax_id`` is the printed line, ``tax_number`` the number in it.
    """

    name: str
    address: tuple[str, ...]
    phone: str
    registration: str
    tax_id: str
    tax_number: str = ""


@dataclass(frozen=True, slots=True)
class Offer:
    """A price for several pieces, such as 2 for 5.00."""

    pieces: int
    price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item line: ``amount`` is before ``discount``, which is zero or has the opposite sign.

    ``percent`` is the rate of the discount, 0 if it has none; ``options`` are notes below a dish, such as without
    onions. The quantity of returned goods is negative. ``usual_price`` is that of one piece whose price is reduced.
    """

    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: Decimal
    discount: Decimal
    code: str
    rate: Decimal
    kind: Kind = "item"
    percent: int = 0
    offer: Offer | None = None
    options: tuple[str, ...] = ()
    usual_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class TaxLine:
    """Sum of everything taxed at one rate (in per cent): net + tax = gross."""

    code: str
    rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """Cash tendered and change, or a card (then ``tendered`` is the total, and ``change`` zero)."""

    cash: bool
    tendered: Decimal
    change: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """The sale on one receipt. ``tax_included``: prices include the tax."""

    country: str
    currency: str
    kind: str
    shop: Shop
    when: dt.datetime
    refund: bool
    items: tuple[Item, ...]
    basket_discount: Decimal
    service: Decimal
    tax_name: str
    tax_included: bool
    taxes: tuple[TaxLine, ...]
    tip: Decimal
    rounding: Decimal
    payment: Payment

    @property
    def goods(self) -> Decimal:
        """The subtotal: the items after their own discounts."""
        return sum((item.amount + item.discount for item in self.items), ZERO)

    @property
    def tax(self) -> Decimal:
        """All tax, whether included in the prices or not."""
        return sum((line.tax for line in self.taxes), ZERO)

    @property
    def due(self) -> Decimal:
        """The total before it is rounded to a coin."""
        added = ZERO if self.tax_included else self.tax
        return self.goods + self.basket_discount + self.service + added + self.tip

    @property
    def total(self) -> Decimal:
        """The amount paid."""
        return self.due + self.rounding

    @property
    def savings(self) -> Decimal:
        """All discounts as a positive amount."""
        return abs(sum((item.discount for item in self.items), ZERO) + self.basket_discount)
