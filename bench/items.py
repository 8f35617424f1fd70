"""What is read of the items of receipts: ``python -m bench.items --seed 5 --receipts 300``.

The texts are those of drawn receipts, in all layouts of items and every country and language. They are given to the
whole decision as if both engines had read them without any error: no image is drawn. With ``--distort``, their
boxes are those of a page that lies askew, or bulges, by more than was measured. With ``--pictures``, a folder of
drawn images is read by ``rpiocr scan`` instead.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from bench.accuracy import scan
from bench.distortion import Distortion
from bench.report import BENCHMARKS, circumstances, number, table, write_section
from bench.score import read_results, squashed
from bench.traps import ENGINES, TODAY, set_in_type
from generator.items.printing import LAYOUT_NAMES, LAYOUTS, USUAL
from generator.locales import country_codes
from generator.receipt import Order, draft_receipt, orders, truth
from generator.shop import KINDS
from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import understand
from rpiocr.decide.items import find_items
from rpiocr.extract import Hints, Languages
from rpiocr.model import ItemList, Line, Pass, Verdict
from rpiocr.settings import Settings

ALIKE = 0.75
"""Minimum similarity of two descriptions, 0 to 1, that are taken for the same."""

NO_ITEMS = "no items"
"""Stands for the layout of slips of card terminals."""


@dataclass(frozen=True, slots=True)
class Row:
    """One item, as it is printed or as it was read."""

    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal

    @staticmethod
    def of(item: Mapping[str, Any]) -> Row:
        """Read an item of a ground truth or of a result."""
        return Row(
            str(item["description"] or ""),
            _decimal(item["quantity"]),
            _decimal(item["unit_price"]),
            Decimal(str(item["amount"])),
        )


def _decimal(value: object) -> Decimal | None:
    return None if value is None else Decimal(str(value))


@dataclass(frozen=True, slots=True)
class Case:
    """A receipt: its name, layout and what is special about its items, the items, and its text."""

    name: str
    layout: str
    traits: tuple[str, ...]
    items: tuple[Row, ...]
    text: str = ""

    @staticmethod
    def of(name: str, key: Mapping[str, Any], text: str = "") -> Case:
        """Read the ground truth of one receipt."""
        items = tuple(map(Row.of, key["items"]))
        return Case(name, key["items_layout"] or NO_ITEMS, tuple(key["items_traits"]), items, text)


@dataclass(frozen=True, slots=True)
class Answer:
    """The items that were read, and whether they were accepted."""

    items: tuple[Row, ...]
    accepted: bool


@dataclass(frozen=True, slots=True)
class Marked:
    """A receipt and the answer."""

    case: Case
    answer: Answer

    @property
    def whole(self) -> bool:
        """Whether the amounts of all items are right, with none missing and none too many."""
        return sorted(item.amount for item in self.case.items) == sorted(item.amount for item in self.answer.items)

    @property
    def wrongly_accepted(self) -> bool:
        """Whether a list was accepted that is not whole."""
        return self.answer.accepted and not self.whole

    @property
    def pairs(self) -> tuple[tuple[Row, Row], ...]:
        """Printed items and what was read of them: of equal amounts, the most similar descriptions first."""
        options = sorted(
            (-_similarity(printed, read), place, other)
            for place, printed in enumerate(self.case.items)
            for other, read in enumerate(self.answer.items)
            if printed.amount == read.amount
        )
        found: dict[int, int] = {}
        for _, place, other in options:
            if place not in found and other not in found.values():
                found[place] = other
        return tuple((self.case.items[place], self.answer.items[other]) for place, other in sorted(found.items()))

    @property
    def described(self) -> tuple[tuple[Row, Row], ...]:
        """The pairs whose descriptions are alike."""
        return tuple((printed, read) for printed, read in self.pairs if _similarity(printed, read) >= ALIKE)


def _similarity(one: Row, other: Row) -> float:
    texts = squashed(one.description), squashed(other.description)
    return 1.0 if texts[0] == texts[1] else difflib.SequenceMatcher(None, *texts, autojunk=False).ratio()


def answer_to(lines: tuple[Line, ...], languages: Languages, judge: Judge) -> Answer:
    """Return the items that are found in text that both engines read alike."""
    passes = [Pass(engine, "default", lines, 0.1) for engine in ENGINES]
    found = understand(passes, 0.0, languages, Hints(TODAY), judge)
    items = find_items(found, found.fields)
    return _answer(items.listed if items else None)


def _answer(found: ItemList | None) -> Answer:
    if found is None:
        return Answer((), accepted=False)
    items = tuple(Row(item.description, item.quantity, item.unit_price, item.amount) for item in found.items)
    return Answer(items, found.verdict is Verdict.ACCEPT)


def of_texts(made: Iterable[Order], distortion: Distortion) -> Iterator[Marked]:
    """Find the items in the text of each receipt, which is distorted."""
    languages, judge = Languages(named=("en",)), Judge(Settings().accept_risk)
    for order in made:
        draft = draft_receipt(order)
        case = Case.of(order.name, truth(draft.sale, draft.printout), draft.printout.text)
        yield Marked(case, answer_to(distortion.of(set_in_type(draft.printout.lines)), languages, judge))


def of_pictures(folder: Path, jobs: int) -> Iterator[Marked]:
    """Have the images of a folder that the generator made read by ``rpiocr scan``."""
    keys = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((folder / "key").glob("*.json"))}
    pictures = [folder.resolve() / "img" / f"{name}.jpg" for name in keys]
    results = read_results(scan(pictures, ["--mode=auto"], jobs))
    for picture in pictures:
        row = results.get(str(picture), {})
        verdict = (row.get("verdicts") or {}).get("items")
        answer = Answer(tuple(map(Row.of, row.get("items") or ())), verdict == "ACCEPT")
        yield Marked(Case.of(picture.stem, keys[picture.stem]), answer)


def items_table(marks: Sequence[Marked]) -> str:
    """One row for each layout, for each trait and for all: receipts, and shares of their items in per cent."""
    traits = sorted({trait for mark in marks for trait in mark.case.traits})
    groups = [(name, [one for one in marks if one.case.layout == name]) for name in (*LAYOUT_NAMES, NO_ITEMS)]
    groups += [(f"with: {trait}", [one for one in marks if trait in one.case.traits]) for trait in traits]
    head = ["layout", "receipts", "whole", "accepted", "wrong accepted", "described", "quantity", "price"]
    return table(head, [_row(name, group) for name, group in (*groups, ("all", marks)) if group])


def _row(name: str, marks: Sequence[Marked]) -> list[str]:
    found = [pair for mark in marks for pair in mark.described]
    quantities = [(printed.quantity, read.quantity) for printed, read in found if printed.quantity is not None]
    prices = [(printed.unit_price, read.unit_price) for printed, read in found if printed.unit_price is not None]
    return [
        name,
        str(len(marks)),
        str(sum(mark.whole for mark in marks)),
        str(sum(mark.answer.accepted for mark in marks)),
        str(sum(mark.wrongly_accepted for mark in marks)),
        _share(len(found), sum(len(mark.case.items) for mark in marks)),
        _share(sum(printed == read for printed, read in quantities), len(quantities)),
        _share(sum(printed == read for printed, read in prices), len(prices)),
    ]


def _share(part: int, whole: int) -> str:
    return number(100 * part / whole if whole else None, 0)


def told(mark: Marked) -> str:
    """Describe what was read of a receipt that is not printed, and what is printed and was not read, with its text."""
    case, answer = mark.case, mark.answer
    printed, read = list(case.items), list(answer.items)
    for one, other in mark.pairs:
        printed.remove(one)
        read.remove(other)
    verdict = "accepted" if answer.accepted else "held back"
    about = ", ".join((case.layout, *case.traits))
    return f"=== {case.name}: {about}: {verdict}\nmissing: {_short(printed)}\ntoo many: {_short(read)}\n{case.text}\n"


def _short(items: Iterable[Row]) -> str:
    return "; ".join(f"{item.description} {item.amount}" for item in items) or "none"


@click.command()
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--receipts", type=click.IntRange(1), default=300, show_default=True, help="How many texts.")
@click.option("--layout", type=click.Choice((USUAL, *LAYOUTS)), help="Only this.")
@click.option("--kind", type=click.Choice(KINDS), help="Only this kind of shop.")
@click.option("--country", "countries", multiple=True, type=click.Choice(country_codes()), help="Only this.")
@click.option("--pictures", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A folder of images.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Runs of rpiocr scan at once.")
@click.option("--distort", type=(float, float), default=(0.0, 0.0), help="Degrees of turn, and per cent of bulge.")
@click.option("--misses", is_flag=True, help="Print what was accepted and is wrong.")
@click.option("--held", is_flag=True, help="Print what is not whole and was held back.")
@click.option("--write", is_flag=True, help="Write the table to docs/BENCHMARKS.md.")
def main(
    seed: int,
    receipts: int,
    layout: str | None,
    kind: str | None,
    countries: Sequence[str],
    pictures: Path | None,
    jobs: int,
    distort: tuple[float, float],
    **shown: bool,
) -> None:
    """Count the receipts whose items are read, and what of that is accepted."""
    made = orders(seed, receipts, countries or country_codes())
    made = [replace(order, layout=layout, kind=kind) for order in made]
    marks = tuple(of_pictures(pictures, jobs) if pictures else of_texts(made, Distortion(*distort)))
    for mark in marks:
        held = not mark.whole and not mark.answer.accepted
        if (shown["misses"] and mark.wrongly_accepted) or (shown["held"] and held):
            click.echo(told(mark))
    counted = items_table(marks)
    click.echo(counted)
    if shown["write"]:
        command = f"python -m bench.items --seed {seed} --receipts {receipts}"
        write_section(BENCHMARKS, "items", "\n\n".join(["## Items", circumstances(command), counted]))


if __name__ == "__main__":
    main()
