"""Scoring: what counts as right, and what the figures are of."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import click
import pytest

from bench.accuracy import figures_table, rungs_table, wrong_accepts_table
from bench.data import Example, read_data, read_label, spread
from bench.score import Mark, figures, mark, mark_all, read_results, wrongly_accepted

LABEL = {"total": "20.05", "date": "2017-01-04", "company": "MR. D.I.Y. (M) SDN BHD", "currency": "MYR"}
RESULT: dict[str, Any] = {
    "file": "/receipts/one.jpg",
    "verdict": "ACCEPT",
    "amount": Decimal("20.05"),
    "currency": "MYR",
    "date": "2017-01-04",
    "merchant": "Mr D I Y (M) Sdn Bhd",
    "confidence": {"amount": 0.9, "date": 0.9, "merchant": 0.5},
    "elapsed_s": 2.0,
}


def example(name: str = "one", **changes: object) -> Example:
    return Example("set", name, Path(f"/receipts/{name}.jpg"), read_label({**LABEL, **changes}))


def marked(result: dict[str, Any] | None = None, **label: object) -> Mark:
    return mark(example("one", **label), {**RESULT, **(result or {})})


def test_a_right_result_is_right_in_everything() -> None:
    one = marked()
    assert (one.total, one.date, one.both, one.merchant, one.currency) == (True,) * 5
    assert one.squared_error == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("amount", "right"),
    [("20.05", True), ("20.050", True), ("20.06", False), ("-20.05", False), (None, False)],
)
def test_totals_are_compared_to_the_cent(amount: str | None, right: bool) -> None:  # noqa: FBT001
    assert marked({"amount": Decimal(amount) if amount else None}).total is right


def test_another_total_of_the_label_counts_as_right() -> None:
    assert marked({"amount": Decimal("20.03")}, alt_totals=["20.03"]).total


@pytest.mark.parametrize(("merchant", "right"), [("MR D.I.Y (M) SDN BHD", True), ("AEON CO.", False), (None, False)])
def test_merchants_are_compared_by_letters_and_digits(merchant: str | None, right: bool) -> None:  # noqa: FBT001
    assert marked({"merchant": merchant}).merchant is right


def test_what_has_no_label_is_not_scored_and_cannot_spoil_an_accept() -> None:
    one = marked({"date": "1999-09-09"}, date=None, company=None, currency=None)
    assert (one.date, one.both, one.merchant, one.currency) == (None,) * 4
    assert one.accepted
    assert one.right
    found = figures([one])
    assert (found.date.of, found.both.of, found.accepted.percent) == (0, 0, 100)


def test_receipts_without_a_result_count_as_wrong() -> None:
    examples = [example("one"), example("two"), example("three")]
    error = {"file": "/receipts/two.jpg", "error": {"code": "no_text", "message": "none"}}
    results = read_results([json.dumps({**RESULT, "amount": 20.05}), "", json.dumps(error)])
    found = figures(mark_all(examples, results))
    assert (found.receipts, found.failed) == (3, 2)
    assert (found.total.hits, found.total.of) == (1, 3)
    assert (found.coverage.hits, found.coverage.of) == (1, 3)


def test_a_result_counts_before_an_error_of_another_page_and_the_first_page_before_others() -> None:
    rows = [
        {"file": "a", "error": {}},
        {"file": "a", "amount": 1.5},
        {"file": "a", "amount": 2},
        {"file": "a", "error": {}},
    ]
    assert read_results(map(json.dumps, rows))["a"]["amount"] == Decimal("1.5")


def test_precision_of_accept_is_of_accepted_receipts_alone_and_wrong_ones_are_listed() -> None:
    accepts = [marked(), marked({"amount": Decimal(7)}), marked({"date": None, "verdict": "RETRY"})]
    found = figures(accepts)
    assert (found.coverage.hits, found.coverage.of) == (2, 3)
    assert (found.accepted.hits, found.accepted.of) == (1, 2)
    assert wrongly_accepted(accepts) == (accepts[1],)
    assert "7, not 20.05" in wrong_accepts_table(accepts)
    assert "50.0" in figures_table(accepts)


def test_receipts_are_counted_by_the_rung_that_settled_them() -> None:
    def climbed(*names: str, stop: str = "settled", **changes: Any) -> Mark:  # noqa: ANN401 - any value of JSON
        return marked({"rungs": [{"name": name} for name in names], "stop": stop, **changes})

    wrong = Decimal(7)
    marks = [
        *[climbed("lines")] * 3,
        climbed("lines", amount=wrong),
        *[climbed("lines", "page", "passes")] * 2,
        climbed("lines", "page", "passes", stop="exhausted"),
        mark(example(), None),
    ]
    rows = [line.strip("| ").split(" | ") for line in rungs_table(marks).splitlines()[2:]]
    assert rows == [["lines", "4", "50.0", "3"], ["passes", "2", "25.0", "2"], ["not settled", "1", "12.5", "1"]]


def write_set(folder: Path, names: list[str]) -> None:
    for part in ("img", "key"):
        (folder / part).mkdir(parents=True)
    for name in names:
        (folder / "key" / f"{name}.json").write_text(json.dumps(LABEL))
        (folder / "img" / f"{name}.jpg").write_bytes(b"")


def test_a_set_and_a_folder_of_sets_are_both_read(tmp_path: Path) -> None:
    write_set(tmp_path / "a", ["1", "2"])
    write_set(tmp_path / "b", ["1"])
    assert [(one.set_name, one.id) for one in read_data([tmp_path])] == [("a", "1"), ("a", "2"), ("b", "1")]
    assert len(read_data([tmp_path / "a"])) == 2


def test_a_folder_without_labels_is_refused(tmp_path: Path) -> None:
    with pytest.raises(click.ClickException, match="neither"):
        read_data([tmp_path])


def test_a_sample_is_spread_over_all_sets() -> None:
    examples = [example(str(number)) for number in range(100)]
    assert [one.id for one in spread(examples, 4)] == ["12", "37", "62", "87"]
    assert spread(examples, None) == tuple(examples)
