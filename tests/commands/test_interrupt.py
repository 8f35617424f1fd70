"""Ctrl-C, `kill` and a closed terminal in the middle of a run: it ends, and leaves nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from rpiocr.errors import ExitCode
from tests.program import QUICK, SMALL, command, fake_tesseract, surroundings

NOTE = 'echo "$2" >> "{log}"'
HANG = NOTE + "; kill -STOP $$"
WAIT = NOTE + '; while [ ! -e "{log}.go" ]; do sleep 0.05; done'

SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]


@contextmanager
def started(home: Path, body: str, *command_line: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program whose Tesseract does ``body`` first, and without limits on time."""
    path = fake_tesseract(home / "bin", body.format(log=home / "log"))
    limits = {"RPIOCR_PASS_TIMEOUT": "3600", "RPIOCR_RECEIPT_TIMEOUT": "86400"}
    environment = surroundings(home, PATH=path, **limits)
    with subprocess.Popen(
        command_line, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def reading_child(process: subprocess.Popen[bytes], log: Path) -> psutil.Process:
    """Wait until the program has a child that reads an image and has reported that."""
    for _ in range(6000):
        assert process.poll() is None, "the run ended before any picture was read"
        for child in psutil.Process(process.pid).children():
            try:
                if _is_noted(log) and any(argument.endswith(".pgm") for argument in child.cmdline()):
                    return child
            except psutil.Error:
                continue
        time.sleep(0.01)
    pytest.fail("no picture was read within a minute")


def _is_noted(log: Path) -> bool:
    return log.exists() and log.read_text("utf-8").endswith("\n")


def using(folder: Path) -> list[int]:
    """Return the processes whose command line names something in a folder."""
    return [
        process.pid
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in argument for argument in process.info["cmdline"] or ())
    ]


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
@pytest.mark.parametrize("body", [HANG, NOTE], ids=["a pass that hangs", "passes that work"])
def test_an_interrupted_run_ends_its_children_and_leaves_no_file(number: signal.Signals, body: str, home: Path) -> None:
    with started(home, body, *command("scan", "--mode", "high", *[SMALL] * 50)) as process:
        child = reading_child(process, home / "log")
        process.send_signal(number)
        out, noise = process.communicate(timeout=60)
    assert (process.returncode, noise.strip()) == (ExitCode.INTERRUPTED, b"rpiocr: interrupted")
    assert all(json.loads(line)["file"] == str(SMALL) for line in out.splitlines())
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    scratches = {Path(place).parent for place in (home / "log").read_text("utf-8").splitlines()}
    assert scratches
    assert not any(using(scratch) or scratch.exists() for scratch in scratches)
    assert list((home / "tmp").iterdir()) == []


@pytest.mark.slow
def test_a_run_that_shall_outlive_its_terminal_does(home: Path) -> None:
    """`nohup` starts programs with the signal of a closed terminal ignored, and it stays so."""
    with started(home, WAIT, "nohup", *command("scan", *QUICK, SMALL)) as process:
        reading_child(process, home / "log")
        process.send_signal(signal.SIGHUP)
        (home / "log.go").touch()
        out, _ = process.communicate(timeout=120)
    assert process.returncode == ExitCode.OK
    assert json.loads(out)["file"] == str(SMALL)
