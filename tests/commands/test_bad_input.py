"""Files that cannot be read, and what is missing on the machine: a code, a sentence, and the rest is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from rpiocr.errors import ExitCode
from tests.load.samples import png_chunk
from tests.load.test_pdf import encrypted_pdf
from tests.program import OTHER_SMALL, QUICK, SMALL, Outcome, Run, run_in

BAD = {
    "empty.jpg": ("empty_file", "copy it again"),
    "truncated.jpg": ("damaged_file", "copy it again"),
    "text.jpg": ("unknown_format", "give a JPEG"),
    "folder": ("not_a_file", "give files"),
    "missing.jpg": ("not_found", "check the path"),
    "one_pixel.png": ("too_small", "give the original photo"),
    "500_megapixels.png": ("too_large", "give a smaller image"),
    "encrypted.pdf": ("encrypted", "password"),
    "blank.png": ("no_text", "is it blank"),
}


def make_bad_files(folder: Path) -> None:
    (folder / "empty.jpg").touch()
    data = SMALL.read_bytes()
    (folder / "truncated.jpg").write_bytes(data[: len(data) // 2])
    (folder / "text.jpg").write_text("TOTAL 12.50\n", "utf-8")
    (folder / "folder").mkdir()
    Image.new("L", (1, 1)).save(folder / "one_pixel.png")
    header = (25_000).to_bytes(4) + (20_000).to_bytes(4) + bytes([8, 0, 0, 0, 0])
    chunks = (png_chunk(b"IHDR", header), png_chunk(b"IDAT", b""), png_chunk(b"IEND", b""))
    (folder / "500_megapixels.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(chunks))
    (folder / "encrypted.pdf").write_bytes(encrypted_pdf(b"secret"))
    Image.new("L", (600, 900), 240).save(folder / "blank.png")


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run over a receipt, every bad file, and another receipt."""
    folder = tmp_path_factory.mktemp("bad")
    make_bad_files(folder)
    files = [SMALL, *(folder / name for name in BAD), OTHER_SMALL]
    return run_in(tmp_path_factory.mktemp("home"), "scan", *QUICK, *files)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_has_its_code_and_a_sentence_that_names_it_and_the_remedy(name: str, outcome: Outcome) -> None:
    code, advice = BAD[name]
    (line,) = (line for line in outcome.lines if Path(line["file"]).name == name)
    assert line["error"]["code"] == code
    assert line["file"] in line["error"]["message"]
    assert advice in line["error"]["message"]
    assert f"rpiocr: {line['error']['message']}\n" in outcome.stderr


def test_the_receipts_before_and_after_bad_files_are_read_and_the_status_indicates_the_worst(outcome: Outcome) -> None:
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert len(outcome.lines) == len(BAD) + 2
    assert str(outcome.of(SMALL)["amount"]) == "63.35"
    assert str(outcome.of(OTHER_SMALL)["amount"]) == "111.83"


def test_a_missing_language_is_reported_for_each_file_with_the_package_to_install(run: Run) -> None:
    outcome = run("scan", "--lang", "eng+xyz_abc", SMALL, OTHER_SMALL)
    assert outcome.status == ExitCode.MISSING_DEPENDENCY
    assert [line["file"] for line in outcome.lines] == [str(SMALL), str(OTHER_SMALL)]
    assert {line["error"]["code"] for line in outcome.lines} == {"no_language"}
    assert "xyz_abc" in outcome.lines[0]["error"]["message"]
    assert "sudo apt install tesseract-ocr-xyz-abc" in outcome.stderr


def test_without_tesseract_the_line_explains_how_to_install_it(run: Run, home: Path) -> None:
    outcome = run("scan", SMALL, PATH=str(home))
    assert outcome.status == ExitCode.MISSING_DEPENDENCY
    assert outcome.only["error"]["code"] == "no_tesseract"
    assert "sudo apt install tesseract-ocr" in outcome.only["error"]["message"]


@pytest.mark.parametrize("content", [b"\x7fELF but for another machine", b"#!/bin/sh\nprintf '\\377'\n"])
def test_a_tesseract_that_does_not_run_is_as_good_as_none(content: bytes, run: Run, home: Path) -> None:
    program = home / "bin" / "tesseract"
    program.parent.mkdir()
    program.write_bytes(content)
    program.chmod(0o755)
    outcome = run("scan", SMALL, PATH=str(program.parent))
    assert outcome.status == ExitCode.MISSING_DEPENDENCY
    assert outcome.only["error"]["code"] == "no_tesseract"
    assert "sudo apt install tesseract-ocr --reinstall" in outcome.only["error"]["message"]
