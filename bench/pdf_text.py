"""What the text of a PDF saves: ``python -m bench.pdf_text --seed 9601 --receipts 12``.

The same receipts are read as PDF files with text, and as scans of them in a PDF, one after the other in one process, so
that starting up and loading the models is not counted.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import click

from bench.report import BENCHMARKS, circumstances, number, table, write_section
from generator.pdf_text import Layer, receipt_pdf
from generator.receipt import Order, draft_receipt, truth
from rpiocr.model import Verdict
from rpiocr.pipeline import Reader
from rpiocr.reading.outcome import Trace
from rpiocr.reading.plan import TEXT
from rpiocr.settings import Settings
from rpiocr.speed.measuring import timed

COUNTRIES = ("gb", "us", "de", "fr", "nl", "my", "sg", "at")
"""Countries whose receipts have only characters that the fonts of PDF have."""

CONTENDERS = {"text": Layer.GOOD, "scan": Layer.INVISIBLE}


@dataclass(frozen=True, slots=True)
class Seen:
    """One reading: its CPU seconds, whether it went by text, and whether total and date are right and accepted."""

    cpu_s: float
    by_text: bool
    right: bool
    accepted: bool


def read_once(reader: Reader, data: bytes, key: dict[str, Any]) -> Seen:
    """Read a file, and compare it with its truth."""
    outcomes, cost = timed(lambda: list(reader.read_bytes(data, "receipt.pdf")))
    spent = cost.cpu_s
    traces = [one for one in outcomes if isinstance(one, Trace)]
    if len(traces) != 1 or len(outcomes) != 1:
        return Seen(spent, by_text=False, right=False, accepted=False)
    receipt = traces[0].receipt
    fields = receipt.fields
    found = [str(field.chosen.value) if field else None for field in (fields.amount, fields.date)]
    return Seen(
        spent,
        by_text=[rung.name for rung in receipt.rungs] == [TEXT],
        right=found == [key["total"], key["date"]],
        accepted=receipt.judgement.verdict is Verdict.ACCEPT,
    )


def read_all(orders: Sequence[Order]) -> Iterator[dict[str, Seen]]:
    """Read each receipt in every form; the form that comes first alternates, and the first receipt is read twice."""
    reader = Reader(Settings(items="off", pass_timeout=600, receipt_timeout=600))
    warm = False
    for turn, order in enumerate(orders):
        draft = draft_receipt(order)
        key = truth(draft.sale, draft.printout)
        files = {name: receipt_pdf(draft.printout, draft.press.columns, one) for name, one in CONTENDERS.items()}
        for data in () if warm else files.values():
            read_once(reader, data, key)
        warm = True
        names = list(files) if turn % 2 else list(files)[::-1]
        yield {name: read_once(reader, files[name], key) for name in names}


def costs_table(seen: Sequence[dict[str, Seen]]) -> str:
    """One row for each form, and the ratio of the CPU time by text to that of the scan."""
    rows, middles = [], {}
    for name in CONTENDERS:
        group = [one[name] for one in seen]
        costs = [one.cpu_s for one in group]
        middles[name] = (statistics.mean(costs), statistics.median(costs))
        counts = (sum(flags) for flags in zip(*((one.by_text, one.right, one.accepted) for one in group), strict=True))
        rows.append([name, *(number(value, 2) for value in middles[name]), *map(str, counts)])
    ratios = (text / scan for text, scan in zip(*middles.values(), strict=True))
    rows.append(["ratio", *(number(ratio, 2) for ratio in ratios), "", "", ""])
    return table(["PDF as", "CPU s, mean", "median", "by text", "right", "accepted"], rows)


@click.command()
@click.option("--seed", type=click.IntRange(0), required=True)
@click.option("--receipts", type=click.IntRange(1), default=12, show_default=True)
@click.option("--write", is_flag=True, help=f"Write the table to docs/{BENCHMARKS.name}.")
def main(seed: int, receipts: int, *, write: bool) -> None:
    """Measure what a PDF with text costs, and the same receipt as a scan."""
    orders = [
        Order(seed=seed, index=index, country=COUNTRIES[index % len(COUNTRIES)], slip=False)
        for index in range(receipts)
    ]
    measured = costs_table(list(read_all(orders)))
    click.echo(measured)
    if write:
        command = f"python -m bench.pdf_text --seed {seed} --receipts {receipts}"
        write_section(BENCHMARKS, "pdf text", "\n\n".join(["## Text of PDF files", circumstances(command), measured]))


if __name__ == "__main__":
    main()
