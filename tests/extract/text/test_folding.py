"""Texts that engines confuse have one form, and words that differ have different ones."""

from __future__ import annotations

import pytest

from rpiocr.extract.text.folding import key, pieces


@pytest.mark.parametrize(
    "spellings",
    [
        ("Lidl", "LlDL", "L1DL", "LIDL", "L|DL", "L I D L"),
        ("Walmart", "WAL*MART", "Wal-Mart", "WAIMART"),
        ("Aldi Süd", "ALDI SUED", "ALDI SUD", "ALDISÜD"),
        ("Rewe", "REVVE"),
        ("Hornbach", "HOMBACH"),
        ("Rossmann", "R0SSMANN", "RO5SMANN"),
        ("Rema 1000", "REMA 1OOO"),
        ("A101", "A1O1"),
        ("McDonald's", "McDonalds", "MCDONALD´S"),
        ("Żabka", "ZABKA"),
        ("セブン-イレブン", "セブンイレブン"),
    ],
)
def test_spellings_of_one_name_are_one_key(spellings: tuple[str, ...]) -> None:
    assert len({key(spelled) for spelled in spellings}) == 1


def test_names_that_differ_stay_apart() -> None:
    names = ("Aldi", "Lidl", "Rewe", "Netto", "Penny", "100", "ioo", "7-Eleven", "A101", "A100")
    assert len({key(name) for name in names}) == len(names)


def test_every_word_is_located_in_its_line() -> None:
    line = "  REWE-Markt, 新宿"
    assert [line[word.start : word.end] for word in pieces(line)] == ["REWE", "Markt", "新", "宿"]
