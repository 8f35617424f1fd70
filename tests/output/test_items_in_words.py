"""What is said of the sum of items."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from rpiocr.output.items_in_words import acceptance_in_words, completeness_in_words


def result(amount: str | None, verdict: str = "RETRY", **check: Any) -> dict[str, Any]:  # noqa: ANN401
    """A result with two items of together 3.50."""
    checked = {"sum": Decimal("3.50"), "agrees_with": None, "count_read": 2, "count_printed": None, "complete": False}
    return {
        "amount": amount and Decimal(amount),
        "currency": "EUR",
        "items": [{}, {}],
        "items_check": checked | check,
        "verdicts": {"items": verdict},
    }


@pytest.mark.parametrize(
    ("amount", "check", "said"),
    [
        ("3.50", {"agrees_with": "total"}, "2 items; their sum 3.50 EUR agrees with the total"),
        ("4.50", {}, "2 items; their sum 3.50 EUR is 1.00 EUR less than the total"),
        ("3.20", {}, "2 items; their sum 3.50 EUR is 0.30 EUR more than the total"),
        ("-4.00", {}, "2 items; their sum 3.50 EUR agrees with neither the total nor the subtotal"),
        ("-4.00", {"sum": Decimal("-3.50")}, "2 items; their sum -3.50 EUR is 0.50 EUR less than the total"),
        (None, {}, "2 items; their sum 3.50 EUR agrees with neither the total nor the subtotal"),
        (
            *("4.00", {"agrees_with": "subtotal", "count_printed": 3}),
            "2 items, 3 by the receipt; their sum 3.50 EUR agrees with the subtotal",
        ),
        ("3.50", {"agrees_with": "total", "count_printed": 2}, "2 items; their sum 3.50 EUR agrees with the total"),
    ],
)
def test_a_sum_agrees_or_is_off_by_an_amount(amount: str | None, check: dict[str, Any], said: str) -> None:
    assert completeness_in_words(result(amount, **check)) == f"{said}; not proved complete"
    assert (
        acceptance_in_words(result(amount, **check)) == f"{said}; the list is not accepted: compare it with the receipt"
    )


def test_a_list_that_is_accepted_is_said_to_be() -> None:
    accepted = result("3.50", "ACCEPT", agrees_with="total", complete=True)
    assert acceptance_in_words(accepted) == "2 items; their sum 3.50 EUR agrees with the total; the list is accepted"
    assert completeness_in_words(accepted).endswith("; complete")


def test_nothing_is_said_of_a_sum_where_there_are_no_items() -> None:
    none = result("3.50", sum=Decimal(0), count_read=0) | {"items": []}
    assert completeness_in_words(none) == "none"
    assert acceptance_in_words(none) == "no items were found"
