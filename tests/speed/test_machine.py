"""The machine is named as its owner would name it."""

from __future__ import annotations

from pathlib import Path

from rpiocr import __version__
from rpiocr.speed.machine import model_name, this_machine


def test_a_raspberry_pi_is_named_by_its_board(tmp_path: Path) -> None:
    model = tmp_path / "model"
    model.write_bytes(b"Raspberry Pi 5 Model B Rev 1.0\0")
    assert model_name(model) == "Raspberry Pi 5 Model B Rev 1.0"


def test_any_other_machine_is_named_by_its_processor(tmp_path: Path) -> None:
    cpu_info = tmp_path / "cpuinfo"
    cpu_info.write_text("processor\t: 0\nmodel name\t: Some CPU @ 2 GHz\n", "utf-8")
    assert model_name(tmp_path / "none", cpu_info) == "Some CPU @ 2 GHz"


def test_a_machine_without_a_name_is_measured_all_the_same(tmp_path: Path) -> None:
    assert model_name(tmp_path / "none", tmp_path / "none") == "unknown processor"


def test_the_versions_that_read_are_named() -> None:
    machine = this_machine()
    assert machine.rpiocr == __version__
    assert machine.tesseract
    assert machine.tesseract[0].isdigit()
    assert machine.cores >= 1
    assert machine.memory_gb > 0
