"""Measuring what a second worker brings."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.batch import ALL_CORES, ALONE, batch_command, contenders, make_receipts, run_all, throughput_table
from bench.measure import Cost
from tests.program import QUICK


def cost(wall_s: float, lines: int = 2) -> Cost:
    return Cost(3.0, wall_s, 100.0, 0, "{}\n" * lines)


def test_the_ratio_is_the_median_of_rounds_each_of_which_had_the_same_noise() -> None:
    alone, whole, both = [cost(4), cost(40), cost(8)], [cost(3), cost(30), cost(6)], [cost(2), cost(20), cost(4, 1)]
    rows = throughput_table({ALONE: alone, ALL_CORES: whole, "2 workers": both}, 2).splitlines()
    assert rows[-1] == "| 2 workers | 30.0 | 2.00 | 1.50 | 100 | 2.00 | 1.50 | 1 |"
    assert rows[-3].endswith("| 1.00 | 0.75 | 0 |")


def test_contenders_differ_in_their_workers_and_in_nothing_of_the_users() -> None:
    commands = [batch_command(Path("img"), one.workers, ["--mode=low"]) for one in contenders(2)]
    assert [command[-1] for command in commands] == ["img"] * 3
    assert ["--workers=2" in command for command in commands] == [False, False, True]
    assert all("--config=/dev/null" in command and "--no-store" in command for command in commands)


@pytest.mark.slow
def test_generated_receipts_are_read_by_all_contenders(tmp_path: Path) -> None:
    pictures = make_receipts(tmp_path / "made", 2, seed=3)
    assert len(list(pictures.iterdir())) == 2
    costs = run_all(pictures, contenders(2), 1, QUICK, limit_s=600)
    assert [(group[0].status, len(group[0].stdout.splitlines())) for group in costs.values()] == [(0, 2)] * 3
