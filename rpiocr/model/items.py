"""What was bought: the items of a receipt, and what their sum agrees with. Amounts are in the receipt's currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

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
    ``confidence`` (0 to 1) is the lowest of the engine's on its amount, ``box`` the box around its rows. ``page`` is
    the page of the file on which it is printed, if that is not the page of the receipt.
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
    page: int | None = None


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
    """The items of a receipt in printed order, their check, and how far the list can be trusted.

    ``repairs`` is how many of the amounts are from another pass than the rest, as only with them the sum agrees.
    """

    items: tuple[Item, ...]
    check: ItemsCheck
    probability: float
    verdict: Verdict
    repairs: int = 0


class Counted(Protocol):
    """What decides whether and how often an item is counted; ``kind`` is one of ItemKind, None if it is not known."""

    @property
    def kind(self) -> str | None:
        """What it is."""

    @property
    def quantity(self) -> Decimal | None:
        """The number of pieces, unless it is a measure."""

    @property
    def amount(self) -> Decimal | None:
        """What counts into the sum."""


def plausible_counts(items: Sequence[Counted]) -> frozenset[int]:
    """Return what a receipt with these items may print as their number, never 0.

    That is the number of lines; or of the lines or pieces of all but the discounts, of these without returned deposits,
    without any deposit, or without deposits and charges such as bags.
    """
    bought = [item for item in items if item.kind != ItemKind.DISCOUNT]
    kept = [item for item in bought if not _is_returned(item)]
    goods = [item for item in bought if item.kind != ItemKind.DEPOSIT]
    goods_alone = [item for item in goods if item.kind != ItemKind.CHARGE]
    counts = {len(items)}
    for counted in (bought, kept, goods, goods_alone):
        counts |= {len(counted), sum(map(_pieces, counted))}
    return frozenset(counts - {0})


def _is_returned(item: Counted) -> bool:
    return item.kind == ItemKind.DEPOSIT and item.amount is not None and item.amount < 0


def _pieces(item: Counted) -> int:
    """Return the number of pieces of an item; one for a weight and the like."""
    quantity = item.quantity
    return 1 if quantity is None or quantity != quantity.to_integral_value() else int(quantity)
