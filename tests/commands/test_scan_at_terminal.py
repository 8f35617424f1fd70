"""`rpiocr scan` on a terminal: results appear as they are read, and Ctrl-C takes none of them away."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from tests.program import QUICK, SMALL, command, surroundings

MANY = 30
TOTAL = b"63.35"


def read_until(stream: int, wanted: bytes, seen: bytearray) -> None:
    """Read until something appears, or the end."""
    with suppress(OSError):  # how a terminal ends
        while wanted not in seen and (data := os.read(stream, 65536)):
            seen.extend(data)


def read_to_the_end(stream: int, seen: bytearray) -> None:
    """Read what comes."""
    with suppress(OSError):
        while data := os.read(stream, 65536):
            seen.extend(data)


@pytest.mark.slow
def test_rows_appear_while_the_rest_is_read_and_stay_after_ctrl_c(home: Path) -> None:
    ours, theirs = pty.openpty()
    arguments = command("scan", *QUICK, *[SMALL] * MANY)
    environment = surroundings(home, TERM="xterm", COLUMNS="100")
    seen = bytearray()
    with subprocess.Popen(
        arguments, env=environment, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        read_until(ours, TOTAL, seen)
        process.send_signal(signal.SIGINT)
        read_to_the_end(ours, seen)
    os.close(ours)
    assert process.returncode == ExitCode.INTERRUPTED
    assert seen.count(b"verdict") == 1
    assert 1 <= seen.count(TOTAL) < MANY
    assert b"interrupted" in seen


@pytest.mark.slow
def test_an_array_is_whole_after_ctrl_c(home: Path) -> None:
    arguments = command("scan", *QUICK, "--format", "json", *[SMALL] * MANY)
    seen = bytearray()
    with subprocess.Popen(
        arguments, env=surroundings(home), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        read_until(process.stdout.fileno(), TOTAL, seen)
        process.send_signal(signal.SIGINT)
        read_to_the_end(process.stdout.fileno(), seen)
    assert process.returncode == ExitCode.INTERRUPTED
    assert 1 <= len(json.loads(seen)) < MANY


@pytest.mark.slow
def test_each_row_is_above_the_bar_and_in_colour(home: Path) -> None:
    ours, theirs = pty.openpty()
    environment = surroundings(home, TERM="xterm", COLUMNS="100")
    seen = bytearray()
    with subprocess.Popen(
        command("scan", *QUICK, SMALL, "missing.jpg"),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    ) as process:
        os.close(theirs)
        read_to_the_end(ours, seen)
    os.close(ours)
    assert process.returncode == ExitCode.UNREADABLE_INPUT
    assert b"reading" in seen
    rows = [line for line in seen.splitlines() if TOTAL in line or b"not read" in line]
    assert len(rows) == 2
    assert all(b"\x1b[3" in row for row in rows)
    assert not any(b"reading" in row for row in rows)
