"""What the committed receipts say against what the program reads on them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.program import Outcome

Pair = tuple[dict[str, Any], dict[str, Any]]
"""An answer and the truth."""


@pytest.fixture(scope="module")
def pairs(whole_set: Outcome, pictures: list[Path]) -> list[Pair]:
    return [(whole_set.of(picture), truth_of(picture)) for picture in pictures]


def truth_of(picture: Path) -> dict[str, Any]:
    key = picture.with_suffix(".json")
    if picture.parent.name == "img":
        key = picture.parents[1] / "key" / key.name
    truth: dict[str, Any] = json.loads(key.read_text("utf-8"))
    return truth


def share(pairs: list[Pair], name: str, truth_name: str | None = None) -> float:
    right = [str(answer[name]) == str(truth[truth_name or name]) for answer, truth in pairs]
    return sum(right) / len(right)


@pytest.mark.slow
def test_three_of_four_totals_and_nine_of_ten_dates_are_right_after_two_passes(pairs: list[Pair]) -> None:
    assert share(pairs, "amount", "total") >= 0.75
    assert share(pairs, "date") >= 0.9


def test_nine_of_ten_currencies_and_four_of_five_times_are_right(pairs: list[Pair]) -> None:
    assert share(pairs, "currency") >= 0.9
    assert share(pairs, "time") >= 0.8


def test_nothing_that_is_accepted_is_wrong(pairs: list[Pair]) -> None:
    accepted = [(answer, truth) for answer, truth in pairs if answer["verdict"] == "ACCEPT"]
    told = [(answer["file"], str(answer["amount"]), answer["date"]) for answer, _ in accepted]
    assert told == [(answer["file"], truth["total"], truth["date"]) for answer, truth in accepted]


def test_money_keeps_its_decimals_in_the_text(whole_set: Outcome, pairs: list[Pair]) -> None:
    """32.20 must not become 32.2, which a script that compares texts would take for another amount."""
    amounts = {truth["total"] for answer, truth in pairs if str(answer["amount"]) == truth["total"]}
    ending_in_zero = {amount for amount in amounts if amount.endswith("0")}
    assert ending_in_zero
    assert all(f'"amount": {amount}, ' in whole_set.stdout for amount in ending_in_zero)


def test_a_thousands_separator_is_no_decimal_point(pairs: list[Pair]) -> None:
    totals = [str(answer["amount"]) for answer, truth in pairs if "thousands" in truth["traits"]]
    assert totals == [truth["total"] for _, truth in pairs if "thousands" in truth["traits"]]


def test_an_amount_that_the_cash_proves_says_so(pairs: list[Pair]) -> None:
    proved = [answer for answer, _ in pairs if "cash - change" in answer["evidence"]["amount"]["checks"]]
    assert len(proved) >= 5
    assert [str(answer["amount"]) for answer in proved] == [
        truth["total"] for answer, truth in pairs if "cash - change" in answer["evidence"]["amount"]["checks"]
    ]
