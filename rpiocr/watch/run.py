"""The main loop of a watch: list the folder, process complete files, wait for changes.

As many files are processed at a time as the executor has room for. The loop goes on meanwhile, so that a file that
arrives does not wait for a slow one while a reader is free.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import CancelledError
from contextlib import AbstractContextManager, ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rpiocr.errors import OutputError, RpiocrError, defect
from rpiocr.executors import JobExecutor
from rpiocr.settings import Settings
from rpiocr.store.database import Database
from rpiocr.store.errors import StoreError
from rpiocr.store.journal import Journal
from rpiocr.system.log import Log
from rpiocr.watch.control import Control
from rpiocr.watch.crew import Crew
from rpiocr.watch.errors import InboxMissingError, TemporaryError
from rpiocr.watch.filer import Filer
from rpiocr.watch.folder import Folder
from rpiocr.watch.follower import Follower, GuardedFollower, NullFollower
from rpiocr.watch.heartbeat import heartbeat
from rpiocr.watch.inbox import Entry, Settling
from rpiocr.watch.problems import MAX_RETRY_S, RETRY_S, WATCH, Problems, Progress
from rpiocr.watch.refiling import finish_moves
from rpiocr.watch.spool import Spool
from rpiocr.watch.watcher import After, Watcher

RESCAN_S = 300.0
"""Interval at which the folder is listed even without a change notification."""

MAX_PER_ROUND = 20
"""Maximum number of files processed before the folder is listed again, so that new ones need not wait for all."""

MAX_ONCE_S = 60.0
"""Maximum time that a single run waits for files that are still being written or read by another process."""

SLICE_S = 0.5
"""Maximum delay until a request to stop is noticed while all readers are busy."""


@dataclass(slots=True)
class Loop:
    """State of one watch: files that are finished in their present state, and files to be retried later.

    ``suspects`` were being read when an earlier process ended, and may have crashed it: they are read last.
    ``finish_at`` is when unfinished work is retried next, ``finish_s`` the interval in seconds.
    """

    watcher: Watcher
    folder: Folder
    crew: Crew
    control: Control
    finished: dict[str, Entry] = field(default_factory=dict)
    later: dict[str, tuple[Entry, float]] = field(default_factory=dict)
    suspects: frozenset[str] = frozenset()
    begun: bool = False
    finish_at: float = 0.0
    finish_s: float = RETRY_S
    moved_at: float = field(default_factory=time.monotonic)
    solutions: int = 0

    @property
    def problems(self) -> Problems:
        """The present problems."""
        return self.watcher.filer.problems

    def wake(self) -> None:
        """See Watching."""
        self.folder.wake()

    def withdraw(self, sha256: str) -> bool:
        """See Watching."""
        return self.watcher.withdraw(sha256)


def watch(
    inbox: Path,
    settings: Settings,
    publish: Callable[[Mapping[str, Any]], None],
    *,
    once: bool,
    executor: AbstractContextManager[JobExecutor],
    follower: Follower | None = None,
    control: Control | None = None,
) -> Progress:
    """Watch a folder until interrupted or, with ``once``, until its present files are read.

    ``publish`` is called with each result. ``executor`` reads the files, as many at a time as it has room for; it is
    opened here, see ``open_executor``. ``follower`` is told what happens to them, ``control`` may ask for something.
    Raises InboxMissingError, HeldByAnotherError or StoreError at the start.
    """
    inbox = _resolved(inbox)
    log, progress, control = Log(settings.log_format), Progress(), control or Control()
    told = GuardedFollower(follower or NullFollower(), log)
    with ExitStack() as stack:
        folder = stack.enter_context(Folder(inbox, settings.poll, RESCAN_S))
        database = Database(settings.store)
        stack.callback(database.close)
        spool, settling = Spool(database.url), Settling(settings.settle)
        problems = Problems(log, progress)
        filer = Filer(inbox, settings, Journal(database), spool, log, publish, progress, problems, told)
        stack.enter_context(heartbeat(database, inbox, progress, lambda: settling.waiting))
        log.event("watching", folder=str(inbox), store=database.engine.url.render_as_string(), notices=folder.by)
        for error in finish_moves(database, settings):
            log.warning(error.code, message=str(error))
        try:
            _work(filer, settling, folder, executor, control, once=once)
        except KeyboardInterrupt:
            if once:
                raise
        log.event("ended", folder=str(inbox), files=progress.files, errors=progress.errors)
    return progress


def _work(
    filer: Filer,
    settling: Settling,
    folder: Folder,
    executor: AbstractContextManager[JobExecutor],
    control: Control,
    *,
    once: bool,
) -> None:
    """Run the loop. Files in progress at its end are not read on: their claims are released, their names restored."""
    crew = Crew(folder.wake)
    try:
        # The executor ends first, so that nobody waits for a reader any more.
        with crew, executor as readers:
            loop = Loop(Watcher(filer.inbox, filer, readers, settling), folder, crew, control)
            with control.attached(loop):
                _run(loop, once=once)
    finally:
        _leave(filer, folder, crew)


def _leave(filer: Filer, folder: Folder, crew: Crew) -> None:
    """Restore the names of files put aside, unless another process holds the folder by now.

    Nor if a second signal came while files were in progress: the next start restores them then.
    """
    for entry, outcome in crew.outcomes():
        error = outcome.exception()
        if isinstance(error, Exception) and not isinstance(error, CancelledError):
            report = error if isinstance(error, RpiocrError) else defect(entry.name, error)
            filer.log.warning(report.code, file=entry.name, message=str(report))
    if folder.is_same and not crew.is_busy:
        with suppress(OSError):
            filer.restore_all()


def _resolved(inbox: Path) -> Path:
    real = inbox.resolve()
    if not real.is_dir():
        message = f"{inbox} is not a folder; create it, or name the folder in which receipts arrive"
        raise InboxMissingError(message)
    return real


def _run(loop: Loop, *, once: bool) -> None:
    while True:
        _check_stop(loop)
        try:
            _prepare(loop)
            wait_s, rest = _round(loop)
            with loop.watcher.turn:
                loop.problems.solved(WATCH)
        except (OSError, StoreError, InboxMissingError, OutputError) as error:
            if isinstance(error, BrokenPipeError) or (once and isinstance(error, RpiocrError)):
                raise
            if once:
                raise TemporaryError(*_message_and_cause(loop, error)) from error
            # Results that could not be printed are in the spool.
            loop.begun = loop.begun and not isinstance(error, OutputError)
            _wait_out(loop, error)
            continue
        if once and (not rest or (not loop.crew and time.monotonic() - loop.moved_at > MAX_ONCE_S)):
            return
        loop.folder.wait(wait_s)


def _check_stop(loop: Loop) -> None:
    if loop.control.is_stopped:
        raise KeyboardInterrupt


def _prepare(loop: Loop) -> None:
    """Make sure that the folder is locked, and finish what an earlier process left in it."""
    if not loop.folder.is_same:
        _drain(loop)
        if loop.folder.keep():
            loop.watcher.filer.log.event("watching_anew", folder=str(loop.folder.inbox), notices=loop.folder.by)
            loop.begun = False
    if not loop.begun or (loop.watcher.unfinished and time.monotonic() >= loop.finish_at):
        _drain(loop)
        with loop.watcher.turn:
            _recover(loop)


def _recover(loop: Loop) -> None:
    loop.watcher.recover()
    loop.finish_s = min(2 * loop.finish_s, MAX_RETRY_S) if loop.watcher.unfinished else RETRY_S
    loop.finish_at = time.monotonic() + loop.finish_s
    if not loop.begun:
        loop.suspects = loop.watcher.journal.begun_under(loop.watcher.inbox)
        loop.begun = True
        loop.watcher.follower.ready()


def _drain(loop: Loop) -> None:
    """Wait until no file is in progress."""
    while loop.crew:
        _wait_for_one(loop)


def _wait_for_one(loop: Loop) -> frozenset[str]:
    """Wait until a file is finished, and return which have left the folder; or for a moment."""
    loop.crew.wait(SLICE_S)
    _check_stop(loop)
    return _collect(loop)


def _round(loop: Loop) -> tuple[float, bool]:
    """Begin to process complete files; returns how long to wait for more, in seconds, and whether some remain."""
    _collect(loop)
    # Whatever is declared complete before the folder is listed is in the list.
    completed = loop.control.completed()
    found = {entry.name: entry for entry in loop.watcher.listed()}
    with loop.watcher.turn:
        loop.watcher.settling.trust(found[name] for name in completed & found.keys())
        due = _due(loop, found)
    gone: set[str] = set()
    for entry in due[:MAX_PER_ROUND]:
        while len(loop.crew) >= loop.watcher.executor.capacity:
            gone |= _wait_for_one(loop)
        if not loop.folder.is_same:
            return 0.0, True
        loop.crew.start(entry, loop.watcher.take)
    idle = found.keys() - gone - loop.crew.names
    rest = bool(loop.crew) or len(idle) > len(loop.finished) or bool(loop.watcher.unfinished)
    return (0.0 if len(due) > MAX_PER_ROUND else _wait_s(loop, idle, rest=rest)), rest


def _due(loop: Loop, found: Mapping[str, Entry]) -> list[Entry]:
    """Return the complete files to process now, suspects last; forgets files that are gone or have changed."""
    watcher, now = loop.watcher, time.monotonic()
    loop.finished = {name: entry for name, entry in loop.finished.items() if found.get(name) == entry}
    loop.later = {name: later for name, later in loop.later.items() if found.get(name) == later[0]}
    if not watcher.unfinished:
        loop.problems.keep(found.keys() | loop.crew.names)
    complete = watcher.settling.settled(found.values(), now, loop.crew.names)
    taken = loop.finished.keys() | loop.crew.names
    due = [one for one in complete if one.name not in taken and not _is_later(loop, one.name, now)]
    return sorted(due, key=lambda one: one.name in loop.suspects)


def _wait_s(loop: Loop, found: Iterable[str], *, rest: bool) -> float:
    """Return the seconds until the next listing: few if files are still being written."""
    if any(name not in loop.finished and name not in loop.later for name in found):
        return loop.watcher.filer.settings.settle / 2
    return RETRY_S if rest else RESCAN_S


def _is_later(loop: Loop, name: str, now: float) -> bool:
    return name in loop.later and now < loop.later[name][1]


def _collect(loop: Loop) -> frozenset[str]:
    """Note what became of the files that are finished; returns which have left the folder.

    Raises the error that ended the processing of one of them; the others are noted the next time.
    """
    gone = set()
    for entry, outcome in loop.crew.outcomes():
        after = outcome.result()
        _note(loop, entry, after)
        if after is After.GONE:
            gone.add(entry.name)
    return frozenset(gone)


def _note(loop: Loop, entry: Entry, after: After) -> None:
    if loop.problems.solutions != loop.solutions:
        # A problem that is solved for one file is solved for all.
        loop.solutions = loop.problems.solutions
        loop.later.clear()
    now = time.monotonic()
    if after is After.AGAIN:
        loop.later[entry.name] = entry, now + loop.problems.wait_s(entry.name)
        return
    loop.moved_at = now
    if after is After.DONE:
        loop.finished[entry.name] = entry


def _wait_out(loop: Loop, error: Exception) -> None:
    """Report once that the watch cannot continue, and wait before the next attempt.

    Changes in the folder do not shorten the wait: they cannot solve the problem.
    """
    with loop.watcher.turn:
        loop.problems.add(WATCH, TemporaryError(*_message_and_cause(loop, error)))
        wait_s = loop.problems.wait_s(WATCH)
    # Looking for a missing folder costs little.
    loop.control.wait(RETRY_S if isinstance(error, InboxMissingError) else wait_s)


def _message_and_cause(loop: Loop, error: Exception) -> tuple[str, str]:
    """Return the message for an error, and its cause, which is the same each time."""
    why = str(error)
    if isinstance(error, OSError):
        where = error.filename or loop.folder.inbox
        why = f"{where} cannot be used: {error.strerror or error}"
    return f"{why}; it is retried until that is fixed", why
