"""Says before anything is read whether another photo would serve better, and what to do differently."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from rpiocr.model import Page, Pixels
from rpiocr.preprocess.legibility import (
    SMALL_SIDE,
    Ground,
    Look,
    Print,
    Rim,
    find_print,
    hidden_capitals,
    lightness,
    look_of,
    soft_spots,
    softness,
)
from rpiocr.preprocess.letters import reduced


@dataclass(frozen=True, slots=True)
class Advice:
    """What hinders reading, as a code for scripts, and one sentence that tells the photographer what to do."""

    code: str
    message: str


BLURRED = Advice("retake_blurred", "the picture is blurred: hold the phone still and tap on the receipt to focus")
GLARE = Advice(
    "retake_glare",
    "a reflection hides print: turn off the flash, tilt the receipt away from the lamp and take it again",
)
DARK = Advice("retake_dark", "the picture is too dark: take it again in more light")
CUT_OFF = Advice(
    "retake_cut_off", "the receipt runs out of the picture: take it again with all of its edges in the picture"
)
SMALL_LETTERS = Advice(
    "retake_small_letters", "the letters are too small to read: go nearer, until the receipt fills the picture"
)
NO_RECEIPT = Advice(
    "retake_no_receipt", "no print can be made out: take a picture of the receipt alone, from above and in focus"
)

DARK_LEVEL = 48.0
"""Lightness of the lightest parts, 0 to 255, below which noise is as strong as print."""

LEAST_LETTERS = 40
"""Fewer letters in lines are no receipt."""

LEAST_PAPER = 0.43
"""Paper is even and seen more than ink: its room less its unevenness; what is left of fur and grain has up to 0.41."""

SMALLEST_CAPITAL = 8.5
"""Height in pixels as measured, a pixel more than drawn; sharp capitals of 7.5 pixels are read, of 6 four in five."""

WIDEST_EDGE = 0.225
"""Width of an edge in capitals from which large letters run together."""

WIDEST_EDGE_PX = 5.5
"""Width in pixels of an edge from which a small letter is blurred; those of sharp small print have up to 5."""

LEAST_GLARE = 15.0
"""Area in squares of a capital's height that reflections must hide: a short word and the room around it."""

LIGHTEST_PAPER = 244.0
"""Paper that is lighter is scanned or bleached: its white is no reflection, and it may lie at the rim."""

LARGE_GLARE = 0.08
"""Share of a picture without print that a reflection must cover to be why there is none."""

SOFT_WIDTH = 4.1
SOFT_CONTRAST = 12.0
"""Edges at least that wide and that strong are of things out of focus; less contrast is that of an empty wall."""

OPEN_STEP = 0.025
"""Most change of lightness, as a share, on the way over bare paper; the paper's edge casts a stronger shadow."""

OPEN_SHARE = 0.05
"""The same in shares of the largest change at another side: paper on a dark table has a stronger edge."""

EDGE_STEP = 0.05
"""Least change of lightness that shows that the paper ends before the picture does."""

REACH_ALONG = 2.5
REACH_ACROSS = 8.0
"""Capitals of bare paper up to the picture's side from which on nothing is cut off: margins are narrower than ends."""

LEAST_SEEN = 0.38
"""Share of letters that must see the picture's side; where other print lies under the receipt, hardly any does."""

SCAN_UNEVEN = 0.1
SCAN_DEG = 1.5
SCAN_LIGHT = 205.0
"""A scanner lights brightly and evenly, and paper lies straight on it: it may lie at the rim."""


def advise(page: Page) -> tuple[Advice, ...]:
    """Return what hinders reading most, first; empty where a page looks as if it could be read. Runs no OCR."""
    pixels = page.pixels
    if lightness(pixels) < DARK_LEVEL:
        return (DARK,)
    seen = _main_print(pixels)
    if seen is None:
        return _without_print(pixels)
    print_, look = seen
    ground = Ground.of(pixels, print_)
    bleached = look.paper >= LIGHTEST_PAPER
    found = (
        (BLURRED, _blurred(print_, look)),
        (SMALL_LETTERS, print_.capital_px < SMALLEST_CAPITAL),
        (GLARE, not (bleached and _straight(ground)) and hidden_capitals(ground) > LEAST_GLARE),
        (CUT_OFF, not bleached and not _scanned(ground) and _cut_off(ground)),
    )
    return tuple(advice for advice, true in found if true)


def _main_print(pixels: Pixels) -> tuple[Print, Look] | None:
    """Choose the print that has most bare paper around it, as a receipt has; None where all is texture."""
    prints = find_print(pixels)
    most = max((len(each.letters) for each in prints), default=0)
    looked = [(each, look_of(pixels, each)) for each in prints if len(each.letters) >= max(LEAST_LETTERS, 0.25 * most)]
    fitting = [(each, look) for each, look in looked if look.room - look.unevenness >= LEAST_PAPER]
    return max(fitting, key=lambda pair: round(pair[1].room, 1) * len(pair[0].letters), default=None)


def _without_print(pixels: Pixels) -> tuple[Advice, ...]:
    """Tell why no print is seen; where everything is out of focus, nobody knows whether there is any."""
    small, _ = reduced(pixels, SMALL_SIDE)
    spots = soft_spots(small.astype(np.float32), 5.0)
    if sum(map(cv2.countNonZero, spots)) > LARGE_GLARE * small.size:
        return (GLARE,)
    soft = any(edges.width > SOFT_WIDTH and edges.contrast > SOFT_CONTRAST for edges in softness(pixels))
    return (BLURRED, NO_RECEIPT) if soft else (NO_RECEIPT,)


def _blurred(print_: Print, look: Look) -> bool:
    widest = max(look.across, look.down)
    return widest > WIDEST_EDGE and widest * min(print_.capital_px, 24.0) > WIDEST_EDGE_PX


def _straight(ground: Ground) -> bool:
    return abs((ground.direction_deg + 45.0) % 90.0 - 45.0) < SCAN_DEG


def _scanned(ground: Ground) -> bool:
    light = float(np.median(ground.at_letters())) > SCAN_LIGHT
    return _straight(ground) and light and ground.unevenness() < SCAN_UNEVEN


def _cut_off(ground: Ground) -> bool:
    """Tell whether bare paper leads from print to a side of the picture, and ends before another one."""
    rims = ground.rims()
    edge = max(rim.step for rim in rims)
    return edge > EDGE_STEP and any(_open(rim, max(OPEN_STEP, OPEN_SHARE * edge)) for rim in rims)


def _open(rim: Rim, most_step: float) -> bool:
    near = rim.step < most_step and rim.reach < (REACH_ALONG if rim.along else REACH_ACROSS)
    return near and (rim.seen > LEAST_SEEN or rim.alike)
