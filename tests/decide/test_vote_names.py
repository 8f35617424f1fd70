"""Passes that read the merchant's name alike vote for one name."""

from __future__ import annotations

from rpiocr.decide.vote_names import vote_names
from rpiocr.model import Box, Candidate, EngineId, Kind, PassId, Provenance
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from rpiocr.recognise.tesseract import TESSERACT

PLACE = Box(0.0, 0.0, 100.0, 20.0)
FIRST = PassId(EngineId(TESSERACT, "psm6"), "default")
OTHER = PassId(EngineId(TESSERACT, "psm4"), "default")
SECOND = PassId(ALL_LINES, "plain")


def name(text: str, score: float, confidence: float = 0.9) -> Candidate[str]:
    return Candidate(text, text, PLACE, confidence, Provenance(Kind.HEAD), score)


def test_two_spellings_of_a_name_beat_a_third_line_that_each_pass_ranks_behind_them() -> None:
    ballots = [
        (FIRST, (name("CITY BAKEH0USE", 0.5, 0.6), name("FRESH DAILY", 0.4))),
        (SECOND, (name("CITY BAKEHOUSE", 0.45, 0.97), name("FRESH DAILY", 0.4))),
    ]
    found = vote_names(ballots, ballots[1][1])
    assert found is not None
    assert found.chosen.value == "CITY BAKEHOUSE"
    assert [rival.value for rival in found.rivals] == ["FRESH DAILY"]


def test_a_pass_that_read_another_spelling_voted_for_the_name_and_its_own_reading_is_shown() -> None:
    ballots = [(FIRST, (name("CITY BAKEH0USE", 0.9, 0.5),)), (SECOND, (name("CITY BAKEHOUSE", 0.9, 0.99),))]
    found = vote_names(ballots, ())
    assert found is not None
    assert (found.votes, found.passes) == (2, 2)
    assert [one.candidate.raw for one in found.ballots if one.candidate] == ["CITY BAKEH0USE", "CITY BAKEHOUSE"]


def test_many_passes_of_one_engine_do_not_outvote_the_other_engine_by_their_number() -> None:
    many = [(PassId(EngineId(TESSERACT, f"psm{psm}"), "default"), (name("C17Y BKHS", 0.5),)) for psm in (3, 4, 6, 11)]
    found = vote_names([*many, (SECOND, (name("CITY BAKEHOUSE", 0.9),))], (name("CITY BAKEHOUSE", 0.6),))
    assert found is not None
    assert found.chosen.value == "CITY BAKEHOUSE"


def test_the_score_of_the_chosen_name_is_its_mean_probability() -> None:
    found = vote_names([(FIRST, (name("A B C", 0.8),)), (OTHER, (name("A B C", 0.4),))], (name("A B C", 0.6),))
    assert found is not None
    assert abs(found.chosen.score - 0.6) < 1e-9


def test_a_receipt_without_any_line_that_may_be_a_name_has_none() -> None:
    assert vote_names([(FIRST, ()), (SECOND, ())], ()) is None


def test_only_names_that_may_be_right_are_offered_beside_the_chosen_one() -> None:
    ranked = (name("CITY BAKEHOUSE", 0.9), name("FRESH DAILY", 0.095), name("12 HIGH STREET", 0.005))
    found = vote_names([(FIRST, ranked)], ranked)
    assert found is not None
    assert [rival.value for rival in found.rivals] == ["FRESH DAILY"]
