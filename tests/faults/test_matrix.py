"""Whatever goes wrong around it, a watch loses no file, mixes up none, and does the rest once the fault is gone.

For each fault there are two runs over a folder with one file of each class of input: one under the fault, one after
it. Each cell of the matrix is a test of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from rpiocr.watch.hold import LOCK_NAME
from tests.faults.faults import FAULTS, Ended, Home
from tests.faults.inputs import INPUTS, fill
from tests.shared import once
from tests.slow import slow_but

PLACES = ("inbox", "done", "review", "failed")

QUICK = ("none",)
"""The faults that the quick run meets."""


@dataclass(frozen=True, slots=True)
class Story:
    """What was there before, how two runs ended, and what was there then; ``left`` are the names in the inbox."""

    hashes: dict[str, str]
    ends: tuple[Ended, Ended]
    found: dict[str, list[Path]]
    left: frozenset[str]
    sidecars: dict[str, Any]
    stored: dict[str, int]
    lines: tuple[dict[str, Any], ...]


def _hash(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _plain_files(folder: Path) -> list[Path]:
    """The files below a folder, but for the lock of the watch, which is as empty as one of the inputs."""
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path for path in files if path.name != LOCK_NAME]


def _live_through(fault: str, root: Path) -> Story:
    home = Home(root)
    home.inbox.mkdir(parents=True)
    fill(home.inbox)
    names = {key: home.inbox / os.fsdecode(one.file) for key, one in INPUTS.items()}
    hashes = {key: _hash(path) for key, path in names.items() if path.is_file() and not path.is_symlink()}
    elsewhere = _hash(root / "elsewhere.jpg")
    ends = (FAULTS[fault].meet(home), home.run())
    found: dict[str, list[Path]] = {}
    for place in PLACES:
        for path in _plain_files(root / place):
            found.setdefault(_hash(path), []).append(path.relative_to(root))
    sidecars = {
        _hash(path): json.loads(path.with_name(path.name + ".json").read_text("utf-8"))
        for place in PLACES[1:]
        for path in _plain_files(root / place)
        if path.with_name(path.name + ".json").is_file()
    }
    with sqlite3.connect(home.store) as store:
        query = "SELECT files.sha256, count(*) FROM receipts JOIN files ON files.id = receipts.file_id GROUP BY 1"
        stored = dict(store.execute(query).fetchall())
    lines = tuple(json.loads(line) for end in ends for line in end.stdout.splitlines())
    assert _hash(root / "elsewhere.jpg") == elsewhere
    return Story(hashes, ends, found, frozenset(path.name for path in home.inbox.iterdir()), sidecars, stored, lines)


@pytest.fixture(params=slow_but(QUICK, FAULTS))
def story(request: pytest.FixtureRequest, stories: dict[str, Story], tmp_path_factory: pytest.TempPathFactory) -> Story:
    """What became of all inputs under one fault."""
    fault: str = request.param
    if fault not in stories:
        root = tmp_path_factory.mktemp("story")
        stories[fault] = once(f"fault-{fault}", lambda: _live_through(fault, root / fault))
    return stories[fault]


@pytest.fixture(scope="session")
def stories() -> dict[str, Story]:
    """What was lived through so far."""
    return {}


def _fault_of(request: pytest.FixtureRequest) -> str:
    fault: str = request.node.callspec.params["story"]
    return fault


def test_the_program_ends_in_words(story: Story, request: pytest.FixtureRequest) -> None:
    for end in story.ends:
        assert "Traceback" not in end.stderr
        assert end.status != 1
    assert story.ends[1].status in (0, 4)
    if _fault_of(request) not in ("killed", "stderr_closed", "stderr_full"):
        assert story.ends[0].status >= 0


@pytest.mark.parametrize("name", [name for name, one in INPUTS.items() if one.settles])
def test_a_file_is_filed_once_with_its_own_answer(name: str, story: Story, request: pytest.FixtureRequest) -> None:
    one, fault = INPUTS[name], FAULTS[_fault_of(request)]
    sha256 = story.hashes[name]
    (path,) = story.found[sha256]
    place = fault.elsewhere.get(name, one.place)
    assert path.parts[0] in place.split("|")
    sidecar = story.sidecars[sha256]
    results = sidecar if isinstance(sidecar, list) else [sidecar]
    codes = [("error" in line and line["error"]["code"]) or "" for line in results]
    if place == one.place:
        assert len(codes) == len(one.codes)
        assert all(wanted in ("*", code) for wanted, code in zip(one.codes, codes, strict=True))
        assert all(line["sha256"] == sha256 for line in results if "error" not in line)
    receipts = codes.count("")
    assert story.stored.get(sha256, 0) == receipts
    printed = [line for line in story.lines if line["file"].endswith("/" + os.fsdecode(one.file))]
    counts = Counter(json.dumps([line.get("page"), "error" in line]) for line in printed)
    assert len(printed) >= len(results) or fault.silent
    assert max(counts.values(), default=1) <= (2 if fault.repeats else 1)


@pytest.mark.parametrize("name", [name for name, one in INPUTS.items() if not one.settles])
def test_what_is_none_of_its_business_is_left_as_it_is(name: str, story: Story) -> None:
    one = INPUTS[name]
    assert os.fsdecode(one.file) in story.left
    if name in story.hashes:
        assert Path("inbox", os.fsdecode(one.file)) in story.found[story.hashes[name]]
    assert not [line for line in story.lines if line["file"].endswith("/" + os.fsdecode(one.file))]
