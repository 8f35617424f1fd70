"""Checks before OCR whether the photo should be retaken, and how."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from rpiocr.model import Page, Pixels
from rpiocr.preprocess.glyphs import reduced
from rpiocr.preprocess.legibility import (
    SMALL_SIDE,
    Appearance,
    Ground,
    Print,
    Rim,
    appearance_of,
    find_print,
    hidden_capitals,
    lightness,
    soft_spots,
    softness,
)


@dataclass(frozen=True, slots=True)
class Advice:
    """A problem of the photo, as a code for scripts, and a message that tells the user what to do."""

    code: str
    message: str


BLURRED = Advice("retake_blurred", "the image is blurred: hold the phone still and tap on the receipt to focus")
GLARE = Advice(
    "retake_glare",
    "a reflection hides print: turn off the flash, tilt the receipt away from the lamp and take the photo again",
)
DARK = Advice("retake_dark", "the image is too dark: take the photo again in better light")
CUT_OFF = Advice(
    "retake_cut_off", "the receipt extends beyond the image: take the photo again with all of its edges in the frame"
)
SMALL_PRINT = Advice(
    "retake_small_letters", "the print is too small to read: move closer, until the receipt fills the frame"
)
NO_RECEIPT = Advice(
    "retake_no_receipt", "no print was detected: take a photo of the receipt alone, from above and in focus"
)

DARK_LEVEL = 48.0
"""Minimum lightness, 0 to 255, of the lightest parts; below it, noise is as strong as print."""

MIN_GLYPHS = 40
"""Minimum number of glyphs in lines for print to be a receipt."""

MIN_PAPER = 0.43
"""Minimum of ``room`` minus ``unevenness`` for paper, which is even and mostly not covered by ink; fur and grain have
up to 0.41."""

MIN_CAP_HEIGHT_PX = 8.5
"""Minimum cap height in pixels, as measured: one pixel more than drawn. Sharp capitals of 7.5 pixels are read, and four
in five of those of 6 pixels."""

MAX_EDGE = 0.225
"""Maximum width of an edge, in cap heights; with wider ones, large characters merge."""

MAX_EDGE_PX = 5.5
"""Maximum width of an edge in pixels; with wider ones, small characters are blurred. Sharp small print has up to 5."""

MIN_GLARE = 15.0
"""Minimum area hidden by reflections, in squares of the cap height: a short word and the space around it."""

BLEACHED_PAPER = 244.0
"""Minimum lightness of scanned or bleached paper: its white is not a reflection, and it may extend to the image
border."""

LARGE_GLARE = 0.08
"""Minimum share of an image without print that reflections have to cover to be the reason."""

SOFT_WIDTH = 4.1
SOFT_CONTRAST = 12.0
"""Minimum width and contrast of the edges of objects out of focus; an empty wall has less contrast."""

OPEN_STEP = 0.025
"""Maximum relative change of lightness across blank paper; the shadow of the paper's edge is stronger."""

OPEN_SHARE = 0.05
"""The same as a share of the largest change at any side: paper on a dark table has a stronger edge."""

EDGE_STEP = 0.05
"""Minimum relative change of lightness at the edge of paper that ends within the image."""

REACH_ALONG = 1.7
REACH_ACROSS = 8.0
"""Minimum width of blank paper, in cap heights, up to the image border for nothing to be cut off, at sides that lines
run to and at others: side margins are narrower than the ends of a receipt. Where lines were cut, it was up to 1.4 wide;
a page with 1.9 was whole."""

MIN_SEEN = 0.75
"""Minimum share of glyphs without an edge between them and the image border: receipts that were cut had 0.93 and more,
a newspaper under a receipt 0.62."""

SCAN_UNEVEN = 0.1
SCAN_DEG = 1.5
SCAN_LIGHT = 205.0
"""Maximum unevenness, maximum skew and minimum lightness of a scan, in which paper may extend to the image border."""


def advise(page: Page) -> tuple[Advice, ...]:
    """Return the problems of a photo, most serious first; empty if it seems legible. Runs no OCR."""
    pixels = page.pixels
    if lightness(pixels) < DARK_LEVEL:
        return (DARK,)
    found = _main_print(pixels)
    if found is None:
        return _without_print(pixels)
    print_, look = found
    ground = Ground.of(pixels, print_)
    bleached = look.paper >= BLEACHED_PAPER
    problems = (
        (BLURRED, _blurred(print_, look)),
        (SMALL_PRINT, print_.cap_height_px < MIN_CAP_HEIGHT_PX),
        (GLARE, not (bleached and _straight(ground)) and hidden_capitals(ground) > MIN_GLARE),
        (CUT_OFF, not bleached and not _scanned(ground) and _cut_off(ground)),
    )
    return tuple(advice for advice, present in problems if present)


def _main_print(pixels: Pixels) -> tuple[Print, Appearance] | None:
    """Return the print with most blank paper around it, as on a receipt; None if there is only texture."""
    prints = find_print(pixels)
    most = max((len(each.glyphs) for each in prints), default=0)
    looked = [
        (each, appearance_of(pixels, each)) for each in prints if len(each.glyphs) >= max(MIN_GLYPHS, 0.25 * most)
    ]
    fitting = [(each, look) for each, look in looked if look.room - look.unevenness >= MIN_PAPER]
    return max(fitting, key=lambda pair: round(pair[1].room, 1) * len(pair[0].glyphs), default=None)


def _without_print(pixels: Pixels) -> tuple[Advice, ...]:
    """Infer why no print was detected; if everything is out of focus, there may be some."""
    small, _ = reduced(pixels, SMALL_SIDE)
    spots = soft_spots(small.astype(np.float32), 5.0)
    if sum(map(cv2.countNonZero, spots)) > LARGE_GLARE * small.size:
        return (GLARE,)
    soft = any(edges.width > SOFT_WIDTH and edges.contrast > SOFT_CONTRAST for edges in softness(pixels))
    return (BLURRED, NO_RECEIPT) if soft else (NO_RECEIPT,)


def _blurred(print_: Print, look: Appearance) -> bool:
    widest = max(look.across, look.down)
    return widest > MAX_EDGE and widest * min(print_.cap_height_px, 24.0) > MAX_EDGE_PX


def _straight(ground: Ground) -> bool:
    return abs((ground.direction_deg + 45.0) % 90.0 - 45.0) < SCAN_DEG


def _scanned(ground: Ground) -> bool:
    light = float(np.median(ground.at_glyphs())) > SCAN_LIGHT
    return _straight(ground) and light and ground.unevenness() < SCAN_UNEVEN


def _cut_off(ground: Ground) -> bool:
    """Return whether blank paper extends from the print to one image border, and ends before another one."""
    rims = ground.rims()
    edge = max(rim.step for rim in rims)
    return edge > EDGE_STEP and any(_open(rim, max(OPEN_STEP, OPEN_SHARE * edge)) for rim in rims)


def _open(rim: Rim, most_step: float) -> bool:
    near = rim.step < most_step and rim.reach < (REACH_ALONG if rim.along else REACH_ACROSS)
    return near and (rim.seen > MIN_SEEN or rim.alike)
