"""How well paper is found on generated photos, and read: ``python -m bench.photos FOLDER``.

FOLDER is what ``python -m generator --photo --out FOLDER`` made: img/ with photos, flat/ with the same receipts as
scans, key/ with their truth and the corners of the paper.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from typing import Any

import click
import cv2
import numpy as np

from bench.accuracy import figures_table, scan, wrong_accepts_table
from bench.data import Example, read_data
from bench.report import BENCHMARKS, PROJECT, circumstances, number, table, write_section
from bench.score import Mark, mark_all, read_results
from bench.tool import environment
from rpiocr.load import load_pages
from rpiocr.model import Page
from rpiocr.preprocess import Preparer
from rpiocr.preprocess.crops import find_crops
from rpiocr.preprocess.document_regions import find_document_regions

NEAR = 0.02
"""Corners count as found that are all within this share of the picture's diagonal."""

EVERY = 10
"""One photo of so many is read by plain Tesseract, to compare the cost."""


@dataclass(frozen=True, slots=True)
class Outline:
    """How far the farthest corner is off, in shares of the picture's diagonal; None: no paper was found.

    ``cut`` says that a corner lies outside of the picture. ``cpu_s`` is what all geometry cost.
    """

    error: float | None
    cut: bool
    cpu_s: float


def outline_of(page: Page, truth: dict[str, Any]) -> Outline:
    """Find the paper of one photo, and compare it with the truth, whichever corner counts as the first."""
    started = time.process_time()
    for crop in find_crops(page):
        Preparer(crop.page, rows=crop.rows)
    cpu_s = time.process_time() - started
    height, width = page.pixels.shape
    wanted = np.array(truth["corners"])
    errors = [
        float(np.hypot(*(np.roll(region.corners, turn, axis=0) - wanted).T).max())
        for region in find_document_regions(page.pixels).regions
        for turn in range(4)
    ]
    cut = bool((wanted < 0).any() or (wanted > (width, height)).any())
    return Outline(min(errors) / float(np.hypot(height, width)) if errors else None, cut, cpu_s)


def outlines_table(outlines: Sequence[Outline]) -> str:
    """One row for paper that is whole on its photo, and one for paper that is cut off."""
    rows = []
    for name, group in (
        ("whole", [one for one in outlines if not one.cut]),
        ("cut off by the picture's edge", [one for one in outlines if one.cut]),
    ):
        errors = [one.error for one in group if one.error is not None]
        near = sum(error <= NEAR for error in errors)
        share = [number(100 * count / len(group), 1) if group else "–" for count in (near, len(errors) - near)]
        rows.append([name, str(len(group)), *share, number(100 * median(errors), 2) if errors else "–"])
    return table(["paper", "photos", "corners within 2 %", "farther off", "median error, %"], rows)


def plain_cpu_s(picture: Path) -> float:
    """CPU time of one plain pass of Tesseract with one thread."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        ["tesseract", str(picture), "stdout"],
        capture_output=True,
        check=True,
        env=environment(OMP_THREAD_LIMIT="1"),
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def cost_table(outlines: Sequence[Outline], plain: Sequence[float]) -> str:
    """What finding, flattening and measuring cost beside one plain pass of Tesseract over the photo."""
    geometry = median(one.cpu_s for one in outlines)
    rows = [
        ["geometry", number(geometry, 3), number(max(one.cpu_s for one in outlines), 3)],
        ["one plain pass of Tesseract", number(median(plain), 3), number(max(plain), 3)],
        ["ratio of the medians", number(geometry / median(plain), 2), ""],
    ]
    return table(["CPU seconds", "median", "most"], rows)


def read_table(photos: Sequence[Mark], flats: Sequence[Mark]) -> str:
    """How many of the receipts whose flat original is read are read off the photo as well."""
    both = [(photo, flat) for photo, flat in zip(photos, flats, strict=True) if flat.right]
    right = sum(photo.right for photo, _ in both)
    rows = [[str(len(flats)), str(len(both)), str(right), number(100 * right / max(1, len(both)), 1)]]
    return table(["photos", "flat original right", "of those photo right", "per cent"], rows)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--jobs", type=click.IntRange(1), default=1, show_default=True, help="Runs of rpiocr scan at once.")
@click.option("--read/--no-read", default=True, help="Read photos and flat originals as well.")
@click.option("--keep", type=click.Path(file_okay=False, path_type=Path), help="Folder for the output of rpiocr scan.")
@click.option("--write", is_flag=True, help=f"Write the tables to {BENCHMARKS.relative_to(PROJECT)}.")
def main(folder: Path, jobs: int, keep: Path | None, *, read: bool, write: bool) -> None:
    """Count on how many photos the corners of the paper are found, what that costs, and how many are read."""
    cv2.setNumThreads(1)
    examples = read_data([folder])
    keys = {one.id: json.loads((folder / "key" / f"{one.id}.json").read_text("utf-8")) for one in examples}
    with click.progressbar(examples, file=sys.stderr) as progress:
        outlines = [outline_of(next(load_pages(str(one.picture))), keys[one.id]) for one in progress]
    plain = [plain_cpu_s(one.picture) for one in examples[::EVERY]]
    parts = [outlines_table(outlines), cost_table(outlines, plain)]
    if read:
        parts += _read(folder, examples, jobs, keep)
    for part in parts:
        click.echo(part + "\n")
    if write:
        command = f"python -m bench.photos PHOTOS --jobs {jobs}"
        write_section(BENCHMARKS, "photos", "\n\n".join(["## Photos", circumstances(command), *parts]))


def _read(folder: Path, examples: Sequence[Example], jobs: int, keep: Path | None) -> list[str]:
    flat = [replace(one, picture=folder.resolve() / "flat" / one.picture.name, set_name="flat") for one in examples]
    marks = []
    for name, group in (("photo", [replace(one, set_name="photo") for one in examples]), ("flat", flat)):
        lines = scan([one.picture for one in group], (), jobs)
        if keep:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{name}.ndjson").write_text("\n".join([*lines, ""]), "utf-8")
        marks.append(mark_all(group, read_results(lines)))
    every = [*marks[0], *marks[1]]
    return [read_table(*marks), figures_table(every), wrong_accepts_table(every)]


if __name__ == "__main__":
    main()
