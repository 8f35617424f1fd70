"""The command ``rpiocr bench``."""

from __future__ import annotations

from collections.abc import Sequence

import click

from rpiocr.commands.command import Command, examples
from rpiocr.commands.completing import FILE
from rpiocr.commands.file_run import quiet_option
from rpiocr.system.output import print_block


@click.command(
    cls=Command,
    examples=examples(
        ("Measure how fast this machine reads, and compare it with others", "rpiocr bench"),
        ("Get a first idea in less than a minute", "rpiocr bench --quick"),
        ("Measure receipts of your own, for a program", "rpiocr bench --format json photos/*.jpg"),
    ),
    headings={"repeat": "Speed and limits", "quick": "Speed and limits"},
)
@click.argument("files", nargs=-1, metavar="[FILE]...", type=FILE)
@click.option(
    "--repeat",
    type=click.IntRange(1, 100),
    default=3,
    show_default=True,
    help="Read each picture so often; medians count.",
)
@click.option("--quick", is_flag=True, help="Read one picture, once: a rough figure.")
@click.option(
    "--format", "output", type=click.Choice(("text", "json")), default="text", help="Output format  [default: text]"
)
@quiet_option
def bench(files: Sequence[str], repeat: int, output: str, *, quick: bool, quiet: bool) -> int:
    """Measure how fast this machine reads receipts: those that come with rpiocr, or pictures of your own.

    Each is read in turn with a plain pass of Tesseract over the same picture, with the default settings, no time limits
    and no cloud. The tables are Markdown, to be pasted into a report: the machine and its versions, what receipts take,
    what the start of one scan costs, and the machines in docs/BENCHMARKS.md. Close other programs before. Writes and
    sends nothing.

    Exit status: 0 measured; 2 wrong usage; 4 a picture could not be read; 5 something is not installed; 130
    interrupted.
    """
    from rpiocr.system.memory import limit_arenas, loading_modules

    limit_arenas()
    with loading_modules():
        from rpiocr.batch.display import open_display
        from rpiocr.speed.report import as_values, in_words
        from rpiocr.speed.run import measure_speed, shipped_pictures
        from rpiocr.system.json_text import dumps

    with open_display(1 if quick else len(files or shipped_pictures()), shown=not quiet) as display:
        report = measure_speed(files, repeat, quick=quick, advance=display.advance)
    print_block(in_words(report) if output == "text" else f"{dumps(as_values(report), indent=2)}\n")
    return 0
