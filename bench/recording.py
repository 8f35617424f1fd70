"""Recordings at the border of the engines: what each was asked, and what it answered.

While a recording is in use, an engine that is asked what it was asked before does not run: its answer is taken from the
recording. So the pipeline itself, with all its crops, variants, models and stages, is driven again in a fraction of the
time, and answers as it would with the engines. What is not recorded yet is run and recorded: a recording that was
interrupted, or made by other code, is completed by using it.

The key of an answer is the hash of everything that it depends on: pixels, options, and the bytes of the models and of
the code that runs them. A change of the code before an engine changes the pixels, and with them the key.
"""

from __future__ import annotations

import hashlib
import json
import re
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from rpiocr.errors import EngineError, EngineTimeoutError
from rpiocr.model import Box, Line, Pixels, Prepared, Word
from rpiocr.recognise import script_detection, tesseract, tesseract_models
from rpiocr.recognise.rapidocr import boxes, ctc
from rpiocr.recognise.rapidocr import engine as rapid
from rpiocr.recognise.rapidocr.boxes import Quad
from rpiocr.system.cancellation import Cancellation

CODE = (tesseract, rapid, boxes, ctc)
"""Modules that make answers of what the programs and networks of the engines return."""

NO_HURRY_S = 600.0
"""What is recorded must not depend on how busy the machine was: the time limit of an engine, in seconds."""


class Recording:
    """Answers of the engines by the hash of what they were asked, in an SQLite file that processes may share."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._local = threading.local()
        with self._open() as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT NOT NULL)")
        self.asked = self.missed = 0

    def _open(self) -> sqlite3.Connection:
        if not hasattr(self._local, "database"):
            self._local.database = sqlite3.connect(self._file, timeout=60.0, isolation_level=None)
        database: sqlite3.Connection = self._local.database
        return database

    def answer(self, key: str) -> Any:  # noqa: ANN401 - whatever was recorded, as JSON has it
        """Return a recorded answer, None if there is none."""
        self.asked += 1
        found = self._open().execute("SELECT answer FROM answers WHERE key = ?", (key,)).fetchone()
        self.missed += found is None
        return json.loads(found[0]) if found else None

    def record(self, key: str, answer: object) -> None:
        """Keep an answer."""
        self._open().execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, json.dumps(answer)))


@contextmanager
def engines_recorded(file: Path) -> Iterator[Recording]:
    """Have all engines of this process answer from a recording while in this context; see above."""
    recording = Recording(file)
    run_child, find_lines, read_line = tesseract.run_child, rapid.find_lines, rapid._read_line

    def run_tesseract(
        source: Path,
        base: Path,
        languages: str,
        options: Sequence[str],
        _timeout_s: float,
        cancellation: Cancellation,
    ) -> None:
        key = _hash("tesseract", source.read_bytes(), languages, *options, *map(_model, languages.split("+")))
        answer = recording.answer(key)
        if answer is None:
            answer = _run(run_child, source, base, languages, options, cancellation)
            recording.record(key, answer)
        if answer["error"]:
            raise EngineError(answer["error"])
        for suffix, text in answer["files"].items():
            base.with_suffix(suffix).write_text(text, "utf-8")

    def find(image: Prepared, _timeout_s: float, cancellation: Cancellation | None = None) -> tuple[Quad, ...]:
        key = _hash("lines", _network(rapid.DETECTOR), *_pixels(image.pixels), image.letter_px)
        found = recording.answer(key)
        if found is None:
            found = [quad.tolist() for quad in find_lines(image, NO_HURRY_S, cancellation)]
            recording.record(key, found)
        return tuple(np.array(quad, dtype=np.float32) for quad in found)

    def read(pixels: Pixels, quad: Quad, _deadline: float, cancellation: Cancellation) -> Line | None:
        key = _hash("line", _network(rapid.RECOGNISER), *_pixels(pixels), quad.tobytes())
        found = recording.answer(key)
        if found is None:
            line = read_line(pixels, quad, time.monotonic() + NO_HURRY_S, cancellation)
            found = [[word.text, *_corners(word.box), word.confidence] for word in (line.words if line else ())]
            recording.record(key, found)
        words = tuple(Word(text, Box(*corners), confidence) for text, *corners, confidence in found)
        return Line(words) if words else None

    with (
        mock.patch.object(tesseract, "run_child", run_tesseract),
        mock.patch.object(script_detection, "run_child", run_tesseract),
        mock.patch.object(rapid, "find_lines", find),
        mock.patch.object(rapid, "_read_line", read),
    ):
        yield recording


def _run(
    run_child: Callable[..., None],
    source: Path,
    base: Path,
    languages: str,
    options: Sequence[str],
    cancellation: Cancellation,
) -> dict[str, Any]:
    """Run Tesseract; return the files that it wrote by their endings, and its error."""
    try:
        run_child(source, base, languages, options, NO_HURRY_S, cancellation)
    except EngineTimeoutError:
        raise
    except EngineError as error:
        return {"files": {}, "error": str(error)}
    files = (path for path in base.parent.glob(f"{base.name}.*") if path != source)
    return {"files": {path.suffix: path.read_text("utf-8", "replace") for path in files}, "error": None}


def _corners(box: Box) -> tuple[float, float, float, float]:
    return box.left, box.top, box.right, box.bottom


def _pixels(pixels: NDArray[Any]) -> tuple[bytes, str]:
    return np.ascontiguousarray(pixels).tobytes(), str(pixels.shape)


def _hash(*parts: object) -> str:
    digest = hashlib.sha256(_code())
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        digest.update(b"%d " % len(data))
        digest.update(data)
    return digest.hexdigest()


@cache
def _code() -> bytes:
    return b"".join(Path(str(module.__file__)).read_bytes() for module in CODE)


@cache
def _network(name: str) -> bytes:
    return hashlib.sha256((rapid.model_folder() / name).read_bytes()).digest()


@cache
def _model(language: str) -> bytes:
    """Return the hash of a model of Tesseract, and of the program that reads with it."""
    said = subprocess.run([tesseract_models.program(), "--list-langs"], capture_output=True, text=True, check=True)
    folder = re.search('"(.+)"', said.stdout)
    path = Path(folder[1] if folder else "") / f"{language}.traineddata"
    return hashlib.sha256(path.read_bytes() + _program()).digest()


@cache
def _program() -> bytes:
    program = tesseract_models.program()
    return subprocess.run([program, "--version"], capture_output=True, check=True).stdout
