"""Takes the files of a folder one after the other, each once: claims it, has it read, stores it, puts it in its place.

What was done is in the journal before the next thing is begun, so that whoever comes after a crash goes on from there:

    started    nothing is known of the file; it is read (again)
    answered   its receipts are in the store; its results are in the spool; it has still to be put in its place
    filed      all is done; what is still in the spool has not been printed

A file that is to be moved is put aside before it is read: whatever takes its name from then on is another file. One
that stays where it is, is open while it is read. Either way, an answer counts only while the file holds what was read.
"""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from rpiocr.errors import NotPermittedError, PictureTooLargeError, RpiocrError, SystemLimitError, defect
from rpiocr.executors import JobExecutor, WorkerLostError
from rpiocr.executors.job import Job
from rpiocr.model.records import ReadFile
from rpiocr.output.result import unread
from rpiocr.store.errors import DamagedRowError, StoreError
from rpiocr.store.journal import Claim, Found, Journal, Todo
from rpiocr.watch.aside import Aside
from rpiocr.watch.errors import TroubleError
from rpiocr.watch.filer import Filer
from rpiocr.watch.inbox import MOST_BYTES, NOT_READ, Entry, Seen, Settling, fingerprint, look
from rpiocr.watch.spool import results_of

UNRIPE = frozenset({"damaged_file", "empty_file", "unknown_format"})
"""What a file looks like that is not yet complete."""

RIPE_S = 20.0
"""A file that looks incomplete is read once more when it has not changed for so long: scanners pause for seconds."""

OLD_S = 60.0
"""Nobody pauses for so long."""

KILLED = "killed_reader"

NO_FILE = frozenset({errno.ELOOP, errno.EINVAL, errno.ENXIO, errno.EISDIR, errno.ENOTDIR})
"""How the system says that a link, a pipe, a socket or a folder has taken the place of a file."""


class After(StrEnum):
    """How a file is when it has been dealt with."""

    GONE = "gone"
    """It lies there no more: what has its name is another file."""
    DONE = "done"
    """As long as it looks as it does, it needs nothing."""
    AGAIN = "again"
    """It is to be looked at again later."""


@dataclass(slots=True)
class Work:
    """A file that is being dealt with: its claim in the journal, what was found, and its private place if it has one.

    ``settled``: what is to become of the claim is in the journal. ``answered``: so is what came of the file.
    """

    claim: Claim
    found: Found
    aside: Aside | None = None
    settled: bool = False
    answered: bool = False

    @property
    def path(self) -> Path:
        """Its own name."""
        return Path(self.found.path)


@dataclass(frozen=True, slots=True)
class Watcher:
    """What one watched folder needs; ``unfinished`` is not empty where something is to be taken up as after a crash.

    Claims in it are to be given back, as soon as the store can be used again.
    """

    inbox: Path
    filer: Filer
    executor: JobExecutor
    settling: Settling
    unfinished: list[Claim | None] = field(default_factory=list)

    @property
    def journal(self) -> Journal:
        """The journal of files."""
        return self.filer.journal

    def finish_what_was_left(self) -> None:
        """Do what was left by an earlier program, or by this one when something was in trouble."""
        while self.unfinished:
            claim = self.unfinished[-1]
            if claim:
                self._hand_back(claim)
            self.unfinished.pop()
        if not self.filer.finish_what_was_left():
            self.unfinished.append(None)

    def take(self, entry: Entry) -> After:
        """Do with a complete file what is to be done."""
        path = self.inbox / entry.name
        with ExitStack() as stack:
            try:
                seen = stack.enter_context(look(entry, path))
            except FileNotFoundError:
                return After.GONE
            except OSError as error:
                return self._unreadable(path, error)
            return self._take(path, seen.sha256, seen) if seen else After.AGAIN

    def _unreadable(self, path: Path, error: OSError) -> After:
        """Set a file aside that may not be opened; it has no bytes to know it by."""
        if error.errno in NO_FILE:
            return After.DONE
        if isinstance(error, PermissionError):
            message = f"{path} cannot be read: {error.strerror}; check its permissions"
            return self._take(path, NOT_READ, None, NotPermittedError(message))
        if error.errno == errno.EFBIG:
            message = f"{path} is larger than {MOST_BYTES // 1024**2} MiB; give the receipt as a smaller picture or PDF"
            return self._take(path, NOT_READ, None, PictureTooLargeError(message))
        message = f"{path} cannot be read: {error.strerror}; it is tried again until that is mended"
        self.filer.troubles.add(path.name, TroubleError(message, f"{path.parent}: {error.strerror}"))
        return After.AGAIN

    def _take(self, path: Path, sha256: str, seen: Seen | None, reason: RpiocrError | None = None) -> After:
        """Claim a file in the journal, then by its name, and deal with it; one that cannot be read has a ``reason``."""
        found = Found(str(path), sha256, len(seen.data) if seen else 0)
        try:
            claim = self.journal.claim(found, moved_away=self.filer.moves)
        except DamagedRowError as error:
            # The journal's entry of one file must not hold up all others.
            self.filer.troubles.add(path.name, TroubleError(str(error), str(error)))
            return After.AGAIN
        if claim.todo is Todo.WAIT:
            return After.AGAIN
        if claim.todo is Todo.NOTHING:
            return self._leave(path)
        if claim.todo is Todo.FILE and self.filer.moves and self.filer.is_placed(claim, found):
            # This is the same picture once more: the one that was answered lies in its place.
            self.filer.file(claim, found, None)
            return After.AGAIN
        with self._at_work(Work(claim, found)) as work:
            if self.filer.moves and not self._put_aside(work):
                return After.AGAIN
            return self._deal_with(work, seen, reason)

    def _leave(self, path: Path) -> After:
        if self.filer.moves:
            message = "it is in the store since before this folder was watched, and stays where it is"
            self.filer.log.event("left", file=str(path), message=message)
        return After.DONE

    @contextmanager
    def _at_work(self, work: Work) -> Iterator[Work]:
        """Give back, whatever happens, what nothing came of: to the journal its claim, and to the file its name."""
        finished = False
        try:
            yield work
            finished = True
        finally:
            try:
                if not work.settled:
                    self._let_go(work.claim)
                elif not finished:
                    self.unfinished.append(None)
            finally:
                self._give_back(work)

    def _let_go(self, claim: Claim) -> None:
        try:
            self._hand_back(claim)
        except StoreError:
            self.unfinished.append(claim)
            raise

    def _hand_back(self, claim: Claim) -> None:
        if claim.todo is Todo.READ:
            self.journal.let_go(claim)
        else:
            self.journal.release(claim)

    def _give_back(self, work: Work) -> None:
        # What was answered is known by its name, and may get no other one.
        if work.aside and work.aside.is_there and not self.filer.give_back(work.aside, renamed=not work.answered):
            self.unfinished.append(None)

    def _put_aside(self, work: Work) -> bool:
        """Claim a file by its name; False where that cannot be, or where another file has the name by now."""
        work.aside = self.filer.claim_by_name(work.path)
        return work.aside is not None and fingerprint(work.aside.place) == work.found.sha256

    def _deal_with(self, work: Work, seen: Seen | None, reason: RpiocrError | None) -> After:
        if work.claim.todo is Todo.GIVE_UP:
            message = f"{work.path}: reading it ended the reader {work.claim.attempts} times; it is set aside"
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

    def _read(self, work: Work, seen: Seen) -> bool:
        """Have a file read, and store what came of it; False where nothing did, and it is to be looked at again."""
        started = time.monotonic()
        outcome = self._outcome(work, seen)
        if outcome is None or self._changed(work, seen):
            return False
        if isinstance(outcome, RpiocrError):
            self._fail(work, outcome.code, str(outcome))
            return True
        if self._looks_unfinished(outcome, work.path, seen):
            return False
        file_id = work.claim.file_id
        self.filer.spool.put(file_id, results_of(outcome, ()))
        stored = self.journal.answered(work.claim, outcome)
        work.settled = work.answered = True
        self.filer.spool.put(file_id, results_of(outcome, stored))
        elapsed_s = time.monotonic() - started
        self.filer.log.event("read", file=str(work.path), **_facts(outcome), elapsed_s=elapsed_s)
        return True

    def _outcome(self, work: Work, seen: Seen) -> ReadFile | RpiocrError | None:
        """What comes of a file, or why nothing does; None where its reader was lost, and it may be tried again."""
        try:
            return self.executor.submit(Job(str(work.path), seen.data, self.filer.settings)).result()
        except WorkerLostError as error:
            attempt = work.claim.attempts
            self.filer.log.warning("reader_lost", file=str(work.path), attempt=attempt, message=str(error))
            self.journal.release(work.claim)
            work.settled = True
            return None
        except RpiocrError:
            # It is not the file's fault: something is missing, or the watch is to end.
            raise
        except Exception as error:
            report = defect(str(work.path), error)
            if isinstance(report, SystemLimitError):
                raise report from error
            return report

    def _changed(self, work: Work, seen: Seen) -> bool:
        if seen.unchanged:
            return False
        message = "it was changed while it was being read; it is read again when it has settled"
        self.filer.log.event("changed", file=str(work.path), message=message)
        return True

    def _looks_unfinished(self, read: ReadFile, path: Path, seen: Seen) -> bool:
        codes = {one["error"]["code"] for one in read.failures}
        if read.receipts or not codes & UNRIPE:
            return False
        if self.settling.waited_s(path.name, time.monotonic()) >= RIPE_S or _is_old(seen):
            return False
        self.settling.put_off(path.name, RIPE_S)
        return True

    def _fail(self, work: Work, code: str, message: str) -> None:
        self.filer.log.error(code, file=str(work.path), message=message)
        self.filer.spool.put(work.claim.file_id, (unread(str(work.path), code, message),))
        self.journal.failing(work.claim, code, message)
        work.settled = work.answered = True


def _is_old(seen: Seen) -> bool:
    """Tell whether a file was written long ago, if the clock is right; where it is wrong, more time has to pass."""
    return time.time() - os.fstat(seen.handle).st_mtime > OLD_S


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
