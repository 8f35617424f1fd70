"""The command ``rpiocr scan``."""

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
from rpiocr.commands.options import config_option, setting_option, setting_options, start, verbose_option
from rpiocr.commands.receipt_run import ReceiptRun
from rpiocr.settings import Settings
from rpiocr.system.streams import require_output

if TYPE_CHECKING:
    from rpiocr.reading.outcome import Trace

FORMATS = ("ndjson", "json", "csv", "table")


@click.command(
    cls=Command,
    examples=examples(
        ("Read a receipt; on a terminal, print a table", "rpiocr scan receipt.jpg"),
        ("Print the totals of all photos of a directory", "rpiocr scan photos/*.jpg | jq .amount"),
        (
            "Read German receipts, and write the results to a CSV file",
            "rpiocr scan --lang deu --format csv photos/* > receipts.csv",
        ),
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=FILE)
@click.option(
    "--format",
    "output",
    type=click.Choice(FORMATS),
    help="Output format  [default: table on a terminal, else ndjson]",
)
@click.option("--strict", is_flag=True, help="Exit with status 3 if a receipt needs review.")
@click.option(
    "--debug",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write the images of every step to this directory.",
)
@config_option
@quiet_option
@verbose_option
@setting_option("file_mode")
@setting_options("reading")
def scan(
    files: Sequence[str],
    output: str | None,
    debug: Path | None,
    config: Path | None,
    *,
    strict: bool,
    quiet: bool,
    verbose: bool,
    **flags: object,
) -> int:
    """Read receipts from images, PDFs, e-invoices or mails (- for standard input) and print one result each.

    Exit status: 0 everything was read; 1 a defect of rpiocr; 2 wrong usage; 3 with --strict, a receipt needs review; 4
    an input could not be read; 5 something is not installed; 130 interrupted.
    """
    settings = start(flags, config, verbose=verbose)
    from rpiocr.batch.display import open_display
    from rpiocr.output.writers import WRITERS

    if debug:
        _make_directory(debug, settings)
    require_output()
    output = output or ("table" if sys.stdout.isatty() else "ndjson")
    # An array that is not closed yet leaves the terminal's line unfinished, where a bar cannot be drawn.
    bar = not quiet and not (output == "json" and sys.stdout.isatty())
    with open_display(len(files), shown=bar) as display:
        writer = WRITERS[output](display.out)
        mode, keep_images = settings.file_mode_bits, debug is not None
        run = _Scan(writer=writer, quiet=quiet, strict=strict, keep_images=keep_images, debug=debug, mode=mode)
        run.read(files, settings, display.advance)
    return run.status


def _make_directory(directory: Path, settings: Settings) -> None:
    from rpiocr.system.files import folder_mode, make_folder

    try:
        make_folder(directory, folder_mode(settings.file_mode_bits))
    except OSError as error:
        message = f"--debug: the directory {directory} cannot be created: {error.strerror}"
        raise click.UsageError(message) from error


@dataclasses.dataclass(kw_only=True)
class _Scan(ReceiptRun):
    """One run of scan."""

    debug: Path | None
    mode: int

    def take(self, trace: Trace) -> None:
        """Write the result of one receipt, and the images that were asked for."""
        super().take(trace)
        if self.debug:
            from rpiocr.output.debug_images import write_debug

            try:
                write_debug(trace, self.debug, self.mode)
            except OSError as error:
                self.warn(f"{trace.receipt.file}: the images for {self.debug} could not be written: {error}")
