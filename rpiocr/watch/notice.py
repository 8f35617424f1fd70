"""Waits for changes in a folder: by inotify where that works, otherwise by polling."""

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
"""Maximum time for the notification of a probe file, which is created to test whether inotify works."""

POLL_S = 5.0
"""Polling interval for a folder without notifications."""

NETWORK = frozenset(("9p", "afs", "ceph", "cifs", "davfs", "glusterfs", "nfs", "nfs4", "smb2", "smb3", "vboxsf"))
"""Network file systems."""

REMOTE = NETWORK | {"fuse", "fuseblk"}
"""File systems on which another machine may write without a notification on this one."""


class Notices:
    """Waits for changes in a folder; ``by`` describes the mechanism for people.

    After ``longest_s`` seconds the folder should be listed even without a notification.
    """

    def __init__(self, by: str, longest_s: float) -> None:
        self.by = by
        self.longest_s = longest_s
        self._happened = threading.Event()

    def notify(self) -> None:
        """Signal that something changed."""
        self._happened.set()

    def wait(self, max_s: float) -> bool:
        """Wait at most ``max_s`` seconds for a change since the last wait; returns whether there was one."""
        happened = self._happened.wait(max_s)
        if happened:  # what happens after a wait in vain counts for the next one
            self._happened.clear()
        return happened


@contextmanager
def notices(inbox: Path, poll_s: float, rescan_s: float) -> Iterator[Notices]:
    """Watch a folder by inotify; by polling if ``poll_s`` is over 0, or where inotify does not work."""
    if poll_s > 0:
        yield Notices(f"every {poll_s:g} s", poll_s)
        return
    kind = file_system(inbox)
    observer = None if kind.partition(".")[0] in REMOTE else _observe(inbox, watched := Notices("inotify", rescan_s))
    if observer is None:
        yield Notices(f"every {POLL_S:g} s, as {kind or 'this file system'} does not report changes", POLL_S)
        return
    try:
        yield watched
    finally:
        observer.stop()
        observer.join()


def file_system(folder: Path) -> str:
    """Return the type of the file system that holds a folder, as Linux names it; empty if unknown."""
    import psutil

    real = os.path.realpath(folder)
    parts = psutil.disk_partitions(all=True)
    inside = [part for part in parts if os.path.commonpath([part.mountpoint, real]) == part.mountpoint]
    return max(inside, key=lambda part: len(part.mountpoint)).fstype if inside else ""


def file_system_of(device: int) -> str:
    """Return the type of the file system with a device number, as Linux names it; empty if unknown."""
    number = f"{os.major(device)}:{os.minor(device)}"
    mounts = Path("/proc/self/mountinfo").read_text("utf-8", "replace").splitlines()
    return next((line.rpartition(" - ")[2].split()[0] for line in mounts if line.split()[2] == number), "")


def _observe(inbox: Path, watched: Notices) -> Any:  # noqa: ANN401 - the library's class has no name of its own
    """Start an observer; None if the system does not report a file that is created here."""
    from watchdog.events import FileSystemEvent, FileSystemEventHandler
    from watchdog.observers import Observer

    # It logs its own end as an error.
    logging.getLogger("watchdog").setLevel(logging.CRITICAL)

    class Handler(FileSystemEventHandler):
        def on_any_event(self, event: FileSystemEvent) -> None:
            # Reading a file, as this watch does, is not a change.
            if event.event_type not in ("opened", "closed_no_write"):
                watched.notify()

    observer = Observer()
    try:
        observer.schedule(Handler(), str(inbox), recursive=False)
        observer.start()
    except OSError:
        return None
    if _is_notified(inbox, watched):
        return observer
    observer.stop()
    observer.join()
    return None


def _is_notified(inbox: Path, watched: Notices) -> bool:
    probe = inbox / f".rpiocr-probe-{secrets.token_hex(4)}"
    try:
        probe.touch(PRIVATE, exist_ok=False)
    except OSError:
        # Notifications cannot be tested in a read-only folder.
        return True
    try:
        return watched.wait(PROBE_S)
    finally:
        with suppress(OSError):
            probe.unlink()
