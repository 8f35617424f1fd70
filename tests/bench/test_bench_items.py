"""What the benchmark of items counts."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

import bench.items
from bench.items import Answer, Case, Marked, Row, items_table, main, of_pictures, told
from generator.__main__ import main as generate
from generator.fonts import missing_packages

BREAD = Row("WHOLEMEAL BREAD", Decimal(2), Decimal("1.50"), Decimal("3.00"))
MILK = Row("FRESH MILK 1L", None, None, Decimal("1.20"))
CASE = Case("one", "columns", ("discount",), (BREAD, MILK), "BREAD 3.00\nMILK 1.20")


def marked(*items: Row, accepted: bool = True) -> Marked:
    return Marked(CASE, Answer(items, accepted))


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.split("|")[1:-1]]


def test_a_list_is_whole_if_no_amount_is_missing_wrong_or_too_many() -> None:
    assert marked(MILK, BREAD).whole
    assert not marked(BREAD).whole
    assert not marked(BREAD, MILK, MILK).whole
    assert marked(BREAD, accepted=True).wrongly_accepted
    assert not marked(BREAD, accepted=False).wrongly_accepted


def test_items_of_equal_amounts_are_matched_by_their_descriptions() -> None:
    one, other = Row("RED APPLES", None, None, Decimal(1)), Row("BANANAS", None, None, Decimal(1))
    mark = Marked(Case("one", "columns", (), (one, other)), Answer((other, one), accepted=True))
    assert mark.pairs == ((one, one), (other, other))


def test_quantity_and_price_are_counted_where_they_are_printed_and_the_item_is_found() -> None:
    wrong = Row("WHOLEMEAL BREAD", Decimal(1), Decimal("1.50"), Decimal("3.00"))
    row = items_table([marked(BREAD, MILK), marked(wrong, accepted=False)]).splitlines()[-1]
    assert cells(row) == ["all", "2", "1", "1", "0", "75", "50", "100"]


def test_there_is_a_row_for_each_layout_and_each_trait() -> None:
    rows = [cells(row)[0] for row in items_table([marked(BREAD, MILK)]).splitlines()[2:]]
    assert rows == ["columns", "with: discount", "all"]


def test_a_miss_is_described_with_what_is_missing_and_the_text() -> None:
    said = told(marked(BREAD))
    assert "columns, discount: accepted" in said
    assert "missing: FRESH MILK 1L 1.20" in said
    assert "too many: none" in said
    assert "MILK 1.20" in said


def test_usual_texts_are_read_whole() -> None:
    done = CliRunner().invoke(main, ["--seed", "2", "--receipts", "4", "--layout", "usual", "--country", "gb"])
    assert done.exit_code == 0, done.output
    assert cells(done.output.splitlines()[-1])[:3] == ["all", "4", "4"]


def test_pictures_are_read_by_the_program_and_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if missing_packages():
        pytest.skip(f"FONTS ARE MISSING: apt-get install {' '.join(missing_packages())}")
    made = CliRunner().invoke(generate, ["--count", "1", "--country", "gb", "--out", str(tmp_path)])
    assert made.exit_code == 0, made.output
    (key,) = (tmp_path / "key").iterdir()
    items = json.loads(key.read_text("utf-8"))["items"]

    def scan(pictures: list[Path], _options: list[str], _jobs: int) -> list[str]:
        row = {"items": items[1:], "verdicts": {"items": "ACCEPT"}}
        return [json.dumps({"file": str(picture), **row}) for picture in pictures]

    monkeypatch.setattr(bench.items, "scan", scan)
    (mark,) = of_pictures(tmp_path, 1)
    assert mark.wrongly_accepted
    assert len(mark.pairs) == len(items) - 1
