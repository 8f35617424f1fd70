"""The loop over a watched folder: look, take what is complete, wait until something happens."""

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
from rpiocr.watch.errors import InboxMissingError, TroubleError
from rpiocr.watch.filer import Filer
from rpiocr.watch.folder import Folder
from rpiocr.watch.heartbeat import heartbeat
from rpiocr.watch.inbox import Entry, Settling, entries
from rpiocr.watch.refiling import finish_moves
from rpiocr.watch.spool import Spool
from rpiocr.watch.troubles import AGAIN_S, LONGEST_AGAIN_S, WATCH, Progress, Troubles
from rpiocr.watch.watcher import After, Watcher

RESCAN_S = 300.0
"""How often the folder is looked at although nobody told of a change."""

MOST_A_ROUND = 20
"""Files that are taken before the folder is looked at again: what arrives meanwhile shall not wait for thousands."""

ONCE_S = 60.0
"""A watch that looks only once waits so long for files that are still being written, or read by somebody else."""


@dataclass(slots=True)
class Loop:
    """What one watch knows of its files: those that are finished as they look now, and those to be left for a while.

    ``suspects`` were being read when an earlier program ended. Perhaps they ended it: nothing shall wait for them.
    ``finish_at`` is when what was left unfinished is tried next, after ``finish_s`` seconds.
    """

    watcher: Watcher
    folder: Folder
    finished: dict[str, Entry] = field(default_factory=dict)
    later: dict[str, tuple[Entry, float]] = field(default_factory=dict)
    suspects: frozenset[str] = frozenset()
    begun: bool = False
    finish_at: float = 0.0
    finish_s: float = AGAIN_S
    moved_at: float = field(default_factory=time.monotonic)

    @property
    def troubles(self) -> Troubles:
        """What is wrong at present."""
        return self.watcher.filer.troubles


def watch(inbox: Path, settings: Settings, tell: Callable[[Mapping[str, Any]], None], *, once: bool) -> Progress:
    """Watch a folder until interrupted, or until what is there is read.

    ``tell`` is given each result. Raises InboxMissingError, HeldByAnotherError, StoreError where it cannot begin.
    """
    inbox = _real(inbox)
    log, progress = Log(settings.log_format), Progress()
    with ExitStack() as stack:
        folder = stack.enter_context(Folder(inbox, settings.poll, RESCAN_S))
        database = Database(settings.store)
        stack.callback(database.close)
        executor = stack.enter_context(open_executor(1))
        spool, settling = Spool(database.url), Settling(settings.settle)
        troubles = Troubles(log, progress)
        filer = Filer(inbox, settings, Journal(database), spool, log, tell, progress, troubles)
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
    """Give files their names back that were put aside, unless somebody else has the folder by now."""
    if folder.is_same:
        with suppress(OSError):
            filer.give_all_back()


def _real(inbox: Path) -> Path:
    real = inbox.resolve()
    if not real.is_dir():
        message = f"{inbox} is no folder; make it, or name the folder in which receipts arrive"
        raise InboxMissingError(message)
    return real


def _run(loop: Loop, *, once: bool) -> None:
    while True:
        try:
            _attend(loop)
            wait_s, rest = _round(loop)
            loop.troubles.over(WATCH)
        except (OSError, StoreError, InboxMissingError, OutputError) as error:
            if isinstance(error, BrokenPipeError) or (once and isinstance(error, RpiocrError)):
                raise
            if once:
                raise TroubleError(*_in_words(loop, error)) from error
            # What could not be printed is in the spool.
            loop.begun = loop.begun and not isinstance(error, OutputError)
            _in_trouble(loop, error)
            continue
        if once and (not rest or time.monotonic() - loop.moved_at > ONCE_S):
            return
        loop.folder.wait(wait_s)


def _attend(loop: Loop) -> None:
    """See to it that the folder is held, and take up what was left in it by whoever was there before."""
    if loop.folder.keep():
        loop.watcher.filer.log.event("watching_anew", folder=str(loop.folder.inbox), notices=loop.folder.by)
        loop.begun = False
    now = time.monotonic()
    if not loop.begun or (loop.watcher.unfinished and now >= loop.finish_at):
        loop.watcher.finish_what_was_left()
        loop.finish_s = min(2 * loop.finish_s, LONGEST_AGAIN_S) if loop.watcher.unfinished else AGAIN_S
        loop.finish_at = now + loop.finish_s
    if not loop.begun:
        loop.suspects = loop.watcher.journal.begun_under(loop.watcher.inbox)
        loop.begun = True


def _round(loop: Loop) -> tuple[float, bool]:
    """Take what is complete; returns how long to wait for more, and whether something is left."""
    found = {entry.name: entry for entry in entries(loop.watcher.inbox)}
    due = _due(loop, found)
    for entry in due[:MOST_A_ROUND]:
        if not loop.folder.is_same:
            return 0.0, True
        if _take(loop, entry):
            del found[entry.name]
    rest = len(found) > len(loop.finished) or bool(loop.watcher.unfinished)
    return (0.0 if len(due) > MOST_A_ROUND else _wait_s(loop, found, rest=rest)), rest


def _due(loop: Loop, found: Mapping[str, Entry]) -> list[Entry]:
    """Return what is complete and to be taken now, suspects last; forget what is no longer in the folder as it was."""
    watcher, now = loop.watcher, time.monotonic()
    loop.finished = {name: entry for name, entry in loop.finished.items() if found.get(name) == entry}
    loop.later = {name: later for name, later in loop.later.items() if found.get(name) == later[0]}
    if not watcher.unfinished:
        loop.troubles.keep(found)
    complete = watcher.settling.settled(found.values(), now)
    due = [one for one in complete if one.name not in loop.finished and not _is_later(loop, one.name, now)]
    return sorted(due, key=lambda one: one.name in loop.suspects)


def _wait_s(loop: Loop, found: Iterable[str], *, rest: bool) -> float:
    """Return the seconds until the next look: soon where files are still being written."""
    if any(name not in loop.finished and name not in loop.later for name in found):
        return loop.watcher.filer.settings.settle / 2
    return AGAIN_S if rest else RESCAN_S


def _is_later(loop: Loop, name: str, now: float) -> bool:
    return name in loop.later and now < loop.later[name][1]


def _take(loop: Loop, entry: Entry) -> bool:
    """Deal with a file; tells whether it is gone from where it was."""
    others = len(loop.troubles)
    after = loop.watcher.take(entry)
    if len(loop.troubles) < others:
        # What is over for one is over for all.
        loop.later.clear()
    now = time.monotonic()
    if after is After.AGAIN:
        loop.later[entry.name] = entry, now + loop.troubles.wait_s(entry.name)
        return False
    loop.moved_at = now
    if after is After.DONE:
        loop.finished[entry.name] = entry
    return after is After.GONE


def _in_trouble(loop: Loop, error: Exception) -> None:
    """Say once that the work cannot go on, and wait until it is to be tried again.

    Whatever happens in the folder: as long as this lasts, nothing can be done about it.
    """
    loop.troubles.add(WATCH, TroubleError(*_in_words(loop, error)))
    # A folder that is not there is easily looked for.
    time.sleep(AGAIN_S if isinstance(error, InboxMissingError) else loop.troubles.wait_s(WATCH))


def _in_words(loop: Loop, error: Exception) -> tuple[str, str]:
    """What to say of an error, and why it is, which is the same each time."""
    why = str(error)
    if isinstance(error, OSError):
        where = error.filename or loop.folder.inbox
        why = f"{where} cannot be used: {error.strerror or error}"
    return f"{why}; it is tried again until that is mended", why
