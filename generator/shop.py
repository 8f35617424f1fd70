"""What was bought: amounts that agree with each other by construction.

All money is Decimal in the sale's currency; a refund has negative amounts throughout.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")

KINDS = ("supermarket", "restaurant", "fuel", "pharmacy", "hardware", "hotel", "parking")


def rounded(amount: Decimal, step: Decimal = CENT) -> Decimal:
    """Return the amount to the nearest step, halves away from zero, with two decimals."""
    return ((amount / step).quantize(Decimal(1), ROUND_HALF_UP) * step).quantize(CENT)


@dataclass(frozen=True, slots=True)
class Shop:
    """Who sold; ``address`` line by line, ``tax_id`` and ``registration`` may be empty.

    ``tax_id`` is the printed line, ``tax_number`` the number in it.
    """

    name: str
    address: tuple[str, ...]
    phone: str
    registration: str
    tax_id: str
    tax_number: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line: ``amount`` is before ``discount``, which is zero or has the opposite sign."""

    name: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    amount: Decimal
    discount: Decimal
    code: str
    rate: Decimal


@dataclass(frozen=True, slots=True)
class TaxLine:
    """All that was taxed at one rate (per cent): net + tax = gross."""

    code: str
    rate: Decimal
    net: Decimal
    tax: Decimal
    gross: Decimal


@dataclass(frozen=True, slots=True)
class Payment:
    """Cash handed over and given back, or a card (``tendered`` is the total then, ``change`` zero)."""

    cash: bool
    tendered: Decimal
    change: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One receipt's worth of trade. ``tax_included``: prices hold the tax already."""

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
        """The items after their own discounts: what a receipt calls the subtotal."""
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
