"""Prints stored receipts for people: tables, one receipt in full, and bar charts."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import chain, groupby
from typing import TYPE_CHECKING, Any

from rpiocr.commands.terminal import page_drawn
from rpiocr.model.fields import ValueKind, named
from rpiocr.output.codes_in_words import code_in_full
from rpiocr.output.items_in_words import amount_in_words, completeness_in_words, count_in_words, table_of_items
from rpiocr.output.page_numbers import numbered_pages
from rpiocr.sanitize.text import one_line
from rpiocr.system.output import print_drawn

if TYPE_CHECKING:
    from rich.text import Text

    from rpiocr.model.memory import Statement
    from rpiocr.store.merchants import Merchant
    from rpiocr.store.prices import Price
    from rpiocr.store.queries import Summary
    from rpiocr.store.statistics import Line, Statistics

STYLES = {"ACCEPT": "green", "RETRY": "yellow", "ESCALATE": "red"}

LESS_OPTIONS = "-FRX"
"""Options of less: quit if everything fits, show colours, do not clear the screen."""

DEFAULT_WIDTH = 80
"""Assumed columns of a terminal of unknown width."""

MAX_BAR = 30
MIN_BAR = 8
MIN_KEY = 7
"""Maximum and minimum columns of a bar, and minimum columns of its label: those of a month."""

EIGHTHS = " ▏▎▍▌▋▊▉"


def table_of(receipts: Sequence[Summary], *, colours: bool) -> str:
    """Draw one page of a list."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from rpiocr.system.console import cell, drawn

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("id", justify="right")
    table.add_column("date", no_wrap=True)
    table.add_column("amount", justify="right", no_wrap=True)
    table.add_column("merchant", overflow="fold")
    table.add_column("verdict", no_wrap=True)
    table.add_column("note", overflow="fold")
    for one in receipts:
        table.add_row(
            str(one.id),
            one.date.isoformat() if one.date else "",
            amount_in_words(one.amount, one.currency),
            cell(one.merchant or ""),
            _verdict(one),
            cell(_note(one), style="dim"),
        )
    return drawn(table, colours=colours, width=shutil.get_terminal_size().columns)


def table_of_prices(prices: Sequence[Price], *, colours: bool) -> str:
    """Draw prices with a bar for each, which compares it with the highest in its currency and unit."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from rpiocr.system.console import cell, drawn

    most: dict[tuple[str | None, str | None], Decimal] = {}
    for one in prices:
        most[one.currency, one.unit] = max(most.get((one.currency, one.unit), Decimal(0)), one.price or Decimal(0))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("date", no_wrap=True)
    table.add_column("price", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True, min_width=MIN_BAR)
    for name in ("quantity", "amount"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("merchant", overflow="fold")
    table.add_column("item", overflow="fold")
    table.add_column("id", justify="right", no_wrap=True)
    for one in prices:
        table.add_row(
            one.date.isoformat() if one.date else "",
            cell(amount_in_words(one.price, one.currency) + (f"/{one.unit}" if one.unit else "")),
            _bar(one.price or Decimal(0), most[one.currency, one.unit], MIN_BAR),
            amount_in_words(one.quantity, None),
            amount_in_words(one.amount, None),
            cell(one.merchant or ""),
            cell(one.description or ""),
            str(one.receipt),
        )
    return drawn(table, colours=colours, width=shutil.get_terminal_size().columns)


def receipt_in_full(receipt: Mapping[str, Any], *, colours: bool) -> str:
    """Return everything known about one receipt."""
    from rich.table import Table

    from rpiocr.system.console import cell, drawn

    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _facts(receipt):
        table.add_row(name, cell(value))
    text = "\n".join(f"  {one_line(line)}" for line in receipt["text"].splitlines())
    tables = (table, table_of_items(receipt["items"])) if receipt["items"] else (table,)
    width = shutil.get_terminal_size().columns
    return "".join(drawn(one, colours=colours, width=width) for one in tables) + (f"\n{text}\n" if text else "")


def bars(lines: Sequence[Line], heading: str, width: int = DEFAULT_WIDTH) -> Iterator[str]:
    """Draw one bar per line, in one chart per currency, each with its own scale.

    No line exceeds ``width`` columns, unless that is too small for any chart; notes on a sum are on separate lines
    below it.
    """
    for currency, group in groupby(lines, key=lambda line: line.currency):
        yield f"{currency or 'no currency'} by {heading}"
        yield from _chart(list(group), width)
        yield ""


def _chart(lines: Sequence[Line], width: int) -> Iterator[str]:
    from rich.cells import cell_len, set_cell_size

    most = max((line.amount for line in lines), default=Decimal(0))
    digits = max(len(f"{line.amount:f}") for line in lines)
    count = max(len(str(line.receipts)) for line in lines)
    rest = width - len("    ") - digits - len("  ") - len(" ") - count
    key_width = min(max(cell_len(_key(line)) for line in lines), max(MIN_KEY, rest - MIN_BAR))
    bar_width = max(MIN_BAR, min(MAX_BAR, rest - key_width))
    for line in lines:
        key = _key(line) if cell_len(_key(line)) <= key_width else set_cell_size(_key(line), key_width - 1) + "…"
        bar = _bar(line.amount, most, bar_width)
        yield f"  {set_cell_size(key, key_width)}  {line.amount:>{digits}f}  {bar} {line.receipts}"
        yield from (f"    {note}" for note in _notes_on(line))


def _notes_on(line: Line) -> Iterator[str]:
    if line.unsure:
        yield f"of which unsure: {line.unsure_amount:f} in {line.unsure}"
    if line.without_amount:
        yield f"{line.without_amount} without an amount"


def chart_of(statistics: Statistics, top: int) -> Iterator[str]:
    """Draw sums by month and by the ``top`` merchants of each currency, and the totals."""
    width = shutil.get_terminal_size().columns
    yield from bars(statistics.months, "month", width)
    largest = [
        line for _, group in groupby(statistics.merchants, key=lambda line: line.currency) for line in list(group)[:top]
    ]
    yield from bars(largest, "merchant", width)
    for line in statistics.totals:
        yield f"{amount_in_words(line.amount, line.currency)} in {count_in_words(line.receipts, 'receipt')}"
        yield from (f"  {note}" for note in _notes_on(line))


def _bar(amount: Decimal, most: Decimal, width: int) -> str:
    if amount <= 0 or most <= 0:
        return ""
    eighths = int(amount / most * width * 8)
    return ("█" * (eighths // 8) + EIGHTHS[eighths % 8]).rstrip() or EIGHTHS[1]


def _key(line: Line) -> str:
    return one_line(line.key) if line.key else "unknown"


def _verdict(one: Summary) -> Text:
    from rpiocr.system.console import cell

    if one.sure and one.verdict != "ACCEPT":
        return cell("confirmed", style=STYLES["ACCEPT"])
    return cell(f"{one.verdict} {one.quality}", style=STYLES.get(one.verdict, ""))


def _note(one: Summary) -> str:
    notes = []
    if one.part > 1:
        notes.append(f"receipt {one.part} of its image")
    if one.corrected:
        notes.append("corrected " + ", ".join(one.corrected))
    if one.confirmed and not one.sure:
        notes.append("confirmed " + ", ".join(one.confirmed))
    if one.duplicate_of:
        notes.append(f"repeats {one.duplicate_of}")
    return "; ".join(notes)


def _facts(receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "receipt", f"{receipt['id']}: {receipt['verdict']} {receipt['quality']}"
    if receipt["archived_at"]:
        yield "archived", receipt["archived_at"][:10]
    yield from _values(receipt)
    for one in receipt["corrections"]:
        was, value = in_words(one["was"]), in_words(one["value"])
        yield "corrected", f"{one['field']}: {was} became {value} on {one['corrected_at'][:10]}"
    if receipt["sure"] and receipt["verdict"] != "ACCEPT":
        yield "checked", "the uncertain values are confirmed"
    for one in receipt["confirmations"]:
        yield "confirmed", f"{one['field']}: {in_words(one['value'])} on {one['confirmed_at'][:10]}"
    for name, one in receipt["evidence"].items():
        yield f"read {name.replace('_', ' ')}", "; ".join(_evidence(one))
    yield from _whereabouts(receipt)


def _values(receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "amount", amount_in_words(receipt["amount"], receipt["currency"]) or "not known"
    yield "date", receipt["date"] or "not known"
    yield "merchant", receipt["merchant"] or "not known"
    for name in named(ValueKind.TIME, ValueKind.TEXT):
        if receipt[name] and name != "merchant":
            yield name.replace("_", " "), receipt[name]
    for name in named(ValueKind.MONEY):
        if receipt[name] is not None and name != "amount":
            yield name, amount_in_words(receipt[name], receipt["currency"])
    if receipt["payment"]:
        yield "payment", " ".join(filter(None, receipt["payment"].values()))
    for one in receipt["tax_ids"]:
        yield "tax id", " ".join(filter(None, (one["kind"], one["country"], one["number"])))
    if receipt["items_check"]:
        yield "items", completeness_in_words(receipt)
    for one in receipt["codes"]:
        yield "code", code_in_full(one)


def _whereabouts(receipt: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if receipt["duplicate_of"]:
        yield "repeats", f"{receipt['duplicate_of']} ({receipt['duplicate_why']})"
    if receipt["duplicates"]:
        yield "repeated by", ", ".join(map(str, receipt["duplicates"]))
    for one in receipt["warnings"]:
        yield "warning", one["message"]
    yield "file", f"{receipt['file']}, {numbered_pages(receipt['pages'])}, receipt {receipt['part']} on it"
    if receipt["attachment"]:
        yield "attachment", receipt["attachment"]
    yield "now at", receipt["now_at"] or "not where it was"
    yield "read", f"{receipt['read_at'][:19]} UTC by {receipt['source']}, {receipt['passes']} passes"


def _evidence(one: Mapping[str, Any]) -> Iterator[str]:
    printed = f" from {one['raw']!r}" if one["raw"] else ""
    yield f"{one['value']}{printed}" + (f" on page {one['page']}" if "page" in one else "")
    if one["confidence"] is not None:
        yield f"{100 * one['confidence']:.0f} %, {one['votes']} of {one['passes']} passes"
    if one["checks"]:
        yield ", ".join(one["checks"])
    if one["rivals"]:
        yield "not " + ", ".join(rival["value"] for rival in one["rivals"])


def table_of_merchants(merchants: Sequence[Merchant], *, colours: bool) -> str:
    """Draw what is remembered of merchants; several values of one are separated by slashes."""
    from rpiocr.model.memory import REMEMBERED

    receipts = (", ".join(map(str, one.receipts)) for one in merchants)
    said = ([" / ".join(one.values.get(name, ())) for name in REMEMBERED] for one in merchants)
    rows = ([str(one.key), *values, ids] for one, values, ids in zip(merchants, said, receipts, strict=True))
    return _plain_table(("key", *REMEMBERED, "said on"), rows, colours=colours)


def table_of_statements(statements: Sequence[Statement], *, colours: bool) -> str:
    """Draw what people said about one merchant."""
    rows = (
        [one.field, one.value, one.said_at.date().isoformat(), str(one.receipt_id or ""), one.printed or ""]
        for one in statements
    )
    return _plain_table(("field", "value", "said", "receipt", "printed there"), rows, colours=colours)


def _plain_table(names: Sequence[str], rows: Iterable[Sequence[str]], *, colours: bool) -> str:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from rpiocr.system.console import cell, drawn

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in names:
        table.add_column(name, overflow="fold")
    for row in rows:
        table.add_row(*map(cell, row))
    return drawn(table, colours=colours, width=shutil.get_terminal_size().columns)


def in_words(value: object) -> str:
    """Return the value of a correction for people: an item by its description and amount."""
    if isinstance(value, Mapping):
        return f"{value['description']} {in_words(value['amount'])}"
    return "nothing" if value is None else f"{value:f}" if isinstance(value, Decimal) else str(value)


def tables_of(pages: Iterable[Sequence[Summary]], *, colours: bool) -> Iterator[str]:
    """Draw page after page, each on demand."""
    for page in pages:
        yield table_of(page, colours=colours)


def print_or_page(texts: Iterable[str]) -> None:
    """Print text that fits on the terminal; show longer text in the user's pager, each part on demand.

    ``less`` leaves its output on the terminal, unless the user's own LESS overrides that.
    """
    if not sys.stdout.isatty():
        for text in texts:
            print_drawn(text)
        return
    height, lines, seen, rest = shutil.get_terminal_size().lines, 0, list[str](), iter(texts)
    for text in rest:
        seen.append(text)
        lines += text.count("\n")
        if lines >= height:
            os.environ.setdefault("LESS", LESS_OPTIONS)
            page_drawn(chain(seen, rest))
            return
    print_drawn("".join(seen))
