"""``rpiocr clean``: what goes after a time, and that nothing else does."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import time
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from rpiocr.keep.cleaning import Cleaning, clean, plan
from rpiocr.store import trash
from rpiocr.store.database import Database
from rpiocr.system.old_files import OldFiles
from tests.store.program import run_command
from tests.store.readings import keep_one

DAY = 24 * 60 * 60
NOTHING = OldFiles()
LATER = dt.timedelta(days=31)


def old(path: Path, days: float, data: bytes = b"0123456789") -> Path:
    """Write a file that was last changed some days ago."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    _age(path, days)
    return path


def _age(path: Path, days: float) -> None:
    then = time.time() - days * DAY
    os.utime(path, (then, then), follow_symlinks=False)


def picture(folder: Path, days: float, number: int = 1) -> Path:
    """Write a picture as the page keeps it."""
    name = hashlib.sha256(str(days).encode()).hexdigest()
    return old(folder / name[:2] / f"{name}-{number}.jpg", days)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of pictures."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = tmp_path / "cache" / "rpiocr" / "pictures"
    made.mkdir(parents=True)
    return made


def test_pictures_that_were_not_used_for_a_time_go_and_the_others_stay(database: Database, folder: Path) -> None:
    unused, used = picture(folder, 31), picture(folder, 29)
    expected = Cleaning(OldFiles(1, 10), NOTHING, NOTHING)
    assert plan(database, folder, 30) == expected
    assert unused.exists()
    assert clean(database, folder, 30) == expected
    assert (unused.exists(), used.exists()) == (False, True)
    assert clean(database, folder, 30).is_empty


def test_a_deleted_receipt_can_be_restored_until_its_time_is_over(database: Database, folder: Path) -> None:
    first, second = keep_one(database, date="2024-01-01"), keep_one(database, file="b.jpg", date="2024-01-02")
    trash.put(database, first)
    assert clean(database, folder, 30).receipts == NOTHING
    assert [one.receipt_id for one in trash.deleted(database, 9)] == [first]
    later = dt.datetime.now(dt.UTC) + LATER
    planned = plan(database, folder, 30, later).receipts
    assert planned.count == 1
    assert planned.bytes > 100
    assert clean(database, folder, 30, later).receipts == planned
    assert trash.deleted(database, 9) == []
    assert [line["id"] for line in run_command(database.url, "list").lines] == [second]


def test_leftovers_of_exports_go_after_a_day(database: Database, folder: Path) -> None:
    fresh = old(folder / f".rpiocr-scratch-{'1' * 16}", 0.5)
    left = [
        old(folder / f".rpiocr-scratch-{'0' * 16}", 1.5),
        old(folder / f"..rpiocr-scratch-{'0' * 16}.{'a' * 16}.part", 1.5),
        old(folder / "ab" / f".{'a' * 64}-1.jpg.{'b' * 16}.part", 1.5),
    ]
    assert clean(database, folder, 30).leftovers == OldFiles(3, 30)
    assert fresh.exists()
    assert not any(path.exists() for path in left)


def test_with_0_pictures_and_deleted_receipts_are_kept_for_ever(database: Database, folder: Path) -> None:
    kept = picture(folder, 4000)
    left = old(folder / f".rpiocr-scratch-{'0' * 16}", 4000)
    trash.put(database, keep_one(database))
    cleaned = clean(database, folder, 0, dt.datetime.now(dt.UTC) + dt.timedelta(days=4000))
    assert (cleaned.pictures, cleaned.receipts, cleaned.leftovers.count) == (NOTHING, NOTHING, 1)
    assert kept.exists()
    assert not left.exists()
    assert len(trash.deleted(database, 9)) == 1


def test_a_file_that_is_not_ours_stays_however_old_it_is(database: Database, folder: Path) -> None:
    strangers = [
        old(folder / "holiday.jpg", 4000),
        old(folder / "ab" / "holiday.jpg", 4000),
        old(folder / f"{'a' * 64}-1.jpg", 4000),
        old(folder / "ab" / "cd" / f"{'a' * 64}-1.jpg", 4000),
        old(folder / "ab" / f"{'a' * 64}-1.jpg.bak", 4000),
        old(folder / "exports.zip", 4000),
        old(folder.parent / f".rpiocr-scratch-{'0' * 16}", 4000),
    ]
    assert clean(database, folder, 30).is_empty
    assert all(path.exists() for path in strangers)


def test_symbolic_links_are_neither_followed_nor_removed(database: Database, folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "originals"
    original = picture(elsewhere, 4000)
    (folder / original.parent.name).symlink_to(original.parent)
    link = folder / "00" / f"{'0' * 64}-1.jpg"
    link.parent.mkdir()
    link.symlink_to(original)
    _age(link, 4000)
    assert clean(database, folder, 1).is_empty
    assert link.is_symlink()
    folder.rename(folder.with_name("set aside"))
    folder.symlink_to(elsewhere)
    assert clean(database, folder, 1).is_empty
    assert original.exists()


def test_where_no_page_was_ever_opened_there_is_nothing_to_clean(database: Database, tmp_path: Path) -> None:
    assert plan(database, tmp_path / "none", 1).is_empty
    assert clean(database, tmp_path / "none", 1).is_empty


def test_a_dry_run_says_what_would_go_and_touches_nothing(database: Database, folder: Path) -> None:
    unused = picture(folder, 31)
    outcome = run_command(database.url, "clean", "--dry-run")
    assert (outcome.status, outcome.stdout) == (ExitCode.OK, "")
    assert "would delete 1 picture of the page" in outcome.stderr
    assert unused.exists()


def test_without_a_terminal_it_deletes_only_when_told_yes(database: Database, folder: Path) -> None:
    unused = picture(folder, 8)
    assert run_command(database.url, "clean", "--keep-days", "7").status == ExitCode.USAGE
    assert unused.exists()
    outcome = run_command(database.url, "clean", "--keep-days", "7", "--yes")
    assert outcome.status == ExitCode.OK
    assert "deleted 1 picture of the page (0.0 MB), 0 deleted receipts" in outcome.stderr
    assert not unused.exists()
