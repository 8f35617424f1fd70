"""How well codes on generated receipts are found, and what that costs and saves: ``python -m bench.codes COMMAND``."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from pathlib import Path
from typing import Any

import click
import cv2
import numpy as np
from PIL import Image, ImageOps

from bench.report import BENCHMARKS, PROJECT, circumstances, number, table, write_section
from bench.tool import environment
from generator.codes.drawing import make_coded, photograph_coded
from generator.codes.situations import COUNTRIES
from generator.codes.strip import CodeOrder, code_orders
from rpiocr.codes.detector import find_codes
from rpiocr.model import Pixels
from rpiocr.pipeline import Reader
from rpiocr.reading.outcome import Trace
from rpiocr.sanitize.payload import payload_text
from rpiocr.settings import load_settings
from rpiocr.speed.measuring import timed

SIZES = (2.0, 3.0, 4.0, 5.0, 6.0)
"""Pixels to a module, from the least that is printed and photographed to what a close photo has."""

BLURS = (0.4, 0.7, 1.0, 1.3, 1.6)
"""Sigma of the camera's blur in pixels."""

EASY_SIZE, EASY_BLUR = 4.0, 1.0
"""Size and blur of codes that are to be found: 98 per cent of flat ones, and 95 per cent of photographed ones."""

FISCAL = tuple(country for country in COUNTRIES if country not in {"be", "nl", "fi"})
"""Countries whose receipts are drawn: SEPA codes look alike, so that of those of four countries one is enough."""

SETTINGS = {"items": "off", "cloud": "never"}
"""How receipts are read where time is compared."""


@dataclass(frozen=True, slots=True)
class Sought:
    """One code on one picture: its size, the blur, whether it was found, and how the picture was made."""

    photo: bool
    module_px: float
    blur: float
    found: bool
    symbology: str
    damage: tuple[str, ...]

    @property
    def easy(self) -> bool:
        """Whether it is one of those that are to be found."""
        return self.module_px >= EASY_SIZE and self.blur <= EASY_BLUR


def graded(seed: int, receipts: int, situations: Sequence[str] = ("plain",)) -> Iterator[tuple[CodeOrder, float]]:
    """Return orders that cycle through all sizes and blurs, with the blur of each."""
    grid = [(size, blur) for size in SIZES for blur in BLURS]
    for place, order in enumerate(code_orders(seed, receipts, FISCAL, situations)):
        # Sizes move on against the countries, so that each country gets all of them.
        size, blur = grid[(place + place // len(grid)) % len(grid)]
        yield replace(order, module_px=size, blur=blur), blur


def grey(picture: bytes) -> Pixels:
    """Decode a picture, upright."""
    with Image.open(BytesIO(picture)) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("L"), np.uint8)


def drawn(order: CodeOrder, *, photo: bool) -> tuple[bytes, dict[str, Any]]:
    """Draw a picture with its truth."""
    made = photograph_coded(order) if photo else make_coded(order)
    return made.image, made.truth


def seek(order: CodeOrder, blur: float, *, photo: bool) -> list[Sought]:
    """Look for the codes of a receipt: those of its own that are whole and on this side of the paper."""
    picture, truth = drawn(order, photo=photo)
    texts = {payload_text(one.payload) for one in find_codes(grey(picture))}
    return [
        Sought(
            photo,
            code["module_px"],
            blur,
            payload_text(code["text"].encode()) in texts,
            code["symbology"],
            tuple(truth["damage"]),
        )
        for code in truth["codes"]
        if code["own"] and not code["torn"]
    ]


def surface(sought: Sequence[Sought]) -> str:
    """One row for each size of modules, one column for each blur; sizes are rounded down to half a pixel."""
    cells: dict[tuple[float, float], list[bool]] = defaultdict(list)
    for one in sought:
        cells[min(max(int(one.module_px * 2) / 2, 1.0), 8.0), one.blur].append(one.found)
    sizes = sorted({size for size, _ in cells})
    rows = [[f"{size:.1f}", *(share(cells.get((size, blur), [])) for blur in BLURS)] for size in sizes]
    return table(["pixels a module, from", *(f"blur {blur}" for blur in BLURS)], rows)


def share(found: Sequence[bool]) -> str:
    """Write how many of how many were found."""
    return f"{sum(found)} of {len(found)}" if found else "–"


def target_table(sought: Sequence[Sought]) -> str:
    """Say how many of those that are to be found were found, flat and photographed."""
    rows = []
    for name, photo in (("flat", False), ("photographed", True)):
        easy = [one.found for one in sought if one.photo is photo and one.easy]
        every = [one.found for one in sought if one.photo is photo]
        per_cent = number(100 * sum(easy) / len(easy), 1) if easy else "–"
        rows.append([name, share(easy), per_cent, share(every)])
    return table(
        [f"receipts, codes of {EASY_SIZE:g} px, blur {EASY_BLUR:g}", "found", "per cent", "of all sizes"], rows
    )


def missed_table(sought: Sequence[Sought]) -> str:
    """Say by symbology and damage how many of those that are to be found were not."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for one in sought:
        if one.easy:
            for name in (one.symbology, *(one.damage or ("undamaged",))):
                groups[name].append(one.found)
    return table(["easy codes", "found"], [[name, share(found)] for name, found in sorted(groups.items())])


def plain_pass(picture: Path) -> None:
    """Read a picture by one plain pass of Tesseract with one thread."""
    command = ["tesseract", str(picture), "stdout", "--psm", "6"]
    subprocess.run(command, capture_output=True, check=True, env=environment(OMP_THREAD_LIMIT="1"))


def cost_of(picture: bytes, folder: Path) -> tuple[float, float]:
    """Return what looking for codes takes on a picture, and what a plain pass over it takes."""
    pixels = grey(picture)
    # Short calls are repeated, since the clock of processes counts whole milliseconds on some systems.
    started = time.process_time()
    for _ in range(3):
        find_codes(pixels)
    looking = (time.process_time() - started) / 3
    path = folder / "page.png"
    Image.fromarray(pixels).save(path, compress_level=1)
    return looking, timed(lambda: plain_pass(path))[1].cpu_s


def ratio_table(rows: Iterable[tuple[str, Sequence[tuple[float, float]]]], names: tuple[str, str]) -> str:
    """Compare two costs of the same pictures, in processor seconds: by their sums, and picture by picture."""
    lines = []
    for name, costs in rows:
        if not costs:
            continue
        first, second = zip(*costs, strict=True)
        each = [one / other for one, other in costs]
        values = (statistics.mean(first), statistics.mean(second))
        ratios = (sum(first) / sum(second), statistics.mean(each), statistics.median(each), max(each))
        lines.append([name, str(len(costs)), *(number(one, 3) for one in (*values, *ratios))])
    head = ["receipts", "count", *(f"{name}, s" for name in names), "of sums", "mean", "median", "most"]
    return table(head, lines)


def reader_as_compared() -> Reader:
    """Return a reader with nothing of this user's settings."""
    return Reader(load_settings(flags=SETTINGS, environ={}, file=Path(os.devnull)))


def read_once(reader: Reader, picture: bytes) -> str:
    """Read a picture and return the rung at which reading ended, or what failed."""
    outcome = next(iter(reader.read_bytes(picture, "page.jpg")))
    if not isinstance(outcome, Trace):
        return "failed"
    rungs = outcome.receipt.rungs
    return rungs[-1].name if rungs else "none"


def read_and_timed(reader: Reader, picture: bytes) -> tuple[float, str]:
    """Read a picture; return the processor time that it took, and the rung at which reading ended."""
    rung, cost = timed(lambda: read_once(reader, picture))
    return cost.cpu_s, rung


@click.group()
def main() -> None:
    """Measure codes on generated receipts; nothing has to be prepared."""
    cv2.setNumThreads(1)


seeded = click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Take an unseen one.")
counted = click.option("--receipts", type=click.IntRange(1), default=200, show_default=True, help="Receipts to draw.")
written = click.option("--write", is_flag=True, help=f"Write the tables to {BENCHMARKS.relative_to(PROJECT)}.")


def tell(name: str, title: str, parts: Sequence[str], command: str, *, write: bool) -> None:
    """Print tables, and write them where that is wanted."""
    click.echo("\n\n".join(parts))
    if write:
        body = [f"## {title}", circumstances(f"python -m bench.codes {command}"), *parts]
        write_section(BENCHMARKS, name, "\n\n".join(body))


@main.command()
@counted
@seeded
@click.option("--photos/--no-photos", default=True, help="Photograph each receipt too; that takes the time.")
@written
def find(receipts: int, seed: int, *, photos: bool, write: bool) -> None:
    """Measure which codes are found, by the size of their modules and the blur, flat and photographed."""
    ways = (False, True) if photos else (False,)
    orders = list(graded(seed, receipts))
    sought: list[Sought] = []
    with click.progressbar(length=len(orders) * len(ways), file=sys.stderr) as progress:
        for order, blur in orders:
            for photo in ways:
                sought += seek(order, blur, photo=photo)
                progress.update(1)
    parts = [target_table(sought), missed_table(sought)]
    for photo in ways:
        name = "Photographed" if photo else "Flat"
        parts += [f"{name}, found:", surface([one for one in sought if one.photo is photo])]
    tell("codes-find", "Codes found", parts, f"find --receipts {receipts} --seed {seed}", write=write)


@main.command()
@counted
@seeded
@written
def cost(receipts: int, seed: int, *, write: bool) -> None:
    """Measure what looking for codes takes on receipts without one, beside a plain pass of Tesseract (PSM 6).

    Every third receipt is photographed.
    """
    costs: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    orders = list(code_orders(seed, receipts, FISCAL, ("none",)))
    with tempfile.TemporaryDirectory() as folder, click.progressbar(orders, file=sys.stderr) as progress:
        for place, order in enumerate(progress):
            photo = place % 3 == 2
            picture, _ = drawn(order, photo=photo)
            costs[photo].append(cost_of(picture, Path(folder)))
    rows = [("flat", costs[False]), ("photographed", costs[True]), ("all", costs[False] + costs[True])]
    parts = [ratio_table(rows, ("looking", "plain pass"))]
    tell("codes-cost", "Cost of looking for codes", parts, f"cost --receipts {receipts} --seed {seed}", write=write)


PROVED = ("de", "pt", "rs", "cl")
"""Countries whose codes are proved. Those of Spain are by one of two kinds of code."""


@main.command()
@counted
@seeded
@written
def settle(receipts: int, seed: int, *, write: bool) -> None:
    """Compare what reading takes on receipts with a proved code and on the same ones without, items off."""
    costs: list[tuple[float, float]] = []
    rungs: dict[str, int] = defaultdict(int)
    orders = list(code_orders(seed, receipts, PROVED, ("plain",)))
    reader = reader_as_compared()
    # The first receipt pays for what is loaded once.
    read_once(reader, make_coded(orders[0]).image)
    with click.progressbar(orders, file=sys.stderr) as progress:
        for order in progress:
            (with_code, rung), (without, _) = (
                read_and_timed(reader, make_coded(replace(order, situation=name, damage=())).image)
                for name in ("plain", "none")
            )
            costs.append((with_code, without))
            rungs[rung] += 1
    parts = [
        ratio_table([("with a proved code", costs)], ("with", "without")),
        table(["reading ended at", "receipts"], [[name, str(count)] for name, count in sorted(rungs.items())]),
    ]
    tell("codes-settle", "What a proved code saves", parts, f"settle --receipts {receipts} --seed {seed}", write=write)


if __name__ == "__main__":
    main()
