"""What the paper says of the items."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from generator.shop import Item, Kind


@dataclass(frozen=True, slots=True)
class PrintedItem:
    """One item as it is printed; quantity and unit price are None if they are not."""

    description: str
    amount: Decimal
    kind: Kind
    quantity: Decimal | None = None
    unit_price: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PrintedItems:
    """All items in printed order, the name of their layout, empty without items, and what is special about them."""

    items: tuple[PrintedItem, ...] = ()
    layout: str = ""
    traits: tuple[str, ...] = ()


def printed(item: Item, description: str, *, counted: bool) -> PrintedItem:
    """Return what is printed of an item; ``counted``: with its quantity, and with its price if it is not on offer."""
    price = item.unit_price if counted and not item.offer else None
    return PrintedItem(description.strip(), item.amount, item.kind, item.quantity if counted else None, price)
