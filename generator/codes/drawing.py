"""Draws receipts with codes, flat or photographed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from generator.age import draw_ageing, jpeg, wear
from generator.codes.strip import FAR, CodeOrder, Strip, dice_of, fitting, ink_of, print_strip
from generator.codes.truth import truth_of
from generator.dice import Dice
from generator.photo import Sample, photograph
from generator.photo_sheet import DOTS_PER_MM, FLAT_LEVELS, Sheet, capital_dots, worn_flat
from generator.photo_shot import Shot, draw_shot
from generator.receipt import Receipt

Points = NDArray[np.float64]


def make_coded(code: CodeOrder) -> Receipt:
    """Draw the receipt as a flat image with its wear. Raises OSError if a font is not installed."""
    strip = print_strip(code)
    dice = dice_of(code, 22)
    ageing = draw_ageing(dice, strip.draft.level)
    scale = dice.real(1.15, 1.75)
    if code.module_px is not None and strip.printed:
        ageing = replace(ageing, resolution=1.0)
        scale = code.module_px / strip.printed[0].module
    if code.blur is not None:
        ageing = replace(ageing, blur_px=code.blur)
    sides, ends = _margins(strip, dice, scale)
    ink = np.pad(ink_of(strip, scale, dice.side(1)), (ends, sides))
    pixels, warp = wear(ink, ageing, dice)
    corners = [warp.to_image(one + np.array([sides[0], ends[0]])) for one in _corners(strip, scale)]
    return Receipt(code.name, jpeg(pixels, ageing.jpeg_quality), truth_of(code, strip, corners, ageing))


def _margins(strip: Strip, dice: Dice, scale: float) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return the blank paper at the sides, and at the ends, in pixels; none below a code through which it is torn."""
    left, right, top, bottom = (round(dice.between(*span) * scale) for span in (*[(24, 40)] * 2, *[(32, 96)] * 2))
    return (left, right), (top, 0 if strip.situation.torn else bottom)


def _corners(strip: Strip, scale: float) -> list[Points]:
    """Return the corners of each code on the ink in pixels, clockwise from the upper left one."""
    return [
        np.array(
            [
                (one.left, one.top),
                (one.left + one.width, one.top),
                (one.left + one.width, one.top + one.height),
                (one.left, one.top + one.height),
            ],
            np.float64,
        )
        * scale
        for one in strip.printed
    ]


def photograph_coded(code: CodeOrder, turn: int | None = None) -> Sample:
    """Draw the receipt and its photo, rotated clockwise by ``turn`` (0, 90, 180 or 270), which is drawn if None."""
    strip = print_strip(code)
    dice = dice_of(code, 23)
    sheets = [_sheet(strip, dice)]
    strips = [strip]
    if strip.situation.beside:
        other = _neighbour(code)
        strips.append(other)
        sheets.append(_foot(_sheet(other, dice), dice))
    shot = _shot(code, strip, dice, turn)
    photo = photograph(sheets, shot, dice)
    corners = [points for marks in photo.marks for points in marks.reshape(-1, 4, 2)]
    codes = [one for each in strips for one in each.printed]
    known = truth_of(code, replace(strip, printed=tuple(codes)), corners, None)
    known |= {"corners": [list(point) for point in photo.corners[0]], "photo": photo.traits}
    return Sample(code.name, photo.jpeg(), (jpeg(sheets[0].pixels, 92),), known)


def _sheet(strip: Strip, dice: Dice) -> Sheet:
    """Print the strip on a flat sheet, with the places of its codes as marks."""
    scale = dice.real(1.4, 1.9)
    sides, ends = _margins(strip, dice, scale)
    level = strip.draft.level if strip.draft.level in FLAT_LEVELS else dice.pick(FLAT_LEVELS)
    ink = np.pad(ink_of(strip, scale, dice.side(1)), (ends, sides))
    pixels, _ = wear(ink, worn_flat(draw_ageing(dice, level)), dice)
    per_mm = DOTS_PER_MM * scale
    middle = np.array([pixels.shape[1], pixels.shape[0]]) / 2
    marks = [(one + np.array([sides[0], ends[0]]) - middle) / per_mm for one in _corners(strip, scale)]
    sheet = Sheet(pixels, per_mm, capital_dots(strip.press) / DOTS_PER_MM)
    if not marks:
        return sheet
    glare = tuple(marks[0].mean(axis=0).tolist()) if "glare" in strip.damage else None
    return replace(sheet, marks=np.concatenate(marks), glare_at=glare)


def _neighbour(code: CodeOrder) -> Strip:
    """Print another receipt of the same country."""
    order = fitting(replace(code.order, index=code.order.index + FAR // 2, refund=False, slip=False))
    strip = print_strip(CodeOrder(order=order, damage=()))
    return replace(strip, printed=tuple(replace(one, stamp=replace(one.stamp, own=False)) for one in strip.printed))


def _foot(sheet: Sheet, dice: Dice) -> Sheet:
    """Return the lower end of a sheet from right above its codes, with marks moved to the new middle."""
    height = sheet.pixels.shape[0]
    top = (float(sheet.marks[:, 1].min()) + sheet.length / 2) * sheet.scale
    cut = max(0, int(top - dice.real(4, 20) * sheet.scale))
    shift = np.array([0.0, cut / 2 / sheet.scale])
    return replace(sheet, pixels=np.ascontiguousarray(sheet.pixels[cut:height]), marks=sheet.marks - shift)


def _shot(code: CodeOrder, strip: Strip, dice: Dice, turn: int | None) -> Shot:
    """Draw a shot; one that is to have modules or a blur of some size has no other blur, and cuts nothing off."""
    shot = draw_shot(dice, turn)
    if "glare" in strip.damage:
        shot = replace(shot, light=replace(shot.light, glare=dice.real(0.3, 0.7), glare_size=dice.real(0.04, 0.1)))
    if strip.situation.beside:
        shot = replace(shot, cut="", hand=False, held=False)
    if code.module_px is None and code.blur is None:
        return shot
    shot = replace(shot, cut="", motion=0.0)
    if code.module_px is not None and strip.printed:
        capital = capital_dots(strip.press) * code.module_px / strip.printed[0].module
        shot = replace(shot, capital=capital, max_capital=capital)
    if code.blur is not None:
        shot = replace(shot, sigma=code.blur)
    return shot
