"""A run over files that are named on the command line, whatever is wrong with some of them."""

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
    """One run over files: what it writes to, and which exit statuses its files have deserved."""

    writer: Writer
    quiet: bool
    seen: set[ExitCode] = dataclasses.field(default_factory=set)

    @property
    def status(self) -> ExitCode:
        """The exit status: the worst of those seen."""
        return next((code for code in WORST_FIRST if code in self.seen), ExitCode.OK)

    def each(self, files: Sequence[str], take: Callable[[str], None], advance: Callable[[], None]) -> None:
        """Take every file, and go on with the next one where one fails; what is written is whole at every end."""
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
            # No later result could be handed on either.
            raise
        except RpiocrError as error:
            self.fail(file, error)
        except Exception as error:  # noqa: BLE001 - one receipt's defect must not cost the others
            self.fail(file, defect(file, error))

    def fail(self, file: str, error: RpiocrError, page: int | None = None) -> None:
        """Write that a file, or one page of it, could not be read."""
        from rpiocr.output.result import failure

        self.seen.add(error.exit_code)
        self.writer.write(failure(file, error, page))
        self.warn(str(error))

    def warn(self, text: str) -> None:
        """Repeat on standard error what went wrong, unless a person sees it anyway."""
        if not self.quiet and not (sys.stdout.isatty() and sys.stderr.isatty()):
            warn(text)
