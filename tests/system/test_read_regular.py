"""What another program has written is read only if it is a file, and not too large a one."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from rpiocr.system.files import read_regular


@pytest.mark.parametrize("size", [0, 1, 10])
def test_a_file_is_read_up_to_the_limit(size: int, tmp_path: Path) -> None:
    (tmp_path / "answer").write_bytes(bytes(size))
    assert read_regular(tmp_path / "answer", 10) == bytes(size)


@pytest.mark.parametrize("size", [11, 10 * 1024**3])
def test_a_file_over_the_limit_is_refused_sparse_or_not(size: int, tmp_path: Path) -> None:
    with (tmp_path / "answer").open("wb") as stream:
        stream.truncate(size)
    with pytest.raises(OSError, match="more than 10 bytes"):
        read_regular(tmp_path / "answer", 10)


def test_a_file_with_a_reported_size_of_zero_is_bounded_too() -> None:
    with pytest.raises(OSError, match="more than 10 bytes"):
        read_regular(Path("/proc/self/status"), 10)


def test_a_fifo_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "answer")
    with pytest.raises(OSError, match="not a regular file"):
        read_regular(tmp_path / "answer", 10)
