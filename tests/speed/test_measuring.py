"""Reading is measured in turn with a plain pass over the same picture."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from rpiocr.errors import FileMissingError, UnknownFormatError
from rpiocr.pipeline import Reader
from rpiocr.speed.measuring import SETTINGS, Cost, Measured, figures_of, is_settled, measured, timed
from rpiocr.speed.programs import Start, plain_pass

BURN = "import time\nwhile time.process_time() < 0.2: pass"


def taken(cpu_s: float, plain_s: float) -> Measured:
    return Measured("a.jpg", Cost(cpu_s, cpu_s), Cost(plain_s, plain_s), settled=True)


def test_the_first_picture_is_read_once_before_and_which_comes_first_alternates() -> None:
    calls: list[str] = []

    def read(file: str) -> bool:
        calls.append(f"read {file}")
        return file == "a"

    seen = list(measured(["a", "b"], read, lambda file: calls.append(f"plain {file}")))
    assert calls == ["read a", "read a", "plain a", "plain b", "read b"]
    assert [(one.file, one.settled) for one in seen] == [("a", True), ("b", False)]


def test_the_processor_time_of_programs_that_were_started_counts() -> None:
    _, cost = timed(lambda: subprocess.run([sys.executable, "-c", BURN], check=True))
    assert cost.cpu_s >= 0.2
    assert cost.wall_s >= 0.15


def test_the_processor_time_of_a_program_that_is_still_running_counts() -> None:
    with subprocess.Popen([sys.executable, "-uc", f"{BURN}\nprint()\ninput()"], stdin=-1, stdout=-1) as child:
        assert child.stdin
        assert child.stdout
        _, cost = timed(child.stdout.readline)
        child.stdin.close()
        child.wait()
    assert cost.cpu_s >= 0.1


def test_figures_are_median_mean_and_worst_and_ratios_those_of_each_picture() -> None:
    figures = figures_of([taken(1, 1), taken(2, 1), taken(9, 3)])
    assert (figures.cpu_s.median, figures.cpu_s.mean, figures.cpu_s.worst) == (2, 4, 9)
    assert (figures.ratio.median, figures.ratio.mean, figures.ratio.worst) == (2, 2, 3)


def test_a_start_that_noise_made_cheaper_than_its_parts_costs_nothing_rather_than_less() -> None:
    start = Start(single=Cost(2.0, 2.0), until_ready=Cost(0.5, 0.5), later=Cost(1.8, 1.0))
    assert start.extra.wall_s == 1.0
    assert start.first == Cost(0.0, 0.5)


def test_a_picture_that_is_missing_ends_the_measurement() -> None:
    with pytest.raises(FileMissingError):
        is_settled(Reader(SETTINGS), "/nonexistent/receipt.jpg")


def test_a_file_that_tesseract_cannot_read_by_itself_is_refused_with_advice(tmp_path: Path) -> None:
    file = tmp_path / "receipt.pdf"
    file.write_bytes(b"%PDF-1.4")
    with pytest.raises(UnknownFormatError, match="give a JPEG or a PNG"):
        plain_pass(str(file))
