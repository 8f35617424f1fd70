"""Caches paid responses on disk: one JSON file per image, readable only by its owner."""

from __future__ import annotations

import hashlib
import json
import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpiocr.errors import CloudLedgerError
from rpiocr.model import Box, Line, Page, Word
from rpiocr.system.files import make_own_folder, read_regular, write_whole
from rpiocr.system.json_text import dumps

FORMAT = 1
"""Version of the file format; files of another version are ignored and overwritten."""

MAX_ANSWERS = 2000
"""Maximum number of answers, of which the newest are kept: about 40 MB, and more receipts than anyone reads twice."""


def answer_key(page: Page, question: str) -> str:
    """Return the cache key of the answer to a question about a page.

    It is a hash of the file's hash, the page number, the crop of the page, and the engine and request
    (``RemoteEngine.question``). The hashed text must not be changed, because answers are stored under it.
    """
    crop = f" seen at {page.crop}" if page.crop else ""
    return hashlib.sha256(f"{page.sha256}{crop}:{page.number}:{question}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """Cached answers to one question in ``folder``, which keeps the ``kept`` newest answers to any question."""

    folder: Path
    question: str
    kept: int = MAX_ANSWERS

    def require_writable(self) -> None:
        """Make sure that an answer can be stored before it is paid for.

        Raises CloudLedgerError if the directory cannot be created or written.
        """
        try:
            make_own_folder(self.folder)
            if not os.access(self.folder, os.W_OK | os.X_OK):
                raise PermissionError("it is not writable")
        except OSError as exc:
            raise CloudLedgerError(
                f"No cloud call was made: {self.folder} could not keep its answer ({exc}). Make it writable."
            ) from exc

    def get(self, key: str, width: int, height: int) -> tuple[Line, ...] | None:
        """Return the lines stored under ``key``, in pixels of a page of this size; None if there is no valid entry."""
        try:
            entry = json.loads(read_regular(self._path(key)))
            return _lines_from_entry(entry, self.question, width, height)
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return None

    def put(self, key: str, lines: tuple[Line, ...], width: int, height: int) -> None:
        """Store the lines of a page of this size atomically, and delete the oldest answers.

        Raises OSError if they cannot be written.
        """
        make_own_folder(self.folder)
        write_whole(self._path(key), dumps(self._entry(lines, width, height)))
        self._drop_oldest()

    def _entry(self, lines: tuple[Line, ...], width: int, height: int) -> dict[str, object]:
        return {
            "format": FORMAT,
            "engine": self.question,
            "size": [width, height],
            "lines": [[_values(word) for word in line.words] for line in lines],
        }

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.json"

    def _drop_oldest(self) -> None:
        """Keep the newest files, including those that a killed process left half written."""
        dated = []
        for entry in os.scandir(self.folder):
            try:
                dated.append((entry.stat(follow_symlinks=False).st_mtime_ns, entry.path))
            except FileNotFoundError:
                continue
        for _, path in sorted(dated, reverse=True)[self.kept :]:
            Path(path).unlink(missing_ok=True)


def _values(word: Word) -> list[str | float]:
    return [word.text, word.box.left, word.box.top, word.box.right, word.box.bottom, word.confidence]


def _lines_from_entry(entry: dict[str, Any], question: str, width: int, height: int) -> tuple[Line, ...]:
    """Parse an entry, and scale its boxes, because the same file may be loaded at another size next time."""
    if entry["format"] != FORMAT or entry["engine"] != question:
        raise ValueError("written by another version")
    stored_width, stored_height = entry["size"]
    if not (stored_width > 0 and stored_height > 0):
        raise ValueError("a page without area")
    scale = width / stored_width, height / stored_height
    return tuple(Line(tuple(_word(values, *scale) for values in line)) for line in entry["lines"] if line)


def _word(values: list[Any], across: float, down: float) -> Word:
    text, left, top, right, bottom, confidence = values
    box = Box(left * across, top * down, right * across, bottom * down)
    numbers = (box.left, box.top, box.right, box.bottom, confidence)
    if not isinstance(text, str) or not all(math.isfinite(number) for number in numbers):
        raise ValueError("not a word")
    return Word(text, box, confidence)
