"""Waits for an upload to be read, for a client that wants its answer at once.

Where the client goes away before that, and nobody else wants the file, its reading ends: it is filed as failed, with
what to do, and can be read again.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from rpiocr.serve.book import Book
from rpiocr.serve.events import RESYNC, Subscription
from rpiocr.serve.uploads import Upload, find

LOOK_S = 1.0
"""Interval at which the store is asked although nothing was told: another process may have read the file."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who wants which file, by the hash of its bytes: clients that wait, and those that were told where to look."""

    _waiting: Counter[str] = field(default_factory=Counter)
    _promised: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def promise(self, sha256: str) -> None:
        """Somebody was told that a file will be read."""
        with self._lock:
            self._promised.add(sha256)

    @contextmanager
    def waiting(self, sha256: str) -> Iterator[None]:
        """Wait for a file."""
        with self._lock:
            self._waiting[sha256] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[sha256] -= 1

    def is_wanted(self, sha256: str) -> bool:
        """Whether anybody still wants a file."""
        with self._lock:
            return self._waiting[sha256] > 0 or sha256 in self._promised


async def wait_for(
    book: Book, wanted: Wanted, upload: Upload, seconds: float, is_gone: Callable[[], Awaitable[bool]]
) -> Upload:
    """Return an upload when it is over, or as it is after some seconds; ends its reading if its client is gone."""
    end = time.monotonic() + seconds
    gone = False
    async with book.events.follow() as events:
        with wanted.waiting(upload.sha256):
            while not upload.is_over and time.monotonic() < end:
                gone = await is_gone()
                if gone:
                    break
                await _news(events, upload.sha256, min(LOOK_S, max(0.0, end - time.monotonic())))
                upload = await asyncio.to_thread(find, book, upload.id)
    if not gone:
        wanted.promise(upload.sha256)
    elif not wanted.is_wanted(upload.sha256):
        await asyncio.to_thread(book.control.withdraw, upload.sha256)
    return upload


async def _news(events: Subscription, sha256: str, seconds: float) -> None:
    """Wait until something happens to a file, at most some seconds."""
    end = time.monotonic() + seconds
    while (left_s := end - time.monotonic()) > 0:
        event = await events.next(left_s)
        if event is None or event.kind == RESYNC or event.data.get("sha256") == sha256:
            return
