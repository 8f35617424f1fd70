"""Layouts in columns: description, quantity, price and amount below one another, with or without a heading."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from generator.items.lines import CODES
from generator.items.printed import PrintedItem, printed
from generator.items.till import Style, Till, margin
from generator.sheet import Cell, broken, clip, width
from generator.shop import Item, Sale, rounded

MIN_NAME = 10
"""Minimum width of a column of descriptions; where there is less, they are on lines of their own."""

MAX_HEADING = 7
"""Width up to which a heading makes its column wider."""


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


@dataclass(frozen=True, slots=True)
class Lead:
    """What is printed before the description: its heading, and how many columns it takes, 0 for nothing."""

    heading: str = ""
    show: Callable[[Item], str] = field(default=lambda _item: "")
    room: int = 0

    def cells(self, text: str) -> list[Cell]:
        """Return a text before the description."""
        return [Cell(clip(text, self.room - 1), 0)] if self.room else []


def _price_columns(till: Till, *, two_prices: bool = False) -> list[Column]:
    """Return the columns of quantity, price or two prices, and amount."""
    words, decimals = till.words, till.dice.pick((0, 0, 0, 2, 3))
    if not words.country.decimals:
        decimals = 0

    def count(item: Item) -> str:
        return till.count(item) if item.unit or not decimals else words.number(item.quantity, decimals)

    quantity = Column(words.word("col_quantity"), count)
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
    grid = _grid(till, sale, _price_columns(till))
    code = till.dice.pick(CODES)
    fits = grid.room - width(code) - 1 >= MIN_NAME
    lead = Lead("col_code", lambda _item: till.dice.fill(code), width(code) + 1)
    return _table(till, grid, lead if fits and till.dice.chance(0.4) else Lead())


def quantity_first(till: Till, sale: Sale) -> Style:
    """Print quantity, description, price and amount on one line."""
    quantity, *others = _price_columns(till)
    widest = max(width(quantity.show(item)) for item in sale.items)
    lead = Lead("col_quantity", quantity.show, max(widest, min(width(quantity.heading), MAX_HEADING)) + 1)
    return _table(till, _grid(till, sale, others), lead)


def two_prices(till: Till, sale: Sale) -> Style:
    """Print two columns of prices, without tax and with it; one where there is no room or prices include no tax."""
    one = _grid(till, sale, _price_columns(till))
    two = _grid(till, sale, _price_columns(till, two_prices=True))
    taxed = sale.tax_included and any(item.rate for item in sale.items) and not any(item.offer for item in sale.items)
    return _table(till, two if taxed and two.room >= 0 else one, Lead())


def _table(till: Till, grid: Grid, lead: Lead) -> Style:
    """Return the style of a table whose descriptions are left of its numbers, or above them if there is no room."""
    dice, words = till.dice, till.words
    beside = grid.room - lead.room >= MIN_NAME and dice.chance(0.85)
    room = (grid.room if beside else till.sheet.columns) - lead.room
    if dice.chance(0.6):
        cells = lead.cells(words.word(lead.heading)) if lead.room else []
        name = Cell(clip(words.word("col_name"), room), lead.room)
        numbers = grid.headings()
        _with_heading(till, *([[*cells, name, *numbers]] if beside else [[*cells, name], numbers]))
    wraps = dice.chance(0.5)

    def style(item: Item) -> PrintedItem:
        parts = broken(item.name, room, cuts_words=False) if wraps else [clip(item.name, room).strip()]
        first = [*lead.cells(lead.show(item)), Cell(parts[0], lead.room)]
        numbers = grid.numbers(till, item)
        lines = [[*first, *numbers] if beside else first, *([Cell(part, lead.room)] for part in parts[1:])]
        for cells in lines if beside else [*lines, numbers]:
            till.sheet.row(*cells)
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
