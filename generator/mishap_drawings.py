"""Draws subjects that people photograph instead of a receipt: a face, a cat, a wall."""

from __future__ import annotations

import cv2
import numpy as np

from generator.dice import Dice
from generator.photo_hand import SKINS
from generator.scene import Colour, Floats, Patch, cloud, mix, shaded


def _blob(
    page: Floats,
    centre: tuple[float, float],
    axes: tuple[float, float],
    tone: Floats,
    angle: float = 0,
    soft: float = 2,
) -> None:
    """Draw an ellipse with rounded shading; lengths in pixels, ``angle`` in degrees."""
    mask = np.zeros(page.shape[:2], np.float32)
    place = (round(centre[0]), round(centre[1]))
    cv2.ellipse(mask, place, (round(axes[0]), round(axes[1])), angle, 0, 360, 1.0, -1)
    share = cv2.GaussianBlur(mask, (0, 0), soft)
    y, x = np.ogrid[: page.shape[0], : page.shape[1]]
    far = ((x - centre[0]) / axes[0]) ** 2 + ((y - centre[1]) / axes[1]) ** 2
    lit = (1.06 - 0.3 * np.clip(far, 0, 1) + 0.08 * (centre[0] - x) / axes[0]).astype(np.float32)
    page += (tone * lit[..., None] - page) * share[..., None]


def _tone(*colour: int) -> Floats:
    return np.array(colour, np.float32)


def draw_wall(dice: Dice, patch: Patch) -> Floats:
    """Draw rough plaster or bricks."""
    colour: Colour = dice.pick(((228, 222, 210), (186, 200, 204), (206, 190, 160), (160, 84, 64)))
    rough = 0.5 * cloud(dice, patch, 1.2) + 0.3 * cloud(dice, patch, 5) + 0.2 * cloud(dice, patch, 80)
    if dice.chance(0.5):
        return shaded(mix(colour, colour, rough), np.asarray(0.85 + 0.25 * rough, np.float32))
    x, y = patch.grid()
    row = (y // 22).astype(int)
    place_x, place_y = (x + 35 * (row % 2)) % 70, y % 22
    mortar = (place_x < 3) | (place_y < 3)
    tones = dice.generator.uniform(0.8, 1.1, (int(row.max()) + 1, int(x.max() // 70) + 3)).astype(np.float32)
    brick = shaded(mix(colour, colour, rough), tones[row, ((x + 35 * (row % 2)) // 70).astype(int)])
    brick[mortar] = (196, 190, 182)
    return shaded(brick, np.asarray(0.8 + 0.35 * rough, np.float32))


def draw_face(dice: Dice, patch: Patch) -> Floats:
    """Draw head and shoulders in front of a blurred wall."""
    page = np.asarray(cv2.GaussianBlur(draw_wall(dice, patch), (0, 0), 12), np.float32)
    skin = np.array(dice.pick(SKINS), np.float32)
    hair = _tone(*dice.pick(((40, 28, 22), (90, 60, 36), (190, 160, 100), (120, 118, 116))))
    w, h = patch.width, patch.height
    x, y = w * dice.real(0.42, 0.58), h * dice.real(0.4, 0.5)
    r = w * dice.real(0.22, 0.3)
    _blob(
        page,
        (x, h * 1.02),
        (2.1 * r, h * 0.98 - y - 0.9 * r),
        _tone(*dice.pick(((60, 80, 120), (150, 60, 60)))),
        soft=5,
    )
    _blob(page, (x, y - 0.35 * r), (1.15 * r, 1.3 * r), hair, soft=6)
    _blob(page, (x, y + 1.3 * r), (0.5 * r, 0.8 * r), skin * 0.85, soft=6)
    _blob(page, (x, y), (r, 1.35 * r), skin, soft=4)
    _blob(page, (x, y - 1.1 * r), (0.95 * r, 0.42 * r), hair, soft=8)
    iris = _tone(*dice.pick(((70, 110, 150), (80, 50, 30))))
    for side in (-1, 1):
        eye = (x + side * 0.4 * r, y - 0.2 * r)
        _blob(page, eye, (0.2 * r, 0.1 * r), _tone(240, 238, 234))
        _blob(page, eye, (0.09 * r, 0.09 * r), iris)
        _blob(page, eye, (0.045 * r, 0.045 * r), _tone(12, 12, 12))
        _blob(page, (eye[0], eye[1] - 0.22 * r), (0.26 * r, 0.045 * r), hair, side * 8, 3)
        _blob(page, (x + side * 0.12 * r, y + 0.36 * r), (0.06 * r, 0.035 * r), skin * 0.5, soft=4)
    _blob(page, (x, y + 0.15 * r), (0.12 * r, 0.3 * r), skin * 1.06, soft=12)
    _blob(page, (x, y + 0.72 * r), (0.34 * r, 0.11 * r), skin * np.array((0.85, 0.5, 0.5), np.float32), soft=4)
    _blob(page, (x, y + 0.71 * r), (0.3 * r, 0.02 * r), skin * 0.4, soft=2)
    return shaded(page, np.asarray(0.95 + 0.1 * cloud(dice, patch, 3), np.float32))


def draw_cat(dice: Dice, patch: Patch) -> Floats:
    """Draw a cat that looks into the camera."""
    low, high = dice.pick(
        (((196, 120, 56), (240, 190, 130)), ((60, 60, 62), (130, 128, 126)), ((24, 22, 22), (60, 56, 54)))
    )
    page = np.asarray(cv2.GaussianBlur(draw_wall(dice, patch), (0, 0), 15), np.float32)
    x, y = patch.width * dice.real(0.42, 0.58), patch.height * dice.real(0.38, 0.46)
    r = patch.width * dice.real(0.24, 0.3)
    base = np.array(high, np.float32)
    _blob(page, (x, y + 2.2 * r), (1.35 * r, 1.7 * r), base * 0.85, soft=9)
    for side in (-1, 1):
        ear = np.array(
            [[x + side * 0.25 * r, y - 0.8 * r], [x + side * 0.98 * r, y - 0.3 * r], [x + side * 0.85 * r, y - 1.6 * r]]
        )
        cv2.fillConvexPoly(page, ear.astype(np.int32), (base * 0.9).tolist(), cv2.LINE_AA)
        inner = ear.mean(axis=0) + (ear - ear.mean(axis=0)) * 0.55
        cv2.fillConvexPoly(page, inner.astype(np.int32), (206, 140, 130), cv2.LINE_AA)
    _blob(page, (x, y), (1.12 * r, r), base, soft=9)
    # Fur: fine strokes and broad stripes over body and head.
    stripes = np.sin(cloud(dice, patch, 60, 40) * 26) * 0.5 + 0.5
    fur = 0.6 * cloud(dice, patch, 0.6, 4) + 0.4 * stripes
    page = shaded(page, np.asarray(0.72 + 0.5 * fur, np.float32))
    page = page * 0.85 + mix(low, high, np.asarray(fur, np.float32)) * 0.15
    iris = _tone(*dice.pick(((170, 190, 70), (210, 170, 60))))
    for side in (-1, 1):
        eye = (x + side * 0.45 * r, y - 0.08 * r)
        _blob(page, eye, (0.24 * r, 0.2 * r), iris)
        _blob(page, eye, (0.06 * r, 0.18 * r), _tone(8, 8, 8))
        _blob(page, (eye[0] - 0.07 * r, eye[1] - 0.08 * r), (0.03 * r, 0.03 * r), _tone(255, 255, 255))
        _blob(page, (x + side * 0.18 * r, y + 0.52 * r), (0.26 * r, 0.2 * r), base * 1.05, soft=9)
    _blob(page, (x, y + 0.34 * r), (0.12 * r, 0.08 * r), _tone(196, 110, 110), soft=3)
    for side in (-1, 1):
        for spread in (-0.16, 0.0, 0.16):
            start = (round(x + side * 0.3 * r), round(y + (0.5 + spread * 0.4) * r))
            end = (round(x + side * 1.5 * r), round(y + (0.42 + spread * 2) * r))
            cv2.line(page, start, end, (236, 234, 230), 2, cv2.LINE_AA)
    return page
