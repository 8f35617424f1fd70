"""The passes vote on each field, and the answer says how many agreed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.model import Box, Candidate
from rpiocr.vote import vote

USUAL = 10.0
HERE = Box(0, 0, 10, 10)


def seen(value: str, score: float = USUAL) -> Candidate[str]:
    """A candidate with this value."""
    return Candidate(value, value, HERE, 0.9, "total", score)


def test_what_most_passes_put_first_is_chosen() -> None:
    field = vote([[seen("6.00")], [seen("8.00")], [seen("6.00")]], [], USUAL)
    assert field is not None
    assert field.chosen.value == "6.00"
    assert [rival.value for rival in field.rivals] == ["8.00"]
    assert (field.votes, field.passes) == (2, 3)


def test_a_value_proved_by_sums_outweighs_one_that_is_merely_read() -> None:
    field = vote([[seen("6.00", 16.0)], [seen("8.00", 7.0)], [seen("8.00", 7.0)]], [], USUAL)
    assert field is not None
    assert field.chosen.value == "6.00"
    assert field.votes == 1


def test_a_single_pass_cannot_outweigh_many_by_its_score_alone() -> None:
    field = vote([[seen("6.00", 1e6)], [seen("8.00")], [seen("8.00")]], [], USUAL)
    assert field is not None
    assert field.chosen.value == "8.00"


def test_the_merged_reading_weighs_like_a_pass_but_is_not_counted() -> None:
    field = vote([[seen("6.00")], [seen("8.00")]], [seen("8.00")], USUAL)
    assert field is not None
    assert (field.chosen.value, field.votes, field.passes) == ("8.00", 1, 2)
    alone = vote([[], []], [seen("8.00")], USUAL)
    assert alone is not None
    assert (alone.chosen.value, alone.votes, alone.passes) == ("8.00", 0, 2)


def test_second_and_third_places_count_less_and_the_fourth_not_at_all() -> None:
    ballot = [seen("1"), seen("2"), seen("3"), seen("4")]
    field = vote([ballot], [], USUAL)
    assert field is not None
    weights = [candidate.score for candidate in (field.chosen, *field.rivals)]
    assert [field.chosen.value, *(rival.value for rival in field.rivals)] == ["1", "2", "3"]
    assert weights == sorted(weights, reverse=True)
    assert len(set(weights)) == 3


def test_the_best_sighting_stands_for_its_value() -> None:
    weak, strong = seen("6.00", 4.0), Candidate("6.00", "RM 6.00", HERE, 0.99, "total_sure", 14.0, checks=("items",))
    field = vote([[weak], [strong], [weak]], [weak], USUAL)
    assert field is not None
    assert (field.chosen.raw, field.chosen.checks) == ("RM 6.00", ("items",))


@pytest.mark.parametrize("ballots", [[], [[]], [[], [], []]])
def test_nothing_found_gives_no_field(ballots: list[list[Candidate[str]]]) -> None:
    assert vote(ballots, [], USUAL) is None


CANDIDATES = st.builds(seen, st.sampled_from("ABCD"), st.floats(min_value=-10, max_value=25))


@given(
    ballots=st.lists(st.lists(CANDIDATES, max_size=4, unique_by=lambda one: one.value), max_size=15),
    merged=st.lists(CANDIDATES, max_size=4, unique_by=lambda one: one.value),
)
def test_votes_never_exceed_the_passes_and_no_value_appears_twice(
    ballots: list[list[Candidate[str]]], merged: list[Candidate[str]]
) -> None:
    field = vote(ballots, merged, USUAL)
    if field is None:
        assert not any(ballots)
        assert not merged
        return
    values = [field.chosen.value, *(rival.value for rival in field.rivals)]
    scores = [field.chosen.score, *(rival.score for rival in field.rivals)]
    assert len(values) == len(set(values))
    assert scores == sorted(scores, reverse=True)
    assert field.passes == len(ballots)
    assert field.votes == sum(bool(ballot) and ballot[0].value == field.chosen.value for ballot in ballots)


@given(value=st.sampled_from("AB"), count=st.integers(min_value=1, max_value=15))
def test_unanimous_passes_are_counted_in_full(value: str, count: int) -> None:
    field = vote([[seen(value)]] * count, [seen(value)], USUAL)
    assert field is not None
    assert (field.chosen.value, field.votes, field.passes, field.rivals) == (value, count, count, ())
