"""Processes the files of a folder, each exactly once: claim, read, store, move.

Each step is recorded in the journal before the next begins, so that work resumes there after a crash:

    started    nothing is known about the file; it is read (again)
    answered   its receipts are in the store and its results in the spool; it still has to be moved
    filed      finished; results that are still in the spool have not been published

A file that will be moved is put aside before it is read: whatever takes its name afterwards is another file. A file
that stays is kept open while it is read. Either way, an answer counts only while the file holds what was read.

Several files may be in progress, each in a thread of its own, but only one of them takes a step at a time: a file has
its turn except while it waits for its reader.
"""

from __future__ import annotations

import errno
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import CancelledError, Future, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from rpiocr.errors import NotPermittedError, PictureTooLargeError, RpiocrError, SystemLimitError, defect
from rpiocr.executors import JobExecutor, WorkerLostError
from rpiocr.executors.job import Job
from rpiocr.model.records import ReadFile
from rpiocr.output.remembered import with_memory
from rpiocr.output.result import unread
from rpiocr.store.errors import DamagedRowError, StoreError
from rpiocr.store.journal import Claim, Found, Journal, Todo
from rpiocr.watch.aside import Aside
from rpiocr.watch.errors import ClientGoneError, TemporaryError
from rpiocr.watch.filer import Filer
from rpiocr.watch.follower import Follower
from rpiocr.watch.inbox import MAX_BYTES, NOT_READ, Entry, Settling, Snapshot, entries, fingerprint, look
from rpiocr.watch.spool import results_of

INCOMPLETE_CODES = frozenset({"damaged_file", "empty_file", "unknown_format"})
"""Error codes that an incompletely written file causes."""

INCOMPLETE_RETRY_S = 20.0
"""A file that looks incomplete is read again once unmodified for this long: scanners pause for seconds."""

STABLE_AFTER_S = 60.0
"""A file unmodified for this long is treated as complete."""

KILLED = "killed_reader"

NOT_A_FILE = frozenset({errno.ELOOP, errno.EINVAL, errno.ENXIO, errno.EISDIR, errno.ENOTDIR})
"""Error numbers of the system when a link, pipe, socket or directory has taken the place of a file."""


class After(StrEnum):
    """The state of a file after processing."""

    GONE = "gone"
    """It has left the folder; its name may belong to another file now."""
    DONE = "done"
    """It needs nothing until it changes."""
    AGAIN = "again"
    """It has to be retried later."""


@dataclass(slots=True)
class Work:
    """A file in progress: its claim in the journal, its identity, and its private path if it has one.

    ``settled``: the outcome of the claim is in the journal. ``answered``: so is the result of the file. ``reader`` is
    its job, once that was submitted; ``withdrawn``: nobody waits for the result any more.
    """

    claim: Claim
    found: Found
    aside: Aside | None = None
    settled: bool = False
    answered: bool = False
    reader: Future[ReadFile] | None = None
    withdrawn: bool = False

    @property
    def is_read(self) -> bool:
        """Whether there is a result, even if it is not in the journal yet."""
        if self.reader is None or self.reader.cancelled() or not self.reader.done():
            return self.answered
        return self.answered or self.reader.exception() is None

    @property
    def path(self) -> Path:
        """The path of the file under its own name."""
        return Path(self.found.path)


@dataclass(frozen=True, slots=True)
class Watcher:
    """Processes one watched folder; ``unfinished`` is not empty if something has to be recovered as after a crash.

    Claims in it are released as soon as the store can be used again. ``turn`` is held by whoever takes a step;
    ``take``, ``withdraw`` and ``listed`` may be called in any thread, and wait for it themselves.
    """

    inbox: Path
    filer: Filer
    executor: JobExecutor
    settling: Settling
    unfinished: list[Claim | None] = field(default_factory=list)
    turn: threading.RLock = field(default_factory=threading.RLock)
    _in_progress: dict[int, Work] = field(default_factory=dict)
    _withdrawn: set[Entry] = field(default_factory=set)

    @property
    def follower(self) -> Follower:
        """What is told about the files."""
        return self.filer.follower

    @property
    def journal(self) -> Journal:
        """The journal of files."""
        return self.filer.journal

    def recover(self) -> None:
        """Finish what an earlier process left, or this one when it met a problem; no file may be in progress."""
        while self.unfinished:
            claim = self.unfinished[-1]
            if claim:
                self._release(claim)
            self.unfinished.pop()
        if not self.filer.recover():
            self.unfinished.append(None)

    def take(self, entry: Entry) -> After:
        """Process a complete file."""
        path = self.inbox / entry.name
        with self.turn, ExitStack() as stack:
            try:
                seen = stack.enter_context(look(entry, path))
            except FileNotFoundError:
                return After.GONE
            except OSError as error:
                return self._unreadable(path, error)
            if seen is None:
                return After.AGAIN
            return self._take(path, seen.sha256, seen, _client_gone(path) if entry in self._withdrawn else None)

    def listed(self) -> list[Entry]:
        """List the files of the folder, and forget those of the withdrawn ones that are gone. Raises OSError."""
        with self.turn:
            found = list(entries(self.inbox))
            self._withdrawn.intersection_update(found)
            return found

    def withdraw(self, sha256: str) -> bool:
        """See Control."""
        same = self._waiting_with(sha256)
        with self.turn:
            waiting = same.intersection(self._listed_if_possible())
            self._withdrawn.update(waiting)
            reading = [one for one in self._in_progress.values() if one.found.sha256 == sha256 and not one.is_read]
            for work in reading:
                work.withdrawn = True
        for work in reading:
            if work.reader:
                self.executor.abandon(work.reader)
        return bool(waiting or reading)

    def _waiting_with(self, sha256: str) -> set[Entry]:
        """Return the files with this hash that were not begun; none where files stay, as those may have been read."""
        found = self._listed_if_possible() if self.filer.moves else []
        with suppress(OSError):
            return {one for one in found if fingerprint(self.inbox / one.name) == sha256}
        return set()

    def _listed_if_possible(self) -> list[Entry]:
        with suppress(OSError):
            return self.listed()
        return []

    def _unreadable(self, path: Path, error: OSError) -> After:
        """Handle a file that cannot be opened; it has no content to identify it by."""
        if error.errno in NOT_A_FILE:
            return After.DONE
        if isinstance(error, PermissionError):
            message = f"{path} cannot be read: {error.strerror}; check its permissions"
            return self._take(path, NOT_READ, None, NotPermittedError(message))
        if error.errno == errno.EFBIG:
            message = f"{path} is larger than {MAX_BYTES // 1024**2} MiB; give the receipt as a smaller image or PDF"
            return self._take(path, NOT_READ, None, PictureTooLargeError(message))
        message = f"{path} cannot be read: {error.strerror}; it is retried until that is fixed"
        self.filer.problems.add(path.name, TemporaryError(message, f"{path.parent}: {error.strerror}"))
        return After.AGAIN

    def _take(self, path: Path, sha256: str, seen: Snapshot | None, reason: RpiocrError | None = None) -> After:
        """Claim a file in the journal, then by its name, and process it; ``reason`` is its error if it is not read."""
        found = Found(str(path), sha256, len(seen.data) if seen else 0)
        try:
            claim = self.journal.claim(found, moved_away=self.filer.moves)
        except DamagedRowError as error:
            # A damaged journal entry of one file must not block all others.
            self.filer.problems.add(path.name, TemporaryError(str(error), str(error)))
            return After.AGAIN
        if claim.todo is Todo.WAIT:
            return After.AGAIN
        if claim.todo is Todo.NOTHING:
            return self._leave(claim, found)
        if claim.todo is Todo.FILE and self.filer.moves and self.filer.is_placed(claim, found):
            # The same image arrived again: the one that was answered has been moved already.
            self.filer.file(claim, found, None)
            return After.AGAIN
        with self._at_work(Work(claim, found)) as work:
            if self.filer.moves and not self._put_aside(work):
                return After.AGAIN
            return self._process(work, seen, reason)

    def _leave(self, claim: Claim, found: Found) -> After:
        if self.filer.moves:
            message = "it was in the store before this folder was watched, and stays where it is"
            self.filer.log.event("left", file=found.path, message=message)
        self.follower.left(claim.file_id, found)
        return After.DONE

    @contextmanager
    def _at_work(self, work: Work) -> Iterator[Work]:
        """On any exit without an outcome, release the claim and restore the name of the file."""
        finished = False
        self._in_progress[work.claim.file_id] = work
        try:
            yield work
            finished = True
        finally:
            del self._in_progress[work.claim.file_id]
            try:
                if not work.settled:
                    self._release_or_postpone(work.claim)
                elif not finished:
                    self.unfinished.append(None)
            finally:
                self._restore(work)
                if not work.answered:
                    self.follower.again(work.claim.file_id, work.found)

    def _release_or_postpone(self, claim: Claim) -> None:
        try:
            self._release(claim)
        except StoreError:
            self.unfinished.append(claim)
            raise

    def _release(self, claim: Claim) -> None:
        self.journal.release(claim, count_attempt=claim.todo is not Todo.READ)

    def _restore(self, work: Work) -> None:
        # An answered file is identified by its name, and must not get another.
        if work.aside and work.aside.is_there and not self.filer.restore(work.aside, renamed=not work.answered):
            self.unfinished.append(None)

    def _put_aside(self, work: Work) -> bool:
        """Claim a file by its name; False if that fails, or if another file has the name by now."""
        work.aside = self.filer.claim_by_name(work.path)
        return work.aside is not None and fingerprint(work.aside.place) == work.found.sha256

    def _process(self, work: Work, seen: Snapshot | None, reason: RpiocrError | None) -> After:
        if work.claim.todo is Todo.GIVE_UP:
            message = f"{work.path}: reading it crashed the worker {work.claim.attempts} times; it is set aside"
            self._fail(work, KILLED, message)
        elif reason and work.claim.todo is Todo.READ:
            self._fail(work, reason.code, str(reason))
        elif seen and work.claim.todo is Todo.READ and not self._read(work, seen):
            return After.AGAIN
        work.settled = work.answered = True
        if not self.filer.file(work.claim, work.found, work.aside):
            if work.aside and not work.aside.is_there:
                self.unfinished.append(None)
            return After.AGAIN
        return After.GONE if self.filer.moves else After.DONE

    def _read(self, work: Work, seen: Snapshot) -> bool:
        """Read a file and store the outcome; False if there is none, and it has to be retried."""
        started = time.monotonic()
        outcome = self._outcome(work, seen)
        if outcome is None or self._changed(work, seen):
            return False
        if isinstance(outcome, RpiocrError):
            self._fail(work, outcome.code, str(outcome))
            return True
        if self._looks_unfinished(outcome, work.path, seen):
            return False
        outcome = with_memory(self.journal.database, outcome)
        file_id = work.claim.file_id
        self.filer.spool.put(file_id, results_of(outcome, ()))
        stored = self.journal.answered(work.claim, outcome)
        work.settled = work.answered = True
        self.filer.spool.put(file_id, results_of(outcome, stored))
        self.follower.answered(file_id, work.found, outcome)
        elapsed_s = time.monotonic() - started
        self.filer.log.event("read", file=str(work.path), **_facts(outcome), elapsed_s=elapsed_s)
        return True

    def _outcome(self, work: Work, seen: Snapshot) -> ReadFile | RpiocrError | None:
        """Return the result of a file or its error; None if the worker was lost and the file may be retried."""
        self.follower.reading(work.claim.file_id, work.found)
        settings = self.follower.settings_for(work.found, self.filer.settings)
        try:
            return self._result(work, Job(str(work.path), seen.data, settings))
        except WorkerLostError as error:
            attempt = work.claim.attempts
            self.filer.log.warning("reader_lost", file=str(work.path), attempt=attempt, message=str(error))
            self.journal.release(work.claim, count_attempt=True)
            work.settled = True
            return None
        except ClientGoneError as error:
            return error
        except (RpiocrError, CancelledError):
            # Not caused by the file: something is missing, or the watch is ending.
            raise
        except Exception as error:
            report = defect(str(work.path), error)
            if isinstance(report, SystemLimitError):
                raise report from error
            return report

    def _result(self, work: Work, job: Job) -> ReadFile:
        """Return the result of a job; others have their turn meanwhile. Raises ClientGoneError if it is withdrawn."""
        if not work.withdrawn:
            work.reader = self.executor.submit(job)
            self.turn.release()
            try:
                wait([work.reader])
            finally:
                self.turn.acquire()
        if work.withdrawn or work.reader is None:
            raise _client_gone(work.path)
        return work.reader.result()

    def _changed(self, work: Work, seen: Snapshot) -> bool:
        if seen.unchanged:
            return False
        message = "it was changed while it was being read; it is read again when it has settled"
        self.filer.log.event("changed", file=str(work.path), message=message)
        return True

    def _looks_unfinished(self, read: ReadFile, path: Path, seen: Snapshot) -> bool:
        codes = {one["error"]["code"] for one in read.failures}
        if read.receipts or not codes & INCOMPLETE_CODES or self.settling.is_trusted(path.name):
            return False
        if self.settling.waited_s(path.name, time.monotonic()) >= INCOMPLETE_RETRY_S or _is_old(seen):
            return False
        self.settling.postpone(path.name, INCOMPLETE_RETRY_S)
        return True

    def _fail(self, work: Work, code: str, message: str) -> None:
        self.filer.log.error(code, file=str(work.path), message=message)
        self.filer.spool.put(work.claim.file_id, (unread(str(work.path), code, message),))
        self.journal.failing(work.claim, code, message)
        work.settled = work.answered = True
        self.follower.failed(work.claim.file_id, work.found, code, message)


def _client_gone(path: Path) -> ClientGoneError:
    message = f"{path}: the client went away before it was read; send it again, or read it again from the page"
    return ClientGoneError(message)


def _is_old(seen: Snapshot) -> bool:
    """Return whether a file was written long ago; if the system clock is wrong, it only takes longer."""
    return time.time() - os.fstat(seen.handle).st_mtime > STABLE_AFTER_S


def _facts(read: ReadFile) -> dict[str, object]:
    """Return the fields that the log reports for a file."""
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
