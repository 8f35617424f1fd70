"""The command ``rpiocr explain``."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rpiocr.commands.command import Command, examples
from rpiocr.commands.completing import FILE
from rpiocr.commands.options import config_option, setting_option, setting_options, start, verbose_option
from rpiocr.errors import ExitCode, RpiocrError, defect
from rpiocr.settings import Settings
from rpiocr.system.output import print_line, warn
from rpiocr.system.streams import require_output

if TYPE_CHECKING:
    from rpiocr.reading.outcome import Failure


@click.command(
    cls=Command,
    examples=examples(
        ("Show how a receipt was read", "rpiocr explain receipt.jpg"),
        ("Write a page with images for the browser", "rpiocr explain --html receipt.html receipt.jpg"),
    ),
)
@click.argument("file", type=FILE)
@click.option(
    "--html",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="OUT",
    help="Write one HTML file with images instead of text (- for standard output).",
)
@config_option
@verbose_option
@setting_option("file_mode")
@setting_options("reading")
def explain(file: str, html: Path | None, config: Path | None, *, verbose: bool, **flags: object) -> int:
    """Show how the receipts in FILE were read (- for standard input), for a person to check.

    For each field: where it is printed, what every pass read there, which sums agree and what was rejected; and why the
    verdict is what it is. Exit status: 0 every page was read; 1 a defect of rpiocr; 2 wrong usage; 4 the file, or a
    page of it, could not be read; 5 something is not installed; 130 interrupted.
    """
    settings = start(flags, config, verbose=verbose)
    if html and _same_file(html, Path(file)):
        message = f"--html: {html} is the receipt itself, which is not overwritten"
        raise click.UsageError(message)
    require_output()
    try:
        return _explain_as_html(file, html, settings) if html else _explain_as_text(file, settings)
    except (RpiocrError, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:
        raise defect(file, error) from error


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _explain_as_text(file: str, settings: Settings) -> int:
    from rpiocr.output.explain.story import tell
    from rpiocr.output.explain.text import write_text
    from rpiocr.pipeline import Reader
    from rpiocr.reading.outcome import Failure

    status, pages = ExitCode.OK, 0
    for outcome in Reader(settings).read(file):
        if isinstance(outcome, Failure):
            status = _warn_of(outcome)
            continue
        if pages:
            print_line()
        write_text(tell(outcome.receipt), sys.stdout)
        pages += 1
    return status


def _explain_as_html(file: str, out: Path, settings: Settings) -> int:
    from rpiocr.commands.output_file import named_output
    from rpiocr.output.explain.html import page_of

    stdout = nullcontext(sys.stdout.buffer)
    with stdout if str(out) == "-" else named_output(out, settings.file_mode_bits) as stream:
        try:
            sections, status = _sections(file, settings)
        except OSError as error:
            # It does not concern the file of the page.
            raise defect(file, error) from error
        stream.write(page_of(file, sections).encode("utf-8", "backslashreplace"))
        stream.flush()
    return status


def _sections(file: str, settings: Settings) -> tuple[list[str], int]:
    """Read a file; returns a section for each page, and the exit status. Raises Exit where no page was read."""
    from rpiocr.output.explain.html import section_of, section_of_failure
    from rpiocr.pipeline import Reader
    from rpiocr.reading.outcome import Failure

    status, sections, read = ExitCode.OK, [], False
    for outcome in Reader(settings).read(file):
        if isinstance(outcome, Failure):
            status = _warn_of(outcome)
            sections.append(section_of_failure(outcome))
        else:
            read = True
            sections.append(section_of(outcome.page, outcome.receipt))
    if not read:
        raise click.exceptions.Exit(status)
    return sections, status


def _warn_of(failure: Failure) -> ExitCode:
    warn(str(failure.error))
    return failure.error.exit_code
