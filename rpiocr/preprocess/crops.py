"""How a page is looked at: each receipt on it cut out, flattened and turned, with the way back to the page."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from rpiocr.model import CropId, Homography, Page, Pixels
from rpiocr.model.transform import Enlargement, Mapping, Projection, Step
from rpiocr.preprocess.bend import find_bend, unbent
from rpiocr.preprocess.flatten import flatten, is_whole, quarter_turns, turn
from rpiocr.preprocess.paper import Found, Paper, find_papers
from rpiocr.preprocess.quads import Quad
from rpiocr.preprocess.rows import Rows, find_rows
from rpiocr.preprocess.scale import scaled

LEAST_TURN_DEG = 6.0
"""Lines that slant less are levelled when the variants are made."""

SURE_DIRECTION = 0.4
"""Least share of letters whose neighbour lies in the direction of the lines for a page to be turned by it."""


MOST_PIXELS = 52_000_000
COPY_PIXELS = 24_000_000
"""Pages larger than that, which is more than phones of 50 megapixels take, are read on a copy of so many pixels: print
is made smaller anyway, and views of 120 megapixels took 820 MB."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A page as it is read, and the map from its pixels to those of the page as it was given.

    ``mixed`` says that several receipts may be on it, because their outlines were not sure. ``rows`` are the page's
    rows of letters where they have been found.
    """

    page: Page
    to_page: Mapping
    mixed: bool = False
    rows: Rows | None = None

    @property
    def is_photo(self) -> bool:
        """Whether the receipt was cut out of its page, or the page was turned."""
        return any(isinstance(step, Projection) for step in self.to_page.steps)

    @property
    def quarters(self) -> int:
        """By how many quarters of a turn, clockwise, the page was turned for it, roughly."""
        height, width = self.page.pixels.shape
        x, y = self.to_page.affine_at(width / 2, height / 2)[:, 0]
        return round(float(np.degrees(np.arctan2(-y, x))) / 90.0) % 4


def whole(page: Page) -> View:
    """Return the page as it is, or a smaller copy where it has more than MOST_PIXELS."""
    view = View(page, Mapping())
    if page.pixels.size <= MOST_PIXELS:
        return view
    factor = math.sqrt(COPY_PIXELS / page.pixels.size)
    pixels = scaled(page.pixels, factor, cv2.INTER_AREA)
    height, width = page.pixels.shape
    return _made(view, pixels, Enlargement(width / pixels.shape[1], height / pixels.shape[0]))


def find_views(page: Page) -> tuple[View, ...]:
    """Return a view of every receipt on a page, in reading order; of the whole page where no outline is sure."""
    return views_on(whole(page))


def views_on(seen: View) -> tuple[View, ...]:
    """As ``find_views``, for a page that is looked at in this view."""
    pixels = seen.page.pixels
    found = find_papers(pixels)
    if not found.papers:
        return (_straight(_levelled(seen, found)),)
    if len(found.papers) == 1 and is_whole(found.papers[0].corners, pixels.shape):
        return (_straight(replace(seen, mixed=found.crowded)),)
    return tuple(_cut_out(seen, paper.corners) for paper in _in_order(found.papers))


def unsure_views(seen: View) -> tuple[View, ...]:
    """Return views of where else a receipt may be on a page, each with its lines across, upright or upside down."""
    return tuple(_cut_out(seen, corners) for corners in find_papers(seen.page.pixels).unsure)


def turned(view: View, quarters: int) -> View:
    """Return the view turned clockwise by quarters of a full turn; lines that ran down before are straightened."""
    if not quarters % 4:
        return view
    made = _projected(view, *quarter_turns(view.page.pixels, quarters))
    return _straight(made) if quarters % 2 else made


def _cut_out(seen: View, corners: Quad) -> View:
    return _straight(_projected(seen, *flatten(seen.page.pixels, corners)))


def _levelled(seen: View, found: Found) -> View:
    """The whole page, turned where its lines run askew: never by more than half a right angle to the left."""
    view = replace(seen, mixed=found.crowded)
    angle = (found.direction_deg + 45.0) % 180.0 - 45.0
    if found.direction_share < SURE_DIRECTION or abs(angle) < LEAST_TURN_DEG:
        return view
    return _projected(view, *turn(seen.page.pixels, angle))


def _straight(view: View) -> View:
    """The view with its lines level and straight, where they bow or fan out."""
    rows = find_rows(view.page.pixels)
    bend = find_bend(rows)
    return _made(view, unbent(view.page.pixels, bend), bend) if bend else replace(view, rows=rows)


def _projected(view: View, pixels: Pixels, to_view: Homography) -> View:
    return _made(view, pixels, Projection(to_view))


def _made(view: View, pixels: Pixels, step: Step) -> View:
    to_page = view.to_page.after(step)
    height, width = pixels.shape
    marks = np.array([(x, y) for x in (0.0, width / 2, width) for y in (0.0, height / 2, height)])
    crop = CropId(tuple(float(value) for value in to_page(marks).ravel()))
    return replace(view, page=replace(view.page, pixels=pixels, crop=crop), to_page=to_page, rows=None)


def _in_order(papers: tuple[Paper, ...]) -> list[Paper]:
    """From left to right, those below each other from top to bottom."""
    width = float(np.median([np.ptp(paper.corners[:, 0]) for paper in papers]))
    middles = {id(paper): paper.corners.mean(axis=0) for paper in papers}
    return sorted(papers, key=lambda paper: (round(middles[id(paper)][0] / max(1.0, width)), middles[id(paper)][1]))
