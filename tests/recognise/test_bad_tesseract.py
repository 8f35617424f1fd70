"""A Tesseract that misbehaves costs its own pass, which says why; nothing hangs, and nothing of it is believed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from rpiocr.errors import EngineError, ExitCode, TesseractMissingError
from rpiocr.model import Prepared
from rpiocr.recognise.passes import Limits, PassRunner
from rpiocr.recognise.script_detection import detect
from rpiocr.recognise.tesseract import Psm, Tesseract
from rpiocr.recognise.tesseract_models import list_languages
from tests.program import QUICK, SMALL, Run, fake_tesseract

PATIENCE_S = 300.0

ROW = r"5\t1\t1\t1\t1\t1\t{left}\t50\t90\t30\t{confidence}\t{text}\n"

Fake = Callable[[str], None]


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Put a Tesseract first on the PATH that does a body of shell; see ``fake_tesseract``."""

    def put(body: str, when: str = "") -> None:
        monkeypatch.setenv("PATH", fake_tesseract(tmp_path / "bin", body, when))

    return put


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


def picture() -> Prepared:
    """A blank one of 400 x 300 pixels."""
    return Prepared(np.full((300, 400), 230, dtype=np.uint8), "default", np.eye(2, 3), 300)


def failure(scratch: Path) -> str:
    """What a pass says of its failure."""
    with PassRunner(Limits(PATIENCE_S, PATIENCE_S)) as runner:
        engine = Tesseract(Psm.UNIFORM_BLOCK, "eng", scratch, cancellation=runner.cancellation)
        (one,) = runner.run([("default", engine)], lambda _: picture())
    assert one.lines == ()
    assert one.error
    return one.error


ANSWERS = {
    "none": ("exit 0", "No such file or directory"),
    "a FIFO": ('mkfifo "$2.tsv"; exit 0', "not a regular file"),
    "a link": ('printf secret > "$2.txt"; ln -s "$2.txt" "$2.tsv"; exit 0', "symbolic links"),
    "a link to a device": ('ln -s /dev/zero "$2.tsv"; exit 0', "symbolic links"),
    "a directory": ('mkdir "$2.tsv"; touch "$2.tsv/x"; exit 0', "not a regular file"),
    "a socket": (
        # by a short name: sockets have no longer ones than 107 bytes
        'cd "$(dirname "$2")"; python3 -c "import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])"'
        ' "$(basename "$2").tsv"; exit 0',
        "No such device or address",
    ),
    "sparse and huge": ('sleep 0.2; truncate -s 10G "$2.tsv" || exit 1; exit 0', "tesseract ended with status 1"),
    "without end": ('sleep 0.2; yes > "$2.tsv"; exit 1', "tesseract ended with status"),
    "no numbers": (
        f"printf '{ROW.format(left='x', confidence=90, text='TOTAL')}' > \"$2.tsv\"; exit 0",
        "invalid literal",
    ),
    "a number of 5,000 digits": (
        f"printf '{ROW.format(left='9' * 5000, confidence=90, text='TOTAL')}' > \"$2.tsv\"; exit 0",
        "9999999... is no coordinate",
    ),
    "a place that is no number": (
        f"printf '{ROW.format(left='nan', confidence=90, text='TOTAL')}' > \"$2.tsv\"; exit 0",
        "invalid literal",
    ),
    "a word of 2,000 characters": (
        f"printf '{ROW.format(left=40, confidence=90, text='8' * 2000)}' > \"$2.tsv\"; exit 0",
        "of 1 words only 0 are inside the image",
    ),
    "10,001 words": (
        f"i=0; while [ $i -le 10000 ]; do printf '{ROW.format(left=40, confidence=90, text='TOTAL')}'; i=$((i+1)); done"
        ' > "$2.tsv"; exit 0',
        "more than 10000 words",
    ),
}
"""What becomes of the answer, and a part of what is said of that."""


@pytest.mark.parametrize("kind", ANSWERS)
def test_an_answer_that_is_no_sound_file_fails_the_pass_and_nothing_else(kind: str, fake: Fake, scratch: Path) -> None:
    body, said = ANSWERS[kind]
    fake(body)
    assert failure(scratch).startswith("engine_failed: ")
    assert said in failure(scratch)


def test_a_confidence_that_is_no_number_counts_for_nothing(fake: Fake, scratch: Path) -> None:
    rows = "".join(ROW.format(left=40, confidence=value, text="TOTAL") for value in ("nan", "inf", "-inf", "1e999"))
    fake(f"printf '{rows}' > \"$2.tsv\"; exit 0")
    (line,) = Tesseract(Psm.UNIFORM_BLOCK, "eng", scratch).read(picture(), PATIENCE_S)
    assert [word.confidence for word in line.words] == [0, 0, 0, 0]


BEHAVIOURS = {
    "floods its errors": ("yes >&2", "tesseract was ended: it printed more than 1048576 bytes"),
    "floods its output": ("yes", "tesseract was ended: it printed more than 1048576 bytes"),
    "complains in binary": (r"printf '\377\000\033]52;c;x\007' >&2; exit 2", "tesseract ended with status 2: "),
    "crashes": ("kill -SEGV $$", "tesseract ended with status -11: "),
    "is killed": ("kill -KILL $$", "tesseract ended with status -9: "),
    "leaves a daemon with its streams": ("setsid sleep 1000 & exit 4", "tesseract ended with status 4: "),
}


@pytest.mark.parametrize("kind", BEHAVIOURS)
def test_a_program_that_misbehaves_fails_the_pass_and_is_ended(kind: str, fake: Fake, scratch: Path) -> None:
    body, said = BEHAVIOURS[kind]
    fake(body)
    assert failure(scratch).startswith(f"engine_failed: {said}")


def test_a_program_that_is_a_directory_or_may_not_be_run_is_missing(
    tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    (tmp_path / "bin" / "tesseract").mkdir(parents=True)
    with pytest.raises(TesseractMissingError, match="was not found"):
        failure(scratch)
    (tmp_path / "bin" / "tesseract").rmdir()
    (tmp_path / "bin" / "tesseract").write_text("#!/bin/sh\n", "utf-8")
    with pytest.raises(TesseractMissingError, match="was not found"):
        failure(scratch)


# Its list of languages.


LISTS = {
    "fails": ("exit 2", "status 2"),
    "crashes": ("kill -SEGV $$", "status -11"),
    "floods": ("yes", "printed more than"),
    "prints binary": (r"printf '\377\376'; exit 0", "no text"),
    "never answers": ("trap '' TERM; sleep 1000", "was ended after 1.0 s"),
    "answers and never ends": ("echo eng; exec sleep 1000", "was ended after 1.0 s"),
}


@pytest.mark.parametrize("kind", LISTS)
def test_a_program_that_does_not_list_its_languages_does_not_run(kind: str, fake: Fake) -> None:
    body, said = LISTS[kind]
    fake(body)
    with pytest.raises(TesseractMissingError, match="is installed but does not run") as caught:
        list_languages(1.0 if "ended after" in said else PATIENCE_S)
    assert said in str(caught.value)


@pytest.mark.parametrize("body", ["yes", "exit 2", r"printf '\377'; exit 0"], ids=["floods", "fails", "binary"])
def test_the_program_says_so_and_how_to_mend_it(body: str, run: Run, home: Path) -> None:
    outcome = run("scan", *QUICK, SMALL, PATH=fake_tesseract(home / "bin", body, when="--list-langs"))
    error = outcome.only["error"]
    assert (outcome.status, error["code"]) == (ExitCode.MISSING_DEPENDENCY, "no_tesseract")
    assert "tesseract is installed but does not run" in error["message"]
    assert "sudo apt install tesseract-ocr --reinstall" in error["message"]
    assert "Traceback" not in outcome.stderr


@pytest.mark.slow
def test_a_list_of_languages_that_never_comes_is_waited_for_so_long_only(run: Run, home: Path) -> None:
    outcome = run("scan", *QUICK, SMALL, PATH=fake_tesseract(home / "bin", "sleep 1000", when="--list-langs"))
    assert outcome.status == ExitCode.MISSING_DEPENDENCY
    assert "does not run (tesseract was ended after 20.0 s)" in outcome.only["error"]["message"]


@pytest.mark.parametrize("when", ["--version", "--list-langs"])
def test_doctor_ends_what_floods_it_and_says_what_is_wrong(when: str, run: Run, home: Path) -> None:
    path = fake_tesseract(home / "bin", "yes", when)
    outcome = run("doctor", PATH=path, RPIOCR_ENGINE="tesseract")
    said = {"--version": "does not report its version", "--list-langs": "languages: none; eng is requested but missing"}
    assert outcome.status == ExitCode.MISSING_DEPENDENCY
    assert said[when] in outcome.stdout
    assert "Traceback" not in outcome.stderr


# Its detection of the script.


SOUND = {"Orientation in degrees": "0", "Rotate": "90", "Orientation confidence": "9", "Script": "Latin"}
SOUND["Script confidence"] = "5"


def detected(changes: dict[str, str], fake: Fake, scratch: Path) -> object:
    lines = "".join(f"{name}: {value}\\n" for name, value in (SOUND | changes).items())
    fake(f"printf '{lines}' > \"$2.osd\"; exit 0")
    return detect(picture(), PATIENCE_S, scratch)


def test_a_sound_detection_is_believed(fake: Fake, scratch: Path) -> None:
    assert detected({}, fake, scratch)


@pytest.mark.parametrize("value", ["nan", "inf", "x", "", "9" * 5000])
@pytest.mark.parametrize("name", ["Orientation confidence", "Script confidence"])
def test_a_detection_whose_confidence_is_no_number_is_none(name: str, value: str, fake: Fake, scratch: Path) -> None:
    assert detected({name: value}, fake, scratch) is None


@pytest.mark.parametrize("body", ['mkfifo "$2.osd"', 'mkdir "$2.osd"', 'ln -s /dev/zero "$2.osd"', "yes", "exit 1"])
def test_a_detection_without_a_sound_answer_is_none(body: str, fake: Fake, scratch: Path) -> None:
    fake(f"{body}; exit 0")
    assert detect(picture(), PATIENCE_S, scratch) is None


def test_a_pass_leaves_neither_its_image_nor_its_output_behind(scratch: Path) -> None:
    with pytest.raises(EngineError):
        Tesseract(Psm.UNIFORM_BLOCK, "no_such_language", scratch).read(picture(), PATIENCE_S)
    Tesseract(Psm.UNIFORM_BLOCK, "eng", scratch).read(picture(), PATIENCE_S)
    assert list(scratch.iterdir()) == []
