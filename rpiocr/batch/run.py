"""The main loop of a batch: claim each file, submit it for reading, keep and print its results."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace

from rpiocr.batch.keeping import Keeper, NullSink
from rpiocr.batch.paths import Entry, place_of
from rpiocr.batch.report import Report
from rpiocr.errors import (
    FileMissingError,
    InputError,
    MissingDependencyError,
    NotAFileError,
    RpiocrError,
    SettingsError,
    defect,
)
from rpiocr.executors import ClusterError, JobExecutor, NoWorkerError, WorkerLostError
from rpiocr.executors.job import Job
from rpiocr.load.source import read_source
from rpiocr.model.records import ReadFile
from rpiocr.settings import Settings
from rpiocr.store.errors import DamagedRowError, StoreError
from rpiocr.store.journal import Claim, Found, Todo
from rpiocr.system.stop import Stop

SLICE_S = 0.5
"""Maximum delay until a request to stop is noticed."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A file that is being read; ``keeper`` gets its results."""

    job: Job
    found: Found
    claim: Claim
    keeper: Keeper


@dataclass(kw_only=True)
class Run:
    """One batch. The content of the files being read, and of the next one, is held in memory."""

    executor: JobExecutor
    keeper: Keeper
    report: Report
    settings: Settings
    stop: Stop
    _running: dict[Future[ReadFile], Pending] = field(default_factory=dict)
    _elsewhere: list[tuple[str, Found]] = field(default_factory=list)
    _named: frozenset[str] = frozenset()
    _unkept: NullSink = field(default_factory=NullSink)
    _hopeless: bool = False

    def over(self, entries: Sequence[Entry]) -> int:
        """Read all files; returns the number left unread because of a request to stop."""
        self._named = frozenset(entry.file for entry in entries if entry.named)
        try:
            for number, entry in enumerate(entries):
                if self._ends:
                    self._take_in(0)
                    return len(entries) - number + len(self._elsewhere)
                self._begin(entry)
            self._take_in(0)
            return self._wait_for_others()
        except BaseException:
            self._release_all()
            raise

    @property
    def _ends(self) -> bool:
        return self.stop.asked or self._hopeless

    def _begin(self, entry: Entry) -> None:
        """Claim a file, and submit it if it has to be read; symbolic links are followed if the user named them."""
        if entry.error:
            self.report.fail(entry.file, entry.error)
            return
        try:
            source = read_source(entry.file, follow=entry.file in self._named)
        except (FileMissingError, NotAFileError) as error:
            if entry.named:
                self.report.fail(entry.file, error)
            else:  # moved, or replaced by a link or pipe, since the folder was listed
                self.report.gone()
            return
        except InputError as error:
            self.report.fail(entry.file, error)
            return
        found = Found(place_of(entry.file), source.sha256, len(source.data))
        job = Job(entry.file, source.data, self.settings)
        self._take_in(self.executor.capacity - 1)
        if self._ends:
            self._elsewhere.append((entry.file, found))
            return
        try:
            self._follow(job, found, self.keeper)
        except DamagedRowError as error:
            self.report.fail(entry.file, error)

    def _follow(self, job: Job, found: Found, keeper: Keeper) -> None:
        claim = keeper.claim(found)
        if claim.todo is Todo.READ:
            self._submit(Pending(job, found, claim, keeper))
        elif claim.todo is Todo.WAIT:
            self._elsewhere.append((job.file, found))
        elif claim.todo is Todo.GIVE_UP:
            self._give_up(job.file, found, claim, keeper)
        elif claim.todo is Todo.FILE:
            self._print_kept(found, claim)
        elif keeper.is_old(claim):
            self._follow(job, found, self._unkept)
        else:
            self.report.skip()

    def _submit(self, pending: Pending) -> None:
        try:
            self._running[self.executor.submit(pending.job)] = pending
        except BaseException:
            pending.keeper.release(pending.claim)
            raise

    def _take_in(self, max_running: int) -> None:
        """Handle results until at most ``max_running`` files are still being read."""
        while len(self._running) > max_running:
            done, _ = wait(self._running, timeout=SLICE_S, return_when=FIRST_COMPLETED)
            if self.stop.asked:
                self.report.stopping(len(self._running))
            for future in done:
                self._finish(future)

    def _finish(self, future: Future[ReadFile]) -> None:
        pending = self._running[future]
        file = pending.job.file
        try:
            read = future.result()
        except WorkerLostError as error:
            del self._running[future]
            self._after_a_loss(pending, error)
            return
        except (NoWorkerError, ClusterError):
            raise
        except Exception as error:  # noqa: BLE001 - one receipt's defect must not cost the others
            self._fail(pending, error if isinstance(error, RpiocrError) else defect(file, error))
        else:
            self._keep(pending, read)
        del self._running[future]

    def _keep(self, pending: Pending, read: ReadFile) -> None:
        if not read.receipts and read.failures:
            error = read.failures[0]["error"]
            # Printed first, so that a file whose error was not printed is read again.
            self.report.unread(read.failures)
            pending.keeper.failed(pending.claim, pending.found, error["code"], error["message"])
            return
        stored = pending.keeper.answered(pending.claim, pending.found, read)
        if stored:
            self.report.receipts(stored, read.failures)
            pending.keeper.printed(pending.claim, pending.found)
        else:
            self.report.skip()

    def _fail(self, pending: Pending, error: RpiocrError) -> None:
        self.report.fail(pending.job.file, error)
        if isinstance(error, MissingDependencyError | SettingsError):
            # Every other file would fail in the same way.
            self._hopeless = True
            pending.keeper.release(pending.claim)
            return
        pending.keeper.failed(pending.claim, pending.found, error.code, str(error))

    def _after_a_loss(self, pending: Pending, error: WorkerLostError) -> None:
        """Retry once a file that has crashed a worker."""
        claim = pending.keeper.claim(pending.found)
        again = replace(pending, claim=claim)
        if claim.todo is not Todo.READ:
            self._fail(again, killed(pending.job.file, str(error)))
        elif self.stop.asked:
            pending.keeper.release(claim)
        else:
            self._submit(again)

    def _give_up(self, file: str, found: Found, claim: Claim, keeper: Keeper) -> None:
        error = killed(file, f"{file}: the worker crashed repeatedly while reading it")
        self.report.fail(file, error)
        keeper.failed(claim, found, error.code, str(error))

    def _print_kept(self, found: Found, claim: Claim) -> None:
        """Print the results of a file that an earlier run has stored but not printed."""
        results = self.keeper.unprinted(claim)
        if results:
            self.report.kept(results)
        else:
            self.report.skip()
        self.keeper.printed(claim, found)

    def _wait_for_others(self) -> int:
        """Wait for files being read by other processes, and read them if those die; returns the number left unread."""
        while self._elsewhere and not self._ends:
            held, self._elsewhere = self._elsewhere, []
            for file, found in held:
                self._check(file, found)
            self._take_in(0)
            if self._elsewhere and not self.stop.asked:
                time.sleep(SLICE_S)
        return len(self._elsewhere)

    def _check(self, file: str, found: Found) -> None:
        claim = self.keeper.claim(found)
        if claim.todo is Todo.READ:
            # Only checked, without its content, which is read once it is needed.
            self.keeper.release(claim)
            self._begin(Entry(file, named=False))
        elif claim.todo is Todo.WAIT:
            self._elsewhere.append((file, found))
        elif claim.todo is Todo.GIVE_UP:
            self._give_up(file, found, claim, self.keeper)
        elif claim.todo is Todo.FILE:
            self._print_kept(found, claim)
        else:
            self.report.skip()

    def _release_all(self) -> None:
        """Release the files being read, as far as the store still accepts that."""
        for pending in self._running.values():
            with contextlib.suppress(StoreError):
                pending.keeper.release(pending.claim)


def killed(file: str, what: str) -> RpiocrError:
    """Return the error for a file that crashes workers."""
    error = InputError(f"{what}; give {file} as a smaller image, or fewer --workers")
    error.code = "killed_reader"
    return error
