"""Images that went wrong: without a receipt, of half of one, of a screen, or illegible.

The ground truth of an image without a receipt has nulls for values; that of the others is the receipt's. The kind is
stored under ``mishap``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from PIL import Image

from generator.age import Pixels, jpeg
from generator.dice import Dice
from generator.mishap_drawings import draw_cat, draw_face, draw_wall
from generator.photo import Sample, photograph, table
from generator.photo_camera import Camera, Points
from generator.photo_light import Light, defocus, expose
from generator.photo_sheet import Sheet, print_sheet
from generator.photo_shot import Shot, draw_shot
from generator.receipt import Order
from generator.scene import Floats, Patch
from generator.scene_clutter import SURFACES, gibberish

NOTHING = (
    "total",
    "date",
    "company",
    "currency",
    "lang",
    "time",
    "subtotal",
    "tax",
    "country",
    "number",
    "payment",
    "card_last4",
    "tax_id",
)
"""Keys of the ground truth that are null if there is no receipt."""

Maker = Callable[[Order], Sample]


def make_mishap(kind: str, order: Order) -> Sample:
    """Make an image that went wrong. Raises KeyError for a kind that is not in ``MISHAPS``."""
    sample = MISHAPS[kind](order)
    name = f"{kind}_{order.name}"
    return Sample(name, sample.image, sample.flats, sample.truth | {"mishap": kind, "label": "generated"})


def _dice(order: Order) -> Dice:
    return Dice(order.seed, order.index, *order.country.encode(), 13)


def _good_shot(dice: Dice) -> Shot:
    """Draw a shot without any fault, to which the mishap adds its own."""
    shot = draw_shot(dice, 0)
    light = replace(shot.light, glare=0.0, cast=0.0)
    shot = replace(shot, light=light, capital=dice.real(18, 32), defocus=0.03, motion=0.0)
    return replace(shot, hand=False, held=False, cut="", exif=1, against=False)


def _sample(sheet: Sheet, known: dict[str, Any], shot: Shot, dice: Dice) -> Sample:
    photo = photograph((sheet,), shot, dice)
    extra = {"corners": [list(point) for point in photo.corners[0]], "photo": photo.traits}
    return Sample("", photo.jpeg(), (jpeg(sheet.pixels, 92),), known | extra)


def _file(pixels: Pixels, quality: int = 85) -> bytes:
    buffer = BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _drawing(draw: Callable[[Dice, Patch], Floats]) -> Maker:
    """Return a maker of images without a receipt, from a drawing function."""

    def make(order: Order) -> Sample:
        dice = _dice(order)
        patch = Patch(1600, 1200, 5.0)
        pixels = np.clip(draw(dice, patch), 0, 255).astype(np.uint8)
        pixels = np.asarray(cv2.resize(pixels, (1800, 2400), interpolation=cv2.INTER_CUBIC), np.uint8)
        expose(pixels, _good_shot(dice).light, dice.real(1.5, 4), dice)
        return Sample("", _file(pixels), (), dict.fromkeys(NOTHING))

    return make


def _empty_table(order: Order) -> Sample:
    dice = _dice(order)
    shot = replace(_good_shot(dice), strewn=dice.chance(0.6))
    camera = Camera(2400, 1800, 1800.0, dice.real(180, 420), shot.tilt, shot.azimuth, (0.0, 0.0))
    pixels = table(SURFACES[shot.surface], shot, camera, dice)
    expose(pixels, shot.light, shot.noise, dice)
    return Sample("", _file(pixels), (), dict.fromkeys(NOTHING))


def _halves(sheet: Sheet, dice: Dice) -> tuple[Sheet, Sheet]:
    """Tear a sheet across the middle: two sheets with a ragged end each, white where the fibres show."""
    height, width = sheet.pixels.shape
    at = int(height * dice.real(0.42, 0.58))
    steps = dice.generator.standard_normal(width // 6 + 2).cumsum() * sheet.scale * 0.25
    edge = at + np.interp(np.arange(width), np.arange(len(steps)) * 6, steps - steps.mean())
    fibres = dice.generator.uniform(0, sheet.scale * 0.35, width)
    low, high = max(int(edge.min()), 1), int(edge.max()) + 1
    rows = np.arange(height)[:, None]
    bare = np.abs(rows - edge) < 0.4 * sheet.scale + fibres
    torn = np.where(bare, np.uint8(250), sheet.pixels)
    upper, lower = torn[:high].copy(), torn[low:].copy()
    upper_gone = rows[:high] > edge
    lower_gone = rows[low:] < edge
    return (
        replace(sheet, pixels=upper, gone=np.asarray(upper_gone)),
        replace(sheet, pixels=lower, gone=np.asarray(lower_gone)),
    )


def _torn(order: Order) -> Sample:
    """Make both halves of a torn receipt side by side on a table."""
    sheet, known = print_sheet(order)
    dice = _dice(order)
    halves = _halves(sheet, dice)
    photo = photograph(halves, _good_shot(dice), dice)
    extra = {"halves": [[list(p) for p in corners] for corners in photo.corners], "photo": photo.traits}
    return Sample("", photo.jpeg(), (jpeg(sheet.pixels, 92),), known | extra)


def _upper_half(order: Order) -> Sample:
    """Make only the upper half of a torn receipt."""
    sheet, known = print_sheet(order)
    dice = _dice(order)
    upper, _ = _halves(sheet, dice)
    sample = _sample(upper, known, _good_shot(dice), dice)
    return Sample("", sample.image, (jpeg(sheet.pixels, 92),), sample.truth)


def _screenshot(order: Order) -> Sample:
    """Make a screenshot of a receipt in a phone's image viewer, with bars above and below."""
    sheet, known = print_sheet(order)
    dice = _dice(order)
    screen = _viewer(sheet.pixels, dice)
    return Sample("", _file(screen, 90), (jpeg(sheet.pixels, 92),), known)


def _viewer(receipt: Pixels, dice: Dice) -> Pixels:
    """Draw a phone's screen of 1080 x 2340 pixels that shows the receipt."""
    width, height, bar, foot = 1080, 2340, 230, 260
    dark = dice.chance(0.5)
    screen = np.full((height, width, 3), 18 if dark else 250, np.uint8)
    ink = (235, 235, 235) if dark else (40, 40, 40)
    room_h, room_w = height - bar - foot, width - dice.between(0, 160)
    factor = min(room_w / receipt.shape[1], room_h / receipt.shape[0])
    small = cv2.resize(receipt, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    top, left = bar + (room_h - small.shape[0]) // 2, (width - small.shape[1]) // 2
    screen[top : top + small.shape[0], left : left + small.shape[1]] = small[..., None]
    font = cv2.FONT_HERSHEY_SIMPLEX
    cv2.putText(screen, dice.fill("1#:4#"), (60, 66), font, 1.3, ink, 3, cv2.LINE_AA)
    cv2.rectangle(screen, (930, 34), (1010, 70), ink, 3)
    cv2.rectangle(screen, (936, 40), (936 + dice.between(10, 68), 64), ink, -1)
    for number in range(4):
        cv2.rectangle(screen, (800 + 24 * number, 70 - 9 * number), (814 + 24 * number, 70), ink, -1)
    cv2.arrowedLine(screen, (110, 165), (50, 165), ink, 5, cv2.LINE_AA, tipLength=0.5)
    cv2.putText(screen, gibberish(dice, 18), (170, 182), font, 1.6, ink, 4, cv2.LINE_AA)
    for number in range(4):
        centre = (135 + 270 * number, height - 160)
        cv2.circle(screen, centre, 34, ink, 4, cv2.LINE_AA)
        cv2.putText(screen, gibberish(dice, 6), (centre[0] - 60, height - 85), font, 1.0, ink, 2, cv2.LINE_AA)
    cv2.line(screen, (400, height - 28), (680, height - 28), ink, 10, cv2.LINE_AA)
    return screen


def _screen(order: Order) -> Sample:
    """Make a photo of a phone or monitor that shows a receipt, with bezel, pixels of the screen and moiré."""
    sheet, known = print_sheet(order)
    dice = _dice(order)
    inner = _viewer(sheet.pixels, dice) if dice.chance(0.5) else _as_photo(sheet, dice)
    bezel = dice.between(30, 70)
    display = cv2.copyMakeBorder(inner, bezel, bezel, bezel, bezel, cv2.BORDER_CONSTANT, value=(14, 14, 16))
    height, width = 2592, 1944
    reach = 0.86 * min(width / display.shape[1], height / display.shape[0])
    size = np.array([display.shape[1], display.shape[0]]) * reach
    middle = np.array([width / 2, height / 2])
    unit = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    goal = (unit * size + middle + dice.generator.uniform(-0.045, 0.045, (4, 2)) * size).astype(np.float32)
    source = ((unit + 0.5) * (display.shape[1], display.shape[0])).astype(np.float32)
    matrix = np.asarray(cv2.getPerspectiveTransform(source, goal), np.float64)
    shot = _good_shot(dice)
    camera = Camera(width, height, 1900.0, 500.0, 0.1, 1.5, (0.0, 0.0))
    back = table(SURFACES[shot.surface], shot, camera, dice)
    cover = cv2.warpPerspective(np.full(display.shape[:2], 255, np.uint8), matrix, (width, height))
    seen = cv2.warpPerspective(display, matrix, (width, height), flags=cv2.INTER_AREA)
    lit = (cover.astype(np.float32) / 255)[..., None]
    pixels = np.asarray(
        back * np.float32(0.45) * (1 - lit) + seen * lit * _moire(dice, matrix, width, height), np.float32
    )
    done = defocus(np.clip(pixels, 0, 255).astype(np.uint8), 0.8)
    glare = Light(exposure=1.0, glare=dice.real(0.2, 0.5), glare_size=0.1, glare_at=(dice.real(0.2, 0.8), 0.25))
    expose(done, glare, 3.0, dice)
    return Sample("", _file(done), (jpeg(sheet.pixels, 92),), known)


def _as_photo(sheet: Sheet, dice: Dice) -> Pixels:
    pixels = photograph((sheet,), _good_shot(dice), dice).pixels
    factor = 1800 / max(pixels.shape)
    return np.asarray(cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def _moire(dice: Dice, matrix: Points, width: int, height: int) -> Floats:
    """Return the interference of the screen's pixels and the camera's, as factors of red, green and blue."""
    inverse = np.linalg.inv(matrix)
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    depth = inverse[2, 0] * x + inverse[2, 1] * y + inverse[2, 2]
    column = (inverse[0, 0] * x + inverse[0, 1] * y + inverse[0, 2]) / depth
    row = (inverse[1, 0] * x + inverse[1, 1] * y + inverse[1, 2]) / depth
    pitch = dice.real(0.96, 1.06)
    strength = dice.real(0.06, 0.14)
    # A pixel of the screen is nearly as large as one of the camera; their difference is a slow wave.
    beat_x = column / pitch * (1 + 0.03 * np.sin(row / 900)) - x
    beat_y = row / pitch - y
    waves = [np.cos(beat_x * 0.16 + shift) * np.cos(beat_y * 0.11 + shift) for shift in (0.0, 2.1, 4.2)]
    dots = 1 + 0.05 * np.cos(column * 2.1)
    return np.asarray(np.stack([dots * (1 + strength * wave) for wave in waves], axis=-1), np.float32)


def _panorama(order: Order) -> Sample:
    """Make an image of 20000 x 5000 pixels, mostly of a smooth table, with a receipt on it."""
    sheet, known = print_sheet(order)
    dice = _dice(order)
    shot = replace(_good_shot(dice), capital=28.0, surface="dark desk")
    photo = photograph((sheet,), shot, dice)
    wide = Patch(500, 2000, 2.0)
    room = np.clip(SURFACES["wood"](dice, wide) * dice.real(0.6, 0.9), 0, 255).astype(np.uint8)
    whole = np.asarray(cv2.resize(room, (20000, 5000), interpolation=cv2.INTER_LINEAR), np.uint8)
    height, width = photo.pixels.shape[:2]
    left, top = dice.between(500, 19500 - width), dice.between(0, 5000 - height)
    whole[top : top + height, left : left + width] = photo.pixels
    corners = [[round(x + left, 1), round(y + top, 1)] for x, y in photo.corners[0]]
    return Sample("", _file(whole, 60), (jpeg(sheet.pixels, 92),), known | {"corners": corners})


def _spoiled(spoil: Callable[[Shot, Dice], Shot]) -> Maker:
    """Return a maker of photos that can only be fixed by retaking them."""

    def make(order: Order) -> Sample:
        sheet, known = print_sheet(order)
        dice = _dice(order)
        return _sample(sheet, known, spoil(_good_shot(dice), dice), dice)

    return make


def _blurred(shot: Shot, dice: Dice) -> Shot:
    if dice.chance(0.5):
        return replace(shot, defocus=dice.real(0.28, 0.5))
    return replace(shot, motion=dice.real(0.8, 1.5))


def _dark(shot: Shot, dice: Dice) -> Shot:
    return replace(shot, light=replace(shot.light, exposure=dice.real(0.06, 0.13)), noise=dice.real(5, 9))


def _glare(shot: Shot, dice: Dice) -> Shot:
    light = replace(shot.light, glare=1.35, glare_size=dice.real(0.16, 0.24), exposure=1.0)
    return replace(shot, light=light)


def _cut(shot: Shot, dice: Dice) -> Shot:
    side = dice.pick(("left", "right", "top", "bottom"))
    return replace(shot, cut=side, cut_part=dice.real(0.25, 0.45), fill=0.95)


def _small(shot: Shot, dice: Dice) -> Shot:
    return replace(shot, capital=dice.real(5, 7), max_capital=dice.real(5, 7), fill=0.3)


MISHAPS: dict[str, Maker] = {
    "face": _drawing(draw_face),
    "cat": _drawing(draw_cat),
    "wall": _drawing(draw_wall),
    "table": _empty_table,
    "torn": _torn,
    "half": _upper_half,
    "screenshot": _screenshot,
    "screen": _screen,
    "panorama": _panorama,
    "blurred": _spoiled(_blurred),
    "dark": _spoiled(_dark),
    "glare": _spoiled(_glare),
    "cut": _spoiled(_cut),
    "small": _spoiled(_small),
}
"""Makers of images that went wrong, by the name in the ground truth."""
