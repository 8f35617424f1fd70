"""A backup holds what was there at one moment, and comes back as it was: elsewhere, later, in the other database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import select

from rpiocr.errors import ExitCode
from rpiocr.store.database import HEAD, Database
from rpiocr.store.tables import FILES, META
from rpiocr.watch.spool import Spool
from tests.keep.household import Household, files_below, fill
from tests.program import PROJECT, Outcome, command
from tests.store.postgres import Server
from tests.store.program import run_command


def all_rows(url: str) -> dict[str, list[tuple[object, ...]]]:
    """Everything in a store; owners of claims are left out, as a restored store has none."""
    database = Database(url)
    rows = {}
    with database.snapshot() as connection:
        for table in META.sorted_tables:
            columns = [column for column in table.c if column.name != "owner"]
            rows[table.name] = sorted((tuple(row) for row in connection.execute(select(*columns))), key=repr)
    database.close()
    return rows


def well(outcome: Outcome) -> Outcome:
    """An outcome that has to be good."""
    assert outcome.status == ExitCode.OK, outcome.stderr
    return outcome


def test_a_backup_comes_back_as_it_was(household: Household, tmp_path: Path) -> None:
    before, files = all_rows(household.url), household.files()
    untold = files_below(Spool(household.url).folder)
    well(run_command(household.url, "backup", tmp_path / "backup.zip"))
    household.folder.rename(tmp_path / "lost")
    target = f"sqlite:///{tmp_path / 'new' / 'receipts.sqlite'}"
    well(run_command(target, "restore", tmp_path / "backup.zip"))
    assert all_rows(target) == before
    assert household.files() == files
    assert files_below(Spool(target).folder) == untold
    for arguments in (("list", "--format", "json"), ("export", "--format", "json"), ("search", "caf*")):
        assert run_command(target, *arguments).stdout == run_command(household.url, *arguments).stdout


@pytest.mark.slow
def test_a_backup_goes_from_sqlite_to_postgresql_and_back(tmp_path: Path, server: Server) -> None:
    household = fill(tmp_path / "receipts", f"sqlite:///{tmp_path / 'receipts.sqlite'}")
    before = all_rows(household.url)
    well(run_command(household.url, "fix", 1, "duplicate_of=3"))
    with server.fresh() as url:
        well(run_command(household.url, "backup", tmp_path / "one.zip"))
        well(run_command(url, "restore", tmp_path / "one.zip"))
        before = all_rows(household.url)
        assert all_rows(url) == before
        well(run_command(url, "backup", tmp_path / "two.zip"))
        back = f"sqlite:///{tmp_path / 'back.sqlite'}"
        well(run_command(back, "restore", tmp_path / "two.zip"))
        assert all_rows(back) == before
        assert run_command(back, "search", "unclear").lines == run_command(household.url, "search", "unclear").lines
        # New rows get numbers of their own.
        fill(tmp_path / "others", url)


def test_files_below_another_folder_are_found_there_by_the_store(household: Household, tmp_path: Path) -> None:
    well(run_command(household.url, "backup", tmp_path / "backup.zip"))
    target, below = f"sqlite:///{tmp_path / 'receipts-2.sqlite'}", tmp_path / "elsewhere"
    well(run_command(target, "restore", tmp_path / "backup.zip", "--files", below))
    there = below / str(household.folder).lstrip("/")
    assert files_below(there) == household.files()
    for line in run_command(target, "list").lines:
        assert line["file"].startswith(str(there))
        assert Path(line["file"]).is_file()
    checked = run_command(target, "verify", "--format", "json").stdout
    assert '"changed"' not in checked
    assert '"gone"' not in checked


def test_only_its_owner_can_read_a_backup_and_what_is_restored(household: Household, tmp_path: Path) -> None:
    backup, below = tmp_path / "backup.zip", tmp_path / "elsewhere"
    well(run_command(household.url, "backup", backup))
    well(run_command(f"sqlite:///{tmp_path / 'two.sqlite'}", "restore", backup, "--files", below))
    made = [backup, tmp_path / "two.sqlite", *(path for path in below.rglob("*") if path.is_file())]
    assert {path.stat().st_mode & 0o077 for path in made} == {0}
    with ZipFile(backup) as archive:
        assert {info.external_attr >> 16 & 0o777 for info in archive.infolist()} == {0o600}


@contextmanager
def filing(household: Household, start: int, count: int) -> Iterator[subprocess.Popen[bytes]]:
    """Somebody files receipts meanwhile."""
    words = [sys.executable, "-m", "tests.keep.household", household.url, household.inbox, start, count]
    process = subprocess.Popen(list(map(str, words)), cwd=PROJECT)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


@pytest.mark.slow
def test_backups_while_receipts_are_filed_are_each_of_one_moment(household: Household, tmp_path: Path) -> None:
    with filing(household, 1000, 100_000):
        _wait_for(household.folder / "done" / "2024" / "03", 8)
        for number in range(3):
            outcome = run_command(household.url, "backup", tmp_path / f"{number}.zip")
            assert outcome.status == ExitCode.OK, outcome.stderr
    for number in range(3):
        target = f"sqlite:///{tmp_path / f'{number}.sqlite'}"
        well(run_command(target, "restore", tmp_path / f"{number}.zip", "--files", tmp_path / f"files {number}"))
        checked = run_command(target, "verify", "--format", "json")
        grades = [line for line in checked.stdout.split("},") if '"look"' in line or '"broken"' in line]
        assert [line for line in grades if '"rights"' not in line] == []
        assert "no more" not in checked.stdout


def _wait_for(folder: Path, count: int) -> None:
    while not folder.is_dir() or len(list(folder.iterdir())) < count:
        time.sleep(0.05)


def test_a_backup_that_is_killed_leaves_the_one_from_before(tmp_path: Path) -> None:
    household = fill(tmp_path / "receipts", f"sqlite:///{tmp_path / 'receipts.sqlite'}")
    backup = tmp_path / "backups" / "backup.zip"
    backup.parent.mkdir()
    well(run_command(household.url, "backup", backup))
    before = backup.read_bytes()
    done = next((household.folder / "done").rglob("*.jpg"))
    os.truncate(done, 1 << 31)  # a hole, which takes a while to be read
    process = subprocess.Popen(command("backup", "--store", household.url, backup), cwd=PROJECT)
    while len(list(backup.parent.iterdir())) < 2:
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert backup.read_bytes() == before
    well(run_command(f"sqlite:///{tmp_path / 'two.sqlite'}", "restore", backup, "--files", tmp_path / "elsewhere"))


def test_a_backup_that_finds_no_room_reports_it_and_leaves_the_one_from_before(tmp_path: Path) -> None:
    household = fill(tmp_path / "receipts", f"sqlite:///{tmp_path / 'receipts.sqlite'}")
    backup = tmp_path / "backup.zip"
    backup.write_bytes(b"the one from before")
    # A copy of the store fits, a backup of it with the files does not.
    size = (tmp_path / "receipts.sqlite").stat().st_size
    limit = f"import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); "
    program = "from rpiocr.__main__ import run; sys.exit(run(sys.argv[1:]))"
    words = [sys.executable, "-c", limit + program, "backup", "--store", household.url, str(backup)]
    ended = subprocess.run(words, cwd=PROJECT, capture_output=True, text=True, check=False)
    assert ended.returncode == ExitCode.USAGE, ended.stderr
    assert "cannot be written" in ended.stderr
    assert backup.read_bytes() == b"the one from before"
    assert [path.name for path in tmp_path.glob(".*.part")] == []


def test_files_that_were_changed_or_deleted_are_reported_and_no_reason_to_fail(
    household: Household, tmp_path: Path
) -> None:
    first, second, _ = sorted((household.folder / "done").rglob("*.jpg"))
    first.unlink()
    second.write_bytes(b"turned by its owner")
    outcome = run_command(household.url, "backup", tmp_path / "backup.zip")
    assert outcome.status == ExitCode.NEEDS_REVIEW
    assert "1 files have changed" in outcome.stderr
    assert "1 files are no longer" in outcome.stderr


def test_a_store_of_an_older_step_is_backed_up_as_it_is_before_an_update(tmp_path: Path) -> None:
    url, backup = f"sqlite:///{tmp_path / 'old.sqlite'}", tmp_path / "backup.zip"
    Database(url, step="0001").close()
    well(run_command(url, "backup", "--before-update", backup))
    with ZipFile(backup) as archive:
        (tmp_path / "again.sqlite").write_bytes(archive.read("store/receipts.sqlite"))
    again = Database(f"sqlite:///{tmp_path / 'again.sqlite'}", as_it_is=True)
    assert again.version == "0001"
    again.close()
    assert Database(url, as_it_is=True).version == "0001"
    well(run_command(f"sqlite:///{tmp_path / 'new.sqlite'}", "restore", backup))
    assert Database(f"sqlite:///{tmp_path / 'new.sqlite'}", as_it_is=True).version == HEAD


@pytest.mark.parametrize("made", [True, False])
def test_before_an_update_that_changes_no_store_nothing_is_backed_up(tmp_path: Path, made: bool) -> None:  # noqa: FBT001
    url = f"sqlite:///{tmp_path / 'receipts.sqlite'}"
    if made:
        Database(url).close()
    well(run_command(url, "backup", "--before-update", tmp_path / "backup.zip"))
    assert not (tmp_path / "backup.zip").exists()
    assert made or not (tmp_path / "receipts.sqlite").exists()


def test_what_waits_to_be_filed_is_filed_after_a_restore(household: Household, tmp_path: Path) -> None:
    well(run_command(household.url, "backup", tmp_path / "backup.zip"))
    target = f"sqlite:///{tmp_path / 'receipts-2.sqlite'}"
    well(run_command(target, "restore", tmp_path / "backup.zip"))
    database = Database(target)
    with database.snapshot() as connection:
        waiting = connection.execute(select(FILES.c.id).where(FILES.c.state == "answered")).scalar_one()
    database.close()
    assert [one["merchant"] for one in Spool(target).get(waiting)] == ["Café 7"]
