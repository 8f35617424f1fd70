"""Measuring costs, the guide's recipe, and the file that results go to."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
from click.testing import CliRunner

from bench import guide
from bench.measure import Cost, measure
from bench.report import write_section
from bench.speed import AUTO, GUIDE, cost_table, main, start_table
from rpiocr.speed.measuring import Cost as Taken
from rpiocr.speed.measuring import Measured
from rpiocr.speed.programs import Start
from tests.program import SMALL

GRANDCHILD = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "import time; held = bytearray(b'x') * 80_000_000; time.sleep(0.5)"])
print("done")
"""


def measured(cpu_s: float, plain_s: float, *, settled: bool) -> Measured:
    return Measured("a.jpg", Taken(cpu_s, cpu_s), Taken(plain_s, plain_s), settled)


def run(script: str, folder: Path, limit_s: float = 60) -> Cost:
    return measure([sys.executable, "-c", script], dict(os.environ), folder, limit_s)


def test_memory_of_grandchildren_counts(tmp_path: Path) -> None:
    found = run(GRANDCHILD, tmp_path)
    assert found.status == 0
    assert found.stdout == "done\n"
    assert 80_000_000 / 2**20 < found.peak_mb < 1000


def test_cpu_time_of_grandchildren_counts_and_waiting_does_not(tmp_path: Path) -> None:
    burn = "import time\nwhile time.process_time() < 0.3: pass"
    found = run(f"import subprocess, sys, time\nsubprocess.run([sys.executable, '-c', {burn!r}])", tmp_path)
    assert found.cpu_s >= 0.3


def test_a_command_past_its_limit_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    script = "import subprocess\nsubprocess.run(['sleep', '600'])"
    assert run(script, tmp_path, limit_s=0.5).status == -9


def test_settled_receipts_are_counted_apart_and_ratios_are_to_a_plain_pass_over_the_same_picture() -> None:
    seen = (measured(1, 1, settled=True), measured(3, 1, settled=True), measured(16, 2, settled=False))
    runs = {AUTO: seen}
    cells = " | ".join(("2.00", "2.00", "3.00", "2.00", "2.00", "2.00", "3.00", "2.00"))
    assert f"| {AUTO} | 2 of 3 | {cells} |" in cost_table(runs, settled=True)
    cells = " | ".join(("3.00", "6.67", "16.00", "3.00", "3.00", "4.00", "8.00", "5.00"))
    assert f"| {AUTO} | 3 of 3 | {cells} |" in cost_table(runs, settled=False)


def test_a_contender_that_settles_nothing_is_in_the_table_of_all_receipts_only() -> None:
    runs = {GUIDE: (measured(15, 1, settled=False),)}
    assert GUIDE not in cost_table(runs, settled=True)
    assert GUIDE in cost_table(runs, settled=False)


def test_the_start_is_what_one_scan_takes_more_than_the_same_receipt_among_others() -> None:
    start = Start(single=Taken(2.5, 3.0), until_ready=Taken(0.5, 0.5), later=Taken(1.0, 1.5))
    assert start.extra == Taken(1.5, 1.5)
    assert "| first receipt, beyond a later one | 1.00 | 1.00 | 2.00 |" in start_table(start, 0.5)


def test_a_set_of_receipts_is_measured_in_a_process_of_its_own(tmp_path: Path) -> None:
    for folder in ("img", "key"):
        (tmp_path / folder).mkdir()
    (tmp_path / "img" / "a.jpg").write_bytes(SMALL.read_bytes())
    (tmp_path / "key" / "a.json").write_text("{}", "utf-8")
    done = CliRunner().invoke(main, [str(tmp_path), "--only", "Tesseract alone"])
    assert done.exit_code == 0, done.output
    assert "1 receipts, each read 1 times" in done.output
    assert "| rpiocr auto, Tesseract alone | 1 of 1 |" in done.output


def test_the_guides_contrast_is_the_steep_one_of_jimp() -> None:
    greys = np.array([[100, 127, 130, 154]], dtype=np.uint8)
    assert guide.contrast(greys, 0.6).tolist() == [[19, 127, 139, 235]]
    assert guide.contrast(greys, 0.9).tolist() == [[0, 127, 184, 255]]


def test_the_guide_enlarges_by_whole_numbers_and_writes_five_variants(tmp_path: Path) -> None:
    from PIL import Image

    Image.effect_noise((500, 40), 60).save(tmp_path / "small.png")
    pixels = guide.load(tmp_path / "small.png")
    assert pixels.shape == (120, 1500)
    assert {recipe(pixels).shape for recipe in guide.RECIPES.values()} == {(120, 1500)}
    assert set(np.unique(guide.RECIPES["threshold"](pixels))) == {0, 255}


def test_a_section_takes_the_place_of_its_last_run_and_leaves_the_others(tmp_path: Path) -> None:
    file = tmp_path / "docs" / "BENCHMARKS.md"
    for name, body in (("accuracy", "one"), ("speed", "two"), ("accuracy", "three")):
        write_section(file, name, body)
    text = file.read_text("utf-8")
    assert text.startswith("# Benchmarks")
    assert "one" not in text.partition("begin")[2].partition("end")[0]
    assert text.index("three") < text.index("two")
    assert text.count("begin -->") == text.count("end -->") == 2
