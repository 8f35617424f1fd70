"""Simulates photos of receipts on a table, taken with a phone, with known corners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import cv2
import numpy as np
from PIL import Image

from generator.age import Pixels, jpeg
from generator.dice import Dice
from generator.photo_camera import Box, Camera, Points, Pose, dense_map
from generator.photo_hand import hold
from generator.photo_light import Light, defocus, expose, smear
from generator.photo_relief import Relief, draw_relief, flattened, shading
from generator.photo_sheet import PAPERS, Sheet, print_sheet, to_scale, torn_outline
from generator.photo_shot import Shot, draw_shot, frame
from generator.receipt import Order
from generator.scene import Patch, Surface
from generator.scene_clutter import SURFACES, plain, strew

CORNER_ORDER = ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
"""Top left, top right, bottom right and bottom left of the receipt as it is printed, as shares of its size."""

SURFACE_PX = 1500
"""Longer side in pixels of a surface while it is drawn."""

MAX_BOW = 1.2
"""Maximum deviation of a printed line from a straight one, in cap heights."""


@dataclass(frozen=True, slots=True)
class Photo:
    """An upright RGB image, and for each receipt its four corners (x, y); the centre of a pixel is at 0.5.

    Corners are in the order of ``CORNER_ORDER``, and outside of the image if the paper is cut off. ``marks`` are those
    of each sheet, (n, 2).
    """

    pixels: Pixels
    corners: tuple[tuple[tuple[float, float], ...], ...]
    traits: dict[str, Any]
    marks: tuple[Points, ...] = ()

    def jpeg(self) -> bytes:
        """Return the JPEG file; its pixels are stored rotated unless the EXIF orientation in the traits is 1."""
        exif = Image.Exif()
        exif[0x0112] = self.traits["exif"]
        buffer = BytesIO()
        turns = {1: 0, 3: 2, 6: 1, 8: 3}[self.traits["exif"]]
        image = Image.fromarray(np.ascontiguousarray(np.rot90(self.pixels, turns)))
        image.save(buffer, "JPEG", quality=self.traits["quality"], exif=exif)
        return buffer.getvalue()


@dataclass(frozen=True, slots=True)
class Sample:
    """A photo of one or more receipts: the file, the flat originals and the ground truth."""

    name: str
    image: bytes
    flats: tuple[bytes, ...]
    truth: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Laid:
    """A sheet with its relief and position."""

    sheet: Sheet
    relief: Relief
    pose: Pose

    def in_space(self, points: Points) -> Points:
        """Map points (n, 2), in mm from the centre of the sheet, to points in space (n, 3) on the curved paper."""
        height = self.relief.height(points[:, 0].astype(np.float32), points[:, 1].astype(np.float32))
        return np.column_stack([self.pose.to_table(points), height])

    def corners(self) -> Points:
        """Return the four corners in space."""
        return self.in_space(np.array(CORNER_ORDER) * (self.sheet.width, self.sheet.length))

    def outline(self) -> Points:
        """Return points in space along the whole outline."""
        part = np.linspace(-0.5, 0.5, 25)
        low, high = np.full_like(part, -0.5), np.full_like(part, 0.5)
        sides = [(part, low), (part, high), (low, part), (high, part)]
        rim = np.concatenate([np.column_stack(side) for side in sides])
        return self.in_space(rim * (self.sheet.width, self.sheet.length))


def make_photo(order: Order, turn: int | None = None) -> Sample:
    """Make a receipt and its photo, rotated clockwise by ``turn`` (0, 90, 180 or 270), which is drawn if None."""
    sheet, known = print_sheet(order)
    dice = Dice(order.seed, order.index, *order.country.encode(), 11)
    photo = photograph((sheet,), draw_shot(dice, turn), dice)
    extra = {"corners": [list(point) for point in photo.corners[0]], "photo": photo.traits}
    return Sample(order.name, photo.jpeg(), (jpeg(sheet.pixels, 92),), known | extra)


def make_several(orders: Sequence[Order], turn: int | None = None) -> Sample:
    """Make one image with the receipts of all orders side by side, on a table or on a scanner."""
    made = [print_sheet(order) for order in orders]
    first = orders[0]
    dice = Dice(first.seed, first.index, *first.country.encode(), 12)
    shot = draw_shot(dice, turn)
    if dice.chance(0.35):
        shot = on_scanner(shot, dice)
    shot = replace(shot, cut="", hand=False, held=False)
    photo = photograph([sheet for sheet, _ in made], shot, dice)
    parts = [
        known | {"corners": [list(point) for point in corners]}
        for (_, known), corners in zip(made, photo.corners, strict=True)
    ]
    flats = tuple(jpeg(sheet.pixels, 92) for sheet, _ in made)
    return Sample(
        f"several_{first.seed}_{first.index:04}", photo.jpeg(), flats, {"parts": parts, "photo": photo.traits}
    )


def on_scanner(shot: Shot, dice: Dice) -> Shot:
    """Turn a shot into a scan: vertical, with a white lid and even light."""
    light = Light(exposure=dice.real(0.95, 1.0))
    return replace(
        shot,
        surface="scanner",
        tilt=0.0,
        light=light,
        strewn=False,
        defocus=0.0,
        motion=0.0,
        noise=1.0,
        flat=True,
        exif=1,
    )


def photograph(sheets: Sequence[Sheet], shot: Shot, dice: Dice) -> Photo:
    """Take a photo of sheets side by side; the same arguments give the same photo."""
    laid = _lay_out(sheets, shot, dice)
    camera = frame(shot, [item.corners() for item in laid], sheets[0].capital_mm)
    laid = [_gentle(item, camera) for item in laid]
    surface = plain((250, 250, 248)) if shot.surface == "scanner" else SURFACES[shot.surface]
    pixels = table(surface, shot, camera, dice)
    for item in laid:
        _put(pixels, item, camera, shot, dice)
    held = hold(pixels, laid[0].sheet, camera, laid[0].pose, dice) if shot.hand else ""
    capital = _capital_px(laid[0], camera)
    pixels = defocus(pixels, shot.defocus * capital if shot.sigma is None else shot.sigma)
    pixels = smear(pixels, shot.motion * capital, shot.motion_angle)
    light = _with_glare_on(laid[0], camera, shot.light, dice)
    expose(pixels, light, shot.noise, dice)
    seen = [camera.project(item.corners()) for item in laid]
    corners = tuple(tuple((round(float(x), 1), round(float(y), 1)) for x, y in found) for found in seen)
    share = sum(cv2.contourArea(found.astype(np.float32)) for found in seen) / (camera.width * camera.height)
    bow = max(_bow(item, camera) for item in laid)
    traits = {
        "surface": shot.surface,
        "paper": shot.paper,
        "turn": shot.turn,
        "angle_deg": round(float(np.degrees(shot.angle)), 1),
        "tilt_deg": round(float(np.degrees(shot.tilt)), 1),
        "capital_px": round(capital, 1),
        "bow_capitals": round(bow, 2),
        "share": round(share, 3),
        "hand": held,
        "cut": shot.cut,
        "exif": shot.exif,
        "quality": shot.quality,
        "traits": _names(shot, laid, capital, share),
    }
    marks = tuple(
        np.empty((0, 2)) if item.sheet.marks is None else camera.project(item.in_space(item.sheet.marks))
        for item in laid
    )
    return Photo(pixels, corners, traits, marks)


def _names(shot: Shot, laid: Sequence[Laid], capital: float, share: float) -> list[str]:
    found = {
        "small": capital < 14,
        "cut": bool(shot.cut),
        "hand": shot.hand,
        "held": shot.held,
        "strewn": shot.strewn,
        "folded": any(item.relief.folds for item in laid),
        "curled": any(max(item.relief.ends) > 4 or abs(item.relief.bow) > 1 for item in laid),
        "glare": shot.light.glare > 0,
        "cast shadow": shot.light.cast > 0,
        "blurred": shot.defocus > 0.05 or shot.motion > 0.1,
        "oblique": shot.tilt > 0.3,
        "filling": share > 0.6,
        "exif": shot.exif != 1,
    }
    return [name for name, there in found.items() if there]


def _lay_out(sheets: Sequence[Sheet], shot: Shot, dice: Dice) -> list[Laid]:
    """Place the sheets in a row around the origin, rotated by the angle of the shot."""
    gaps = [dice.real(6, 30) for _ in sheets]
    total = sum(sheet.width for sheet in sheets) + sum(gaps[1:])
    group = Pose(0, 0, shot.angle)
    laid = []
    left = -total / 2
    tallest = max(sheet.length for sheet in sheets)
    for sheet, gap in zip(sheets, gaps, strict=True):
        relief = Relief(width=sheet.width, length=sheet.length) if shot.flat else draw_relief(dice, sheet)
        middle = np.array([[left + sheet.width / 2, (tallest - sheet.length) * dice.real(-0.5, 0.5)]])
        x, y = group.to_table(middle)[0] if len(sheets) > 1 else (0.0, 0.0)
        # The ends of a rotated strip come close to its neighbour.
        limit = min(0.12, 0.8 * gap / sheet.length) if len(sheets) > 1 else 0.0
        laid.append(Laid(sheet, relief, Pose(float(x), float(y), shot.angle + dice.real(-limit, limit))))
        left += sheet.width + gap
    return laid


def _capital_px(item: Laid, camera: Camera) -> float:
    """Return the cap height in pixels in the centre of the sheet."""
    ends = item.in_space(np.array([[0, -0.5], [0, 0.5]]) * item.sheet.capital_mm)
    seen = camera.project(ends)
    return float(np.hypot(*(seen[1] - seen[0])))


def _bow(item: Laid, camera: Camera) -> float:
    """Return the largest deviation of three printed lines from straight ones, in cap heights."""
    worst = 0.0
    for along in (-0.4, 0.0, 0.4):
        x = np.linspace(-0.46, 0.46, 9) * item.sheet.width
        line = np.column_stack([x, np.full_like(x, along * item.sheet.length)])
        seen = camera.project(item.in_space(line))
        chord = seen[-1] - seen[0]
        off = (seen - seen[0]) @ np.array([-chord[1], chord[0]]) / np.hypot(*chord)
        worst = max(worst, float(np.abs(off).max()))
    return worst / _capital_px(item, camera)


def _gentle(item: Laid, camera: Camera) -> Laid:
    """Reduce the relief of a paper if its lines deviate by more than MAX_BOW."""
    bow = _bow(item, camera)
    return replace(item, relief=flattened(item.relief, MAX_BOW / bow)) if bow > MAX_BOW else item


def table(surface: Surface, shot: Shot, camera: Camera, dice: Dice) -> Pixels:
    """Draw the table as seen by the camera, without paper."""
    width, height = camera.width, camera.height
    rim = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    turned = Pose(0, 0, dice.real(-0.35, 0.35) + (0 if dice.chance(0.7) else dice.real(0, 6.28)))
    seen = turned.to_sheet(camera.hits(rim))
    low, high = seen.min(axis=0) - 2, seen.max(axis=0) + 2
    extent = high - low
    scale = min(SURFACE_PX / float(extent.max()), 8.0)
    patch = Patch(int(extent[1] * scale) + 1, int(extent[0] * scale) + 1, scale)
    drawn = surface(dice, patch)
    if shot.strewn:
        drawn = np.ascontiguousarray(drawn)
        strew(dice, drawn, patch)
    flat = np.clip(drawn, 0, 255).astype(np.uint8)
    if shot.held:
        flat = defocus(flat, 4.0 * scale)
    # Half of the resolution of a large image is enough for a surface.
    part = 2 if max(width, height) > 2200 else 1
    box = Box(0, 0, width // part, height // part)

    def find(points: Points) -> Points:
        return np.asarray((turned.to_sheet(camera.hits(points * part)) - low) * scale - 0.5, np.float64)

    map_x, map_y = dense_map(box, find)
    image = cv2.remap(flat, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    if part > 1:
        image = cv2.resize(image, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(image, np.uint8)


def _box(item: Laid, camera: Camera, margin: int) -> Box:
    seen = camera.project(item.outline())
    left, top = (int(value) for value in np.floor(seen.min(axis=0)) - margin)
    right, bottom = (int(value) for value in np.ceil(seen.max(axis=0)) + margin)
    return Box(max(left, 0), max(top, 0), min(right, camera.width), min(bottom, camera.height))


def _put(pixels: Pixels, item: Laid, camera: Camera, shot: Shot, dice: Dice) -> None:
    """Draw one sheet with its shadow in place."""
    scale = _capital_px(item, camera) / item.sheet.capital_mm
    light = (dice.real(-0.9, 0.9), dice.real(-0.9, 0.9))
    if not shot.flat and not shot.held:
        _shade_table(pixels, item, camera, light, _box(item, camera, int(14 * scale)), dice)
    outline = torn_outline(item.sheet, dice)
    sheet = to_scale(item.sheet, scale)
    if outline.shape != sheet.pixels.shape:
        size = (sheet.pixels.shape[1], sheet.pixels.shape[0])
        outline = np.asarray(cv2.resize(outline, size, interpolation=cv2.INTER_AREA), np.uint8)
    lit = sheet.pixels * shading(item.relief, sheet, light)
    paper = cv2.merge([np.clip(lit, 0, 255).astype(np.uint8), outline])
    box = _box(item, camera, 4)
    map_x, map_y = dense_map(box, lambda points: _on_paper(item, camera, points, sheet.scale))
    seen = cv2.remap(paper, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(235, 0))
    share = seen[..., 1].astype(np.float32) * np.float32(1 / 255)
    part = pixels[box.slices]
    for channel, tint in enumerate(PAPERS[shot.paper]):
        below = part[..., channel].astype(np.float32)
        part[..., channel] = below + (seen[..., 0] * np.float32(tint) - below) * share


def _on_paper(item: Laid, camera: Camera, points: Points, scale: float) -> Points:
    """Map pixels of the photo to pixels (n, 2) of the sheet."""
    height: Any = 0.0
    # The height depends on the position, and vice versa; heights are small, so that the iteration converges quickly.
    for _ in range(4):
        place = item.pose.to_sheet(camera.hits(points, height))
        height = item.relief.height(place[:, 0].astype(np.float32), place[:, 1].astype(np.float32))
    place = item.pose.to_sheet(camera.hits(points, height))
    half = np.array([item.sheet.width, item.sheet.length]) / 2
    return np.asarray((place + half) * scale - 0.5, np.float64)


def _shade_table(pixels: Pixels, item: Laid, camera: Camera, light: tuple[float, float], box: Box, dice: Dice) -> None:
    """Darken the table next to the paper: sharply where it touches, softly where it is above the table."""
    step = 4
    small = Box(0, 0, -(-(box.right - box.left) // step), -(-(box.bottom - box.top) // step))
    corner = np.array([box.left, box.top])
    x, y = dense_map(small, lambda points: item.pose.to_sheet(camera.hits(points * step + corner)))
    height = item.relief.height(x, y) + 0.5
    inside = np.minimum(
        item.sheet.width / 2 - np.abs(x + height * light[0]), item.sheet.length / 2 - np.abs(y + height * light[1])
    )
    soft = 0.5 + 0.7 * height
    shadow = dice.real(0.25, 0.6) * (0.5 + 0.5 * np.tanh((inside + 0.3) / soft))
    touch = 0.22 * np.exp(-np.maximum(-inside, 0) / 1.5)
    factor = cv2.resize(np.asarray(1 - np.maximum(shadow, touch), np.float32), None, fx=step, fy=step)
    part = pixels[box.slices]
    factor = factor[: part.shape[0], : part.shape[1]]
    part[:] = cv2.multiply(part, cv2.merge([factor] * 3), dtype=cv2.CV_8U)


def _with_glare_on(item: Laid, camera: Camera, light: Light, dice: Dice) -> Light:
    """Move the glare to where the sheet wants it, or else to a random point on the paper."""
    if not light.glare:
        return light
    spot = np.array([[dice.real(-0.4, 0.4) * item.sheet.width, dice.real(-0.4, 0.4) * item.sheet.length]])
    if item.sheet.glare_at is not None:
        spot = np.array([item.sheet.glare_at])
    x, y = camera.project(item.in_space(spot))[0]
    return replace(light, glare_at=(float(x / camera.width), float(y / camera.height)))
