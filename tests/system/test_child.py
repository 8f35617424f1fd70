"""Other programs are run within limits, and none of them, nor what they start, outlives its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from rpiocr.errors import ChildError, ChildFloodError, ChildNotStartedError, ChildTimeoutError, EngineCancelledError
from rpiocr.system.cancellation import Cancellation
from rpiocr.system.child import Bounds, Ended, run
from tests.program import PROJECT, surroundings

PATIENT = Bounds(300.0)
IMPATIENT = Bounds(2.0)


def shell(body: str, bounds: Bounds = PATIENT, cancellation: Cancellation | None = None) -> Ended:
    return run(("sh", "-c", body), bounds, cancellation=cancellation)


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, for a minute at most."""
    for _ in range(6000):
        if holds():
            return
        time.sleep(0.01)
    pytest.fail("it did not come to hold within a minute")


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.fixture
def noted(tmp_path: Path) -> Iterator[Path]:
    """A file in which programs note their processes, none of which runs at the end."""
    log = tmp_path / "pids"
    log.touch()
    yield log
    pids = [int(pid) for pid in log.read_text("utf-8").split()]
    assert pids
    until(lambda: not any(map(runs, pids)))


def test_a_program_s_status_and_what_it_prints_come_back_apart() -> None:
    assert shell("echo told; echo complained >&2; exit 3") == Ended(3, b"told\n", b"complained\n")


def test_bytes_that_are_not_text_come_back_as_they_are() -> None:
    assert shell(r"printf '\377\000\376'").out == b"\xff\x00\xfe"


def test_a_program_that_crashes_is_reported_by_its_signal() -> None:
    assert shell("kill -SEGV $$").status == -signal.SIGSEGV


def test_standard_input_is_empty() -> None:
    assert shell("cat").out == b""


@pytest.mark.parametrize("stream", [1, 2])
def test_a_program_that_prints_without_end_is_ended(stream: int, noted: Path) -> None:
    with pytest.raises(ChildFloodError, match="printed more than 1048576 bytes"):
        shell(f"echo $$ >> {noted}; yes >&{stream}")


@pytest.mark.parametrize(
    "body",
    [
        "trap '' TERM INT HUP; sleep 1000",
        "exec >&- 2>&-; sleep 1000",
        "sleep 1000 & echo $! >> {log}; wait",
        "setsid sleep 1000 & echo $! >> {log}; wait",
        "setsid sh -c 'trap \"\" TERM; echo $$ >> {log}; setsid sleep 1000 & echo $! >> {log}; wait' & wait",
        "kill -STOP $$",
    ],
    ids=["deaf", "silent", "in a child", "in a session of its own", "in a grandchild", "stopped"],
)
@pytest.mark.slow
def test_a_program_that_does_not_end_is_ended_with_all_that_it_started(body: str, noted: Path) -> None:
    with pytest.raises(ChildTimeoutError, match=r"sh was ended after 2.0 s"):
        shell(f"echo $$ >> {noted}; {body.format(log=noted)}", IMPATIENT)


def test_a_program_that_leaves_a_process_with_its_streams_has_ended_and_the_process_is_ended_too(noted: Path) -> None:
    assert shell(f"setsid sleep 1000 & echo $! >> {noted}; echo done").out == b"done\n"


def test_a_program_that_leaves_a_process_without_its_streams_leaves_it_ended(noted: Path) -> None:
    assert shell(f"sleep 1000 >/dev/null 2>&1 & echo $! >> {noted}; echo done").out == b"done\n"


def test_files_are_written_up_to_the_limit_only(tmp_path: Path) -> None:
    place = tmp_path / "large"
    # The limit is set a moment after the start.
    ended = shell(f"sleep 0.2; yes > {place}", Bounds(300.0, written=4096))
    assert ended.status == 128 + signal.SIGXFSZ
    assert place.stat().st_size == 4096


def make_missing(_: Path) -> None:
    pass


def make_directory(place: Path) -> None:
    place.mkdir()


def make_not_executable(place: Path) -> None:
    place.write_text("#!/bin/sh\n", "utf-8")
    place.chmod(0o644)


def make_dangling(place: Path) -> None:
    place.symlink_to("nowhere")


@pytest.mark.parametrize("make", [make_missing, make_directory, make_not_executable, make_dangling])
def test_a_file_that_is_not_a_program_is_reported_as_such(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "program")
    with pytest.raises(ChildNotStartedError, match="program cannot be run: there is no such program"):
        run((str(tmp_path / "program"),), PATIENT)


def test_a_program_whose_bytes_are_none_fails(tmp_path: Path) -> None:
    place = tmp_path / "program"
    place.write_bytes(b"\x7fELF" + bytes(100))
    place.chmod(0o755)
    with suppress(ChildNotStartedError):
        assert run((str(place),), PATIENT).status


def test_cancelling_one_piece_of_work_ends_its_programs_and_no_others(tmp_path: Path, noted: Path) -> None:
    """Two that hang; then one is cancelled, and the other let go on."""
    cancelled, other = Cancellation(), Cancellation()
    waits = f"echo $$ >> {noted}; while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; echo done"
    with ThreadPoolExecutor(2) as pool:
        ended = pool.submit(shell, f"trap '' TERM; setsid sleep 1000 & echo $! >> {noted}; {waits}", PATIENT, cancelled)
        goes_on = pool.submit(shell, waits, PATIENT, other)
        until(lambda: len(noted.read_text("utf-8").split()) == 3)
        cancelled.cancel()
        with pytest.raises(EngineCancelledError):
            ended.result()
        assert not goes_on.done()
        (tmp_path / "go").touch()
        assert goes_on.result().out == b"done\n"


def test_no_program_is_left_running_by_work_that_was_cancelled_before() -> None:
    cancelled = Cancellation()
    cancelled.cancel()
    mine = psutil.Process()
    with pytest.raises(EngineCancelledError):
        shell("sleep 1000", PATIENT, cancelled)
    assert not any(child.name() == "sleep" for child in mine.children(recursive=True))


RUNS_FOR_EVER = """
import sys
from rpiocr.system.child import Bounds, run
run(("sh", "-c", "echo $$ >> " + sys.argv[1] + "; exec sleep 1000"), Bounds(1000.0))
"""


def test_a_program_dies_with_its_parent(noted: Path) -> None:
    """However that dies."""
    with subprocess.Popen([sys.executable, "-c", RUNS_FOR_EVER, noted], cwd=PROJECT) as process:
        until(lambda: bool(noted.read_text("utf-8")))
        process.kill()


RUNS_ONCE = """
import signal
from rpiocr.system.child import Bounds, run
{before}
print(run(("sh", "-c", "echo told; exit {status}"), Bounds(300.0)))
"""


@pytest.mark.parametrize("setpriv", ["exit 127", "kill -9 $$"])
def test_programs_run_where_the_kernel_may_not_be_asked_to_end_them(setpriv: str, home: Path) -> None:
    """As in a systemd unit without privileged system calls: there setpriv ends without running anything."""
    (home / "bin").mkdir()
    (home / "bin" / "setpriv").write_text(f"#!/bin/sh\n{setpriv}\n", "utf-8")
    (home / "bin" / "setpriv").chmod(0o755)
    environment = surroundings(home, PATH=f"{home / 'bin'}{os.pathsep}{os.environ['PATH']}")
    program = RUNS_ONCE.format(before="", status=3)
    said = subprocess.run([sys.executable, "-c", program], env=environment, stdout=subprocess.PIPE, check=True).stdout
    assert said == b"Ended(status=3, out=b'told\\n', err=b'')\n"


def test_programs_run_where_the_system_forgets_children_that_have_ended(home: Path) -> None:
    """A program may be started with this signal ignored; then the exit status of a child is lost."""
    program = RUNS_ONCE.format(before="signal.signal(signal.SIGCHLD, signal.SIG_IGN)", status=0)
    said = subprocess.run(
        [sys.executable, "-c", program], env=surroundings(home), stdout=subprocess.PIPE, check=True
    ).stdout
    assert said == b"Ended(status=0, out=b'told\\n', err=b'')\n"


def test_programs_leave_no_descriptor_and_no_thread_behind() -> None:
    def open_now() -> tuple[int, int]:
        return len(list(Path("/proc/self/fd").iterdir())), threading.active_count()

    shell("true")
    before = open_now()
    for body, bounds in [("true", PATIENT), ("yes", PATIENT), ("sleep 9", Bounds(0.05))] * 5:
        try:
            shell(body, bounds)
        except ChildError:
            continue
    assert open_now() == before
