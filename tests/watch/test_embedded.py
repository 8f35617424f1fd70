"""A service that embeds a watch: several files at a time, what it is told, and what it may ask for."""

from __future__ import annotations

import hashlib
import os
import signal
import time
from pathlib import Path

import pytest

from rpiocr.store.database import Database
from rpiocr.store.journal import Found, Journal
from rpiocr.watch.rereading import read_again
from tests.batch.waiting import beside, family, runs, until
from tests.watch.embedded import Events, Service, service

READ = [("reading",), ("answered",), ("filed", "failed")]


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder above the watched one."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path


def test_a_file_that_is_declared_complete_is_read_at_once_and_its_way_is_told(root: Path) -> None:
    with service(root) as at:
        at.open("a.jpg")
        at.upload("a.jpg")
        at.until_told("filed", "a.jpg")
        (at.inbox / "b.jpg").write_bytes(b"a file that may still grow")
        at.upload("c.jpg")
        at.open("c.jpg")
        at.until_told("filed", "c.jpg")
    assert at.events.told[0] == ("ready",)
    assert at.events.of("a.jpg") == at.events.of("c.jpg") == READ
    assert at.events.of("b.jpg") == []
    assert at.events.reads[0].cpu_s == 1.5
    assert at.printed == [str(at.inbox / "a.jpg"), str(at.inbox / "c.jpg")]


def test_a_complete_file_that_is_damaged_is_not_read_again_later_in_case_it_still_grows(root: Path) -> None:
    with service(root) as at:
        at.upload("damaged_file.jpg")
        at.worker("damaged_file.jpg")
        # The folder is listed while the file is aside.
        at.upload("b.jpg")
        time.sleep(0.2)
        for name in ("damaged_file.jpg", "b.jpg"):
            at.open(name)
            at.until_told("filed", name)
    assert at.events.of("damaged_file.jpg") == READ
    assert at.rows()["damaged_file.jpg"].error_code == "damaged_file"


def test_a_file_that_was_read_before_the_folder_was_watched_is_told_to_be_left(root: Path) -> None:
    with service(root) as at:
        found = Found(str(at.inbox / "a.jpg"), at.sha256("a.jpg"), len(at.data("a.jpg")))
        database = Database(at.url)
        journal = Journal(database)
        claim = journal.claim(found)
        journal.failing(claim, "no_text", "read by a batch")
        journal.filed(claim)
        database.close()
        at.upload("a.jpg")
        at.until_told("left", "a.jpg")
    assert at.events.of("a.jpg") == [("left",)]
    assert at.files() == ["inbox/a.jpg"]


def test_each_file_is_read_with_the_settings_that_the_service_chooses(root: Path) -> None:
    with service(root) as at:
        at.events.deadline_s = 12.0
        at.open("a.jpg")
        at.upload("a.jpg")
        at.until_told("filed", "a.jpg")
    assert at.rows()["a.jpg"].error == "held with a deadline of 12 s"


@pytest.mark.slow
def test_a_file_that_arrives_does_not_wait_for_a_slow_one(root: Path) -> None:
    with service(root, workers=2) as at:
        at.upload("slow.jpg")
        at.worker("slow.jpg")
        for name in ("a.jpg", "b.jpg"):
            at.open(name)
            at.upload(name)
            at.until_told("filed", name)
        assert at.events.of("slow.jpg") == READ[:1]
        at.open("slow.jpg")
        at.until_told("filed", "slow.jpg")
    assert at.files() == ["failed/a.jpg", "failed/b.jpg", "failed/slow.jpg"]
    assert len(at.printed) == 3


@pytest.mark.slow
def test_no_more_files_are_read_at_a_time_than_there_are_workers(root: Path) -> None:
    with service(root, workers=2) as at:
        names = ["a.jpg", "b.jpg", "c.jpg", "d.jpg"]
        for name in names:
            at.upload(name)
        until(lambda: len([name for name in names if beside(at.gate(name))]) == 2, "two files being read")
        time.sleep(0.3)
        assert len([name for name in names if at.events.of(name)]) == 2
        for name in names:
            at.open(name)
        for name in names:
            at.until_told("filed", name)
    assert len(at.printed) == 4


@pytest.mark.slow
def test_a_file_that_nobody_waits_for_is_not_read_on_and_the_others_are(root: Path) -> None:
    with service(root, workers=2) as at:
        for name in ("a.jpg", "b.jpg"):
            at.upload(name)
        gone, other = at.worker("a.jpg"), at.worker("b.jpg")
        processes = [gone, *family(gone)]
        assert len(processes) == 2
        assert at.control.withdraw(at.sha256("a.jpg"))
        at.until_told("filed", "a.jpg")
        until(lambda: not any(map(runs, processes)), "the end of the program")
        assert not at.control.withdraw(at.sha256("a.jpg"))
        assert runs(other)
        at.open("b.jpg")
        at.until_told("filed", "b.jpg")
        assert beside(at.gate("b.jpg")) == [other]
    assert at.events.of("a.jpg") == [("reading",), ("failed", "client_gone", "page"), ("filed", "failed")]
    assert at.events.of("b.jpg") == READ
    assert (at.rows()["a.jpg"].error_code, at.rows()["b.jpg"].error_code) == ("client_gone", "no_text")


def test_a_file_that_nobody_waits_for_is_not_begun(root: Path) -> None:
    with service(root) as at:
        at.upload("a.jpg")
        at.worker("a.jpg")
        at.upload("b.jpg")
        assert at.control.withdraw(at.sha256("b.jpg"))
        assert at.control.withdraw(at.sha256("b.jpg"))
        at.open("a.jpg")
        at.until_told("filed", "b.jpg")
        assert beside(at.gate("b.jpg")) == []
        assert at.rows()["b.jpg"].error_code == "client_gone"
        # The same file, when somebody waits for it again.
        at.open("b.jpg")
        at.upload("b.jpg")
        at.until_told("filed", "b.jpg", times=2)
    assert at.rows()["b.jpg"].error_code == "no_text"


def test_a_file_that_was_answered_stays_so(root: Path) -> None:
    with service(root) as at:
        at.open("a.jpg")
        at.upload("a.jpg")
        at.until_told("filed", "a.jpg")
        assert not at.control.withdraw(at.sha256("a.jpg"))
        assert not at.control.withdraw(hashlib.sha256(b"never sent").hexdigest())
    assert at.rows()["a.jpg"].error_code == "no_text"
    assert not at.control.withdraw(at.sha256("a.jpg"))


@pytest.mark.slow
def test_a_worker_that_is_killed_costs_its_own_file_one_attempt(root: Path) -> None:
    with service(root, workers=2) as at:
        for name in ("a.jpg", "b.jpg"):
            at.upload(name)
        other = at.worker("b.jpg")
        os.kill(at.worker("a.jpg"), signal.SIGKILL)
        at.until_told("reading", "a.jpg", times=2)
        for name in ("a.jpg", "b.jpg"):
            at.open(name)
            at.until_told("filed", name)
        assert beside(at.gate("b.jpg")) == [other]
    assert (at.rows()["a.jpg"].attempts, at.rows()["b.jpg"].attempts) == (2, 1)
    assert at.events.of("a.jpg") == [("reading",), ("again",), *READ]


@pytest.mark.slow
def test_stopped_by_the_service_it_ends_as_by_a_signal_and_goes_on_later(root: Path) -> None:
    with service(root, workers=2) as at:
        for name in ("a.jpg", "b.jpg", "c.jpg"):
            at.upload(name)
        until(lambda: sum(bool(beside(at.gate(name))) for name in ("a.jpg", "b.jpg", "c.jpg")) == 2, "two files")
    assert at.files() == ["inbox/a.jpg", "inbox/b.jpg", "inbox/c.jpg"]
    assert {(row.state, row.owner, row.attempts) for row in at.rows().values()} == {("started", None, 0)}
    assert at.printed == []
    for name in ("a.jpg", "b.jpg", "c.jpg"):
        at.open(name)
    with service(root, settle_s=0.05) as again:
        for name in ("a.jpg", "b.jpg", "c.jpg"):
            again.until_told("filed", name)
    assert again.files() == ["failed/a.jpg", "failed/b.jpg", "failed/c.jpg"]
    assert not list(at.inbox.glob(".rpiocr-*"))


def test_what_a_service_does_wrong_when_it_is_told_does_not_hurt_the_watch(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_arguments: object) -> None:
        message = "the service is confused"
        raise ValueError(message)

    for name in ("settings_for", "reading", "answered"):
        monkeypatch.setattr(Events, name, fail)
    with service(root) as at:
        at.open("a.jpg")
        at.upload("a.jpg")
        at.until_told("filed", "a.jpg")
    assert at.files() == ["failed/a.jpg"]
    assert capsys.readouterr().err.count("a defect of rpiocr: ValueError: the service is confused") == 3


def test_a_service_may_withdraw_a_file_at_the_moment_that_it_is_told_of_it(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def withdraw(_events: Events, _file_id: int, found: Found) -> None:
        assert places[0].control.withdraw(found.sha256)

    places: list[Service] = []
    monkeypatch.setattr(Events, "reading", withdraw)
    with service(root) as at:
        places.append(at)
        at.upload("a.jpg")
        at.until_told("filed", "a.jpg")
        assert beside(at.gate("a.jpg")) == []
    assert at.rows()["a.jpg"].error_code == "client_gone"


def test_a_file_that_failed_is_read_again_when_it_is_put_back(root: Path) -> None:
    with service(root, settle_s=0.05) as at:
        at.open("a.jpg")
        at.upload("a.jpg")
        at.until_told("filed", "a.jpg")
        first = at.rows()["a.jpg"]
        database = Database(at.url)
        assert read_again(database, first.id, at.inbox) == at.inbox / "a.jpg"
        database.close()
        at.until_told("filed", "a.jpg", times=2)
    assert at.events.of("a.jpg") == READ * 2
    assert at.files() == ["failed/a.jpg"]
    assert (root / "failed" / "a.jpg.json").exists()
    assert at.rows()["a.jpg"].id != first.id
    assert len(beside(at.gate("a.jpg"))) == 1
