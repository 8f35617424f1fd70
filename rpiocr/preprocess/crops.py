"""Crops of a page: each receipt on it cut out, rectified and dewarped, with the transform back to the page."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from rpiocr.model import Box, CropId, Homography, Page, Pixels
from rpiocr.model.transform import Enlargement, PointTransform, Projection, Step
from rpiocr.preprocess.dewarp import dewarp, estimate_curvature
from rpiocr.preprocess.document_regions import DocumentRegion, RegionDetection, find_document_regions
from rpiocr.preprocess.fine_print import find_fine_print
from rpiocr.preprocess.quads import Quad
from rpiocr.preprocess.rectify import fills_image, rectify, rotate, rotate_quarters
from rpiocr.preprocess.rows import GlyphRows, find_rows
from rpiocr.preprocess.scale import scaled

MIN_ROTATION_DEG = 6.0
"""Minimum skew in degrees for which the page is rotated here; less is corrected when the variants are made."""

MIN_DIRECTION_SHARE = 0.4
"""Minimum share of glyphs whose neighbour is in the direction of the text lines for a page to be rotated by it."""


MAX_PIXELS = 52_000_000
COPY_PIXELS = 24_000_000
"""Pages of more than MAX_PIXELS, which is more than 50-megapixel phones take, are read on a copy of COPY_PIXELS: print
is scaled down anyway, and crops of 120 megapixels took 820 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """The part of a page that is read as one receipt, and the transform from its pixels to those of the original page.

    ``mixed``: it may hold several receipts, because no document region was detected with confidence. ``rows``: its rows
    of glyphs if they have been found already.
    """

    page: Page
    to_page: PointTransform
    mixed: bool = False
    rows: GlyphRows | None = None

    @property
    def is_photo(self) -> bool:
        """Whether the receipt was cut out of its page, or the page was rotated."""
        return any(isinstance(step, Projection) for step in self.to_page.steps)

    @property
    def quarters(self) -> int:
        """The clockwise quarter turns (0 to 3), rounded, by which the page was rotated to get this crop."""
        height, width = self.page.pixels.shape
        x, y = self.to_page.affine_at(width / 2, height / 2)[:, 0]
        return round(float(np.degrees(np.arctan2(-y, x))) / 90.0) % 4


def whole_page(page: Page) -> Crop:
    """Return the page as a single crop, scaled down to COPY_PIXELS if it has more than MAX_PIXELS."""
    crop = Crop(page, PointTransform())
    if page.pixels.size <= MAX_PIXELS:
        return crop
    factor = math.sqrt(COPY_PIXELS / page.pixels.size)
    pixels = scaled(page.pixels, factor, cv2.INTER_AREA)
    height, width = page.pixels.shape
    return _transformed(crop, pixels, Enlargement(width / pixels.shape[1], height / pixels.shape[0]))


def find_crops(page: Page) -> tuple[Crop, ...]:
    """Return a crop for each receipt on a page, in reading order; the whole page if no outline is certain enough."""
    return detect_crops(whole_page(page))


def detect_crops(whole: Crop) -> tuple[Crop, ...]:
    """Return the same as ``find_crops`` for a page that ``whole_page`` has been called for."""
    found = find_document_regions(whole.page.pixels)
    if not found.regions and (areas := find_fine_print(whole.page.pixels)):
        parts = (_part(whole, area) for area in areas)
        return tuple(crop for part in parts for crop in _crops(part, find_document_regions(part.page.pixels)))
    return _crops(whole, found)


def _crops(whole: Crop, found: RegionDetection) -> tuple[Crop, ...]:
    pixels = whole.page.pixels
    if not found.regions:
        return (_dewarped(_levelled(whole, found)),)
    if len(found.regions) == 1 and fills_image(found.regions[0].corners, pixels.shape):
        return (_dewarped(replace(whole, mixed=found.crowded)),)
    return tuple(_cut_out(whole, region.corners) for region in _in_order(found.regions))


def candidate_crops(whole: Crop) -> tuple[Crop, ...]:
    """Return crops of less certain document regions, each with horizontal text lines, upright or upside down."""
    return tuple(_cut_out(whole, corners) for corners in find_document_regions(whole.page.pixels).candidates)


def rotated(crop: Crop, quarters: int) -> Crop:
    """Return the crop rotated clockwise by quarter turns; text lines that were vertical before are dewarped."""
    if not quarters % 4:
        return crop
    made = _projected(crop, *rotate_quarters(crop.page.pixels, quarters))
    return _dewarped(made) if quarters % 2 else made


def _part(whole: Crop, area: Box) -> Crop:
    left, top = int(area.left), int(area.top)
    pixels = np.ascontiguousarray(whole.page.pixels[top : math.ceil(area.bottom), left : math.ceil(area.right)])
    return _projected(whole, pixels, np.array([[1.0, 0.0, left], [0.0, 1.0, top], [0.0, 0.0, 1.0]]))


def _cut_out(whole: Crop, corners: Quad) -> Crop:
    return _dewarped(_projected(whole, *rectify(whole.page.pixels, corners)))


def _levelled(whole: Crop, found: RegionDetection) -> Crop:
    """Rotate a whole page so that skewed text lines become horizontal: by at most 45 degrees to the left."""
    crop = replace(whole, mixed=found.crowded)
    angle = (found.direction_deg + 45.0) % 180.0 - 45.0
    if found.direction_share < MIN_DIRECTION_SHARE or abs(angle) < MIN_ROTATION_DEG:
        return crop
    return _projected(crop, *rotate(whole.page.pixels, angle))


def _dewarped(crop: Crop) -> Crop:
    """Straighten text lines that are curved or fan out; otherwise only note the rows of glyphs."""
    rows = find_rows(crop.page.pixels)
    curvature = estimate_curvature(rows)
    return _transformed(crop, dewarp(crop.page.pixels, curvature), curvature) if curvature else replace(crop, rows=rows)


def _projected(crop: Crop, pixels: Pixels, to_crop: Homography) -> Crop:
    return _transformed(crop, pixels, Projection(to_crop))


def _transformed(crop: Crop, pixels: Pixels, step: Step) -> Crop:
    to_page = crop.to_page.after(step)
    height, width = pixels.shape
    marks = np.array([(x, y) for x in (0.0, width / 2, width) for y in (0.0, height / 2, height)])
    crop_id = CropId(tuple(float(value) for value in to_page(marks).ravel()))
    return replace(crop, page=replace(crop.page, pixels=pixels, crop=crop_id), to_page=to_page, rows=None)


def _in_order(regions: tuple[DocumentRegion, ...]) -> list[DocumentRegion]:
    """Sort from left to right, and from top to bottom within a column."""
    width = float(np.median([np.ptp(region.corners[:, 0]) for region in regions]))
    middles = {id(region): region.corners.mean(axis=0) for region in regions}
    return sorted(regions, key=lambda region: (round(middles[id(region)][0] / max(1.0, width)), middles[id(region)][1]))
