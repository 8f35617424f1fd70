"""Prints all items of a sale in one layout."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from generator.dice import Dice
from generator.items.columns import code_first, in_columns, quantity_first, two_prices
from generator.items.lines import code_below, numbered, quantity_above, quantity_below, two_lines
from generator.items.printed import PrintedItem, PrintedItems
from generator.items.till import Layout, Till, margin
from generator.items.usual import STYLES, usual
from generator.sheet import Sheet
from generator.shop import Item, Sale
from generator.wording import Wording

USUAL = "usual"
"""Stands for any of the most usual layouts, one of which each till has."""

USUAL_SHARE = 0.35

LAYOUTS: Mapping[str, Layout] = {
    "quantity above": quantity_above,
    "quantity below": quantity_below,
    "two lines": two_lines,
    "numbered": numbered,
    "code below": code_below,
    "columns": in_columns,
    "quantity first": quantity_first,
    "code first": code_first,
    "two prices": two_prices,
}
"""The layouts by name, besides the most usual ones."""

LAYOUT_NAMES = (*STYLES, *LAYOUTS)

CHOICES: Mapping[str, tuple[str, ...]] = {
    "restaurant": ("quantity above", "quantity below", "columns", "quantity first", "numbered"),
    "fuel": ("columns", "quantity below"),
    "parking": ("two lines", "quantity below"),
    "hotel": ("quantity below", "columns", "quantity first", "code first", "two prices"),
}
"""The layouts of kinds of shop that do not have all of them."""

PERCENTS = ("{label}", "{label} {rate}%", "{label} -{rate}%", "{rate}% {label}", "{label} {rate}%| x {amount}")
"""Patterns of a discount with its rate and what it reduces, which is no part of the description behind a bar."""

ITEM_TRAITS: Mapping[str, Callable[[Item], bool]] = {
    "weighed": lambda item: item.unit in {"kg", "lb", "кг"},
    "discount": lambda item: bool(item.discount),
    "offer": lambda item: item.offer is not None,
    "usual price": lambda item: item.usual_price is not None,
    "deposit": lambda item: item.kind == "deposit" and item.quantity > 0,
    "deposit returned": lambda item: item.kind == "deposit" and item.quantity < 0,
    "goods returned": lambda item: item.kind == "item" and item.quantity < 0,
    "charge": lambda item: item.kind == "charge",
    "options": lambda item: bool(item.options),
}
"""What can be special about an item."""

OPTION_MARKS = ("  ", "  + ", "  - ", " * ")


def draw_layout(dice: Dice, kind: str) -> str:
    """Draw the name of a layout that a kind of shop can have, or ``USUAL``."""
    return USUAL if dice.chance(USUAL_SHARE) else dice.pick(CHOICES.get(kind, tuple(LAYOUTS)))


def print_items(sheet: Sheet, dice: Dice, sale: Sale, words: Wording, layout: str = USUAL) -> PrintedItems:
    """Print all items in one layout, each followed by its discount; return what is printed of them.

    Raises KeyError for an unknown layout.
    """
    till = Till(sheet, dice, words)
    start = len(sheet.lines)
    name, style = usual(till, sale) if layout == USUAL else (layout, LAYOUTS[layout](till, sale))
    has_heading = len(sheet.lines) > start
    percent, mark, aligned = "{label}", "", False
    if layout != USUAL:
        percent, mark, aligned = dice.pick(PERCENTS), dice.pick(OPTION_MARKS), dice.chance(0.5)
    if sale.kind == "parking":
        sheet.pair(words.word("entry"), words.time(sale.when.replace(hour=max(sale.when.hour - 3, 0)).time()))
        sheet.pair(words.word("exit"), words.time(sale.when.time()))
    found: list[PrintedItem] = []
    for item in sale.items:
        found.append(style(item))
        for option in item.options:
            sheet.left(mark + option)
        if item.usual_price:
            _usual_price(till, item.usual_price, aligned=aligned)
        if item.discount:
            found.append(_discount(till, item, percent))
    special = _traits(sale, has_heading=has_heading, unsigned=words.unsigned)
    return PrintedItems(tuple(found), name, tuple(special))


def _discount(till: Till, item: Item, percent: str) -> PrintedItem:
    """Print the discount of an item, with its rate unless the wording has one."""
    words = till.words
    label, behind = words.word("discount"), ""
    if item.percent and "%" not in label:
        text = percent.format(label=label, rate=item.percent, amount=words.number(item.amount))
        label, _, behind = text.partition("|")
    shown = till.sheet.pair(f"  {label}{behind}", words.amount(item.discount), right=margin(item)).strip()
    return PrintedItem(label if shown.startswith(label) else shown, item.discount, "discount")


def _usual_price(till: Till, price: Decimal, *, aligned: bool) -> None:
    """Print the usual price of an item, at some tills below the amounts."""
    label, number = f"  {till.words.word('usual_price')}", till.words.number(price)
    if aligned:
        till.sheet.pair(label, number)
    else:
        till.sheet.left(f"{label} {number}")


def _traits(sale: Sale, *, has_heading: bool, unsigned: bool) -> Iterator[str]:
    """Yield what is special about the items of a sale."""
    if has_heading:
        yield "heading"
    if sale.refund:
        yield "refund without minus" if unsigned else "refund"
    for name, has in ITEM_TRAITS.items():
        if any(map(has, sale.items)):
            yield name
