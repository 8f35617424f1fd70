"""Claims about ``rpiocr check``, for scripts that decide whether to ask for another photo."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from rpiocr.errors import ExitCode
from tests.program import SMALL, Run
from tests.test_cli import run_on_terminal


@pytest.fixture
def dark(tmp_path: Path) -> Path:
    """A receipt that hardly any light falls on."""
    file = tmp_path / "dark.png"
    with Image.open(SMALL) as picture:
        picture.convert("L").point(lambda level: level // 10).save(file)
    return file


def test_a_good_image_has_an_empty_list_and_the_status_is_0(run: Run) -> None:
    outcome = run("check", SMALL)
    assert outcome.only == {"schema_version": 1, "file": str(SMALL), "page": 1, "retake": []}
    assert (outcome.status, outcome.stderr) == (ExitCode.OK, "")


def test_a_bad_image_states_what_to_do_and_the_status_is_3(run: Run, dark: Path) -> None:
    outcome = run("check", SMALL, dark)
    good, bad = outcome.lines
    assert good["retake"] == []
    assert bad["retake"] == [
        {"code": "retake_dark", "message": "the image is too dark: take the photo again in better light"}
    ]
    assert (outcome.status, outcome.stderr) == (ExitCode.NEEDS_REVIEW, "")


def test_what_cannot_be_read_is_an_error_in_its_place_and_4_goes_before_3(run: Run, dark: Path) -> None:
    outcome = run("check", dark, "missing.jpg", SMALL)
    assert [("retake" in line, "error" in line) for line in outcome.lines] == [
        (True, False),
        (False, True),
        (True, False),
    ]
    error = outcome.lines[1]["error"]
    assert error["code"] == "not_found"
    assert outcome.stderr == f"rpiocr: {error['message']}\n"
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert run("check", "--quiet", "missing.jpg").stderr == ""


def test_every_page_of_a_file_has_a_line(run: Run, dark: Path, tmp_path: Path) -> None:
    book = tmp_path / "book.tiff"
    with Image.open(SMALL) as first, Image.open(dark) as last:
        first.convert("L").save(book, save_all=True, append_images=[last.convert("L")])
    lines = run("check", book).lines
    assert [(line["page"], [one["code"] for one in line["retake"]]) for line in lines] == [
        (1, []),
        (2, ["retake_dark"]),
    ]


def test_a_dash_checks_standard_input(run: Run) -> None:
    outcome = run("check", "-", stdin=SMALL.read_bytes())
    assert (outcome.only["file"], outcome.only["retake"]) == ("-", [])


def test_neither_tesseract_nor_anything_else_on_the_path_is_needed(run: Run, tmp_path: Path) -> None:
    assert run("check", SMALL, PATH=str(tmp_path)).status == ExitCode.OK


def test_json_is_one_array(run: Run, dark: Path) -> None:
    listed = json.loads(run("check", "--format", "json", "missing.jpg", dark).stdout)
    assert listed[0]["error"]["code"] == "not_found"
    assert listed[1]["retake"][0]["code"] == "retake_dark"


def test_text_is_for_people(run: Run, dark: Path) -> None:
    text = run("check", "--quiet", "--format", "text", SMALL, dark, "missing.jpg").stdout
    assert text.splitlines() == [
        f"{SMALL}: good",
        f"{dark}: take another photo",
        "  the image is too dark: take the photo again in better light",
        "missing.jpg: not read",
        "  missing.jpg does not exist: check the path and its spelling.",
    ]


def test_on_a_terminal_the_answer_is_text(home: Path, dark: Path) -> None:
    seen, _ = run_on_terminal(home, "check", dark, stream="stdout")
    assert b"take another photo" in seen
    assert b"schema_version" not in seen


@pytest.mark.parametrize("arguments", [(), ("--format", "csv", SMALL), ("--max-pixels", "many", SMALL)])
def test_wrong_usage_ends_with_2(run: Run, arguments: tuple[object, ...]) -> None:
    outcome = run("check", *arguments)
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")


def test_images_with_more_pixels_than_allowed_are_refused(run: Run) -> None:
    outcome = run("check", "--max-pixels", "10000", SMALL)
    assert outcome.only["error"]["code"] == "too_large"
    assert outcome.status == ExitCode.UNREADABLE_INPUT
