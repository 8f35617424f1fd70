"""What is wrong is said once, and tried less and less often until it is over."""

from __future__ import annotations

from io import StringIO

from rpiocr.system.log import Log
from rpiocr.watch.errors import NotFiledError
from rpiocr.watch.troubles import Progress, Troubles

FULL, GONE = (NotFiledError(f"{why} for this file", why) for why in ("the disk is full", "the share is gone"))


def test_a_trouble_of_many_files_is_said_once_and_so_is_its_end() -> None:
    troubles, said = _troubles()
    for _ in range(3):
        for name in ("a", "b"):
            troubles.add(name, FULL)
    troubles.add("c", GONE)
    assert [line.split()[4] for line in said.getvalue().splitlines()] == ["not_filed", "not_filed"]
    assert (troubles.progress.errors, troubles.progress.last_error) == (3, str(GONE))
    for name in ("a", "c", "b"):
        troubles.over(name)
    assert said.getvalue().count("goes_on") == 2
    assert troubles.progress.last_error is None


def test_what_fails_again_and_again_is_tried_less_and_less_often_but_never_given_up() -> None:
    troubles, _ = _troubles()
    waits = []
    for _ in range(7):
        troubles.add("a", FULL)
        waits.append(troubles.wait_s("a"))
    assert waits == [5, 10, 20, 40, 80, 120, 120]


def test_when_one_file_gets_through_the_others_are_tried_soon() -> None:
    troubles, _ = _troubles()
    for name in ("a", "b", "c"):
        for _ in range(9):
            troubles.add(name, GONE if name == "c" else FULL)
    troubles.over("a")
    assert [troubles.wait_s(name) for name in ("a", "b", "c")] == [5, 5, 120]


def test_the_trouble_of_a_file_that_was_taken_away_stands_no_more() -> None:
    troubles, _ = _troubles()
    troubles.add("a", FULL)
    troubles.keep({"b"})
    assert len(troubles) == 0
    assert troubles.progress.last_error is None


def _troubles() -> tuple[Troubles, StringIO]:
    said = StringIO()
    return Troubles(Log("text", said), Progress()), said
