"""Nothing that is there is overwritten by a restore; what is no backup, or was made to do harm, is refused whole."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import struct
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from tests.keep.household import files_below, fill
from tests.program import PROJECT, Outcome, command
from tests.store.program import run_command
from tests.store.readings import keep_one


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A good backup, made once; the files that it holds are gone since."""
    folder = tmp_path_factory.mktemp("made")
    state = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    try:
        household = fill(folder / "receipts", f"sqlite:///{folder / 'receipts.sqlite'}")
        assert run_command(household.url, "backup", folder / "backup.zip").status == ExitCode.OK
    finally:
        os.environ.pop("XDG_STATE_HOME")
        if state is not None:
            os.environ["XDG_STATE_HOME"] = state
    shutil.rmtree(household.folder)
    return folder / "backup.zip"


@pytest.fixture
def target(tmp_path: Path) -> str:
    """A store that is not there yet."""
    return f"sqlite:///{tmp_path / 'new' / 'receipts.sqlite'}"


Change = Callable[[dict[str, Any]], object]


def changed(source: Path, place: Path, change: Change, **members: bytes) -> Path:
    """Write a backup anew with another manifest, and with other members by their names."""
    with ZipFile(source) as old, ZipFile(place, "w") as new:
        manifest = json.loads(old.read("manifest.json"))
        for info in old.infolist():
            if info.filename != "manifest.json":
                data = members.get(info.filename, old.read(info))
                _describe(manifest, info.filename, data)
                new.writestr(ZipInfo(info.filename), data, ZIP_STORED)
        change(manifest)
        new.writestr(ZipInfo("manifest.json"), json.dumps(manifest), ZIP_DEFLATED)
    return place


def _describe(manifest: dict[str, Any], name: str, data: bytes) -> None:
    for member in [manifest["store"], *(one["member"] for one in manifest["files"])]:
        if member["name"] == name:
            member.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())


def nothing(_manifest: dict[str, Any]) -> None:
    """Change nothing."""


def place_first_at(place: str) -> Change:
    """Have the first file go to a place."""
    return lambda manifest: manifest["files"][0].update(place=place)


MANIFESTS: dict[str, Change] = {
    "leaves the folder": place_first_at("/receipts/../etc/cron.d/x"),
    "goes up": place_first_at("../../x.jpg"),
    "is relative": place_first_at("x.jpg"),
    "has a NUL": place_first_at("/receipts/%00x.jpg"),
    "is doubled": place_first_at("//etc//x"),
    "is no text": lambda manifest: manifest["files"][0].update(place=7),
    "newer layout": lambda manifest: manifest.update(rpiocr_backup=2),
    "newer store": lambda manifest: manifest.update(schema="9999"),
    "another step": lambda manifest: manifest.update(schema="0001"),
    "no step": lambda manifest: manifest.update(schema="../x"),
    "wrong hash": lambda manifest: manifest["files"][0]["member"].update(sha256="0" * 64),
    "wrong hash of the store": lambda manifest: manifest["store"].update(sha256="0" * 64),
    "wrong size": lambda manifest: manifest["files"][0]["member"].update(size=1),
    "negative size": lambda manifest: manifest["files"][0]["member"].update(size=-1),
    "huge number": lambda manifest: manifest["files"][0].update(file_id=2**70),
    "lacks a member": lambda manifest: manifest["files"].pop(),
    "names one twice": lambda manifest: manifest["files"].append(manifest["files"][0]),
    "another name for the store": lambda manifest: manifest["store"].update(name="files/000001/x"),
    "no files": lambda manifest: manifest.pop("files"),
    "files are text": lambda manifest: manifest.update(files="all"),
}


def refused(outcome: Outcome, folder: Path) -> None:
    """A restore that was refused in words and has written nothing."""
    assert outcome.status == ExitCode.UNREADABLE_INPUT, outcome
    assert "rpiocr: " in outcome.stderr
    assert not (folder / "elsewhere").exists()
    assert files_below(folder / "new") == {}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_backup_with_a_false_manifest_is_refused(name: str, backup: Path, target: str, tmp_path: Path) -> None:
    bad = changed(backup, tmp_path / "bad.zip", MANIFESTS[name])
    refused(run_command(target, "restore", bad, "--files", tmp_path / "elsewhere"), tmp_path)


@pytest.mark.parametrize("place", ["/etc/cron.d/x", "/home/pi/.ssh/authorized_keys", "/usr/bin/x", "/root/.bashrc"])
def test_files_for_places_where_no_receipts_lie_are_restored_below_a_folder_alone(
    place: str, backup: Path, target: str, tmp_path: Path
) -> None:
    bad = changed(backup, tmp_path / "bad.zip", place_first_at(place))
    outcome = run_command(target, "restore", bad)
    assert "--files" in outcome.stderr
    refused(outcome, tmp_path)
    below = tmp_path / "elsewhere"
    assert run_command(target, "restore", bad, "--files", below).status == ExitCode.OK
    assert (below / place.lstrip("/")).is_file()


def raw_archive(place: Path, *members: tuple[str, bytes, int]) -> Path:
    """An archive with these members: names, contents, and how they are compressed."""
    with ZipFile(place, "w") as archive:
        for name, data, how in members:
            archive.writestr(ZipInfo(name), data, how)
    return place


def lie_about_size(place: Path) -> Path:
    """A member whose header states a larger unpacked size."""
    data = bytearray(place.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 1 << 31)
    place.write_bytes(data)
    return place


ARCHIVES: dict[str, Callable[[Path, bytes], object]] = {
    "empty": lambda place, _: place.write_bytes(b""),
    "text": lambda place, _: place.write_text("no archive " * 100),
    "cut": lambda place, good: place.write_bytes(good[: len(good) // 2]),
    "cut at the end": lambda place, good: place.write_bytes(good[:-5]),
    "a byte is wrong": lambda place, good: place.write_bytes(good[:5000] + bytes([good[5000] ^ 1]) + good[5001:]),
    "no manifest": lambda place, _: raw_archive(place, ("store/receipts.sqlite", b"x", ZIP_STORED)),
    "no members": lambda place, _: raw_archive(place),
    "goes up": lambda place, _: raw_archive(place, ("../../x", b"x", ZIP_STORED)),
    "absolute": lambda place, _: raw_archive(place, ("/etc/x", b"x", ZIP_STORED)),
    "a bomb": lambda place, _: raw_archive(place, ("store/receipts.sqlite", bytes(50_000_000), ZIP_DEFLATED)),
    "a bomb in the manifest": lambda place, _: raw_archive(place, ("manifest.json", b"[" * 10_000_000, ZIP_DEFLATED)),
    "lies about a size": lambda place, _: lie_about_size(
        raw_archive(place, ("store/receipts.sqlite", b"x", ZIP_STORED))
    ),
    "two of a name": lambda place, _: raw_archive(
        place, ("manifest.json", b"{}", ZIP_DEFLATED), ("manifest.json", b"{}", ZIP_DEFLATED)
    ),
    "a manifest of another kind": lambda place, _: raw_archive(place, ("manifest.json", b"[1]", ZIP_DEFLATED)),
    "a folder": lambda place, _: place.mkdir(),
}


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("name", ARCHIVES)
def test_what_is_not_a_backup_is_refused(name: str, backup: Path, target: str, tmp_path: Path) -> None:
    bad = tmp_path / "bad.zip"
    ARCHIVES[name](bad, backup.read_bytes())
    outcome = run_command(target, "restore", bad, "--files", tmp_path / "elsewhere")
    if name == "a folder":
        assert outcome.status == ExitCode.USAGE
    else:
        refused(outcome, tmp_path)


LISTED = 7
"""Receipts of the household without the archived one."""

STORES = {
    "a trigger": "CREATE TRIGGER harm AFTER INSERT ON files BEGIN DELETE FROM receipts; END",
    "a view": "CREATE VIEW harm AS SELECT * FROM receipts",
    "no receipts": "DROP TABLE receipts",
    "no step": "DROP TABLE alembic_version",
}


@pytest.mark.parametrize("name", STORES)
def test_a_store_that_runs_what_is_not_ours_or_lacks_tables_is_not_restored(
    name: str, backup: Path, target: str, tmp_path: Path
) -> None:
    store = tmp_path / "store.sqlite"
    with ZipFile(backup) as archive:
        store.write_bytes(archive.read("store/receipts.sqlite"))
    with closing(sqlite3.connect(store)) as raw:
        raw.execute(STORES[name])
        raw.commit()
    bad = changed(backup, tmp_path / "bad.zip", nothing, **{"store/receipts.sqlite": store.read_bytes()})
    refused(run_command(target, "restore", bad, "--files", tmp_path / "elsewhere"), tmp_path)


def test_a_store_with_receipts_is_left_alone_unless_it_is_to_be_kept_aside(backup: Path, tmp_path: Path) -> None:
    target, below = f"sqlite:///{tmp_path / 'there.sqlite'}", tmp_path / "elsewhere"
    with closing(Database(target)) as database:
        keep_one(database, merchant="Only Here")
    before = run_command(target, "list").stdout
    outcome = run_command(target, "restore", backup, "--files", below)
    assert outcome.status == ExitCode.USAGE
    assert "--force" in outcome.stderr
    assert run_command(target, "list").stdout == before
    assert not below.exists()
    assert run_command(target, "restore", backup, "--files", below, "--force").status == ExitCode.OK
    assert "Only Here" not in run_command(target, "list").stdout
    (aside,) = tmp_path.glob("there.sqlite.before-restore-*")
    assert run_command(f"sqlite:///{aside}", "list").stdout == before


def test_a_damaged_store_is_kept_aside_as_it_is(backup: Path, tmp_path: Path) -> None:
    store = tmp_path / "there.sqlite"
    store.write_bytes(b"what a failing card left" * 500)
    target, below = f"sqlite:///{store}", tmp_path / "elsewhere"
    assert run_command(target, "restore", backup, "--files", below).status == ExitCode.USAGE
    assert run_command(target, "restore", backup, "--files", below, "--force").status == ExitCode.OK
    (aside,) = tmp_path.glob("there.sqlite.before-restore-*")
    assert aside.read_bytes() == b"what a failing card left" * 500
    assert len(run_command(target, "list").lines) == LISTED


def test_an_empty_store_makes_room(backup: Path, target: str, tmp_path: Path) -> None:
    Database(target).close()
    assert run_command(target, "restore", backup, "--files", tmp_path / "elsewhere").status == ExitCode.OK
    assert len(run_command(target, "list").lines) == LISTED
    assert sorted(path.name for path in (tmp_path / "new").iterdir() if "-" not in path.name) == ["receipts.sqlite"]


def test_a_store_that_another_program_has_open_is_not_moved(backup: Path, target: str, tmp_path: Path) -> None:
    with closing(Database(target)) as open_one, open_one.snapshot() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM files").scalar()
        outcome = run_command(target, "restore", backup, "--files", tmp_path / "elsewhere")
    assert outcome.status == ExitCode.USAGE
    assert "close it" in outcome.stderr
    assert files_below(tmp_path / "elsewhere") == {}


def test_a_folder_that_is_not_empty_is_not_filled(backup: Path, target: str, tmp_path: Path) -> None:
    below = tmp_path / "full"
    below.mkdir()
    (below / "mine.txt").write_text("mine", "utf-8")
    outcome = run_command(target, "restore", backup, "--files", below)
    assert outcome.status == ExitCode.USAGE
    assert files_below(below) == {"mine.txt": b"mine"}


@pytest.mark.slow
def test_a_restore_that_is_killed_is_done_again_into_the_same_folder(tmp_path: Path, target: str) -> None:
    household = fill(tmp_path / "receipts", f"sqlite:///{tmp_path / 'receipts.sqlite'}")
    os.truncate(max((household.folder / "done").rglob("*.jpg")), 50_000_000)
    assert run_command(household.url, "backup", tmp_path / "backup.zip").status == ExitCode.NEEDS_REVIEW
    below = tmp_path / "elsewhere"
    words = command("restore", "--store", target, tmp_path / "backup.zip", "--files", below)
    process = subprocess.Popen(words, cwd=PROJECT)
    while not list(below.rglob("*.part")):
        assert process.poll() is None
        time.sleep(0.005)
    process.kill()
    process.wait()
    assert not (tmp_path / "new" / "receipts.sqlite").exists()
    assert run_command(target, "restore", tmp_path / "backup.zip", "--files", below).status == ExitCode.OK
    there = below / str(household.folder).lstrip("/")
    assert {name: data for name, data in files_below(there).items() if not name.endswith(".part")} == household.files()
    left = json.loads(run_command(target, "verify", "--quick", "--format", "json").stdout)
    assert "temporary" in {one["code"] for one in left}


def test_another_file_in_the_place_of_one_is_left_alone_and_reported(tmp_path: Path, target: str) -> None:
    household = fill(tmp_path / "receipts", f"sqlite:///{tmp_path / 'receipts.sqlite'}")
    assert run_command(household.url, "backup", tmp_path / "backup.zip").status == ExitCode.OK
    first, second, third = sorted((household.folder / "done").rglob("*.jpg"))
    first.write_bytes(b"another one")
    second.unlink()
    second.symlink_to(tmp_path / "victim")
    third.unlink()
    outcome = run_command(target, "restore", tmp_path / "backup.zip")
    assert outcome.status == ExitCode.NEEDS_REVIEW
    assert str(first) in outcome.stderr
    assert first.read_bytes() == b"another one"
    assert not (tmp_path / "victim").exists()
    assert third.is_file()


def test_a_restore_that_fails_takes_away_what_it_wrote_and_can_be_done_again(tmp_path: Path, target: str) -> None:
    household = fill(tmp_path / "receipts", f"sqlite:///{tmp_path / 'receipts.sqlite'}")
    before = household.files()
    assert run_command(household.url, "backup", tmp_path / "backup.zip").status == ExitCode.OK
    shutil.rmtree(household.folder)
    household.folder.mkdir()
    (household.folder / "review").write_text("no folder", "utf-8")
    outcome = run_command(target, "restore", tmp_path / "backup.zip")
    assert outcome.status == ExitCode.USAGE
    assert "nothing was restored" in outcome.stderr
    assert household.files() == {"review": b"no folder"}
    assert files_below(tmp_path / "new") == {}
    (household.folder / "review").unlink()
    assert run_command(target, "restore", tmp_path / "backup.zip").status == ExitCode.OK
    assert household.files() == before
