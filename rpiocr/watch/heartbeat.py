"""Reports that a watch is alive to the store, for ``status``, and to systemd."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import insert, select, update

from rpiocr.service.sd_notify import Notifier
from rpiocr.store.database import Database
from rpiocr.store.errors import StoreError
from rpiocr.store.owner import process_id
from rpiocr.store.tables import WATCHERS
from rpiocr.watch.problems import Progress

BEAT_S = 30.0
"""Interval of the heartbeat."""

DEAD_AFTER = dt.timedelta(seconds=4 * BEAT_S)
"""A watch without a heartbeat for this long is treated as dead."""


@contextmanager
def heartbeat(database: Database, inbox: Path, progress: Progress, waiting: Callable[[], int]) -> Iterator[None]:
    """Report regularly to the store and systemd that this watch is alive, and at the end that it has ended."""
    notifier, ended = Notifier(), threading.Event()
    interval_s = min(BEAT_S, notifier.interval_s or BEAT_S)
    began = dt.datetime.now(dt.UTC)

    def beat(*, last: bool = False) -> None:
        notifier.alive()
        notifier.status(f"{progress.receipts} receipts read, {waiting()} files waiting, {progress.errors} errors")
        try:
            _write(database, inbox, progress, waiting(), began, ended=last)
        except StoreError:
            # The main loop reports what is wrong with the store.
            return

    def run() -> None:
        while not ended.wait(interval_s):
            beat()

    beat()
    notifier.ready()
    thread = threading.Thread(target=run, daemon=True, name="heartbeat")
    thread.start()
    try:
        yield
    finally:
        notifier.stopping()
        ended.set()
        thread.join()
        beat(last=True)


def _write(
    database: Database, inbox: Path, progress: Progress, waiting: int, began: dt.datetime, *, ended: bool
) -> None:
    now = dt.datetime.now(dt.UTC)
    read_at = progress.last_receipt_at
    values = {
        "owner": process_id(),
        "started_at": began,
        "alive_at": now,
        "ended_at": now if ended else None,
        "waiting": waiting,
        "errors": progress.errors,
        "last_error": progress.last_error,
    }
    if read_at:
        values["last_receipt_at"] = dt.datetime.fromtimestamp(read_at, dt.UTC)
    here = WATCHERS.c.inbox == str(inbox)
    with database.transaction() as connection:
        if connection.execute(select(WATCHERS.c.inbox).where(here)).first():
            connection.execute(update(WATCHERS).where(here).values(**values))
        else:
            connection.execute(insert(WATCHERS).values(inbox=str(inbox), **values))
