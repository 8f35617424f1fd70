"""Reads the receipts of the files named on the command line, and writes a result for each."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from rpiocr.commands.file_run import FileRun
from rpiocr.errors import ExitCode, MissingDependencyError
from rpiocr.settings import Settings

if TYPE_CHECKING:
    from rpiocr.output.result import Answer
    from rpiocr.reading.outcome import Trace


@dataclasses.dataclass(kw_only=True)
class ReceiptRun(FileRun):
    """One run that reads receipts; with ``strict``, one that is not accepted counts for the exit status.

    ``keep_images``: the images of all pages of a receipt are needed.
    """

    strict: bool
    keep_images: bool = False

    def read(self, files: Sequence[str], settings: Settings, advance: Callable[[], None]) -> None:
        """Read the receipts of every file."""
        from rpiocr.system.memory import loading_modules

        with loading_modules():
            from rpiocr.pipeline import Reader
            from rpiocr.reading.outcome import Failure

        try:
            reader = Reader(settings, keep_images=self.keep_images)
        except MissingDependencyError as error:
            missing = error

            def refuse(_file: str) -> None:
                raise missing

            self.each(files, refuse, advance)
            return

        def read_one(file: str) -> None:
            for outcome in reader.read(file):
                if isinstance(outcome, Failure):
                    self.fail(outcome.file, outcome.error, outcome.page)
                else:
                    self.take(outcome)

        self.each(files, read_one, advance)

    def take(self, trace: Trace) -> None:
        """Write the result of one receipt."""
        from rpiocr.output.result import answer

        result = answer(trace.receipt)
        self.writer.write(result)
        if self.strict and not self.is_accepted(result):
            self.seen.add(ExitCode.NEEDS_REVIEW)

    def is_accepted(self, result: Answer) -> bool:
        """Return whether nobody has to review a result."""
        return bool(result["verdict"] == "ACCEPT")
