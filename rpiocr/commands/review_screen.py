"""Draws a receipt that is reviewed: its fields with their alternatives, the line of text, and the keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from rpiocr.model.records import ReadWord
from rpiocr.output.page_numbers import numbered_pages
from rpiocr.store.review import FieldState, Review, ReviewField, Rival
from rpiocr.store.word_boxes import line_at
from rpiocr.system.console import cell, drawn

KEYS = (
    "Enter confirms, 1-3 put another value there, typing corrects (after a space, if it begins with a key);\n"
    "up and down choose a field, s skips, u undoes, o opens the picture, q quits"
)

STYLES = {
    FieldState.OPEN: "yellow",
    FieldState.CONFIRMED: "green",
    FieldState.CORRECTED: "green",
    FieldState.SURE: "green",
}

MAX_WARNINGS = 3


@dataclass(frozen=True, slots=True)
class Screen:
    """What is shown: the receipt that is ``number`` of ``count``, the field at ``cursor``, and what is typed for it.

    ``typed`` is None unless a correction is being typed. ``message`` is about the last key.
    """

    review: Review
    words: Sequence[ReadWord]
    number: int
    count: int
    cursor: int
    typed: str | None = None
    message: str = ""


def draw(screen: Screen, *, width: int) -> str:
    """Draw the screen; it ends where the next character is typed."""
    review = screen.review
    field = review.fields[screen.cursor]
    parts: tuple[RenderableType, ...] = (
        *_head(screen),
        Text(),
        _table(review.fields, screen.cursor),
        Text(),
        *_alternatives(field.rivals),
        cell(_line(screen, field)),
        Text(),
        Text(KEYS, style="dim"),
        cell(screen.message, "cyan"),
    )
    prompt = "" if screen.typed is None else screen.typed
    return drawn(Group(*parts), colours=True, width=width) + cell(f"{field.name}: {prompt}").plain


def _line(screen: Screen, field: ReviewField) -> str:
    """Return the line of text in which a field is printed, and its page if that is not the page of the receipt."""
    if not field.box:
        return ""
    first = screen.review.page
    words = [word for word in screen.words if (word.page or first) == field.page]
    where = "" if field.page == first else f" on page {field.page}"
    return f"line{where}: {line_at(words, field.box)}"


def _head(screen: Screen) -> Iterator[Text]:
    review = screen.review
    yield cell(f"receipt {review.receipt_id}, {screen.number} of {screen.count}", "bold")
    page = "" if review.pages == (1,) else f", {numbered_pages(review.pages)}"
    part = f", receipt {review.part} of the page" if review.part > 1 else ""
    yield cell(f"{review.file or 'the file no longer exists'}{page}{part}")
    if review.duplicates:
        yield cell(f"repeated by {', '.join(map(str, review.duplicates))}")
    yield from (cell(warning.message, "yellow") for warning in review.warnings[:MAX_WARNINGS])


def _table(fields: Sequence[ReviewField], cursor: int) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for number, field in enumerate(fields):
        here = number == cursor
        table.add_row(
            ">" if here else " ",
            field.name,
            cell(field.value or "", "bold reverse" if here else "bold"),
            Text(_standing(field), style=STYLES[field.state] if field.is_required else "dim"),
            cell(f"printed {field.raw}" if field.raw else ""),
        )
    return table


def _standing(field: ReviewField) -> str:
    if field.state is not FieldState.OPEN:
        return field.state.value
    return "not read" if field.probability is None else f"{field.probability:.0%}"


def _alternatives(rivals: Sequence[Rival]) -> Iterator[Text]:
    for number, rival in enumerate(rivals, start=1):
        printed = f", printed {rival.raw}" if rival.raw and rival.raw != rival.value else ""
        yield cell(f"   {number}: {rival.value}{printed}")
