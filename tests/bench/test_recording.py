"""A recording answers as the engines did, and only what is not in it is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench.recording import Recording, engines_recorded
from rpiocr.model import Receipt
from rpiocr.pipeline import Reader
from rpiocr.reading.outcome import Trace
from rpiocr.recognise import tesseract
from rpiocr.recognise.rapidocr import engine as rapid
from rpiocr.settings import Settings
from tests.program import SMALL


def read(file: Path, picture: Path = SMALL) -> tuple[Receipt, Recording]:
    with engines_recorded(file) as recording:
        found = next(Reader(Settings(items="off")).read(str(picture)))
    assert isinstance(found, Trace)
    return found.receipt, recording


def told(receipt: Receipt) -> Any:  # noqa: ANN401 - fields of all types
    return receipt.fields, receipt.judgement, [(one.id, one.lines, one.error) for one in receipt.passes]


def test_a_second_reading_runs_no_engine_and_answers_the_same(tmp_path: Path) -> None:
    file = tmp_path / "recording.sqlite"
    first, then = read(file)
    assert then.asked == then.missed > 2
    again, recording = read(file)
    assert (recording.asked, recording.missed) == (then.asked, 0)
    assert told(again) == told(first)


def test_after_the_context_the_engines_themselves_answer(tmp_path: Path) -> None:
    before = tesseract.run_child, rapid.find_lines
    with engines_recorded(tmp_path / "recording.sqlite"):
        assert tesseract.run_child is not before[0]
    assert (tesseract.run_child, rapid.find_lines) == before


def test_what_another_model_reads_is_not_taken_from_the_recording(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "recording.sqlite"
    _, first = read(file)
    monkeypatch.setattr("bench.recording._network", lambda name: f"another {name}".encode())
    _, then = read(file)
    assert 0 < then.missed < first.missed
