"""The second engine: the models of RapidOCR (PP-OCRv6), run by ONNX Runtime in this process.

Detecting the lines of a page is cheap on a reduced image; recognizing them costs by their length. So the two are
separate, and only relevant lines are recognized. The package's own pipeline is not used: it resizes by the side of the
page instead of its letter height, reads every line, and downloads a missing model.
"""

from __future__ import annotations

import importlib.util
import math
import os
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from rpiocr.errors import EngineError, EngineTimeoutError, SecondEngineMissingError
from rpiocr.model import Box, EngineFamily, EngineId, Line, Pixels, Prepared, Word
from rpiocr.recognise.rapidocr.boxes import Quad, find_boxes
from rpiocr.recognise.rapidocr.ctc import Char, decode, split_words
from rpiocr.recognise.tesseract_models import Script
from rpiocr.system.cancellation import Cancellation
from rpiocr.system.quiet import import_onnxruntime

DETECTOR = "PP-OCRv6_det_small.onnx"
RECOGNISER = "PP-OCRv6_rec_small.onnx"

PACKAGES = ("onnxruntime", "rapidocr")

RAPIDOCR = EngineFamily("rapidocr", scripts=frozenset({Script.LATIN, Script.HAN, Script.JAPANESE}))
"""Its alphabet has nearly all letters of these scripts."""

ALL_LINES = EngineId(RAPIDOCR, "page")
SOME_LINES = EngineId(RAPIDOCR, "lines")
"""A pass on all lines of a page, and one on the relevant lines."""

INSTALL_HINT = "run scripts/install_pi.sh again, or see rpiocr doctor"

DETECT_LETTER = 12.0
"""Height in pixels of a capital for line detection: 9 and 12 found as many lines as 1280 pixels a side, in a third of
the time."""

DETECT_SIDE = 1280
"""Longest side for line detection if the letters were not measured, and the maximum in any case."""

DETECT_STEP = 32
"""Image sides must be a multiple of this, because the detector halves its image five times."""

LINE_HEIGHT = 48
"""Height in pixels of the lines that the recognition model was trained on."""

MIN_WIDTH = 64
MAX_WIDTH = 3200
"""Minimum and maximum width in pixels of a line scaled to LINE_HEIGHT; longer ones are not text."""

UPRIGHT = 1.5
"""Boxes at least this many times as high as wide are frames or rotated text, which is not read."""

TEXT_SHARE = 0.8
"""Share of the height of a line's box, which has a margin, that its characters fill."""


def is_installed() -> bool:
    """Return whether the packages of the second engine are installed; whether they work shows only in use."""
    return all(importlib.util.find_spec(package) for package in PACKAGES)


def model_folder() -> Path:
    """Return the directory of RapidOCR's models; raises SecondEngineMissingError naming what is not installed."""
    for package in PACKAGES:
        if importlib.util.find_spec(package) is None:
            message = f"the second engine is not installed: there is no package {package}; {INSTALL_HINT}"
            raise SecondEngineMissingError(message)
    found = importlib.util.find_spec("rapidocr")
    places = (found.submodule_search_locations if found else None) or [""]
    folder = Path(places[0]) / "models"
    for name in (DETECTOR, RECOGNISER):
        if not _is_readable(folder / name):
            what = f"the second engine's model {folder / name} is missing or not readable"
            message = f"{what}; {INSTALL_HINT}"
            raise SecondEngineMissingError(message)
    return folder


def _is_readable(path: Path) -> bool:
    try:
        return path.is_file() and os.access(path, os.R_OK)
    except PermissionError:
        return False


@dataclass(frozen=True, slots=True)
class _Model:
    session: Any

    def run(self, image: NDArray[np.float32], deadline: float, cancellation: Cancellation) -> NDArray[np.float32]:
        """Return the first output for one image, of shape (1, 3, height, width); ended at the deadline."""
        options = import_onnxruntime().RunOptions()
        left = deadline - time.monotonic()
        if left <= 0:
            message = "the second engine was ended at its time limit"
            raise EngineTimeoutError(message)
        with _ended_after(options, left), cancellation.ended_by(partial(_end, options)):
            try:
                (answer, *_) = self.session.run(None, {self.session.get_inputs()[0].name: image}, options)
            except Exception as error:
                if time.monotonic() >= deadline:
                    message = "the second engine was ended at its time limit"
                    raise EngineTimeoutError(message) from error
                message = f"the second engine failed: {type(error).__name__}: {str(error)[:300]}"
                raise EngineError(message) from error
        result: NDArray[np.float32] = answer
        if not np.isfinite(result).all():
            message = f"the second engine's answer is not a number; is its model damaged? {INSTALL_HINT}"
            raise EngineError(message)
        return result


def _end(options: Any) -> None:  # noqa: ANN401 - ONNX Runtime has no types
    """Stop the computation that runs with these options; its caller gets an exception of ONNX Runtime."""
    options.terminate = True


@contextmanager
def _ended_after(options: Any, seconds: float) -> Iterator[None]:  # noqa: ANN401 - ONNX Runtime has no types
    timer = threading.Timer(seconds, _end, (options,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


_loading = threading.Lock()


def _load(name: str) -> _Model:
    """Return a model, loaded once for all threads."""
    with _loading:
        return _loaded(name)


@cache
def _loaded(name: str) -> _Model:
    path = model_folder() / name
    try:
        onnxruntime = import_onnxruntime()
        options = onnxruntime.SessionOptions()
        # One thread each: passes run in parallel, and threads that wait for each other are busy-waiting.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        # The arena would never release memory, which is needed elsewhere on a Pi.
        options.enable_cpu_mem_arena = False
        options.log_severity_level = 4
        return _Model(onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"]))
    except Exception as error:
        why = str(error)[:200]
        message = f"the second engine's model {path} cannot be loaded: {why}; {INSTALL_HINT}"
        raise EngineError(message) from error


@cache
def _alphabet() -> tuple[str, ...]:
    listed = _load(RECOGNISER).session.get_modelmeta().custom_metadata_map.get("character", "")
    return ("", *listed.splitlines(), " ")


@dataclass(frozen=True, slots=True)
class LineReader:
    """Reads detected lines: quadrilaterals in pixels of the prepared image.

    ``threads`` lines are read in parallel; ``cancellation`` ends that.
    """

    quads: tuple[Quad, ...]
    threads: int = 1
    id: EngineId = SOME_LINES
    cancellation: Cancellation = field(default_factory=Cancellation)

    def read(self, image: Prepared, timeout_s: float) -> tuple[Line, ...]:
        """Read every line; see Engine."""
        deadline = time.monotonic() + timeout_s
        _load(RECOGNISER), _alphabet()

        def one(quad: Quad) -> Line | None:
            return _read_line(image.pixels, quad, deadline, self.cancellation)

        if self.threads > 1 and len(self.quads) > 1:
            with ThreadPoolExecutor(self.threads, thread_name_prefix="rpiocr-line") as pool:
                lines = list(pool.map(one, self.quads))
        else:
            lines = [one(quad) for quad in self.quads]
        return tuple(line for line in lines if line)


def find_lines(image: Prepared, timeout_s: float, cancellation: Cancellation | None = None) -> tuple[Quad, ...]:
    """Detect the lines of an image: quadrilaterals in its pixels, in no order, none for a blank page.

    ``cancellation`` ends it. Errors as of Engine.
    """
    height, width = image.pixels.shape
    most = DETECT_SIDE / max(height, width)
    factor = min(most, DETECT_LETTER / image.letter_px) if image.letter_px else min(1.0, most)
    size = tuple(max(DETECT_STEP, round(side * factor / DETECT_STEP) * DETECT_STEP) for side in (width, height))
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    small = _tensor(cv2.resize(image.pixels, size, interpolation=how))
    detector = _load(DETECTOR)
    probabilities = detector.run(small, time.monotonic() + timeout_s, cancellation or Cancellation())
    if probabilities.shape != (1, 1, size[1], size[0]):
        message = f"the second engine's answer has the shape {probabilities.shape}; is its model damaged?"
        raise EngineError(message)
    # Lines are read next. Tesseract is still busy with the page on another core, so that loading now takes no time.
    _load(RECOGNISER)
    scale = np.array([width / size[0], height / size[1]], dtype=np.float32)
    quads = (quad * scale for quad in find_boxes(probabilities[0, 0]))
    return tuple(quad for quad in quads if _is_line(quad))


def _is_line(quad: Quad) -> bool:
    width, height = _size(quad)
    return width >= 4 and height >= 4 and height < UPRIGHT * max(width, 40)


def _size(quad: Quad) -> tuple[float, float]:
    across, down = quad[1] - quad[0], quad[3] - quad[0]
    return math.hypot(*across), math.hypot(*down)


def _tensor(pixels: NDArray[Any]) -> NDArray[np.float32]:
    """Return grey pixels as input of the models: three equal channels, -1 to 1, shape (1, 3, height, width)."""
    scaled = pixels.astype(np.float32) / 127.5 - 1.0
    return np.repeat(scaled[np.newaxis, np.newaxis], 3, axis=1)


def _read_line(pixels: Pixels, quad: Quad, deadline: float, cancellation: Cancellation) -> Line | None:
    width, height = _size(quad)
    wide = min(MAX_WIDTH, math.ceil(LINE_HEIGHT * width / height))
    corners = np.array([[0, 0], [wide, 0], [wide, LINE_HEIGHT], [0, LINE_HEIGHT]], dtype=np.float32)
    upright = cv2.warpPerspective(
        pixels,
        cv2.getPerspectiveTransform(quad, corners),
        (wide, LINE_HEIGHT),
        flags=cv2.INTER_CUBIC if height < LINE_HEIGHT else cv2.INTER_AREA,
        borderMode=cv2.BORDER_REPLICATE,
    )
    padded = max(wide, MIN_WIDTH)
    tensor = np.zeros((1, 3, LINE_HEIGHT, padded), dtype=np.float32)
    tensor[..., :wide] = _tensor(upright)
    frames = _load(RECOGNISER).run(tensor, deadline, cancellation)
    if frames.ndim != 3 or frames.shape[2] != len(_alphabet()):
        message = f"the second engine's answer has the shape {frames.shape}; is its model damaged?"
        raise EngineError(message)
    chars = decode(frames[0], _alphabet())
    share = padded / wide
    words = split_words(chars, padded / LINE_HEIGHT)
    return Line(tuple(_word(word, quad, share) for word in words)) if words else None


def _word(chars: Sequence[Char], quad: Quad, share: float) -> Word:
    """Return a word with the lowest confidence of its characters; its box is upright and as high as the characters."""
    across, down = quad[1] - quad[0], quad[3] - quad[0]
    start, end = chars[0].start * share, min(1.0, chars[-1].end * share)
    x, y = quad[0] + across * (start + end) / 2 + down / 2
    width = math.hypot(*across) * (end - start)
    height = math.hypot(*down) * TEXT_SHARE
    box = Box(float(x - width / 2), float(y - height / 2), float(x + width / 2), float(y + height / 2))
    return Word("".join(char.text for char in chars), box, min(char.confidence for char in chars))
