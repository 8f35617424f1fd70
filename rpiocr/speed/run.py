"""Runs the whole measurement."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from functools import partial
from importlib import resources
from pathlib import Path

from rpiocr.load.source import read_source
from rpiocr.pipeline import Reader
from rpiocr.speed.machine import this_machine
from rpiocr.speed.measuring import SETTINGS, is_settled, measured
from rpiocr.speed.programs import plain_pass, start_of
from rpiocr.speed.report import Report, load_average

QUICK = 1
"""Number of pictures that a quick run reads, once each."""


def shipped_pictures() -> tuple[str, ...]:
    """Return the receipts that come with the package: drawn, with light wear, of four countries."""
    folder = Path(str(resources.files("rpiocr.speed") / "pictures"))
    return tuple(str(path) for path in sorted(folder.glob("*.jpg")))


def measure_speed(own: Sequence[str], repeat: int, *, quick: bool, advance: Callable[[], None]) -> Report:
    """Measure reading ``repeat`` times, on the pictures of a user or else on those that come with the package.

    ``quick``: the first picture alone, once. ``advance`` is called after each picture. Raises an InputError for a
    picture that cannot be read, and a MissingDependencyError for what is not installed.
    """
    files = tuple(own) or shipped_pictures()
    files, repeat = (files[:QUICK], 1) if quick else (files, repeat)
    for file in files:
        read_source(file)
    read = partial(is_settled, Reader(SETTINGS))
    seen = []
    for one in measured(files, read, plain_pass, repeat):
        seen.append(one)
        advance()
    start = start_of(files[0], read, repeat)
    day = dt.datetime.now(dt.UTC).date()
    return Report(this_machine(), tuple(seen), start, repeat, bool(own), day, load_average())
