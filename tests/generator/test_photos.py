"""Claims about photographed receipts and about pictures that went wrong; they need the fonts' Debian packages."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytesseract
import pytest
from click.testing import CliRunner
from PIL import Image, ImageOps

from generator.__main__ import main
from generator.age import Pixels
from generator.dice import Dice
from generator.faces import faces_for
from generator.fonts import missing_packages
from generator.mishaps import MISHAPS, make_mishap
from generator.photo import Photo, Sample, make_photo, make_several, photograph
from generator.photo_light import Light
from generator.photo_relief import Relief, draw_relief
from generator.photo_sheet import Sheet, print_sheet
from generator.photo_shot import MIN_SHARE, TURNS, Shot, draw_shot
from generator.receipt import Order, draft_receipt, orders
from generator.scene import Patch
from generator.scene_clutter import SURFACES

MISSING = missing_packages(faces_for("de"))

pytestmark = pytest.mark.skipif(
    bool(MISSING), reason=f"FONTS ARE MISSING, nothing was rendered: apt-get install {' '.join(MISSING)}"
)

ORDER = Order(seed=3, index=1, country="de", kind="parking", level="clean")


def blank(width: int = 480, length: int = 900) -> Sheet:
    """White paper without print, 60 mm wide."""
    return Sheet(np.full((length, width), 250, np.uint8), 8.0, 2.0)


def shot(seed: int, **wishes: Any) -> Shot:  # noqa: ANN401 - fields of a shot
    """A shot on a dark desk in even light with nothing in the way, so that the paper stands out."""
    drawn = draw_shot(Dice(seed), 0)
    plain: dict[str, Any] = {
        "surface": "dark desk",
        "paper": "white",
        "light": Light(exposure=1.0),
        "strewn": False,
        "noise": 0.0,
    }
    alone: dict[str, Any] = {
        "hand": False,
        "held": False,
        "cut": "",
        "defocus": 0.0,
        "motion": 0.0,
        "against": False,
        "exif": 1,
    }
    return replace(drawn, **(plain | alone | wishes))


def opened(picture: bytes) -> Pixels:
    with Image.open(BytesIO(picture)) as image:
        assert image.format == "JPEG"
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def words_read(sample: Sample) -> float:
    """Which part of the printed words Tesseract alone reads off the paper, flattened by the truth's corners."""
    pixels = opened(sample.image)
    ring = np.array(sample.truth["corners"], np.float32)
    width = float(np.hypot(*(ring[1] - ring[0])))
    height = float(np.hypot(*(ring[3] - ring[0])))
    goal = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    flat = cv2.warpPerspective(pixels, cv2.getPerspectiveTransform(ring, goal), (int(width), int(height)))
    read = set(pytesseract.image_to_string(Image.fromarray(flat), lang="eng", config="--psm 6").split())
    order = Order(seed=sample.truth["seed"], index=sample.truth["index"], country="us", kind="hardware", level="clean")
    printed = set(draft_receipt(order).printout.text.split())
    return len(read & printed) / len(printed)


def seen_outline(photo: Photo) -> Pixels:
    """The bright region's four corners, sorted as the truth of an upright receipt is."""
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    bright = (grey > 170).astype(np.uint8)
    contours, _ = cv2.findContours(bright, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    ring = max(contours, key=cv2.contourArea).reshape(-1, 2)
    corners = [ring[(ring @ np.array(way)).argmin()] for way in ((1, 1), (-1, 1), (-1, -1), (1, -1))]
    return np.array(corners)


@pytest.mark.parametrize("seed", range(6))
def test_the_corners_of_the_truth_are_those_of_the_paper_in_the_image(seed: int) -> None:
    photo = photograph((blank(),), shot(seed), Dice(seed))
    truth = np.array(photo.corners[0])
    off = np.abs(seen_outline(photo) - truth).max()
    diagonal = np.hypot(*photo.pixels.shape[:2])
    assert off < 0.01 * diagonal


@pytest.mark.parametrize("turn", TURNS)
def test_a_forced_turn_rotates_the_top_of_the_receipt_to_that_side(turn: int) -> None:
    corners = np.array(make_photo(ORDER, turn).truth["corners"])
    top, bottom = corners[:2].mean(axis=0), corners[2:].mean(axis=0)
    up = top - bottom
    angle = np.degrees(np.arctan2(up[0], -up[1])) % 360
    assert min(abs(angle - turn), 360 - abs(angle - turn)) < 40
    edge, left = corners[1] - corners[0], corners[3] - corners[0]
    assert edge[0] * left[1] - edge[1] * left[0] > 0, "mirrored"


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_file_stored_rotated_opens_upright_in_line_with_the_corners(orientation: int) -> None:
    photo = photograph((blank(),), shot(4, exif=orientation), Dice(4))
    with Image.open(BytesIO(photo.jpeg())) as image:
        assert image.getexif()[0x0112] == orientation
        turned = image.size != (photo.pixels.shape[1], photo.pixels.shape[0])
    assert turned == (orientation in {6, 8})
    assert np.abs(opened(photo.jpeg()).astype(int) - photo.pixels).mean() < 3


@pytest.mark.slow
def test_the_same_order_gives_the_same_photo_and_another_index_another() -> None:
    first, again = make_photo(ORDER), make_photo(ORDER)
    assert first == again
    assert make_photo(replace(ORDER, index=2)).truth["corners"] != first.truth["corners"]


def test_the_flat_original_is_paper_to_its_edges() -> None:
    sheet, known = print_sheet(ORDER)
    rim = np.concatenate([sheet.pixels[:8].ravel(), sheet.pixels[-8:].ravel(), sheet.pixels[:, :8].ravel()])
    assert rim.min() > 180
    assert sheet.pixels.min() < 120
    assert known["currency"] == "EUR"
    assert sheet.width < 90


@pytest.mark.slow
def test_photos_are_like_those_of_a_phone() -> None:
    for order in orders(6, 10, ("de", "us")):
        sample = make_photo(order)
        traits = sample.truth["photo"]
        height, width = opened(sample.image).shape[:2]
        assert 1600 <= max(width, height) <= 4032
        assert traits["bow_capitals"] <= 1.25
        assert traits["tilt_deg"] <= 30
        assert 0.9 * MIN_SHARE <= traits["share"] <= 1.0
        # The truth has one decimal, and 13.97 is small.
        assert ("small" in traits["traits"]) == (traits["capital_px"] < 14) or traits["capital_px"] == 14
        x, y = np.array(sample.truth["corners"]).T
        outside = bool((x < 0).any() or (y < 0).any() or (x > width).any() or (y > height).any())
        assert outside == bool(traits["cut"])


@pytest.mark.parametrize("side", ["left", "right", "top", "bottom"])
def test_paper_cut_off_by_a_side_has_corners_beyond_it(side: str) -> None:
    photo = photograph((blank(),), shot(2, cut=side, cut_part=0.1), Dice(2))
    x, y = np.array(photo.corners[0]).T
    height, width = photo.pixels.shape[:2]
    beyond = {"left": x.min() < 0, "right": x.max() > width, "top": y.min() < 0, "bottom": y.max() > height}
    assert beyond[side]
    assert photo.traits["cut"] == side
    assert "cut" in photo.traits["traits"]


def test_some_strips_are_curved_and_a_curved_one_rises_from_the_table() -> None:
    reliefs = [draw_relief(Dice(seed), blank()) for seed in range(30)]
    x, y = (np.asarray(side, np.float32) for side in np.meshgrid(np.linspace(-30, 30, 9), np.linspace(-56, 56, 9)))
    heights = [relief.height(x, y) for relief in reliefs]
    assert any(not height.any() for height in heights)
    assert sum(height.max() > 2 for height in heights) > 10
    assert all(height.min() >= 0 for height in heights)
    assert not Relief(width=60, length=112).height(x, y).any()


@pytest.mark.parametrize("name", sorted(SURFACES))
def test_every_surface_has_its_own_texture_and_follows_the_dice(name: str) -> None:
    patch = Patch(160, 120, 1.5)
    first, again, other = (SURFACES[name](Dice(seed), patch) for seed in (1, 1, 2))
    assert first.shape == (160, 120, 3)
    assert (first == again).all()
    assert np.abs(first - other).mean() > 1
    assert first.std(axis=(0, 1)).min() > 0.4


@pytest.mark.parametrize("index", [0, 4, 8])
@pytest.mark.slow
def test_several_receipts_do_not_overlap_and_each_has_its_truth(index: int) -> None:
    group = [Order(seed=5, index=index + i, country="us", kind="parking", level="clean") for i in range(3)]
    sample = make_several(group)
    parts = sample.truth["parts"]
    assert len(parts) == len(sample.flats) == 3
    height, width = opened(sample.image).shape[:2]
    covered = np.zeros((height, width), np.uint8)
    for part in parts:
        one = np.zeros_like(covered)
        cv2.fillConvexPoly(one, np.array(part["corners"]).astype(np.int32), 1)
        assert one.any()
        assert not (covered & one).any()
        covered |= one
        assert part["total"]
    assert len({part["total"] for part in parts}) > 1


@pytest.mark.slow
def test_the_command_writes_photo_flat_original_and_truth(tmp_path: Path) -> None:
    arguments = ["--seed", "3", "--count", "2", "--out", str(tmp_path), "--country", "de", "--photo", "--turn", "180"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    for folder in ("img", "flat"):
        assert sorted(path.name for path in (tmp_path / folder).iterdir()) == ["de_3_0000.jpg", "de_3_0001.jpg"]
    key = json.loads((tmp_path / "key" / "de_3_0000.json").read_text(encoding="utf-8"))
    assert len(key["corners"]) == 4
    assert key["photo"]["turn"] == 180
    assert key["total"]


@pytest.mark.slow
def test_the_command_photographs_several_at_a_time(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["--count", "1", "--out", str(tmp_path), "--country", "us", "--several"])
    assert result.exit_code == 0, result.output
    (key,) = (tmp_path / "key").iterdir()
    parts = json.loads(key.read_text(encoding="utf-8"))["parts"]
    assert 2 <= len(parts) <= 4
    assert len(list((tmp_path / "flat").iterdir())) == len(parts)


@pytest.mark.parametrize(
    "options", [["--photo", "--several"], ["--photo", "--mishap", "face"], ["--turn", "90"], ["--mishap", "fire"]]
)
def test_the_command_refuses_options_that_contradict_each_other(tmp_path: Path, options: list[str]) -> None:
    result = CliRunner().invoke(main, ["--out", str(tmp_path), *options])
    assert result.exit_code == 2
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", ["face", "cat", "wall", "table"])
@pytest.mark.slow
def test_images_without_a_receipt_have_a_truth_without_values(kind: str) -> None:
    sample = make_mishap(kind, ORDER)
    assert sample.truth["mishap"] == kind
    assert sample.truth["total"] is sample.truth["date"] is sample.truth["company"] is None
    assert sample.flats == ()
    assert opened(sample.image).std() > 1


@pytest.mark.parametrize("kind", sorted(set(MISHAPS) - {"face", "cat", "wall", "table", "panorama"}))
@pytest.mark.slow
def test_spoiled_images_keep_the_truth_of_the_receipt_and_are_reproducible(kind: str) -> None:
    sample = make_mishap(kind, ORDER)
    assert sample == make_mishap(kind, ORDER)
    assert sample.name == f"{kind}_{ORDER.name}"
    assert sample.truth["mishap"] == kind
    assert sample.truth["total"] == print_sheet(ORDER)[1]["total"]
    assert max(opened(sample.image).shape) >= 1600


@pytest.mark.slow
def test_tesseract_reads_a_good_photo_and_neither_a_blurred_nor_a_small_one() -> None:
    order = Order(seed=8, index=1, country="us", kind="hardware", level="clean")
    assert words_read(make_photo(order, 0)) > 0.6
    assert words_read(make_mishap("blurred", order)) < 0.3
    assert words_read(make_mishap("small", order)) < 0.3


@pytest.mark.slow
def test_a_dark_image_is_dark_and_glare_makes_print_white() -> None:
    assert np.percentile(opened(make_mishap("dark", ORDER).image), 95) < 60
    burnt = make_mishap("glare", ORDER)
    pixels = opened(burnt.image)
    mask = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillConvexPoly(mask, np.array(burnt.truth["corners"]).astype(np.int32), 1)
    assert (pixels.min(axis=2)[mask > 0] > 250).mean() > 0.15


@pytest.mark.slow
def test_a_panorama_has_a_hundred_megapixels_in_a_small_file() -> None:
    sample = make_mishap("panorama", ORDER)
    with pytest.warns(Image.DecompressionBombWarning), Image.open(BytesIO(sample.image)) as image:
        assert image.size[0] * image.size[1] == 100_000_000
    assert len(sample.image) < 12_000_000
