"""A watch within this process, as a service embeds it; its files are not read but held by real worker processes.

The content of a file is the path of its gate: a worker records its process next to that, and answers once it exists.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from sqlalchemy import Row, select

from rpiocr.executors import JobExecutor, open_executor
from rpiocr.executors.base import Function
from rpiocr.executors.job import Job
from rpiocr.model.records import ReadFile
from rpiocr.output.result import unread
from rpiocr.settings import Settings
from rpiocr.store.database import Database
from rpiocr.store.journal import Found
from rpiocr.store.tables import FILES
from rpiocr.watch.control import Control
from rpiocr.watch.run import watch
from tests.batch.waiting import beside, until

SLOW_TO_SETTLE_S = 3600.0


def hold(job: Job) -> ReadFile:
    """Run a program, as reading does, until the gate of the file exists; the result tells the deadline of the job.

    A file whose name begins with damaged gets that as its error.
    """
    gate = Path(job.data.decode())
    with subprocess.Popen(["sleep", "100000"]) as program:
        Path(f"{gate}.{os.getpid()}").touch()
        while not gate.exists():
            time.sleep(0.01)
        program.kill()
    sha256 = hashlib.sha256(job.data).hexdigest()
    code = gate.name.removesuffix(".jpg") if gate.name.startswith("damaged") else "no_text"
    error = unread(job.file, code, f"held with a deadline of {job.settings.deadline:g} s")
    return ReadFile(job.file, sha256, (), (error,), cpu_s=1.5)


@dataclass(frozen=True, slots=True)
class Holding:
    """Holds files in the processes of another executor, instead of reading them."""

    processes: JobExecutor

    @property
    def capacity(self) -> int:
        """One job per process."""
        return self.processes.capacity

    def submit(self, job: Job, function: Function = hold) -> Future[ReadFile]:
        """Hold a file."""
        return self.processes.submit(job, function)

    def abandon(self, future: Future[ReadFile]) -> None:
        """End one job."""
        self.processes.abandon(future)


@contextmanager
def holding(workers: int) -> Iterator[JobExecutor]:
    """Open an executor that holds files."""
    with open_executor(workers) as processes:
        yield Holding(processes)


@dataclass(slots=True)
class Events:
    """A follower that records what it is told, by the names of files."""

    told: list[tuple[str, ...]] = field(default_factory=list)
    reads: list[ReadFile] = field(default_factory=list)
    deadline_s: float = 7.0

    def ready(self) -> None:
        """See Follower."""
        self.told.append(("ready",))

    def settings_for(self, found: Found, settings: Settings) -> Settings:  # noqa: ARG002 - as Follower
        """See Follower."""
        return replace(settings, deadline=self.deadline_s)

    def reading(self, file_id: int, found: Found) -> None:
        """See Follower."""
        self._add("reading", file_id, found)

    def answered(self, file_id: int, found: Found, read: ReadFile) -> None:
        """See Follower."""
        self.reads.append(read)
        self._add("answered", file_id, found)

    def failed(self, file_id: int, found: Found, code: str, message: str) -> None:
        """See Follower."""
        self._add("failed", file_id, found, code, *(["page"] if "from the page" in message else []))

    def filed(self, file_id: int, found: Found, moved_to: str | None) -> None:
        """See Follower."""
        self._add("filed", file_id, found, *([Path(moved_to).parent.name] if moved_to else []))

    def again(self, file_id: int, found: Found) -> None:
        """See Follower."""
        self._add("again", file_id, found)

    def left(self, file_id: int, found: Found) -> None:
        """See Follower."""
        self._add("left", file_id, found)

    def of(self, name: str) -> list[tuple[str, ...]]:
        """What it was told about a file, without its name."""
        return [(event, *rest) for event, *others in self.told if others[:1] == [name] for rest in [others[1:]]]

    def _add(self, event: str, file_id: int, found: Found, *rest: str) -> None:
        assert file_id > 0
        self.told.append((event, Path(found.path).name, *rest))


@dataclass(slots=True)
class Service:
    """A service over a folder."""

    root: Path
    events: Events
    control: Control
    printed: list[str] = field(default_factory=list)

    @property
    def inbox(self) -> Path:
        """The watched folder."""
        return self.root / "inbox"

    @property
    def url(self) -> str:
        """The URL of the store."""
        return f"sqlite:///{self.root}/store.sqlite"

    def gate(self, name: str) -> Path:
        """The gate of a file."""
        return self.root / "gates" / name

    def data(self, name: str) -> bytes:
        """The content of a file."""
        return str(self.gate(name)).encode()

    def sha256(self, name: str) -> str:
        """The hash of a file."""
        return hashlib.sha256(self.data(name)).hexdigest()

    def upload(self, name: str) -> None:
        """Put a complete file in place."""
        arriving = self.inbox / f".{name}"
        arriving.write_bytes(self.data(name))
        arriving.rename(self.inbox / name)
        self.control.complete(name)

    def open(self, name: str) -> None:
        """Let the worker of a file answer."""
        self.gate(name).touch()

    def worker(self, name: str) -> int:
        """Wait until a file is read, and return the process of its worker."""
        until(lambda: beside(self.gate(name)), f"the reading of {name}")
        return beside(self.gate(name))[-1]

    def until_told(self, event: str, name: str, times: int = 1) -> None:
        """Wait until the follower was told something about a file."""
        until(lambda: sum(one[:1] == (event,) for one in self.events.of(name)) >= times, f"{event} {name}")

    def rows(self) -> dict[str, Row[tuple[object, ...]]]:
        """The last entry of each file in the journal, by its name."""
        database = Database(self.url)
        with database.snapshot() as connection:
            rows = connection.execute(select(FILES).order_by(FILES.c.id)).all()
        database.close()
        return {Path(row.path).name: row for row in rows}

    def files(self) -> list[str]:
        """The files in all folders but the store, the gates and hidden ones, without results."""
        paths = (path.relative_to(self.root) for path in self.root.rglob("*") if path.is_file())
        kept = [one for one in paths if one.parts[0] in ("inbox", "done", "review", "failed") and one.suffix != ".json"]
        return sorted(str(one) for one in kept if not one.name.startswith(".rpiocr.lock"))


@contextmanager
def service(root: Path, *, workers: int = 1, settle_s: float = SLOW_TO_SETTLE_S) -> Iterator[Service]:
    """Watch a folder below ``root`` in a thread; ended, and its workers with it, at the end."""
    for name in ("inbox", "gates"):
        (root / name).mkdir(exist_ok=True)
    made = Service(root, Events(), Control())
    settings = Settings(store=made.url, settle=settle_s)
    failures: list[BaseException] = []

    def run() -> None:
        try:
            watch(
                made.inbox,
                settings,
                lambda result: made.printed.append(str(result["file"])),
                once=False,
                executor=holding(workers),
                follower=made.events,
                control=made.control,
            )
        except BaseException as error:  # noqa: BLE001 - it is raised again in the test
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        until(lambda: made.events.told or failures, "a watch")
        yield made
    finally:
        made.control.stop()
        thread.join()
    with suppress(IndexError):
        raise failures[0]
