"""Prints the item lines in the styles of different tills."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from generator.dice import Dice
from generator.sheet import Cell, Sheet, clip, width
from generator.shop import ZERO, Item, Sale
from generator.wording import Wording

Style = Callable[[Sheet, Dice, Item, Wording], None]


def print_items(sheet: Sheet, dice: Dice, sale: Sale, words: Wording) -> None:
    """Print all items in one style, each followed by its discount."""
    style: Style
    if sale.kind == "fuel":
        style = _fuel
    elif sale.kind == "restaurant":
        style = _counted
    else:
        style = dice.pick((_one_line, _one_line, _below, _coded))
    if sale.kind == "parking":
        sheet.pair(words.word("entry"), words.time(sale.when.replace(hour=max(sale.when.hour - 3, 0)).time()))
        sheet.pair(words.word("exit"), words.time(sale.when.time()))
    for item in sale.items:
        style(sheet, dice, item, words)
        if item.discount != ZERO:
            sheet.pair(f"  {words.word('discount')}", words.amount(item.discount), right=_margin(item))


def _margin(item: Item) -> int:
    return width(item.code) + 1 if len(item.code) == 1 else 0


def _amount(sheet: Sheet, label: str, item: Item, words: Wording) -> None:
    """Print a label and the item's amount, followed by the tax code if that is one letter."""
    value = words.amount(item.amount)
    if not _margin(item):
        sheet.pair(label, value)
        return
    room = sheet.columns - _margin(item)
    label = clip(label, max(room - width(value) - 1, 1))
    sheet.row(Cell(label, 0), Cell(value, room, "right"), Cell(item.code, sheet.columns, "right"))


def _count(item: Item, words: Wording) -> str:
    quantity = item.quantity
    return words.number(quantity, 3) if item.unit else f"{quantity:.0f}"


def _count_line(item: Item, words: Wording) -> str:
    price = words.number(item.unit_price)
    return words.word("count_line").format(q=_count(item, words), u=item.unit, p=price)


def _one_line(sheet: Sheet, _dice: Dice, item: Item, words: Wording) -> None:
    several = bool(item.unit) or item.quantity != 1
    own = words.has("count_line")
    if several and not own:
        sheet.left(f"  {_count(item, words)} {item.unit or 'x'} x {words.number(item.unit_price)}".replace("x x", "x"))
    _amount(sheet, item.name, item, words)
    if several and own:
        sheet.left(f"  {_count_line(item, words)}")


def _below(sheet: Sheet, _dice: Dice, item: Item, words: Wording) -> None:
    sheet.left(item.name)
    unit = f" {item.unit}" if item.unit else ""
    usual = f"{_count(item, words)}{unit} X {words.number(item.unit_price)}"
    _amount(sheet, f"   {_count_line(item, words) if words.has('count_line') else usual}", item, words)


def _coded(sheet: Sheet, dice: Dice, item: Item, words: Wording) -> None:
    code = dice.fill("9######" if sheet.columns < 40 else "95###########")
    sheet.left(f"{item.name} {item.code}".strip() if len(item.code) > 1 else item.name)
    unit = item.unit or ""
    _amount(sheet, f"{code} {_count(item, words)}{unit} x {words.number(item.unit_price)}", item, words)


def _counted(sheet: Sheet, _dice: Dice, item: Item, words: Wording) -> None:
    _amount(sheet, f"{item.quantity:.0f} {item.name}", item, words)


def _places(price: Decimal, fewest: int) -> int:
    """Return the number of decimals that a price per litre is printed with."""
    return next(places for places in range(fewest, 4) if price == round(price, places))


def _fuel(sheet: Sheet, dice: Dice, item: Item, words: Wording) -> None:
    places = _places(item.unit_price, words.country.decimals)
    sheet.pair(words.word("pump"), f"{dice.between(1, 12):02}")
    sheet.pair(words.word("volume_gal" if item.unit == "gal" else "volume_L"), words.number(item.quantity, 3))
    sheet.pair(f"{words.word('unit_price')}{item.unit}", words.number(item.unit_price, places))
    _amount(sheet, item.name, item, words)
