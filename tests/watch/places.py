"""A watched folder with a store of its own, and the program that watches it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.program import PROJECT, SAMPLE, Outcome, Started, command, run_with, start_with, surroundings
from tests.recorded import path_with_answers

PATIENCE_S = 120.0

SETTINGS = ("--cloud=never", f"--config={os.devnull}", "--engine=tesseract", "--mode=low", "--retries=0")

SLEEP_WITH_FAKETIME = """
import errno, time

def sleep(seconds, _sleep=time.sleep):
    try:
        _sleep(seconds)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise

time.sleep = sleep
"""
"""libfaketime turns the time to wake up at into a negative one to sleep for where a busy machine has passed it."""


@dataclass(frozen=True, slots=True)
class Place:
    """Folders of one test; ``path`` is where programs are found, where it is not the tester's own."""

    root: Path
    path: str = field(default_factory=path_with_answers)

    @property
    def inbox(self) -> Path:
        """The watched folder."""
        return self.root / "inbox"

    def command(self, *options: str) -> list[str]:
        """The command line of a watch; a file counts as complete soon."""
        return command(*self._watch(*options))

    def _watch(self, *options: str) -> list[str]:
        return ["watch", "--settle=0.2", *options, *SETTINGS, str(self.inbox)]

    def _batch(self, *options: str) -> list[str]:
        return ["batch", *options, *SETTINGS, str(self.inbox)]

    def environment(self) -> dict[str, str]:
        """Return the surroundings of a user whose data and state are in the test's folder."""
        places = {"XDG_DATA_HOME": str(self.root / "data"), "XDG_STATE_HOME": str(self.root / "state")}
        return surroundings(self.root, PATH=self.path, **places)

    def run(self, *options: str) -> Outcome:
        """Watch until the program ends."""
        return run_with(self.environment(), *self._watch(*options))

    def run_long_before(self, *options: str) -> Outcome:
        """Watch with the clock set back by more than a year; the monotonic one is not affected."""
        patch = self.root / "patch"
        patch.mkdir(exist_ok=True)
        (patch / "sitecustomize.py").write_text(SLEEP_WITH_FAKETIME, "utf-8")
        clock = ["env", "FAKETIME_DONT_FAKE_MONOTONIC=1", f"PYTHONPATH={patch}", "faketime", "-f", "-400d"]
        done = subprocess.run(
            [*clock, *self.command(*options)],
            env=self.environment(),
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        return Outcome(done.returncode, done.stdout, done.stderr)

    def run_batch(self, *options: str) -> Outcome:
        """Read all files in the folder as a batch."""
        return run_with(self.environment(), *self._batch(*options))

    def start(self, *options: str) -> Started:
        """Begin to watch."""
        return start_with(self.environment(), *self._watch(*options))

    def start_batch(self, *options: str) -> Started:
        """Start to read all files in the folder as a batch."""
        return start_with(self.environment(), *self._batch(*options))

    def add(self, name: str, data: bytes | None = None) -> Path:
        """Put a file into the folder at once: the sample receipt, or these bytes."""
        path = self.inbox / name
        beside = self.root / "arriving"
        if data is None:
            shutil.copy(SAMPLE, beside)
        else:
            beside.write_bytes(data)
        beside.rename(path)
        return path

    def replace(self, name: str, picture: Path) -> None:
        """Let another file take a name, as scanners and synchronisers do."""
        beside = self.root / "arriving"
        shutil.copy(picture, beside)
        beside.replace(self.inbox / name)

    def answers(self) -> dict[str, object]:
        """For each file in done, review and failed, by its content, the hash in the results next to it."""
        files = [self.root / name for name in self.placed()]
        sidecars = [json.loads(path.with_name(path.name + ".json").read_text("utf-8")) for path in files]
        return {hash_of(path): one.get("sha256") for path, one in zip(files, sidecars, strict=True)}

    def rows(self, query: str) -> list[Any]:
        """Ask the store."""
        with sqlite3.connect(self.root / "data" / "rpiocr" / "receipts.sqlite") as store:
            return store.execute(query).fetchall()

    def rows_or_none(self, query: str) -> list[Any]:
        """Ask the store, which may not be there yet."""
        try:
            return self.rows(query)
        except sqlite3.Error:
            return []

    def placed(self) -> list[str]:
        """The files in done, review and failed, without the sidecars and what is still being written."""
        folders = (self.root / name for name in ("done", "review", "failed"))
        files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
        return sorted(str(path.relative_to(self.root)) for path in files if path.suffix not in (".json", ".part"))


def hash_of(path: Path) -> str:
    """The hash of a file, as results have it."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def lines(text: str) -> list[dict[str, Any]]:
    """Results that were printed."""
    return [json.loads(line) for line in text.splitlines()]


def soon(happened: Callable[[], bool]) -> bool:
    """Wait until something has happened; False where it does not."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if happened():
            return True
        time.sleep(0.05)
    return False
