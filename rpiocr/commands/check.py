"""The command ``rpiocr check``."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from rpiocr.commands.command import Command, examples
from rpiocr.commands.completing import FILE
from rpiocr.commands.file_run import FileRun, quiet_option
from rpiocr.commands.options import config_option, setting_option, start, verbose_option
from rpiocr.errors import ExitCode
from rpiocr.system.streams import require_output

FORMATS = ("ndjson", "json", "text")


@click.command(
    cls=Command,
    examples=examples(
        ("Check a photo before discarding the receipt", "rpiocr check receipt.jpg"),
        (
            "Print the photos that should be taken again",
            "rpiocr check photos/*.jpg | jq -r 'select(.retake != []).file'",
        ),
    ),
)
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=FILE)
@click.option(
    "--format",
    "output",
    type=click.Choice(FORMATS),
    help="Output format  [default: text on a terminal, else ndjson]",
)
@setting_option("max_pixels")
@setting_option("max_pages")
@config_option
@quiet_option
@verbose_option
def check(
    files: Sequence[str],
    output: str | None,
    max_pixels: int | None,
    max_pages: int | None,
    config: Path | None,
    *,
    quiet: bool,
    verbose: bool,
) -> int:
    """Check whether another photo would be better, and why, for images or PDFs (- for standard input).

    Reads nothing and needs no Tesseract: a fraction of a second for each image. One line for each page: what is
    wrong (retake_blurred, retake_glare, retake_dark, retake_cut_off, retake_small_letters, retake_no_receipt) and what
    to do. Exit status: 0 all images are good; 1 a defect of rpiocr; 2 wrong usage; 3 another photo is advised; 4 an
    input could not be read; 130 interrupted.
    """
    settings = start({"max_pixels": max_pixels, "max_pages": max_pages}, config, verbose=verbose)
    from rpiocr.batch.display import open_display
    from rpiocr.output.writers import CHECK_WRITERS

    require_output()
    output = output or ("text" if sys.stdout.isatty() else "ndjson")
    bar = not quiet and not (output == "json" and sys.stdout.isatty())
    with open_display(len(files), shown=bar) as display:
        writer = CHECK_WRITERS[output](display.out)
        run = _Check(writer=writer, quiet=quiet, max_pixels=settings.max_pixels, max_pages=settings.max_pages)
        run.each(files, run.examine, display.advance)
    return run.status


@dataclasses.dataclass(kw_only=True)
class _Check(FileRun):
    """One run of check."""

    max_pixels: int
    max_pages: int

    def examine(self, file: str) -> None:
        """Report for every page of a file whether to take another photo."""
        from rpiocr.load import load_pages
        from rpiocr.output.writers import checked
        from rpiocr.preprocess.blank import Side
        from rpiocr.preprocess.capture_advice import advise
        from rpiocr.system.memory import trim_memory

        before: Side | None = None
        for page in load_pages(file, max_pixels=self.max_pixels, max_pages=self.max_pages):
            side = Side.of(page.pixels)
            # The blank back of a sheet needs no other photo.
            advice = () if before and side.is_blank(before) else advise(page)
            before = side
            self.writer.write(checked(page, advice))
            if advice:
                self.seen.add(ExitCode.NEEDS_REVIEW)
            trim_memory()
