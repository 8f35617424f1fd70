"""A till that prints items: where, and in which wording."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from generator.dice import Dice
from generator.items.printed import PrintedItem
from generator.sheet import Cell, Sheet, clip, width
from generator.shop import Item, Sale
from generator.wording import Wording


@dataclass(frozen=True, slots=True)
class Till:
    """The sheet that a till prints on, and its random numbers and words."""

    sheet: Sheet
    dice: Dice
    words: Wording

    def amount(self, label: str, item: Item) -> str:
        """Print a label and the item's amount, and the tax code if that is one letter; return the printed label."""
        value = self.words.amount(item.amount)
        if not margin(item):
            return self.sheet.pair(label, value)
        room = self.sheet.columns - margin(item)
        label = clip(label, max(room - width(value) - 1, 1))
        self.sheet.row(Cell(label, 0), Cell(value, room, "right"), Cell(item.code, self.sheet.columns, "right"))
        return label

    def whole_amount(self, label: str, item: Item) -> None:
        """Print a label and the item's amount as ``amount`` does, the amount below the label if both do not fit."""
        if width(label) + width(self.words.amount(item.amount)) + 1 > self.sheet.columns - margin(item):
            self.sheet.left(label)
            label = ""
        self.amount(label, item)

    def count(self, item: Item) -> str:
        """Return the quantity of an item as it is printed."""
        return self.words.number(item.quantity, 3) if item.unit else f"{item.quantity:.0f}"

    def price(self, item: Item) -> str:
        """Return the price of one piece, or that of an offer, such as ``2/5.00``."""
        if item.offer:
            return f"{item.offer.pieces}/{self.words.number(item.offer.price)}"
        return self.words.number(item.unit_price, places(item.unit_price, self.words.country.decimals))


Style = Callable[[Item], PrintedItem]
"""Prints one item."""

Layout = Callable[[Till, Sale], Style]
"""Prints the heading of a sale's items, if there is one, and returns how each is printed."""


def margin(item: Item) -> int:
    """Return how many columns the tax code behind the amount takes."""
    return width(item.code) + 1 if len(item.code) == 1 else 0


def several(item: Item) -> bool:
    """Return whether an item is weighed, or not just one piece."""
    return bool(item.unit) or item.quantity != 1


def places(price: Decimal, fewest: int) -> int:
    """Return the number of decimals that a price is printed with: more than ``fewest`` at pumps."""
    return next(places for places in range(fewest, 4) if price == round(price, places))
