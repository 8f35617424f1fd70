"""Processes the files named on the command line, and continues after errors of single files."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import click

from rpiocr.errors import ExitCode, OutputError, RpiocrError, defect
from rpiocr.system.output import warn

if TYPE_CHECKING:
    from rpiocr.output.writers import Writer

WORST_FIRST = (
    ExitCode.DEFECT,
    ExitCode.MISSING_DEPENDENCY,
    ExitCode.UNREADABLE_INPUT,
    ExitCode.NEEDS_REVIEW,
)

quiet_option = click.option(
    "-q", "--quiet", is_flag=True, help="No progress, and no errors repeated on standard error."
)


@dataclasses.dataclass(kw_only=True)
class FileRun:
    """One run over files: its outputs, and the exit statuses of its files."""

    writer: Writer
    quiet: bool
    seen: set[ExitCode] = dataclasses.field(default_factory=set)

    @property
    def status(self) -> ExitCode:
        """The worst exit status so far."""
        return next((code for code in WORST_FIRST if code in self.seen), ExitCode.OK)

    def each(self, files: Sequence[str], take: Callable[[str], None], advance: Callable[[], None]) -> None:
        """Process every file, continuing after errors; the output is valid however it ends."""
        try:
            for file in files:
                self._take_one(file, take)
                advance()
        except KeyboardInterrupt:
            self.writer.close()
            raise
        self.writer.close()

    def _take_one(self, file: str, take: Callable[[str], None]) -> None:
        try:
            take(file)
        except (BrokenPipeError, OutputError):
            # No further result could be written either.
            raise
        except RpiocrError as error:
            self.fail(file, error)
        except Exception as error:  # noqa: BLE001 - one receipt's defect must not cost the others
            self.fail(file, defect(file, error))

    def fail(self, file: str, error: RpiocrError, page: int | None = None) -> None:
        """Write the error of a file, or of one page of it."""
        from rpiocr.output.result import failure

        self.seen.add(error.exit_code)
        self.writer.write(failure(file, error, page))
        self.warn(str(error))

    def warn(self, text: str) -> None:
        """Repeat an error on standard error, unless the user sees it in the output anyway."""
        if not self.quiet and not (sys.stdout.isatty() and sys.stderr.isatty()):
            warn(text)
