"""What happens in a book, told to everybody who follows it: pages, clients of the API, and requests that wait."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

KEPT = 1000
"""Number of past events that a client which lost its connection can still get."""

MAX_BEHIND = 500
"""Number of events that a slow client may be behind before it is told to load everything anew."""

RESYNC = "resync"
"""The kind of event that says that events were missed."""


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened; ``id`` is different in each run of the service."""

    id: str
    kind: str
    data: Mapping[str, Any]


class Subscription:
    """The events of one follower, from the moment of its subscription."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._waiting: deque[Event] = deque()
        self._arrived = asyncio.Event()

    def add(self, event: Event) -> None:
        """Queue an event; called in any thread."""
        try:
            self._loop.call_soon_threadsafe(self._put, event)
        except RuntimeError:  # the loop has ended
            return

    def _put(self, event: Event) -> None:
        if len(self._waiting) >= MAX_BEHIND:
            self._waiting.clear()
            event = Event(event.id, RESYNC, {})
        self._waiting.append(event)
        self._arrived.set()

    async def next(self, timeout_s: float) -> Event | None:
        """Return the next event, or None if there is none within ``timeout_s`` seconds."""
        if not self._waiting:
            self._arrived.clear()
            try:
                await asyncio.wait_for(self._arrived.wait(), timeout_s)
            except TimeoutError:
                return None
        return self._waiting.popleft() if self._waiting else None


class Events:
    """The events of one book. Published in any thread, followed in the event loop of the server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._run, self._number = secrets.token_hex(4), 0
        self._past: deque[Event] = deque([Event(f"{self._run}-0", "started", {})], KEPT)
        self._followers: set[Subscription] = set()

    def publish(self, kind: str, **data: object) -> None:
        """Tell all followers."""
        with self._lock:
            self._number += 1
            event = Event(f"{self._run}-{self._number}", kind, data)
            self._past.append(event)
            followers = tuple(self._followers)
        for follower in followers:
            follower.add(event)

    @property
    def followers(self) -> int:
        """The number of followers at present."""
        return len(self._followers)

    @asynccontextmanager
    async def follow(self, after: str = "") -> AsyncIterator[Subscription]:
        """Follow from now on, or from the event with the id ``after``, which a client has seen last.

        Where events since then are no longer known, the first event is ``RESYNC``.
        """
        subscription = Subscription(asyncio.get_running_loop())
        with self._lock:
            missed = self._since(after)
            self._followers.add(subscription)
        for event in missed:
            subscription.add(event)
        try:
            yield subscription
        finally:
            with self._lock:
                self._followers.discard(subscription)

    def _since(self, after: str) -> list[Event]:
        if not after:
            return []
        past = list(self._past)
        seen = next((place for place, event in enumerate(past) if event.id == after), None)
        return [Event(past[-1].id, RESYNC, {})] if seen is None else past[seen + 1 :]
