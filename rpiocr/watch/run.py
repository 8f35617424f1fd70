"""The loop over a watched folder: look, take what is complete, wait until something happens."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rpiocr.errors import OutputError
from rpiocr.executors import open_executor
from rpiocr.log import Log
from rpiocr.settings import Settings
from rpiocr.store.database import Database
from rpiocr.store.errors import StoreError
from rpiocr.store.journal import Journal
from rpiocr.watch.errors import InboxMissingError
from rpiocr.watch.heartbeat import heartbeat
from rpiocr.watch.hold import hold
from rpiocr.watch.inbox import Entry, Settling, entries
from rpiocr.watch.notice import Notices, notices
from rpiocr.watch.spool import Spool
from rpiocr.watch.watcher import Progress, Watcher

RESCAN_S = 300.0
"""How often the folder is looked at although nobody told of a change."""

AGAIN_S = 5.0
"""How long a file is left alone that could not be dealt with, and how long to wait for a folder or a store."""


MOST_A_ROUND = 20
"""Files that are taken before the folder is looked at again: what arrives meanwhile shall not wait for thousands."""

ONCE_S = 60.0
"""A watch that looks only once waits so long for files that are still being written, or read by somebody else."""


@dataclass(slots=True)
class Loop:
    """What one watch knows of its files: those that are finished as they look now, and those to be left for a while.

    ``suspects`` were being read when an earlier program ended. Perhaps they ended it: nothing shall wait for them.
    """

    watcher: Watcher
    finished: dict[str, Entry]
    later: dict[str, float]
    suspects: frozenset[str] = frozenset()
    trouble: str | None = None
    moved_at: float = 0.0


def watch(inbox: Path, settings: Settings, tell: Callable[[Mapping[str, Any]], None], *, once: bool) -> Progress:
    """Watch a folder until interrupted, or until what is there is read.

    ``tell`` is given each result. Raises InboxMissingError, HeldByAnotherError, StoreError where it cannot begin.
    """
    inbox = _real(inbox)
    log = Log(settings.log_format)
    with ExitStack() as stack:
        stack.enter_context(hold(inbox))
        database = Database(settings.store)
        stack.callback(database.close)
        executor = stack.enter_context(open_executor(1))
        spool, settling = Spool(database.url), Settling(settings.settle)
        watcher = Watcher(inbox, settings, Journal(database), executor, spool, settling, log, tell)
        loop = Loop(watcher, {}, {}, moved_at=time.monotonic())
        stack.enter_context(heartbeat(database, inbox, watcher.progress, lambda: settling.waiting))
        told = stack.enter_context(notices(inbox, settings.poll, RESCAN_S))
        log.event("watching", folder=str(inbox), store=database.engine.url.render_as_string(), notices=told.by)
        try:
            _run(loop, told, once=once)
        except KeyboardInterrupt:
            if once:
                raise
        log.event("ended", folder=str(inbox), files=watcher.progress.files, errors=watcher.progress.errors)
    return watcher.progress


def _real(inbox: Path) -> Path:
    real = inbox.resolve()
    if not real.is_dir():
        message = f"{inbox} is no folder; make it, or name the folder in which receipts arrive"
        raise InboxMissingError(message)
    return real


def _run(loop: Loop, told: Notices, *, once: bool) -> None:
    begun = False
    while True:
        try:
            if not begun:
                loop.watcher.finish_what_was_left()
                loop.suspects = loop.watcher.journal.begun_under(loop.watcher.inbox)
                begun = True
            wait_s, rest = _round(loop)
            _out_of_trouble(loop)
        except (OSError, StoreError, OutputError) as error:
            if once or isinstance(error, BrokenPipeError):
                raise
            # What could not be printed is in the spool.
            begun = begun and not isinstance(error, OutputError)
            _in_trouble(loop, error)
            # Whatever happens in the folder: as long as this lasts, nothing can be done about it.
            time.sleep(AGAIN_S)
            continue
        if once and (not rest or time.monotonic() - loop.moved_at > ONCE_S):
            return
        told.wait(wait_s)


def _round(loop: Loop) -> tuple[float, bool]:
    """Take what is complete; returns how long to wait for more, and whether something is left."""
    watcher, now = loop.watcher, time.monotonic()
    found = {entry.name: entry for entry in entries(watcher.inbox)}
    loop.finished = {name: entry for name, entry in loop.finished.items() if found.get(name) == entry}
    loop.later = {name: until for name, until in loop.later.items() if name in found}
    ripe = watcher.settling.settled(found.values(), now)
    due = [one for one in ripe if one.name not in loop.finished and loop.later.get(one.name, 0.0) <= now]
    for entry in sorted(due, key=lambda one: one.name in loop.suspects)[:MOST_A_ROUND]:
        if watcher.take(entry):
            loop.later[entry.name] = time.monotonic() + AGAIN_S
        else:
            loop.finished[entry.name] = entry
            loop.moved_at = time.monotonic()
    rest = len(found) > len(loop.finished)
    if len(due) > MOST_A_ROUND:
        return 0.0, rest
    unripe = len(found) > len(ripe)
    return (watcher.settings.settle / 2 if unripe else AGAIN_S if rest else RESCAN_S), rest


def _in_trouble(loop: Loop, error: Exception) -> None:
    """Say once that the work cannot go on; it is tried again."""
    if isinstance(error, OSError):
        where = error.filename or loop.watcher.inbox
        message = f"{where} cannot be used: {error.strerror or error}; it is tried again until that is mended"
    else:
        message = f"{error}; it is tried again until that is mended"
    if message != loop.trouble:
        loop.watcher.log.error("in_trouble", message=message)
    loop.trouble = loop.watcher.progress.last_error = message


def _out_of_trouble(loop: Loop) -> None:
    if loop.trouble:
        loop.watcher.log.event("goes_on", folder=str(loop.watcher.inbox))
        loop.trouble = loop.watcher.progress.last_error = None
