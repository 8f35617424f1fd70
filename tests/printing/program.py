"""Runs the whole command line within the test's process, and gives back the bytes that it wrote."""

from __future__ import annotations

import io
import signal
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass

from rpiocr.__main__ import run


@dataclass(frozen=True, slots=True)
class Written:
    """What one run wrote."""

    status: int
    out: bytes
    err: bytes


def write(*arguments: object) -> Written:
    """Run ``rpiocr`` with these arguments; nothing is a terminal."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP)}
    stdin, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO())
    try:
        with redirect_stdout(out), redirect_stderr(err):
            status = run(list(map(str, arguments)))
    finally:
        sys.stdin = stdin
        for number, handler in before.items():
            signal.signal(number, handler)
    return Written(status, bytes_of(out), bytes_of(err))


def bytes_of(stream: io.TextIOWrapper) -> bytes:
    """What was written to a stream."""
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()
