"""Faults of the surroundings, each as a run of the watch that meets it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.program import Started, command, fake_tesseract, start_with, surroundings
from tests.recorded import path_with_answers

SETTINGS = ("--settle=0.1", "--engine=tesseract", "--mode=low", "--retries=0", "--cloud=never", "--lang=eng")

STILL_RUNNING_S = 280.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run of the program ended, and what it wrote."""

    status: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Home:
    """A user's folders, among them the watched one."""

    root: Path

    @property
    def inbox(self) -> Path:
        """The watched folder."""
        return self.root / "inbox"

    @property
    def store(self) -> Path:
        """The store's file."""
        return self.root / "data" / "rpiocr" / "receipts.sqlite"

    def environment(self, **changes: str) -> dict[str, str]:
        """The surroundings of the program."""
        places = {"XDG_DATA_HOME": str(self.root / "data"), "PATH": path_with_answers()}
        return surroundings(self.root, **(places | changes))

    def command(self, *options: str) -> list[str]:
        """The command line of a watch that reads what is there."""
        return ["watch", "--once", f"--config={os.devnull}", *SETTINGS, *options, str(self.inbox)]

    def start(self, *options: str, **env: str) -> Started:
        """Start a watch."""
        return start_with(self.environment(**env), *self.command(*options), session=True)

    def run(self, *options: str, **env: str) -> Ended:
        """Let a watch read what is there."""
        return ended(self.start(*options, **env))

    def run_below(self, *before: str, **env: str) -> Ended:
        """Let a watch read what is there whose command line is given to the program ``before``."""
        process = subprocess.Popen(
            [*before, *command(*self.command())],
            env=self.environment(**env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        return ended(process)


def ended(process: Started) -> Ended:
    """Wait for the end of a run; one that does not end is killed, and fails its test."""
    try:
        stdout, stderr = process.communicate(timeout=STILL_RUNNING_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return Ended(process.wait(), stdout or "", stderr or "")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: ``meet`` runs a watch under it and mends it afterwards.

    ``elsewhere`` says where inputs end for good because of it; ``repeats`` that a line may be printed twice;
    ``silent`` that lines of this run cannot be seen; ``differs`` says in words what is not as without the fault.
    """

    words: str
    meet: Callable[[Home], Ended]
    elsewhere: Mapping[str, str] = field(default_factory=dict)
    repeats: bool = False
    silent: bool = False
    differs: str = ""


def _nothing(home: Home) -> Ended:
    return home.run()


def _shell(redirection: str) -> Callable[[Home], Ended]:
    def meet(home: Home) -> Ended:
        return home.run_below("sh", "-c", f'exec "$@" {redirection}', "sh")

    return meet


def _limit(limit: str) -> Callable[[Home], Ended]:
    def meet(home: Home) -> Ended:
        return home.run_below("sh", "-c", f'ulimit {limit} && exec "$@"', "sh", PATH=os.environ["PATH"])

    return meet


def _no_temporary_folder(home: Home) -> Ended:
    return home.run(TMPDIR=str(home.root / "missing"))


def _places_are_files(home: Home) -> Ended:
    places = [home.root / name for name in ("done", "review", "failed")]
    for place in places:
        place.write_bytes(b"precious")
    result = home.run()
    assert [place.read_bytes() for place in places] == [b"precious"] * 3
    for place in places:
        place.unlink()
    return result


def _places_are_read_only(home: Home) -> Ended:
    places = [home.root / name for name in ("done", "review", "failed")]
    for place in places:
        place.mkdir(mode=0o555)
    result = home.run()
    for place in places:
        place.chmod(0o755)
    return result


def _places_are_dangling_links(home: Home) -> Ended:
    places = [home.root / name for name in ("done", "review", "failed")]
    for place in places:
        place.symlink_to(home.root / "unplugged" / place.name)
    result = home.run()
    for place in places:
        place.unlink()
    return result


def _store_is_no_database(home: Home) -> Ended:
    home.store.parent.mkdir(parents=True)
    home.store.write_bytes(b"no database at all\n" * 400)
    result = home.run()
    assert home.store.read_bytes().startswith(b"no database")
    home.store.unlink()
    return result


def _store_is_read_only(home: Home) -> Ended:
    home.store.parent.mkdir(parents=True)
    home.store.parent.chmod(0o555)
    result = home.run()
    home.store.parent.chmod(0o755)
    return result


def _store_is_locked_for_a_while(home: Home) -> Ended:
    home.store.parent.mkdir(parents=True)
    with sqlite3.connect(home.store, isolation_level=None) as store:
        store.execute("PRAGMA journal_mode=WAL")
        store.execute("BEGIN IMMEDIATE")
        process = home.start()
        time.sleep(4)
        store.execute("COMMIT")
    return ended(process)


def _killed(home: Home) -> Ended:
    """Kill the watch and all that it started as soon as it has filed something."""
    process = home.start()
    _wait_until(lambda: (home.root / "failed").is_dir() or process.poll() is not None)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return ended(process)


def _asked_to_end(number: signal.Signals) -> Callable[[Home], Ended]:
    def meet(home: Home) -> Ended:
        process = home.start()
        _wait_until(lambda: (home.root / "failed").is_dir() or process.poll() is not None)
        process.send_signal(number)
        return ended(process)

    return meet


def _wait_until(condition: Callable[[], bool]) -> None:
    for _ in range(2000):
        if condition():
            return
        time.sleep(0.05)


def _no_tesseract(home: Home) -> Ended:
    empty = home.root / "bin"
    empty.mkdir()
    return home.run(PATH=str(empty))


def _tesseract(body: str) -> Callable[[Home], Ended]:
    def meet(home: Home) -> Ended:
        path = fake_tesseract(home.root / "fake", body)
        return home.run("--pass-timeout=2", "--receipt-timeout=4", PATH=path)

    return meet


def _state_is_a_file(home: Home) -> Ended:
    (home.root / "state").write_bytes(b"precious")
    result = home.run()
    assert (home.root / "state").read_bytes() == b"precious"
    (home.root / "state").unlink()
    return result


def _inbox_is_read_only(home: Home) -> Ended:
    home.inbox.chmod(0o555)
    result = home.run()
    home.inbox.chmod(0o755)
    return result


def _inbox_is_gone(home: Home) -> Ended:
    away = home.root / "unplugged"
    home.inbox.rename(away)
    result = home.run()
    away.rename(home.inbox)
    return result


def _links_are_planted(home: Home) -> Ended:
    victim = home.root / "victim"
    victim.write_bytes(b"precious")
    (home.inbox / ".rpiocr.lock").symlink_to(victim)
    failed = home.root / "failed"
    failed.mkdir()
    for name in ("text.jpg", "tiny.png"):
        (failed / f"{name}.json").symlink_to(victim)
        (failed / f".{name}.json.part").symlink_to(victim)
    result = home.run()
    assert victim.read_bytes() == b"precious"
    (home.inbox / ".rpiocr.lock").unlink(missing_ok=True)
    return result


def _another_watch(home: Home) -> Ended:
    other = home.start("--settle=3")
    _wait_until(lambda: (home.inbox / ".rpiocr.lock").exists() or other.poll() is not None)
    result = home.run()
    first = ended(other)
    return Ended(result.status, first.stdout + result.stdout, first.stderr + result.stderr)


def _full_folder(home: Home) -> Ended:
    """A disk that is full for whatever the program writes of its own, by a limit on the size of files."""
    return home.run_below("sh", "-c", 'trap "" XFSZ; ulimit -f 8 && exec "$@"', "sh", PATH=os.environ["PATH"])


READ = ("receipt", "two_pages", "odd_name", "long_ending")
"""The inputs that Tesseract has to read."""

FAULTS: Mapping[str, Fault] = {
    "none": Fault("nothing is in the way", _nothing),
    "stdout_closed": Fault("standard output is closed", _shell(">&-"), silent=True),
    "stdout_full": Fault("standard output is on a full disk", _shell(">/dev/full"), silent=True),
    "stderr_closed": Fault("standard error is closed", _shell("2>&-")),
    "stderr_full": Fault("standard error is on a full disk", _shell("2>/dev/full")),
    "no_tmp": Fault("the temporary folder is missing", _no_temporary_folder),
    "places_files": Fault("done, review and failed are files", _places_are_files),
    "places_read_only": Fault("done, review and failed are read-only", _places_are_read_only),
    "places_unplugged": Fault(
        "done, review and failed are links to a disk that is not there", _places_are_dangling_links
    ),
    "store_garbage": Fault("the store is no database", _store_is_no_database),
    "store_read_only": Fault("the store's folder is read-only", _store_is_read_only),
    "store_locked": Fault("another program locks the store for some seconds", _store_is_locked_for_a_while),
    "state_file": Fault("the state folder is a file", _state_is_a_file),
    "small_files": Fault("no file may be larger than 4 KB, as on a full disk", _full_folder),
    "descriptors": Fault("a process may open 20 files", _limit("-n 20")),
    "killed": Fault("the program and its children are killed", _killed, repeats=True),
    "sigterm": Fault("the program is told to end", _asked_to_end(signal.SIGTERM)),
    "sighup": Fault("the terminal is closed", _asked_to_end(signal.SIGHUP)),
    "no_tesseract": Fault("Tesseract is not installed", _no_tesseract),
    "tesseract_hangs": Fault("Tesseract never ends", _tesseract("sleep 600"), dict.fromkeys(READ, "failed")),
    "tesseract_crashes": Fault("Tesseract crashes", _tesseract("kill -SEGV $$"), dict.fromkeys(READ, "failed")),
    "inbox_read_only": Fault("the watched folder is read-only", _inbox_is_read_only),
    "inbox_gone": Fault("the watched folder is not there", _inbox_is_gone),
    "links": Fault("links to a victim are planted where the program writes", _links_are_planted),
    "second_watch": Fault("another watch is over the folder", _another_watch),
}
