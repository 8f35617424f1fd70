"""Vision's words become the page's lines, however odd the answer."""

from __future__ import annotations

import math

import pytest
from google.cloud import vision_v1
from hypothesis import given, settings
from hypothesis import strategies as st

from rpiocr.cloud.annotation import Sizes, lines_from_annotation
from rpiocr.errors import CloudGarbageError
from rpiocr.model import Box

from .server import RECEIPT, RECEIPT_TEXT, annotation_of, word

SAME = Sizes((200, 100), (200, 100))


def test_breaks_end_lines_and_parts_without_a_space_are_one_word() -> None:
    lines = lines_from_annotation(RECEIPT, SAME)
    assert [line.text for line in lines] == RECEIPT_TEXT
    total = lines[0].words[1]
    assert total.text == "$12.34"
    assert total.box == Box(70, 20, 130, 40)
    assert total.confidence == pytest.approx(0.7)


def test_a_minus_at_the_end_of_a_line_is_not_lost() -> None:
    annotation = annotation_of(word("10.00", (0, 0, 50, 20), then="HYPHEN"), word("Cash", (0, 30, 50, 50)))
    assert [line.text for line in lines_from_annotation(annotation, SAME)] == ["10.00-", "Cash"]


def test_a_line_ends_with_its_paragraph_also_without_a_break() -> None:
    paragraphs = [{"words": [word("one", (0, 0, 30, 10))]}, {"words": [word("two", (0, 20, 30, 30))]}]
    annotation = vision_v1.TextAnnotation(pages=[{"blocks": [{"paragraphs": paragraphs}]}])
    assert [line.text for line in lines_from_annotation(annotation, SAME)] == ["one", "two"]


def test_a_break_noted_at_the_word_counts() -> None:
    first = word("one", (0, 0, 30, 10)) | {"property": {"detected_break": {"type_": "SPACE"}}}
    (line,) = lines_from_annotation(annotation_of(first, word("two", (40, 0, 70, 10))), SAME)
    assert [part.text for part in line.words] == ["one", "two"]


def test_boxes_are_those_of_the_page_where_a_smaller_picture_was_sent() -> None:
    lines = lines_from_annotation(RECEIPT, Sizes((200, 100), (400, 300)))
    assert lines[0].words[0].box == Box(20, 60, 120, 120)


def test_coordinates_of_zero_are_not_sent_and_still_count() -> None:
    corners = [{}, {"x": 30}, {"x": 30, "y": 10}, {"y": 10}]
    annotation = annotation_of(word("corner", (0, 0, 1, 1)) | {"bounding_box": {"vertices": corners}})
    assert lines_from_annotation(annotation, SAME)[0].box == Box(0, 0, 30, 10)


def test_rotated_text_gets_the_upright_box_around_it() -> None:
    corners = [{"x": 50, "y": 10}, {"x": 90, "y": 30}, {"x": 80, "y": 50}, {"x": 40, "y": 30}]
    annotation = annotation_of(word("tilted", (0, 0, 1, 1)) | {"bounding_box": {"vertices": corners}})
    assert lines_from_annotation(annotation, SAME)[0].box == Box(40, 10, 90, 50)


def test_shares_of_the_page_are_understood_too() -> None:
    corners = [{"x": 0.1, "y": 0.2}, {"x": 0.5, "y": 0.4}]
    raw = word("share", (0, 0, 1, 1)) | {"bounding_box": {"normalized_vertices": corners}}
    box = lines_from_annotation(annotation_of(raw), SAME)[0].box
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((20, 20, 100, 40))


def test_a_word_without_a_box_is_placed_by_its_symbols_else_by_its_paragraph() -> None:
    symbol = {"text": "7", "bounding_box": {"vertices": [{"x": 5, "y": 5}, {"x": 9, "y": 15}]}}
    words = [
        {"symbols": [symbol | {"property": {"detected_break": {"type_": "LINE_BREAK"}}}]},
        {"symbols": [{"text": "8"}]},
    ]
    paragraph = {"words": words, "bounding_box": {"vertices": [{}, {"x": 60, "y": 40}]}}
    annotation = vision_v1.TextAnnotation(pages=[{"blocks": [{"paragraphs": [paragraph]}]}])
    first, second = lines_from_annotation(annotation, SAME)
    assert (first.text, first.box) == ("7", Box(5, 5, 9, 15))
    assert (second.text, second.box) == ("8", Box(0, 0, 60, 40))


def test_boxes_that_reach_out_of_the_page_are_cut() -> None:
    annotation = annotation_of(word("edge", (-20, -5, 900, 30)))
    assert lines_from_annotation(annotation, SAME)[0].box == Box(0, 0, 200, 30)


@pytest.mark.parametrize("sent, kept", [(math.nan, 0.0), (-3.0, 0.0), (17.0, 1.0), (math.inf, 0.0)])
def test_an_absurd_confidence_is_brought_into_range(sent: float, kept: float) -> None:
    annotation = annotation_of(word("sure", (0, 0, 30, 10), confidence=sent))
    assert lines_from_annotation(annotation, SAME)[0].words[0].confidence == kept


def test_words_that_make_no_sense_do_not_take_the_others_with_them() -> None:
    annotation = annotation_of(
        word("", (0, 0, 30, 10)),
        word(" \n", (0, 0, 30, 10)),
        word("off", (900, 900, 950, 950)),
        word("good", (0, 0, 9, 9)),
    )
    assert [line.text for line in lines_from_annotation(annotation, SAME)] == ["good"]


@pytest.mark.parametrize(
    "annotation",
    [
        annotation_of(word("", (0, 0, 30, 10))),
        annotation_of(word("off", (900, 900, 950, 950))),
        annotation_of(word("flat", (10, 10, 10, 10))),
        vision_v1.TextAnnotation(text="text without words"),
    ],
)
def test_text_without_one_usable_word_is_garbage(annotation: vision_v1.TextAnnotation) -> None:
    with pytest.raises(CloudGarbageError):
        lines_from_annotation(annotation, SAME)


def test_a_page_with_blocks_but_no_words_is_blank() -> None:
    picture_block = {"blocks": [{"block_type": "PICTURE"}]}
    assert lines_from_annotation(vision_v1.TextAnnotation(pages=[picture_block]), SAME) == ()
    assert lines_from_annotation(vision_v1.TextAnnotation(), SAME) == ()


coordinates = st.integers(-(2**31), 2**31 - 1) | st.integers(-10, 210)
confidences = st.floats(width=32)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(coordinates, coordinates, coordinates, coordinates, confidences), max_size=4))
def test_whatever_is_sent_words_lie_on_the_page_with_confidences_in_range(
    raw: list[tuple[int, int, int, int, float]],
) -> None:
    words = [word("x", (a, b, c, d), then="SPACE", confidence=sure) for a, b, c, d, sure in raw]
    anchor = word("anchor", (0, 0, 10, 10))
    (line,) = lines_from_annotation(annotation_of(*words, anchor), SAME)
    for part in line.words:
        assert 0 <= part.box.left < part.box.right <= 200
        assert 0 <= part.box.top < part.box.bottom <= 100
        assert 0 <= part.confidence <= 1
