from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from rpiocr.errors import DamagedFileError, EncryptedFileError, PictureTooLargeError, PictureTooSmallError
from rpiocr.load import load_pages

from .samples import (
    GREYS,
    HEIGHT,
    WIDTH,
    close_to,
    drawn_pdf,
    encoded,
    greys_of,
    only_page,
    pages_of,
    pdf_file,
    pdf_stream,
    quarters,
)

MM = 72 / 25.4
INCH = 72.0
TEXT = b"BT /F1 12 Tf 20 20 Td (TOTAL 12.50) Tj ET"
PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
"""Fills up passwords in PDF's standard security handler."""


@pytest.mark.parametrize(
    ("size_mm", "across"),
    [((80, 200), 1600), ((58, 150), 1370), ((210, 297), 2480), ((297, 210), 3508)],
    ids=["80 mm roll", "58 mm roll", "A4", "A4 across"],
)
def test_print_is_rendered_finely_enough_to_read(size_mm: tuple[float, float], across: int) -> None:
    page = only_page(drawn_pdf((size_mm[0] * MM, size_mm[1] * MM), TEXT))
    assert page.pixels.shape[1] == pytest.approx(across, abs=2)
    assert page.pixels.min() < 50
    assert np.median(page.pixels) == 255


@pytest.mark.parametrize("dpi", [72, 203, 300, 600])
def test_a_scan_keeps_its_own_resolution(dpi: int) -> None:
    page = only_page(encoded(quarters(), "PDF", resolution=dpi))
    assert page.pixels.shape == (HEIGHT, WIDTH)


def test_a_scan_with_recognised_text_behind_it_keeps_its_own_resolution() -> None:
    content = b"q 80 0 0 60 0 0 cm /Im1 Do Q BT 3 Tr /F1 12 Tf 5 5 Td (TOTAL) Tj ET"
    page = only_page(drawn_pdf((80, 60), content))
    assert page.pixels.shape == (HEIGHT, WIDTH)
    assert close_to(greys_of(page.pixels))


def test_print_next_to_a_coarse_logo_is_still_rendered_finely() -> None:
    page = only_page(drawn_pdf((80 * MM, 100 * MM), b"q 200 0 0 150 10 100 cm /Im1 Do Q " + TEXT))
    assert page.pixels.shape[1] == pytest.approx(1600, abs=2)


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_a_rotated_page_comes_out_as_a_viewer_shows_it(angle: int) -> None:
    content = b"q 160 0 0 120 0 0 cm /Im1 Do Q"
    page = only_page(drawn_pdf((160, 120), content, page=b"/Rotate %d" % angle))
    shown = quarters().rotate(-angle, expand=True)
    assert page.pixels.shape == (shown.height, shown.width)
    assert close_to(greys_of(page.pixels), greys_of(np.asarray(shown)))


def test_a_scan_that_is_rotated_on_its_page_keeps_its_own_resolution() -> None:
    page = only_page(drawn_pdf((60, 80), b"q 0 80 -60 0 60 0 cm /Im1 Do Q"))
    assert page.pixels.shape == (WIDTH, HEIGHT)


@pytest.mark.parametrize("size_mm", [(841, 1189), (80, 5000)], ids=["A0", "5 m of roll"])
def test_huge_pages_stay_within_memory(size_mm: tuple[float, float]) -> None:
    page = only_page(drawn_pdf((size_mm[0] * MM, size_mm[1] * MM), TEXT))
    assert 20_000_000 < page.pixels.size <= 24_000_000


@pytest.mark.parametrize("limit", [5_000, 50_000, 333_333])
def test_a_page_is_rendered_within_the_limit_on_pixels(limit: int) -> None:
    page = only_page(drawn_pdf((210 * MM, 297 * MM), TEXT), max_pixels=limit)
    assert limit * 0.9 < page.pixels.size <= limit


def test_an_image_on_a_page_is_held_to_the_limit_on_pixels() -> None:
    data = drawn_pdf((80, 60), b"q 80 0 0 60 0 0 cm /Im1 Do Q")
    claimed = data.replace(b"/Width 160 /Height 120", b"/Width 25000 /Height 20000")
    with pytest.raises(PictureTooLargeError, match="25000 x 20000"):
        pages_of(claimed)
    assert len(pages_of(data, max_pixels=WIDTH * HEIGHT)) == 1
    with pytest.raises(PictureTooLargeError):
        pages_of(data, max_pixels=WIDTH * HEIGHT - 1)


def test_a_page_of_one_pixel_is_too_small() -> None:
    with pytest.raises(PictureTooSmallError):
        pages_of(encoded(Image.new("L", (1, 1)), "PDF"))


def rc4(key: bytes, data: bytes) -> bytes:
    box = list(range(256))
    j = 0
    for i in range(256):
        j = (j + box[i] + key[i % len(key)]) % 256
        box[i], box[j] = box[j], box[i]
    out = bytearray()
    i = j = 0
    for byte in data:
        i = (i + 1) % 256
        j = (j + box[i]) % 256
        box[i], box[j] = box[j], box[i]
        out.append(byte ^ box[(box[i] + box[j]) % 256])
    return bytes(out)


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def encrypted_pdf(user_password: bytes) -> bytes:
    """Encrypt a page with a black box by the standard handler, revision 2 (RC4 with 40 bits)."""
    identity = bytes(range(16))
    user = (user_password + PADDING)[:32]
    owner_entry = rc4(md5((b"owner" + PADDING)[:32])[:5], user)
    key = md5(user + owner_entry + (2**32 - 4).to_bytes(4, "little") + identity)[:5]
    content = rc4(md5(key + b"\x04\0\0" + b"\0\0")[:10], b"0 g 0 0 50 50 re f")
    handler = b"<< /Filter /Standard /V 1 /R 2 /P -4 /O <%b> /U <%b> >>" % (
        owner_entry.hex().encode(),
        rc4(key, PADDING).hex().encode(),
    )
    return pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] /Contents 4 0 R /Resources << >> >>",
            pdf_stream(content),
        ],
        b"/Encrypt %b /ID [<%b> <%b>]" % (handler, identity.hex().encode(), identity.hex().encode()),
    )


def test_a_pdf_that_requires_a_password_is_reported_as_such() -> None:
    with pytest.raises(EncryptedFileError, match="standard input requires a password"):
        pages_of(encrypted_pdf(b"secret"))


def test_a_pdf_that_only_forbids_editing_is_read() -> None:
    assert greys_of(only_page(encrypted_pdf(b"")).pixels) == (255, 255, 0, 255)


def test_a_pdf_without_pages_is_damaged_even_after_an_encrypted_one() -> None:
    with pytest.raises(EncryptedFileError):
        pages_of(encrypted_pdf(b"secret"))
    empty = pdf_file([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"])
    with pytest.raises(DamagedFileError, match="no pages"):
        pages_of(empty)


@pytest.mark.parametrize("kept", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_truncated_pdf_is_damaged(kept: float) -> None:
    data = encoded(quarters(), "PDF", save_all=True, append_images=[quarters()])
    with pytest.raises(DamagedFileError):
        pages_of(data[: int(len(data) * kept)])


@pytest.mark.parametrize("tail", [b"%PDF-1.4\n", b"%PDF-1.4\n" + b"garbage " * 50 + b"\n%%EOF\n"])
def test_a_pdf_without_content_is_damaged(tail: bytes) -> None:
    with pytest.raises(DamagedFileError):
        pages_of(tail)


def test_pages_before_a_damaged_one_are_read() -> None:
    data = encoded(quarters(), "PDF", save_all=True, append_images=[quarters()])
    pages = load_pages("-", stream=io.BytesIO(data.replace(b"/Kids [ 1 0 R 3 0 R ]", b"/Kids [ 1 0 R 99 0 R ]")))
    assert next(pages).number == 1
    with pytest.raises(DamagedFileError):
        next(pages)


def test_bytes_around_a_pdf_do_not_matter() -> None:
    data = b"X-Header: mail\r\n\r\n" + encoded(quarters(), "PDF") + b"\0" * 512
    assert greys_of(only_page(data).pixels) == pytest.approx(GREYS, abs=4)


APPENDED = {
    "lines": b"\n" * 5120,
    "zeros": bytes(100_000),
    "a web page": b"<!DOCTYPE html><html><body>" + b"<p>The object was stored.</p>" * 400 + b"</body></html>",
    "a signature of a mail": b"\r\n-- \r\nJane Doe, 12 Station Road, Springfield\r\n" * 200,
    "noise": np.random.default_rng(1).bytes(20_000),
    "its end again": b"%%EOF\n" * 3 + b"\n" * 6000,
}


@pytest.mark.parametrize("tail", APPENDED.values(), ids=APPENDED.keys())
def test_whatever_is_appended_to_a_pdf_does_not_hide_it(tail: bytes) -> None:
    assert greys_of(only_page(encoded(quarters(), "PDF") + tail).pixels) == pytest.approx(GREYS, abs=4)


def updated_pdf() -> tuple[bytes, int]:
    """A page, and an update behind its end that draws another; with the length of the first."""
    first = drawn_pdf((100, 100), b"0 g 0 0 50 50 re f")
    offset = len(first)
    changed = b"4 0 obj\n" + pdf_stream(b"0 g 0 0 100 100 re f") + b"\nendobj\n"
    table = b"xref\n4 1\n%010d 00000 n \n" % offset
    place = int(first.rpartition(b"startxref\n")[2].split()[0])
    end = b"trailer\n<< /Size 6 /Root 1 0 R /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (place, offset + len(changed))
    return first + changed + table + end, offset


def test_an_updated_pdf_with_bytes_behind_its_end_is_read_as_updated() -> None:
    data, _ = updated_pdf()
    assert greys_of(only_page(data + b"\n" * 6000).pixels) == (0, 0, 0, 0)


@pytest.mark.parametrize("kept", [0.1, 0.3, 0.6, 0.9])
def test_a_pdf_whose_update_is_cut_off_is_damaged(kept: float) -> None:
    data, offset = updated_pdf()
    with pytest.raises(DamagedFileError, match="its end is missing"):
        pages_of(data[: offset + int((len(data) - offset) * kept)])
