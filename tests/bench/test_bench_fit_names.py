"""The ranker of names learns what tells them from other lines."""

from __future__ import annotations

import pytest

from bench.fit_names import Choice, best_of, fit, of_drawn, rearranged


def choice(number: int, right: int = 0) -> Choice:
    rows = ({"tall": 1.0, "place": 0.2}, {"price": 1.0}, {"first": 1.0})
    return Choice("set", str(number), ("a", "b", "c"), rows, tuple(place == right for place in range(3)))


def test_the_right_candidates_win_after_the_fit() -> None:
    choices = [choice(number) for number in range(20)]
    assert best_of(choices[0], fit(choices, 0.1))[0] == 0


def test_a_feature_is_not_learnt_to_point_where_only_chance_would_have_it() -> None:
    weights = fit([choice(number, right=1) for number in range(20)], 0.1)
    assert weights["price"] < 0.0
    assert weights["place"] <= 0.0


def test_receipts_none_of_whose_candidates_is_right_teach_nothing() -> None:
    lost = Choice("set", "lost", ("x",), ({"tall": 1.0},), (False,))
    assert fit([*map(choice, range(5)), lost], 0.1) == fit([choice(number) for number in range(5)], 0.1)


@pytest.mark.parametrize(
    ("index", "texts"),
    [
        (0, ["CITY", "BAKERY", "12 HIGH STREET", "TEL 1"]),
        (1, ["GOOD MORNING", "CITY", "BAKERY", "12 HIGH STREET", "TEL 1"]),
        (2, ["12 HIGH STREET", "CITY", "BAKERY", "TEL 1"]),
        (3, ["12 HIGH STREET", "TEL 1", "CITY", "BAKERY"]),
        (4, ["~ ey", "12 HIGH STREET", "TEL 1", "www.citybakery.com"]),
        (9, ["Lo a0", "12 HIGH STREET", "TEL 1", "Thank you for shopping at City Bakery"]),
    ],
)
def test_names_stand_where_other_shops_print_them(index: int, texts: list[str]) -> None:
    lines = rearranged(["CITY", "BAKERY", "12 HIGH STREET", "TEL 1"], "City Bakery", index)
    assert [line.text for line in lines] == texts
    heights = {line.text: line.box.height for line in lines}
    assert (heights.get("CITY", 0.0) > heights["TEL 1"]) is (index == 1)


def test_drawn_receipts_have_their_name_among_the_candidates() -> None:
    choices = [one for one in of_drawn(1, 5) if one.id[:2] in ("us", "de", "gb", "fr")]
    assert len(choices) == 4
    assert sum(one.can_be_right for one in choices) >= 3
