"""`rpiocr bench` measures this machine, and changes nothing on it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.program import SMALL, Run


def test_a_quick_run_measures_a_picture_of_ones_own(run: Run) -> None:
    done = run("bench", "--quick", "--format", "json", SMALL)
    assert done.status == 0, done.stderr
    found = json.loads(done.stdout)
    (receipt,) = found["receipts"]
    assert receipt["file"] == SMALL.name
    assert found["own_pictures"]
    assert found["all"]["receipts"] == 1
    assert receipt["ratio"] == pytest.approx(receipt["reading"]["cpu_s"] / receipt["plain"]["cpu_s"])
    assert found["start"]["single"]["cpu_s"] > 0
    assert found["start"]["until_ready"]["cpu_s"] > 0
    assert found["machine"]["tesseract"]


@pytest.mark.slow
def test_without_pictures_those_of_the_package_are_read_and_nothing_is_written(run: Run, home: Path) -> None:
    done = run("bench", "--quick")
    assert done.status == 0, done.stderr
    assert "| this machine |" in done.stdout
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_a_missing_picture_is_named_before_anything_is_measured(run: Run) -> None:
    done = run("bench", SMALL, "nowhere.jpg")
    assert done.status == 4
    assert done.stdout == ""
    assert "nowhere.jpg does not exist" in done.stderr


def test_without_tesseract_nothing_is_measured_and_its_package_is_named(run: Run, tmp_path: Path) -> None:
    done = run("bench", "--quick", SMALL, PATH=str(tmp_path))
    assert done.status == 5
    assert "tesseract" in done.stderr
    assert "apt" in done.stderr
