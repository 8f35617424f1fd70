"""What is fuzzed: each target takes bytes, and may raise a RpiocrError; any other exception is a finding."""

from __future__ import annotations

import datetime as dt
import io
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from itertools import islice
from pathlib import Path

from rpiocr.cloud.cache import AnswerCache
from rpiocr.cloud.engine import GOOGLE_VISION, VISION
from rpiocr.cloud.ledger import CallOutcome, Ledger
from rpiocr.decide.confidence import Judge
from rpiocr.decide.interpret import understand
from rpiocr.errors import DamagedFileError
from rpiocr.extract import Hints, Languages
from rpiocr.load import load_pages
from rpiocr.model import Box, Line, Pass, Word
from rpiocr.recognise.rapidocr.engine import ALL_LINES
from rpiocr.recognise.tesseract import lines_from_tsv, with_psm
from rpiocr.settings import read_settings_file

Target = Callable[[bytes, Path], None]
"""Takes an input, and a folder for files that it needs."""

MOST_PIXELS = 4_000_000
MOST_PAGES = 3
"""Small pictures, and many of them."""

LETTER, HEIGHT, STEP = 12.0, 20.0, 30.0
"""Width and height of a letter, and distance of lines, in pixels."""

INVALID = "sent invalid data"
"""What is said of a decoder that breaks its own rules: no file may make it do that."""

LONGEST_TEXT = 4_000

LANGUAGES = Languages(named=("en",))
HINTS = Hints(dt.date(2026, 6, 15))
JUDGE = Judge(0.01)


def prepare() -> None:
    """Load once what every process needs."""
    for line in ("TOTAL EUR 12.50 21/11/2024", "Gesamtbetrag", "合計 ¥1,200", "총 합계", "Итого", "Montant à payer"):
        text(line.encode(), Path())


def decode(data: bytes, _folder: Path) -> None:
    """Decode a picture or a document: the only place that knows how that is done."""
    pages = load_pages("fuzz", max_pixels=MOST_PIXELS, stream=io.BytesIO(data))
    try:
        for page in islice(pages, MOST_PAGES):
            page.pixels.min()
    except DamagedFileError as error:
        if INVALID in str(error):
            raise AssertionError(str(error)) from error
        raise


def text(data: bytes, _folder: Path) -> None:
    """Find the fields in text that was read without any error."""
    lines = data.decode("utf-8", "replace")[:LONGEST_TEXT].splitlines()
    set_lines = (tuple(_set(line, STEP * place)) for place, line in enumerate(lines))
    _understand(tuple(Line(words) for words in set_lines if words))


def boxes(data: bytes, _folder: Path) -> None:
    """Find the fields in words that stand anywhere: 8 bytes of each are its box, the others its text."""
    words = []
    for at in range(0, len(data) - 16, 16):
        left, top, width, height = struct.unpack_from("<hhhh", data, at)
        letters = data[at + 8 : at + 16].decode("utf-8", "replace").split() or ["-"]
        words.append(Word(letters[0], Box(left, top, left + abs(width), top + abs(height)), data[at] / 255))
    _understand(tuple(Line((word,)) for word in words))


def tsv(data: bytes, _folder: Path) -> None:
    """Read Tesseract's table, and find the fields in it."""
    # That it is no table is an error of the pass.
    lines: tuple[Line, ...] = ()
    with suppress(ValueError):
        lines = lines_from_tsv(data.decode("utf-8", "replace")[:LONGEST_TEXT])
    _understand(lines)


def settings(data: bytes, folder: Path) -> None:
    """Read a settings file."""
    read_settings_file(_written(data, folder / "settings.toml"), required=True)


def keywords(data: bytes, folder: Path) -> None:
    """Read a keyword table of the user."""
    _written(data, folder / "tables" / "xx.toml")
    Languages(folder / "tables")


def cache(data: bytes, folder: Path) -> None:
    """Read a cloud answer that was kept."""
    _written(data, folder / "answers" / "key.json")
    lines = AnswerCache(folder / "answers", VISION.question).get("key", 600, 800)
    if lines:
        _understand(lines)


def ledger(data: bytes, folder: Path) -> None:
    """Count and reserve in a ledger of cloud calls."""
    book = Ledger(GOOGLE_VISION.name, _written(data, folder / "ledger.sqlite"), 10, 100)
    book.settle(book.reserve("0" * 64), CallOutcome.ANSWERED)


PICTURES = ("jpeg", "png", "bmp", "gif", "webp", "tiff", "heif", "avif", "pdf")

TARGETS: Mapping[str, Target] = {
    **dict.fromkeys(PICTURES, decode),
    "text": text,
    "boxes": boxes,
    "tsv": tsv,
    "settings": settings,
    "keywords": keywords,
    "cache": cache,
    "ledger": ledger,
}


def _set(line: str, top: float) -> Iterator[Word]:
    left = 0.0
    for part in line.split(" "):
        right = left + LETTER * len(part)
        if part.strip():
            yield Word(part, Box(left, top, right, top + HEIGHT), 0.9)
        left = right + LETTER


def _understand(lines: tuple[Line, ...]) -> None:
    passes = [Pass(engine, "default", lines, 0.1) for engine in (with_psm(6), ALL_LINES)]
    understand(passes, 0.5, LANGUAGES, HINTS, JUDGE)


def _written(data: bytes, path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path
