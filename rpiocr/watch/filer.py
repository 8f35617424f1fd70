"""Moves processed files to their destination, publishes their results, and recovers after a crash."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rpiocr.errors import OutputError
from rpiocr.output.result import unread
from rpiocr.settings import Settings
from rpiocr.store.errors import DamagedRowError
from rpiocr.store.journal import Claim, Found, Journal, Todo
from rpiocr.system.log import Log
from rpiocr.system.stop import undisturbed
from rpiocr.watch.aside import Aside, left_aside, put_aside, tidy
from rpiocr.watch.errors import ChangedError, NotFiledError, TemporaryError
from rpiocr.watch.filing import (
    Places,
    complete,
    document_of,
    folder_for,
    free_place,
    is_filed,
    is_free,
    put,
    sweep_at,
)
from rpiocr.watch.follower import Follower, NullFollower
from rpiocr.watch.inbox import fingerprint
from rpiocr.watch.naming import name_for
from rpiocr.watch.problems import Problems, Progress
from rpiocr.watch.spool import Results, Spool

RESULTS_LOST = "results_lost"


@dataclass(frozen=True, slots=True)
class Filer:
    """Files and publishes; ``publish`` is called with each result when everything else is done."""

    inbox: Path
    settings: Settings
    journal: Journal
    spool: Spool
    log: Log
    publish: Callable[[Mapping[str, Any]], None]
    progress: Progress
    problems: Problems
    follower: Follower = field(default_factory=NullFollower)

    @property
    def mode(self) -> int:
        """The mode of new files in the user's directories."""
        return self.settings.file_mode_bits

    @property
    def moves(self) -> bool:
        """Whether processed files are moved, or stay in the watched folder."""
        return self.settings.moving == "yes"

    def file(self, claim: Claim, found: Found, aside: Aside | None) -> bool:
        """Move an answered file to its destination, unless files stay, and publish its results.

        ``aside`` is its private path, or None if it has none. Returns whether it succeeded.
        """
        with undisturbed():
            return self._file(claim, found, aside)

    def _file(self, claim: Claim, found: Found, aside: Aside | None) -> bool:
        results = self.spool.get(claim.file_id) or self._lost(claim, found)
        place = None
        if self.moves:
            try:
                place = self._move(claim, found, aside, results)
            except NotFiledError as error:
                self.problems.add(Path(found.path).name, error)
                return False
            except ChangedError as error:
                self.log.warning(error.code, file=found.path, message=str(error))
        self.journal.filed(claim)
        self.problems.solved(Path(found.path).name)
        self.follower.filed(claim.file_id, found, str(place) if place else None)
        self.print(claim)
        return True

    def _lost(self, claim: Claim, found: Found) -> Results:
        """Return a replacement for results that are gone from the disk; the receipts are in the store."""
        message = f"{found.path}: its results were lost before they were written; rpiocr search shows its receipts"
        results = (unread(found.path, RESULTS_LOST, message),)
        self.spool.put(claim.file_id, results)
        return results

    def print(self, claim: Claim) -> None:
        """Publish the results of a file that needs nothing else, and delete them."""
        results = self.spool.get(claim.file_id)
        for number, result in enumerate(results):
            try:
                self.publish(result)
            except (OutputError, BrokenPipeError):
                self.spool.put(claim.file_id, results[number:])
                raise
            self.progress.errors += "error" in result
            self.progress.receipts += "error" not in result
        self.spool.published(claim.file_id)
        self.progress.files += 1
        self.progress.last_receipt_at = time.time()

    def is_placed(self, claim: Claim, found: Found) -> bool:
        """Return whether an answered file was moved already, so that its old name belongs to another file now."""
        document = document_of(self.spool.get(claim.file_id))
        return claim.moved_to is not None and is_filed(Path(claim.moved_to), found.sha256, document)

    def recover(self) -> bool:
        """Finish files that were answered before, and restore the names of those that were not.

        No file may be in progress. Returns whether everything succeeded.
        """
        hidden: list[Path] = []
        left = list(left_aside(self.inbox, lambda folder, error: hidden.append(self._not_opened(folder, error))))
        ours = [self._finish(file_id, left) for file_id in self.spool.left()]
        kept = {aside for aside in ours if isinstance(aside, Aside)}
        given = [self.restore(aside) for aside in left if aside.is_there and aside not in kept]
        tidy(self.inbox)
        return not hidden and all(given) and all(one is True for one in ours)

    def restore_all(self) -> None:
        """Restore the names of all files put aside, except where another file has taken them."""
        for aside in left_aside(self.inbox):
            self.restore(aside, renamed=False)
        tidy(self.inbox)

    def restore(self, aside: Aside, *, renamed: bool = True) -> bool:
        """Restore the name of a file that was put aside, or a numbered one if it may be ``renamed``."""
        try:
            own = aside.put_back(renamed=renamed)
        except OSError as error:
            self.problems.add(aside.own.name, _not_named(aside.own, error))
            return False
        if own and own != aside.own:
            message = f"another file arrived as {aside.own.name} meanwhile; both are read"
            self.log.event("renamed", file=str(own), message=message)
        return own is not None

    def claim_by_name(self, path: Path) -> Aside | None:
        """Put a file aside; None if it is gone or cannot be renamed, which is recorded as a problem."""
        try:
            return put_aside(path, self.mode)
        except FileNotFoundError:
            return None
        except OSError as error:
            self.problems.add(path.name, _not_named(path, error))
            return None

    def _not_opened(self, folder: Path, error: OSError) -> Path:
        why = f"{folder} cannot be opened: {error.strerror}"
        message = f"{why}; it holds a file that another user's watch began to read: move that back to where it was"
        self.problems.add(folder.name, TemporaryError(message, why))
        return folder

    def _finish(self, file_id: int, left: list[Aside]) -> Aside | bool:
        """Finish a file; returns whether that succeeded, or where it stays aside for a later attempt."""
        try:
            claim, found = self.journal.resume(file_id)
        except DamagedRowError as error:
            self.problems.add(str(file_id), TemporaryError(str(error), str(error)))
            return False
        if claim is None:
            self.spool.published(file_id)
        elif found is None or Path(found.path).parent != self.inbox:
            return True  # another watch owns it
        elif claim.todo is Todo.NOTHING:
            self.print(claim)
        elif claim.todo is Todo.READ:
            self.spool.published(file_id)  # it was not stored, and will be read again
        elif claim.todo is Todo.FILE:
            aside = self._find(claim, found, left)
            return self.file(claim, found, aside) or self._postpone(aside)
        return True

    def _find(self, claim: Claim, found: Found, left: list[Aside]) -> Aside | None:
        """Locate an answered file: aside, or in the folder under its own name, from where it is put aside."""
        path = Path(found.path)
        if not self.moves:
            return None
        for aside in left:
            if aside.own == path and fingerprint(aside.place) == found.sha256:
                return aside
        if self.is_placed(claim, found) or fingerprint(path) != found.sha256:
            return None
        return self.claim_by_name(path)

    def _postpone(self, aside: Aside | None) -> Aside | bool:
        """Restore the name of a file that cannot be moved to its destination; if that is taken, it stays aside."""
        if aside is None or self.restore(aside, renamed=False):
            return False
        return aside

    def _move(self, claim: Claim, found: Found, aside: Aside | None, results: Results) -> Path | None:
        """Move a file to its destination, and return that; None if the file is gone."""
        document = document_of(results)
        before = Path(claim.moved_to) if claim.moved_to else None
        place = None
        if before and is_filed(before, found.sha256, document):
            complete(aside.place if aside else None, before, document, self.mode)
            place = before
        elif aside is None:
            message = "it was read, but disappeared before it could be moved; its results are in the store"
            self.log.warning("gone", file=found.path, message=message)
        else:
            place = before if before and is_free(before) else self._choose(claim, found, results)
            if place == before:
                sweep_at(place)
            put(aside.place, place, found.sha256, document, top=self.inbox.parent, mode=self.mode)
        if aside:
            aside.tidy()
        return place

    def _choose(self, claim: Claim, found: Found, results: Results) -> Path:
        name = name_for(self.settings.file_name, results, os.path.basename(found.path))  # noqa: PTH119 - any bytes
        place = free_place(folder_for(Places.next_to(self.inbox), results), name)
        self.journal.meant_for(claim, str(place))
        return place


def _not_named(path: Path, error: OSError) -> TemporaryError:
    why = error.strerror or str(error)
    message = (
        f"{path} cannot be renamed: {why}; only files that can be moved are read: let this user write in "
        f"{path.parent}, or give --keep, which leaves files where they are"
    )
    return TemporaryError(message, f"{path.parent}: {why}")
