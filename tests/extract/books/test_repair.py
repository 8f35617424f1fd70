"""A list whose sum does not agree is repaired by other readings, if exact arithmetic leaves one way."""

from __future__ import annotations

from decimal import Decimal

from rpiocr.extract.books.repair import repaired
from rpiocr.extract.items.layout import LAST, Layout
from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.items.purchases import purchases
from rpiocr.extract.items.zone import find_zone
from tests.written import rows_of


def read(text: str) -> tuple[Purchase, ...]:
    zone = find_zone(rows_of(text))
    return purchases(zone, Layout(zone.ends[0], LAST))


def amounts(lists: tuple[tuple[Purchase, ...], ...]) -> list[list[str]]:
    return [[str(one.value) for one in found] for found in lists]


WRONG, RIGHT = "BREAD 2.60\nMILK 1.20\nTEA 3.00", "BREAD 2.50\nMILK 1.20\nTEA 3.00"


def test_an_amount_that_another_reading_has_is_taken_if_it_makes_the_sum() -> None:
    assert amounts(repaired(read(WRONG), [read(RIGHT)], frozenset({Decimal("6.70")}))) == [["2.50", "1.20", "3.00"]]


def test_a_row_that_another_reading_has_is_added_if_it_makes_the_sum() -> None:
    lost = "BREAD 2.50\nMILK 1.20"
    assert amounts(repaired(read(lost), [read(RIGHT)], frozenset({Decimal("6.70")}))) == [["2.50", "1.20", "3.00"]]


def test_nothing_is_changed_that_does_not_make_the_sum() -> None:
    assert repaired(read(WRONG), [read(RIGHT)], frozenset({Decimal("9.99")})) == ()


def test_several_ways_are_all_returned() -> None:
    found = repaired(read("A PEN 1.10\nA CUP 1.10"), [read("A PEN 1.00\nA CUP 1.00")], frozenset({Decimal("2.10")}))
    assert sorted(amounts(found)) == [["1.00", "1.10"], ["1.10", "1.00"]]
