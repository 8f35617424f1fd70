"""Places the text of HTML on a grid of characters: cells of a row of a table beside each other, blocks below."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rpiocr.load.html.styles import is_beside, is_flexible, is_right
from rpiocr.load.html.tree import Node, tree_of
from rpiocr.load.rows import Fragment, Row, rows_of_text, shifted, width_of

BLOCKS = frozenset(
    """
    address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hgroup hr li main menu nav ol p pre section summary tbody tfoot thead tr td th caption ul
    """.split()  # noqa: SIM905 - a list over four lines reads worse
)
SPACED = frozenset({"p", "h1", "h2", "h3", "h4", "h5", "h6", "hr"})
"""Blocks with a blank line around them."""

GAP = 2
"""Columns between cells: a reader sees that they are apart."""

MAX_COLUMNS = 50
"""Maximum number of columns of a table, and of those that a cell spans."""

MAX_NESTED = 25
"""Depth to which tables and blocks are placed side by side; what is nested deeper is placed below."""

WHITE = re.compile(r"[ \t\r\n\f]+")


def rows_of_html(html: str) -> tuple[Row, ...]:
    """Return the rows of text that a reader of the page sees, without rows of nothing at its start and end."""
    rows = _block(tree_of(html), 0)
    while rows and not rows[-1]:
        rows.pop()
    return tuple(rows)


@dataclass(slots=True)
class _Flow:
    """Rows that are being filled: ``pieces`` is the text of the last fragment, ``row`` what is before it."""

    rows: list[Row] = field(default_factory=list)
    row: list[Fragment] = field(default_factory=list)
    below: list[list[Fragment]] = field(default_factory=list)
    pieces: list[str] = field(default_factory=list)
    left: int = 0
    has_space: bool = False

    def text(self, text: str) -> None:
        """Add text, in which white space is a blank."""
        words = WHITE.split(text.replace("\u00a0", " "))
        for number, word in enumerate(words):
            if number or (not word and text):
                self.has_space = True
            if word:
                if self.has_space and self.pieces:
                    self.pieces.append(" ")
                self.has_space = False
                self.pieces.append(word)

    def beside(self, rows: Sequence[Row]) -> None:
        """Add rows beside what is on the present one."""
        self._end_fragment()
        left = self.left
        for number, row in enumerate(rows):
            place = self.row if number == 0 else self._below(number - 1)
            place.extend(shifted(row, left))
        if width := width_of(rows):
            self.left = left + width + GAP

    def _below(self, number: int) -> list[Fragment]:
        while len(self.below) <= number:
            self.below.append([])
        return self.below[number]

    def _end_fragment(self) -> None:
        if self.pieces:
            fragment = Fragment("".join(self.pieces), self.left)
            self.row.append(fragment)
            self.left = fragment.right + GAP
        self.pieces, self.has_space = [], False

    def end_row(self) -> None:
        """End the present row, if there is anything on it."""
        self._end_fragment()
        if self.row or self.below:
            self.rows += [tuple(self.row), *map(tuple, self.below)]
        self.row, self.below, self.left = [], [], 0

    def blank(self) -> None:
        """Leave a blank row, unless there is one."""
        self.end_row()
        if self.rows and self.rows[-1]:
            self.rows.append(())


def _block(node: Node, nested: int) -> list[Row]:
    flow = _Flow()
    _fill(flow, node, nested)
    flow.end_row()
    return flow.rows


def _fill(flow: _Flow, node: Node, nested: int) -> None:
    flexible = is_flexible(node.style)
    for child in node.children:
        if isinstance(child, str):
            _text(flow, child, node)
        elif child.tag == "br":
            flow.end_row()
        elif child.tag == "table" and nested < MAX_NESTED:
            _place(flow, _table(child, nested + 1), beside=flexible or is_beside(child.style))
        elif nested < MAX_NESTED and (flexible or is_beside(child.style)):
            flow.beside(_block(child, nested + 1))
        elif child.tag in BLOCKS or child.tag == "table":
            _end(flow, child)
            _fill(flow, child, nested)
            _end(flow, child)
        else:
            _fill(flow, child, nested)


def _text(flow: _Flow, text: str, node: Node) -> None:
    if not node.text.is_preformatted:
        flow.text(text)
        return
    for number, row in enumerate(rows_of_text(text)):
        if number:
            flow.end_row()
        flow.beside((row,))


def _place(flow: _Flow, rows: Sequence[Row], *, beside: bool) -> None:
    if beside:
        flow.beside(rows)
        return
    flow.end_row()
    flow.rows += rows


def _end(flow: _Flow, block: Node) -> None:
    if block.tag in SPACED:
        flow.blank()
    else:
        flow.end_row()


@dataclass(frozen=True, slots=True)
class _Cell:
    column: int
    span: int
    rows: Sequence[Row]
    is_right: bool


def _table(table: Node, nested: int) -> list[Row]:
    """Return the rows of a table: each of its rows is as many as its highest cell."""
    lines = [_cells(row, nested) for row in _rows_in(table)]
    lefts = _columns([cell for line in lines for cell in line])
    found: list[Row] = []
    for line in lines:
        height = max((len(cell.rows) for cell in line), default=0)
        found += (tuple(_placed(line, number, lefts)) for number in range(height))
    return found


def _rows_in(table: Node) -> Iterable[Node]:
    """Yield the rows of a table, and what is in it beside them as rows of one cell."""
    for child in table.children:
        if isinstance(child, str):
            if child.strip():
                yield Node("tr", {}, {}, table.text, [child])
        elif child.tag in ("tbody", "thead", "tfoot"):
            yield from _rows_in(child)
        else:
            yield child


def _cells(row: Node, nested: int) -> list[_Cell]:
    if row.tag != "tr":
        return [_Cell(0, 1, _block(row, nested), is_right=False)]
    cells: list[_Cell] = []
    column = 0
    for cell in _cells_in(row):
        if column >= MAX_COLUMNS:
            break
        span = _span(cell)
        cells.append(_Cell(column, span, _block(cell, nested), is_right(cell.attributes, cell.style)))
        column += span
    return cells


def _cells_in(row: Node) -> Iterable[Node]:
    """Yield the cells of a row; text beside them is one, too."""
    for child in row.children:
        if isinstance(child, Node):
            yield child
        elif child.strip():
            yield Node("td", {}, {}, row.text, [child])


def _span(cell: Node) -> int:
    given = cell.attributes.get("colspan", "1").strip()
    return min(MAX_COLUMNS, max(1, int(given))) if re.fullmatch(r"[0-9]{1,3}", given) else 1


def _columns(cells: Sequence[_Cell]) -> list[int]:
    """Return the left edge of every column, and behind the last one the right edge of the table."""
    count = max((cell.column + cell.span for cell in cells), default=0)
    lefts = [0] * (count + 1)
    ending: list[list[_Cell]] = [[] for _ in range(count + 1)]
    for cell in cells:
        ending[cell.column + cell.span].append(cell)
    for column in range(1, count + 1):
        needed = (lefts[cell.column] + _room(cell) for cell in ending[column])
        lefts[column] = max((lefts[column - 1], *needed))
    return lefts


def _room(cell: _Cell) -> int:
    width = width_of(cell.rows)
    return width + GAP if width else 0


def _placed(line: Sequence[_Cell], number: int, lefts: Sequence[int]) -> Iterable[Fragment]:
    for cell in line:
        if number < len(cell.rows):
            row = cell.rows[number]
            left = lefts[cell.column]
            if cell.is_right:
                left = max(left, lefts[cell.column + cell.span] - GAP - width_of((row,)))
            yield from shifted(row, left)
