"""Tesseract through pytesseract: one child process per picture, one thread per child."""

from __future__ import annotations

import math
import os
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from pathlib import Path

import cv2
import pytesseract
from pytesseract.pytesseract import TesseractError, TesseractNotFoundError, run_tesseract

from rpiocr.errors import EngineError, EngineTimeoutError, LanguageMissingError, TesseractMissingError
from rpiocr.model import Box, Line, Prepared, Word

TESSERACT_COLUMNS = 12
WORD_LEVEL = "5"

INSTALL_HINT = "install it with: sudo apt install tesseract-ocr"

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
        # More than one OpenMP thread per child spins more than it computes: five times the CPU time.
        os.environ.setdefault("OMP_THREAD_LIMIT", "1")
        options = [f"--oem 1 --psm {int(self.psm)} --dpi {dpi}"]
        options += [f"-c {name}={value}" for name, value in VARIABLES.items()]
        if self.whitelist:
            options.append(f"-c tessedit_char_whitelist={self.whitelist}")
        try:
            run_tesseract(str(source), str(base), "tsv", self.languages, " ".join(options), timeout=timeout_s)
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


@cache
def installed_languages() -> frozenset[str]:
    """Return the languages that Tesseract has models for; raises TesseractMissingError."""
    if not shutil.which(pytesseract.pytesseract.tesseract_cmd):
        message = f"the program tesseract was not found; {INSTALL_HINT}"
        raise TesseractMissingError(message)
    try:
        return frozenset(pytesseract.get_languages())
    except (TesseractNotFoundError, UnicodeDecodeError) as error:
        message = f"the program tesseract is there but does not run; {INSTALL_HINT} --reinstall"
        raise TesseractMissingError(message) from error


def require_languages(languages: str) -> None:
    """Check ``languages`` (as for ``tesseract -l``); raises LanguageMissingError naming the package to install.

    Tesseract itself goes on without a missing language as long as it has one of several.
    """
    missing = sorted(set(languages.split("+")) - installed_languages())
    if missing:
        packages = " ".join(f"tesseract-ocr-{name.replace('_', '-')}" for name in missing)
        message = f"Tesseract has no model for {', '.join(missing)}; install it with: sudo apt install {packages}"
        raise LanguageMissingError(message)
