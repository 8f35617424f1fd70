"""How passes are run: how many, side by side, within their limits, and what becomes of those that fail."""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil
import pytest

from rpiocr.errors import EngineError, EngineTimeoutError, ExitCode, LanguageMissingError
from rpiocr.model import Affine, Box, EngineFamily, EngineId, Line, Pass, Prepared, Word
from rpiocr.recognise.passes import Limits, PassRunner
from tests.program import ALONE, OTHER_SMALL, QUICK, SMALL, Run, fake_tesseract

HANG = 'mkfifo "$2.fifo"; echo $$ "$2" >> "{log}"; read line < "$2.fifo"'
"""Waits for ever, in the shell itself, and notes its process and the path of its answer."""


def still_running(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@pytest.mark.parametrize(("mode", "passes"), [("low", 2), ("medium", 6), ("high", 15)])
def test_a_mode_runs_as_many_passes_as_it_says(mode: str, passes: int, run: Run, home: Path) -> None:
    """Whatever they read: here each the same two words."""
    row = "5\\t1\\t1\\t1\\t1\\t1\\t{left}\\t50\\t90\\t30\\t96\\t{text}\\n"
    table = row.format(left=40, text="TOTAL") + row.format(left=240, text="63.35")
    path = fake_tesseract(home / "bin", f"printf '{table}' > \"$2.tsv\"; exit 0")
    line = run("scan", "--mode", mode, "--retries", "0", *ALONE, SMALL, PATH=path).only
    assert line["passes"] == line["evidence"]["amount"]["votes"] == passes


@pytest.mark.slow
def test_variants_and_segmentation_modes_chosen_by_hand_are_all_that_runs(run: Run, home: Path) -> None:
    log = home / "arguments"
    path = fake_tesseract(home / "bin", f'echo "$*" >> "{log}"')
    outcome = run("scan", "--variant", "sharpen,denoise", "--psm", "11,3", SMALL, PATH=path)
    assert outcome.only["passes"] == 4
    calls = log.read_text("utf-8").splitlines()
    assert sorted(call.split("--psm ")[1].split()[0] for call in calls) == ["11", "11", "3", "3"]
    assert all("--oem 1 " in call and "-l eng " in call for call in calls)
    assert all("load_system_dawg=0" in call and "load_freq_dawg=0" in call for call in calls)


@pytest.mark.slow
def test_a_doubtful_receipt_is_tried_again_with_other_passes(run: Run, undated: Path) -> None:
    assert run("scan", *QUICK, "--retries", "1", undated).only["passes"] == 2 + 4


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


@pytest.mark.slow
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


@pytest.mark.slow
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


@pytest.mark.slow
def test_the_time_limit_of_the_receipt_ends_its_passes_and_those_that_never_ran_report_it(run: Run, home: Path) -> None:
    path = fake_tesseract(home / "bin", HANG.format(log=home / "log"), when="--psm 4 ")
    limits = ("--receipt-timeout", "5", "--workers", "1")
    line = run("scan", "--variant", "default", "--psm", "6,4,3", *limits, SMALL, PATH=path).only
    ended, not_run = (warning for warning in line["warnings"] if warning.startswith("pass_failed: "))
    assert ended.startswith("pass_failed: tesseract-psm4/default: engine_timeout: tesseract was ended after ")
    assert not_run == "pass_failed: tesseract-psm3/default: engine_timeout: not run: the time for this receipt was over"
    assert str(line["amount"]) == "63.35"


def test_where_every_pass_fails_the_line_says_why(run: Run, home: Path) -> None:
    path = fake_tesseract(home / "bin", "echo no room >&2; exit 1")
    outcome = run("scan", *QUICK, SMALL, PATH=path)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert outcome.only["error"]["code"] == "engine_failed"
    assert "no room" in outcome.only["error"]["message"]


# Engines that misbehave within this process.

HERE = np.eye(2, 3)


def picture(to_page: Affine = HERE) -> Prepared:
    """A picture of 400 x 300 pixels."""
    return Prepared(np.full((300, 400), 230, dtype=np.uint8), "default", to_page, 300)


def says(*words: Word) -> Callable[[], tuple[Line, ...]]:
    return lambda: tuple(Line((word,)) for word in words)


def word(left: float, top: float, right: float, bottom: float, *, sure: float = 0.9) -> Word:
    return Word("TOTAL", Box(left, top, right, bottom), sure)


TOTAL = word(10, 20, 110, 50)


ODD, GOOD = EngineId(EngineFamily("odd")), EngineId(EngineFamily("good"))


@dataclass(frozen=True, slots=True)
class Odd:
    """An engine that does what it is told, whatever it is asked to read."""

    id: EngineId
    does: Callable[[], tuple[Line, ...]]

    def read(self, _picture: Prepared, _timeout_s: float) -> tuple[Line, ...]:
        """Do it."""
        return self.does()


def run_beside_a_good_one(does: Callable[[], tuple[Line, ...]], to_page: Affine = HERE) -> tuple[Pass, Pass]:
    engines = [("default", Odd(ODD, does)), ("default", Odd(GOOD, says(TOTAL)))]
    with PassRunner(Limits(300, 900)) as runner:
        odd, good = runner.run(engines, lambda _variant: picture(to_page))
    return odd, good


def fail(error: Exception) -> Callable[[], tuple[Line, ...]]:
    def raise_it() -> tuple[Line, ...]:
        raise error

    return raise_it


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EngineError("no room"), "engine_failed: no room"),
        (EngineTimeoutError("too late"), "engine_timeout: too late"),
        (ValueError("no number"), "engine_failed: ValueError: no number"),
        (MemoryError("no memory"), "engine_failed: MemoryError: no memory"),
        (ImportError("libgomp.so.1 is not there"), "engine_failed: ImportError: libgomp.so.1 is not there"),
        (RuntimeError(), "engine_failed: RuntimeError: "),
        (KeyError("x"), "engine_failed: KeyError: 'x'"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_whatever_an_engine_raises_costs_its_own_pass_only(error: Exception, said: str) -> None:
    odd, good = run_beside_a_good_one(fail(error))
    assert (odd.lines, odd.error) == ((), said)
    assert good == Pass(GOOD, "default", (Line((TOTAL,)),), good.elapsed_s)


def test_what_is_not_installed_is_raised_as_no_pass_can_do_without_it() -> None:
    with pytest.raises(LanguageMissingError, match="no xyz"):
        run_beside_a_good_one(fail(LanguageMissingError("no xyz")))


NONSENSE = {
    "left of the picture": word(-300, 20, -200, 50),
    "below the picture": word(10, 900, 110, 930),
    "far away": word(9e9, 9e9, 9e9 + 100, 9e9 + 30),
    "no number": word(math.nan, 20, 110, 50),
    "no height": word(10, 20, 110, math.nan),
    "endless": word(-math.inf, 20, math.inf, 50),
    "without a size": word(10, 20, 10, 20),
    "inside out": word(110, 50, 10, 20),
    "larger than the picture": word(-2000, -2000, 2400, 2300),
    "confidence is no number": word(10, 20, 110, 50, sure=math.nan),
    "confidence of 96": word(10, 20, 110, 50, sure=96.0),
    "confidence below 0": word(10, 20, 110, 50, sure=-1.0),
}


@pytest.mark.parametrize("kind", NONSENSE)
def test_an_answer_that_cannot_be_true_is_a_failed_pass(kind: str) -> None:
    odd, good = run_beside_a_good_one(says(NONSENSE[kind], NONSENSE[kind]))
    assert odd.lines == ()
    assert odd.error == "engine_failed: the answer makes no sense: of 2 words only 0 are inside the image"
    assert (good.error, good.lines) == (None, (Line((TOTAL,)),))


@pytest.mark.parametrize("kind", NONSENSE)
def test_a_single_word_that_cannot_be_true_is_left_out(kind: str) -> None:
    odd, _ = run_beside_a_good_one(says(TOTAL, NONSENSE[kind], TOTAL))
    assert (odd.error, odd.lines) == (None, (Line((TOTAL,)), Line((TOTAL,))))


def test_words_at_the_edges_and_the_surest_words_are_kept() -> None:
    kept = (word(-5, 0, 20, 20), word(380, 280, 410, 305), word(0, 0, 400, 300), word(1, 1, 9, 9, sure=1.0000001))
    odd, _ = run_beside_a_good_one(says(*kept))
    assert odd.error is None
    assert [line.words[0] for line in odd.lines] == list(kept)


def test_a_pass_that_read_nothing_has_not_failed() -> None:
    odd, _ = run_beside_a_good_one(says())
    assert (odd.error, odd.lines) == (None, ())


def test_words_come_back_in_pixels_of_the_page_however_it_was_turned_and_scaled() -> None:
    turned = np.array([[0.0, -2.0, 1000.0], [2.0, 0.0, 50.0]])
    odd, _ = run_beside_a_good_one(says(TOTAL), turned)
    assert odd.lines[0].words[0].box == Box(900, 70, 960, 270)


def test_when_the_time_of_the_receipt_is_over_passes_are_not_run_and_report_it() -> None:
    seconds = iter([0.0])
    with PassRunner(Limits(10, 30), clock=lambda: next(seconds, 31.0)) as runner:
        (late,) = runner.run([("default", Odd(ODD, says(TOTAL)))], lambda _variant: picture())
        assert runner.remaining_s == 0
    assert (late.lines, late.error) == ((), "engine_timeout: not run: the time for this receipt was over")


def test_where_the_time_of_the_receipt_is_over_no_variant_is_made() -> None:
    asked: list[str] = []
    now = [0.0]

    def make(variant: str) -> Prepared:
        asked.append(variant)
        now[0] = 31.0
        return picture()

    plan = [(variant, Odd(ODD, says(TOTAL))) for variant in ("default", "threshold", "sharpen")]
    with PassRunner(Limits(10, 30), clock=lambda: now[0]) as runner:
        passes = runner.run(plan, make)
    assert asked == ["default"]
    assert [one.variant for one in passes] == ["default", "threshold", "sharpen"]
    assert {one.error for one in passes} == {"engine_timeout: not run: the time for this receipt was over"}


def test_a_second_ctrl_c_while_passes_are_being_ended_leaves_none_of_them_running() -> None:
    leaving = threading.Event()

    def press_ctrl_c_again() -> tuple[Line, ...]:
        leaving.wait()
        # The first one has to have arrived at the runner, which then waits for this pass.
        time.sleep(0.3)
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(0.3)
        return ()

    with pytest.raises(KeyboardInterrupt), PassRunner(Limits(300, 900)) as runner:
        future = runner.start(Odd(ODD, press_ctrl_c_again), picture())
        leaving.set()
        raise KeyboardInterrupt
    assert future.done()
