"""Which files a batch takes, and which it leaves alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from rpiocr.batch.paths import ListError, find, place_of

UNFINISHED = ("a.jpg.part", "b.jpg~", "c.crdownload", "d.tmp", ".hidden.jpg", ".syncthing.e.jpg.tmp")
BESIDE = ("shop.jpg.json", "Thumbs.db", "ehthumbs.db", "desktop.ini", ".DS_Store", "._shop.jpg", "~syncthing~a.jpg.tmp")
OF_SYSTEMS = ("@eaDir/a.jpg/SYNOPHOTO_THUMB_M.jpg", ".stversions/a.jpg", ".stfolder/b.jpg", "$RECYCLE.BIN/c.jpg")

NO_UTF8 = os.fsdecode(b"caf\xe9.jpg")
ODD = ("two\nlines.jpg", 'it\'s "quoted".jpg', NO_UTF8, "x" * 251 + ".jpg", "[a]*?.jpg", "$(id).jpg", "-rf")


def found(*paths: object) -> list[str]:
    return [entry.file for entry in find([str(path) for path in paths], lambda _: None)]


def make(folder: Path, *names: str) -> list[str]:
    """Make files, and return their paths in the order of their names."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x")
    return sorted(str(folder / name) for name in names)


def test_a_folder_is_read_with_all_folders_in_it_by_name(tmp_path: Path) -> None:
    assert found(tmp_path) == []
    wanted = make(tmp_path, "b/2.jpg", "a/1.png", "c.pdf", "x.jpg/inner.jpg", "no_ending")
    assert found(tmp_path) == wanted


def test_what_is_hidden_unfinished_or_no_image_is_left_alone_in_folders(tmp_path: Path) -> None:
    make(tmp_path, *UNFINISHED, *BESIDE, *OF_SYSTEMS, ".git/picture.jpg")
    wanted = make(tmp_path, "part.jpg")
    assert found(tmp_path) == found(f"{tmp_path}/*") == wanted


@pytest.mark.parametrize("name", [*UNFINISHED, *BESIDE])
def test_what_is_named_is_taken_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    assert found(*make(tmp_path, name)) == [str(tmp_path / name)]


def test_links_pipes_and_sockets_in_folders_are_not_followed(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    make(elsewhere, "private.jpg")
    inbox = tmp_path / "inbox"
    wanted = make(inbox, "a.jpg")
    (inbox / "link.jpg").symlink_to(elsewhere / "private.jpg")
    (inbox / "folder").symlink_to(elsewhere)
    (inbox / "loop").symlink_to(inbox)
    os.mkfifo(inbox / "pipe.jpg")
    assert found(inbox) == found(f"{inbox}/*") == wanted
    assert found(inbox / "folder") == [str(inbox / "folder" / "private.jpg")]


def test_what_a_watch_has_filed_is_passed_over_unless_it_is_named(tmp_path: Path) -> None:
    filed = make(tmp_path / "done", "2024/01/a.jpg")
    make(tmp_path, "failed/b.jpg", "review/c.jpg")
    inbox = make(tmp_path / "inbox", "d.jpg")
    passed: list[str] = []
    assert [entry.file for entry in find([str(tmp_path)], passed.append)] == inbox
    assert passed == [str(tmp_path / name) for name in ("done", "failed", "review")]
    assert found(tmp_path / "done") == filed


def test_a_pattern_that_the_shell_left_alone_is_filled_in(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", "b.png", "deep/c.jpg")
    assert found(f"{tmp_path}/*.jpg") == [str(tmp_path / "a.jpg")]
    assert found(f"{tmp_path}/**/*.jpg") == [str(tmp_path / "a.jpg"), str(tmp_path / "deep" / "c.jpg")]


def test_a_file_whose_name_looks_like_a_pattern_is_itself(tmp_path: Path) -> None:
    make(tmp_path, "a.jpg", "?.jpg")
    assert found(tmp_path / "?.jpg") == [str(tmp_path / "?.jpg")]


def test_what_is_not_there_is_taken_to_be_reported(tmp_path: Path) -> None:
    missing = [str(tmp_path / "no.jpg"), str(tmp_path / "no*.jpg"), ""]
    assert found(*missing) == missing


@pytest.mark.parametrize(("separator", "names"), [(b"\n", [name for name in ODD if "\n" not in name]), (b"\0", ODD)])
def test_a_list_names_any_file(separator: bytes, names: list[str], tmp_path: Path) -> None:
    make(tmp_path / "files", *names)
    files = [str(tmp_path / "files" / name) for name in names]
    (tmp_path / "list").write_bytes(b"".join(os.fsencode(file) + separator for file in files))
    assert found(f"@{tmp_path / 'list'}") == files


def test_a_list_may_name_folders_and_have_empty_lines_of_any_system(tmp_path: Path) -> None:
    wanted = make(tmp_path / "folder", "a.jpg", "b.jpg")
    (tmp_path / "list").write_bytes(os.fsencode(tmp_path / "folder") + b"\r\n\r\n")
    assert found(f"@{tmp_path / 'list'}") == wanted


def test_a_list_that_is_missing_is_reported(tmp_path: Path) -> None:
    with pytest.raises(ListError, match=r"@.*nothing.* cannot be read"):
        found(f"@{tmp_path / 'nothing'}")


def test_every_file_is_taken_once_however_it_is_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make(tmp_path / "real", "a.jpg")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    monkeypatch.chdir(tmp_path)
    assert found("real/a.jpg", "./real", tmp_path / "real", "link", "real/../real/*.jpg") == ["real/a.jpg"]
    assert place_of("link/a.jpg") == str(tmp_path / "real" / "a.jpg")


def test_names_of_any_kind_are_found_in_a_folder(tmp_path: Path) -> None:
    assert found(tmp_path) == []
    wanted = make(tmp_path, *ODD)
    assert found(tmp_path) == wanted


@pytest.mark.slow
def test_ten_thousand_files_are_found(tmp_path: Path) -> None:
    names = [f"{number:05}.jpg" for number in range(10_000)]
    for name in names:
        os.close(os.open(tmp_path / name, os.O_CREAT))
    assert [Path(file).name for file in found(tmp_path)] == names
    assert sys.getrecursionlimit() < 10_000
