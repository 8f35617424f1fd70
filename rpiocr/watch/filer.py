"""Puts files in their places that were read, prints what came of them, and takes up what a crash has left."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
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
from rpiocr.watch.errors import ChangedError, NotFiledError, TroubleError
from rpiocr.watch.filing import (
    Places,
    complete,
    document_of,
    folder_for,
    free_place,
    is_filed,
    is_free,
    put,
    sweep_beside,
)
from rpiocr.watch.inbox import fingerprint
from rpiocr.watch.naming import name_for
from rpiocr.watch.spool import Results, Spool
from rpiocr.watch.troubles import Progress, Troubles

RESULTS_LOST = "results_lost"


@dataclass(frozen=True, slots=True)
class Filer:
    """What is needed for that; ``tell`` is given each result when everything else is done."""

    inbox: Path
    settings: Settings
    journal: Journal
    spool: Spool
    log: Log
    tell: Callable[[Mapping[str, Any]], None]
    progress: Progress
    troubles: Troubles

    @property
    def mode(self) -> int:
        """The mode of new files in the user's folders."""
        return self.settings.file_mode_bits

    @property
    def moves(self) -> bool:
        """Whether files are moved to their places, or stay where they are."""
        return self.settings.moving == "yes"

    def file(self, claim: Claim, found: Found, aside: Aside | None) -> bool:
        """Put an answered file in its place, unless files stay where they are, and print its results.

        ``aside`` is where it lies; None where it lies in no private place. Returns whether that could be done.
        """
        with undisturbed():
            return self._file(claim, found, aside)

    def _file(self, claim: Claim, found: Found, aside: Aside | None) -> bool:
        results = self.spool.get(claim.file_id) or self._lost(claim, found)
        if self.moves:
            try:
                self._move(claim, found, aside, results)
            except NotFiledError as error:
                self.troubles.add(Path(found.path).name, error)
                return False
            except ChangedError as error:
                self.log.warning(error.code, file=found.path, message=str(error))
        self.journal.filed(claim)
        self.troubles.over(Path(found.path).name)
        self.print(claim)
        return True

    def _lost(self, claim: Claim, found: Found) -> Results:
        """What to write beside a file whose results are gone from the disk; what was read of it is in the store."""
        message = f"{found.path}: its results were lost before they were written; rpiocr search shows its receipts"
        results = (unread(found.path, RESULTS_LOST, message),)
        self.spool.put(claim.file_id, results)
        return results

    def print(self, claim: Claim) -> None:
        """Print the results of a file that needs nothing else, and forget them."""
        results = self.spool.get(claim.file_id)
        for number, result in enumerate(results):
            try:
                self.tell(result)
            except (OutputError, BrokenPipeError):
                self.spool.put(claim.file_id, results[number:])
                raise
            self.progress.errors += "error" in result
            self.progress.receipts += "error" not in result
        self.spool.told(claim.file_id)
        self.progress.files += 1
        self.progress.last_receipt_at = time.time()

    def is_placed(self, claim: Claim, found: Found) -> bool:
        """Tell whether an answered file lies in its place already, so that whatever has its name is another one."""
        document = document_of(self.spool.get(claim.file_id))
        return claim.moved_to is not None and is_filed(Path(claim.moved_to), found.sha256, document)

    def finish_what_was_left(self) -> bool:
        """Do the rest for files that were answered before, and give their names back to those that were not.

        Nothing may be in work. Returns whether all could be done.
        """
        hidden: list[Path] = []
        left = list(left_aside(self.inbox, lambda folder, error: hidden.append(self._not_opened(folder, error))))
        ours = [self._finish(file_id, left) for file_id in self.spool.left()]
        kept = {aside for aside in ours if isinstance(aside, Aside)}
        given = [self.give_back(aside) for aside in left if aside.is_there and aside not in kept]
        tidy(self.inbox)
        return not hidden and all(given) and all(one is True for one in ours)

    def give_all_back(self) -> None:
        """Give what lies aside its own name, unless another file has it."""
        for aside in left_aside(self.inbox):
            self.give_back(aside, renamed=False)
        tidy(self.inbox)

    def give_back(self, aside: Aside, *, renamed: bool = True) -> bool:
        """Give a file that was put aside its name back, or one like it where it may be ``renamed``."""
        try:
            own = aside.put_back(renamed=renamed)
        except OSError as error:
            self.troubles.add(aside.own.name, _not_named(aside.own, error))
            return False
        if own and own != aside.own:
            message = f"another file arrived as {aside.own.name} meanwhile; both are read"
            self.log.event("renamed", file=str(own), message=message)
        return own is not None

    def claim_by_name(self, path: Path) -> Aside | None:
        """Put a file aside; None where it cannot be renamed, which is noted as a trouble, or is gone."""
        try:
            return put_aside(path, self.mode)
        except FileNotFoundError:
            return None
        except OSError as error:
            self.troubles.add(path.name, _not_named(path, error))
            return None

    def _not_opened(self, folder: Path, error: OSError) -> Path:
        why = f"{folder} cannot be opened: {error.strerror}"
        message = f"{why}; a file that another user's watch began to read lies in it: move it to where it was"
        self.troubles.add(folder.name, TroubleError(message, why))
        return folder

    def _finish(self, file_id: int, left: list[Aside]) -> Aside | bool:
        """Do the rest for a file; returns whether that could be done, or where it lies aside for another time."""
        try:
            claim, found = self.journal.resume(file_id)
        except DamagedRowError as error:
            self.troubles.add(str(file_id), TroubleError(str(error), str(error)))
            return False
        if claim is None:
            self.spool.told(file_id)
        elif found is None or Path(found.path).parent != self.inbox:
            return True  # it is somebody else's
        elif claim.todo is Todo.NOTHING:
            self.print(claim)
        elif claim.todo is Todo.READ:
            self.spool.told(file_id)  # it was not stored, and is read again
        elif claim.todo is Todo.FILE:
            aside = self._find(claim, found, left)
            return self.file(claim, found, aside) or self._put_off(aside)
        return True

    def _find(self, claim: Claim, found: Found, left: list[Aside]) -> Aside | None:
        """Where an answered file lies: aside, or in the folder under its own name, which is put aside then."""
        path = Path(found.path)
        if not self.moves:
            return None
        for aside in left:
            if aside.own == path and fingerprint(aside.place) == found.sha256:
                return aside
        if self.is_placed(claim, found) or fingerprint(path) != found.sha256:
            return None
        return self.claim_by_name(path)

    def _put_off(self, aside: Aside | None) -> Aside | bool:
        """Give a file its name back that cannot be put in its place; where that is taken, it stays aside."""
        if aside is None or self.give_back(aside, renamed=False):
            return False
        return aside

    def _move(self, claim: Claim, found: Found, aside: Aside | None, results: Results) -> None:
        document = document_of(results)
        before = Path(claim.moved_to) if claim.moved_to else None
        if before and is_filed(before, found.sha256, document):
            complete(aside.place if aside else None, before, document, self.mode)
        elif aside is None:
            message = "it was read, and is gone before it could be put in its place; its results are in the store"
            self.log.warning("gone", file=found.path, message=message)
        else:
            place = before if before and is_free(before) else self._choose(claim, found, results)
            if place == before:
                sweep_beside(place)
            put(aside.place, place, found.sha256, document, top=self.inbox.parent, mode=self.mode)
        if aside:
            aside.tidy()

    def _choose(self, claim: Claim, found: Found, results: Results) -> Path:
        name = name_for(self.settings.file_name, results, os.path.basename(found.path))  # noqa: PTH119 - any bytes
        place = free_place(folder_for(Places.beside(self.inbox), results), name)
        self.journal.meant_for(claim, str(place))
        return place


def _not_named(path: Path, error: OSError) -> TroubleError:
    why = error.strerror or str(error)
    message = (
        f"{path} cannot be renamed: {why}; files are read when they can be moved: let this user write in "
        f"{path.parent}, or give --keep, which leaves files where they are"
    )
    return TroubleError(message, f"{path.parent}: {why}")
