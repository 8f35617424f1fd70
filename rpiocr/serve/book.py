"""A book: one person's receipts, in one store, with one inbox. A request opens exactly one."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path

from rpiocr.serve.events import Events
from rpiocr.serve.wanted import Wanted
from rpiocr.settings import Settings
from rpiocr.store.database import Database
from rpiocr.watch.control import Control
from rpiocr.watch.filing import Places

BOOK = "receipts"
"""The name of the only book, as long as there are no accounts."""


@dataclass(frozen=True, slots=True)
class Book:
    """A store, the folder in which new receipts arrive, and the watch over it.

    ``arriving`` is held while an upload gets its name, so that the same bytes are taken once. ``is_own_folder``:
    nobody else puts files into the inbox.
    """

    name: str
    database: Database
    inbox: Path
    settings: Settings
    events: Events = field(default_factory=Events)
    control: Control = field(default_factory=Control)
    arriving: threading.Lock = field(default_factory=threading.Lock)
    wanted: Wanted = field(default_factory=Wanted)
    is_own_folder: bool = True

    def told(self, message: str) -> str:
        """Return a message about a file of the inbox as clients are told it: without the folder."""
        return message.replace(f"{self.inbox}/", "")

    @property
    def places(self) -> Places:
        """Where read files are."""
        return Places.next_to(self.inbox)


@dataclass(frozen=True, slots=True)
class Books:
    """The books that this service can open; there is one, of the person whom the operating system runs it as."""

    only: Book

    def of(self, _person: None) -> Book:
        """Return the book that a person may open; with no accounts, everybody on this machine is that person."""
        return self.only
