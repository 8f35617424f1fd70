"""Inconsistencies are found and reported with a remedy; what people do with their files is not a fault."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from rpiocr.store.database import Database
from rpiocr.watch.spool import Spool
from tests.keep.household import Household, files_below, fill
from tests.store.program import run_command

Findings = list[dict[str, str]]


def verified(url: str, *arguments: str) -> tuple[int, Findings]:
    """The exit status, and what was found besides what is good."""
    outcome = run_command(url, "verify", "--format", "json", *arguments)
    findings: Findings = json.loads(outcome.stdout)
    return outcome.status, [one for one in findings if one["grade"] != "good"]


@pytest.fixture
def kept(tmp_path: Path) -> Household:
    """A household with private files and a store of SQLite."""
    household = fill(tmp_path / "receipts", f"sqlite:///{tmp_path / 'store' / 'receipts.sqlite'}")
    for path in (tmp_path / "store").iterdir():
        path.chmod(0o600)
    for folder in (tmp_path / "state").rglob("*"):
        folder.chmod(0o700 if folder.is_dir() else 0o600)
    return household


def test_where_all_fits_nothing_is_to_be_looked_at_and_nothing_is_changed(household: Household, tmp_path: Path) -> None:
    for path in (tmp_path / "store").glob("*"):
        path.chmod(0o600)
    for folder in (tmp_path / "state").rglob("*"):
        folder.chmod(0o700 if folder.is_dir() else 0o600)
    before = files_below(tmp_path)
    assert verified(household.url) == (ExitCode.OK, [])
    assert {name: data for name, data in files_below(tmp_path).items() if not name.endswith(("-shm", "-wal"))} == before
    said = run_command(household.url, "verify").stdout
    assert "6 of 6 files match the store" in said
    assert "all values of 8 receipts are valid" in said


def first(household: Household) -> Path:
    """The first accepted file."""
    return min((household.folder / "done").rglob("*.jpg"))


def sidecar(household: Household) -> Path:
    """Its results."""
    place = first(household)
    return place.with_name(f"{place.name}.json")


def sql(statement: str) -> Callable[[Household], object]:
    """A change of the store that no command makes."""

    def change(household: Household) -> None:
        with closing(sqlite3.connect(household.url.removeprefix("sqlite:///"))) as raw:
            raw.execute(statement)
            raw.commit()

    return change


def removed(path: Path) -> Path:
    """A path at which nothing is any more."""
    path.unlink()
    return path


Harm = Callable[[Household], object]

LOOK: dict[str, tuple[str, Harm]] = {
    "other bytes": ("changed", lambda one: first(one).write_bytes(b"another")),
    "a byte is wrong": ("changed", lambda one: first(one).write_bytes(first(one).read_bytes()[:-1] + b"x")),
    "results of another file": ("foreign_results", lambda one: sidecar(one).write_text('{"sha256": "00"}')),
    "damaged results": ("damaged_results", lambda one: sidecar(one).write_text('{"sha256": ')),
    "results are a FIFO": ("damaged_results", lambda one: os.mkfifo(removed(sidecar(one)))),
    "half-written": ("temporary", lambda one: first(one).with_name(".x.jpg.0123456789abcdef.part").touch()),
    "half-written results": ("temporary", lambda one: (Spool(one.url).folder / ".9.json.ab.part").touch()),
    "orphaned results": ("orphaned_results", lambda one: (Spool(one.url).folder / "999.json").write_text("[]")),
    "lost results": ("lost_results", lambda one: next(Spool(one.url).folder.glob("*.json")).unlink()),
    "too many rights": ("rights", lambda one: Path(one.url.removeprefix("sqlite:///")).chmod(0o644)),
    "an amount that is none": ("damaged_row", sql("UPDATE receipts SET amount = 'NaN' WHERE id = 2")),
    "text that is none": ("damaged_row", sql("UPDATE files SET path = CAST(x'ff' AS TEXT) WHERE id = 1")),
    "a receipt without its file": ("orphan", sql("DELETE FROM files WHERE id = 1")),
    "words without receipts": ("words", sql("INSERT INTO receipt_words(receipt_words) VALUES ('delete-all')")),
    "words without items": ("words", sql("INSERT INTO item_words(item_words) VALUES ('delete-all')")),
}


@pytest.mark.parametrize("name", LOOK)
def test_what_should_be_looked_at_is_found_with_what_to_do(name: str, kept: Household) -> None:
    code, harm = LOOK[name]
    harm(kept)
    status, findings = verified(kept.url)
    assert status == ExitCode.NEEDS_REVIEW
    assert code in {one["code"] for one in findings if one["grade"] == "look"}, findings
    assert all(one["remedy"] for one in findings if one["grade"] == "look")


NOTES: dict[str, tuple[str, Harm]] = {
    "deleted": ("gone", lambda one: first(one).unlink()),
    "results deleted": ("no_results", lambda one: sidecar(one).unlink()),
    "put there by hand": (
        "unknown_file",
        lambda one: first(one).with_name("note.txt").write_text("for the tax office"),
    ),
    "renamed": ("unknown_file", lambda one: first(one).rename(first(one).with_name("mine.jpg"))),
}


@pytest.mark.parametrize("name", NOTES)
def test_what_people_do_with_their_files_is_not_a_fault(name: str, kept: Household) -> None:
    code, change = NOTES[name]
    change(kept)
    status, findings = verified(kept.url)
    assert status == ExitCode.OK, findings
    assert code in {one["code"] for one in findings}


def test_a_file_that_a_killed_watch_left_under_a_private_name_is_named(kept: Household) -> None:
    claim = kept.inbox / ".rpiocr-claim-0"
    claim.mkdir()
    (claim / "scan.jpg").write_bytes(b"a receipt")
    status, findings = verified(kept.url)
    (named,) = (one for one in findings if one["code"] == "claimed")
    assert status == ExitCode.OK
    assert str(claim / "scan.jpg") in named["what"]
    assert f"rpiocr watch --once {kept.inbox}" in named["remedy"]


def test_a_quick_look_reads_no_file_and_finds_those_that_are_gone(kept: Household) -> None:
    place = first(kept)
    place.write_bytes(b"another")
    assert verified(kept.url, "--quick") == (ExitCode.OK, [])
    place.unlink()
    status, findings = verified(kept.url, "--quick")
    assert status == ExitCode.OK
    assert [one["code"] for one in findings if one["code"] == "gone"] == ["gone"]


@pytest.mark.parametrize(
    "harm",
    [
        lambda file: file.unlink(),
        lambda file: file.write_bytes(b"no database " * 900),
        lambda file: os.truncate(file, file.stat().st_size // 2),
        lambda file: file.write_bytes(file.read_bytes()[:8192] + bytes(60000) + file.read_bytes()[68192:]),
        lambda file: removed(file).mkdir(),
    ],
    ids=["gone", "no database", "cut", "zeroes", "a directory"],
)
def test_a_store_that_cannot_be_used_is_reported(harm: Callable[[Path], object], kept: Household) -> None:
    file = Path(kept.url.removeprefix("sqlite:///"))
    Database(kept.url).close()
    for beside in file.parent.glob(f"{file.name}-*"):
        beside.unlink()
    harm(file)
    status, findings = verified(kept.url)
    assert status == ExitCode.STORE
    assert [one for one in findings if one["grade"] == "broken"]


def test_text_for_people_shows_no_control_characters(kept: Household) -> None:
    first(kept).with_name("\x1b]52;c;AAAA\x07.jpg").write_bytes(b"x")
    said = run_command(kept.url, "verify").stdout
    assert "\\x1b]52" in said
    assert "\x1b]52" not in said
