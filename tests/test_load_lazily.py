"""Help and completion are there at once, on a Pi too: they load nothing heavy."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.program import QUICK, SMALL, command, surroundings

HEAVY = {
    "alembic",
    "cv2",
    "distributed",
    "google",
    "grpc",
    "numpy",
    "onnxruntime",
    "openpyxl",
    "PIL",
    "pillow_heif",
    "pypdfium2",
    "pytesseract",
    "psutil",
    "rapidocr",
    "rich",
    "rapidfuzz",
    "stdnum",
    "sqlalchemy",
    "watchdog",
}

COMPLETION = {"_RPIOCR_COMPLETE": "bash_complete", "COMP_WORDS": "rpiocr scan --mode ", "COMP_CWORD": "3"}


def run_and_list_imports(home: Path, *arguments: str, **changes: str) -> tuple[str, set[str]]:
    """Return what the program printed and the top-level packages that it loaded."""
    done = subprocess.run(
        command(*arguments, python=("-X", "importtime")),
        env=surroundings(home, **changes),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, set(re.findall(r"^import time:.*\| +(\w+)", done.stderr, re.MULTILINE))


@pytest.mark.parametrize(
    ("arguments", "changes", "said"),
    [
        (("--help",), {}, "Read receipts"),
        (("--version",), {}, "rpiocr, version"),
        (("scan", "--help"), {}, "--mode auto|low|medium|high"),
        (("schema",), {}, "schema_version"),
        ((), COMPLETION, "plain,auto\nplain,low\nplain,medium\nplain,high\n"),
        ((), {"_RPIOCR_COMPLETE": "bash_source"}, "complete -o nosort"),
    ],
    ids=["help", "version", "help of scan", "schema", "completion", "completion script"],
)
def test_nothing_heavy_is_loaded_to_answer(
    arguments: tuple[str, ...], changes: dict[str, str], said: str, home: Path
) -> None:
    printed, loaded = run_and_list_imports(home, *arguments, **changes)
    assert said in printed
    assert "click" in loaded
    assert loaded & HEAVY == set()


@pytest.mark.slow
def test_reading_with_tesseract_alone_does_not_load_the_second_engine(home: Path) -> None:
    _, loaded = run_and_list_imports(home, "scan", "--engine", "tesseract", str(SMALL))
    assert "cv2" in loaded
    assert loaded & {"onnxruntime", "rapidocr"} == set()


@pytest.mark.slow
def test_reading_without_the_cloud_does_not_load_its_client(home: Path) -> None:
    _, loaded = run_and_list_imports(home, "scan", *QUICK, str(SMALL))
    assert "cv2" in loaded
    assert loaded & {"google", "grpc"} == set()


@pytest.mark.slow
def test_reading_a_picture_loads_nothing_that_only_mails_and_e_invoices_need(home: Path) -> None:
    _, loaded = run_and_list_imports(home, "scan", *QUICK, str(SMALL))
    assert "cv2" in loaded
    assert loaded & {"email", "html", "xml"} == set()
