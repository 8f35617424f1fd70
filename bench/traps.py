"""What is accepted of receipts whose content misleads: ``python -m bench.traps --seed 17 --receipts 1000``.

The texts are those of the generator's traps, in every country and language. They are given to the whole decision as if
both engines had read them without any error: no picture is drawn, and a hundred receipts take some seconds. With
``--pictures``, a folder of drawn pictures is read by ``rpiocr scan`` instead.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from bench.accuracy import scan
from bench.data import cents
from bench.report import BENCHMARKS, circumstances, number, table, write_section
from bench.score import read_results
from bench.texts import HEIGHT, LETTER, STEP
from generator.locales import country_codes
from generator.sheet import Cell, width
from generator.sheet import Line as PrintedLine
from generator.traps.drawing import TRAPS, TrapDraft, drafts
from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import understand
from rpiocr.extract import Hints, Languages
from rpiocr.model import Box, EngineId, Field, Line, Pass, Verdict, Word
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from rpiocr.recognise.tesseract import with_psm
from rpiocr.settings import Settings

TODAY = dt.date(2026, 12, 15)

ENGINES: tuple[EngineId, ...] = (with_psm(6), with_psm(4), ALL_LINES)
"""Two passes of the first engine and one of the second, as for a receipt that is settled at once."""

CONFIDENCE = 0.96
"""That of words that are printed clearly."""

FIELDS = ("total", "date", "currency")


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered about a receipt, and whether that was accepted."""

    total: Decimal | None
    date: str | None
    currency: str | None
    accepted: bool
    held_by: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """A receipt: its name, the trap, what is right and which of it the paper decides, and its text."""

    name: str
    trap: str
    total: Decimal | None
    date: str | None
    currency: str
    decides: Mapping[str, bool]
    text: str = ""

    @staticmethod
    def of(name: str, key: Mapping[str, Any], text: str = "") -> Case:
        """Read the ground truth of one receipt."""
        return Case(name, key["trap"], cents_or_finer(key["total"]), key["date"], key["currency"], key["decides"], text)


def cents_or_finer(value: object) -> Decimal | None:
    """Return an amount without rounding; ``None`` for what is no amount."""
    return None if cents(value) is None else Decimal(str(value))


@dataclass(frozen=True, slots=True)
class Marked:
    """A receipt, the answer, and the fields that are wrong in it."""

    case: Case
    answer: Answer

    @property
    def wrong(self) -> tuple[str, ...]:
        """The fields whose answer is not what is right; where no date is printed, every date is wrong."""
        return tuple(name for name in FIELDS if getattr(self.case, name) != getattr(self.answer, name))

    @property
    def wrongly_accepted(self) -> bool:
        """Whether something wrong was accepted."""
        return self.answer.accepted and bool(self.wrong)

    @property
    def decides(self) -> bool:
        """Whether the paper decides everything, so that the receipt can be accepted."""
        return all(self.case.decides.values()) and self.case.date is not None


def set_in_type(lines: Sequence[PrintedLine]) -> tuple[Line, ...]:
    """Return printed lines as an engine reports them that makes no mistakes, every cell at its column."""
    found, top = [], 0.0
    for line in lines:
        words = tuple(word for cell in line.cells for word in _words(cell, line, top))
        if words:
            found.append(Line(tuple(sorted(words, key=lambda word: word.box.left))))
        top += STEP * line.look.tall
    return tuple(found)


def _words(cell: Cell, line: PrintedLine, top: float) -> Iterator[Word]:
    letter = LETTER * line.look.wide
    start = cell.column - {"left": 0.0, "centre": width(cell.text) / 2, "right": float(width(cell.text))}[cell.align]
    for match in re.finditer(r"\S+", cell.text):
        left = start + width(cell.text[: match.start()])
        right = left + width(match.group())
        box = Box(left * letter, top, right * letter, top + HEIGHT * line.look.tall)
        yield Word(match.group(), box, CONFIDENCE)


def answer_to(lines: tuple[Line, ...], languages: Languages, judge: Judge) -> Answer:
    """Return what is decided about text that both engines read alike."""
    passes = [Pass(engine, "default", lines, 0.1) for engine in ENGINES]
    found = understand(passes, 0.0, languages, Hints(TODAY), judge)
    fields = found.fields
    judged = [field for field in (fields.amount, fields.date, fields.currency) if isinstance(field, Field)]
    return Answer(
        fields.amount.chosen.value if fields.amount else None,
        fields.date.chosen.value.isoformat() if fields.date else None,
        fields.currency.chosen.value if isinstance(fields.currency, Field) else fields.currency,
        found.judgement.verdict is Verdict.ACCEPT,
        "; ".join(veto.why for field in judged for veto in field.vetoes),
    )


def of_texts(made: Iterable[TrapDraft]) -> Iterator[Marked]:
    """Decide about the text of each receipt."""
    languages, judge = Languages(named=("en",)), Judge(Settings().accept_risk)
    for draft in made:
        case = Case.of(draft.order.name, draft.key, draft.text)
        yield Marked(case, answer_to(set_in_type(draft.lines), languages, judge))


def of_pictures(folder: Path, jobs: int) -> Iterator[Marked]:
    """Have the pictures of a folder that the generator made read by ``rpiocr scan``."""
    keys = {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((folder / "key").glob("*.json"))}
    pictures = [folder.resolve() / "img" / f"{name}.jpg" for name in keys]
    results = read_results(scan(pictures, ["--mode=auto"], jobs))
    for picture in pictures:
        row = results.get(str(picture), {})
        total = row.get("amount")
        answer = Answer(
            None if total is None else Decimal(str(total)),
            row.get("date"),
            row.get("currency"),
            row.get("verdict") == "ACCEPT",
        )
        yield Marked(Case.of(picture.stem, keys[picture.stem]), answer)


def traps_table(marks: Sequence[Marked]) -> str:
    """One row for each trap and one for all: right, accepted, wrong and accepted, coverage of those that decide."""
    rows = [_row(name, [one for one in marks if one.case.trap == name]) for name in TRAPS]
    rows = [row for row in rows if row[1] != "0"]
    head = ["trap", "receipts", "right", "accepted", "wrong accepted", *FIELDS, "decided", "coverage"]
    return table(head, [*rows, _row("all", marks)])


def _row(name: str, marks: Sequence[Marked]) -> list[str]:
    wrong = [one for one in marks if one.wrongly_accepted]
    decided = [one for one in marks if one.decides]
    covered = sum(one.answer.accepted for one in decided)
    return [
        name,
        str(len(marks)),
        str(sum(not one.wrong for one in marks)),
        str(sum(one.answer.accepted for one in marks)),
        str(len(wrong)),
        *(str(sum(field in one.wrong for one in wrong)) for field in FIELDS),
        str(len(decided)),
        number(100 * covered / len(decided) if decided else None, 0),
    ]


def told(mark: Marked) -> str:
    """Say what was answered about a receipt and what is right, with its text."""
    case, answer = mark.case, mark.answer
    fields = ", ".join(f"{name} {getattr(answer, name)}, not {getattr(case, name)}" for name in mark.wrong)
    held = f" (held back: {answer.held_by})" if answer.held_by else ""
    return f"=== {case.trap}: {case.name}: {fields or 'right'}{held}\n{case.text}\n"


@click.command()
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option("--receipts", type=click.IntRange(1), default=1000, show_default=True, help="How many texts.")
@click.option("--trap", "traps", multiple=True, type=click.Choice(tuple(TRAPS)), help="Only this; several times.")
@click.option("--country", "countries", multiple=True, type=click.Choice(country_codes()), help="Only this.")
@click.option("--pictures", type=click.Path(exists=True, file_okay=False, path_type=Path), help="A folder of images.")
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Runs of rpiocr scan at once.")
@click.option("--misses", is_flag=True, help="Print what was accepted and is wrong.")
@click.option("--held", is_flag=True, help="Print what was held back although the paper decides it.")
@click.option("--write", is_flag=True, help="Write the table to docs/BENCHMARKS.md.")
def main(
    seed: int,
    receipts: int,
    traps: Sequence[str],
    countries: Sequence[str],
    pictures: Path | None,
    jobs: int,
    **shown: bool,
) -> None:
    """Count what is accepted of misleading receipts, and what of that is wrong."""
    made = drafts(traps or tuple(TRAPS), countries or country_codes(), seed, receipts)
    marks = tuple(of_pictures(pictures, jobs) if pictures else of_texts(made))
    for mark in marks:
        held = mark.decides and not mark.answer.accepted
        if (shown["misses"] and mark.wrongly_accepted) or (shown["held"] and held):
            click.echo(told(mark))
    counted = traps_table(marks)
    click.echo(counted)
    if shown["write"]:
        command = f"python -m bench.traps --seed {seed} --receipts {receipts}"
        write_section(BENCHMARKS, "traps", "\n\n".join(["## Receipts that mislead", circumstances(command), counted]))


if __name__ == "__main__":
    main()
