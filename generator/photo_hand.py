"""Draws a hand that holds the paper down: fingers over an edge, seen from above."""

from __future__ import annotations

import cv2
import numpy as np

from generator.age import Pixels
from generator.dice import Dice
from generator.photo_camera import Camera, Points, Pose
from generator.photo_sheet import Sheet
from generator.scene import Floats, Patch, cloud

SKINS = ((238, 200, 176), (224, 178, 148), (200, 150, 118), (168, 118, 88), (124, 82, 58), (84, 56, 42))
"""Skin tones, red, green and blue."""

SCALE = 3.0
"""Pixels per mm while the hand is drawn."""

REACH, SPAN = 420.0, 130.0
"""Size of the drawing in mm: from the finger tips to the sleeve, and across."""

EDGES = ("left", "left", "bottom", "right", "top")


def hold(pixels: Pixels, sheet: Sheet, camera: Camera, pose: Pose, dice: Dice) -> str:
    """Draw a hand over one edge of the sheet in place; return the edge."""
    edge = dice.pick(EDGES)
    deep = dice.real(1.5, 3.5) if edge == "right" else dice.real(2.5, 8.0)
    along = dice.real(-0.42, 0.42)
    x, y = {
        "left": (-sheet.width / 2 + deep, along * sheet.length),
        "right": (sheet.width / 2 - deep, along * sheet.length),
        "top": (along * sheet.width, -sheet.length / 2 + deep),
        "bottom": (along * sheet.width, sheet.length / 2 - deep),
    }[edge]
    inward = {"left": 0.0, "right": np.pi, "top": np.pi / 2, "bottom": -np.pi / 2}[edge]
    lean = dice.real(-0.45, 0.45)
    inward += lean
    hand, cover = _draw_hand(dice, abs(np.tan(lean)))
    # The tip of the foremost finger is in the middle of the right side of the drawing.
    tip = np.array([[x, y]])
    ahead = np.array([np.cos(inward), np.sin(inward)])
    side = np.array([-ahead[1], ahead[0]])
    spots = np.concatenate([tip, tip - 100 * ahead, tip + 50 * side])
    table = pose.to_table(spots)
    seen = camera.project(np.pad(table, ((0, 0), (0, 1)))).astype(np.float32)
    right, middle = hand.shape[1] - 1.0, hand.shape[0] / 2
    drawn = np.array([[right, middle], [right - 100 * SCALE, middle], [right, middle + 50 * SCALE]], np.float32)
    matrix = np.asarray(cv2.getAffineTransform(drawn, seen), np.float64)
    _blend(pixels, hand, cover, matrix)
    return edge


def _draw_hand(dice: Dice, lean: float) -> tuple[Floats, Floats]:
    """Return colours and opacity (0 to 1) of a hand that points to the right.

    The other fingers stay behind the foremost one at an edge that deviates from the vertical by the tangent ``lean``.
    """
    size = Patch(int(SPAN * SCALE), int(REACH * SCALE), SCALE)
    colours = np.zeros((*size.shape, 3), np.float32)
    cover = np.zeros(size.shape, np.float32)
    skin = np.array(dice.pick(SKINS), np.float32)
    middle, end = size.height / 2, float(size.width)
    sleeve = np.array(dice.pick(((40, 44, 60), (120, 120, 124), (170, 60, 60), (230, 228, 224))), np.float32)
    _limb(colours, cover, ((0, middle), (end - 230 * SCALE, middle)), 40 * SCALE, sleeve)
    _limb(colours, cover, ((end - 215 * SCALE, middle), (end - 112 * SCALE, middle)), 38 * SCALE, skin)
    fingers = dice.between(1, 4)
    first = dice.between(0, max(0, fingers - 1))
    for finger in range(fingers):
        offset = (finger - first) * dice.real(18, 21) * SCALE
        back = 0.0 if finger == first else dice.real(0, 9) * SCALE + abs(offset) * lean
        radius = dice.real(7.5, 9.5) * SCALE
        tip = (end - radius - back, middle + offset)
        root = (end - 120 * SCALE, middle + offset * 0.9)
        _limb(colours, cover, (root, tip), radius, skin)
        _nail(colours, tip, radius, skin)
        _knuckle(colours, (tip[0] - dice.real(20, 25) * SCALE, tip[1]), radius)
    colours *= (0.94 + 0.12 * cloud(dice, size, 9))[..., None]
    return colours, np.asarray(cv2.GaussianBlur(cover, (0, 0), 1.2), np.float32)


def _limb(
    colours: Floats, cover: Floats, line: tuple[tuple[float, float], tuple[float, float]], radius: float, tone: Floats
) -> None:
    """Draw a rounded bar that is darker towards its sides."""
    mask = np.zeros(cover.shape, np.uint8)
    start, end = ((round(x), round(y)) for x, y in line)
    cv2.line(mask, start, end, 255, max(1, round(2 * radius)), cv2.LINE_AA)
    depth = cv2.distanceTransform((mask > 127).astype(np.uint8), cv2.DIST_L2, 5) / radius
    lit = 0.55 + 0.47 * np.sqrt(np.clip(1 - (1 - np.minimum(depth, 1)) ** 2, 0, 1))
    share = (mask.astype(np.float32) / 255)[..., None]
    # Skin is redder where it faces away from the light.
    shade = tone * lit[..., None] ** np.array((0.85, 1.1, 1.15), np.float32)
    colours += (shade - colours) * share
    np.maximum(cover, share[..., 0], out=cover)


def _nail(colours: Floats, tip: tuple[float, float], radius: float, skin: Floats) -> None:
    mask = np.zeros(colours.shape[:2], np.float32)
    place = (round(tip[0] + radius * 0.25), round(tip[1]))
    cv2.ellipse(mask, place, (round(radius * 0.62), round(radius * 0.52)), 0, 0, 360, 1.0, -1)
    soft = cv2.GaussianBlur(mask, (0, 0), 2.0)
    pale = skin * 0.65 + np.array((246, 206, 200), np.float32) * 0.35
    colours += (pale - colours) * (soft * 0.75)[..., None]


def _knuckle(colours: Floats, place: tuple[float, float], radius: float) -> None:
    lines = np.zeros(colours.shape[:2], np.float32)
    for shift in (-3, 0, 3):
        centre = (round(place[0] + shift * SCALE * 0.7), round(place[1]))
        cv2.ellipse(lines, centre, (round(radius * 0.2), round(radius * 0.55)), 0, 100, 260, 1.0, 2)
    colours *= (1 - 0.12 * cv2.GaussianBlur(lines, (0, 0), 2.5))[..., None]


def _blend(pixels: Pixels, hand: Floats, cover: Floats, matrix: Points) -> None:
    """Blend the hand and its shadow into the image in place."""
    height, width = cover.shape
    outline = np.array([[0, 0], [width, 0], [width, height], [0, height]]) @ matrix[:, :2].T + matrix[:, 2]
    pad = 30
    left, top = np.clip(outline.min(axis=0).astype(int) - pad, 0, (pixels.shape[1], pixels.shape[0]))
    right, bottom = np.clip(outline.max(axis=0).astype(int) + pad, 0, (pixels.shape[1], pixels.shape[0]))
    if right - left < 2 or bottom - top < 2:
        return
    moved = matrix.copy()
    moved[:, 2] -= (left, top)
    size = (int(right - left), int(bottom - top))
    colours = cv2.warpAffine(hand, moved, size, borderMode=cv2.BORDER_REPLICATE)
    share = cv2.warpAffine(cover, moved, size)
    part = pixels[top:bottom, left:right].astype(np.float32)
    reach = max(2.0, 3.0 * float(np.hypot(*matrix[:, 0])) * SCALE)
    small = cv2.resize(share, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    shadow = cv2.resize(cv2.GaussianBlur(small, (0, 0), reach / 4), size)
    part *= (1 - 0.4 * shadow)[..., None]
    part += (colours - part) * share[..., None]
    pixels[top:bottom, left:right] = np.clip(part, 0, 255)
