"""Standard output that is full or closed: one sentence, one status, and nothing counts as printed that was not."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from tests.program import QUICK, SMALL, Run
from tests.streams.processes import SENTENCE, fill_store, filled_file, in_shell
from tests.watch.places import Place, soon

COMMANDS = (
    ("--help",), ("--version",), ("scan", "--help"), ("schema",), ("doctor",), ("list",), ("list", "--format", "table"),
    ("list", "--format", "csv"), ("search", "findme"), ("show", "1"), ("show", "1", "--format", "text"), ("stats",),
    ("stats", "--format", "chart"), ("export",), ("export", "--format", "xlsx"), ("export", "--format", "ledger"),
    ("export", "--zip", "-"), ("fix", "1", "merchant=Shop"), ("check", "x"), ("scan", "x"),
    ("scan", "--format", "table", "x"), ("explain", "x"), ("batch", "--no-store", "x"), ("service", "status"),
)  # fmt: skip

FILE_LIMIT = 8 * 1024 * 1024
"""Larger than any other file that the program makes here."""

LIMITED = f'ulimit -S -f {FILE_LIMIT // 1024}; exec "$@"'


def of_store(arguments: tuple[str, ...], home: Path) -> tuple[str, ...]:
    """Add the store to a command that works on one."""
    if arguments[0] not in ("list", "search", "show", "stats", "export", "fix"):
        return arguments
    return (*arguments, "--store", fill_store(home))


@pytest.mark.parametrize("arguments", COMMANDS, ids=" ".join)
def test_on_a_full_disk_every_command_reports_it(arguments: tuple[str, ...], home: Path) -> None:
    outcome = in_shell(home, '"$@" > /dev/full', *of_store(arguments, home))
    assert outcome.status == ExitCode.OUTPUT
    assert outcome.stderr.startswith(f"{SENTENCE}the disk is full; ")
    assert outcome.stderr.count("\n") == 1


@pytest.mark.parametrize(
    "arguments", [("--version",), ("schema",), ("show", "1"), ("export",), ("scan", "x"), ("batch", "x")], ids=" ".join
)
@pytest.mark.parametrize("streams", [">&-", "<&- >&-"])
def test_a_closed_output_is_reported_as_well(arguments: tuple[str, ...], streams: str, home: Path) -> None:
    outcome = in_shell(home, f'"$@" {streams}', *of_store(arguments, home))
    assert (outcome.status, outcome.stdout) == (ExitCode.OUTPUT, "")
    assert outcome.stderr == f"{SENTENCE}it is closed; give it a file or a pipe, or > /dev/null\n"


def limited(home: Path, out: Path, *arguments: object) -> tuple[int, str]:
    """Run with an output that takes no more than is already there; returns the status and standard error."""
    outcome = in_shell(home, f'{LIMITED} >> "{out}"', *arguments)
    return outcome.status, outcome.stderr


@pytest.mark.slow
def test_scan_stops_at_once_and_leaves_no_half_line(home: Path) -> None:
    first = len(in_shell(home, '"$@"', "scan", "first").stdout)
    out = filled_file(home / "out", FILE_LIMIT, first + 20)
    status, said = limited(home, out, "scan", "first", "second", "third")
    assert status == ExitCode.OUTPUT
    assert [line.split()[1] for line in said.splitlines()] == ["first", "standard"]
    assert out.stat().st_size == FILE_LIMIT - 20
    assert out.read_bytes()[FILE_LIMIT - 20 - first :].decode().endswith("}\n")


@pytest.mark.slow
def test_what_a_batch_could_not_print_is_printed_when_it_is_resumed(home: Path, tmp_path: Path, run: Run) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    shutil.copy(SMALL, inbox / "a.jpg")
    (inbox / "b.jpg").write_text("no picture", "utf-8")
    out = filled_file(home / "out", FILE_LIMIT, 100)
    status, said = limited(home, out, "batch", *QUICK, inbox)
    assert status == ExitCode.OUTPUT
    assert "the same command with --resume continues" in said
    assert "Traceback" not in said
    assert out.stat().st_size == FILE_LIMIT - 100
    outcome = run("batch", *QUICK, "--resume", inbox)
    assert [Path(line["file"]).name for line in outcome.lines] == ["a.jpg", "b.jpg"]
    assert str(outcome.of(inbox / "a.jpg")["amount"]) == "63.35"
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    again = run("batch", *QUICK, "--resume", "--log-format", "json", inbox)
    assert again.stdout == ""
    assert json.loads(again.stderr.splitlines()[-1])["skipped"] == 2
    with closing(sqlite3.connect(home / ".local" / "share" / "rpiocr" / "receipts.sqlite")) as store:
        assert store.execute("SELECT state, count(*) FROM files GROUP BY state ORDER BY state").fetchall() == [
            ("failed", 1), ("filed", 1),
        ]  # fmt: skip
        assert store.execute("SELECT count(*) FROM receipts").fetchone() == (1,)


@pytest.mark.slow
def test_an_error_that_a_batch_could_not_print_is_printed_when_it_is_resumed(
    home: Path, tmp_path: Path, run: Run
) -> None:
    bad = tmp_path / "bad.jpg"
    bad.write_text("no picture", "utf-8")
    out = filled_file(home / "out", FILE_LIMIT, 20)
    assert limited(home, out, "batch", bad)[0] == ExitCode.OUTPUT
    assert run("batch", "--resume", bad).only["error"]["code"] == "unknown_format"
    assert run("batch", "--resume", bad).lines == []


@pytest.mark.slow
def test_a_watch_keeps_what_it_cannot_print_and_prints_it_later(place: Place) -> None:
    for name in ("a.jpg", "b.jpg"):
        os.utime(place.add(name, f"no picture {name}".encode()), (1_500_000_000, 1_500_000_000))
    out = filled_file(place.root / "out", FILE_LIMIT, 20)
    log = place.root / "log"
    with out.open("ab") as stdout, log.open("wb") as stderr:
        process = subprocess.Popen(
            ["/bin/bash", "-c", LIMITED, "bash", *place.command()],
            env=place.environment(),
            stdout=stdout,
            stderr=stderr,
        )
    try:
        assert soon(lambda: "in_trouble" in log.read_text("utf-8"))
        assert out.stat().st_size == FILE_LIMIT - 20
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (FILE_LIMIT * 2, FILE_LIMIT * 2))
        assert soon(lambda: out.read_bytes().count(b"\n") == 2)
    finally:
        process.terminate()
        process.wait()
    printed = [json.loads(line) for line in out.read_bytes()[FILE_LIMIT - 20 :].splitlines()]
    assert sorted(Path(line["file"]).name for line in printed) == ["a.jpg", "b.jpg"]
    assert place.placed() == ["failed/a.jpg", "failed/b.jpg"]


@pytest.mark.slow
def test_a_watch_that_looks_once_ends_with_the_status_and_the_next_one_prints(place: Place) -> None:
    os.utime(place.add("a.jpg", b"no picture"), (1_500_000_000, 1_500_000_000))
    out = filled_file(place.root / "out", FILE_LIMIT, 20)
    done = subprocess.run(
        ["/bin/bash", "-c", f'{LIMITED} >> "{out}"', "bash", *place.command("--once")],
        env=place.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == ExitCode.OUTPUT
    assert SENTENCE in done.stderr
    assert json.loads(place.run("--once").stdout)["error"]["code"] == "unknown_format"
    assert place.run("--once").stdout == ""


def test_a_closed_output_ends_a_watch_before_it_takes_anything(place: Place) -> None:
    place.add("a.jpg", b"no picture")
    done = subprocess.run(
        ["/bin/bash", "-c", '"$@" >&-', "bash", *place.command()],
        env=place.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.startswith(SENTENCE)) == (ExitCode.OUTPUT, True)
    assert [path.name for path in place.inbox.iterdir() if path.suffix == ".jpg"] == ["a.jpg"]
