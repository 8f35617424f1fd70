"""Codes on a picture are found with their bytes and place, however they are turned; mirrored ones are told apart."""

from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
import segno
import zxingcpp
from PIL import Image

from rpiocr.codes.detector import find_codes
from rpiocr.model import Box, Pixels

TEXT = "V0;KASSE-1;Kassenbeleg-V1;Beleg^12.30_4.20_0.00_0.00_0.00^10.00:Bar_6.50:Unbar;4711;9876;2026-11-05"
LEFT, TOP = 60, 400


def symbol(text: bytes | str, module: int, version: int | None = None) -> Pixels:
    """A QR code with its quiet zone."""
    made = segno.make_qr(text, version=version)
    out = io.BytesIO()
    made.save(out, kind="png", scale=module, border=4)
    return np.asarray(Image.open(out).convert("L"))


def other(name: str, text: str, module: int) -> Pixels:
    """A code of another symbology with its quiet zone."""
    code = zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, name))
    return np.asarray(code.to_image(scale=module, add_quiet_zones=True))


def page(*symbols: Pixels) -> Pixels:
    """A grey page with codes below one another."""
    paper = np.full((1400, 1300), 235, np.uint8)
    top = TOP
    for one in symbols:
        height, width = one.shape
        paper[top : top + height, LEFT : LEFT + width] = np.minimum(one, 235)
        top += height + 40
    return paper


def test_a_code_is_found_with_its_bytes_and_its_place() -> None:
    drawn = symbol(TEXT, 4)
    (found,) = find_codes(page(drawn))
    assert (found.symbology, found.payload, found.mirrored) == ("QRCode", TEXT.encode(), False)
    side = drawn.shape[0]
    inner = Box(LEFT + 16, TOP + 16, LEFT + side - 16, TOP + side - 16)
    assert found.box.left == pytest.approx(inner.left, abs=4)
    assert found.box.bottom == pytest.approx(inner.bottom, abs=4)


def test_bytes_that_are_no_text_come_through_unchanged() -> None:
    payload = bytes(range(256))
    (found,) = find_codes(page(symbol(payload, 4)))
    assert found.payload == payload


@pytest.mark.parametrize("quarters", [0, 1, 2, 3])
@pytest.mark.parametrize("version", [4, 9, 25])
def test_only_a_mirrored_code_is_told_to_be_mirrored_however_it_is_turned(quarters: int, version: int) -> None:
    drawn = page(symbol("https://example.org/", 4, version))
    turned = np.ascontiguousarray(np.rot90(drawn, quarters))
    assert [one.mirrored for one in find_codes(turned)] == [False]
    assert [one.mirrored for one in find_codes(np.ascontiguousarray(turned[:, ::-1]))] == [True]


def test_several_codes_are_listed_from_top_to_bottom() -> None:
    found = find_codes(page(symbol("first of two codes", 4), symbol("second of two codes", 5)))
    assert [one.payload for one in found] == [b"first of two codes", b"second of two codes"]


def test_a_blank_page_and_noise_have_no_codes() -> None:
    assert find_codes(page()) == ()
    noise = np.random.default_rng(7).integers(0, 255, (900, 900), dtype=np.uint8)
    assert find_codes(noise) == ()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PDF417", "<TED version='1.0'><DD><RE>76192083-9</RE><TD>39</TD><F>4711</F><MNT>12990</MNT></DD></TED>"),
        ("DataMatrix", "AC000000001AC000000002AC0017" + "7F3A" * 24),
        ("Aztec", "an Aztec code of a ticket"),
        ("Code128", "0015123660752041709290495823544"),
        ("Code39", "11105AB123456781234"),
    ],
)
@pytest.mark.parametrize("module", [3, 4])
def test_other_symbologies_are_found_where_something_looks_like_a_code(name: str, text: str, module: int) -> None:
    found = find_codes(page(other(name, text, module)))
    assert [(one.symbology, one.payload.decode()) for one in found] == [(name, text)]
    assert found[0].box.left >= LEFT
    assert found[0].box.top >= TOP - 4


def test_small_blurred_modules_are_read_at_twice_the_size() -> None:
    blurred = cv2.GaussianBlur(page(symbol(TEXT * 2, 3)), (0, 0), 1.3).astype(np.uint8, copy=False)
    assert [one.payload for one in find_codes(blurred)] == [(TEXT * 2).encode()]


def test_pictures_of_any_size_can_be_looked_at() -> None:
    for shape in ((1, 1), (3, 900), (900, 3), (39, 39), (41, 2000)):
        assert find_codes(np.full(shape, 200, np.uint8)) == ()


def test_white_streaks_of_dead_dots_through_large_modules_do_not_hide_a_code() -> None:
    drawn = symbol(TEXT, 9).copy()
    drawn[:, 60::96] = 255
    drawn[:, 61::96] = 255
    assert [one.payload for one in find_codes(page(drawn))] == [TEXT.encode()]


def test_a_code_beside_another_one_is_found_though_both_are_in_one_block() -> None:
    text = "<TED version='1.0'><DD><RE>76192083-9</RE><TD>39</TD><F>4711</F><MNT>12990</MNT></DD></TED>" * 3
    block, advert = other("PDF417", text, 3), symbol("https://example.org/app", 3)
    width = max(block.shape[1], advert.shape[1])
    joined = np.full((block.shape[0] + advert.shape[0] - 12, width), 255, np.uint8)
    joined[: block.shape[0], : block.shape[1]] = block
    foot = joined[block.shape[0] - 12 :, : advert.shape[1]]
    foot[:] = np.minimum(advert, foot)
    found = {one.symbology: one.payload.decode() for one in find_codes(page(joined))}
    assert found == {"PDF417": text, "QRCode": "https://example.org/app"}


def test_a_code_beside_text_is_listed_once() -> None:
    paper = page(symbol(TEXT, 5))
    for top in range(60, 380, 44):
        cv2.putText(paper, "Bread and butter pudding    12,30", (60, top), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 20, 3)
        cv2.putText(paper, "SUMME EUR 25,40 SUMME EUR", (60, top + 700), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 20, 8)
    assert [one.payload for one in find_codes(paper)] == [TEXT.encode()]
