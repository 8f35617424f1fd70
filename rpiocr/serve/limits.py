"""Limits on how often and how many at once, so that one client cannot take the machine from the others."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rpiocr.serve.errors import TooManyRequestsError


class Rate:
    """At most ``burst`` requests at once, and ``per_s`` a second in the long run: a bucket that fills steadily."""

    def __init__(self, per_s: float, burst: int) -> None:
        self._per_s, self._burst = per_s, burst
        self._left, self._at = float(burst), time.monotonic()
        self._lock = threading.Lock()

    def take(self) -> None:
        """Count a request; raises TooManyRequestsError, which says when to try again."""
        with self._lock:
            now = time.monotonic()
            self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
            self._at = now
            if self._left < 1:
                wait_s = max(1, round((1 - self._left) / self._per_s))
                message = f"too many requests; try again in {wait_s} s"
                raise TooManyRequestsError(message, retry_after_s=wait_s)
            self._left -= 1


class Crowd:
    """At most ``most`` of something at the same time."""

    def __init__(self, most: int, what: str) -> None:
        self._most, self._what = most, what
        self._now = 0
        self._lock = threading.Lock()

    @contextmanager
    def one(self) -> Iterator[None]:
        """Be one of them; raises TooManyRequestsError if there are enough."""
        with self._lock:
            if self._now >= self._most:
                message = f"there are {self._most} {self._what} at this moment; try again in a few seconds"
                raise TooManyRequestsError(message, retry_after_s=3)
            self._now += 1
        try:
            yield
        finally:
            with self._lock:
                self._now -= 1


class Budget:
    """At most ``most`` bytes of memory in all parts together."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._used = 0
        self._lock = threading.Lock()

    @contextmanager
    def part(self) -> Iterator[Part]:
        """Use some of it."""
        part = Part(self)
        try:
            yield part
        finally:
            self.take(-part.size)

    def take(self, size: int) -> None:
        """Take some bytes, or give them back; raises TooManyRequestsError if there are too few."""
        with self._lock:
            if size > 0 and self._used + size > self._most:
                message = "too many pictures are arriving as JSON at this moment; try again in a few seconds"
                raise TooManyRequestsError(message, retry_after_s=5)
            self._used += size


class Part:
    """What one request uses of a budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self.size = 0

    def add(self, size: int) -> None:
        """Use ``size`` bytes more; raises TooManyRequestsError."""
        self._budget.take(size)
        self.size += size
