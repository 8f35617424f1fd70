"""A batch that is stopped, killed, crowded or cut off: nothing is lost, nothing comes twice, nothing is left behind."""

from __future__ import annotations

import json
import os
import pty
import re
import resource
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from tests.batch.conftest import Ask
from tests.batch.test_command import AMOUNTS, amounts, ended
from tests.batch.waiting import family, runs, until
from tests.program import QUICK, Run, command, fake_tesseract, run_in, surroundings

WAIT = 'echo "$2" >> "{log}"; while [ ! -e "{log}.go" ]; do sleep 0.05; done'
WAIT_AFTER_TWO = """
echo "$2" >> "{log}"
if [ $(wc -l < "{log}") -gt 2 ]; then while [ ! -e "{log}.go" ]; do sleep 0.05; done; fi
"""
HANG = 'echo "$2" >> "{log}"; kill -STOP $$'

NO_LIMITS = {"RPIOCR_PASS_TIMEOUT": "3600", "RPIOCR_RECEIPT_TIMEOUT": "86400", "RPIOCR_WORKERS": "1"}


class Batch:
    """A batch that runs in a group of processes of its own, as one that was started in a terminal."""

    def __init__(self, home: Path, body: str, *arguments: object) -> None:
        self.home = home
        self.log = home / "passes"
        path = fake_tesseract(home / "bin", body.format(log=self.log))
        self._out, self._err = (home / name for name in ("out", "err"))
        with self._out.open("wb") as out, self._err.open("wb") as err:
            self.process = subprocess.Popen(
                command("batch", *QUICK, *arguments),
                env=surroundings(home, PATH=path, **NO_LIMITS),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
            )

    @property
    def lines(self) -> list[dict[str, object]]:
        """Its answers so far."""
        return [json.loads(line) for line in self._out.read_text("utf-8").splitlines()]

    @property
    def said(self) -> str:
        """What it has written on standard error."""
        return self._err.read_text("utf-8")

    def reads(self) -> bool:
        """Return whether an image is being read; fails if the batch ended instead."""
        assert self.process.poll() is None, self.said
        return self.log.exists()

    def signal_all(self, number: signal.Signals) -> None:
        """Send a signal to all processes of the group, as a terminal does."""
        os.killpg(self.process.pid, number)

    def go_on(self) -> None:
        """Let the passes that wait do their work."""
        self.log.with_name(f"{self.log.name}.go").touch()

    def end(self) -> int:
        """Wait for its end; returns its status."""
        return self.process.wait(120)


@contextmanager
def started(home: Path, body: str, *arguments: object) -> Iterator[Batch]:
    batch = Batch(home, body, *arguments)
    try:
        yield batch
    finally:
        with suppress(ProcessLookupError):
            batch.signal_all(signal.SIGKILL)
        batch.process.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
@pytest.mark.slow
def test_an_interrupted_batch_finishes_what_runs_and_resume_goes_on(
    number: signal.Signals, home: Path, inbox: Path, run: Run, ask: Ask
) -> None:
    with started(home, WAIT, inbox) as batch:
        until(batch.reads, "the first pass")
        batch.signal_all(number)
        until(lambda: "no further files are started" in batch.said, "word that it ends")
        batch.go_on()
        assert batch.end() == ExitCode.INTERRUPTED
    (line,) = batch.lines
    assert line["file"] == str(inbox / "a.jpg")
    assert "pass_failed" not in str(line["warnings"])
    assert "2 files were not read; the same command with --resume continues" in batch.said
    again = run("batch", *QUICK, inbox, "--resume", "--log-format", "json")
    assert (amounts(again), ended(again)) == (
        {name: AMOUNTS[name] for name in ("b.jpg", "c.jpg")},
        {"read": 2, "skipped": 1},
    )
    assert ask("SELECT attempts, state FROM files") == [(1, "filed")] * 3


@pytest.mark.slow
def test_a_second_interrupt_ends_at_once_and_leaves_nothing(home: Path, inbox: Path, run: Run, ask: Ask) -> None:
    with started(home, HANG, inbox, "--workers", 2) as batch:
        until(batch.reads, "the first pass")
        until(lambda: len(family(batch.process.pid)) >= 4, "two workers with a pass each")
        pids = family(batch.process.pid)
        batch.signal_all(signal.SIGINT)
        until(lambda: "no further files are started" in batch.said, "word that it ends")
        while batch.process.poll() is None:
            batch.signal_all(signal.SIGINT)
            time.sleep(0.02)
    assert batch.process.returncode == ExitCode.INTERRUPTED
    assert batch.lines == []
    until(lambda: not any(map(runs, pids)), "the end of all that it started")
    assert batch.said.endswith("rpiocr: interrupted\n")
    assert "Traceback" not in batch.said
    scratches = {Path(place).parent for place in batch.log.read_text("utf-8").splitlines()}
    assert scratches
    assert not any(scratch.exists() for scratch in scratches)
    assert ask("SELECT DISTINCT attempts, owner FROM files") == [(0, None)]
    assert amounts(run("batch", *QUICK, inbox, "--resume")) == AMOUNTS


@pytest.mark.slow
def test_after_kill_9_nothing_is_left_and_resume_reads_what_is_missing_once(
    home: Path, inbox: Path, run: Run, ask: Ask
) -> None:
    with started(home, WAIT_AFTER_TWO, inbox) as batch:
        until(lambda: batch.reads() and batch.lines, "the first answer")
        until(lambda: len(batch.log.read_text("utf-8").splitlines()) > 2, "a pass that waits")
        pids = family(batch.process.pid)
        batch.process.kill()
        until(lambda: not any(map(runs, pids)), "the end of all that it started")
    again = run("batch", *QUICK, inbox, "--resume")
    assert again.status == ExitCode.OK
    assert amounts(again) == {name: AMOUNTS[name] for name in ("b.jpg", "c.jpg")}
    assert ask("SELECT path, count(*) FROM files JOIN receipts ON files.id = file_id GROUP BY path") == [
        (str(inbox / name), 1) for name in AMOUNTS
    ]


@pytest.mark.slow
def test_two_batches_over_one_folder_give_each_answer_once(home: Path, inbox: Path, ask: Ask) -> None:
    for number in range(5):
        (inbox / f"d{number}.jpg").write_bytes((inbox / "b.jpg").read_bytes())
    batches = [
        subprocess.Popen(
            command("batch", *QUICK, inbox, "--resume"),
            env=surroundings(home),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    outputs = [batch.communicate()[0] for batch in batches]
    assert [batch.returncode for batch in batches] == [ExitCode.OK] * 2
    files = [json.loads(line)["file"] for output in outputs for line in output.splitlines()]
    assert sorted(files) == sorted(str(file) for file in inbox.iterdir())
    assert ask("SELECT count(*), count(DISTINCT file_id) FROM receipts") == [(8, 8)]


@pytest.mark.slow
def test_a_file_whose_reader_is_killed_elsewhere_is_waited_for_and_read(
    home: Path, inbox: Path, tmp_path: Path
) -> None:
    other_home = tmp_path / "other"
    other_home.mkdir()
    store = ("--store", f"sqlite:///{tmp_path / 'shared.sqlite'}")
    with started(home, WAIT, inbox / "a.jpg", *store) as first:
        until(first.reads, "the first pass")
        with started(other_home, "true", inbox, *store) as second:
            until(lambda: len(second.lines) == 2, "the answers for the files that nobody else reads")
            first.process.kill()
            assert second.end() == ExitCode.OK
            assert [Path(str(line["file"])).name for line in second.lines] == ["b.jpg", "c.jpg", "a.jpg"]


@pytest.mark.slow
def test_a_store_that_fills_up_ends_the_batch_clearly_and_resume_goes_on(
    home: Path, inbox: Path, run: Run, ask: Ask
) -> None:
    with started(home, WAIT_AFTER_TWO, inbox) as batch:
        until(lambda: batch.reads() and batch.lines, "the first answer")
        until(lambda: len(batch.log.read_text("utf-8").splitlines()) > 2, "a pass that waits")
        # What it says goes to files, too; they are shorter than this.
        resource.prlimit(batch.process.pid, resource.RLIMIT_FSIZE, (16384, 16384))
        batch.go_on()
        assert batch.end() == ExitCode.STORE
    assert "cannot be written" in batch.said
    assert "once the cause is fixed, the same command with --resume continues" in batch.said
    assert "Traceback" not in batch.said
    assert len(batch.lines) == 1
    assert amounts(run("batch", *QUICK, inbox, "--resume")) == {name: AMOUNTS[name] for name in ("b.jpg", "c.jpg")}
    assert ask("SELECT count(*) FROM receipts") == [(3,)]


@pytest.mark.slow
def test_a_reader_of_the_answers_that_has_enough_ends_the_batch_quietly(home: Path, inbox: Path, ask: Ask) -> None:
    with subprocess.Popen(
        command("batch", *QUICK, inbox, "--quiet"),
        env=surroundings(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as batch:
        assert batch.stdout
        assert batch.stderr
        first = batch.stdout.readline()
        batch.stdout.close()
        noise = batch.stderr.read()
    assert json.loads(first)["file"] == str(inbox / "a.jpg")
    assert (batch.returncode, noise) == (128 + signal.SIGPIPE, b"")
    assert ask("SELECT count(*) FROM files WHERE state = 'started' AND owner IS NOT NULL") == [(0,)]


@pytest.mark.slow
def test_progress_has_a_rate_and_keeps_out_of_answers_and_log(home: Path, inbox: Path) -> None:
    ours, theirs = pty.openpty()
    seen = bytearray()

    def watch() -> None:
        with suppress(OSError):  # the terminal's end
            while data := os.read(ours, 65536):
                seen.extend(data)

    watcher = threading.Thread(target=watch)
    watcher.start()
    environment = surroundings(home, TERM="xterm", COLUMNS="100")
    with subprocess.Popen(
        command("batch", *QUICK, inbox), env=environment, stdout=subprocess.PIPE, stderr=theirs
    ) as batch:
        os.close(theirs)
        answers, _ = batch.communicate()
    watcher.join()
    os.close(ours)
    assert {Path(json.loads(line)["file"]).name for line in answers.splitlines()} == set(AMOUNTS)
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", seen.decode("utf-8"))
    assert re.search(r"reading .*3/3 \d+/min", text)
    assert len(re.findall(r"rpiocr: receipt file=", text)) == 3


@pytest.mark.slow
def test_memory_stays_flat_over_many_files(home: Path, tmp_path: Path) -> None:
    """Large files that are not images take no reading, only memory."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number}.jpg").write_bytes(b"no picture" + bytes(10_000_000) + bytes([number]))
    outcome = run_in(home, "batch", folder, "--no-store", "--stats", "--log-format", "json")
    assert {line["error"]["code"] for line in outcome.lines} == {"unknown_format"}
    (stats,) = (event for event in map(json.loads, outcome.stderr.splitlines()) if event["event"] == "stats")
    assert stats["peak_mb"] < 300


@pytest.mark.slow
def test_a_link_that_took_a_files_place_while_others_were_read_is_not_followed(home: Path, inbox: Path) -> None:
    last = inbox / "d.jpg"
    shutil.copy(inbox / "b.jpg", last)
    with started(home, WAIT, inbox) as batch:
        until(batch.reads, "the first pass")
        last.rename(home / "private.jpg")
        last.symlink_to(home / "private.jpg")
        batch.go_on()
        assert batch.end() == ExitCode.OK, batch.said
    assert [Path(str(one["file"])).name for one in batch.lines] == ["a.jpg", "b.jpg", "c.jpg"]


@pytest.mark.slow
def test_a_link_that_is_named_is_followed(inbox: Path, run: Run) -> None:
    (inbox / "link.jpg").symlink_to("a.jpg")
    outcome = run("batch", *QUICK, inbox / "link.jpg")
    assert outcome.status == ExitCode.OK
    assert outcome.only["file"] == str(inbox / "link.jpg")
