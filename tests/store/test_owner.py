"""Process liveness is derived from facts that no change of the clock affects."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from rpiocr.store.owner import is_alive, process_id

PROJECT = Path(__file__).parents[2]
SAY_WHO = "from rpiocr.store.owner import process_id; print(process_id(), flush=True); input()"
LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


def started(*before: str) -> tuple[subprocess.Popen[str], str]:
    """A process that waits for a line, and what it calls itself."""
    command = [*before, sys.executable, "-c", SAY_WHO]
    process = subprocess.Popen(command, cwd=PROJECT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout
    return process, process.stdout.readline().strip()


def test_a_process_lives_until_it_ends() -> None:
    process, name = started()
    assert is_alive(name, LONG_AGO)
    process.kill()
    process.communicate()
    assert not is_alive(name, dt.datetime.now(dt.UTC))


def test_a_process_that_has_ended_but_is_still_listed_does_not_live() -> None:
    process, name = started()
    process.kill()
    stat = Path(f"/proc/{process.pid}/stat")
    while ") Z " not in stat.read_text("ascii"):
        pass
    assert not is_alive(name, LONG_AGO)
    process.communicate()


def test_another_process_with_the_same_number_is_not_the_same() -> None:
    host, pid, birth = process_id().rsplit(":", 2)
    ticks, boot = birth.split("@")
    assert is_alive(f"{host}:{pid}:{birth}", LONG_AGO)
    assert not is_alive(f"{host}:{pid}:{int(ticks) - 1}@{boot}", LONG_AGO)
    assert not is_alive(f"{host}:{pid}:{ticks}@another-boot", LONG_AGO)


def test_a_process_is_known_by_others_although_the_clock_was_set_back() -> None:
    if not shutil.which("faketime"):
        pytest.skip("FAKETIME IS MISSING: sudo apt install faketime")
    process, name = started("faketime", "-f", "-400d")
    assert is_alive(name, dt.datetime.now(dt.UTC))
    process.communicate("\n")


def test_a_process_of_another_machine_counts_as_alive_for_a_while() -> None:
    now = dt.datetime.now(dt.UTC)
    assert is_alive("elsewhere:1:2@3", now)
    assert not is_alive("elsewhere:1:2@3", now - dt.timedelta(hours=1))
