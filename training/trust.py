"""Fits the score of an outline: ``python -m training.trust FOLDER...``, with directories of the generator.

The corners of photos are known. Those of flat scans are not, but an outline that cuts off glyphs is wrong.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import click
import cv2
import numpy as np
from numpy.typing import NDArray

from bench.logistic import fit
from rpiocr.load import load_pages
from rpiocr.preprocess.document_regions import candidate_regions
from rpiocr.preprocess.quads import Quad

NEAR = 0.02
"""Maximum error of the corners of a right outline, as a share of the diagonal."""

SAME = 0.95
"""Minimum overlap (intersection over union) of the visible parts of two outlines of the same document."""

CUT_OFF = 0.03
"""Share of glyphs outside of an outline of a flat scan above which it is wrong."""

SIGNS = {"filled": 1, "sure": 1, "beyond": -1, "rim": 1, "worst rim": 1, "astray": -1}
RIDGE = 1.0

Row = tuple[Mapping[str, float], bool]


def rows(folder: Path) -> Iterator[Row]:
    """Yield the features of every outline on the images of a directory, and whether it is right."""
    for image in sorted((folder / "img").iterdir()):
        truth = json.loads((folder / "key" / f"{image.stem}.json").read_text("utf-8"))
        parts = truth.get("parts", [truth])
        sheets = [np.array(part["corners"]) for part in parts if "corners" in part]
        page = next(load_pages(str(image)))
        for region in candidate_regions(page.pixels):
            if sheets:
                yield region.features, any(_right(region.corners, sheet, page.pixels.shape) for sheet in sheets)
            elif region.features["astray"] > CUT_OFF:
                yield region.features, False


def _right(corners: Quad, sheet: Quad, shape: tuple[int, ...]) -> bool:
    """Return whether all corners are close to a sheet's or, if that is cut off, the visible parts are the same."""
    off = [float(np.hypot(*(np.roll(corners, turn, axis=0) - sheet).T).max()) for turn in range(4)]
    if min(off) <= NEAR * math.hypot(*shape):
        return True
    size = np.array([shape[1], shape[0]], np.float64)
    if not bool(((sheet < 0.0) | (sheet > size)).any()):
        return False
    frame = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64) * size
    seen, meant = _common(corners, frame), _common(sheet, frame)
    both = cv2.intersectConvexConvex(seen, meant)[0]
    return both >= SAME * (cv2.contourArea(seen) + cv2.contourArea(meant) - both)


def _common(one: Quad, other: Quad) -> NDArray[np.float32]:
    _, common = cv2.intersectConvexConvex(one.astype(np.float32), other.astype(np.float32))
    return np.asarray(common, np.float32)


@click.command()
@click.argument("folders", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path))
def main(folders: Sequence[Path]) -> None:
    """Print the weights, and the share of right outlines per score."""
    cv2.setNumThreads(1)
    with click.progressbar(folders, file=sys.stderr) as progress:
        found = [row for folder in progress for row in rows(folder)]
    features, right = [row[0] for row in found], np.array([float(row[1]) for row in found])
    fitted = fit(features, right, np.ones(len(found)), SIGNS, RIDGE)
    probabilities = fitted.probabilities(features)
    click.echo(f"CONSTANT = {fitted.bias:.3g}")
    click.echo(f"WEIGHTS = { {name: float(f'{weight:.3g}') for name, weight in fitted.weights.items()} }")
    click.echo(f"{len(found)} outlines, {int(right.sum())} right")
    for low in np.arange(0.0, 1.0, 0.1):
        these = (probabilities >= low) & (probabilities < low + 0.1)
        click.echo(f"{low:.1f} to {low + 0.1:.1f}: {int(right[these].sum())} of {int(these.sum())} right")


if __name__ == "__main__":
    main()
