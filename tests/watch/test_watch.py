"""What arrives in a watched folder is read once, stored, printed and put in its place."""

from __future__ import annotations

import os
import shutil
import signal
import socket
from functools import partial
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from rpiocr.store.queries import listed
from rpiocr.store.selection import Selection
from tests.program import SAMPLE, Started
from tests.store.postgres import Server
from tests.watch.places import Place, hash_of, lines, soon


def test_a_receipt_is_printed_stored_and_moved_with_its_results_next_to_it(place: Place) -> None:
    place.add("IMG 1.JPG")
    ended = place.run("--once")
    assert ended.status == ExitCode.OK, ended.stderr
    (result,) = lines(ended.stdout)
    (moved,) = place.placed()
    assert not list(place.inbox.glob("[!.]*"))
    assert Path(moved).suffix == ".jpg"
    assert lines((place.root / (moved + ".json")).read_text("utf-8")) == [result]
    assert place.rows("SELECT state, moved_to FROM files") == [("filed", str(place.root / moved))]
    assert [str(amount) for (amount,) in place.rows("SELECT amount FROM receipts")] == [f"{result['amount']:.2f}"]


@pytest.mark.slow
def test_a_file_is_named_by_what_was_read(place: Place) -> None:
    place.add("a.png")
    (result,) = lines(place.run("--once", "--file-name", "{amount} {currency} {date} {name}").stdout)
    (moved,) = place.placed()
    assert Path(moved).name == f"{result['amount']:.2f} {result['currency']} {result['date']} a.png"


@pytest.mark.slow
def test_the_same_image_twice_is_kept_twice_and_marked(place: Place) -> None:
    place.add("a.png")
    place.add("b.png")
    first, second = lines(place.run("--once").stdout)
    assert not any(warning.startswith("duplicate") for warning in first["warnings"])
    assert any(warning.startswith("duplicate: receipt 1 ") for warning in second["warnings"])
    assert len(place.placed()) == 2
    assert place.rows("SELECT id, duplicate_of, duplicate_why FROM receipts") == [
        (1, None, None),
        (2, 1, "same bytes"),
    ]


@pytest.mark.slow
def test_a_file_that_arrives_again_after_it_was_moved_is_read_again(place: Place) -> None:
    for _ in range(2):
        place.add("a.png")
        assert len(lines(place.run("--once").stdout)) == 1
    assert len(place.placed()) == 2
    assert not list(place.inbox.glob("[!.]*"))


@pytest.mark.slow
def test_files_that_are_to_stay_are_read_once(place: Place) -> None:
    place.add("a.png")
    assert len(lines(place.run("--once", "--keep").stdout)) == 1
    assert lines(place.run("--once", "--keep").stdout) == []
    assert (place.inbox / "a.png").exists()
    assert place.placed() == []


@pytest.mark.slow
def test_what_is_not_a_receipt_is_set_aside_with_the_reason(place: Place) -> None:
    place.add("notes.txt", b"bread, milk")
    place.add("empty.jpg", b"")
    ended = place.run("--once")
    assert ended.status == ExitCode.UNREADABLE_INPUT
    assert sorted(one["error"]["code"] for one in lines(ended.stdout)) == ["empty_file", "unknown_format"]
    assert place.placed() == ["failed/empty.jpg", "failed/notes.txt"]
    assert sorted(place.rows("SELECT error_code FROM files")) == [("empty_file",), ("unknown_format",)]


def test_hidden_partial_and_strange_things_are_left_alone(place: Place) -> None:
    outside = place.root / "outside.png"
    outside.write_bytes(SAMPLE.read_bytes())
    (place.inbox / "link.png").symlink_to(outside)
    (place.inbox / "folder.jpg").mkdir()
    os.mkfifo(place.inbox / "pipe.jpg")
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(str(place.inbox / "socket.jpg"))
        for name in (".hidden.jpg", "a.jpg.part", "b.crdownload", "c.jpg~", "~d.jpg", ".syncthing.e.jpg.tmp"):
            place.add(name)
        for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "._f.jpg", "~syncthing~g.jpg.tmp", "Icon\r"):
            place.add(name)
        before = sorted(path.name for path in place.inbox.iterdir())
        ended = place.run("--once")
    assert (ended.status, ended.stdout) == (ExitCode.OK, "")
    assert sorted(path.name for path in place.inbox.iterdir() if path.name != ".rpiocr.lock") == before
    assert outside.exists()


ODD: list[str | bytes] = [
    "new\nline.png",
    "quo\"te's.png",
    "%41 \\ $HOME `x`.png",
    b"in\xffvalid.png",
    "ü" * 125 + ".png",
]


@pytest.mark.slow
def test_files_with_odd_names_are_read(place: Place) -> None:
    names = [os.fsdecode(name) for name in ODD]
    arrived = {hash_of(place.add(name, SAMPLE.read_bytes() + name.encode("utf-8", "replace"))) for name in names}
    ended = place.run("--once", "--file-name", "{name}")
    assert ended.status == ExitCode.OK, ended.stderr
    assert {one["sha256"] for one in lines(ended.stdout)} == arrived
    assert sorted(hash_of(place.root / path) for path in place.placed()) == sorted(arrived)
    assert len(arrived) == len(names) == len(lines(ended.stdout))
    assert not list(place.inbox.glob("[!.]*"))


@pytest.mark.slow
def test_a_file_is_taken_only_when_no_process_writes_to_it_any_more(place: Place) -> None:
    data = SAMPLE.read_bytes()
    watching = place.start()
    with (place.inbox / "slow.png").open("wb") as slow:
        slow.write(data[: len(data) // 2])
        slow.flush()
        place.add("other.png")
        assert soon(lambda: len(place.placed()) == 1)
        slow.write(data[len(data) // 2 :])
    assert soon(lambda: len(place.placed()) == 2)
    watching.send_signal(signal.SIGTERM)
    out, _ = watching.communicate()
    assert [one.get("error") for one in lines(out)] == [None, None]


@pytest.mark.slow
def test_what_arrives_while_it_watches_is_read_and_a_signal_ends_it_in_order(place: Place) -> None:
    watching = place.start()
    assert soon((place.inbox / ".rpiocr.lock").exists)
    place.add("a.png")
    assert soon(lambda: len(place.placed()) == 1)
    watching.send_signal(signal.SIGTERM)
    out, err = watching.communicate()
    assert watching.returncode == ExitCode.OK, err
    assert len(lines(out)) == 1


@pytest.mark.slow
def test_polling_finds_what_arrives_as_well(place: Place) -> None:
    watching = place.start("--poll", "0.3")
    place.add("a.png")
    assert soon(lambda: len(place.placed()) == 1)
    watching.terminate()
    assert "every 0.3 s" in watching.communicate()[1]


def test_a_second_watch_names_who_holds_the_folder_and_ends_with_a_status_of_its_own(place: Place) -> None:
    first = place.start()
    assert soon(lambda: (place.inbox / ".rpiocr.lock").exists() and bool((place.inbox / ".rpiocr.lock").read_text()))
    second = place.run("--once")
    assert second.status == ExitCode.HELD_BY_ANOTHER
    assert f"process {first.pid} on {socket.gethostname()}" in second.stderr
    first.terminate()
    first.communicate()
    assert place.run("--once").status == ExitCode.OK


@pytest.mark.slow
def test_a_folder_that_vanishes_and_comes_back_is_watched_again(place: Place) -> None:
    watching = place.start("--poll", "0.3")
    assert soon((place.inbox / ".rpiocr.lock").exists)
    (place.inbox / ".rpiocr.lock").unlink()
    place.inbox.rmdir()
    place.inbox.mkdir()
    place.add("a.png")
    assert soon(lambda: len(place.placed()) == 1)
    watching.terminate()
    watching.communicate()


@pytest.mark.slow
def test_a_killed_watch_is_taken_up_where_it_was_and_nothing_is_lost_or_done_twice(place: Place) -> None:
    for number in range(4):
        place.add(f"{number}.png", SAMPLE.read_bytes() + bytes([number]))
    printed = []
    for _ in range(6):
        watching = place.start("--once")
        soon(partial(_is_reading, place, watching))
        watching.kill()
        printed += lines(watching.communicate()[0])
    printed += lines(place.run("--once").stdout)
    assert len({one["sha256"] for one in printed}) == len(printed) == 4
    assert len(place.placed()) == 4
    assert place.rows("SELECT count(*), count(DISTINCT file_id) FROM receipts") == [(4, 4)]
    assert place.rows("PRAGMA integrity_check") == [("ok",)]
    assert not list(place.root.rglob("*.part"))


def _is_reading(place: Place, watching: Started) -> bool:
    began = place.rows_or_none("SELECT 1 FROM files WHERE state = 'started' AND owner IS NOT NULL")
    return watching.poll() is not None or bool(began)


def test_no_such_folder_is_reported_at_once(place: Place) -> None:
    place.inbox.rmdir()
    ended = place.run("--once")
    assert ended.status == ExitCode.UNREADABLE_INPUT
    assert str(place.inbox) in ended.stderr


@pytest.mark.slow
def test_where_files_cannot_be_moved_that_is_reported_and_done_as_soon_as_they_can(place: Place) -> None:
    place.run("--once")
    (place.root / "state").mkdir(exist_ok=True)
    place.add("a.png")
    place.root.chmod(0o555)
    watching = place.start()
    _wait_until_said(watching, "cannot be moved")
    assert place.placed() == []
    place.root.chmod(0o755)
    assert soon(lambda: len(place.placed()) == 1)
    watching.terminate()
    assert len(lines(watching.communicate()[0])) == 1


def _wait_until_said(watching: Started, words: str) -> None:
    assert watching.stderr
    assert any(words in line for line in watching.stderr), f"it ended without a word of {words!r}"


@pytest.mark.slow
def test_a_place_that_is_taken_is_not_overwritten(place: Place) -> None:
    (place.root / "done").write_text("a file where a folder should be")
    (place.root / "review").write_text("and another")
    place.add("a.png")
    watching = place.start()
    _wait_until_said(watching, "cannot be moved")
    (place.root / "done").unlink()
    (place.root / "review").unlink()
    watching.terminate()
    watching.communicate()
    assert len(lines(place.run("--once").stdout)) == 1
    assert len(place.placed()) == 1


def test_the_status_indicates_whether_the_watch_needs_attention(place: Place) -> None:
    never = place.run("--status")
    assert (never.status, lines(never.stdout)[0]["state"]) == (ExitCode.NEEDS_REVIEW, "never")
    watching = place.start()
    assert soon(lambda: lines(place.run("--status").stdout)[0]["state"] == "watching")
    assert place.run("--status").status == ExitCode.OK
    watching.kill()
    watching.communicate()
    gone = place.run("--status")
    assert (gone.status, lines(gone.stdout)[0]["state"]) == (ExitCode.NEEDS_REVIEW, "gone")


@pytest.mark.slow
def test_what_was_being_read_when_a_watch_was_killed_does_not_hold_up_the_others(place: Place) -> None:
    place.add("a.png")
    watching = place.start()
    assert soon(partial(_is_reading, place, watching))
    watching.kill()
    watching.communicate()
    for name in ("b.png", "c.png"):
        place.add(name, SAMPLE.read_bytes() + name.encode())
    read = [Path(one["file"]).name for one in lines(place.run("--once").stdout)]
    assert read == ["b.png", "c.png", "a.png"]


@pytest.mark.slow
def test_figures_of_what_was_read_are_given_at_the_end_where_asked_for(place: Place) -> None:
    place.add("a.png")
    place.add("b.txt", b"no picture")
    assert "peak memory" not in place.run("--once", "--keep").stderr
    place.add("c.png", SAMPLE.read_bytes() + b"another")
    in_words = place.run("--once", "--stats").stderr
    assert "files: " in in_words
    assert "receipts: 1 (" in in_words
    assert "CPU seconds here: " in in_words
    place.add("d.png", SAMPLE.read_bytes() + b"a third")
    logged = lines(place.run("--once", "--stats", "--log-format=json").stderr)
    (stats,) = (one for one in logged if one["event"] == "stats")
    assert stats["files"] == {"taken": 1}
    assert sum(stats["passes"].values()) > 0


@pytest.mark.slow
def test_a_watch_keeps_its_receipts_in_postgresql_as_well(place: Place, server: Server) -> None:
    place.add("a.png")
    place.add("b.txt", b"no picture")
    with server.fresh() as url:
        watching = place.start("--once", f"--store={url}")
        watching.kill()
        watching.communicate()
        ended = place.run("--once", f"--store={url}")
        database = Database(url)
        stored = [one for page in listed(database, Selection()) for one in page]
        database.close()
        health = place.run("--status", f"--store={url}")
    assert sum("error" not in one for one in lines(ended.stdout)) == len(stored) == 1, ended.stderr
    assert len(place.placed()) == 2
    assert lines(health.stdout)[0]["state"] == "ended"


@pytest.mark.skipif(not shutil.which("faketime"), reason="FAKETIME IS MISSING: sudo apt install faketime")
@pytest.mark.slow
def test_a_clock_that_was_set_back_hinders_nothing(place: Place) -> None:
    place.add("a.png")
    place.run("--once")
    place.add("b.png", SAMPLE.read_bytes() + b"another")

    ended = place.run_long_before("--once")

    assert ended.status == ExitCode.OK
    assert len(lines(ended.stdout)) == 1
    assert len(place.placed()) == 2
    assert place.run_long_before("--status").status == ExitCode.OK
