"""The passes vote on each field, and the result names those that agreed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.decide.vote import vote
from rpiocr.model import Box, Candidate, Check, Field, Kind, PassId, Provenance
from rpiocr.model.provenance import CASH_LESS_CHANGE, ITEMS
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from tests.written import PSM_6

USUAL = 10.0
HERE = Box(0, 0, 10, 10)

SURE = Provenance(Kind.TOTAL_SURE)

SECOND = PassId(ALL_LINES, "plain")


def seen(value: str, score: float = USUAL, *checks: Check) -> Candidate[str]:
    """A candidate with this value."""
    return Candidate(value, value, HERE, 0.9, Provenance(Kind.TOTAL), score, checks=checks)


def by_tesseract(*ballots: Sequence[Candidate[str]]) -> list[tuple[PassId, Sequence[Candidate[str]]]]:
    """What that many passes of Tesseract found."""
    return [(PassId(PSM_6, str(number)), ballot) for number, ballot in enumerate(ballots)]


def weights_of(field: Field[str] | None) -> dict[str, float]:
    """How much each value weighs."""
    assert field is not None
    return {candidate.value: candidate.score for candidate in (field.chosen, *field.rivals)}


def test_what_most_passes_put_first_is_chosen() -> None:
    field = vote(by_tesseract([seen("6.00")], [seen("8.00")], [seen("6.00")]), [], USUAL)
    assert field is not None
    assert field.chosen.value == "6.00"
    assert [rival.value for rival in field.rivals] == ["8.00"]
    assert (field.votes, field.passes) == (2, 3)
    assert field.supporters == ("tesseract-psm6/0", "tesseract-psm6/2")


def test_every_ballot_is_kept_with_its_best_candidate_or_none() -> None:
    field = vote([*by_tesseract([seen("6.00"), seen("8.00", 3.0)], []), (SECOND, [seen("8.00")])], [], USUAL)
    assert field is not None
    assert [(str(one.source), one.candidate and one.candidate.value) for one in field.ballots] == [
        ("tesseract-psm6/0", "6.00"),
        ("tesseract-psm6/1", None),
        (str(SECOND), "8.00"),
    ]


def test_a_value_proved_by_sums_outweighs_one_that_is_merely_read() -> None:
    proved = seen("6.00", 16.0, CASH_LESS_CHANGE, ITEMS)
    field = vote(by_tesseract([proved], [seen("8.00", 7.0)], [seen("8.00", 7.0)]), [], USUAL)
    assert field is not None
    assert field.chosen.value == "6.00"
    assert field.votes == 1


def test_a_single_pass_cannot_outweigh_many_by_its_score_alone() -> None:
    field = vote(by_tesseract([seen("6.00", 1e6)], [seen("8.00")], [seen("8.00")]), [], USUAL)
    assert field is not None
    assert field.chosen.value == "8.00"


def test_the_merged_reading_weighs_like_a_pass_but_is_not_counted() -> None:
    field = vote(by_tesseract([seen("6.00")], [seen("8.00")]), [seen("8.00")], USUAL)
    assert field is not None
    assert (field.chosen.value, field.votes, field.passes) == ("8.00", 1, 2)
    alone = vote(by_tesseract([], []), [seen("8.00")], USUAL)
    assert alone is not None
    assert (alone.chosen.value, alone.votes, alone.passes, alone.supporters) == ("8.00", 0, 2, ())


def test_second_and_third_places_count_less_and_the_fourth_not_at_all() -> None:
    field = vote(by_tesseract([seen("1"), seen("2"), seen("3"), seen("4")]), [], USUAL)
    weights = weights_of(field)
    assert list(weights) == ["1", "2", "3"]
    assert list(weights.values()) == sorted(weights.values(), reverse=True)
    assert len(set(weights.values())) == 3


def test_the_best_sighting_stands_for_its_value() -> None:
    weak, strong = seen("6.00", 4.0), Candidate("6.00", "RM 6.00", HERE, 0.99, SURE, 14.0, checks=(ITEMS,))
    field = vote(by_tesseract([weak], [strong], [weak]), [weak], USUAL)
    assert field is not None
    assert (field.chosen.raw, field.chosen.checks) == ("RM 6.00", (ITEMS,))


@pytest.mark.parametrize("ballots", [[], [[]], [[], [], []]])
def test_nothing_found_gives_no_field(ballots: list[list[Candidate[str]]]) -> None:
    assert vote(by_tesseract(*ballots), [], USUAL) is None


@pytest.mark.parametrize("count", [2, 6, 15])
def test_many_passes_of_tesseract_weigh_together_half_as_much_again_as_a_second_engine(count: int) -> None:
    against = [*by_tesseract(*[[seen("8.00")]] * count), (SECOND, [seen("6.00")])]
    weights = weights_of(vote(against, [], USUAL))
    assert weights["8.00"] / weights["6.00"] == pytest.approx(1.5)


def test_one_pass_of_each_engine_weighs_the_same() -> None:
    weights = weights_of(vote([*by_tesseract([seen("8.00")]), (SECOND, [seen("6.00")])], [], USUAL))
    assert weights["8.00"] == weights["6.00"]


def test_passes_of_tesseract_alone_are_not_limited() -> None:
    weights = weights_of(vote(by_tesseract(*[[seen("8.00")]] * 6, [seen("6.00")]), [], USUAL))
    assert weights["8.00"] / weights["6.00"] == pytest.approx(6.0)


def test_what_the_second_engine_read_and_sums_prove_beats_all_that_tesseract_merely_read() -> None:
    proved = seen("6.00", 16.0, CASH_LESS_CHANGE, ITEMS)
    field = vote([*by_tesseract(*[[seen("8.00", 9.0)]] * 15), (SECOND, [proved])], [seen("8.00", 9.0)], USUAL)
    assert field is not None
    assert field.chosen.value == "6.00"
    assert field.supporters == (str(SECOND),)


CANDIDATES = st.builds(seen, st.sampled_from("ABCD"), st.floats(min_value=-10, max_value=25))
BALLOT = st.lists(CANDIDATES, max_size=4, unique_by=lambda one: one.value)


@given(ballots=st.lists(BALLOT, max_size=15), second=st.none() | BALLOT, merged=BALLOT)
def test_votes_never_exceed_the_passes_and_no_value_appears_twice(
    ballots: list[list[Candidate[str]]], second: list[Candidate[str]] | None, merged: list[Candidate[str]]
) -> None:
    cast = by_tesseract(*ballots) + ([] if second is None else [(SECOND, second)])
    field = vote(cast, merged, USUAL)
    if field is None:
        assert not any(found for _, found in cast)
        assert not merged
        return
    weights = weights_of(field)
    assert len(weights) == 1 + len(field.rivals)
    assert list(weights.values()) == sorted(weights.values(), reverse=True)
    assert field.passes == len(cast)
    assert field.votes == sum(bool(found) and found[0].value == field.chosen.value for _, found in cast)


@given(value=st.sampled_from("AB"), count=st.integers(min_value=1, max_value=15))
def test_unanimous_passes_are_counted_in_full(value: str, count: int) -> None:
    field = vote(by_tesseract(*[[seen(value)]] * count), [seen(value)], USUAL)
    assert field is not None
    assert (field.chosen.value, field.votes, field.passes, field.rivals) == (value, count, count, ())
