"""Files are written atomically, through no link, and never over files of other users."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rpiocr.system.files import (
    creating,
    folder_mode,
    make_file,
    make_folder,
    make_own_folder,
    open_regular,
    output,
    read_regular,
    replacing,
    write_whole,
)
from rpiocr.system.lock import locked


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_file_is_readable_by_its_owner_only(tmp_path: Path) -> None:
    write_whole(tmp_path / "a.json", "{}\n")
    assert (tmp_path / "a.json").read_text("utf-8") == "{}\n"
    assert mode_of(tmp_path / "a.json") == 0o600


def test_a_household_can_share_new_files_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o077)
    try:
        write_whole(tmp_path / "a", b"x", 0o664)
    finally:
        os.umask(before)
    assert mode_of(tmp_path / "a") == 0o664


def test_a_file_that_is_replaced_keeps_its_rights(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o640)
    write_whole(path, b"new")
    assert (path.read_bytes(), mode_of(path)) == (b"new", 0o640)


def test_what_a_link_leads_to_is_left_as_it_is(tmp_path: Path) -> None:
    victim, link = tmp_path / "victim", tmp_path / "link"
    victim.write_bytes(b"precious")
    link.symlink_to(victim)
    write_whole(link, b"ours")
    assert victim.read_bytes() == b"precious"
    assert not link.is_symlink()
    assert link.read_bytes() == b"ours"


def test_a_failure_leaves_what_was_there_and_nothing_next_to_it(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), replacing(path) as stream:
        stream.write(b"half of it")
        raise RuntimeError
    assert [one.name for one in tmp_path.iterdir()] == ["a"]
    assert path.read_bytes() == b"old"


def test_the_longest_name_of_a_file_system_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 127)
    write_whole(path, b"x")
    assert path.read_bytes() == b"x"


def test_a_fifo_that_a_user_names_gets_what_is_written(tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(fifo.read_bytes()))
    reader.start()
    with output(fifo) as stream:
        stream.write(b"through")
    reader.join()
    assert got == [b"through"]
    assert stat.S_ISFIFO(fifo.stat().st_mode)


def test_a_fifo_in_place_of_a_file_of_ours_blocks_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a")
    write_whole(tmp_path / "a", b"x")
    assert (tmp_path / "a").read_bytes() == b"x"


def test_standard_output_that_is_a_file_is_written_to_behind_what_it_holds(tmp_path: Path) -> None:
    program = """
from pathlib import Path
from rpiocr.system.files import output
with output(Path('/dev/stdout')) as stream:
    stream.write(b'b')
"""
    out = tmp_path / "out"
    with out.open("wb") as stream:
        stream.write(b"a")
        stream.flush()
        subprocess.run([sys.executable, "-c", program], stdout=stream, check=True)
    assert out.read_bytes() == b"ab"


@pytest.mark.parametrize("flags", [os.O_RDWR | os.O_CREAT, os.O_RDONLY])
def test_a_file_that_is_locked_is_not_opened_through_a_link(tmp_path: Path, flags: int) -> None:
    (tmp_path / "victim").write_bytes(b"precious")
    (tmp_path / "lock").symlink_to("victim")
    with pytest.raises(OSError, match="symbolic links"):
        open_regular(tmp_path / "lock", flags)


def test_a_fifo_in_place_of_a_lock_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "lock")
    with pytest.raises(OSError, match="not a regular file"):
        open_regular(tmp_path / "lock", os.O_RDONLY)


def test_folders_are_made_for_their_owner_and_old_ones_stay_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir(mode=0o755)
    make_folder(tmp_path / "old" / "a" / "b")
    assert [mode_of(tmp_path / one) for one in ("old", "old/a", "old/a/b")] == [0o755, 0o700, 0o700]


def test_a_folder_of_the_program_is_not_made_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    (tmp_path / "ours").symlink_to("victim")
    with pytest.raises(NotADirectoryError, match="link"):
        make_own_folder(tmp_path / "ours")


@pytest.mark.parametrize(("files", "folders"), [(0o600, 0o700), (0o640, 0o750), (0o664, 0o775), (0o660, 0o770)])
def test_who_may_read_files_may_open_their_folders(files: int, folders: int) -> None:
    assert folder_mode(files) == folders


def test_a_file_for_a_library_is_made_for_its_owner_and_one_that_is_there_stays_as_it_is(tmp_path: Path) -> None:
    make_file(tmp_path / "a")
    assert (tmp_path / "a").read_bytes() == b""
    assert mode_of(tmp_path / "a") == 0o600
    (tmp_path / "a").write_bytes(b"old")
    (tmp_path / "a").chmod(0o644)
    make_file(tmp_path / "a")
    assert ((tmp_path / "a").read_bytes(), mode_of(tmp_path / "a")) == (b"old", 0o644)


@pytest.mark.parametrize("there", ["victim", "nothing"])
def test_a_file_for_a_library_is_not_made_through_a_link(tmp_path: Path, there: str) -> None:
    (tmp_path / "victim").write_bytes(b"precious")
    (tmp_path / "a").symlink_to(there)
    with pytest.raises(OSError, match="is a symbolic link"):
        make_file(tmp_path / "a")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["a", "victim"]


def test_a_file_of_the_program_is_not_read_through_a_link_or_from_a_fifo(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"secret")
    (tmp_path / "link").symlink_to("victim")
    os.mkfifo(tmp_path / "fifo")
    for name in ("link", "fifo"):
        with pytest.raises(OSError, match=r"link|not a regular file"):
            read_regular(tmp_path / name)
    assert read_regular(tmp_path / "victim") == b"secret"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")
def test_what_root_replaces_stays_its_owner_s(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    path.chmod(0o4640)
    os.chown(path, 1234, 2345)
    write_whole(path, b"new")
    after = path.stat()
    # The bit that lends the owner's rights is not passed on.
    assert (after.st_uid, after.st_gid, stat.S_IMODE(after.st_mode)) == (1234, 2345, 0o640)


def test_a_lock_is_held_by_one_at_a_time_and_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_bytes(b"precious")
    with locked(path, 0), pytest.raises(TimeoutError), locked(path, 0):
        pass
    with locked(path, 0):
        pass
    assert path.read_bytes() == b"precious"


def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    order = []
    held = threading.Event()

    def hold() -> None:
        with locked(tmp_path / "lock", 60):
            held.set()
            order.append("first")

    with locked(tmp_path / "lock", 60):
        waiting = threading.Thread(target=hold)
        waiting.start()
        assert not held.wait(0.2)
        order.append("zeroth")
    waiting.join()
    assert order == ["zeroth", "first"]


def test_a_lock_is_not_taken_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"precious")
    (tmp_path / "lock").symlink_to("victim")
    with pytest.raises(OSError, match="symbolic links"), locked(tmp_path / "lock", 0):
        pass
    assert (tmp_path / "victim").read_bytes() == b"precious"


def test_a_file_that_is_to_be_new_takes_the_place_of_nothing(tmp_path: Path) -> None:
    there, fresh = tmp_path / "there", tmp_path / "fresh"
    there.write_bytes(b"mine")
    with pytest.raises(FileExistsError), creating(there) as stream:
        stream.write(b"new")
    (tmp_path / "link").symlink_to(tmp_path / "victim")
    with pytest.raises(FileExistsError), creating(tmp_path / "link") as stream:
        stream.write(b"new")
    with creating(fresh) as stream:
        stream.write(b"new")
        assert not fresh.exists()
    assert (there.read_bytes(), fresh.read_bytes(), fresh.stat().st_mode & 0o777) == (b"mine", b"new", 0o600)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["fresh", "link", "there"]
