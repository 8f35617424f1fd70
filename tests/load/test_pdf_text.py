"""A PDF gives the text that a reader of its page sees, where it is seen, and no other."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from generator.pdf_text import picture_of
from generator.pdf_writer import PROPORTIONAL, Run, content_of, page_pdf, replaced
from rpiocr.decode.wire import MAX_CHARACTERS
from rpiocr.model import Page

from .samples import encoded, only_page, pages_of, quarters

SIZE = (300.0, 200.0)
TOTAL = Run("TOTAL 12.50", 40.0, 100.0, 12.0)


def text_of(page: Page) -> list[str] | None:
    return None if page.text is None else [line.text for line in page.text]


def shown(content: bytes, **options: object) -> list[str] | None:
    """The lines of a page with this content."""
    return text_of(only_page(page_pdf(SIZE, content, **options)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "entries", [b"", b"/CropBox [30 80 250 150]", b"/UserUnit 2"], ids=["plain", "cropped", "in another unit"]
)
def test_each_word_stands_where_its_ink_is(entries: bytes) -> None:
    page = only_page(page_pdf(SIZE, content_of([TOTAL]), entries=entries))
    assert page.text is not None
    (line,) = page.text
    assert [word.text for word in line.words] == ["TOTAL", "12.50"]
    rows, columns = np.nonzero(page.pixels < 200)
    box = line.box
    assert (box.left, box.right) == pytest.approx((columns.min(), columns.max() + 1), abs=4)
    assert (box.top, box.bottom) == pytest.approx((rows.min(), rows.max() + 1), abs=4)
    gap = columns[(columns > line.words[0].box.right + 4) & (columns < line.words[1].box.left - 4)]
    assert not len(gap)


@pytest.mark.parametrize(
    ("turn", "back"), [(90, b"0 1 -1 0 200 0"), (180, b"-1 0 0 -1 300 200"), (270, b"0 -1 1 0 0 300")]
)
def test_text_that_a_viewer_shows_upright_counts_and_only_that(turn: int, back: bytes) -> None:
    size = SIZE if turn == 180 else SIZE[::-1]
    entries = b"/Rotate %d" % turn
    upright = b"q %b cm\n%bQ" % (back, content_of([TOTAL]))
    assert text_of(only_page(page_pdf(size, upright, entries=entries))) == ["TOTAL 12.50"]
    assert text_of(only_page(page_pdf(size, content_of([TOTAL]), entries=entries))) is None


PICTURE = b"q 300 0 0 200 0 0 cm /Im Do Q\n"

UNSEEN = {
    "invisible": content_of([TOTAL], mode=3),
    "only a clip": content_of([TOTAL], mode=7),
    "white on white": content_of([TOTAL], grey=1.0),
    "nearly white on white": content_of([TOTAL], grey=0.9),
    "mirrored": content_of([Run("TOTAL 12.50", 200.0, 100.0, 12.0)], mirrored=True),
    "beside the page": content_of([Run("TOTAL 12.50", 400.0, 100.0, 12.0)]),
    "below the page": content_of([Run("TOTAL 12.50", 40.0, -50.0, 12.0)]),
    "clipped": b"q 0 0 10 10 re W n\n" + content_of([TOTAL]) + b"Q",
    "tiny": content_of([Run("TOTAL 12.50", 40.0, 100.0, 1.5)]),
    "covered": content_of([TOTAL]) + b"1 g 30 90 200 30 re f\n",
    "black on black": b"0 g 30 90 200 30 re f\n" + content_of([TOTAL]),
    "behind a picture": content_of([TOTAL]) + PICTURE,
    "white on a picture of print": PICTURE + content_of([replace(TOTAL, text="TOTAL 24.60")], grey=1.0),
}


@pytest.mark.parametrize("how", UNSEEN)
def test_text_that_is_not_seen_does_not_count(how: str) -> None:
    picture = {"Im": picture_of(content_of([TOTAL]), SIZE)}
    assert shown(UNSEEN[how], pictures=picture) is None


def test_text_that_is_not_seen_does_not_hide_what_is() -> None:
    other = content_of([Run("12 Station Road", 40.0, 160.0, 12.0)])
    assert shown(content_of([TOTAL], mode=3) + other) == ["12 Station Road"]
    assert shown(content_of([TOTAL], grey=1.0) + other) == ["12 Station Road"]


def test_transparent_text_does_not_count() -> None:
    state = b"/ExtGState << /Gs << /ca 0.05 /CA 0.05 >> >>"
    data = page_pdf(SIZE, b"/Gs gs\n" + content_of([TOTAL]))
    transparent = data.replace(b"/Resources <<", b"/Resources << " + state, 2)
    assert text_of(only_page(data)) == ["TOTAL 12.50"]
    assert text_of(only_page(rewritten(transparent))) is None


def rewritten(data: bytes) -> bytes:
    """Return a file whose table of objects is found again, because their lengths have changed."""
    offsets = [data.index(b"\n%d 0 obj" % number) + 1 for number in range(1, data.count(b" 0 obj\n") + 1)]
    table = data.index(b"xref\n0 ")
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
    trailer = data[data.index(b"trailer\n") : data.index(b"startxref\n")]
    return data[:table] + head + rows + trailer + b"startxref\n%d\n%%%%EOF\n" % table


RULES = b"0.8 G " + b"".join(b"0 %d m 300 %d l S\n" % (y, y) for y in range(0, 200, 4))

SEEN = {
    "white on black": b"0 g 30 90 200 30 re f\n" + content_of([TOTAL], grey=1.0),
    "grey on white": content_of([TOTAL], grey=0.6),
    "outlined": content_of([TOTAL], mode=1),
    "filled and outlined": content_of([TOTAL], mode=2),
    "on ruled paper": RULES + content_of([TOTAL]),
    "slanted": b"BT /F0 12 Tf 1 0 0.3 1 40 100 Tm (TOTAL 12.50) Tj ET",
}


@pytest.mark.parametrize("how", SEEN)
def test_text_counts_in_whatever_way_it_is_seen(how: str) -> None:
    assert shown(SEEN[how]) == ["TOTAL 12.50"]


def test_text_in_a_form_within_a_form_counts() -> None:
    assert shown(b"q 1 0 0 1 5 5 cm /Fm Do Q", forms={"Fm": content_of([TOTAL])}) == ["TOTAL 12.50"]


def test_words_without_spaces_between_them_are_apart_by_their_places() -> None:
    runs = [Run("TOTAL", 40.0, 100.0, 12.0), Run("12.50", 90.0, 100.0, 12.0), Run("EUR", 240.0, 100.0, 12.0)]
    assert shown(content_of(runs)) == ["TOTAL 12.50 EUR"]


def test_letters_placed_one_by_one_are_one_word() -> None:
    runs = [Run(letter, 40.0 + 7.2 * place, 100.0, 12.0) for place, letter in enumerate("TOTAL")]
    assert shown(content_of(runs)) == ["TOTAL"]


def test_lines_and_columns_keep_their_words() -> None:
    columns = (40.0, ("LEFT 1", "LEFT 2")), (200.0, ("RIGHT 1", "RIGHT 2"))
    runs = [Run(text, x, 150.0 - 20 * row, 10.0) for x, column in columns for row, text in enumerate(column)]
    found = shown(content_of(runs))
    assert found is not None
    assert sorted(" ".join(found).split()) == ["1", "1", "2", "2", "LEFT", "LEFT", "RIGHT", "RIGHT"]


def test_ligatures_are_the_letters_that_they_stand_for() -> None:
    run = Run("of*ce", 40.0, 100.0, 12.0, PROPORTIONAL)
    assert shown(content_of([run]), meant={PROPORTIONAL: {**replaced("ofce"), "*": "ffi"}}) == ["offfice"]
    assert shown(content_of([run]), meant={PROPORTIONAL: {**replaced("ofce"), "*": "\N{LATIN SMALL LIGATURE FI}"}}) == [
        "office"
    ]


def test_text_from_right_to_left_is_in_the_order_of_reading() -> None:
    # The letters are set from left to right as they are seen: the last one of the word comes first.
    letters = dict(zip("abcd", reversed("סהכל"), strict=True))
    found = shown(content_of([Run("abcd", 40.0, 100.0, 12.0)]), meant={"Courier": letters})
    assert found == ["סהכל"]


def test_words_of_characters_that_stand_for_nothing_are_left_out() -> None:
    private = dict.fromkeys("TOAL", "\ue000")
    found = shown(content_of([TOTAL]), meant={"Courier": {**private, **replaced("1250.")}})
    assert found == ["12.50"]


def test_a_scan_has_no_text() -> None:
    assert [page.text for page in pages_of(encoded(quarters(), "PDF"))] == [None]
    assert only_page(encoded(quarters(), "PNG")).text is None


def test_a_page_with_more_characters_than_a_receipt_can_have_is_read_as_a_picture() -> None:
    lines = [Run(f"{number:0100}", 5.0, 5.0 + 5.0 * number, 4.0) for number in range(MAX_CHARACTERS // 100 + 1)]
    size = (250.0, 5.0 * len(lines))
    assert only_page(page_pdf(size, content_of(lines[:100]))).text is not None
    assert only_page(page_pdf(size, content_of(lines))).text is None


def test_the_value_of_a_field_is_drawn_but_is_no_text() -> None:
    page = only_page(page_pdf(SIZE, content_of([Run("12 Station Road", 40.0, 160.0, 12.0)]), fields=[TOTAL]))
    assert text_of(page) == ["12 Station Road"]
    assert page.pixels[page.pixels.shape[0] // 3 :].min() < 60


def test_text_is_that_of_its_own_page() -> None:
    contents = content_of([TOTAL]), content_of([TOTAL], mode=3), content_of([replace(TOTAL, text="7")])
    pages = pages_of(page_pdf(SIZE, *contents))
    assert [text_of(page) for page in pages] == [["TOTAL 12.50"], None, ["7"]]
