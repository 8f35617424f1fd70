"""A file in review/ goes to done/ when a person has confirmed what was in doubt, and is never lost on the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from rpiocr.store.journal import Journal
from rpiocr.system.json_text import dumps
from tests.program import PROJECT, Outcome
from tests.store.program import run_command
from tests.store.readings import found, reading
from tests.watch.places import Place

DATA = b"a picture"
UNSURE: dict[str, Any] = {"verdict": "RETRY", "verdicts": {"amount": "RETRY", "date": "RETRY"}}
FILED_AS = "done/2024/03/2024-03-05_Corner-Shop_12.50.jpg"


@dataclass(frozen=True, slots=True)
class Home:
    """A store, and the folders that a watch fills."""

    root: Path

    @property
    def url(self) -> str:
        """The URL of the store."""
        return f"sqlite:///{self.root / 'store.sqlite'}"

    def put_in_review(self, *receipts: dict[str, Any], failures: tuple[dict[str, Any], ...] = ()) -> None:
        """Store a file with these receipts as a watch does, with its results next to it in review/."""
        read = reading(*receipts, file=str(self.root / "inbox" / "scan.jpg"), data=DATA)
        place = self.root / "review" / "scan.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(DATA)
        results = [one.answer for one in read.receipts] + list(failures)
        place.with_name("scan.jpg.json").write_text(dumps(results), "utf-8")
        with closing(Database(self.url)) as database:
            journal = Journal(database)
            claim = journal.claim(found(read))
            journal.answered(claim, read)
            journal.meant_for(claim, str(place))
            journal.filed(claim)

    def run(self, *arguments: object) -> Outcome:
        """Run a command on the store."""
        return run_command(self.url, *arguments)

    def files(self) -> dict[str, bytes]:
        """The files in the folders, without the results."""
        files = (path for path in self.root.rglob("*") if path.is_file() and "sqlite" not in path.name)
        return {str(path.relative_to(self.root)): path.read_bytes() for path in files if path.suffix != ".json"}

    def sidecars(self) -> list[str]:
        """The names of the results."""
        return sorted(str(path.relative_to(self.root)) for path in self.root.rglob("*.json"))


@pytest.fixture
def home_of_files(tmp_path: Path) -> Home:
    """An empty store and no folders yet."""
    root = tmp_path / "receipts"
    root.mkdir()
    return Home(root)


def test_a_confirmed_file_moves_to_done_under_the_name_that_a_watch_gives(home_of_files: Home) -> None:
    home_of_files.put_in_review(UNSURE)
    outcome = home_of_files.run("fix", 1, "--ok", "amount")
    assert home_of_files.files() == {"review/scan.jpg": DATA}
    assert "receipt 1 still needs review: date" in outcome.stderr
    outcome = home_of_files.run("fix", 1, "date=2023-12-31")
    filed_as = "done/2023/12/2023-12-31_Corner-Shop_12.50.jpg"
    assert home_of_files.files() == {filed_as: DATA}
    assert home_of_files.sidecars() == [f"{filed_as}.json"]
    assert f"receipt 1 is certain now; its file was moved to {home_of_files.root / filed_as}" in outcome.stderr
    assert home_of_files.run("show", 1, "--format", "json").only["now_at"] == str(home_of_files.root / filed_as)


def test_a_file_waits_in_review_until_its_last_receipt_is_sure(home_of_files: Home) -> None:
    home_of_files.put_in_review(UNSURE, {"date": "2024-04-01"}, UNSURE | {"time": "10:00", "amount": Decimal(3)})
    home_of_files.run("fix", 1, "--ok")
    assert list(home_of_files.files()) == ["review/scan.jpg"]
    home_of_files.run("fix", 3, "--ok")
    assert list(home_of_files.files()) == [FILED_AS]


def test_a_file_with_a_page_that_was_not_read_stays_in_review(home_of_files: Home) -> None:
    home_of_files.put_in_review(UNSURE, failures=({"error": {"code": "no_text", "message": "page 2"}, "page": 2},))
    assert home_of_files.run("fix", 1, "--ok").stderr == ""
    assert list(home_of_files.files()) == ["review/scan.jpg"]


def test_a_file_in_done_is_not_overwritten(home_of_files: Home) -> None:
    home_of_files.put_in_review(UNSURE)
    taken = home_of_files.root / FILED_AS
    taken.parent.mkdir(parents=True)
    taken.write_bytes(b"precious")
    home_of_files.run("fix", 1, "--ok")
    assert home_of_files.files() == {FILED_AS: b"precious", FILED_AS.replace(".jpg", "_2.jpg"): DATA}


@pytest.mark.parametrize("now", [b"another picture", None])
def test_a_file_that_is_not_what_was_read_is_left_alone(home_of_files: Home, now: bytes | None) -> None:
    home_of_files.put_in_review(UNSURE)
    place = home_of_files.root / "review" / "scan.jpg"
    if now is None:
        place.unlink()
    else:
        place.write_bytes(now)
    outcome = home_of_files.run("fix", 1, "--ok")
    assert outcome.status == ExitCode.OK
    assert ("no longer exists" if now is None else "has changed since it was read") in outcome.stderr
    assert home_of_files.files() == ({} if now is None else {"review/scan.jpg": now})
    assert home_of_files.run("list").only["sure"]


def test_a_file_that_cannot_be_moved_stays_and_is_moved_by_the_next_correction(home_of_files: Home) -> None:
    home_of_files.put_in_review(UNSURE)
    (home_of_files.root / "done").write_bytes(b"in the way")
    outcome = home_of_files.run("fix", 1, "--ok")
    assert outcome.status == ExitCode.OK
    assert "scan.jpg cannot be moved to" in outcome.stderr
    (home_of_files.root / "done").unlink()
    home_of_files.run("fix", 1, "merchant=Other")
    assert list(home_of_files.files()) == ["done/2024/03/2024-03-05_Other_12.50.jpg"]


def test_a_file_that_no_watch_has_moved_stays_where_it_is(home_of_files: Home) -> None:
    read = reading(UNSURE, file=str(home_of_files.root / "review" / "scan.jpg"), data=DATA)
    (home_of_files.root / "review").mkdir()
    (home_of_files.root / "review" / "scan.jpg").write_bytes(DATA)
    with closing(Database(home_of_files.url)) as database:
        journal = Journal(database)
        claim = journal.claim(found(read))
        journal.answered(claim, read)
        journal.filed(claim)
    home_of_files.run("fix", 1, "--ok")
    assert list(home_of_files.files()) == ["review/scan.jpg"]


DYING = """
import os, sys
from itertools import count
from pathlib import Path
from tests.store.program import run_command
from tests.watch.instants import die_at
from tests.watch.test_refiling import Home, copied

template, folder = Home(Path(sys.argv[1])), Path(sys.argv[2])
for number in count(1):
    home = copied(template, folder / str(number) / "receipts")
    child = os.fork()
    if not child:
        die_at(home.root, number)
        os._exit(run_command(home.url, *sys.argv[3:]).status)
    if not os.waitpid(child, 0)[1]:
        break
"""


def copied(template: Home, root: Path) -> Home:
    """Copy the folders and their store, which then names those of the copy."""
    home = Home(root)
    root.parent.mkdir()
    shutil.copytree(template.root, root)
    with closing(Database(home.url)) as database, database.transaction() as connection:
        for column in ("path", "moved_to"):
            move = f"UPDATE files SET {column} = replace({column}, '{template.root}', '{root}')"  # noqa: S608
            connection.exec_driver_sql(move)
    return home


def deaths(template: Home, folder: Path) -> list[Home]:
    """Return for every instant a copy of the folders in which a correction died then."""
    command = [sys.executable, "-c", DYING, str(template.root), str(folder), "fix", "1", "--ok"]
    subprocess.run(command, cwd=PROJECT, check=True, env=os.environ | {"PYTHONPATH": str(PROJECT)})
    return [Home(path / "receipts") for path in sorted(folder.iterdir(), key=lambda path: int(path.name))]


@pytest.mark.slow
def test_whenever_a_correction_is_killed_the_next_one_finishes_the_move(home_of_files: Home, tmp_path: Path) -> None:
    home_of_files.put_in_review(UNSURE)
    (tmp_path / "instants").mkdir()
    homes = deaths(home_of_files, tmp_path / "instants")
    assert len(homes) > 10
    for home in homes:
        assert DATA in home.files().values()
        home.run("fix", 1, "currency=EUR")
        assert home.files() == {FILED_AS: DATA}
        assert home.sidecars() == [f"{FILED_AS}.json"]
        assert home.run("show", 1, "--format", "json").only["now_at"] == str(home.root / FILED_AS)


@pytest.mark.slow
def test_what_a_watch_has_put_into_review_goes_where_it_would_have_put_it(place: Place) -> None:
    place.add("a.jpg")
    assert place.run("--once").status == 0
    (before,) = place.placed()
    assert before.startswith("review/")
    url = f"sqlite:///{place.root / 'data' / 'rpiocr' / 'receipts.sqlite'}"
    assert run_command(url, "fix", 1, "--ok").status == ExitCode.OK
    (after,) = place.placed()
    assert after.startswith("done/2016/11/2016-11-17_")
    assert (place.root / f"{after}.json").is_file()
    assert place.run("--once").status == 0
    assert place.placed() == [after]
