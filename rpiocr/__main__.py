"""Entry point of the program: streams, signals and exit status."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType
from typing import NoReturn

from rpiocr.errors import ExitCode
from rpiocr.system.streams import set_up_streams


def main() -> NoReturn:
    """Run the command line and exit with its status."""
    # NumPy's library for matrices starts a thread per core, which spin for a tenth of a second and are never used.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    set_up_streams()
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run the command line; returns the exit status."""
    from rpiocr.cli import cli
    from rpiocr.commands.ending import explained

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    try:
        status = cli.main(arguments, prog_name="rpiocr", standalone_mode=False)
    except BaseException as end:  # noqa: BLE001 - a traceback might hold anything
        return explained(end)
    return status if isinstance(status, int) else ExitCode.OK


def _interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
