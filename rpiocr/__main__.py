"""The way in from a shell: exit statuses, signals, and what is said when something goes wrong."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from rpiocr.errors import ExitCode, RpiocrError, defect
from rpiocr.system.streams import set_up_streams

BROKEN_PIPE = 128 + signal.SIGPIPE


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    # NumPy's library for matrices starts a thread per core, which spin for a tenth of a second and are never used.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    set_up_streams()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    from rpiocr.cli import cli

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        status = cli.main(arguments, prog_name="rpiocr", standalone_mode=False)
    except BaseException as end:  # noqa: BLE001 - a traceback might hold anything
        return _explained(end)
    return status if isinstance(status, int) else ExitCode.OK


def _explained(end: BaseException) -> int:
    """Say in one sentence why the command line ended early; returns the exit status."""
    import click

    from rpiocr.system.output import warn, warn_usage

    if isinstance(end, click.exceptions.Exit):
        return end.exit_code
    if isinstance(end, SystemExit) and end.code != 1:
        raise end
    if isinstance(end, BrokenPipeError | SystemExit):
        # Whoever read our output has enough; Click and Rich answer that with an exit of their own, of status 1.
        return BROKEN_PIPE
    if isinstance(end, click.ClickException):
        warn_usage(end)
        return end.exit_code
    if isinstance(end, KeyboardInterrupt | click.Abort):
        warn("interrupted")
        return ExitCode.INTERRUPTED
    report = end if isinstance(end, RpiocrError) else defect("rpiocr", end)
    warn(str(report))
    return report.exit_code


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
