"""Draws training images: ``python -m training.draw --out ALBUM.npz --seed 101 --receipts 600``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import click
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.dice import Dice
from generator.locales import country_codes
from generator.mishaps import make_mishap
from generator.photo import on_scanner, photograph
from generator.photo_sheet import Sheet, print_sheet
from generator.photo_shot import Shot, draw_shot
from generator.receipt import Order, orders
from training.album import MAX_SHEETS, Corners, LabelledImage, save

SHOTS = 4
"""Number of images of each receipt; printing it takes longest."""

SMALLER = 0.45
"""Factor by which sheets are scaled down before they are photographed: their text is not read."""

EMPTY = ("face", "cat", "wall", "table", "table", "table")
"""Subjects of images without a document."""

Floats = NDArray[np.float32]


def photos(order: Order, sheets: Sequence[Sheet]) -> Iterator[LabelledImage]:
    """Photograph the last sheet a few times, alone or next to other sheets, or something else altogether."""
    for number in range(SHOTS):
        dice = Dice(order.seed, order.index, number, 77)
        kind = dice.real(0, 1)
        shot = _shot(dice)
        if kind < 0.72:
            yield _photo(sheets[-1:], _worse(shot, dice), dice)
        elif kind < 0.92:
            others = [sheets[dice.between(0, len(sheets) - 1)] for _ in range(dice.between(1, MAX_SHEETS - 1))]
            shot = on_scanner(shot, dice) if dice.chance(0.3) else shot
            shot = replace(shot, cut="", hand=dice.chance(0.1), held=False)
            yield _photo([sheets[-1], *others], shot, dice)
        else:
            image = Image.open(BytesIO(make_mishap(dice.pick(EMPTY), order).image)).convert("L")
            yield LabelledImage.of(np.asarray(image, np.uint8), ())


def scans(order: Order, sheet: Sheet) -> Iterator[LabelledImage]:
    """Scan a sheet a few times: it fills the image, or is in front of a scanner's white lid."""
    for number in range(SHOTS):
        dice = Dice(order.seed, order.index, number, 78)
        if dice.chance(0.2):
            shot = replace(on_scanner(_shot(dice), dice), cut="", hand=False, held=False)
            yield _photo([sheet], shot, dice)
        else:
            pixels = _flat(sheet, dice)
            yield LabelledImage.of(pixels, [_around(pixels.shape)])


def _shot(dice: Dice) -> Shot:
    shot = draw_shot(dice)
    return replace(shot, capital=dice.real(7, 11), noise=shot.noise * 0.5, exif=1)


def _worse(shot: Shot, dice: Dice) -> Shot:
    """Add glare, blur or a receipt that is far away, with a low probability."""
    if dice.chance(0.05):
        shot = replace(shot, light=replace(shot.light, glare=dice.real(0.6, 1.3), glare_size=0.2))
    if dice.chance(0.05):
        shot = replace(shot, defocus=dice.real(0.1, 0.5))
    if dice.chance(0.05):
        shot = replace(shot, fill=dice.real(0.3, 0.6), max_capital=5.0)
    return shot


def _photo(sheets: Sequence[Sheet], shot: Shot, dice: Dice) -> LabelledImage:
    photo = photograph(sheets, shot, dice)
    grey = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
    return LabelledImage.of(grey.astype(np.uint8, copy=False), [np.array(corners) for corners in photo.corners])


def _around(shape: tuple[int, ...]) -> Corners:
    """Return corners a little outside of an image, so that no rim of the paper is visible."""
    height, width = shape
    margin = 0.02 * max(shape) + 3
    return np.array(
        [[-margin, -margin], [width + margin, -margin], [width + margin, height + margin], [-margin, height + margin]]
    )


def _flat(sheet: Sheet, dice: Dice) -> NDArray[np.uint8]:
    pixels = _framed(sheet.pixels.astype(np.float32), dice)
    pixels = _adjusted(pixels, float(np.median(sheet.pixels)), dice)
    if dice.chance(0.25):
        _edge(pixels, dice)
    if dice.chance(0.3):
        points = [(int(dice.real(0, pixels.shape[1])), int(dice.real(0, pixels.shape[0]))) for _ in range(8)]
        pen = dice.real(40, 140)
        cv2.polylines(pixels, [np.array(points)], isClosed=False, color=(pen,), thickness=dice.between(1, 3))
    if dice.chance(0.4):
        height, width = pixels.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), dice.real(-3, 3), 1)
        pixels = cv2.warpAffine(pixels, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE).astype(np.float32)
    return np.clip(pixels, 0, 255).astype(np.uint8)


def _framed(pixels: Floats, dice: Dice) -> Floats:
    """Add blank paper around the sheet, crop into its print, or neither."""
    height, width = pixels.shape
    if dice.chance(0.4):
        above, below, left, right = (int(dice.real(0, 0.25) * width) for _ in range(4))
        if dice.chance(0.3):
            below, left = int(dice.real(0.2, 1) * height), int(dice.real(0, 0.5) * width)
        paper = (float(np.median(pixels)),)
        wider = cv2.copyMakeBorder(pixels, above, below, left, right, cv2.BORDER_CONSTANT, value=paper)
        return (wider + dice.generator.normal(0, 2, wider.shape)).astype(np.float32)
    if dice.chance(0.5):
        above, below = (int(dice.real(0, 0.08) * height) for _ in range(2))
        left, right = (int(dice.real(0, 0.08) * width) for _ in range(2))
        return pixels[above : height - below, left : width - right].copy()
    return pixels


def _adjusted(pixels: Floats, paper: float, dice: Dice) -> Floats:
    """Make the sheet black and white, darker, or leave it unchanged."""
    if dice.chance(0.35):
        between, soft = paper - dice.real(25, 60), dice.real(2, 12)
        hard: Floats = (255 / (1 + np.exp(-(pixels - between) / soft))).astype(np.float32)
        return hard
    return pixels * np.float32(dice.real(0.5, 1.0)) if dice.chance(0.3) else pixels


def _edge(pixels: Floats, dice: Dice) -> None:
    """Darken one side in place, like the edge of a scan."""
    thick = max(1, int(dice.real(0.005, 0.03) * max(pixels.shape)))
    sides = (np.s_[:thick], np.s_[-thick:], np.s_[:, :thick], np.s_[:, -thick:])
    pixels[sides[dice.between(0, 3)]] = dice.real(0, 120)


@click.command()
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="File to write.")
@click.option("--seed", type=click.IntRange(0), required=True)
@click.option("--receipts", type=click.IntRange(1), default=600, show_default=True)
@click.option("--flat", is_flag=True, help="Scans instead of photos.")
def main(out: Path, seed: int, receipts: int, *, flat: bool) -> None:
    """Draw four images of each receipt."""
    album: list[LabelledImage] = []
    sheets: list[Sheet] = []
    with click.progressbar(orders(seed, receipts, country_codes()), file=sys.stderr) as made:
        for order in made:
            sheet, _ = print_sheet(order)
            small = cv2.resize(sheet.pixels, None, fx=SMALLER, fy=SMALLER, interpolation=cv2.INTER_AREA)
            sheets.append(replace(sheet, pixels=small.astype(np.uint8), scale=small.shape[0] / sheet.length))
            album += scans(order, sheets[-1]) if flat else photos(order, sheets)
    save(out, album)


if __name__ == "__main__":
    main()
