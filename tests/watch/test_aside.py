"""A file that is claimed keeps its name, and gets it back."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rpiocr.watch.aside import PREFIX, Aside, left_aside, put_aside, tidy
from rpiocr.watch.inbox import entries

NAMES = ["scan.jpg", "n" * 251 + ".jpg", os.fsdecode(b"in\xffvalid\n\x1b.jpg")]


@pytest.mark.parametrize("name", NAMES, ids=["short", "255 bytes", "no UTF-8"])
def test_whatever_a_file_is_called_it_gets_its_name_back_after_a_crash(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"a")
    put_aside(tmp_path / name, 0o600)
    assert list(entries(tmp_path)) == []

    (left,) = left_aside(tmp_path)

    assert left.put_back(renamed=True) == tmp_path / name
    assert names_in(tmp_path) == [name]


def test_a_file_whose_name_is_taken_gets_another_one_and_both_are_kept(tmp_path: Path) -> None:
    aside = _claimed(tmp_path / "scan.jpg", b"first")
    (tmp_path / "scan.jpg").write_bytes(b"second")
    (tmp_path / "scan_2.jpg").write_bytes(b"third")
    assert aside.put_back(renamed=False) is None
    assert aside.is_there
    assert aside.put_back(renamed=True) == tmp_path / "scan_3.jpg"
    assert [(tmp_path / name).read_bytes() for name in names_in(tmp_path)] == [b"second", b"third", b"first"]


def test_a_file_with_both_names_since_a_crash_keeps_its_own_one(tmp_path: Path) -> None:
    aside = _claimed(tmp_path / "scan.jpg", b"first")
    os.link(aside.place, tmp_path / "scan.jpg")
    assert aside.put_back(renamed=True) == tmp_path / "scan.jpg"
    assert names_in(tmp_path) == ["scan.jpg"]


def test_whatever_took_the_files_place_before_it_was_claimed_gets_its_name_back(tmp_path: Path) -> None:
    for name in ("folder", "link", "pipe"):
        if name == "folder":
            (tmp_path / name).mkdir()
        elif name == "link":
            (tmp_path / name).symlink_to("nowhere")
        else:
            os.mkfifo(tmp_path / name)
        kind = (tmp_path / name).lstat().st_mode
        assert put_aside(tmp_path / name, 0o600).put_back(renamed=True) == tmp_path / name
        assert (tmp_path / name).lstat().st_mode == kind
    assert names_in(tmp_path) == ["folder", "link", "pipe"]


def test_nothing_is_taken_from_where_a_link_that_looks_like_a_claim_leads(tmp_path: Path) -> None:
    private, inbox = tmp_path / "private", tmp_path / "inbox"
    for folder in (private, inbox):
        folder.mkdir()
    (private / "letter.jpg").write_bytes(b"precious")
    (inbox / f"{PREFIX}0").symlink_to(private)
    assert list(left_aside(inbox)) == []
    tidy(inbox)
    assert (private / "letter.jpg").read_bytes() == b"precious"


def test_a_claim_that_a_crash_left_empty_is_removed(tmp_path: Path) -> None:
    (tmp_path / f"{PREFIX}0").mkdir()
    _claimed(tmp_path / "scan.jpg", b"a")
    tidy(tmp_path)
    assert len(list(left_aside(tmp_path))) == len(names_in(tmp_path)) == 1


def test_nothing_stays_behind_where_there_is_nothing_to_claim(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        put_aside(tmp_path / "scan.jpg", 0o600)
    assert names_in(tmp_path) == []


def names_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


def _claimed(path: Path, data: bytes) -> Aside:
    path.write_bytes(data)
    return put_aside(path, 0o600)
