"""Sinks for results: the store with its journal, or none."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Protocol

from rpiocr.model.records import ReadFile
from rpiocr.output.remembered import with_memory
from rpiocr.output.result import unread
from rpiocr.store.database import Database
from rpiocr.store.journal import MAX_ATTEMPTS, Claim, Found, Journal, State, Todo
from rpiocr.store.receipts import Stored
from rpiocr.watch.spool import Results, Spool, results_of


class Keeper(Protocol):
    """Decides what has to be done with a file, and keeps its results.

    ``claim.todo`` is FILE if its receipts are stored but have not been printed yet: see ``unprinted``.
    """

    def claim(self, found: Found) -> Claim:
        """Claim a file for reading, also again after it has crashed a worker."""

    def is_old(self, claim: Claim) -> bool:
        """Return whether a file was finished before this run, and is to be read again nevertheless."""

    def answered(self, claim: Claim, found: Found, read: ReadFile) -> tuple[Stored, ...]:
        """Keep the receipts of a file; returns the new ones, to be printed."""

    def unprinted(self, claim: Claim) -> Results:
        """Return the results of a file that an earlier run has stored but not printed."""

    def printed(self, claim: Claim, found: Found) -> None:
        """Record that the results of an answered file are printed."""

    def failed(self, claim: Claim, found: Found, code: str, message: str) -> None:
        """Record that a file could not be read."""

    def release(self, claim: Claim) -> None:
        """Release a file that was not read."""


class NullSink:
    """Keeps nothing, but counts how often a file has crashed a worker."""

    def __init__(self) -> None:
        self._attempts: Counter[str] = Counter()

    def claim(self, found: Found) -> Claim:
        """See Keeper."""
        attempts = self._attempts[found.path]
        if attempts >= MAX_ATTEMPTS:
            return Claim(0, Todo.GIVE_UP, attempts, State.STARTED, None)
        self._attempts[found.path] += 1
        return Claim(0, Todo.READ, attempts + 1, State.STARTED, None)

    def is_old(self, claim: Claim) -> bool:  # noqa: ARG002 - as Keeper
        """See Keeper: earlier runs are unknown."""
        return False

    def answered(self, claim: Claim, found: Found, read: ReadFile) -> tuple[Stored, ...]:  # noqa: ARG002 - as Keeper
        """Return all receipts; they have no ids."""
        return tuple(Stored(0, receipt.answer, None, None) for receipt in read.receipts)

    def unprinted(self, claim: Claim) -> Results:  # noqa: ARG002 - as Keeper
        """See Keeper: there are none."""
        return ()

    def printed(self, claim: Claim, found: Found) -> None:
        """See Keeper."""

    def failed(self, claim: Claim, found: Found, code: str, message: str) -> None:
        """See Keeper."""

    def release(self, claim: Claim) -> None:
        """See Keeper."""


class StoreSink:
    """Keeps everything in the store.

    Files that failed before are read again, unless ``resume``; files that another process finishes meanwhile are
    skipped. Files of a watched folder are handed over to its watch, which publishes the results and moves the files.
    """

    def __init__(self, database: Database, *, resume: bool) -> None:
        self._journal = Journal(database)
        self._spool = Spool(database.url)
        self._unprinted = Spool(database.url, "unprinted")
        self._resume = resume
        self._began = dt.datetime.now(dt.UTC)

    def claim(self, found: Found) -> Claim:
        """See Keeper; NOTHING if the store has the file already, see ``is_old``."""
        claim = self._journal.claim(found)
        if claim.todo is Todo.FILE and self._journal.is_watched(found):
            self._journal.release(claim, count_attempt=True)
            claim = replace(claim, todo=Todo.NOTHING)
        if claim.state is State.FAILED and self.is_old(claim):
            return self._journal.again(claim)
        return claim

    def is_old(self, claim: Claim) -> bool:
        """See Keeper."""
        return not self._resume and claim.settled_at is not None and claim.settled_at < self._began

    def answered(self, claim: Claim, found: Found, read: ReadFile) -> tuple[Stored, ...]:
        """See Keeper; with what the store remembers of the merchants."""
        read = with_memory(self._journal.database, read)
        watched = self._journal.is_watched(found)
        if watched:
            self._spool.put(claim.file_id, results_of(read, ()))
        else:
            # If the state directory is read-only, results that cannot be printed are only in the store.
            with contextlib.suppress(OSError):
                self._unprinted.put(claim.file_id, results_of(read, ()))
        stored = self._journal.answered(claim, read)
        if not stored:
            self._forget(claim)
        elif watched:
            self._hand_over(claim, results_of(read, stored))
        return stored

    def unprinted(self, claim: Claim) -> Results:
        """See Keeper."""
        return self._unprinted.get(claim.file_id)

    def printed(self, claim: Claim, found: Found) -> None:
        """See Keeper; a file of a watched folder still has to be moved."""
        self._forget(claim)
        if not self._journal.is_watched(found):
            self._journal.filed(claim)

    def failed(self, claim: Claim, found: Found, code: str, message: str) -> None:
        """See Keeper."""
        if self._journal.is_watched(found):
            self._journal.failing(claim, code, message)
            self._hand_over(claim, (unread(found.path, code, message),))
        else:
            self._journal.failed(claim, code, message)

    def release(self, claim: Claim) -> None:
        """See Keeper."""
        self._journal.release(claim, count_attempt=False)

    def _forget(self, claim: Claim) -> None:
        with contextlib.suppress(OSError):
            self._unprinted.published(claim.file_id)

    def _hand_over(self, claim: Claim, results: Results) -> None:
        """Leave the rest to the watch of the file's folder."""
        self._spool.put(claim.file_id, results)
        self._journal.release(claim, count_attempt=True)
