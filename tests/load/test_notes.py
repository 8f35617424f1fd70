"""What a file says beside its pictures: when a photo was taken, and the XML files in a PDF; lies are told apart."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from generator.pdf_writer import Run, content_of, page_pdf
from rpiocr.decode.wire import MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS, NOTE
from rpiocr.load.side_note import NoteError, SideNote, parsed

from .samples import encoded, only_page, pages_of, quarters

TIME_TAG, OFFSET_TAG, CHANGED_TAG = 0x9003, 0x9011, 0x0132
WITH_EXIF = ("JPEG", "PNG", "WEBP", "TIFF", "HEIF", "AVIF")

INVOICE = b'<?xml version="1.0"?><rsm:CrossIndustryInvoice/>'


def photo(kind: str, *, time: str | None, offset: str | None = None) -> bytes:
    tags = Image.Exif()
    tags[CHANGED_TAG] = "2001:01:01 00:00:00"
    directory = tags.get_ifd(0x8769)
    if time is not None:
        directory[TIME_TAG] = time
    if offset is not None:
        directory[OFFSET_TAG] = offset
    return encoded(quarters(), kind, exif=tags.tobytes())


@pytest.mark.parametrize("kind", WITH_EXIF)
def test_a_photo_tells_when_it_was_taken(kind: str) -> None:
    assert only_page(photo(kind, time="2024:03:05 12:34:56")).taken == dt.datetime(2024, 3, 5, 12, 34, 56)  # noqa: DTZ001
    with_offset = only_page(photo(kind, time="2024:03:05 23:34:56", offset="+02:00")).taken
    assert with_offset is not None
    assert with_offset.isoformat() == "2024-03-05T23:34:56+02:00"
    assert only_page(photo(kind, time=None)).taken is None


NO_TIMES = (
    "",
    "0000:00:00 00:00:00",
    "2024:02:30 12:00:00",
    "2024:13:01 12:00:00",
    "2024:01:01 24:30:00",
    "1904:01:01 00:00:00",
    "2024-03-05 12:34:56",
    "2024:03:05",
    "9999:99:99 99:99:99",
    "    :  :     :  :  ",
)


@pytest.mark.parametrize("time", NO_TIMES)
def test_a_time_of_no_calendar_is_none(time: str) -> None:
    assert only_page(photo("JPEG", time=time)).taken is None


def test_an_offset_that_is_none_is_left_out() -> None:
    taken = only_page(photo("JPEG", time="2024:03:05 12:34:56", offset="CEST")).taken
    assert taken == dt.datetime(2024, 3, 5, 12, 34, 56)  # noqa: DTZ001


def test_damaged_exif_data_do_not_make_a_photo_unreadable() -> None:
    data = photo("JPEG", time="2024:03:05 12:34:56")
    start = data.index(b"Exif\0\0") + 6
    page = only_page(data[: start + 4] + b"\xff" * 40 + data[start + 44 :])
    assert page.taken is None


def with_files(**files: bytes) -> bytes:
    """A PDF of two pages; the last underscore of a name is its full stop."""
    named = {".".join(name.rsplit("_", 1)): content for name, content in files.items()}
    return page_pdf((200.0, 100.0), content_of([Run("TOTAL 12.50", 20.0, 20.0, 12.0)]), b"", files=named)


def test_the_xml_files_of_a_pdf_come_with_its_first_page() -> None:
    first, second = pages_of(with_files(factur_xml=INVOICE, terms_pdf=b"%PDF-1.4", note_txt=b"<p>none</p>"))
    assert first.attachments == (INVOICE,)
    assert second.attachments == ()


def test_files_that_are_only_called_xml_or_too_large_are_left_out() -> None:
    large = b"<a>" + b"x" * MAX_ATTACHMENT_BYTES
    first, _ = pages_of(with_files(a_xml=b"PK\3\4", b_xml=large, c_xml=b"", d_xml="\ufeff<a/>".encode("utf-16-le")))
    assert first.attachments == ("\ufeff<a/>".encode("utf-16-le"),)


def test_of_many_xml_files_only_some_are_read() -> None:
    first, _ = pages_of(with_files(**{f"n{number}_xml": b"<a>%d</a>" % number for number in range(9)}))
    assert len(first.attachments) == MAX_ATTACHMENTS


def note(said: object, *attachments: bytes) -> bytes:
    described = said if isinstance(said, bytes) else json.dumps(said).encode()
    lengths = [*map(len, attachments), *[0] * (MAX_ATTACHMENTS - len(attachments))]
    return NOTE.pack(len(described), *lengths) + described + b"".join(attachments)


WORD = ["TOTAL", 1.0, 2.0, 30.0, 12.0]
SIZE = (100, 80)


def test_a_note_has_its_text_time_and_attachments() -> None:
    found = parsed(note({"taken": "2024-03-05T12:34:56", "lines": [[WORD]]}, b"<a/>"), SIZE)
    assert found.taken == dt.datetime(2024, 3, 5, 12, 34, 56)  # noqa: DTZ001
    assert found.text is not None
    assert found.text[0].text == "TOTAL"
    assert found.attachments == (b"<a/>",)
    assert parsed(b"", SIZE) == SideNote()


LIES = {
    "no json": b"{",
    "a list": [],
    "deep": b"[" * 100_000,
    "a long number": b'{"lines": [[["A", ' + b"9" * 5000 + b", 1, 2, 3]]]}",
    "a large number": {"lines": [[["A", 0, 0, 10**300, 5]]]},
    "not a number": b'{"lines": [[["A", NaN, 0, 10, 5]]]}',
    "infinite": b'{"lines": [[["A", 0, 0, Infinity, 5]]]}',
    "text for numbers": {"lines": [[["A", "0", "0", "10", "5"]]]},
    "no text": {"lines": [[["", 0, 0, 10, 5]]]},
    "a space": {"lines": [[["A B", 0, 0, 10, 5]]]},
    "a control character": {"lines": [[["A\x1b", 0, 0, 10, 5]]]},
    "half a character": b'{"lines": [[["\\ud800", 0, 0, 10, 5]]]}',
    "outside of the page": {"lines": [[["A", 200, 0, 210, 5]]]},
    "larger than the page": {"lines": [[["A", -100, 0, 200, 5]]]},
    "inside out": {"lines": [[["A", 10, 0, 5, 5]]]},
    "an empty line": {"lines": [[]]},
    "no lines": {"lines": []},
    "too many characters": {"lines": [[["A" * 500, 0, 0, 10, 5]]] * 100},
    "a time that is none": {"taken": 5},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_note_that_is_not_as_it_has_to_be_is_refused(lie: str) -> None:
    with pytest.raises(NoteError):
        parsed(note(LIES[lie]), SIZE)


def test_a_note_of_other_lengths_than_it_states_is_refused() -> None:
    whole = note({"taken": None}, b"<a/>")
    for data in (whole[:-1], whole + b"x", whole[:3], NOTE.pack(2**32 - 1, *[0] * MAX_ATTACHMENTS)):
        with pytest.raises(NoteError):
            parsed(data, SIZE)


@given(st.binary(max_size=200))
def test_no_bytes_do_anything_else(data: bytes) -> None:
    for one in (data, note(data)):
        try:
            parsed(one, SIZE)
        except NoteError:
            continue
