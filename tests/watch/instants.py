"""Watches a folder until the n-th time that it touches a file, and dies there as by kill -9; ``python -m`` with n.

Files are not read but answered at once, with their hash. While the first is read, another takes its name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from itertools import count
from pathlib import Path
from typing import Any

from rpiocr.executors.job import Job
from rpiocr.model.records import ReadFile
from rpiocr.output.result import unread
from rpiocr.settings import Settings
from rpiocr.store.database import Database
from rpiocr.store.journal import Journal
from rpiocr.system.json_text import dumps
from rpiocr.system.log import Log
from rpiocr.watch.filer import Filer
from rpiocr.watch.inbox import Settling, entries
from rpiocr.watch.problems import Problems, Progress
from rpiocr.watch.spool import Spool
from rpiocr.watch.watcher import Watcher

FIRST, SECOND = b"the first picture", b"the second picture"
NAME = "scan.jpg"
TOUCHED = frozenset({"open", "os.rename", "os.link", "os.mkdir", "os.rmdir", "os.remove", "os.chmod", "os.scandir"})
ROUNDS = 4


class Swap:
    """Answers a file at once; while the first file is read, the second takes its name."""

    capacity = 1

    def __init__(self, inbox: Path) -> None:
        self._inbox = inbox

    def submit(self, job: Job) -> Future[ReadFile]:
        """Return that a file has no text, and which one it was."""
        second = self._inbox.parent / "second"
        if second.exists():
            second.replace(self._inbox / NAME)
        sha256 = hashlib.sha256(job.data).hexdigest()
        future: Future[ReadFile] = Future()
        future.set_result(ReadFile(job.file, sha256, (), (unread(job.file, "no_text", sha256),)))
        return future


def watch(root: Path, *, keep: bool) -> None:
    """Watch the folder below ``root`` for some rounds."""
    inbox, database = root / "inbox", Database(f"sqlite:///{root}/store.sqlite")
    settings = Settings(moving="no" if keep else "yes")
    log, progress = Log("json", quiet=True), Progress()

    def tell(result: Mapping[str, Any]) -> None:
        with (root / "printed").open("a", encoding="utf-8") as stream:
            stream.write(dumps(result) + "\n")

    spool, problems = Spool(database.url), Problems(log, progress)
    filer = Filer(inbox, settings, Journal(database), spool, log, tell, progress, problems)
    watcher = Watcher(inbox, filer, Swap(inbox), Settling(0.0))  # type: ignore[arg-type]
    watcher.recover()
    for _ in range(ROUNDS):
        for entry in watcher.settling.settled(entries(inbox), time.monotonic()):
            watcher.take(entry)
    database.close()


def deaths(template: Path, folder: Path, *, keep: bool) -> Iterator[tuple[int, Path]]:
    """Yield, for every instant, its number and the folder of a watch that died then and was started again."""
    for number in count(1):
        root = folder / str(number)
        shutil.copytree(template, root)
        os.environ["XDG_STATE_HOME"] = str(root / "state")
        died = run(root, number, keep=keep)
        assert run(root, 0, keep=keep) == 0
        yield number, root
        if not died:
            return


def run(root: Path, number: int, *, keep: bool) -> int:
    """Watch in a process of its own that dies the ``number``-th time that it touches a file below ``root``."""
    child = os.fork()
    if child == 0:
        try:
            die_at(root, number)
            watch(root, keep=keep)
        except BaseException as error:  # noqa: BLE001 - the parent only sees the status
            sys.stderr.write(f"{number}: {error!r}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def die_at(root: Path, number: int) -> None:
    """Have this process killed when it touches a file for the ``number``-th time; the store is not counted."""
    touched = count(1)

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in TOUCHED and str(root) in str(arguments[0]) and next(touched) == number:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def prepare(template: Path) -> None:
    """Make a folder with a store, and one file in its inbox, that is copied for each instant."""
    (template / "inbox").mkdir(parents=True)
    Database(f"sqlite:///{template}/store.sqlite").close()
    (template / "inbox" / NAME).write_bytes(FIRST)
    (template / "second").write_bytes(SECOND)


def main(folder: Path, *, keep: bool) -> None:
    """Print, for every instant, the content of the folders of that watch in the end."""
    prepare(folder / "template")
    for number, root in deaths(folder / "template", folder, keep=keep):
        files = {str(path.relative_to(root)): path.read_bytes().decode() for path in contents(root)}
        sys.stdout.write(dumps({"instant": number, "files": files}) + "\n")
        shutil.rmtree(root)


def contents(root: Path) -> list[Path]:
    """All files but the store."""
    return sorted(path for path in root.rglob("*") if path.is_file() and "sqlite" not in path.name)


if __name__ == "__main__":
    main(Path(sys.argv[1]), keep=sys.argv[2] == "keep")
