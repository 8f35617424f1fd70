"""The way in from a shell: exit statuses, signals, and what is said when something goes wrong."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from rpiocr.errors import ExitCode, RpiocrError

BROKEN_PIPE = 128 + signal.SIGPIPE


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    # NumPy's library for matrices starts a thread per core, which spin for a tenth of a second and are never used.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    import click

    from rpiocr.cli import cli

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        status = cli.main(arguments, prog_name="rpiocr", standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as request:
        return request.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except RpiocrError as error:
        print(f"rpiocr: {error}", file=sys.stderr)  # noqa: T201
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        print("rpiocr: interrupted", file=sys.stderr)  # noqa: T201
        return ExitCode.INTERRUPTED
    except (BrokenPipeError, SystemExit) as end:
        # Whoever read our output has enough; Click and Rich answer that with an exit of their own, of status 1.
        if isinstance(end, SystemExit) and end.code != 1:
            raise
        # Nothing may be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    return status if isinstance(status, int) else ExitCode.OK


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
