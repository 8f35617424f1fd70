"""Reports errors that end the command line: the message on standard error, and the exit status."""

from __future__ import annotations

import io
import signal

import click

from rpiocr.errors import ExitCode, RpiocrError, defect
from rpiocr.system.output import warn, warn_block

BROKEN_PIPE = 128 + signal.SIGPIPE


def explained(end: BaseException) -> int:
    """Report in one sentence why the command line ended early; returns the exit status.

    Raises ``end`` again if it is a regular exit.
    """
    if isinstance(end, click.exceptions.Exit):
        return end.exit_code
    if isinstance(end, SystemExit) and end.code != 1:
        raise end
    if isinstance(end, BrokenPipeError | SystemExit):
        # The reader of the output has closed it; Click and Rich respond with an exit of their own, with status 1.
        return BROKEN_PIPE
    if isinstance(end, click.ClickException):
        _warn_usage(end)
        return end.exit_code
    if isinstance(end, KeyboardInterrupt | click.Abort):
        warn("interrupted")
        return ExitCode.INTERRUPTED
    report = end if isinstance(end, RpiocrError) else defect("rpiocr", end)
    warn(str(report))
    return report.exit_code


def _warn_usage(error: click.ClickException) -> None:
    """Report a usage error, with the usage of the command."""
    shown = io.StringIO()
    error.show(shown)
    warn_block(shown.getvalue())
