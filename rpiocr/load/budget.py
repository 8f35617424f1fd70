"""Limits on the size and decoding cost of a file, and the cost so far."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rpiocr.load.child import Child, Usage

MAX_PIXELS = 120_000_000
"""Twice what the largest phone cameras in common use take (about 50 megapixels)."""

MAX_PAGES = 50
"""A stack of receipts as large as a document feeder takes."""

MIN_PAGE_MEMORY = 340 * 1024 * 1024
BYTES_PER_PIXEL = 3
"""Memory that decoding a page may take, in bytes, and more if more pixels are allowed: enough for a colour page of 70
megapixels, or of 36 with the buffers of HEIF and WebP. With 250 MB for OCR and 70 MB for a batch, 700 MB in all."""

PROCESS_MEMORY = 48 * 1024 * 1024
"""Bytes that the decoder process itself takes: the interpreter and the largest of the libraries."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits for a file: pixels of a page, pages, and seconds of processor time and of waiting.

    50 megapixels of a phone take half a second of one core of a PC, 108 megapixels or a page of A4 scanned at 600 dpi
    one to two; a Pi 5 takes three times as long. Waiting takes longer if other programs use the cores.
    """

    pixels: int = MAX_PIXELS
    pages: int = MAX_PAGES
    page_cpu_s: float = 10.0
    file_cpu_s: float = 30.0
    page_wait_s: float = 40.0
    file_wait_s: float = 120.0

    @property
    def memory(self) -> int:
        """Maximum bytes of memory to decode a page."""
        return max(MIN_PAGE_MEMORY, BYTES_PER_PIXEL * self.pixels)


class TooSlowError(Exception):
    """A limit on time was exceeded."""


class TooMuchMemoryError(Exception):
    """The memory limit was exceeded."""


@dataclass(slots=True)
class Budget:
    """The cost of a file so far; ``length`` is its size in bytes."""

    child: Child
    limits: Limits
    length: int
    file_cpu_s: float = 0.0
    page_cpu_s: float = 0.0
    waited_s: float = 0.0
    since: float = 0.0
    memory: int = 0

    def begin_file(self) -> None:
        """Start counting for a file."""
        self.file_cpu_s = self.child.usage().cpu_s

    @contextmanager
    def page(self) -> Iterator[None]:
        """Count the cost of a page."""
        self.page_cpu_s, self.since = self.child.usage().cpu_s, time.monotonic()
        yield
        self.waited_s += time.monotonic() - self.since

    def check(self, usage: Usage) -> None:
        """Raise TooSlowError or TooMuchMemoryError if the file exceeds its limits."""
        limits, waited = self.limits, time.monotonic() - self.since
        self.memory = max(self.memory, usage.memory)
        if usage.memory > limits.memory + PROCESS_MEMORY + 2 * self.length:
            raise TooMuchMemoryError
        if usage.cpu_s - self.page_cpu_s > limits.page_cpu_s or usage.cpu_s - self.file_cpu_s > limits.file_cpu_s:
            raise TooSlowError
        if waited > limits.page_wait_s or self.waited_s + waited > limits.file_wait_s:
            raise TooSlowError
