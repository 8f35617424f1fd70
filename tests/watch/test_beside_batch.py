"""A batch over a watched folder."""

from __future__ import annotations

import pytest

from rpiocr.errors import ExitCode
from tests.program import SAMPLE
from tests.watch.places import Place, lines

STORED = "SELECT count(*), count(DISTINCT file_id) FROM receipts"


@pytest.mark.slow
def test_what_a_batch_has_read_in_a_watched_folder_is_put_in_its_place_by_the_watch(place: Place) -> None:
    place.run("--once")
    place.add("a.png")
    place.add("broken.jpg", b"no picture")
    batch = place.run_batch()
    assert batch.status == ExitCode.UNREADABLE_INPUT
    assert len(lines(batch.stdout)) == 2
    assert place.placed() == []

    watched = place.run("--once")

    assert {one["file"] for one in lines(watched.stdout)} == {
        str(place.inbox / "a.png"),
        str(place.inbox / "broken.jpg"),
    }
    assert [name.split("/")[0] for name in place.placed()] == ["failed", "review"]
    assert place.rows(STORED) == [(1, 1)]
    assert lines(place.run("--once").stdout) == []
    assert lines(place.run_batch().stdout) == []


@pytest.mark.slow
def test_a_batch_leaves_to_a_watch_what_that_has_still_to_put_in_its_place(place: Place) -> None:
    place.run("--once")
    place.add("a.png")
    place.run_batch()
    assert lines(place.run_batch("--resume").stdout) == []
    assert place.placed() == []

    assert len(lines(place.run("--once").stdout)) == 1
    assert len(place.placed()) == 1


@pytest.mark.slow
def test_what_was_read_before_a_folder_was_watched_stays_where_it_is_and_that_is_reported(place: Place) -> None:
    place.add("a.png")
    place.run_batch()

    watched = place.run("--once")

    assert lines(watched.stdout) == []
    assert f"{place.inbox / 'a.png'}" in watched.stderr
    assert "stays where it is" in watched.stderr
    assert (place.inbox / "a.png").exists()
    assert place.rows(STORED) == [(1, 1)]


@pytest.mark.slow
def test_two_watches_and_a_batch_on_one_folder_read_every_file_once(place: Place) -> None:
    place.run("--once")
    for number in range(6):
        place.add(f"{number}.png", SAMPLE.read_bytes() + bytes([number]))
    running = [place.start("--once"), place.start("--once"), place.start_batch("--resume")]
    printed = [lines(one.communicate()[0]) for one in running]
    assert sorted(one.wait() for one in running) == [ExitCode.OK, ExitCode.OK, ExitCode.HELD_BY_ANOTHER]

    watched = [*printed[0], *printed[1], *lines(place.run("--once").stdout)]

    assert len({one["sha256"] for one in watched}) == len(watched) == 6
    assert len({one["sha256"] for one in printed[2]}) == len(printed[2])
    assert len(place.placed()) == 6
    assert place.rows(STORED) == [(6, 6)]
    assert place.rows("PRAGMA integrity_check") == [("ok",)]
