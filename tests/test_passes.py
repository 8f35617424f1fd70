"""How passes are run: how many, side by side, within their limits, and what becomes of those that fail."""

from __future__ import annotations

from pathlib import Path

import psutil
import pytest

from rpiocr import Settings
from rpiocr.errors import ExitCode
from rpiocr.plan import steps
from tests.program import OTHER_SMALL, QUICK, SMALL, Run, fake_tesseract

HANG = 'mkfifo "$2.fifo"; echo $$ "$2" >> "{log}"; read line < "$2.fifo"'
"""Waits for ever, in the shell itself, and notes its process and the path of its answer."""


def still_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(("mode", "passes"), [("low", 2), ("medium", 6), ("high", 15)])
def test_a_mode_runs_as_many_passes_as_it_says(mode: str, passes: int, run: Run) -> None:
    assert run("scan", "--mode", mode, "--retries", "0", SMALL).only["passes"] == passes


def test_variants_and_segmentation_modes_chosen_by_hand_are_all_that_runs(run: Run, home: Path) -> None:
    log = home / "arguments"
    path = fake_tesseract(home / "bin", f'echo "$*" >> "{log}"')
    outcome = run("scan", "--variant", "sharpen,denoise", "--psm", "11,3", SMALL, PATH=path)
    assert outcome.only["passes"] == 4
    calls = log.read_text("utf-8").splitlines()
    assert sorted(call.split("--psm ")[1].split()[0] for call in calls) == ["11", "11", "3", "3"]
    assert all("--oem 1 " in call and "-l eng " in call for call in calls)
    assert all("load_system_dawg=0" in call and "load_freq_dawg=0" in call for call in calls)


def test_a_doubtful_receipt_is_tried_again_with_other_passes(run: Run, undated: Path) -> None:
    assert run("scan", "--mode", "low", "--retries", "1", undated).only["passes"] == 2 + 4


@pytest.mark.parametrize("mode", ["low", "medium", "high"])
def test_no_pass_is_run_twice_by_the_retries_of_a_mode(mode: str) -> None:
    planned = steps(Settings(mode=mode))
    assert len(planned) == 3
    passes = [one for step in planned for one in step]
    assert len(set(passes)) == len(passes)


def test_each_tesseract_has_one_thread_and_leaves_nothing_behind(run: Run, home: Path) -> None:
    log = home / "log"
    path = fake_tesseract(home / "bin", f'echo "$OMP_THREAD_LIMIT $2" >> "{log}"')
    run("scan", *QUICK, SMALL, PATH=path)
    threads, places = zip(*(line.split() for line in log.read_text("utf-8").splitlines()), strict=True)
    assert threads == ("1", "1")
    assert not any(Path(place).parent.exists() for place in places)
    assert list((home / "tmp").iterdir()) == []


def test_passes_run_side_by_side(run: Run, home: Path) -> None:
    """Two that wait for each other end only if they run at once."""
    here = home / "here"
    here.mkdir()
    meet = f'touch "{here}/$$"; while [ $(ls "{here}" | wc -l) -lt 2 ]; do sleep 0.05; done'
    path = fake_tesseract(home / "bin", meet)
    outcome = run("scan", *QUICK, "--workers", "2", SMALL, PATH=path)
    assert [warning for warning in outcome.only["warnings"] if warning.startswith("pass_failed")] == []
    assert str(outcome.only["amount"]) == "63.35"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("echo the disk is full >&2; exit 3", "engine_failed: tesseract ended with status 3: the disk is full"),
        ("exit 0", "engine_failed: Tesseract's answer could not be read"),
        ("printf '5\\t1\\t1\\t1\\t1\\t1\\tx\\ty\\tz\\tw\\t90\\tTOTAL\\n' > \"$2.tsv\"; exit 0", "engine_failed: "),
        ("printf '\\377\\376' >&2; exit 1", "engine_failed: "),
        ("kill -SEGV $$", "engine_failed: tesseract ended with status -11"),
    ],
    ids=["fails", "writes nothing", "writes garbage", "complains in garbage", "crashes"],
)
def test_a_pass_that_fails_is_said_and_the_others_give_the_answer(body: str, said: str, run: Run, home: Path) -> None:
    path = fake_tesseract(home / "bin", body, when="--psm 4 ")
    line = run("scan", "--variant", "default", "--psm", "6,4", SMALL, PATH=path).only
    (failed,) = (warning for warning in line["warnings"] if warning.startswith("pass_failed: "))
    assert failed.startswith(f"pass_failed: tesseract-psm4/default: {said}")
    assert str(line["amount"]) == "63.35"
    assert line["passes"] == 2
    assert line["evidence"]["amount"]["passes"] == 1


def test_a_pass_that_hangs_is_ended_and_said_and_the_others_give_the_answer(run: Run, home: Path) -> None:
    """It is ended even if it does not listen to a polite request."""
    log = home / "log"
    path = fake_tesseract(home / "bin", "trap '' TERM; " + HANG.format(log=log), when="--psm 4 ")
    line = run("scan", "--variant", "default", "--psm", "6,4", "--pass-timeout", "4", SMALL, PATH=path).only
    (failed,) = (warning for warning in line["warnings"] if warning.startswith("pass_failed: "))
    assert failed == "pass_failed: tesseract-psm4/default: engine_timeout: tesseract was ended after 4.0 s"
    assert str(line["amount"]) == "63.35"
    (hung,) = log.read_text("utf-8").splitlines()
    pid, place = hung.split()
    assert not still_running(int(pid))
    assert not Path(place).parent.exists()


def test_where_every_pass_hangs_the_receipt_timed_out_and_the_next_one_is_read(run: Run, home: Path) -> None:
    """The first two passes hang, which are those of the first receipt."""
    log = home / "log"
    hang_twice = f'[ "$(cat "{log}" 2>/dev/null | wc -l)" -ge 2 ] || {{ {HANG.format(log=log)}; }}'
    path = fake_tesseract(home / "bin", hang_twice)
    outcome = run("scan", *QUICK, "--pass-timeout", "4", OTHER_SMALL, SMALL, PATH=path)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert outcome.of(OTHER_SMALL)["error"]["code"] == "timed_out"
    assert "--pass-timeout" in outcome.of(OTHER_SMALL)["error"]["message"]
    assert str(outcome.of(SMALL)["amount"]) == "63.35"
    assert not any(still_running(int(line.split()[0])) for line in log.read_text("utf-8").splitlines())


def test_the_time_of_the_receipt_ends_its_passes_too_and_those_that_never_ran_say_so(run: Run, home: Path) -> None:
    path = fake_tesseract(home / "bin", HANG.format(log=home / "log"), when="--psm 4 ")
    limits = ("--receipt-timeout", "5", "--workers", "1")
    line = run("scan", "--variant", "default", "--psm", "6,4,3", *limits, SMALL, PATH=path).only
    ended, not_run = (warning for warning in line["warnings"] if warning.startswith("pass_failed: "))
    assert ended.startswith("pass_failed: tesseract-psm4/default: engine_timeout: tesseract was ended after ")
    assert not_run == "pass_failed: tesseract-psm3/default: engine_timeout: not run: the 5 s of this receipt were over"
    assert str(line["amount"]) == "63.35"


def test_where_every_pass_fails_the_line_says_why(run: Run, home: Path) -> None:
    path = fake_tesseract(home / "bin", "echo no room >&2; exit 1")
    outcome = run("scan", *QUICK, SMALL, PATH=path)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert outcome.only["error"]["code"] == "engine_failed"
    assert "no room" in outcome.only["error"]["message"]
