"""The most usual layouts: an amount at the end of a line, quantity and price above it, before it or below it."""

from __future__ import annotations

from generator.items.printed import PrintedItem, printed
from generator.items.till import Style, Till, several
from generator.shop import Item, Sale


def usual(till: Till, sale: Sale) -> tuple[str, Style]:
    """Draw the name of a layout for a kind of shop, and how it prints an item."""
    if sale.kind == "fuel":
        name = "fuel"
    elif sale.kind == "restaurant":
        name = "counted"
    else:
        name = till.dice.pick(("one line", "one line", "below", "coded"))
    style = STYLES[name]
    return name, lambda item: style(till, item)


def _count_line(till: Till, item: Item) -> str:
    price = till.words.number(item.unit_price)
    return till.words.word("count_line").format(q=till.count(item), u=item.unit, p=price)


def _one_line(till: Till, item: Item) -> PrintedItem:
    own = till.words.has("count_line")
    if several(item) and not own:
        price = till.words.number(item.unit_price)
        till.sheet.left(f"  {till.count(item)} {item.unit or 'x'} x {price}".replace("x x", "x"))
    label = till.amount(item.name, item)
    if several(item) and own:
        till.sheet.left(f"  {_count_line(till, item)}")
    return printed(item, label, counted=several(item))


def _below(till: Till, item: Item) -> PrintedItem:
    name = till.sheet.left(item.name)
    unit = f" {item.unit}" if item.unit else ""
    usual_line = f"{till.count(item)}{unit} X {till.words.number(item.unit_price)}"
    line = f"   {_count_line(till, item) if till.words.has('count_line') else usual_line}"
    till.whole_amount(line, item)
    return printed(item, name, counted=True)


def _coded(till: Till, item: Item) -> PrintedItem:
    code = till.dice.fill("9######" if till.sheet.columns < 40 else "95###########")
    till.sheet.left(f"{item.name} {item.code}".strip() if len(item.code) > 1 else item.name)
    line = f"{code} {till.count(item)}{item.unit} x {till.words.number(item.unit_price)}"
    till.whole_amount(line, item)
    return printed(item, item.name, counted=True)


def _counted(till: Till, item: Item) -> PrintedItem:
    count = f"{item.quantity:.0f} "
    label = till.amount(count + item.name, item)
    return PrintedItem(label.removeprefix(count), item.amount, item.kind, item.quantity)


def _fuel(till: Till, item: Item) -> PrintedItem:
    words, sheet = till.words, till.sheet
    sheet.pair(words.word("pump"), f"{till.dice.between(1, 12):02}")
    sheet.pair(words.word("volume_gal" if item.unit == "gal" else "volume_L"), words.number(item.quantity, 3))
    sheet.pair(f"{words.word('unit_price')}{item.unit}", till.price(item))
    return printed(item, till.amount(item.name, item), counted=True)


STYLES = {"one line": _one_line, "below": _below, "coded": _coded, "counted": _counted, "fuel": _fuel}
"""The layouts by name."""
