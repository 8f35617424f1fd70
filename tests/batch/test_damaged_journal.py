"""A damaged entry of the journal costs its own file, not the others."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from rpiocr.errors import ExitCode
from rpiocr.executors import open_executor
from rpiocr.settings import Settings
from rpiocr.store.database import Database
from rpiocr.store.journal import Journal
from rpiocr.system.log import Log
from rpiocr.watch.filer import Filer
from rpiocr.watch.inbox import Settling, entries
from rpiocr.watch.problems import Problems, Progress
from rpiocr.watch.spool import Spool
from rpiocr.watch.watcher import After, Watcher
from tests.program import Run
from tests.store.readings import keep_one


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """Two files that a store knows, of which one's entry is damaged."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    with closing(Database(f"sqlite:///{tmp_path / 'receipts.sqlite'}")) as database:
        for name in ("first.jpg", "second.jpg"):
            path = folder / name
            path.write_bytes(name.encode())
            keep_one(database, file=str(path), data=path.read_bytes())
    with closing(sqlite3.connect(tmp_path / "receipts.sqlite")) as raw:
        raw.execute("UPDATE files SET state = 'lost' WHERE id = 1")
        raw.commit()
    return folder


def test_a_batch_names_which_file_it_is_and_goes_on_with_the_others(inbox: Path, run: Run, tmp_path: Path) -> None:
    outcome = run("batch", "--resume", "--store", f"sqlite:///{tmp_path / 'receipts.sqlite'}", inbox)
    assert outcome.status == ExitCode.STORE
    assert outcome.only["error"]["code"] == "store_damaged"
    assert outcome.only["file"] == str(inbox / "first.jpg")
    assert "the journal's entry 1" in outcome.only["error"]["message"]


def test_a_watch_leaves_that_file_and_takes_the_others(
    inbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    with closing(Database(f"sqlite:///{tmp_path / 'receipts.sqlite'}")) as database, open_executor(1) as executor:
        log, progress, settings = Log("text"), Progress(), Settings(moving="no")
        problems = Problems(log, progress)
        told: list[Mapping[str, Any]] = []
        filer = Filer(inbox, settings, Journal(database), Spool(database.url), log, told.append, progress, problems)
        watcher = Watcher(inbox, filer, executor, Settling(0.1))
        after = {entry.name: watcher.take(entry) for entry in entries(inbox)}
    assert after == {"first.jpg": After.AGAIN, "second.jpg": After.DONE}
    assert told == []
    assert "the journal's entry 1" in capsys.readouterr().err
