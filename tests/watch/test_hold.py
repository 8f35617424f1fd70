"""A folder has one watch, and its lock never costs a file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from rpiocr.watch.errors import HeldByAnotherError, InboxMissingError
from rpiocr.watch.hold import LOCK_NAME, Hold, hold


def test_a_link_that_is_planted_as_lock_costs_no_file(tmp_path: Path) -> None:
    inbox, victim = tmp_path / "inbox", tmp_path / "victim"
    inbox.mkdir()
    victim.write_bytes(b"precious")
    (inbox / LOCK_NAME).symlink_to(victim)
    with pytest.raises(InboxMissingError, match="is a symbolic link; remove it"), hold(inbox):
        pass
    assert victim.read_bytes() == b"precious"


@pytest.mark.parametrize("content", [b"precious", b"", b"process of law"])
def test_a_second_link_to_another_file_as_lock_leaves_its_content(tmp_path: Path, content: bytes) -> None:
    inbox, victim = tmp_path / "inbox", tmp_path / "victim"
    inbox.mkdir()
    victim.write_bytes(content)
    os.link(victim, inbox / LOCK_NAME)
    with hold(inbox):
        assert victim.read_bytes() == content
    assert victim.read_bytes() == content


def test_a_file_of_another_program_with_the_name_of_the_lock_keeps_its_text(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_bytes(b"my notes")
    with hold(tmp_path), pytest.raises(HeldByAnotherError) as caught, hold(tmp_path):
        pass
    assert "my notes" not in str(caught.value)
    assert (tmp_path / LOCK_NAME).read_bytes() == b"my notes"


def test_a_pipe_as_lock_is_refused_without_waiting_for_its_other_end(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / LOCK_NAME)
    with pytest.raises(InboxMissingError, match="not a regular file"), hold(tmp_path):
        pass


def test_the_text_on_the_holder_moves_no_cursor(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).write_bytes(b"process \x1b]52;c;ZXZpbA==\x07\n\xff")
    with hold(tmp_path) as held:
        os.pwrite(held.lock, b"process \x1b]52;c;ZXZpbA==\x07\n\xff", 0)
        with pytest.raises(HeldByAnotherError) as caught, hold(tmp_path):
            pass
    assert str(caught.value).isprintable()


def test_the_lock_is_private(tmp_path: Path) -> None:
    with hold(tmp_path):
        assert stat.S_IMODE((tmp_path / LOCK_NAME).stat().st_mode) == 0o600


def test_a_lock_that_was_deleted_still_keeps_others_away_and_its_loss_is_noticed(tmp_path: Path) -> None:
    with hold(tmp_path) as held:
        assert not noticed(held)
        (tmp_path / LOCK_NAME).unlink()
        assert noticed(held)
        with pytest.raises(HeldByAnotherError), hold(tmp_path):
            pass


def test_a_folder_that_was_made_again_is_not_taken_for_the_one_that_is_held(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    with hold(inbox) as held:
        inbox.rename(tmp_path / "old")
        assert noticed(held)
        inbox.mkdir()
        os.link(tmp_path / "old" / LOCK_NAME, inbox / LOCK_NAME)
        assert noticed(held)


def noticed(held: Hold) -> bool:
    return not held.is_good
