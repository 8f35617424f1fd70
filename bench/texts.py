"""What is found in text that was read without any error: ``python -m bench.texts --seed 9501 --receipts 12``.

The texts are those of drawn receipts of every country, set in type that has one width. No picture is drawn and nothing
is read, so that forty receipts take a second: what is wrong here is wrong in the rules, not in the reading.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

import click

from bench.report import BENCHMARKS, circumstances, number, table, write_section
from bench.score import squashed
from generator.layout import Printout
from generator.locales import country_codes
from generator.receipt import Order, draft_receipt, truth
from rpiocr.extract import Extract, Hints, Languages, extract
from rpiocr.model import Box, Candidate, Line, Reading, Word

LETTER, HEIGHT, STEP = 12.0, 20.0, 30.0
"""Width and height of a letter, and distance of lines, in pixels."""

TODAY = dt.date(2026, 6, 15)

T = TypeVar("T")

FIELDS = ("total", "date", "both", "merchant", "receipt number", "payment", "tax number")


@dataclass(frozen=True, slots=True)
class Text:
    """A receipt's text and what it says; ``found`` tells, of each field that has a truth, whether that was found."""

    order: Order
    printout: Printout
    found: Mapping[str, bool]


def lines_of(printout: Printout) -> tuple[Line, ...]:
    """Set a text in type, as an engine that makes no mistakes would report it."""
    return set_in_type([line.text for line in printout.lines])


def set_in_type(texts: Sequence[str], larger: Collection[int] = ()) -> tuple[Line, ...]:
    """Return lines with their words in places; those with the numbers in ``larger`` are half as high again."""
    set_lines = (
        tuple(_words(text, STEP * place, HEIGHT * (1.5 if place in larger else 1.0)))
        for place, text in enumerate(texts)
    )
    return tuple(Line(words) for words in set_lines if words)


def _words(text: str, top: float, height: float) -> Iterator[Word]:
    widths = [LETTER * (2 if unicodedata.east_asian_width(char) in "WF" else 1) for char in text]
    for match in re.finditer(r"\S+", text):
        left, right = sum(widths[: match.start()]), sum(widths[: match.end()])
        yield Word(match.group(), Box(left, top + HEIGHT - height, right, top + HEIGHT), 0.95)


def read(order: Order, languages: Languages) -> Text:
    """Draw a receipt's text, and see what is found in it."""
    draft = draft_receipt(order)
    found = extract(Reading(lines_of(draft.printout), 1), languages, Hints(TODAY))
    return Text(order, draft.printout, _compared(truth(draft.sale, draft.printout), found))


def _compared(key: Mapping[str, Any], found: Extract) -> dict[str, bool]:
    first = _first(found.amounts), _first(found.dates), _first(found.merchants)
    compared = {
        "total": first[0] is not None and first[0] == Decimal(key["total"]),
        "date": key["date"] is None or str(first[1]) == key["date"],
        "merchant": squashed(str(first[2])) == squashed(key["company"]),
    }
    compared["both"] = compared["total"] and compared["date"]
    if key.get("number"):
        compared["receipt number"] = squashed(str(_first(found.found["receipt_number"]))) == squashed(key["number"])
    if key.get("payment"):
        paid = _first(found.found["payment"])
        compared["payment"] = paid is not None and paid.method == key["payment"]
    if key.get("tax_id"):
        ids = [squashed(one.value.number) for one in found.found["tax_ids"]]
        compared["tax number"] = any(one in squashed(key["tax_id"]) or squashed(key["tax_id"]) in one for one in ids)
    return compared


def _first(candidates: Sequence[Candidate[T]]) -> T | None:
    return candidates[0].value if candidates else None


def counts_table(texts: Sequence[Text]) -> str:
    """One row for each country and one for all: the share of each field that is found, of those that have one."""
    rows = []
    for country in [*sorted({text.order.country for text in texts}), "all"]:
        group = [text.found for text in texts if country in (text.order.country, "all")]
        right, there = Counter[str](), Counter[str]()
        for found in group:
            right.update(field for field in FIELDS if found.get(field))
            there.update(field for field in FIELDS if field in found)
        shares = [number(100 * right[field] / there[field], 1) if there[field] else "–" for field in FIELDS]
        rows.append([country, str(len(group)), *shares])
    return table(["country", "texts", *FIELDS], rows)


@click.command()
@click.option("--seed", type=click.IntRange(0), required=True)
@click.option("--receipts", type=click.IntRange(1), default=12, show_default=True, help="For each country.")
@click.option("--country", "countries", multiple=True, help="Only this country; may be given several times.")
@click.option("--misses", is_flag=True, help="Print the texts in which something is not found.")
@click.option("--write", is_flag=True, help="Write the table to docs/BENCHMARKS.md.")
def main(seed: int, receipts: int, countries: Sequence[str], *, misses: bool, write: bool) -> None:
    """Count what is found in texts of drawn receipts that were read without any error."""
    languages = Languages(named=("en",))
    orders = [
        Order(seed=seed, index=index, country=country)
        for country in countries or country_codes()
        for index in range(receipts)
    ]
    texts = [read(order, languages) for order in orders]
    for text in texts if misses else ():
        wrong = [field for field, right in text.found.items() if not right]
        if wrong:
            click.echo(f"{text.order.name}: {', '.join(wrong)}\n\n{text.printout.text}\n")
    counted = counts_table(texts)
    click.echo(counted)
    if write:
        command = f"python -m bench.texts --seed {seed} --receipts {receipts}"
        write_section(BENCHMARKS, "texts", "\n\n".join(["## Text without errors", circumstances(command), counted]))


if __name__ == "__main__":
    main()
