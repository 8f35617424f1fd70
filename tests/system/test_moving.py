"""Files are moved without ever taking the place of another one."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rpiocr.system.files import sweep, temporary_for, write_whole
from rpiocr.system.moving import copy_new, move_new


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A directory on another file system than the tests' own."""
    memory = Path("/dev/shm")  # noqa: S108 - another file system is what is wanted
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system here")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def names_in(folder: Path) -> list[str]:
    return sorted(one.name for one in folder.iterdir())


@pytest.mark.parametrize("taken_by", ["file", "link", "folder"])
def test_what_has_the_name_already_stays_and_so_does_the_file(tmp_path: Path, taken_by: str) -> None:
    source, target = tmp_path / "a", tmp_path / "b"
    source.write_bytes(b"new")
    if taken_by == "link":
        target.symlink_to("nowhere")
    elif taken_by == "folder":
        target.mkdir()
    else:
        target.touch()
    before = target.lstat().st_ino
    with pytest.raises(FileExistsError):
        move_new(source, target)
    assert source.read_bytes() == b"new"
    assert target.lstat().st_ino == before


def test_a_link_is_moved_itself(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("nowhere")
    move_new(tmp_path / "a", tmp_path / "b")
    assert (tmp_path / "b").readlink() == Path("nowhere")
    assert not os.path.lexists(tmp_path / "a")


def test_a_copy_on_another_disk_has_the_bytes_the_rights_and_the_time(tmp_path: Path, elsewhere: Path) -> None:
    source = tmp_path / "a"
    source.write_bytes(os.urandom(3_000_000))
    source.chmod(0o640)
    os.utime(source, ns=(10**18, 10**18 + 5))
    copy_new(source, elsewhere / "b")
    copied = (elsewhere / "b").stat()
    assert (elsewhere / "b").read_bytes() == source.read_bytes()
    assert (stat.S_IMODE(copied.st_mode), copied.st_mtime_ns) == (0o640, 10**18 + 5)
    assert names_in(elsewhere) == ["b"]


def test_a_copy_takes_no_other_files_place_and_leaves_nothing_next_to_it(tmp_path: Path, elsewhere: Path) -> None:
    (tmp_path / "a").write_bytes(b"new")
    (elsewhere / "b").write_bytes(b"precious")
    with pytest.raises(FileExistsError):
        copy_new(tmp_path / "a", elsewhere / "b")
    assert (elsewhere / "b").read_bytes() == b"precious"
    assert names_in(elsewhere) == ["b"]


def test_only_what_a_killed_writer_of_this_very_file_left_is_swept(tmp_path: Path) -> None:
    path = tmp_path / "a[1].json"
    write_whole(path, "{}")
    left = temporary_for(path)
    others = [temporary_for(tmp_path / "a1.json"), tmp_path / ".a[1].json.part", tmp_path / ".a[1].json.x.part"]
    for one in (left, *others):
        one.touch()
    sweep(path)
    assert sorted(tmp_path.iterdir()) == sorted([path, *others])
