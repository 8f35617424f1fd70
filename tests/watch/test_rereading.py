"""A file that could not be read can be put back to be read again, and is never lost on the way."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from rpiocr.settings import Settings
from rpiocr.store.database import Database
from rpiocr.store.journal import Found, Journal
from rpiocr.system.moving import move_new
from rpiocr.watch import rereading
from rpiocr.watch.errors import NotReadAgainError
from rpiocr.watch.refiling import finish_moves
from rpiocr.watch.rereading import read_again
from tests.program import PROJECT
from tests.store.program import run_command
from tests.watch.places import Place, hash_of, lines

DATA = b"no picture"


@dataclass(frozen=True, slots=True)
class Failed:
    """The folders of a watch with a file that could not be read; its id is 1."""

    root: Path

    @property
    def inbox(self) -> Path:
        """The watched folder."""
        return self.root / "inbox"

    @property
    def url(self) -> str:
        """The URL of the store."""
        return f"sqlite:///{self.root / 'store.sqlite'}"

    def make(self) -> None:
        """Fill the folders and the store."""
        for name in ("inbox", "failed"):
            (self.root / name).mkdir(parents=True)
        place = self.root / "failed" / "scan.jpg"
        place.write_bytes(DATA)
        place.with_name("scan.jpg.json").write_text("{}\n", "utf-8")
        found = Found(str(self.inbox / "scan.jpg"), hash_of(place), len(DATA))
        with closing(Database(self.url)) as database:
            journal = Journal(database)
            claim = journal.claim(found, moved_away=True)
            journal.failing(claim, "unknown_format", "no picture")
            journal.meant_for(claim, str(place))
            journal.filed(claim)

    def read_again(self) -> Path:
        """Put the file back."""
        with closing(Database(self.url)) as database:
            return read_again(database, 1, self.inbox)

    def start(self) -> list[str]:
        """Finish what was left, as a watch does when it starts; returns what could not be finished."""
        with closing(Database(self.url)) as database:
            return [str(error) for error in finish_moves(database, Settings())]

    def files(self) -> dict[str, bytes]:
        """The files in the folders."""
        files = (path for path in self.root.rglob("*") if path.is_file() and "sqlite" not in path.name)
        return {str(path.relative_to(self.root)): path.read_bytes() for path in files}


@pytest.fixture
def failed(tmp_path: Path) -> Failed:
    """A file that could not be read."""
    made = Failed(tmp_path / "receipts")
    made.make()
    return made


def test_a_file_that_failed_goes_back_under_its_own_name_without_its_results(failed: Failed) -> None:
    assert failed.read_again() == failed.inbox / "scan.jpg"
    assert failed.files() == {"inbox/scan.jpg": DATA}
    with pytest.raises(NotReadAgainError, match="is not in"):
        failed.read_again()
    assert failed.files() == {"inbox/scan.jpg": DATA}


def test_a_file_that_is_put_back_overwrites_no_other(failed: Failed) -> None:
    (failed.inbox / "scan.jpg").write_bytes(b"another")
    assert failed.read_again() == failed.inbox / "scan_2.jpg"
    assert failed.files() == {"inbox/scan.jpg": b"another", "inbox/scan_2.jpg": DATA}


@pytest.mark.parametrize("now", [b"changed", None])
def test_a_file_that_is_not_what_failed_is_left_alone(failed: Failed, now: bytes | None) -> None:
    place = failed.root / "failed" / "scan.jpg"
    if now is None:
        place.unlink()
    else:
        place.write_bytes(now)
    with pytest.raises(NotReadAgainError, match="is gone or was changed"):
        failed.read_again()
    assert failed.files().get("failed/scan.jpg") == now
    assert "inbox/scan.jpg" not in failed.files()


def test_a_file_is_put_back_from_another_disk_as_well(failed: Failed, monkeypatch: pytest.MonkeyPatch) -> None:
    def move_within_a_disk(source: Path, target: Path) -> None:
        if source.parent != target.parent:
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV))
        move_new(source, target)

    monkeypatch.setattr(rereading, "move_new", move_within_a_disk)
    failed.read_again()
    assert failed.files() == {"inbox/scan.jpg": DATA}


def test_a_file_that_cannot_be_put_back_stays_with_its_results(failed: Failed, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Path, target: Path) -> None:
        if target.name == "scan.jpg" and target.parent == failed.inbox:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        move_new(source, target)

    before = failed.files()
    monkeypatch.setattr(rereading, "move_new", refuse)
    with pytest.raises(NotReadAgainError, match="Input/output error"):
        failed.read_again()
    assert failed.files() == before
    monkeypatch.undo()
    failed.read_again()
    assert failed.files() == {"inbox/scan.jpg": DATA}


def test_a_stranger_under_the_hidden_name_is_neither_lost_nor_taken_for_the_file(failed: Failed) -> None:
    (failed.inbox / ".rpiocr-again-1").write_bytes(b"a stranger")
    before = failed.files()
    with pytest.raises(NotReadAgainError, match="File exists"):
        failed.read_again()
    assert failed.files() == before


def test_a_name_that_is_taken_at_this_moment_is_left_to_the_other_file(
    failed: Failed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def take_first(source: Path, target: Path) -> None:
        if target == failed.inbox / "scan.jpg":
            target.write_bytes(b"another")
        move_new(source, target)

    monkeypatch.setattr(rereading, "move_new", take_first)
    assert failed.read_again() == failed.inbox / "scan_2.jpg"
    assert failed.files() == {"inbox/scan.jpg": b"another", "inbox/scan_2.jpg": DATA}


def test_a_copy_from_another_disk_that_a_crash_left_beside_its_source_counts_once(failed: Failed) -> None:
    (failed.inbox / ".rpiocr-again-1").write_bytes(DATA)
    failed.read_again()
    assert failed.files() == {"inbox/scan.jpg": DATA}


DYING = """
import os, sys
from itertools import count
from pathlib import Path
from tests.watch.instants import die_at
from tests.watch.test_rereading import Failed, copied

template, folder = Failed(Path(sys.argv[1])), Path(sys.argv[2])
for number in count(1):
    failed = copied(template, folder / str(number) / "receipts")
    child = os.fork()
    if not child:
        die_at(failed.root, number)
        failed.read_again()
        os._exit(0)
    if not os.waitpid(child, 0)[1]:
        break
"""


def copied(template: Failed, root: Path) -> Failed:
    """Copy the folders and their store, which then names those of the copy."""
    failed = Failed(root)
    root.parent.mkdir()
    shutil.copytree(template.root, root)
    with closing(Database(failed.url)) as database, database.transaction() as connection:
        for column in ("path", "moved_to"):
            move = f"UPDATE files SET {column} = replace({column}, '{template.root}', '{root}')"  # noqa: S608
            connection.exec_driver_sql(move)
    return failed


@pytest.mark.slow
def test_whenever_it_is_killed_the_file_is_in_one_place_and_the_next_start_puts_it_back(
    failed: Failed, tmp_path: Path
) -> None:
    (tmp_path / "instants").mkdir()
    command = [sys.executable, "-c", DYING, str(failed.root), str(tmp_path / "instants")]
    subprocess.run(command, cwd=PROJECT, check=True, env=os.environ | {"PYTHONPATH": str(PROJECT)})
    deaths = [Failed(path / "receipts") for path in (tmp_path / "instants").iterdir()]
    assert len(deaths) > 5
    for death in deaths:
        assert list(death.files().values()).count(DATA) == 1
        assert death.start() == []
        assert death.files() in ({"inbox/scan.jpg": DATA}, {"failed/scan.jpg": DATA, "failed/scan.jpg.json": b"{}\n"})
        if "inbox/scan.jpg" not in death.files():
            # It was killed before anything was recorded.
            death.read_again()
        assert death.files() == {"inbox/scan.jpg": DATA}


@pytest.mark.slow
def test_a_file_put_back_is_read_by_the_next_watch_and_needs_no_attention_any_more(place: Place) -> None:
    os.utime(place.add("a.jpg", DATA), (0, 0))
    place.run("--once")
    assert place.placed() == ["failed/a.jpg"]
    url = f"sqlite:///{place.root / 'data' / 'rpiocr' / 'receipts.sqlite'}"
    with closing(Database(url)) as database:
        back = read_again(database, 1, place.inbox)
    assert "gone" not in run_command(url, "verify").stdout
    (result,) = lines(place.run("--once").stdout)
    assert (result["file"], result["error"]["code"]) == (str(back), "unknown_format")
    assert place.placed() == ["failed/a.jpg"]
    in_failed = "SELECT id FROM files WHERE error_code IS NOT NULL AND moved_to LIKE '%/failed/%'"
    assert place.rows(in_failed) == [(2,)]
    assert "gone" not in run_command(url, "verify").stdout
