"""The main loop of a watch: list the folder, process complete files, wait for changes."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rpiocr.errors import OutputError, RpiocrError
from rpiocr.executors import open_executor
from rpiocr.settings import Settings
from rpiocr.store.database import Database
from rpiocr.store.errors import StoreError
from rpiocr.store.journal import Journal
from rpiocr.system.log import Log
from rpiocr.watch.errors import InboxMissingError, TemporaryError
from rpiocr.watch.filer import Filer
from rpiocr.watch.folder import Folder
from rpiocr.watch.heartbeat import heartbeat
from rpiocr.watch.inbox import Entry, Settling, entries
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


@dataclass(slots=True)
class Loop:
    """State of one watch: files that are finished in their present state, and files to be retried later.

    ``suspects`` were being read when an earlier process ended, and may have crashed it: they are read last.
    ``finish_at`` is when unfinished work is retried next, ``finish_s`` the interval in seconds.
    """

    watcher: Watcher
    folder: Folder
    finished: dict[str, Entry] = field(default_factory=dict)
    later: dict[str, tuple[Entry, float]] = field(default_factory=dict)
    suspects: frozenset[str] = frozenset()
    begun: bool = False
    finish_at: float = 0.0
    finish_s: float = RETRY_S
    moved_at: float = field(default_factory=time.monotonic)

    @property
    def problems(self) -> Problems:
        """The present problems."""
        return self.watcher.filer.problems


def watch(inbox: Path, settings: Settings, publish: Callable[[Mapping[str, Any]], None], *, once: bool) -> Progress:
    """Watch a folder until interrupted or, with ``once``, until its present files are read.

    ``publish`` is called with each result. Raises InboxMissingError, HeldByAnotherError or StoreError at the start.
    """
    inbox = _resolved(inbox)
    log, progress = Log(settings.log_format), Progress()
    with ExitStack() as stack:
        folder = stack.enter_context(Folder(inbox, settings.poll, RESCAN_S))
        database = Database(settings.store)
        stack.callback(database.close)
        executor = stack.enter_context(open_executor(1))
        spool, settling = Spool(database.url), Settling(settings.settle)
        problems = Problems(log, progress)
        filer = Filer(inbox, settings, Journal(database), spool, log, publish, progress, problems)
        stack.enter_context(heartbeat(database, inbox, progress, lambda: settling.waiting))
        log.event("watching", folder=str(inbox), store=database.engine.url.render_as_string(), notices=folder.by)
        for error in finish_moves(database, settings):
            log.warning(error.code, message=str(error))
        try:
            _run(Loop(Watcher(inbox, filer, executor, settling), folder), once=once)
        except KeyboardInterrupt:
            if once:
                raise
        finally:
            _leave(filer, folder)
        log.event("ended", folder=str(inbox), files=progress.files, errors=progress.errors)
    return progress


def _leave(filer: Filer, folder: Folder) -> None:
    """Restore the names of files put aside, unless another process holds the folder by now."""
    if folder.is_same:
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
        try:
            _prepare(loop)
            wait_s, rest = _round(loop)
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
        if once and (not rest or time.monotonic() - loop.moved_at > MAX_ONCE_S):
            return
        loop.folder.wait(wait_s)


def _prepare(loop: Loop) -> None:
    """Make sure that the folder is locked, and finish what an earlier process left in it."""
    if loop.folder.keep():
        loop.watcher.filer.log.event("watching_anew", folder=str(loop.folder.inbox), notices=loop.folder.by)
        loop.begun = False
    now = time.monotonic()
    if not loop.begun or (loop.watcher.unfinished and now >= loop.finish_at):
        loop.watcher.recover()
        loop.finish_s = min(2 * loop.finish_s, MAX_RETRY_S) if loop.watcher.unfinished else RETRY_S
        loop.finish_at = now + loop.finish_s
    if not loop.begun:
        loop.suspects = loop.watcher.journal.begun_under(loop.watcher.inbox)
        loop.begun = True


def _round(loop: Loop) -> tuple[float, bool]:
    """Process complete files; returns how long to wait for more, in seconds, and whether some remain."""
    found = {entry.name: entry for entry in entries(loop.watcher.inbox)}
    due = _due(loop, found)
    for entry in due[:MAX_PER_ROUND]:
        if not loop.folder.is_same:
            return 0.0, True
        if _take(loop, entry):
            del found[entry.name]
    rest = len(found) > len(loop.finished) or bool(loop.watcher.unfinished)
    return (0.0 if len(due) > MAX_PER_ROUND else _wait_s(loop, found, rest=rest)), rest


def _due(loop: Loop, found: Mapping[str, Entry]) -> list[Entry]:
    """Return the complete files to process now, suspects last; forgets files that are gone or have changed."""
    watcher, now = loop.watcher, time.monotonic()
    loop.finished = {name: entry for name, entry in loop.finished.items() if found.get(name) == entry}
    loop.later = {name: later for name, later in loop.later.items() if found.get(name) == later[0]}
    if not watcher.unfinished:
        loop.problems.keep(found)
    complete = watcher.settling.settled(found.values(), now)
    due = [one for one in complete if one.name not in loop.finished and not _is_later(loop, one.name, now)]
    return sorted(due, key=lambda one: one.name in loop.suspects)


def _wait_s(loop: Loop, found: Iterable[str], *, rest: bool) -> float:
    """Return the seconds until the next listing: few if files are still being written."""
    if any(name not in loop.finished and name not in loop.later for name in found):
        return loop.watcher.filer.settings.settle / 2
    return RETRY_S if rest else RESCAN_S


def _is_later(loop: Loop, name: str, now: float) -> bool:
    return name in loop.later and now < loop.later[name][1]


def _take(loop: Loop, entry: Entry) -> bool:
    """Process a file; returns whether it has left the folder."""
    others = len(loop.problems)
    after = loop.watcher.take(entry)
    if len(loop.problems) < others:
        # A problem that is solved for one file is solved for all.
        loop.later.clear()
    now = time.monotonic()
    if after is After.AGAIN:
        loop.later[entry.name] = entry, now + loop.problems.wait_s(entry.name)
        return False
    loop.moved_at = now
    if after is After.DONE:
        loop.finished[entry.name] = entry
    return after is After.GONE


def _wait_out(loop: Loop, error: Exception) -> None:
    """Report once that the watch cannot continue, and wait before the next attempt.

    Changes in the folder do not shorten the wait: they cannot solve the problem.
    """
    loop.problems.add(WATCH, TemporaryError(*_message_and_cause(loop, error)))
    # Looking for a missing folder costs little.
    time.sleep(RETRY_S if isinstance(error, InboxMissingError) else loop.problems.wait_s(WATCH))


def _message_and_cause(loop: Loop, error: Exception) -> tuple[str, str]:
    """Return the message for an error, and its cause, which is the same each time."""
    why = str(error)
    if isinstance(error, OSError):
        where = error.filename or loop.folder.inbox
        why = f"{where} cannot be used: {error.strerror or error}"
    return f"{why}; it is retried until that is fixed", why
