"""A run in a fork of a process that has loaded the program ends as one from the start does."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

import pytest

from tests.program import QUICK, SMALL, Outcome, run_in, start_with, surroundings, timeless, warm
from tests.watch.places import soon


@pytest.mark.parametrize(
    "arguments",
    [("--help",), ("list",), ("scan", "missing.jpg"), ("scan", "--mode", "fast", "x"), ("schema",), ("show", "1")],
    ids=" ".join,
)
def test_it_ends_and_writes_the_same(home: Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]) -> None:
    forked = run_in(home, *arguments)
    monkeypatch.setenv("COLD_STARTS", "1")
    assert run_in(home, *arguments) == forked


@pytest.mark.parametrize("source", ["a file", "standard input"])
@pytest.mark.slow
def test_it_reads_the_same(home: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    def read() -> Outcome:
        return run_in(home, "scan", *QUICK, SMALL if source == "a file" else "-", stdin=SMALL.read_bytes())

    forked = read()
    monkeypatch.setenv("COLD_STARTS", "1")
    started = read()
    assert timeless(forked.only) == timeless(started.only)
    assert (forked.status, forked.stderr) == (started.status, started.stderr)


def test_it_has_the_folder_the_rights_and_the_environment_of_its_caller(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = os.umask(0o077)
    try:
        assert run_in(home, "scan", "missing.jpg", "--debug", "debug", RPIOCR_FILE_MODE="640").status == 4
        (made,) = (path for path in tmp_path.iterdir() if path.name == "debug")
        assert run_in(home, "scan", "x", RPIOCR_MODE="no such mode").status == 2
    finally:
        os.umask(before)
    assert made.is_dir()


def test_a_signal_reaches_it_and_it_leaves_nothing_behind(home: Path) -> None:
    running = start_with(surroundings(home), "scan", "-")
    status = Path(f"/proc/{running.pid}/status")
    assert soon(lambda: bool(int(re.findall(r"SigCgt:\s*(\w+)", status.read_text("utf-8"))[0], 16) >> 14 & 1))
    running.send_signal(signal.SIGTERM)
    assert running.communicate()[1].endswith("rpiocr: interrupted\n")
    assert running.wait() == 130
    assert not status.exists()


def test_a_run_that_is_killed_says_so(home: Path) -> None:
    running = start_with(surroundings(home), "scan", "-")
    running.kill()
    running.communicate()
    assert running.wait() == -signal.SIGKILL


def test_nothing_that_starts_threads_or_sends_anything_is_loaded_before(home: Path) -> None:
    run_in(home, "--version")
    loaded = Path(f"/proc/{warm().pid}/maps").read_text("utf-8")
    assert "cv2" in loaded
    assert not re.search("onnxruntime|grpc", loaded)
    assert len(list(Path(f"/proc/{warm().pid}/task").iterdir())) == 1
