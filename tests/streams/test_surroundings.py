"""Streams, signals, limits and folders as no program likes them: a sentence, a documented status, no traceback."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from tests.program import PROJECT, QUICK, SMALL, Run, command, surroundings
from tests.recorded import path_with_answers
from tests.slow import slow_but
from tests.streams.processes import fill_store, in_shell
from tests.watch.places import soon

ROOT = os.geteuid() == 0

STORE = ("list", "search", "show", "stats", "export")

QUICK_ONES = (
    ("--help",), ("--version",), ("schema",), ("list",), ("search", "findme"), ("show", "1"), ("stats",), ("export",),
    ("check", "x"), ("explain", "x"), ("batch", "--no-store", "x"),
)  # fmt: skip
"""Commands that read no receipt."""

READING = (("scan", *QUICK, SMALL), ("batch", *QUICK, "--no-store", "-q", SMALL))

DOCUMENTED = {
    ExitCode.OK, ExitCode.UNREADABLE_INPUT, ExitCode.MISSING_DEPENDENCY, ExitCode.STORE, ExitCode.NEEDS_REVIEW,
}  # fmt: skip


def with_store(arguments: tuple[object, ...], url: str) -> tuple[object, ...]:
    """Add the store to a command that works on one."""
    return (*arguments, "--store", url) if arguments[0] in STORE else arguments


def assert_clear(outcome_status: int, said: str) -> None:
    """Fail where a user would not know what is wrong."""
    assert outcome_status in DOCUMENTED
    assert "Traceback" not in said
    assert "a defect of" not in said


@pytest.mark.parametrize("error", ["2> /dev/full", "2>&-"])
@pytest.mark.parametrize(
    "arguments", [("scan", "x"), ("check", "x"), ("batch", "--no-store", "x"), ("scan", "--verbose", "x")], ids=" ".join
)
def test_an_error_stream_that_takes_nothing_does_no_harm(arguments: tuple[str, ...], error: str, home: Path) -> None:
    outcome = in_shell(home, f'"$@" {error}', *arguments)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert outcome.only["error"]["code"] == "not_found"


@pytest.mark.slow
def test_with_all_streams_closed_nothing_is_written_into_the_store(home: Path) -> None:
    bad = home / "bad.jpg"
    bad.write_text("no picture", "utf-8")
    assert in_shell(home, '"$@" > out <&- 2>&-', "batch", "--verbose", bad).status == ExitCode.UNREADABLE_INPUT
    with closing(sqlite3.connect(home / ".local" / "share" / "rpiocr" / "receipts.sqlite")) as store:
        assert store.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert store.execute("SELECT state FROM files").fetchall() == [("failed",)]


@pytest.mark.parametrize("arguments", [("scan", "-"), ("check", "-"), ("explain", "-"), ("batch", "@-")], ids=" ".join)
def test_a_closed_input_is_reported(arguments: tuple[str, ...], home: Path) -> None:
    outcome = in_shell(home, '"$@" <&-', *arguments)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert "standard input" in outcome.stderr
    assert "closed" in outcome.stderr
    assert outcome.stderr.count("\n") == 1


def test_without_an_input_no_question_is_asked(home: Path) -> None:
    outcome = in_shell(home, '"$@" <&-', "delete", "1", "--store", fill_store(home))
    assert outcome.status == ExitCode.USAGE
    assert "cannot ask for confirmation without a terminal; give --yes" in outcome.stderr


@pytest.mark.parametrize("how", ["trap '' PIPE; ", ""], ids=["ignored", "default"])
@pytest.mark.parametrize("arguments", [("--help",), ("schema",), ("export",), ("scan", "-q", "x")], ids=" ".join)
def test_a_reader_that_has_enough_ends_with_141_and_no_word(arguments: tuple[str, ...], how: str, home: Path) -> None:
    line = f'{how}mkfifo f; true < f & exec 3> f; wait; "$@" >&3'
    outcome = in_shell(home, line, *with_store(arguments, fill_store(home)))
    assert (outcome.status, outcome.stderr) == (128 + signal.SIGPIPE, "")


STILL = 10
"""Looks at a process that must find it asleep, and without having used any processor time in between."""


def waits(process: subprocess.Popen[bytes]) -> bool:
    """Whether a process has been waiting for others for a while, or has ended.

    A signal that comes while Python imports an extension may get lost there.
    """
    looks = set()
    for _ in range(STILL):
        fields = Path(f"/proc/{process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        looks.add((fields[0], fields[11], fields[12]))
        time.sleep(0.02)
    return process.poll() is not None or (len(looks) == 1 and looks.pop()[0] == "S")


@pytest.fixture
def full_pipe() -> Iterator[int]:
    """The write end of a full pipe without a reader."""
    reader, writer = os.pipe()
    fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    os.set_blocking(writer, False)
    try:
        while True:
            os.write(writer, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(writer, True)
    yield writer
    os.close(reader)
    os.close(writer)


WAITING = (
    ("schema",), ("list",), ("search", "findme"), ("show", "1"), ("stats",), ("export",),
    ("scan", "-"), ("check", "-"), ("explain", "-"), ("batch", "@-"),
)  # fmt: skip
"""Commands that wait for a reader of their output, or for input."""


@pytest.mark.parametrize("arguments", slow_but([("list",), ("scan", "-"), ("batch", "@-")], WAITING), ids=" ".join)
@pytest.mark.slow
def test_a_terminal_that_is_closed_ends_every_command(arguments: tuple[str, ...], home: Path, full_pipe: int) -> None:
    process = subprocess.Popen(
        command(*with_store(arguments, fill_store(home))),
        env=surroundings(home),
        stdin=subprocess.PIPE,
        stdout=full_pipe,
        stderr=subprocess.PIPE,
    )
    assert soon(lambda: waits(process))
    process.send_signal(signal.SIGHUP)
    assert process.stderr
    assert process.stdin
    assert process.stderr.read().endswith(b"rpiocr: interrupted\n")
    process.stdin.close()
    process.stderr.close()
    assert process.wait() == ExitCode.INTERRUPTED


@pytest.mark.parametrize("limit", ["-n 8", "-f 0"])
@pytest.mark.parametrize("arguments", slow_but([("--help",), ("list",), ("check", "x")], QUICK_ONES), ids=" ".join)
def test_small_limits_are_borne_or_reported(limit: str, arguments: tuple[str, ...], home: Path) -> None:
    outcome = in_shell(home, f'ulimit {limit}; "$@"', *with_store(arguments, fill_store(home)))
    assert_clear(outcome.status, outcome.stderr)
    assert outcome.stdout or outcome.stderr


@pytest.mark.parametrize(("limit", "statuses"), [("-n 20", {0, 5}), ("-n 8", {4, 5}), ("-f 0", {4, 5})])
@pytest.mark.parametrize("arguments", slow_but(READING[:1], READING), ids=["scan", "batch"])
@pytest.mark.slow
def test_reading_under_small_limits_works_or_reports_its_failure(
    limit: str, statuses: set[int], arguments: tuple[object, ...], home: Path
) -> None:
    path = path_with_answers() if 0 in statuses else os.environ["PATH"]
    outcome = in_shell(home, f'ulimit {limit}; "$@"', *arguments, PATH=path)
    assert_clear(outcome.status, outcome.stderr)
    assert outcome.status in statuses


@pytest.fixture
def open_home() -> Iterator[Path]:
    """A home that any user can enter and write to."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "home"
        folder.mkdir()
        for path in (Path(name), folder):
            path.chmod(0o777)
        (folder / "tmp").mkdir()
        (folder / "tmp").chmod(0o777)
        yield folder


def as_somebody(limit: str) -> str:
    """A line of a shell that runs the program as an ordinary user."""
    change = "setpriv --reuid 65534 --regid 65534 --clear-groups " if ROOT else ""
    return f'{change}/bin/bash -c \'{limit}exec "$@"\' bash "$@"'


def run_as_somebody(home: Path, limit: str, *arguments: object) -> tuple[int, str]:
    """Run as an ordinary user, who has so many processes already; skips where that one cannot read the project."""
    line = as_somebody("")
    look = ["test", "-r", str(PROJECT / "rpiocr" / "cli.py")]
    probe = subprocess.run(["/bin/bash", "-c", line, "bash", *look], check=False)
    if probe.returncode:
        pytest.skip("an ordinary user cannot read the project")
    outcome = in_shell(home, as_somebody(limit), *arguments, humble=False)
    return outcome.status, outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "statuses"),
    [(("--help",), {0}), (("check", SMALL), {5}), (("scan", *QUICK, SMALL), {5}),
     (("batch", *QUICK, "--no-store", SMALL), {5}), (("doctor",), {5})],
    ids=["help", "check", "scan", "batch", "doctor"],
)  # fmt: skip
def test_a_user_who_may_start_no_process_gets_an_error(
    arguments: tuple[object, ...], statuses: set[int], open_home: Path
) -> None:
    status, said = run_as_somebody(open_home, "ulimit -u 1; ", *arguments)
    assert_clear(status, said)
    assert status in statuses


@pytest.mark.parametrize(
    ("how", "arguments"),
    [
        *(("export HOME=/nonexistent; ", arguments) for arguments in (*QUICK_ONES, ("doctor",))),
        *(("unset HOME XDG_CONFIG_HOME XDG_STATE_HOME; ", arguments) for arguments in (("list",), ("batch", "x"))),
    ],
)
def test_a_user_without_a_home_gets_an_error_or_needs_none(
    how: str, arguments: tuple[str, ...], open_home: Path
) -> None:
    status, said = run_as_somebody(open_home, how, *arguments)
    assert_clear(status, said)
    if arguments[0] in STORE and ROOT:
        assert status == ExitCode.STORE
        assert "choose another one with --store" in said


def test_a_temporary_folder_that_is_missing_is_not_needed(run: Run) -> None:
    assert run("scan", *QUICK, SMALL, TMPDIR="/nonexistent").status == ExitCode.OK


def in_own_mounts(home: Path, mounts: str, *arguments: object) -> tuple[int, str, str]:
    """Run with file systems of its own; skips where this user cannot have them."""
    if not ROOT or subprocess.run(["unshare", "-m", "true"], check=False, capture_output=True).returncode:
        pytest.skip("only root can mount file systems")
    outcome = in_shell(home, f'unshare -m /bin/bash -c \'{mounts} exec "$@"\' bash "$@"', *arguments, TMPDIR="/mnt")
    return outcome.status, outcome.stdout, outcome.stderr


FULL = "mount -t tmpfs -o size=16k none /dev/shm; mount -t tmpfs -o size=16k none /mnt;"
READ_ONLY = "mount -t tmpfs -o ro none /dev/shm;"


@pytest.mark.parametrize("arguments", slow_but(READING[:1], READING), ids=["scan", "batch"])
@pytest.mark.slow
def test_a_full_temporary_folder_is_named(arguments: tuple[object, ...], home: Path) -> None:
    status, printed, said = in_own_mounts(home, FULL, *arguments)
    assert_clear(status, said)
    assert status == ExitCode.UNREADABLE_INPUT
    assert "is the temporary folder full?" in printed


@pytest.mark.slow
def test_shared_memory_that_cannot_be_written_is_not_needed(home: Path) -> None:
    status, _, said = in_own_mounts(home, READ_ONLY, "scan", *QUICK, SMALL)
    assert (status, said) == (ExitCode.OK, "")


@pytest.mark.slow
def test_where_no_temporary_file_can_be_made_it_is_reported_how_to_get_a_folder(home: Path) -> None:
    places = "mount -t tmpfs -o ro none /var/tmp; mount -t tmpfs -o ro none /mnt;"
    receipt = shutil.copy(SMALL, home / "a.jpg")
    # The program itself may lie there.
    shown = f"mkdir -p {PROJECT}; mount --bind /srv {PROJECT}; mount -o remount,ro /tmp; cd /proc;"
    hide = f"{READ_ONLY} mkdir -p /mnt; mount --bind {home} /media; mount --bind {PROJECT} /srv; {places}"
    hide += f" mount -t tmpfs none /tmp; {shown}"
    status, printed, said = in_own_mounts(home, hide, "scan", *QUICK, f"/media/{Path(receipt).name}")
    assert_clear(status, said)
    assert status == ExitCode.MISSING_DEPENDENCY
    assert '"no_scratch"' in printed
    assert "set TMPDIR" in said
