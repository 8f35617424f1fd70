"""A Dask cluster of real processes on this machine, without network beyond it, gone afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.batch.waiting import until
from tests.program import PROJECT, surroundings

QUIET = {"DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "1h"}


class Cluster:
    """A scheduler to which workers can be added."""

    def __init__(self, home: Path, **changes: str) -> None:
        self._home = home
        self._environment = surroundings(home, **QUIET, **changes)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._file = home / "scheduler.json"
        address = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", self._file)
        self._start("scheduler", *address, "--no-jupyter")
        until(lambda: self._file.exists() and '"tcp' in self._file.read_text("utf-8"), "a scheduler")

    @property
    def url(self) -> str:
        """Where the scheduler listens."""
        import json

        return str(json.loads(self._file.read_text("utf-8"))["address"])

    def add_worker(self, *options: str, **changes: str) -> subprocess.Popen[bytes]:
        """Start a worker with one thread, as on another Pi: without shared directories."""
        folder = self._home / f"worker{len(self._processes)}"
        folder.mkdir()
        name = f"w{len(self._processes)}"
        where = ("--scheduler-file", self._file, "--host", "127.0.0.1", "--local-directory", folder, "--name", name)
        log = self._home / f"{name}.log"
        process = self._start("worker", *where, "--nthreads", "1", "--no-dashboard", *options, **changes)
        until(lambda: process.poll() is not None or "Registered to" in log.read_text("utf-8"), "a worker")
        assert process.poll() is None, log.read_text("utf-8")
        return process

    def _start(self, *arguments: object, **changes: str) -> subprocess.Popen[bytes]:
        with (self._home / f"w{len(self._processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dask", *map(str, arguments)],
                cwd=self._home,
                env=self._environment | changes,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def end(self) -> None:
        """End all of it, with all that it has started."""
        for process in self._processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@contextmanager
def cluster(folder: Path, **changes: str) -> Iterator[Cluster]:
    """Start a scheduler, and end all that was started, whatever happens."""
    home = folder / "cluster"
    home.mkdir()
    started = Cluster(home, **changes)
    try:
        yield started
    finally:
        started.end()


def with_version(folder: Path, version: str) -> str:
    """Make a copy of the package with another version number; returns a PYTHONPATH on which it comes first."""
    import shutil

    copy = folder / version / "rpiocr"
    shutil.copytree(PROJECT / "rpiocr", copy, ignore=shutil.ignore_patterns("__pycache__"))
    init = copy / "__init__.py"
    lines = init.read_text("utf-8").splitlines()
    changed = [f'__version__ = "{version}"' if line.startswith("__version__") else line for line in lines]
    init.write_text("\n".join(changed), "utf-8")
    return str(copy.parent)
