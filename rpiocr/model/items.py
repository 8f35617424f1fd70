"""What was bought: the items of a receipt, and what their sum agrees with. Amounts are in the receipt's currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rpiocr.model.evidence import Verdict
from rpiocr.model.geometry import Box


class ItemKind(StrEnum):
    """What an item is; bags, tips and service among the items are charges."""

    ITEM = "item"
    DISCOUNT = "discount"
    DEPOSIT = "deposit"
    CHARGE = "charge"


class Agreement(StrEnum):
    """What the items add up to; the total also if printed tax, charges, discounts or rounding are what is missing."""

    TOTAL = "total"
    SUBTOTAL = "subtotal"


@dataclass(frozen=True, slots=True)
class Item:
    """One purchase, discount, deposit or charge.

    ``description_read`` is the description as it was read, None if nothing in it was repaired.
    ``amount`` is what counts into the sum, negative for a discount. ``quantity``, ``unit`` and ``unit_price`` are
    as printed, None if they are not. ``code`` is the number of the article, ``tax_code`` the mark behind the amount.
    ``applies_to`` is the position of the item, counted from 1, that a discount or deposit belongs to.
    ``confidence`` (0 to 1) is the lowest of the engine's on its amount, ``box`` the box around its rows.
    """

    description: str
    description_read: str | None
    quantity: Decimal | None
    unit: str | None
    unit_price: Decimal | None
    amount: Decimal
    kind: ItemKind
    code: str | None
    tax_code: str | None
    applies_to: int | None
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class ItemsCheck:
    """How far a list of items is proved.

    ``sum`` is that of the amounts, ``count_printed`` the number of items that the receipt names. ``complete``: the sum
    agrees with the receipt, and so does that number, if it is printed.
    """

    sum: Decimal
    agrees_with: Agreement | None
    count_read: int
    count_printed: int | None
    complete: bool


@dataclass(frozen=True, slots=True)
class ItemList:
    """The items of a receipt in printed order, their check, and how far the list can be trusted."""

    items: tuple[Item, ...]
    check: ItemsCheck
    probability: float
    verdict: Verdict
