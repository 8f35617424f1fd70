"""Tells when something may have happened in a folder: by inotify where that works, else after a while."""

from __future__ import annotations

import logging
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from rpiocr.system.files import PRIVATE

PROBE_S = 2.0
"""So long the system may take to tell of a file that we make to see whether it does."""

POLL_S = 5.0
"""How often a folder is looked at that nobody tells about."""

NETWORK = frozenset(("9p", "afs", "ceph", "cifs", "davfs", "glusterfs", "nfs", "nfs4", "smb2", "smb3", "vboxsf"))
"""File systems of other machines."""

REMOTE = NETWORK | {"fuse", "fuseblk"}
"""File systems where other machines may write without this one being told."""


class Notices:
    """Waits for something to happen in a folder; ``by`` says how it is noticed, for people.

    After ``longest_s`` seconds the folder is to be looked at although nobody told of a change.
    """

    def __init__(self, by: str, longest_s: float) -> None:
        self.by = by
        self.longest_s = longest_s
        self._happened = threading.Event()

    def tell(self) -> None:
        """Say that something happened."""
        self._happened.set()

    def wait(self, most_s: float) -> bool:
        """Wait until something happened since the last wait, which it tells, or for so long."""
        happened = self._happened.wait(most_s)
        self._happened.clear()
        return happened


@contextmanager
def notices(inbox: Path, poll_s: float, rescan_s: float) -> Iterator[Notices]:
    """Watch a folder; every ``poll_s`` seconds where that is over 0, or inotify does not work there."""
    if poll_s > 0:
        yield Notices(f"every {poll_s:g} s", poll_s)
        return
    kind = file_system(inbox)
    observer = None if kind.partition(".")[0] in REMOTE else _observe(inbox, told := Notices("inotify", rescan_s))
    if observer is None:
        yield Notices(f"every {POLL_S:g} s, as nobody tells of changes on {kind or 'this file system'}", POLL_S)
        return
    try:
        yield told
    finally:
        observer.stop()
        observer.join()


def file_system(folder: Path) -> str:
    """Return the kind of file system that a folder lies on, as Linux calls it; empty where that is not known."""
    import psutil

    real = os.path.realpath(folder)
    parts = psutil.disk_partitions(all=True)
    inside = [part for part in parts if os.path.commonpath([part.mountpoint, real]) == part.mountpoint]
    return max(inside, key=lambda part: len(part.mountpoint)).fstype if inside else ""


def file_system_of(device: int) -> str:
    """Return the kind of the file system that has a device number, as Linux calls it; empty where that is not known."""
    number = f"{os.major(device)}:{os.minor(device)}"
    mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
    return next((line.rpartition(" - ")[2].split()[0] for line in mounts if line.split()[2] == number), "")


def _observe(inbox: Path, told: Notices) -> Any:  # noqa: ANN401 - the library's class has no name of its own
    """Start to observe; None where the system does not tell of a file that is made here."""
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    # It tells of its own end as of an error.
    logging.getLogger("watchdog").setLevel(logging.CRITICAL)

    class Handler(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            # That somebody reads a file, as this watch does, is no news.
            if event.event_type not in ("opened", "closed_no_write"):
                told.tell()

    observer = Observer()
    try:
        observer.schedule(Handler(), str(inbox), recursive=False)
        observer.start()
    except OSError:
        return None
    if _is_told(inbox, told):
        return observer
    observer.stop()
    observer.join()
    return None


def _is_told(inbox: Path, told: Notices) -> bool:
    probe = inbox / f".rpiocr-probe-{secrets.token_hex(4)}"
    try:
        probe.touch(PRIVATE, exist_ok=False)
    except OSError:
        # Nothing can be tried in a folder that may only be read.
        return True
    try:
        return told.wait(PROBE_S)
    finally:
        with suppress(OSError):
            probe.unlink()
