"""Where answers are kept: in the store with its journal, or nowhere."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections import Counter
from dataclasses import replace
from typing import Protocol

from rpiocr.model.records import ReadFile
from rpiocr.output.result import unread
from rpiocr.store.database import Database
from rpiocr.store.journal import MOST_ATTEMPTS, Claim, Found, Journal, State, Todo
from rpiocr.store.receipts import Stored
from rpiocr.watch.spool import Results, Spool, results_of


class Keeper(Protocol):
    """Knows what is to be done with a file, and takes what came of it.

    ``claim.todo`` is FILE where its receipts are kept and have not been printed yet: see ``unprinted``.
    """

    def claim(self, found: Found) -> Claim:
        """Take a file that is to be read, also again after it has killed its reader."""

    def is_old(self, claim: Claim) -> bool:
        """Tell whether a file was settled before this run, and is to be read again nevertheless."""

    def answered(self, claim: Claim, found: Found, read: ReadFile) -> tuple[Stored, ...]:
        """Keep the receipts of a file; returns those that nobody has answered before, to be printed."""

    def unprinted(self, claim: Claim) -> Results:
        """Return the results of a file of which an earlier run has kept the receipts, and did not print them."""

    def printed(self, claim: Claim, found: Found) -> None:
        """Note that the results of a file that was answered are printed."""

    def failed(self, claim: Claim, found: Found, code: str, message: str) -> None:
        """Note that a file gave no receipt."""

    def let_go(self, claim: Claim) -> None:
        """Give a file back that was not read."""


class Unkept:
    """Keeps nothing, and counts how often a file has killed its reader."""

    def __init__(self) -> None:
        self._attempts: Counter[str] = Counter()

    def claim(self, found: Found) -> Claim:
        """See Keeper."""
        attempts = self._attempts[found.path]
        if attempts >= MOST_ATTEMPTS:
            return Claim(0, Todo.GIVE_UP, attempts, State.STARTED, None)
        self._attempts[found.path] += 1
        return Claim(0, Todo.READ, attempts + 1, State.STARTED, None)

    def is_old(self, claim: Claim) -> bool:  # noqa: ARG002 - as Keeper
        """See Keeper: nothing is known of earlier runs."""
        return False

    def answered(self, claim: Claim, found: Found, read: ReadFile) -> tuple[Stored, ...]:  # noqa: ARG002 - as Keeper
        """Return all receipts; they have no number."""
        return tuple(Stored(0, receipt.answer, None, None) for receipt in read.receipts)

    def unprinted(self, claim: Claim) -> Results:  # noqa: ARG002 - as Keeper
        """See Keeper: there are none."""
        return ()

    def printed(self, claim: Claim, found: Found) -> None:
        """See Keeper."""

    def failed(self, claim: Claim, found: Found, code: str, message: str) -> None:
        """See Keeper."""

    def let_go(self, claim: Claim) -> None:
        """See Keeper."""


class Kept:
    """Keeps everything in the store.

    Files that failed before are taken anew, unless ``resume``; what others settle meanwhile needs nothing. Files of a
    watched folder are handed over to its watch, which prints what was read and puts them in their places.
    """

    def __init__(self, database: Database, *, resume: bool) -> None:
        self._journal = Journal(database)
        self._spool = Spool(database.url)
        self._unprinted = Spool(database.url, "unprinted")
        self._resume = resume
        self._began = dt.datetime.now(dt.UTC)

    def claim(self, found: Found) -> Claim:
        """See Keeper; NOTHING where the store has the file already, see ``is_old``."""
        claim = self._journal.claim(found)
        if claim.todo is Todo.FILE and self._journal.is_watched(found):
            self._journal.release(claim)
            claim = replace(claim, todo=Todo.NOTHING)
        if claim.state is State.FAILED and self.is_old(claim):
            return self._journal.again(claim)
        return claim

    def is_old(self, claim: Claim) -> bool:
        """See Keeper."""
        return not self._resume and claim.settled_at is not None and claim.settled_at < self._began

    def answered(self, claim: Claim, found: Found, read: ReadFile) -> tuple[Stored, ...]:
        """See Keeper."""
        watched = self._journal.is_watched(found)
        if watched:
            self._spool.put(claim.file_id, results_of(read, ()))
        else:
            # Where the folder of states is read-only, results that cannot be printed are only in the store.
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
        """See Keeper; a file of a watched folder has still to be put in its place."""
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

    def let_go(self, claim: Claim) -> None:
        """See Keeper."""
        self._journal.let_go(claim)

    def _forget(self, claim: Claim) -> None:
        with contextlib.suppress(OSError):
            self._unprinted.told(claim.file_id)

    def _hand_over(self, claim: Claim, results: Results) -> None:
        """Leave the rest to the watch over a file's folder."""
        self._spool.put(claim.file_id, results)
        self._journal.release(claim)
