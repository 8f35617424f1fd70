"""Layouts in lines of their own: quantity and price above or below the description, or a description in two lines."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from generator.items.printed import PrintedItem, printed
from generator.items.till import Style, Till, several
from generator.sheet import broken, width
from generator.shop import Item, Sale

PIECES = ("{q} x {p}", "{q} X {p}", "{q} @ {p}", "{q} * {p}", "{p} x {q}")
WEIGHTS = ("{q} {u} x {p}/{u}", "{q}{u} @ {p}/{u}", "{q} {u} x {p}", "{q} {u} X {p} {c}/{u}")
OFFERS = ("{q} @ {p}", "{q} x {p}")
"""Patterns of a line with quantity, unit, price and currency."""

NUMBERS = ("{n} ", "{n}. ", "{n}) ", "{n:02} ", "{n:03} ")
"""Patterns of the number of an item."""

CODES = ("####", "######", "9######", "95###########")
"""Patterns of the code of an article."""

INDENTS = ("", "  ", "    ")


def _count_line(till: Till) -> Callable[[Item], str]:
    """Draw how the till prints the line of quantity and price."""
    indent, piece, weight, offer = (till.dice.pick(choices) for choices in (INDENTS, PIECES, WEIGHTS, OFFERS))

    def line(item: Item) -> str:
        pattern = offer if item.offer else weight if item.unit else piece
        currency = till.words.country.currency
        return indent + pattern.format(q=till.count(item), u=item.unit, p=till.price(item), c=currency)

    return line


def quantity_above(till: Till, _sale: Sale) -> Style:
    """Print quantity and price on a line above the description, at some tills even if it is one piece."""
    count_line, always = _count_line(till), till.dice.chance(0.4)

    def style(item: Item) -> PrintedItem:
        counted = always or several(item)
        if counted:
            till.sheet.left(count_line(item))
        return printed(item, till.amount(item.name, item), counted=counted)

    return style


def quantity_below(till: Till, _sale: Sale) -> Style:
    """Print quantity and price on a line below the description, at some tills even if it is one piece."""
    count_line, always = _count_line(till), till.dice.chance(0.4)

    def style(item: Item) -> PrintedItem:
        counted = always or several(item)
        label = till.amount(item.name, item)
        if counted:
            till.sheet.left(count_line(item))
        return printed(item, label, counted=counted)

    return style


def two_lines(till: Till, sale: Sale) -> Style:
    """Print a brand and the name over two lines, the amount on the first or on the last of them."""
    count_line, first = _count_line(till), till.dice.chance(0.5)
    country = till.words.country
    brands = till.dice.sample(country.heads or country.language.heads, 3)

    def style(item: Item) -> PrintedItem:
        branded = item.kind == "item" and sale.kind != "parking"
        name = f"{till.dice.pick(brands)} {item.name}" if branded else item.name
        room = till.sheet.columns - width(till.words.amount(item.amount)) - 4
        parts = broken(name, min(room, max(till.sheet.columns // 2, width(name) * 2 // 3)), cuts_words=False)
        with_amount = 0 if first else len(parts) - 1
        for place, part in enumerate(parts):
            if place == with_amount:
                till.amount(part, item)
            else:
                till.sheet.left(part)
        if several(item):
            till.sheet.left(count_line(item))
        return printed(item, name, counted=several(item))

    return style


def numbered(till: Till, _sale: Sale) -> Style:
    """Print the number of an item before its description, and quantity and price below."""
    count_line, pattern, numbers = _count_line(till), till.dice.pick(NUMBERS), count(1)

    def style(item: Item) -> PrintedItem:
        number = pattern.format(n=next(numbers))
        label = till.amount(number + item.name, item)
        if several(item):
            till.sheet.left(count_line(item))
        return printed(item, label.removeprefix(number), counted=several(item))

    return style


def code_below(till: Till, _sale: Sale) -> Style:
    """Print a code below the description, and quantity and price behind it."""
    count_line, code, always = _count_line(till), till.dice.pick(CODES), till.dice.chance(0.4)

    def style(item: Item) -> PrintedItem:
        label, counted = till.amount(item.name, item), always or several(item)
        line = till.dice.fill(code)
        behind = count_line(item).strip()
        together = counted and len(line) + len(behind) + 2 <= till.sheet.columns
        till.sheet.left(f"{line}  {behind}" if together else line)
        if counted and not together:
            till.sheet.left(behind)
        return printed(item, label, counted=counted)

    return style
