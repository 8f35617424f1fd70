"""Claims about drawn receipts with codes; they need the fonts' Debian packages."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import zxingcpp
from click.testing import CliRunner
from numpy.typing import NDArray
from PIL import Image, ImageOps

from generator.__main__ import main
from generator.codes.adverts import BARS, encode_bars
from generator.codes.damage import SHARES
from generator.codes.drawing import make_coded, photograph_coded
from generator.codes.facts import Payload, Stated
from generator.codes.strip import CodeOrder, fitting, ink_of, print_strip
from generator.codes.symbols import draw_symbol
from generator.codes.truth import as_text
from generator.dice import Dice
from generator.fonts import missing_packages
from generator.receipt import Order

pytestmark = pytest.mark.skipif(
    bool(missing_packages()),
    reason=f"FONTS ARE MISSING, nothing was rendered: apt-get install {' '.join(missing_packages())}",
)


def coded(country: str, situation: str = "plain", **wanted: float) -> CodeOrder:
    order = fitting(Order(seed=71, index=0, country=country, kind="parking", level="clean", refund=False, slip=False))
    return CodeOrder(order=order, situation=situation, damage=(), **wanted)


def grey(picture: bytes) -> NDArray[np.uint8]:
    with Image.open(BytesIO(picture)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("L"), np.uint8)


def read(pixels: NDArray[np.uint8]) -> dict[str, list[tuple[int, int]]]:
    """The texts of the codes that zxing-cpp reads, with their corners."""
    return {
        as_text(one.bytes): [(corner.x, corner.y) for corner in _corners(one.position)]
        for one in zxingcpp.read_barcodes(pixels)
    }


def _corners(position: zxingcpp.Position) -> tuple[zxingcpp.Point, ...]:
    return position.top_left, position.top_right, position.bottom_right, position.bottom_left


@pytest.mark.parametrize("country", ["ch", "cl", "de", "hr", "rs", "tw"])
def test_a_flat_code_is_read_where_the_truth_has_it(country: str) -> None:
    receipt = make_coded(coded(country, module_px=4.0, blur=0.4))
    found = read(grey(receipt.image))
    codes = [code for code in receipt.truth["codes"] if code["own"]]
    assert codes
    for code in codes:
        left, top, right, bottom = code["box"]
        assert code["text"] in found
        xs, ys = zip(*found[code["text"]], strict=True)
        assert abs(min(xs) - left) < 12
        assert abs(max(xs) - right) < 12
        assert top - 12 < min(ys) <= max(ys) < bottom + 12
    if codes[0]["symbology"] == "QRCode":
        assert codes[0]["module_px"] == pytest.approx(4.0, abs=0.2)


def test_a_photographed_code_is_read_where_the_truth_has_it() -> None:
    sample = photograph_coded(coded("ru", module_px=6.0, blur=0.5), 0)
    (code,) = (code for code in sample.truth["codes"] if code["own"])
    corners = read(grey(sample.image))[code["text"]]
    assert len(sample.truth["corners"]) == 4
    assert np.abs(np.array(corners) - np.array(code["corners"])).max() < 1.5 * code["module_px"]


@pytest.mark.parametrize("symbology", [name for name, _ in BARS])
def test_bars_and_small_codes_are_read_flat(symbology: str) -> None:
    dice = Dice(5)
    payload = next(one for one in (encode_bars(dice) for _ in range(40)) if one.symbology == symbology)
    drawn = draw_symbol(payload, "L", 576).drawn(3, 60)
    assert payload.data.decode() in read(np.asarray(255 - 255 * np.pad(drawn, 40), np.uint8))


def test_names_in_big5_survive_in_a_code() -> None:
    payload = Payload(data="乾電池:1:105".encode("big5"), stated=Stated(kind="x"))
    drawn = draw_symbol(payload, "M", 576).drawn(4, 60)
    (code,) = zxingcpp.read_barcodes(np.asarray(255 - 255 * np.pad(drawn, 40), np.uint8))
    assert code.bytes == payload.data


@pytest.mark.parametrize("situation", ["plain", "through"])
def test_the_same_order_gives_the_same_image_and_truth(situation: str) -> None:
    assert make_coded(coded("de", situation)) == make_coded(coded("de", situation))


def test_the_same_receipt_with_and_without_its_code_is_worn_alike() -> None:
    with_code, without = (make_coded(coded("pt", situation)).truth for situation in ("plain", "none"))
    assert with_code["ageing"] == without["ageing"]
    assert with_code["total"] == without["total"]
    assert with_code["codes"]
    assert not without["codes"]


@pytest.mark.parametrize("situation", ["tip", "split"])
def test_the_total_of_a_tip_or_of_a_share_differs_from_that_of_the_code(situation: str) -> None:
    truth = make_coded(coded("de", situation)).truth
    (code,) = truth["codes"]
    assert code["own"]
    assert code["states"]["total"] == truth["code_total"]
    assert Decimal(truth["total"]) != Decimal(truth["code_total"])


def test_the_code_of_a_reprint_is_not_the_receipts_own() -> None:
    truth = make_coded(coded("at", "reprint")).truth
    (code,) = truth["codes"]
    assert not code["own"]
    assert Decimal(code["states"]["total"]) != Decimal(truth["total"])


def test_a_rounded_total_is_near_that_of_the_code() -> None:
    truth = make_coded(coded("ch", "rounding")).truth
    assert abs(Decimal(truth["total"]) - Decimal(truth["codes"][0]["states"]["total"])) < Decimal("0.05")


def test_a_code_on_the_back_is_mirrored_and_pale() -> None:
    strip = print_strip(coded("de", "through"))
    (code,) = (one for one in strip.printed if one.stamp.through)
    assert not code.stamp.own
    part = slice(code.top, code.top + code.height), slice(code.left, code.left + code.width)
    ink = ink_of(strip, 1.0, Dice(1))[part]
    blank = strip.dots[part] == 0
    shown, plain, mirrored = ink[blank], code.dots[blank], code.dots[:, ::-1][blank]
    assert 0.05 < shown[mirrored == 1].mean() < 0.4
    assert np.corrcoef(shown, mirrored)[0, 1] > 0.5 > np.corrcoef(shown, plain)[0, 1]


def test_a_torn_code_cannot_be_read() -> None:
    receipt = make_coded(coded("at", "torn", module_px=4.0, blur=0.4))
    (code,) = receipt.truth["codes"]
    assert code["torn"]
    assert code["text"] not in read(grey(receipt.image))


def test_the_code_of_a_neighbour_is_in_the_picture() -> None:
    sample = photograph_coded(coded("hr", "neighbour", module_px=6.0, blur=0.5), 0)
    others = [code for code in sample.truth["codes"] if not code["own"] and code["kind"] == "hr-rn"]
    assert others
    found = read(grey(sample.image))
    assert all(code["text"] in found for code in others)


def test_every_damage_takes_ink_away() -> None:
    strip = print_strip(coded("ua"))
    whole = ink_of(strip, 1.2, Dice(2))
    for name in set(SHARES) - {"glare", "narrow"}:
        worn = ink_of(replace(strip, damage=(name,)), 1.2, Dice(2))
        assert worn.sum() < whole.sum()


def test_the_command_writes_receipts_with_codes(tmp_path: Path) -> None:
    arguments = ["--seed", "3", "--count", "2", "--out", str(tmp_path), "--code", "plain", "--country", "hr"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    keys = sorted((tmp_path / "key").iterdir())
    assert len(keys) == 2
    truth = json.loads(keys[0].read_text("utf-8"))
    assert truth["currency"] == "EUR"
    assert truth["codes"][0]["kind"] == "hr-rn"


def test_a_neighbour_needs_a_photo() -> None:
    result = CliRunner().invoke(main, ["--out", "x", "--code", "neighbour"])
    assert result.exit_code == 2
    assert "--photo" in result.output
