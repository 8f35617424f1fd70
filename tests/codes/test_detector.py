"""Codes on a picture are found with their bytes and place, however they are turned; mirrored ones are told apart."""

from __future__ import annotations

import io

import numpy as np
import pytest
import segno
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


def page(*symbols: Pixels) -> Pixels:
    """A grey page with codes below one another."""
    paper = np.full((1400, 900), 235, np.uint8)
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
