"""Whenever a watch is killed, and whatever takes a file's name meanwhile: nothing is lost, mixed up or left behind."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.program import PROJECT, surroundings
from tests.watch.instants import FIRST, SECOND

BOTH = {sha256(data).hexdigest(): data.decode() for data in (FIRST, SECOND)}
LEAST = 40
"""Instants that a watch has at the least; fewer would mean that they were not counted."""


def ends(folder: Path, how: str) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Yield what lay in the folders in the end, for each instant of death, and which files had been printed."""
    (folder / "home").mkdir()
    command = [sys.executable, "-m", "tests.watch.instants", str(folder / "instants"), how]
    environment = surroundings(folder / "home")
    done = subprocess.run(command, env=environment, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        files: dict[str, str] = json.loads(line)["files"]
        yield files, [_message(one) for one in files.pop("printed").splitlines()]


@pytest.mark.slow
def test_every_file_is_filed_once_next_to_its_own_answer_and_nothing_else_stays(tmp_path: Path) -> None:
    instants = list(ends(tmp_path, "move"))
    assert len(instants) > LEAST
    for files, printed in instants:
        filed = {name: _message(files.pop(f"{name}.json")) for name in list(files) if not name.endswith(".json")}
        assert {sha: files.pop(name) for name, sha in filed.items()} == BOTH
        assert {name.split("/")[0] for name in filed} == {"failed"}
        assert files == {}
        assert set(printed) == set(BOTH)
    _is_printed_once([printed for _, printed in instants])


@pytest.mark.slow
def test_files_that_stay_are_answered_once_each(tmp_path: Path) -> None:
    instants = list(ends(tmp_path, "keep"))
    assert len(instants) > LEAST / 2
    for files, printed in instants:
        assert files == {"inbox/scan.jpg": SECOND.decode()}
        assert sha256(SECOND).hexdigest() in printed
    _is_printed_once([printed for _, printed in instants])


def _is_printed_once(printed: list[list[str]]) -> None:
    """Only a death between printing a line and noting that makes it come twice: once for each of the two files."""
    assert sum(len(one) - len(set(one)) for one in printed) <= len(BOTH)


def _message(document: str) -> str:
    error: dict[str, Any] = json.loads(document)["error"]
    return str(error["message"])
