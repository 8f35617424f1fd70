"""Each problem is reported once, and retried at growing intervals until it is solved."""

from __future__ import annotations

from io import StringIO

from rpiocr.system.log import Log
from rpiocr.watch.errors import NotFiledError
from rpiocr.watch.problems import Problems, Progress

FULL, GONE = (NotFiledError(f"{why} for this file", why) for why in ("the disk is full", "the share is gone"))


def test_a_problem_of_many_files_is_reported_once_and_so_is_its_end() -> None:
    problems, said = _problems()
    for _ in range(3):
        for name in ("a", "b"):
            problems.add(name, FULL)
    problems.add("c", GONE)
    assert [line.split()[4] for line in said.getvalue().splitlines()] == ["not_filed", "not_filed"]
    assert (problems.progress.errors, problems.progress.last_error) == (3, str(GONE))
    for name in ("a", "c", "b"):
        problems.solved(name)
    assert said.getvalue().count("goes_on") == 2
    assert problems.progress.last_error is None


def test_what_keeps_failing_is_retried_less_and_less_often_but_never_abandoned() -> None:
    problems, _ = _problems()
    waits = []
    for _ in range(7):
        problems.add("a", FULL)
        waits.append(problems.wait_s("a"))
    assert waits == [5, 10, 20, 40, 80, 120, 120]


def test_when_one_file_succeeds_the_others_are_retried_soon() -> None:
    problems, _ = _problems()
    for name in ("a", "b", "c"):
        for _ in range(9):
            problems.add(name, GONE if name == "c" else FULL)
    problems.solved("a")
    assert [problems.wait_s(name) for name in ("a", "b", "c")] == [5, 5, 120]


def test_the_problem_of_a_file_that_was_removed_is_forgotten() -> None:
    problems, _ = _problems()
    problems.add("a", FULL)
    problems.keep({"b"})
    assert len(problems) == 0
    assert problems.progress.last_error is None


def _problems() -> tuple[Problems, StringIO]:
    said = StringIO()
    return Problems(Log("text", said), Progress()), said
