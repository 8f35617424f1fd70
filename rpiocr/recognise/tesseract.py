"""Tesseract through pytesseract: one child process per picture, one thread per child."""

from __future__ import annotations

import math
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

import cv2
from pytesseract.pytesseract import TesseractError, TesseractNotFoundError, run_tesseract

from rpiocr.errors import EngineError, EngineTimeoutError, LanguageMissingError, TesseractMissingError
from rpiocr.model import Box, Line, Prepared, Word
from rpiocr.recognise.languages import INSTALL, INSTALL_HINT, installed_languages, needed, package_of

TESSERACT_COLUMNS = 12
WORD_LEVEL = "5"

VARIABLES = {
    "load_system_dawg": "0",
    "load_freq_dawg": "0",
    "preserve_interword_spaces": "1",
    "tessedit_create_tsv": "1",
}
"""Dictionaries off: they turn shop names and article codes into words."""


class Psm(IntEnum):
    """Page segmentation modes that make sense for a receipt."""

    AUTO = 3
    SINGLE_COLUMN = 4
    UNIFORM_BLOCK = 6
    SPARSE = 11
    RAW_LINE = 13


@dataclass(frozen=True, slots=True)
class Tesseract:
    """One page segmentation mode of Tesseract's LSTM engine.

    ``languages`` is as for ``tesseract -l``, such as ``eng`` or ``deu+eng``; ``scratch`` an existing folder;
    ``whitelist`` the characters that may be read, all where it is empty.
    """

    psm: Psm
    languages: str
    scratch: Path
    whitelist: str = ""

    @property
    def name(self) -> str:
        """The engine's name with its page segmentation mode."""
        return f"tesseract-psm{int(self.psm)}"

    def read(self, picture: Prepared, timeout_s: float) -> tuple[Line, ...]:
        """Read one picture; see Engine."""
        base = self.scratch / uuid.uuid4().hex
        source, table = base.with_suffix(".pgm"), base.with_suffix(".tsv")
        try:
            if not cv2.imwrite(str(source), picture.pixels):
                message = f"cannot write {source}: is the temporary folder full?"
                raise EngineError(message)
            self._run(source, base, picture.dpi, timeout_s)
            return lines_from_tsv(table.read_text(encoding="utf-8", errors="replace"))
        except (OSError, ValueError) as error:
            message = f"Tesseract's answer could not be read: {error}"
            raise EngineError(message) from error
        finally:
            source.unlink(missing_ok=True)
            table.unlink(missing_ok=True)

    def _run(self, source: Path, base: Path, dpi: int, timeout_s: float) -> None:
        options = [f"--oem 1 --psm {int(self.psm)} --dpi {dpi}"]
        options += [f"-c {name}={value}" for name, value in VARIABLES.items()]
        if self.whitelist:
            options.append(f"-c tessedit_char_whitelist={self.whitelist}")
        run_child(source, base, "tsv", self.languages, " ".join(options), timeout_s)


def run_child(source: Path, base: Path, kind: str, languages: str, options: str, timeout_s: float) -> None:
    """Run Tesseract on the picture ``source``; its answer of this ``kind`` is ``base`` with the kind as suffix.

    Raises EngineTimeoutError when it was ended at ``timeout_s``, EngineError, TesseractMissingError.
    """
    # More than one OpenMP thread per child spins more than it computes: five times the CPU time.
    os.environ.setdefault("OMP_THREAD_LIMIT", "1")
    try:
        run_tesseract(str(source), str(base), kind, languages, options, timeout=timeout_s)
    except TesseractNotFoundError as error:
        message = f"the program tesseract was not found; {INSTALL_HINT}"
        raise TesseractMissingError(message) from error
    except TesseractError as error:
        message = f"tesseract ended with status {error.status}: {error.message[:300]}"
        raise EngineError(message) from error
    except RuntimeError as error:
        message = f"tesseract was ended after {timeout_s:.1f} s"
        raise EngineTimeoutError(message) from error


def lines_from_tsv(table: str) -> tuple[Line, ...]:
    """Read Tesseract's table: its words grouped by line, confidences brought to 0 to 1."""
    lines: dict[tuple[str, ...], list[Word]] = {}
    for cells in _word_rows(table):
        left, top, width, height = (int(cell) for cell in cells[6:10])
        stated = float(cells[10]) / 100
        confidence = max(0.0, min(1.0, stated)) if math.isfinite(stated) else 0.0
        word = Word(cells[11].strip(), Box(left, top, left + width, top + height), confidence)
        lines.setdefault(tuple(cells[1:5]), []).append(word)
    return tuple(Line(tuple(words)) for words in lines.values())


def _word_rows(table: str) -> Iterator[list[str]]:
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) == TESSERACT_COLUMNS and cells[0] == WORD_LEVEL and cells[11].strip():
            yield cells


def require_languages(languages: str) -> None:
    """Check ``languages`` (as for ``tesseract -l``, or ``auto``); raises LanguageMissingError naming the packages.

    Tesseract itself goes on without a missing language as long as it has one of several.
    """
    missing = sorted(set(needed(languages)) - installed_languages())
    if missing:
        packages = " ".join(map(package_of, missing))
        message = f"Tesseract has no model for {', '.join(missing)}; install it with: {INSTALL} {packages}"
        raise LanguageMissingError(message)
