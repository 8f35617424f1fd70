from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from rpiocr.errors import (
    EmptyFileError,
    FileMissingError,
    InputError,
    NotAFileError,
    NotPermittedError,
    PictureTooLargeError,
    UnknownFormatError,
)
from rpiocr.load import load_pages
from rpiocr.load.source import MAX_BYTES, read_source

from .samples import encoded, quarters


def refused(file: Path | str, error: type[InputError]) -> str:
    """Load what must not load, and return the message, which has to name the file and be a sentence."""
    with pytest.raises(error) as caught:
        list(load_pages(str(file)))
    message = str(caught.value)
    assert str(file) in message
    assert message.endswith(".")
    return message


def test_a_missing_file_is_reported_by_name(tmp_path: Path) -> None:
    assert "check the path" in refused(tmp_path / "nothing.jpg", FileMissingError)


def test_a_path_through_a_file_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    refused(tmp_path / "file" / "picture.jpg", FileMissingError)


def test_a_link_to_nowhere_is_missing(tmp_path: Path) -> None:
    (tmp_path / "link.jpg").symlink_to(tmp_path / "nothing.jpg")
    refused(tmp_path / "link.jpg", FileMissingError)


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link.jpg").symlink_to(tmp_path / "link.jpg")
    refused(tmp_path / "link.jpg", InputError)


@pytest.mark.parametrize("name", ["a\0b.jpg", "x" * 5000])
def test_an_impossible_path_is_refused(name: str) -> None:
    refused(name, InputError)


def test_a_directory_is_not_a_file(tmp_path: Path) -> None:
    refused(tmp_path, NotAFileError)


def test_a_fifo_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo.jpg")
    refused(tmp_path / "fifo.jpg", NotAFileError)


def test_a_device_is_not_a_file() -> None:
    refused("/dev/zero", NotAFileError)


def test_a_link_is_followed_only_if_the_user_named_it(tmp_path: Path) -> None:
    (tmp_path / "receipt.jpg").write_bytes(b"private")
    (tmp_path / "link.jpg").symlink_to("receipt.jpg")
    assert read_source(str(tmp_path / "link.jpg")).data == b"private"
    with pytest.raises(NotAFileError, match=r"link\.jpg"):
        read_source(str(tmp_path / "link.jpg"), follow=False)


def test_a_file_that_is_written_to_all_the_time_is_not_read_in_part(tmp_path: Path) -> None:
    path, ended = tmp_path / "receipt.jpg", threading.Event()
    path.write_bytes(bytes(40_000_000))

    def write() -> None:
        with path.open("ab", buffering=0) as stream:
            while not ended.is_set():
                stream.write(b"x")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        with pytest.raises(InputError, match="is being written"):
            read_source(str(path))
    finally:
        ended.set()
        writer.join()
    assert len(read_source(str(path)).data) == path.stat().st_size


@contextmanager
def as_ordinary_user() -> Iterator[None]:
    """Root may read everything, so root becomes the user nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_file_without_read_permission_is_reported_as_such(tmp_path: Path) -> None:
    path = tmp_path / "receipt.jpg"
    path.write_bytes(encoded(quarters(), "JPEG"))
    path.chmod(0)
    with as_ordinary_user():
        assert "permissions" in refused(path, NotPermittedError)


def test_an_empty_file_is_reported_as_such(tmp_path: Path) -> None:
    (tmp_path / "receipt.jpg").touch()
    refused(tmp_path / "receipt.jpg", EmptyFileError)


@pytest.mark.parametrize("content", [b"not a picture", b"BM is a text", b"\0" * 100, b"\xff\xd8", b"RIFF\0\0\0\0WAVE"])
def test_text_named_jpg_is_not_an_image(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "receipt.jpg").write_bytes(content)
    assert "JPEG" in refused(tmp_path / "receipt.jpg", UnknownFormatError)


def test_a_file_of_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "huge.jpg"
    with path.open("wb") as file:
        file.truncate(2**40)
    refused(path, PictureTooLargeError)


def test_endless_standard_input_is_cut_short() -> None:
    with Path("/dev/zero").open("rb") as endless:
        with pytest.raises(PictureTooLargeError, match="standard input"):
            list(load_pages("-", stream=endless))
        assert endless.tell() <= MAX_BYTES + 2**20


def test_standard_input_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "written.jpg").open("wb") as stream, pytest.raises(InputError, match="standard input"):
        list(load_pages("-", stream=stream))


def test_a_file_named_dash_can_be_given_with_its_directory(tmp_path: Path) -> None:
    (tmp_path / "-").write_bytes(encoded(quarters(), "PNG"))
    assert len(list(load_pages(str(tmp_path / "-")))) == 1


PROGRAM = """
from rpiocr.errors import InputError
from rpiocr.load import load_pages
try:
    print(*[(page.file, page.pixels.shape, page.sha256) for page in load_pages("-")])
except InputError as error:
    print(error.code)
"""


def run_with(redirection: str, path: Path) -> str:
    """Run ``PROGRAM`` in a shell with its standard input redirected from ``path``."""
    command = f'exec "$1" -c "$2" {redirection}'
    done = subprocess.run(
        ["/bin/sh", "-c", command, "sh", sys.executable, PROGRAM, str(path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stderr == ""
    return done.stdout.strip()


def test_dash_reads_the_standard_input_of_the_process(tmp_path: Path) -> None:
    path = tmp_path / "receipt"
    path.write_bytes(encoded(quarters(), "PNG"))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert run_with('< "$3"', path) == str(("-", (120, 160), digest))


@pytest.mark.parametrize(("redirection", "code"), [("< /dev/null", "empty_file"), ("<&-", "empty_file")])
def test_no_standard_input_is_an_empty_file(redirection: str, code: str, tmp_path: Path) -> None:
    assert run_with(redirection, tmp_path) == code
