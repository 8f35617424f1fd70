"""The programs that reading is compared with, and what its own start costs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rpiocr.errors import ChildNotStartedError, UnknownFormatError
from rpiocr.recognise.tesseract_models import program
from rpiocr.settings import PREFIX
from rpiocr.speed.measuring import SETTINGS, Cost, middle, timed
from rpiocr.system.child import Bounds, run

LIMIT_S = 900.0

OPTIONS = tuple(
    f"--{name.replace('_', '-')}={getattr(SETTINGS, name)}" for name in ("cloud", "pass_timeout", "receipt_timeout")
)

READY = """
import rpiocr.commands.scan
from rpiocr.system.memory import loading_modules
with loading_modules():
    from rpiocr.pipeline import Reader
from rpiocr.speed.measuring import SETTINGS
Reader(SETTINGS)
"""
"""Loads what ``rpiocr scan`` has to load before the first picture, in the same way."""

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1"}
"""What the program sets for itself at its start."""


@dataclass(frozen=True, slots=True)
class Start:
    """What a program costs that reads one picture.

    ``single``: all of it. ``until_ready``: the interpreter, its modules and the tables of words. ``later``: what the
    same picture takes once all is loaded.
    """

    single: Cost
    until_ready: Cost
    later: Cost

    @property
    def extra(self) -> Cost:
        """What the start costs: what one scan by itself takes more than the same picture among others."""
        return self.single - self.later

    @property
    def first(self) -> Cost:
        """What the first receipt takes more than a later one: the decoder process, the models and the patterns."""
        return self.extra - self.until_ready


def plain_pass(file: str) -> None:
    """Read a picture by one plain pass of Tesseract with one thread.

    Raises UnknownFormatError if Tesseract cannot read such a file, and TesseractMissingError.
    """
    ended = run((program(), file, "stdout"), Bounds(LIMIT_S), environment={**os.environ, "OMP_THREAD_LIMIT": "1"})
    if ended.status:
        message = f"{file} cannot be read by Tesseract itself, with which reading is compared: give a JPEG or a PNG."
        raise UnknownFormatError(message)


def start_of(file: str, read: Callable[[str], object], repeat: int) -> Start:
    """Measure the start of the program ``repeat`` times, in turn with ``read``, which has read the picture before."""
    scan = ("-m", "rpiocr", "scan", "--quiet", "--format=ndjson", f"--config={os.devnull}", *OPTIONS, file)
    singles, ready, later = [], [], []
    for _ in range(repeat):
        singles.append(_cost_of(scan))
        ready.append(_cost_of(("-c", READY)))
        later.append(timed(lambda: read(file))[1])
    return Start(middle(singles), middle(ready), middle(later))


def _cost_of(arguments: Sequence[str]) -> Cost:
    ended, cost = timed(lambda: run((sys.executable, *arguments), Bounds(LIMIT_S), environment=_without_settings()))
    if ended.status:
        message = f"rpiocr could not be started for measuring: {ended.err.decode('utf-8', 'replace')[-300:]}"
        raise ChildNotStartedError(message)
    return cost


def _without_settings() -> Mapping[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)} | ONE_THREAD
