"""The command ``rpiocr explain``."""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Iterator
from contextlib import closing, nullcontext
from dataclasses import dataclass
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
    from rpiocr.model import Receipt
    from rpiocr.reading.outcome import Failure, Trace

NUMBER = re.compile(r"[0-9]{1,10}")

MAX_RECEIPT = 2**31 - 1
"""Maximum number of a stored receipt."""


@click.command(
    cls=Command,
    examples=examples(
        ("Show how a receipt was read", "rpiocr explain receipt.jpg"),
        ("Write a page with images for the browser", "rpiocr explain --html receipt.html receipt.jpg"),
        ("Show how a stored receipt was read", "rpiocr explain 1"),
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
@setting_option("store")
@setting_options("reading")
def explain(file: str, html: Path | None, config: Path | None, *, verbose: bool, **flags: object) -> int:
    """Show how the receipts in FILE were read, for a person to check.

    FILE is a file, - for standard input, or the number of a stored receipt, see rpiocr list: that receipt is read again
    from its file, if that has not changed.

    For each field: where it is printed, what every pass read there, which sums agree and what was rejected; and why the
    verdict is what it is. What the store remembers of the merchant counts, as when a receipt is stored. Exit status: 0
    every page was read; 1 a defect of rpiocr; 2 wrong usage; 4 the file, or a page of it, could not be read; 5
    something is not installed; 130 interrupted.
    """
    settings = start(flags, config, verbose=verbose)
    source = _source_of(file, settings)
    if html and _same_file(html, Path(source.file)):
        message = f"--html: {html} is the receipt itself, which is not overwritten"
        raise click.UsageError(message)
    require_output()
    try:
        return _explain_as_html(source, html, settings) if html else _explain_as_text(source, settings)
    except (RpiocrError, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:
        raise defect(file, error) from error


@dataclass(frozen=True, slots=True)
class _Source:
    """What to explain: all receipts of a file, or one of them."""

    file: str
    receipt: tuple[int, int] | None = None
    """The page, and the position of the receipt on it."""

    def outcomes(self, settings: Settings, *, keep_images: bool = False) -> Iterator[Trace | Failure]:
        """Read the file; yields the selected outcomes, with the images of all their pages if they are to be kept."""
        from rpiocr.pipeline import Reader
        from rpiocr.reading.outcome import Failure

        for outcome in Reader(settings, keep_images=keep_images).read(self.file):
            if isinstance(outcome, Failure):
                if self.receipt is None or outcome.page in (None, self.receipt[0]):
                    yield outcome
            elif self.receipt is None or _has(outcome.receipt, *self.receipt):
                yield dataclasses.replace(outcome, receipt=_with_memory(outcome.receipt, settings))


def _with_memory(receipt: Receipt, settings: Settings) -> Receipt:
    """Return a receipt with what the store remembers of its merchant; a store that cannot be read is reported."""
    from rpiocr.decide.remembered import keys_on, with_memory

    keys = keys_on(receipt)
    if not keys:
        return receipt
    from rpiocr.store.database import Database
    from rpiocr.store.errors import StoreMissingError
    from rpiocr.store.merchants import recall

    try:
        with closing(Database(settings.store, as_it_is=True)) as database, database.snapshot() as connection:
            return with_memory(receipt, recall(connection, keys))
    except StoreMissingError:
        return receipt
    except RpiocrError as error:
        warn(f"what the store remembers of the merchant is left out: {error}")
        return receipt


def _has(receipt: Receipt, page: int, part: int) -> bool:
    """Return whether a receipt is the one at a position; older stores may name it by another one of its pages."""
    return page in receipt.pages and receipt.part == part


def _source_of(given: str, settings: Settings) -> _Source:
    """Resolve an argument: an existing file of that name, otherwise a stored receipt if it is a number.

    Raises NoSuchReceiptError, OriginalMissingError, and errors of the store.
    """
    if not NUMBER.fullmatch(given) or int(given) > MAX_RECEIPT or Path(given).exists():
        return _Source(given)
    from rpiocr.commands.filters import opened
    from rpiocr.keep.stored_file import stored_file

    with opened(settings) as database:
        stored = stored_file(database, int(given))
    return _Source(str(stored.path), (stored.page, stored.part))


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _explain_as_text(source: _Source, settings: Settings) -> int:
    from rpiocr.output.explain.story import story_of
    from rpiocr.output.explain.text import write_text
    from rpiocr.reading.outcome import Failure

    status, pages = ExitCode.OK, 0
    for outcome in source.outcomes(settings):
        if isinstance(outcome, Failure):
            status = _warn_of(outcome)
            continue
        if pages:
            print_line()
        write_text(story_of(outcome.receipt), sys.stdout)
        pages += 1
    return status


def _explain_as_html(source: _Source, out: Path, settings: Settings) -> int:
    from rpiocr.commands.output_file import named_output
    from rpiocr.output.explain.html import page_of

    stdout = nullcontext(sys.stdout.buffer)
    with stdout if str(out) == "-" else named_output(out, settings.file_mode_bits) as stream:
        try:
            sections, status = _sections(source, settings)
        except OSError as error:
            # The error does not concern the HTML file.
            raise defect(source.file, error) from error
        stream.write(page_of(source.file, sections).encode("utf-8", "backslashreplace"))
        stream.flush()
    return status


def _sections(source: _Source, settings: Settings) -> tuple[list[str], int]:
    """Read a file; returns a section per page, and the exit status. Raises Exit if no page was read."""
    from rpiocr.output.explain.html import section_of, section_of_failure
    from rpiocr.reading.outcome import Failure

    status, sections, read = ExitCode.OK, [], False
    for outcome in source.outcomes(settings, keep_images=True):
        if isinstance(outcome, Failure):
            status = _warn_of(outcome)
            sections.append(section_of_failure(outcome))
        else:
            read = True
            more = [one.trace.page for one in outcome.more if one.trace and one.trace.page]
            sections.append(section_of(outcome.page, outcome.receipt, more))
    if not read:
        raise click.exceptions.Exit(status)
    return sections, status


def _warn_of(failure: Failure) -> ExitCode:
    warn(str(failure.error))
    return failure.error.exit_code
