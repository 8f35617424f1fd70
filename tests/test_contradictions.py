"""Receipts that contradict a hasty answer: what the program says of each, against what stands on it."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests import shared
from tests.program import PROJECT, Outcome, command, run_in, surroundings

CONTRADICTIONS = PROJECT / "tests" / "fixtures" / "contradictions"

Answers = list[dict[str, Any]]
"""What the program printed about one file, a line for each receipt or page."""

pytestmark = pytest.mark.slow


def keys() -> dict[str, dict[str, Any]]:
    """What stands on each receipt, by name; a date of None: none is printed."""
    return {path.stem: json.loads(path.read_text("utf-8")) for path in sorted((CONTRADICTIONS / "key").iterdir())}


KEYS = keys()
UNDER_ANOTHER_CLOCK = "clock-behind"
"""The receipt that is read by a computer whose clock is behind."""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answers]:
    """One run over all of them, as a user starts it; by name."""
    pictures = sorted(path for path in (CONTRADICTIONS / "img").iterdir() if path.stem != UNDER_ANOTHER_CLOCK)
    home = tmp_path_factory.mktemp("home")
    read = shared.once("contradictions", lambda: run_in(home, "scan", *pictures))
    return by_name(read)


def by_name(read: Outcome) -> dict[str, Answers]:
    found: dict[str, Answers] = {}
    for line in read.lines:
        found.setdefault(Path(line["file"]).stem, []).append(line)
    return found


def wrong(answer: Mapping[str, Any], key: Mapping[str, Any]) -> list[str]:
    """The values that are not those of the receipt."""
    right = {"amount": Decimal(key["total"]), "date": key["date"]}
    return [f"{name} {answer[name]}, not {value}" for name, value in right.items() if answer[name] != value]


def offered(answer: Mapping[str, Any], field: str) -> list[Any]:
    """The value that was chosen, and those that the answer names beside it."""
    evidence = answer["evidence"][field] or {"rivals": []}
    others = [rival["value"] for rival in evidence["rivals"]]
    return [answer[field], *others, *filter(None, [evidence.get("other_reading")])]


def is_right_or_leaves_the_choice(answer: Mapping[str, Any], key: Mapping[str, Any]) -> bool:
    """Whether both values are right, or the answer is held back and names them among others."""
    if not wrong(answer, key):
        return True
    if answer["verdict"] == "ACCEPT":
        return False
    # That no date is printed is no value that could be named beside another.
    date = key["date"] is None or key["date"] in offered(answer, "date")
    return date and Decimal(key["total"]) in offered(answer, "amount")


@pytest.mark.parametrize("name", [name for name in KEYS if name != UNDER_ANOTHER_CLOCK])
def test_nothing_that_the_receipt_contradicts_is_accepted(name: str, answers: dict[str, Answers]) -> None:
    read = [answer for answer in answers[name] if answer.get("verdict") == "ACCEPT"]
    assert [wrong(answer, KEYS[name]) for answer in read if wrong(answer, KEYS[name])] == [], KEYS[name]["why"]


@pytest.mark.parametrize("name", [name for name in KEYS if name != UNDER_ANOTHER_CLOCK])
def test_what_the_receipt_says_is_answered_or_offered(name: str, answers: dict[str, Answers]) -> None:
    read = [answer for answer in answers[name] if "error" not in answer]
    assert any(is_right_or_leaves_the_choice(answer, KEYS[name]) for answer in read), KEYS[name]["why"]


@pytest.mark.skipif(shutil.which("faketime") is None, reason="faketime sets the clock of a program")
def test_a_clock_that_is_behind_makes_no_time_of_day_a_date(tmp_path: Path) -> None:
    (picture,) = (CONTRADICTIONS / "img").glob(f"{UNDER_ANOTHER_CLOCK}.*")
    late = ["faketime", "2025-06-01 00:00:10", *command("scan", picture)]
    done = subprocess.run(late, env=surroundings(tmp_path), capture_output=True, text=True, check=False)
    answer = json.loads(done.stdout, parse_float=Decimal)
    assert answer["amount"] == Decimal("24.10")
    assert answer["date"] in (None, "2026-04-03")
