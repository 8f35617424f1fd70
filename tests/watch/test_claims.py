"""No file is filed with another one's answer, and whatever takes a file's place is read as well."""

from __future__ import annotations

import json
import os
import shutil
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from tests.program import HUMBLE, OTHER_SMALL, SMALL, fake_tesseract
from tests.watch.places import Place, hash_of, lines, soon

BOTH = {hash_of(SMALL): hash_of(SMALL), hash_of(OTHER_SMALL): hash_of(OTHER_SMALL)}

AMOUNTS = "SELECT sha256, count(*) FROM receipts JOIN files ON files.id = file_id GROUP BY sha256"


@pytest.fixture
def slow(place: Place) -> Place:
    """A watched folder whose files are read only when ``go_on`` has been called; ``reading`` indicates that one is."""
    body = f'touch "{place.root}/reading"; while [ ! -e "{place.root}/go" ]; do sleep 0.05; done'
    return replace(place, path=fake_tesseract(place.root / "bin", body))


def reading(place: Place) -> bool:
    return soon((place.root / "reading").exists)


def go_on(place: Place) -> None:
    (place.root / "go").touch()


def take_its_place(slow: Place, name: str) -> None:
    slow.replace(name, OTHER_SMALL)


def both_are_placed(place: Place) -> Callable[[], bool]:
    return lambda: len(place.placed()) == 2


@pytest.mark.slow
def test_a_scanner_that_uses_one_name_again_while_it_is_read_gets_both_receipts_read(slow: Place) -> None:
    slow.add("scan.jpg", SMALL.read_bytes())
    watching = slow.start()
    assert reading(slow)
    take_its_place(slow, "scan.jpg")
    go_on(slow)
    assert soon(both_are_placed(slow))
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate()

    assert slow.answers() == BOTH, err
    assert {one["sha256"] for one in lines(out)} == set(BOTH)
    assert sorted(slow.rows(AMOUNTS)) == sorted((sha, 1) for sha in BOTH)
    assert [one.name for one in slow.inbox.iterdir()] == [".rpiocr.lock"]


@pytest.mark.slow
def test_files_that_stay_are_read_once_each_also_where_one_took_the_others_place_meanwhile(slow: Place) -> None:
    slow.add("scan.jpg", SMALL.read_bytes())
    watching = slow.start("--keep")
    assert reading(slow)
    take_its_place(slow, "scan.jpg")
    go_on(slow)
    assert soon(lambda: len(slow.rows("SELECT 1 FROM files WHERE state = 'filed'")) == 2)
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate()

    assert sorted(one["sha256"] for one in lines(out)) == sorted(BOTH), err
    assert [one.name for one in slow.inbox.glob("[!.]*")] == ["scan.jpg"]
    assert hash_of(slow.inbox / "scan.jpg") == hash_of(OTHER_SMALL)


@pytest.mark.parametrize("keep", [(), ("--keep",)], ids=["moved", "kept"])
@pytest.mark.slow
def test_a_file_that_grows_while_it_is_read_counts_as_it_is_in_the_end(slow: Place, keep: tuple[str, ...]) -> None:
    slow.add("scan.jpg", SMALL.read_bytes())
    watching = slow.start(*keep)
    assert reading(slow)
    # Nobody is in the way of a program that has the file open, whatever its name is by now.
    (where,) = slow.inbox.rglob("scan.jpg")
    with where.open("ab") as writer:
        writer.write(b"and more")
    go_on(slow)
    assert soon(lambda: bool(slow.rows("SELECT 1 FROM files WHERE state = 'filed'")))
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate()

    (result,) = lines(out)
    whole = slow.inbox / "scan.jpg" if keep else slow.root / slow.placed()[0]
    assert result["sha256"] == hash_of(whole), err
    assert whole.read_bytes() == SMALL.read_bytes() + b"and more"
    assert slow.rows(AMOUNTS) == [(hash_of(whole), 1)]


@pytest.mark.slow
def test_what_was_being_read_when_it_was_killed_is_read_and_so_is_what_took_its_name(slow: Place) -> None:
    slow.add("scan.jpg", SMALL.read_bytes())
    watching = slow.start()
    assert reading(slow)
    watching.kill()
    watching.communicate()
    assert not (slow.inbox / "scan.jpg").exists()
    take_its_place(slow, "scan.jpg")
    go_on(slow)

    ended = slow.run("--once")

    assert slow.answers() == BOTH, ended.stderr
    assert {Path(one["file"]).name for one in lines(ended.stdout)} == {"scan.jpg", "scan_2.jpg"}
    assert [one.name for one in slow.inbox.iterdir()] == [".rpiocr.lock"]


@pytest.mark.slow
def test_what_was_read_but_not_filed_when_it_was_killed_is_not_mixed_up_with_what_took_its_name(place: Place) -> None:
    (place.root / "done").touch()
    (place.root / "review").touch()
    place.add("scan.jpg", SMALL.read_bytes())
    watching = place.start()
    assert soon(lambda: bool(place.rows_or_none("SELECT 1 FROM files WHERE state = 'answered'")))
    watching.kill()
    watching.communicate()
    for left in place.inbox.rglob("scan.jpg"):
        # As if the end had come before it got its name back.
        (place.inbox / ".rpiocr-claim-0").mkdir(exist_ok=True)
        left.rename(place.inbox / ".rpiocr-claim-0" / "scan.jpg")
    place.replace("scan.jpg", OTHER_SMALL)
    (place.root / "done").unlink()
    (place.root / "review").unlink()

    ended = place.run("--once")

    assert place.answers() == BOTH, ended.stderr
    assert sorted(place.rows(AMOUNTS)) == sorted((sha, 1) for sha in BOTH)
    assert {one["sha256"] for one in lines(ended.stdout)} == set(BOTH)


@pytest.mark.slow
def test_a_file_whose_results_were_lost_from_the_disk_gets_an_error_next_to_it(place: Place) -> None:
    (place.root / "done").touch()
    (place.root / "review").touch()
    place.add("scan.jpg", SMALL.read_bytes())
    watching = place.start()
    assert soon(lambda: bool(place.rows_or_none("SELECT 1 FROM files WHERE state = 'answered'")))
    watching.kill()
    watching.communicate()
    shutil.rmtree(place.root / "state" / "rpiocr" / "untold")
    (place.root / "done").unlink()
    (place.root / "review").unlink()

    ended = place.run("--once")

    (line,) = lines(ended.stdout)
    assert line["error"]["code"] == "results_lost", ended.stderr
    # Where it goes may have been chosen before.
    (beside,) = (path for path in place.root.rglob("*.jpg.json") if place.inbox not in path.parents)
    assert json.loads(beside.read_text("utf-8")) == line
    assert place.rows("SELECT count(*) FROM receipts") == [(1,)]


@pytest.mark.slow
def test_files_with_impossible_names_are_set_aside_once(place: Place) -> None:
    names = [b"a." + b"e" * 250, b"n" * 251 + b".jpg", b"\xff\n\x1b[2J" + b"\xfe" * 240, "語".encode() * 83 + b".jpg"]
    for name in names:
        os.utime(place.add(os.fsdecode(name), b"no picture"), (0, 0))
    ended = place.run("--once")
    assert ended.status == ExitCode.UNREADABLE_INPUT
    assert len(lines(ended.stdout)) == len(place.placed()) == len(names), ended.stderr
    assert [one.name for one in place.inbox.iterdir()] == [".rpiocr.lock"]
    assert lines(place.run("--once").stdout) == []


@pytest.mark.skipif(os.geteuid() == 0 and not HUMBLE, reason="root may do everything")
@pytest.mark.slow
def test_where_files_cannot_be_renamed_that_is_reported_once_and_they_are_read_when_they_can(place: Place) -> None:
    for name in ("a.jpg", "b.jpg"):
        os.utime(place.add(name, b"no picture"), (0, 0))
    place.inbox.chmod(0o555)
    watching = place.start("--poll", "0.2", "--log-format=json")
    assert soon(lambda: len(place.rows_or_none("SELECT 1 FROM files WHERE owner IS NULL")) == 2)
    assert place.rows("SELECT 1 FROM files WHERE state <> 'started'") == []
    place.inbox.chmod(0o755)
    assert soon(both_are_placed(place))
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate()

    said = [one["message"] for one in lines(err) if one["event"] == "in_trouble"]
    assert len(said) == 1
    assert "--keep" in said[0]
    assert len(lines(out)) == 2


@pytest.mark.slow
def test_a_link_in_place_of_a_folder_is_reported_once_and_files_are_filed_when_it_is_gone(place: Place) -> None:
    (place.root / "elsewhere").mkdir()
    (place.root / "failed").symlink_to(place.root / "elsewhere")
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        os.utime(place.add(name, b"no picture"), (0, 0))
    watching = place.start("--log-format=json")
    assert soon(lambda: len(place.rows_or_none("SELECT 1 FROM files WHERE state = 'answered'")) == 3)
    (place.root / "failed").unlink()
    assert soon(lambda: len(place.placed()) == 3)
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate()

    assert [one["event"] for one in lines(err) if one["event"] in ("not_filed", "goes_on")] == ["not_filed", "goes_on"]
    assert list((place.root / "elsewhere").iterdir()) == []
    assert len(lines(out)) == 3


@pytest.mark.slow
def test_a_folder_that_was_deleted_and_made_again_is_watched_and_by_one_watch_only(place: Place) -> None:
    watching = place.start("--log-format=json")
    lock = place.inbox / ".rpiocr.lock"
    assert soon(lambda: lock.exists() and bool(lock.read_text()))
    place.inbox.rename(place.root / "old")
    place.inbox.mkdir()
    assert soon(lambda: lock.exists() and bool(lock.read_text()))
    assert place.run("--once").status == ExitCode.HELD_BY_ANOTHER
    os.utime(place.add("a.jpg", b"no picture"), (0, 0))
    assert soon(lambda: len(place.placed()) == 1)
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate()
    assert len(lines(out)) == 1
    assert "watching_anew" in [one["event"] for one in lines(err)]
