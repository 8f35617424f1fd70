"""Takes the files of a folder one after the other, each once: claims it, has it read, stores it, puts it in its place.

What was done is in the journal before the next thing is begun, so that whoever comes after a crash goes on from there:

    started    nothing is known of the file; it is read (again)
    answered   its receipts are in the store; its results are in the spool; it has still to be put in its place
    filed      all is done; what is still in the spool has not been printed
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rpiocr.answer import unread
from rpiocr.errors import OutputError, RpiocrError, SystemLimitError, defect
from rpiocr.executors import JobExecutor, WorkerLostError
from rpiocr.job import Job, ReadFile
from rpiocr.log import Log
from rpiocr.settings import Settings
from rpiocr.store.errors import DamagedRowError
from rpiocr.store.journal import Claim, Found, Journal, Todo
from rpiocr.watch.errors import NotFiledError
from rpiocr.watch.filing import Places, folder_for, free_place, name_for, put
from rpiocr.watch.inbox import Entry, Settling, read_closed
from rpiocr.watch.spool import Results, Spool, results_of

UNRIPE = frozenset({"damaged_file", "empty_file", "unknown_format"})
"""What a file looks like that is not yet complete."""

RIPE_S = 20.0
"""A file that looks incomplete is read once more when it has not changed for so long: scanners pause for seconds."""

OLD_S = 60.0
"""Nobody pauses for so long."""

KILLED = "killed_reader"


@dataclass(slots=True)
class Progress:
    """What came of the files so far, and when the last receipt did (seconds since 1970)."""

    files: int = 0
    receipts: int = 0
    errors: int = 0
    last_receipt_at: float | None = None
    last_error: str | None = None


@dataclass(frozen=True, slots=True)
class Watcher:
    """What one watched folder needs; ``tell`` is given each result when everything else is done."""

    inbox: Path
    settings: Settings
    journal: Journal
    executor: JobExecutor
    spool: Spool
    settling: Settling
    log: Log
    tell: Callable[[Mapping[str, Any]], None]
    progress: Progress = field(default_factory=Progress)

    def finish_what_was_left(self) -> None:
        """Print what was stored and not printed before, and put files in their places that lie in none."""
        for file_id in self.spool.left():
            try:
                claim, found = self.journal.resume(file_id)
            except DamagedRowError as error:
                self._went_wrong(error)
                continue
            if claim is None:
                self.spool.told(file_id)
            elif claim.todo is Todo.NOTHING:
                self._tell(claim)
            elif claim.todo is Todo.FILE and found:
                self._file(claim, Path(found.path))

    def take(self, entry: Entry) -> bool:
        """Do with a complete file what is to be done; tells whether it needs a look again later."""
        path = self.inbox / entry.name
        try:
            data = read_closed(path)
        except FileNotFoundError:
            return False
        except OSError as error:
            return self._unreadable(path, error)
        return True if data is None else self._deal_with(path, data)

    def _deal_with(self, path: Path, data: bytes) -> bool:
        try:
            claim = self._claim(Found(str(path), hashlib.sha256(data).hexdigest(), len(data)))
        except DamagedRowError as error:
            # The journal's entry of one file must not hold up all others.
            self._went_wrong(error)
            return True
        if claim.todo is Todo.READ:
            return self._read(claim, path, data)
        if claim.todo is Todo.FILE:
            return self._file(claim, path)
        if claim.todo is Todo.GIVE_UP:
            return self._give_up(claim, path)
        if claim.todo is Todo.NOTHING and self.settings.moving == "yes":
            message = "it is in the store since before this folder was watched, and stays where it is"
            self.log.event("left", file=str(path), message=message)
        return claim.todo is Todo.WAIT

    def _claim(self, found: Found) -> Claim:
        return self.journal.claim(found, moved_away=self.settings.moving == "yes")

    def _read(self, claim: Claim, path: Path, data: bytes) -> bool:
        started = time.monotonic()
        try:
            read = self.executor.submit(Job(str(path), data, self.settings)).result()
        except WorkerLostError as error:
            self.log.warning("reader_lost", file=str(path), attempt=claim.attempts, message=str(error))
            self.journal.release(claim)
            return True
        except (KeyboardInterrupt, RpiocrError):
            # It is not the file's fault: something is missing, or the watch is to end.
            self.journal.let_go(claim)
            raise
        except Exception as error:
            report = defect(str(path), error)
            if isinstance(report, SystemLimitError):
                self.journal.let_go(claim)
                raise report from error
            return self._fail(claim, path, report.code, str(report))
        if self._looks_unfinished(read, path):
            self.journal.let_go(claim)
            return True
        self.spool.put(claim.file_id, results_of(read, ()))
        stored = self.journal.answered(claim, read)
        self.spool.put(claim.file_id, results_of(read, stored))
        self.log.event("read", file=str(path), **_facts(read), elapsed_s=time.monotonic() - started)
        return self._file(claim, path)

    def _looks_unfinished(self, read: ReadFile, path: Path) -> bool:
        codes = {one["error"]["code"] for one in read.failures}
        if read.receipts or not codes & UNRIPE:
            return False
        if self.settling.waited_s(path.name, time.monotonic()) >= RIPE_S or _is_old(path):
            return False
        self.settling.put_off(path.name, RIPE_S)
        return True

    def _file(self, claim: Claim, path: Path) -> bool:
        """Put a file in its place, unless files stay where they are, and print its results."""
        results = self.spool.get(claim.file_id)
        if self.settings.moving == "yes":
            try:
                self._move(claim, path, results)
            except NotFiledError as error:
                self._went_wrong(error)
                return True
        self.journal.filed(claim)
        self._tell(claim)
        return False

    def _move(self, claim: Claim, path: Path, results: Results) -> None:
        place = Path(claim.moved_to) if claim.moved_to else None
        if place is None or (os.path.lexists(place) and os.path.lexists(path) and not place.samefile(path)):
            folder = folder_for(Places.beside(self.inbox), results)
            place = free_place(folder, name_for(self.settings.file_name, results, path.name))
            self.journal.meant_for(claim, str(place))
        put(path, place, results)

    def _tell(self, claim: Claim) -> None:
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

    def _give_up(self, claim: Claim, path: Path) -> bool:
        message = f"{path}: reading it ended the reader {claim.attempts} times; it is set aside"
        return self._fail(claim, path, KILLED, message)

    def _fail(self, claim: Claim, path: Path, code: str, message: str) -> bool:
        self.log.error(code, file=str(path), message=message)
        self.spool.put(claim.file_id, (unread(str(path), code, message),))
        self.journal.failing(claim, code, message)
        return self._file(claim, path)

    def _unreadable(self, path: Path, error: OSError) -> bool:
        """Set a file aside that may not be opened; it has no bytes to know it by."""
        message = f"{path} cannot be read: {error.strerror}; check its permissions"
        claim = self._claim(Found(str(path), "-", 0))
        if claim.todo in (Todo.NOTHING, Todo.WAIT):
            return False
        return self._fail(claim, path, "no_permission", message)

    def _went_wrong(self, error: RpiocrError) -> None:
        if str(error) != self.progress.last_error:
            self.log.error(error.code, message=str(error))
        self.progress.last_error = str(error)
        self.progress.errors += 1


def _is_old(path: Path) -> bool:
    """Tell whether a file was written long ago, if the clock is right; where it is wrong, more time has to pass."""
    try:
        return time.time() - path.stat().st_mtime > OLD_S
    except OSError:
        return False


def _facts(read: ReadFile) -> dict[str, object]:
    """What the log says of a file."""
    if not read.receipts:
        return {"error": read.failures[0]["error"]["code"]} if read.failures else {}
    answers = [one.answer for one in read.receipts]
    first = answers[0]
    return {
        "receipts": len(answers),
        "verdict": "/".join(str(one["verdict"]) for one in answers),
        "amount": first["amount"],
        "currency": first["currency"],
        "date": first["date"],
        "merchant": first["merchant"],
    }
