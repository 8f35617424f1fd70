"""Runs passes in parallel, one per core, within the time limit of the receipt."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from threading import Lock
from types import TracebackType
from typing import ParamSpec, Self, TypeVar

from rpiocr.errors import EngineError, EngineTimeoutError, RpiocrError
from rpiocr.model import Affine, Line, Pass, Prepared, Word, map_box
from rpiocr.recognise.engine import Engine
from rpiocr.system.cancellation import Cancellation

P = ParamSpec("P")
R = TypeVar("R")

ROUNDED = 1e-3
"""Tolerance above a confidence of 1: engines that compute in single precision exceed it by less."""

NO_TIME = "not run: the time for this receipt was over"

MAX_CHARACTERS = 1000
"""Maximum number of characters of a word: no printed line has as many."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Time limits in seconds of one pass and of one receipt, and how many passes run at once."""

    pass_s: float = 10.0
    receipt_s: float = 30.0
    workers: int = 0

    def worker_count(self) -> int:
        """Return ``workers``, or the number of cores this process may use where that is 0."""
        return self.workers or len(os.sched_getaffinity(0))


class PassRunner:
    """Runs passes for one receipt; use as a context manager.

    The receipt's time starts when the runner is created. Leaving the context by an exception cancels running passes of
    engines that were given ``cancellation``; those of other receipts continue.
    """

    def __init__(self, limits: Limits, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = limits
        self._clock = clock
        self.cancellation = Cancellation()
        self._end = clock() + limits.receipt_s
        self._stopped = False
        self._running = 0
        self._lock = Lock()
        self._pool = ThreadPoolExecutor(limits.worker_count(), thread_name_prefix="rpiocr-pass")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            self._stopped = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        while error is not None and self._running:
            # A second Ctrl-C must not leave them running.
            with suppress(KeyboardInterrupt):
                self.cancellation.cancel()
                time.sleep(0.02)
        self._pool.shutdown(wait=True)

    @property
    def remaining_s(self) -> float:
        """Seconds left for this receipt, not below 0."""
        return max(0.0, self._end - self._clock())

    def run(self, plan: Sequence[tuple[str, Engine]], make: Callable[[str], Prepared]) -> tuple[Pass, ...]:
        """Run every (variant, engine) of ``plan``; a pass that fails comes back with its error.

        ``make`` prepares a variant; it is called in this thread, so that the next variant is prepared while
        earlier ones are being read, and no longer once the time is over. Lines are in page pixels.
        """
        images: dict[str, Prepared] = {}
        started: list[Future[Pass] | Pass] = []
        for variant, engine in plan:
            if variant not in images:
                if self.remaining_s <= 0:
                    started.append(Pass(engine.id, variant, (), 0.0, failure_of(EngineTimeoutError(NO_TIME))))
                    continue
                images[variant] = make(variant)
            started.append(self.start(engine, images[variant]))
        return tuple(one if isinstance(one, Pass) else self.wait(one) for one in started)

    def start(self, engine: Engine, image: Prepared) -> Future[Pass]:
        """Start one pass; pass the result to ``wait``."""
        return self.call(self._read, engine, image)

    def call(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """Run ``function`` in parallel with the passes; ``wait`` returns its result or raises its error."""
        return self._pool.submit(self._counted, partial(function, *args, **kwargs))

    def _counted(self, function: Callable[[], R]) -> R:
        """Count running calls in their own threads: a signal during ``submit`` may lose a call that it has started."""
        with self._lock:
            if self._stopped:
                message = "not run: the reading was ended"
                raise EngineTimeoutError(message)
            self._running += 1
        try:
            return function()
        finally:
            with self._lock:
                self._running -= 1

    @property
    def allowed_s(self) -> float:
        """Seconds that one pass may take now."""
        return min(self._limits.pass_s, self.remaining_s)

    @staticmethod
    def wait(future: Future[R]) -> R:
        """Return the result of a started call."""
        # Waiting in slices lets signals be handled at once; a single wait may delay them until the pass ends.
        while True:
            try:
                return future.result(timeout=0.5)
            except FutureTimeoutError:
                if future.done():
                    raise

    def _read(self, engine: Engine, image: Prepared) -> Pass:
        started = self._clock()
        allowed = self.allowed_s
        try:
            if allowed <= 0:
                raise EngineTimeoutError(NO_TIME)
            lines = _sensible(engine.read(image, allowed), image)
        except Exception as error:  # noqa: BLE001 - a defect of one engine must not lose what the others read
            return Pass(engine.id, image.variant, (), self._clock() - started, failure_of(error))
        mapped = tuple(map_line(line, image.to_page) for line in lines)
        return Pass(engine.id, image.variant, mapped, self._clock() - started)


def failure_of(error: Exception) -> str:
    """Return the message of a pass that failed with ``error``; raises it again if no engine is to blame."""
    if isinstance(error, EngineError):
        return f"{error.code}: {error}"
    if isinstance(error, RpiocrError):
        raise error
    return f"{EngineError.code}: {type(error).__name__}: {error}"


def _sensible(lines: Sequence[Line], image: Prepared) -> tuple[Line, ...]:
    """Return the lines without impossible words; raises EngineError if most are impossible."""
    height, width = image.pixels.shape
    possible = (tuple(word for word in line.words if _is_possible(word, width, height)) for line in lines)
    kept = [Line(words) for words in possible if words]
    all_words, kept_words = (sum(len(line.words) for line in group) for group in (lines, kept))
    if 2 * kept_words < all_words:
        message = f"the answer makes no sense: of {all_words} words only {kept_words} are inside the image"
        raise EngineError(message)
    return tuple(kept)


def _is_possible(word: Word, width: int, height: int) -> bool:
    """Return whether a word is inside an image of this size, fits into it, and has a valid confidence, not NaN."""
    x, y = word.box.middle
    inside = 0 <= x <= width and 0 <= y <= height
    fits = 0 < word.box.width <= width and 0 < word.box.height <= height
    return inside and fits and 0 <= word.confidence <= 1 + ROUNDED and len(word.text) <= MAX_CHARACTERS


def map_line(line: Line, to_page: Affine) -> Line:
    """Map every word of a line; see map_box."""
    return Line(tuple(Word(w.text, map_box(w.box, to_page), w.confidence) for w in line.words))
