"""Layouts in columns: description, quantity, price and amount below one another, with or without a heading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from generator.items.printed import PrintedItem, printed
from generator.items.till import Style, Till, margin
from generator.sheet import Cell, broken, clip, width
from generator.shop import Item, Sale, rounded

MIN_NAME = 10
"""Minimum width of a column of descriptions; where there is less, they are on lines of their own."""

MAX_HEADING = 7
"""Width up to which a heading makes its column wider."""

CODES = ("####", "######", "9######", "95###########")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of numbers: its heading, what it prints of an item, and the column of the sheet where it ends."""

    heading: str
    show: Callable[[Item], str]
    end: int = 0
    room: int = 0

    def cell(self, text: str) -> Cell:
        """Return a text in the column."""
        return Cell(text, self.end, "right")


@dataclass(frozen=True, slots=True)
class Grid:
    """Columns of numbers from left to right, and how many columns of the sheet are left of them."""

    columns: tuple[Column, ...]
    room: int

    def numbers(self, till: Till, item: Item) -> tuple[Cell, ...]:
        """Return the cells of an item's numbers, and of its tax code if that is one letter."""
        cells = tuple(column.cell(column.show(item)) for column in self.columns)
        return (*cells, Cell(item.code, till.sheet.columns, "right")) if margin(item) else cells

    def headings(self) -> tuple[Cell, ...]:
        """Return the cells of the heading."""
        return tuple(column.cell(clip(column.heading, column.room)) for column in self.columns)


def _grid(till: Till, sale: Sale, columns: Sequence[Column]) -> Grid:
    """Set columns flush right, each as wide as its widest text."""
    end = till.sheet.columns - max(map(margin, sale.items))
    set_columns: list[Column] = []
    for column in reversed(columns):
        widest = max(width(column.show(item)) for item in sale.items)
        room = max(widest, min(width(column.heading), MAX_HEADING))
        set_columns.insert(0, Column(column.heading, column.show, end, room))
        end -= room + 1
    return Grid(tuple(set_columns), end)


def _price_columns(till: Till, *, two_prices: bool = False) -> list[Column]:
    words = till.words
    quantity = Column(words.word("col_quantity"), till.count)
    amount = Column(words.word("col_amount"), lambda item: words.amount(item.amount))
    if two_prices:
        net = Column(words.word("col_net_price"), lambda item: words.number(_net_price(item, till)))
        return [quantity, net, Column(words.word("col_gross_price"), till.price), amount]
    return [quantity, Column(words.word("col_price"), till.price), amount]


def _net_price(item: Item, till: Till) -> Decimal:
    return rounded(item.unit_price * 100 / (100 + item.rate), till.words.country.unit, till.words.country.unit)


def _with_heading(till: Till, *lines: Sequence[Cell]) -> None:
    """Print the lines of a heading, at some tills with a rule below."""
    for cells in lines:
        till.sheet.row(*cells)
    if till.dice.chance(0.4):
        till.sheet.rule()


def in_columns(till: Till, sale: Sale) -> Style:
    """Print description, quantity, price and amount on one line, at some tills with a code before them."""
    return _table(till, _grid(till, sale, _price_columns(till)))


def two_prices(till: Till, sale: Sale) -> Style:
    """Print two columns of prices, without tax and with it; one where prices do not include a tax."""
    taxed = sale.tax_included and any(item.rate for item in sale.items) and not any(item.offer for item in sale.items)
    return _table(till, _grid(till, sale, _price_columns(till, two_prices=taxed)))


def _table(till: Till, grid: Grid) -> Style:
    """Return the style of a table whose descriptions are left of its numbers, or above them if there is no room."""
    dice, words = till.dice, till.words
    code = dice.pick(CODES)
    code = code if dice.chance(0.3) and grid.room - width(code) - 1 >= MIN_NAME else ""
    left = width(code) + 1 if code else 0
    beside = grid.room - left >= MIN_NAME
    room = grid.room - left if beside else till.sheet.columns
    if dice.chance(0.6):
        cells = [Cell(clip(words.word("col_code"), left - 1), 0)] if code else []
        name = Cell(clip(words.word("col_name"), room), left)
        numbers = grid.headings()
        _with_heading(till, *([[*cells, name, *numbers]] if beside else [[*cells, name], numbers]))
    wraps = dice.chance(0.5)

    def style(item: Item) -> PrintedItem:
        parts = broken(item.name, room, cuts_words=False) if wraps else [clip(item.name, room).strip()]
        cells = [Cell(dice.fill(code), 0), Cell(parts[0], left)] if code else [Cell(parts[0], left)]
        if beside:
            till.sheet.row(*cells, *grid.numbers(till, item))
        else:
            till.sheet.row(*cells)
        for part in parts[1:]:
            till.sheet.row(Cell(part, left))
        if not beside:
            till.sheet.row(*grid.numbers(till, item))
        return printed(item, " ".join(parts), counted=True)

    return style


def code_first(till: Till, sale: Sale) -> Style:
    """Print code, quantity, price and amount on a line, and the description below."""
    dice, words = till.dice, till.words
    grid = _grid(till, sale, _price_columns(till))
    fitting = [code for code in CODES if width(code) <= grid.room]
    code = dice.pick(fitting) if fitting else ""
    indent = dice.pick((0, 0, 2))
    if dice.chance(0.6):
        cells = [Cell(clip(words.word("col_code"), width(code)), 0)] if code else []
        _with_heading(till, [*cells, *grid.headings()], [Cell(words.word("col_name"), indent)])

    def style(item: Item) -> PrintedItem:
        cells = [Cell(dice.fill(code), 0)] if code else []
        till.sheet.row(*cells, *grid.numbers(till, item))
        name = till.sheet.left(f"{' ' * indent}{item.name}")
        return printed(item, name, counted=True)

    return style
