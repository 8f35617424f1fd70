"""The fuzzer tries what it should, the same for the same seed, and tells what it finds."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

from fuzz.__main__ import CORPUS, fault_of
from fuzz.mutate import LONGEST, mutated
from fuzz.targets import PICTURES, TARGETS
from rpiocr.decode.formats import recognise


def seeds(name: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((CORPUS / name).iterdir())]


@pytest.mark.parametrize("name", PICTURES)
def test_the_corpus_has_every_format_that_is_decoded(name: str) -> None:
    kinds = {found.name.lower() for data in seeds(name) if (found := recognise(data))}
    assert len(kinds) == 1
    assert name[:3] in next(iter(kinds)) or kinds == {"heic"}


def test_the_corpus_is_small_and_for_targets_that_there_are() -> None:
    assert {path.name for path in CORPUS.iterdir()} == set(TARGETS)
    assert sum(path.stat().st_size for path in CORPUS.rglob("*") if path.is_file()) < 1_000_000


def test_the_same_seed_makes_the_same_inputs_and_another_one_others() -> None:
    def made(seed: str) -> list[bytes]:
        chance = random.Random(seed)  # noqa: S311 - the same in every run
        return [mutated(seeds("text"), chance) for _ in range(50)]

    assert made("a") == made("a")
    assert made("a") != made("b")
    assert all(0 < len(data) <= LONGEST for data in made("a"))


def test_what_says_what_to_do_is_no_finding_and_anything_else_is(tmp_path: Path) -> None:
    assert fault_of("settings", b"no_such_setting = 1", tmp_path) is None
    found = fault_of("settings", b"", tmp_path / "missing" / "folder")
    assert found
    assert "FileNotFoundError" in found


@pytest.mark.slow
def test_a_run_counts_its_inputs_and_keeps_nothing_where_all_is_well(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "fuzz", "--seconds", "1", "--target", "bmp", "--keep", str(tmp_path / "kept")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "all: " in done.stdout
    assert not (tmp_path / "kept").exists()
