"""Reports the outcome of each file: results on standard output, events in the log, statistics at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rpiocr.batch.display import Display
from rpiocr.errors import ExitCode, RpiocrError
from rpiocr.output.result import failure
from rpiocr.output.writers import Writer
from rpiocr.store.receipts import Stored
from rpiocr.system.log import Log
from rpiocr.system.run_stats import RunStats

WORST_FIRST = (
    ExitCode.DEFECT,
    ExitCode.STORE,
    ExitCode.MISSING_DEPENDENCY,
    ExitCode.UNREADABLE_INPUT,
    ExitCode.NEEDS_REVIEW,
)

SHOWN = ("verdict", "amount", "currency", "date", "merchant", "passes", "elapsed_s")
"""Keys of a result that appear in the log."""


@dataclass(kw_only=True)
class Report:
    """The outputs of a batch, and the worst outcome so far.

    ``each`` is whether the log has a line per file.
    """

    writer: Writer
    log: Log
    display: Display
    each: bool
    strict: bool
    stats: RunStats = field(default_factory=RunStats)
    seen: set[ExitCode] = field(default_factory=set)
    _said_stopping: bool = False

    @property
    def status(self) -> ExitCode:
        """The exit status of the worst outcome."""
        return next((code for code in WORST_FIRST if code in self.seen), ExitCode.OK)

    def receipts(self, stored: Sequence[Stored], failures: Sequence[Mapping[str, Any]]) -> None:
        """Write the receipts of a file, and the errors of its unreadable pages."""
        self.stats.files["read"] += 1
        for one in stored:
            self._write_receipt(one.answer)
            self.stats.add(one.answer)
            self._log_receipt(one)
        for failed in failures:
            self._write_failure(failed, ExitCode.UNREADABLE_INPUT)
        self.display.advance()

    def unread(self, failures: Sequence[Mapping[str, Any]]) -> None:
        """Write the errors of a file without a readable page."""
        self.stats.files["failed"] += 1
        for failed in failures:
            self._write_failure(failed, ExitCode.UNREADABLE_INPUT)
        self.display.advance()

    def fail(self, file: str, error: RpiocrError) -> None:
        """Write the error of an unreadable file."""
        self.stats.files["failed"] += 1
        self._write_failure(failure(file, error), error.exit_code)
        self.display.advance()

    def kept(self, results: Sequence[Mapping[str, Any]]) -> None:
        """Write the stored results of a file that was read earlier."""
        self.stats.files["printed"] += 1
        for one in results:
            if "error" in one:
                self._write_failure(one, ExitCode.UNREADABLE_INPUT)
            else:
                self._write_receipt(one)
        self.display.advance(skipped=True)

    def skip(self) -> None:
        """Count a file that is already in the store."""
        self.stats.files["skipped"] += 1
        self.display.advance(skipped=True)

    def gone(self) -> None:
        """Count a file that no longer exists."""
        self.stats.files["gone"] += 1
        self.display.advance(skipped=True)

    def stopping(self, running: int) -> None:
        """Report once that no further files are started."""
        if self._said_stopping:
            return
        self._said_stopping = True
        message = "no further files are started, running ones are finished; press Ctrl-C again to stop at once"
        self.log.warning("stopping", running=running, message=message)

    def _write_receipt(self, answer: Mapping[str, Any]) -> None:
        self.writer.write(answer)
        if self.strict and answer["verdict"] != "ACCEPT":
            self.seen.add(ExitCode.NEEDS_REVIEW)

    def _log_receipt(self, one: Stored) -> None:
        answer = one.answer
        if self.each:
            facts = {name: answer[name] for name in SHOWN}
            where = {"page": answer["page"] if answer["page"] > 1 else None}
            where |= {"part": answer["part"] if answer["part"] > 1 else None}
            kept = {"id": one.receipt_id or None, "duplicate_of": one.duplicate_of, "why": one.duplicate_why}
            self.log.event("receipt", file=answer["file"], **where, **facts, **kept)

    def _write_failure(self, failed: Mapping[str, Any], code: ExitCode) -> None:
        self.seen.add(code)
        self.writer.write(failed)
        if self.each:
            where = {"page": failed.get("page")}
            self.log.error("not read", file=failed["file"], **where, **failed["error"])
