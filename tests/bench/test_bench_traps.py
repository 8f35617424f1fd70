"""What the benchmark of misleading receipts counts."""

from __future__ import annotations

import json
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

import bench.traps
from bench.traps import Answer, Case, Marked, main, of_pictures, set_in_type, told, traps_table
from generator.__main__ import main as generate
from generator.fonts import missing_packages
from generator.receipt import Order
from generator.traps.drawing import draft_trap

KEY = {
    "trap": "plain",
    "total": "8.10",
    "date": "2026-11-20",
    "currency": "EUR",
    "decides": {"total": True, "date": True, "currency": True},
}
RIGHT = Answer(Decimal("8.10"), "2026-11-20", "EUR", accepted=True)


def marked(answer: Answer, **key: object) -> Marked:
    return Marked(Case.of("one", {**KEY, **key}), answer)


def test_what_is_accepted_is_wrong_if_total_date_or_currency_is() -> None:
    assert not marked(RIGHT).wrongly_accepted
    for name, value in (("total", "8.11"), ("date", "2026-11-21"), ("currency", "CHF")):
        assert marked(RIGHT, **{name: value}).wrong == (name,)
        assert marked(RIGHT, **{name: value}).wrongly_accepted


def test_a_date_is_wrong_where_none_is_printed() -> None:
    assert marked(RIGHT, date=None).wrongly_accepted
    assert not marked(RIGHT, date=None).decides


def test_a_dinar_is_not_rounded_to_cents() -> None:
    assert marked(Answer(Decimal("8.125"), "2026-11-20", "KWD", accepted=True), total="8.130", currency="KWD").wrong


def test_coverage_is_counted_of_receipts_whose_paper_decides() -> None:
    held = Answer(Decimal("8.10"), "2026-11-20", "EUR", accepted=False)
    open_total = {"total": False, "date": True, "currency": True}
    marks = [marked(RIGHT), marked(held), marked(held, decides=open_total)]
    row = traps_table(marks).splitlines()[-1]
    assert [cell.strip() for cell in row.split("|")[1:-1]] == ["all", "3", "3", "1", "0", "0", "0", "0", "2", "50"]


def test_a_miss_is_told_with_the_text_of_the_receipt() -> None:
    case = Case.of("one", KEY, "TOTAL 8.10")
    said = told(Marked(case, Answer(Decimal("9.00"), "2026-11-20", "EUR", accepted=True)))
    assert "total 9.00, not 8.10" in said
    assert "TOTAL 8.10" in said


def test_cells_stand_at_their_columns() -> None:
    draft = draft_trap("plain", Order(seed=3, index=1, country="de"))
    lines = set_in_type(draft.lines)
    assert max(line.box.right for line in lines) <= 48 * 12
    for line in lines:
        ends = [(word.box.left, word.box.right) for word in line.words]
        assert all(before[1] <= after[0] for before, after in pairwise(ends))


def test_plain_texts_are_accepted_and_right() -> None:
    done = CliRunner().invoke(main, ["--seed", "2", "--receipts", "6", "--trap", "plain", "--country", "gb"])
    assert done.exit_code == 0, done.output
    assert [cell.strip() for cell in done.output.splitlines()[-1].split("|")[1:6]] == ["all", "6", "6", "6", "0"]


def test_pictures_are_read_by_the_program_and_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if missing_packages():
        pytest.skip(f"FONTS ARE MISSING: apt-get install {' '.join(missing_packages())}")
    made = CliRunner().invoke(
        generate, ["--trap", "no year", "--count", "1", "--country", "gb", "--out", str(tmp_path)]
    )
    assert made.exit_code == 0, made.output
    (key,) = (tmp_path / "key").iterdir()
    said = json.loads(key.read_text("utf-8"))
    assert said["date"] is None

    def scan(pictures: list[Path], _options: list[str], _jobs: int) -> list[str]:
        row = {"amount": 8.1, "date": "2018-11-20", "currency": "GBP", "verdict": "ACCEPT"}
        return [json.dumps({"file": str(picture), **row}) for picture in pictures]

    monkeypatch.setattr(bench.traps, "scan", scan)
    (mark,) = of_pictures(tmp_path, 1)
    assert mark.wrongly_accepted
    assert "date" in mark.wrong
