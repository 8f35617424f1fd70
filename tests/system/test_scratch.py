"""What a killed run left in memory is removed by the next one, and nothing of anybody who is alive."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

from rpiocr.errors import ExitCode
from rpiocr.system.scratch import PREFIX, SHARED_MEMORY, scratch_folder, sweep
from tests.program import PROJECT, QUICK, SMALL, Run, command, fake_tesseract, surroundings

HOLDS = """
import sys
from rpiocr.system.scratch import scratch_folder
with scratch_folder() as folder:
    (folder / "page.pgm").write_bytes(b"private")
    print(folder, flush=True)
    sys.stdin.read()
"""

NEITHER_ENDS = 'setsid sleep 1000 > /dev/null 2>&1 & echo "$2 $$ $!" >> "{log}"; sleep 1000'
"""A pass that hangs, and left something else that does."""


@contextmanager
def holder() -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """Run a process that has a scratch folder until it is killed, or its input ends; and give that folder."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        folder = Path(process.stdout.readline().strip())
        try:
            yield process, folder
        finally:
            process.kill()
            shutil.rmtree(folder, ignore_errors=True)


def runs(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until_ended(*pids: int) -> None:
    for _ in range(6000):
        if not any(map(runs, pids)):
            return
        time.sleep(0.01)
    pytest.fail("they still run after a minute")


def test_a_folder_is_removed_once_its_process_was_killed_and_not_before() -> None:
    with holder() as (process, folder):
        sweep()
        assert (folder / "page.pgm").exists()
        process.kill()
        process.wait()
        sweep()
        assert not folder.exists()


def test_a_process_does_not_remove_its_own_folders() -> None:
    with scratch_folder() as folder:
        sweep()
        assert folder.is_dir()
    assert not folder.exists()


def test_a_folder_is_private_and_gone_at_the_end_whatever_its_content() -> None:
    with scratch_folder() as folder:
        assert folder.stat().st_mode & 0o777 == 0o700
        os.mkfifo(folder / "fifo")
        (folder / "a" / "b").mkdir(parents=True)
        (folder / "link").symlink_to(PROJECT)
    assert not folder.exists()
    assert SMALL.exists()


@pytest.fixture
def planted() -> Iterator[Path]:
    """A name in memory that looks like that of a folder of ours."""
    place = SHARED_MEMORY / f"{PREFIX}{uuid.uuid4().hex[:8]}"
    yield place
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    place.unlink(missing_ok=True)


def test_a_link_by_that_name_is_not_followed(planted: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    planted.symlink_to(tmp_path)
    sweep()
    assert planted.is_symlink()
    assert (tmp_path / "precious").exists()


def test_links_in_an_abandoned_folder_are_removed_and_not_followed(planted: Path, tmp_path: Path) -> None:
    (tmp_path / "precious").touch()
    planted.mkdir()
    (planted / "link").symlink_to(tmp_path)
    sweep()
    assert not planted.exists()
    assert (tmp_path / "precious").exists()


def test_what_is_not_a_folder_stays(planted: Path) -> None:
    planted.touch()
    sweep()
    assert planted.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_folder_of_another_user_stays(planted: Path) -> None:
    planted.mkdir()
    os.chown(planted, 12345, 12345)
    sweep()
    assert planted.exists()


def test_a_folder_of_another_name_stays(planted: Path) -> None:
    other = planted.with_name(planted.name.removeprefix(PREFIX))
    other.mkdir()
    try:
        sweep()
        assert other.exists()
    finally:
        other.rmdir()


@pytest.mark.slow
def test_after_kill_9_no_pass_goes_on_and_the_next_run_removes_all_that_was_left(run: Run, home: Path) -> None:
    log = home / "log"
    path = fake_tesseract(home / "bin", NEITHER_ENDS.format(log=log))
    limits = {"RPIOCR_PASS_TIMEOUT": "3600", "RPIOCR_RECEIPT_TIMEOUT": "86400"}
    with subprocess.Popen(command("scan", *QUICK, SMALL), env=surroundings(home, PATH=path, **limits)) as process:
        while not log.exists() or not log.read_text("utf-8").endswith("\n"):
            assert process.poll() is None, "the run ended before any picture was read"
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    started = [line.split() for line in log.read_text("utf-8").splitlines()]
    until_ended(*(int(tesseract) for _, tesseract, _ in started))
    left = {Path(place).parent for place, _, _ in started}
    assert run("scan", *QUICK, SMALL).status == ExitCode.OK
    assert not any(folder.exists() for folder in left)
    until_ended(*(int(daemon) for _, _, daemon in started))
    assert list((home / "tmp").iterdir()) == []


def test_folders_outside_of_memory_are_removed_too(tmp_path: Path) -> None:
    """As on a machine whose shared memory is too small."""
    abandoned = tmp_path / f"{PREFIX}abandoned"
    abandoned.mkdir()
    program = "from rpiocr.system.scratch import sweep; sweep()"
    subprocess.run([sys.executable, "-c", program], cwd=PROJECT, env=os.environ | {"TMPDIR": str(tmp_path)}, check=True)
    assert list(tmp_path.iterdir()) == []
