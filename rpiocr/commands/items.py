"""The command ``rpiocr items``."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rpiocr.commands.command import Command, examples
from rpiocr.commands.completing import FILE
from rpiocr.commands.file_run import quiet_option
from rpiocr.commands.listing import chosen_format, format_option
from rpiocr.commands.options import config_option, setting_options, start, verbose_option
from rpiocr.commands.receipt_run import ReceiptRun
from rpiocr.system.streams import require_output

if TYPE_CHECKING:
    from rpiocr.output.result import Answer


@click.command(
    cls=Command,
    examples=examples(
        ("Print what was bought; on a terminal, as a table", "rpiocr items receipt.jpg"),
        ("Write what was bought to a CSV file, a row for each item", "rpiocr items --format csv photos/* > items.csv"),
        (
            "Print the items of lists that are proved",
            "rpiocr items photos/*.jpg | jq 'select(.verdicts.items == \"ACCEPT\") | .items[]'",
        ),
    ),
    headings={"items": "Reading"},
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=FILE)
@format_option
@click.option("--strict", is_flag=True, help="Exit with status 3 if a list of items is not accepted.")
@click.option(
    "--items",
    type=click.Choice(("auto", "full")),
    default="full",
    help="Line items: auto from what is read for the other fields, or full, which reads more until they are proved;"
    " the setting items does not count.  [default: full]",
)
@config_option
@quiet_option
@verbose_option
@setting_options("reading", without=("items",))
def items(
    files: Sequence[str],
    output: str | None,
    items: str,
    config: Path | None,
    *,
    strict: bool,
    quiet: bool,
    verbose: bool,
    **flags: object,
) -> int:
    """Read receipts from images or PDFs (- for standard input) and print what was bought.

    The table is followed by what the sum of the items agrees with, and whether the list is accepted. JSON is that of
    rpiocr scan; CSV has a row for each item, none for a receipt without items.

    Exit status: 0 everything was read; 1 a defect of rpiocr; 2 wrong usage; 3 with --strict, a list of items needs
    review; 4 an input could not be read; 5 something is not installed; 130 interrupted.
    """
    settings = start({**flags, "items": items}, config, verbose=verbose)
    from rpiocr.batch.display import open_display
    from rpiocr.output.item_writers import ITEMS_WRITERS

    require_output()
    output = chosen_format(output)
    # An array that is not closed yet leaves the terminal's line unfinished, where a bar cannot be drawn.
    bar = not quiet and not (output == "json" and sys.stdout.isatty())
    with open_display(len(files), shown=bar) as display:
        run = _Items(writer=ITEMS_WRITERS[output](display.out), quiet=quiet, strict=strict)
        run.read(files, settings, display.advance)
    return run.status


@dataclasses.dataclass(kw_only=True)
class _Items(ReceiptRun):
    """One run of items."""

    def is_accepted(self, result: Answer) -> bool:
        """Return whether the list of items is accepted."""
        return bool(result["verdicts"]["items"] == "ACCEPT")
