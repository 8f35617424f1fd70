"""Draws cluttered surfaces, and objects on them: print, keys, cards, coins, pens, other papers."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from generator.dice import Dice
from generator.scene import (
    Colour,
    Floats,
    Patch,
    Surface,
    car_seat,
    carpet,
    cloth,
    cloud,
    dark_desk,
    laminate,
    marble,
    tiles,
    white_table,
    wood,
)

SYLLABLES = ("ba", "ro", "mi", "tel", "an", "su", "ver", "lo", "ken", "pa", "di", "ora", "nes", "vi", "tu", "el")


def gibberish(dice: Dice, length: int) -> str:
    """Return made-up words of at most ``length`` characters in all."""
    text = ""
    while len(text) < length:
        text += "".join(dice.pick(SYLLABLES) for _ in range(dice.between(1, 4))) + " "
    return text[:length].strip().capitalize()


def newspaper(dice: Dice, patch: Patch) -> Floats:
    """Draw overlapping printed sheets: columns of text, headlines, images, edges."""
    page = wood(dice, patch) if dice.chance(0.5) else dark_desk(dice, patch)
    for _ in range(dice.between(2, 4)):
        width, height = dice.real(150, 330), dice.real(200, 420)
        _lay(dice, page, patch, _printed_sheet(dice, Patch(patch.px(height), patch.px(width), patch.scale)))
    return page


def _printed_sheet(dice: Dice, patch: Patch) -> Floats:
    tone = dice.pick(((226, 222, 212), (240, 240, 238), (232, 226, 206)))
    sheet = np.full((*patch.shape, 3), tone, np.float32)
    columns = dice.between(1, 4)
    step = patch.width / columns
    leading = patch.px(dice.real(3.4, 5.5))
    dark = float(dice.between(30, 80))
    for column in range(columns):
        y = patch.px(8)
        left, room = round(column * step) + patch.px(4), round(step) - patch.px(7)
        while y < patch.height - leading:
            kind = dice.real(0, 1)
            if kind < 0.04:
                tall = min(patch.px(dice.real(20, 60)), patch.height - y)
                image = cloud(dice, Patch(tall, max(room, 2), patch.scale), 12)
                sheet[y : y + tall, left : left + room] = (60 + 150 * image)[..., None][:, : patch.width - left]
                y += tall + leading
            elif kind < 0.1:
                _write(sheet, gibberish(dice, 14), (left, y + leading), leading * 1.7, dark)
                y += leading * 3
            else:
                _write(sheet, gibberish(dice, max(4, int(room / (leading * 0.42)))), (left, y), leading * 0.75, dark)
                y += leading
    return sheet


def _write(page: Floats, text: str, at: tuple[int, int], size: float, level: float) -> None:
    """Write in a stroke font; the cap height is about 0.7 ``size`` pixels, ``at`` the left end of the baseline."""
    x, y, tall = at[0], at[1], int(size * 1.2) + 1
    part = page[max(y - tall, 0) : y + tall // 2, max(x, 0) : x + int(len(text) * size)]
    if not part.size:
        return
    # OpenCV can only write text on 8-bit images.
    ink = np.zeros(part.shape[:2], np.uint8)
    thickness = max(1, round(size / 14))
    foot = (min(x, 0), min(y, tall))
    cv2.putText(ink, text, foot, cv2.FONT_HERSHEY_SIMPLEX, size / 31, 255, thickness, cv2.LINE_AA)
    part += (level - part) * (ink.astype(np.float32) / 255)[..., None]


def _lay(dice: Dice, page: Floats, patch: Patch, thing: Floats, spread_deg: float = 60) -> None:
    """Draw a rectangular object with its shadow at a random position."""
    height, width = thing.shape[:2]
    centre = (dice.real(0, patch.width), dice.real(0, patch.height))
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), dice.real(-spread_deg, spread_deg), 1)
    matrix[:, 2] += np.array(centre) - (width / 2, height / 2)
    size = (patch.width, patch.height)
    laid = cv2.warpAffine(thing, matrix, size)
    covered = cv2.warpAffine(np.ones((height, width), np.float32), matrix, size)
    shadow = cv2.GaussianBlur(np.roll(covered, (patch.px(1), patch.px(0.8)), (0, 1)), (0, 0), patch.px(1.5))
    page *= (1 - 0.3 * shadow * (1 - covered))[..., None]
    page += (laid - page) * covered[..., None]


def keyboard(dice: Dice, patch: Patch) -> Floats:
    """Draw rows of labelled keys."""
    dark = dice.chance(0.6)
    body, cap, letter = ((38, 38, 40), (22, 22, 24), 190.0) if dark else ((196, 198, 202), (236, 236, 238), 80.0)
    page = np.full((*patch.shape, 3), body, np.float32)
    pitch, gap = 19.0 * patch.scale, 1.6 * patch.scale
    for row in range(int(patch.height / pitch) + 1):
        shift = (row % 3) * 0.3 * pitch
        for column in range(-1, int(patch.width / pitch) + 1):
            left, top = int(column * pitch + shift + gap), int(row * pitch + gap)
            right, bottom = int(left + pitch - 2 * gap), int(top + pitch - 2 * gap)
            cv2.rectangle(page, (left, top), (right, bottom), cap, -1)
            cv2.line(page, (left, top), (right, top), tuple(min(255, part + 18) for part in cap), patch.px(0.5))
            label = dice.pick("QWERTZUIOPASDFGHJKLYXCVBNM1234567890")
            _write(page, label, (left + patch.px(3), top + patch.px(7)), 6 * patch.scale, letter)
    page = np.asarray(cv2.GaussianBlur(page, (0, 0), 0.25 * patch.scale), np.float32)
    return page + 6 * (cloud(dice, patch, 1.0)[..., None] - 0.5)


def _pen(dice: Dice, page: Floats, patch: Patch) -> None:
    thing = np.empty((patch.px(9), patch.px(140), 3), np.float32)
    round_body = np.sin(np.linspace(0.15, 3.0, thing.shape[0], dtype=np.float32))[:, None, None]
    thing[:] = np.array(dice.pick(((20, 40, 120), (30, 30, 30), (150, 20, 24), (210, 210, 206))), np.float32)
    thing = np.asarray(thing * (0.35 + 0.75 * round_body), np.float32)
    thing[:, : patch.px(14)] = 0.6 * 200 * round_body
    _lay(dice, page, patch, thing, 180)


def _card(dice: Dice, page: Floats, patch: Patch) -> None:
    thing = np.full(
        (patch.px(54), patch.px(86), 3), dice.pick(((30, 60, 120), (190, 190, 196), (170, 40, 40))), np.float32
    )
    thing *= (0.8 + 0.4 * cloud(dice, Patch(*thing.shape[:2], patch.scale), 40))[..., None]
    _write(thing, dice.fill("#### ####"), (patch.px(8), patch.px(34)), 7 * patch.scale, 225)
    _lay(dice, page, patch, thing, 180)


def _coins(dice: Dice, page: Floats, patch: Patch) -> None:
    for _ in range(dice.between(1, 5)):
        centre = (dice.between(0, patch.width), dice.between(0, patch.height))
        radius = patch.px(dice.real(8.5, 12.5))
        colour = np.array(dice.pick(((196, 170, 96), (186, 186, 184), (150, 92, 58))), np.float32)
        shadow = (centre[0] + patch.px(0.8), centre[1] + patch.px(0.8))
        cv2.circle(page, shadow, radius, (0.2 * colour).tolist(), -1, cv2.LINE_AA)
        for share, level in ((1.0, 0.75), (0.93, 1.05), (0.86, 0.85), (0.5, 1.0)):
            cv2.circle(page, centre, int(radius * share), (level * colour).tolist(), -1, cv2.LINE_AA)


def _cup(dice: Dice, page: Floats, patch: Patch) -> None:
    centre = (dice.between(0, patch.width), dice.pick((0, patch.height)))
    for radius, level in ((44, 120), (42, 236), (38, 200), (37, 70), (35, 56)):
        cv2.circle(page, centre, patch.px(radius), (level, level * 0.93, level * 0.86), -1, cv2.LINE_AA)


def _other_paper(dice: Dice, page: Floats, patch: Patch) -> None:
    sheet = Patch(patch.px(dice.real(60, 200)), patch.px(dice.real(50, 150)), patch.scale)
    level = dice.real(205, 250)
    thing = np.full((*sheet.shape, 3), level, np.float32) if dice.chance(0.5) else _printed_sheet(dice, sheet)
    _lay(dice, page, patch, thing, 90)


THINGS: tuple[Callable[[Dice, Floats, Patch], None], ...] = (_pen, _card, _coins, _cup, _other_paper)


def strew(dice: Dice, page: Floats, patch: Patch) -> None:
    """Draw one to three objects on the page."""
    for thing in dice.sample(THINGS, dice.between(1, 3)):
        thing(dice, page, patch)


def plain(colour: Colour) -> Surface:
    """Return a surface of one colour, such as a scanner's lid."""

    def draw(dice: Dice, patch: Patch) -> Floats:
        return np.full((*patch.shape, 3), colour, np.float32) + (cloud(dice, patch, 100)[..., None] - 0.5) * 3

    return draw


SURFACES: dict[str, Surface] = {
    "wood": wood,
    "laminate": laminate,
    "cloth": cloth,
    "marble": marble,
    "dark desk": dark_desk,
    "tiles": tiles,
    "white table": white_table,
    "car seat": car_seat,
    "carpet": carpet,
    "newspaper": newspaper,
    "keyboard": keyboard,
}
"""All surfaces by their name in the ground truth."""

STREWN = frozenset({"wood", "laminate", "cloth", "marble", "dark desk", "tiles", "white table"})
"""Surfaces on which there can be other objects."""
