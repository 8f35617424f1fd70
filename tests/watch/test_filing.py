"""What is filed is what was read, in a place where nothing was."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from rpiocr.watch.errors import ChangedError, NotFiledError
from rpiocr.watch.filing import complete, is_filed, put, sidecar_of

READ = b"a picture"
SHA = hashlib.sha256(READ).hexdigest()
ANSWER = b'{"amount": 1}\n'


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The file that was read."""
    (tmp_path / "inbox").mkdir()
    path = tmp_path / "inbox" / "scan.jpg"
    path.write_bytes(READ)
    return path


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """A directory on another file system than the tests' own."""
    memory = Path("/dev/shm")  # noqa: S108 - another file system is what is wanted
    if not os.access(memory, os.W_OK) or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("there is no second file system here")
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def file(source: Path, place: Path, mode: int = 0o600) -> None:
    put(source, place, SHA, ANSWER, top=place.parents[1], mode=mode)


def below(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_file_that_changed_after_it_was_read_is_not_filed(source: Path, tmp_path: Path) -> None:
    source.write_bytes(READ + b" and more")
    with pytest.raises(ChangedError):
        file(source, tmp_path / "review" / "scan.jpg")
    assert below(tmp_path) == {"inbox/scan.jpg": READ + b" and more"}


def test_on_another_disk_the_file_is_there_as_a_whole_before_it_is_gone_here(source: Path, elsewhere: Path) -> None:
    file(source, elsewhere / "review" / "scan.jpg")
    assert below(elsewhere) == {"review/scan.jpg": READ, "review/scan.jpg.json": ANSWER}
    assert not source.exists()


def test_a_file_that_changed_is_not_filed_on_another_disk_either(source: Path, elsewhere: Path) -> None:
    source.write_bytes(b"another picture")
    with pytest.raises(ChangedError):
        file(source, elsewhere / "review" / "scan.jpg")
    assert below(elsewhere) == {}
    assert source.read_bytes() == b"another picture"


def test_where_results_cannot_be_written_the_file_stays_where_it_was(source: Path, tmp_path: Path) -> None:
    with pytest.raises(NotFiledError):
        file(source, tmp_path / "review" / ("n" * 252))
    assert below(tmp_path) == {"inbox/scan.jpg": READ}


def test_a_file_at_the_destination_is_neither_lost_nor_given_another_files_results(
    source: Path, tmp_path: Path
) -> None:
    place = tmp_path / "review" / "scan.jpg"
    place.parent.mkdir()
    place.write_bytes(b"precious")
    with pytest.raises(NotFiledError):
        file(source, place)
    assert below(tmp_path) == {"inbox/scan.jpg": READ, "review/scan.jpg": b"precious"}


@pytest.mark.parametrize("planted", ["review", "review/2024"])
def test_a_link_in_place_of_a_folder_is_not_followed(source: Path, tmp_path: Path, planted: str) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (tmp_path / planted).parent.mkdir(exist_ok=True)
    (tmp_path / planted).symlink_to(victim)
    with pytest.raises(NotFiledError, match="is a symbolic link"):
        put(source, tmp_path / "review" / "2024" / "scan.jpg", SHA, ANSWER, top=tmp_path, mode=0o600)
    assert list(victim.iterdir()) == []
    assert source.read_bytes() == READ


def test_a_household_can_look_into_what_is_filed_for_it(source: Path, tmp_path: Path) -> None:
    source.chmod(0o640)
    place = tmp_path / "done" / "2024" / "scan.jpg"
    put(source, place, SHA, ANSWER, top=tmp_path, mode=0o660)
    modes = [stat.S_IMODE(one.stat().st_mode) for one in (place.parents[1], place.parent, place, sidecar_of(place))]
    assert modes == [0o770, 0o770, 0o640, 0o660]


def test_what_a_crash_left_half_done_is_known_by_its_bytes_and_completed(source: Path, tmp_path: Path) -> None:
    place = tmp_path / "scan.jpg"
    assert not is_filed(place, SHA, ANSWER)
    place.write_bytes(READ)
    (tmp_path / ".scan.jpg.json.0123456789abcdef.part").write_bytes(ANSWER[:3])
    assert is_filed(place, SHA, ANSWER)
    complete(source, place, ANSWER, 0o600)
    assert below(tmp_path) == {"scan.jpg": READ, "scan.jpg.json": ANSWER}


def test_another_file_with_the_same_bytes_and_results_of_its_own_is_not_taken_for_it(tmp_path: Path) -> None:
    place = tmp_path / "scan.jpg"
    place.write_bytes(READ)
    sidecar_of(place).write_bytes(b'{"amount": 2}\n')
    assert not is_filed(place, SHA, ANSWER)
