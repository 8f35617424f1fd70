"""All variants show the same text at the same position, with different intensities."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from rpiocr.model import Pixels
from rpiocr.preprocess import RECIPES, VARIANTS, Preparer
from tests.preprocess.drawing import distance, draw_page, find_marks, mapped, page_of

EVERY = [(recipes, variant) for recipes in RECIPES for variant in VARIANTS]


def noisy(seed: int = 5) -> Pixels:
    """A drawn page with grain, as a camera gives it."""
    pixels = draw_page(slant_deg=1.0).page.pixels
    grain = np.random.default_rng(seed).normal(0, 12, pixels.shape)
    return np.clip(pixels + grain, 0, 255).astype(np.uint8)


def roughness(pixels: Pixels) -> float:
    """How much neighbouring pixels differ."""
    return float(cv2.Laplacian(pixels, cv2.CV_64F).var())


@pytest.mark.parametrize(("recipes", "variant"), EVERY)
def test_a_variant_keeps_the_size_and_type_and_leaves_its_source_unchanged(recipes: str, variant: str) -> None:
    pixels = noisy()
    before = pixels.copy()
    made = RECIPES[recipes][variant](pixels)
    assert made.shape == pixels.shape
    assert made.dtype == np.uint8
    assert (pixels == before).all()


@pytest.mark.parametrize(("recipes", "variant"), EVERY)
def test_ink_stays_dark_and_paper_stays_light(recipes: str, variant: str) -> None:
    drawn = draw_page()
    pixels = drawn.page.pixels
    made = RECIPES[recipes][variant](pixels)
    assert float(np.median(made[pixels < 80])) < 90
    assert float(np.median(made[pixels > 220])) > 180


@pytest.mark.parametrize("recipes", RECIPES)
def test_threshold_is_black_and_white_only(recipes: str) -> None:
    made = RECIPES[recipes]["threshold"](noisy())
    assert np.unique(made).tolist() == [0, 255]


@pytest.mark.parametrize("recipes", RECIPES)
def test_sharpening_does_not_blur(recipes: str) -> None:
    """One changed pixel may show in its four neighbours; a blur before or after would carry it to the corners."""
    pixels = np.tile(np.linspace(60, 200, 200).astype(np.uint8), (200, 1))
    changed = pixels.copy()
    row, column = 101, 102
    changed[row, column] -= 15
    sharpened = RECIPES[recipes]["sharpen"]
    spots = np.argwhere(sharpened(pixels) != sharpened(changed))
    assert len(spots) > 0
    assert (abs(spots - (row, column)).sum(axis=1) <= 1).all()


@pytest.mark.parametrize("recipes", RECIPES)
def test_denoising_smooths_and_is_not_sharpened_afterwards(recipes: str) -> None:
    """After a blur and a change of contrast a dark pixel darkens its neighbours; a sharpening would lighten some."""
    pixels = np.tile(np.linspace(120, 200, 200).astype(np.uint8), (200, 1))
    changed = pixels.copy()
    changed[101, 102] -= 40
    denoise = RECIPES[recipes]["denoise"]
    difference = denoise(changed).astype(int) - denoise(pixels).astype(int)
    rows, columns = np.nonzero(difference)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (100, 102, 101, 103)
    assert difference.max() <= 0


def test_the_tuned_variants_differ_in_sharpness_as_their_names_suggest() -> None:
    pixels = noisy()
    tuned = RECIPES["tuned"]
    assert (
        roughness(tuned["sharpen"](pixels)) > roughness(tuned["default"](pixels)) > roughness(tuned["denoise"](pixels))
    )


def test_high_contrast_spreads_faded_ink_further_than_the_default() -> None:
    drawn = draw_page().page.pixels
    faded = (190 + (drawn.astype(int) - 60) * 40 // 165).clip(0, 255).astype(np.uint8)
    edges = (faded > 205) & (faded < 215)
    plain, strong = (RECIPES["tuned"][variant](faded).astype(int) for variant in ("default", "high_contrast"))
    assert float(strong[faded > 225].mean() - strong[faded < 195].mean()) > 200
    assert float(strong[edges].std()) > float(plain[edges].std())


def test_all_variants_of_a_page_have_the_same_coordinates() -> None:
    drawn = draw_page(slant_deg=2.0)
    preparer = Preparer(drawn.page)
    prepared = [preparer.make(variant) for variant in VARIANTS]
    assert [image.variant for image in prepared] == list(VARIANTS)
    assert len({image.pixels.shape for image in prepared}) == 1
    assert all((image.to_page == prepared[0].to_page).all() for image in prepared)
    assert preparer.skew_deg == pytest.approx(2.0, abs=0.3)


@pytest.mark.parametrize("variant", ["default+1.5", "default-1.5", "sharpen+2", "denoise-2"])
def test_a_rotated_variant_maps_back_to_the_page(variant: str) -> None:
    drawn = draw_page(slant_deg=2.0)
    image = Preparer(drawn.page).make(variant)
    found = [mapped(mark, image.to_page) for mark in find_marks(image.pixels)]
    for mark in drawn.marks:
        assert min(distance(mark, other) for other in found) < 2.0


@pytest.mark.parametrize("variant", ["sepia", "default+", "default+1.5.5", "", "default 1"])
def test_an_unknown_variant_is_refused_with_the_known_ones(variant: str) -> None:
    preparer = Preparer(page_of(np.full((60, 60), 200, dtype=np.uint8)))
    with pytest.raises(ValueError, match="high_contrast"):
        preparer.make(variant)


@pytest.mark.parametrize("variant", VARIANTS)
def test_a_blank_page_gives_every_variant(variant: str) -> None:
    preparer = Preparer(page_of(np.full((300, 200), 180, dtype=np.uint8)))
    image = preparer.make(variant)
    assert len(np.unique(image.pixels)) == 1
    assert preparer.skew_deg == 0.0
