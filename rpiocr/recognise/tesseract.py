"""Tesseract: one child process per image, one thread per child.

Of pytesseract only the name of the program is used: it runs Tesseract without a limit on the output, waits for any
process that holds the streams, and kills only the child itself.
"""

from __future__ import annotations

import math
import os
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

import cv2

from rpiocr.errors import ChildError, ChildTimeoutError, EngineError, EngineTimeoutError
from rpiocr.model import Box, EngineFamily, EngineId, Line, Prepared, Word
from rpiocr.recognise.tesseract_models import program
from rpiocr.system.cancellation import Cancellation
from rpiocr.system.child import Bounds, run
from rpiocr.system.files import read_regular

TESSERACT_COLUMNS = 12
WORD_LEVEL = "5"

MAX_WORDS = 10_000
"""Maximum number of words: ten times as many as a page of small print has."""

MAX_DIGITS = 7
"""Maximum number of digits of a coordinate; no image that Tesseract accepts has a side of more than 32 767 pixels."""

MAX_ANSWER_BYTES = 4 * 1024 * 1024
"""Maximum size of the output in bytes: six times that of the rows of as many words."""

MAX_MESSAGE = 300
"""Maximum number of characters of Tesseract's error messages that are passed on."""

VARIABLES = {
    "load_system_dawg": "0",
    "load_freq_dawg": "0",
    "preserve_interword_spaces": "1",
    "tessedit_create_tsv": "1",
}
"""Dictionaries off: they turn shop names and article codes into words."""


TESSERACT = EngineFamily("tesseract")


class Psm(IntEnum):
    """Page segmentation modes that are useful for receipts."""

    AUTO = 3
    SINGLE_COLUMN = 4
    UNIFORM_BLOCK = 6
    SPARSE = 11
    RAW_LINE = 13


def with_psm(psm: int) -> EngineId:
    """Return Tesseract as configured with this page segmentation mode."""
    return EngineId(TESSERACT, f"psm{int(psm)}")


@dataclass(frozen=True, slots=True)
class Tesseract:
    """One page segmentation mode of Tesseract's LSTM engine.

    ``languages`` is as for ``tesseract -l``, such as ``eng`` or ``deu+eng``; ``scratch`` an existing directory;
    ``whitelist`` the characters that may be read, empty for all; ``cancellation`` ends it.
    """

    psm: Psm
    languages: str
    scratch: Path
    whitelist: str = ""
    cancellation: Cancellation = field(default_factory=Cancellation)

    @property
    def id(self) -> EngineId:
        """The engine with its page segmentation mode."""
        return with_psm(self.psm)

    def read(self, image: Prepared, timeout_s: float) -> tuple[Line, ...]:
        """Read one image; see Engine."""
        base = self.scratch / uuid.uuid4().hex
        source, table = base.with_suffix(".pgm"), base.with_suffix(".tsv")
        try:
            if not cv2.imwrite(str(source), image.pixels):
                message = f"cannot write {source}: is the temporary folder full?"
                raise EngineError(message)
            run_child(source, base, self.languages, self._options(image.dpi), timeout_s, self.cancellation)
            return lines_from_tsv(read_regular(table, MAX_ANSWER_BYTES).decode("utf-8", "replace"))
        except (OSError, ValueError) as error:
            message = f"Tesseract's answer could not be read: {error}"
            raise EngineError(message) from error
        finally:
            remove(source, table)

    def _options(self, dpi: int) -> list[str]:
        options = ["--oem", "1", "--psm", str(int(self.psm)), "--dpi", str(dpi)]
        whitelist = {"tessedit_char_whitelist": self.whitelist} if self.whitelist else {}
        for name, value in (VARIABLES | whitelist).items():
            options += ["-c", f"{name}={value}"]
        return options


def run_child(
    source: Path, base: Path, languages: str, options: Sequence[str], timeout_s: float, cancellation: Cancellation
) -> None:
    """Run Tesseract on the image ``source``; its output file is ``base`` with a suffix that depends on ``options``.

    Raises EngineTimeoutError if it was ended after ``timeout_s``, EngineError, TesseractMissingError.
    """
    command = (program(), str(source), str(base), "-l", languages, *options)
    # With more than one OpenMP thread per child, busy-waiting takes five times the CPU time.
    environment = {"OMP_THREAD_LIMIT": "1"} | os.environ
    bounds = Bounds(timeout_s, written=MAX_ANSWER_BYTES)
    try:
        ended = run(command, bounds, environment=environment, cancellation=cancellation, mark=str(base))
    except ChildTimeoutError as error:
        raise EngineTimeoutError(str(error)) from error
    except ChildError as error:
        raise EngineError(str(error)) from error
    if ended.status:
        said = " ".join(ended.err.decode("utf-8", "replace").split())[:MAX_MESSAGE]
        message = f"tesseract ended with status {ended.status}: {said}"
        raise EngineError(message)


def remove(*paths: Path) -> None:
    """Remove files; what cannot be removed, such as a directory in place of a file, goes with the scratch directory."""
    for path in paths:
        with suppress(OSError):
            path.unlink()


def lines_from_tsv(table: str) -> tuple[Line, ...]:
    """Parse Tesseract's table: its words grouped by line, confidences scaled to 0 to 1.

    Raises ValueError for a cell that is not a number or out of range, and for more than MAX_WORDS words.
    """
    lines: dict[tuple[str, ...], list[Word]] = {}
    for count, cells in enumerate(_word_rows(table), 1):
        if count > MAX_WORDS:
            message = f"it has more than {MAX_WORDS} words"
            raise ValueError(message)
        left, top, width, height = map(_coordinate, cells[6:10])
        stated = float(cells[10]) / 100
        confidence = max(0.0, min(1.0, stated)) if math.isfinite(stated) else 0.0
        word = Word(cells[11].strip(), Box(left, top, left + width, top + height), confidence)
        lines.setdefault(tuple(cells[1:5]), []).append(word)
    return tuple(Line(tuple(words)) for words in lines.values())


def _coordinate(cell: str) -> int:
    if len(cell.removeprefix("-")) > MAX_DIGITS:
        message = f"{cell[:MAX_DIGITS]}... is no coordinate"
        raise ValueError(message)
    return int(cell)


def _word_rows(table: str) -> Iterator[list[str]]:
    for row in table.splitlines():
        cells = row.split("\t")
        if len(cells) == TESSERACT_COLUMNS and cells[0] == WORD_LEVEL and cells[11].strip():
            yield cells
