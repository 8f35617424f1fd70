"""Follows the watch: tells the book's followers what it does, and counts what reading costs."""

from __future__ import annotations

import dataclasses
import threading
from dataclasses import dataclass, field

from rpiocr.model.records import ReadFile
from rpiocr.serve.book import Book
from rpiocr.serve.uploads import deadline_of
from rpiocr.settings import Settings
from rpiocr.store.journal import Found

BUCKETS_S = (0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
"""Limits of the histogram of CPU seconds per file."""


@dataclass(slots=True)
class Costs:
    """What reading has cost since the service started."""

    files: int = 0
    receipts: int = 0
    failures: int = 0
    cpu_s: float = 0.0
    peak_bytes: int = 0
    last_bytes: int = 0
    buckets: dict[float, int] = field(default_factory=lambda: dict.fromkeys(BUCKETS_S, 0))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, read: ReadFile) -> None:
        """Count a file."""
        with self.lock:
            self.files += 1
            self.receipts += len(read.receipts)
            self.failures += bool(read.failures)
            self.cpu_s += read.cpu_s
            self.peak_bytes = max(self.peak_bytes, read.peak_bytes)
            self.last_bytes = read.peak_bytes
            for limit in BUCKETS_S:
                self.buckets[limit] += read.cpu_s <= limit


@dataclass(frozen=True, slots=True)
class Following:
    """The follower that a service gives its watch."""

    book: Book
    costs: Costs = field(default_factory=Costs)

    def ready(self) -> None:
        """See Follower."""
        self.book.events.publish("ready")

    def settings_for(self, found: Found, settings: Settings) -> Settings:
        """See Follower: a client may have asked for an answer within some time."""
        deadline_s = deadline_of(self.book, found.sha256)
        return settings if deadline_s is None else dataclasses.replace(settings, deadline=deadline_s)

    def reading(self, file_id: int, found: Found) -> None:
        """See Follower."""
        self._tell("reading", file_id, found)

    def answered(self, file_id: int, found: Found, read: ReadFile) -> None:
        """See Follower."""
        self.costs.add(read)
        if read.receipts or not read.failures:
            self._tell("read", file_id, found)
        else:
            error = read.failures[0]["error"]
            self._tell("failed", file_id, found, code=error["code"], message=self.book.told(error["message"]))

    def filed(self, file_id: int, found: Found, moved_to: str | None) -> None:  # noqa: ARG002 - as Follower
        """See Follower."""
        self.book.wanted.kept(found.sha256)
        self._tell("filed", file_id, found)

    def again(self, file_id: int, found: Found) -> None:
        """See Follower."""
        self._tell("waiting", file_id, found)

    def left(self, file_id: int, found: Found) -> None:
        """See Follower."""
        self.book.wanted.kept(found.sha256)
        self._tell("filed", file_id, found)

    def failed(self, file_id: int, found: Found, code: str, message: str) -> None:
        """See Follower."""
        self._tell("failed", file_id, found, code=code, message=self.book.told(message))

    def _tell(self, kind: str, file_id: int, found: Found, **more: str) -> None:
        name = found.path.rpartition("/")[2]
        self.book.events.publish(kind, file=file_id, name=name, sha256=found.sha256, **more)
