"""What a code holds is shown as text that a terminal only displays, however hostile or large it is."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rpiocr.sanitize.payload import MAX_TEXT, MAX_VALUE, payload_text, payload_value
from rpiocr.sanitize.text import is_plain


@pytest.mark.parametrize(
    ("payload", "text"),
    [
        (b"V0;KASSE-1;Kassenbeleg-V1", "V0;KASSE-1;Kassenbeleg-V1"),
        ("Bäckerei 東京".encode(), "Bäckerei 東京"),
        ("Bäckerei".encode("latin-1"), "Bäckerei"),
        (b"BCD\n002\n1", "BCD\n002\n1"),
        (b"BCD\r\n002\r1", "BCD\n002\n1"),
        (b"\x1b]52;c;ZXZpbA==\x07", r"\x1b]52;c;ZXZpbA==\x07"),
        ("a\u202eb".encode(), r"a\u202eb"),
        (b"(01)0401\x1d(10)4711", r"(01)0401\x1d(10)4711"),
        (b"", ""),
    ],
)
def test_text_in_a_code_is_shown_as_it_is_but_for_what_a_terminal_would_obey(payload: bytes, text: str) -> None:
    assert payload_text(payload) == text


def test_bytes_that_are_no_text_are_shown_as_escapes() -> None:
    assert payload_text(b"UT\x01\x80\xff\xd8") == r"UT\x01\x80\xff\xd8"


@given(st.binary(max_size=300))
@example(b"\xff" * 10_000)
@example(b"\x00" * 10_000)
def test_the_text_of_any_bytes_is_plain_and_bounded(payload: bytes) -> None:
    text = payload_text(payload)
    assert all(map(is_plain, text.replace("\n", "")))
    assert len(text) <= MAX_TEXT + len("…")


def test_a_code_as_large_as_any_is_shown_whole_and_a_larger_one_is_cut() -> None:
    assert payload_text(b"7" * MAX_TEXT) == "7" * MAX_TEXT
    assert payload_text(b"7" * (MAX_TEXT + 1)) == "7" * MAX_TEXT + "…"


def test_a_name_in_a_code_is_one_line_of_some_length() -> None:
    assert payload_value("Café\n\x1b[2J") == r"Café\n\x1b[2J"
    assert payload_value("x" * 100_000) == "x" * MAX_VALUE + "…"
