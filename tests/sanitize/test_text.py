"""Text of others moves no cursor, sets no clipboard and turns no line around; what people write stays legible."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rpiocr.sanitize.text import is_plain, json_safe, lines, one_line


@pytest.mark.parametrize(
    "text", ["Café Zürich", "東京 ストア", "서울 마트", "می\u200cخواهم", "Львів", "a\u00a0b", "€ 12.50", "😀"]
)
def test_what_people_write_is_shown_as_it_is(text: str) -> None:
    assert one_line(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;ZXZpbA==\x07", r"\x1b]52;c;ZXZpbA==\x07"),
        ("\x9b31m", r"\x9b31m"),
        ("a\u202eb", r"a\u202eb"),
        ("a\nb\rc\td", r"a\nb\rc\td"),
        ("\u2028", r"\u2028"),
        ("\udcff", r"\xff"),
        ("\U000e0041", r"\U000e0041"),
    ],
)
def test_what_a_terminal_would_obey_is_an_escape(text: str, shown: str) -> None:
    assert one_line(text) == shown


@given(st.text(st.characters(exclude_categories=[])))
def test_every_line_is_plain(text: str) -> None:
    assert all(map(is_plain, one_line(text)))
    assert all(map(is_plain, lines(text).replace("\n", "")))


@given(st.text())
def test_json_keeps_its_values_and_holds_nothing_that_a_terminal_obeys(text: str) -> None:
    document = json_safe(json.dumps({"a": text}, ensure_ascii=False))
    assert json.loads(document) == {"a": text}
    assert all(map(is_plain, document))
