"""Measuring costs, the guide's recipe, and the file that results go to."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np

from bench import guide
from bench.measure import Cost, measure
from bench.report import write_section
from bench.speed import CONTENDERS, GUIDE, GUIDE_ONE, cost_table, passes, ratio_table
from bench.tool import environment

GRANDCHILD = """
import subprocess, sys
subprocess.run([sys.executable, "-c", "import time; held = bytearray(b'x') * 80_000_000; time.sleep(0.5)"])
print("done")
"""


def cost(cpu_s: float, stdout: str = "") -> Cost:
    return Cost(cpu_s, cpu_s, 100.0, 0, stdout)


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


def test_ratios_are_of_medians_and_of_sums() -> None:
    costs = {"ours": [cost(1), cost(1), cost(4)], GUIDE: [cost(2), cost(4), cost(6)]}
    assert "| ours | 0.25 / 0.50 |" in ratio_table(costs, lambda one: one.cpu_s)
    assert "| ours | 1.00 | 6.00 |" in cost_table(costs)


def test_passes_and_failed_passes_are_read_off_the_tools_answers() -> None:
    lines = '{"schema_version": 1, "passes": 6, "warnings": ["pass_failed: a", "verify_by_hand: b"]}\n'
    assert passes([cost(1, lines), cost(1, lines), cost(1, "plain text\n")]) == (6.0, 2)


def test_threads_are_limited_only_where_the_contender_says_so() -> None:
    extras = {one.name: environment(**one.extra).get("OMP_THREAD_LIMIT") for one in CONTENDERS}
    assert extras[GUIDE] is None
    assert extras[GUIDE_ONE] == "1"
    assert extras["rpiocr high"] is None


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
