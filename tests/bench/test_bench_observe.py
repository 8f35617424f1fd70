"""What was read once answers as the pipeline would, without reading again."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

import rpiocr
from bench.data import Example, read_label
from bench.observe import (
    FIELDS,
    FieldLines,
    FoundLine,
    Passes,
    Recorded,
    Replay,
    code_hash,
    faulty_labels,
    observe,
    passes_from_json,
    passes_to_json,
    read_passes,
    reading_code,
    run_passes,
)
from rpiocr.load import load_pages
from rpiocr.model import Fields, Line, Pass, Stop, Verdict
from rpiocr.pipeline import Reader
from rpiocr.preprocess.crops import find_crops
from rpiocr.reading.outcome import Trace
from rpiocr.reading.page_coordinates import moved_fields
from rpiocr.reading.plan import FIRST, LADDER, LADDER_OF_ONE, LOW_MORE, MODES, LineChoice, Stage
from rpiocr.recognise.rapidocr import engine as rapid
from rpiocr.settings import Settings
from tests.program import SAMPLE
from tests.written import PSM_6, languages, write

RECEIPT = """
CITY BAKEHOUSE
12 HIGH STREET
SPRINGFIELD
OPEN DAILY
DATE 25/12/2018 14:05
WHOLEMEAL BREAD LOAF
A DOZEN BREAKFAST ROLLS
TOTAL 6.00
THANK YOU
"""

MATTERING = ["CITY BAKEHOUSE", "12 HIGH STREET", "SPRINGFIELD", "OPEN DAILY", "DATE 25/12/2018 14:05", "TOTAL 6.00"]

EXAMPLE = Example(
    "set", "one", SAMPLE, read_label({"total": "6.00", "date": "2018-12-25", "company": "CITY BAKEHOUSE"})
)

PATIENT = Settings(cloud="never", pass_timeout=300, receipt_timeout=900)


def found(lines: Iterable[Line], *, unread: Sequence[str] = ()) -> tuple[FoundLine, ...]:
    """The lines as the second engine finds them; it reads nothing on those that are ``unread``."""
    result = []
    for line in lines:
        box = line.box
        quad = ((box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom))
        result.append(FoundLine(quad, None if line.text in unread else line))
    return tuple(result)


def passes_of(text: str = RECEIPT, *, unread: Sequence[str] = (), error: str | None = None) -> Passes:
    """The passes on a receipt that reads ``text``, the first of which failed with ``error``."""
    lines = write(text)
    first = Pass(PSM_6, "default", () if error else lines, 0.1, error)
    more = Pass(PSM_6, "high_contrast", lines, 0.1)
    return Passes("code", 0.0, (first, more), found(lines, unread=unread))


LINES, PAGE = (next(rung for rung in LADDER if rung.second is what) for what in (LineChoice.RELEVANT, LineChoice.ALL))

AGAIN = FieldLines(SAMPLE, None, PATIENT)


def recorded(passes: Passes) -> Recorded:
    return Recorded(passes, languages(), AGAIN)


def texts(one: Pass) -> list[str]:
    return [line.text for line in one.lines]


def test_the_lines_that_matter_are_replayed_first_and_all_of_them_then() -> None:
    replayed = recorded(passes_of())
    assert replayed.run(LINES, Fields()) == ("tesseract-psm6/default", "rapidocr-lines/plain")
    assert [one.name for one in replayed.passes] == ["tesseract-psm6/default", "rapidocr-lines/plain"]
    assert texts(replayed.passes[1]) == MATTERING
    assert replayed.run(PAGE, Fields()) == ("rapidocr-page/plain",)
    assert [one.name for one in replayed.passes] == ["tesseract-psm6/default", "rapidocr-page/plain"]
    assert sorted(texts(replayed.passes[1])) == sorted(line.text for line in write(RECEIPT))


def test_a_rung_for_the_rest_of_the_page_adds_nothing_where_all_was_read() -> None:
    replayed = recorded(passes_of("\n".join(MATTERING)))
    replayed.run(LINES, Fields())
    before = replayed.passes
    assert replayed.run(PAGE, Fields()) == ()
    assert replayed.passes == before


def test_lines_on_which_the_second_engine_read_nothing_are_left_out() -> None:
    replayed = recorded(passes_of(unread=["TOTAL 6.00", "THANK YOU"]))
    for rung in (LINES, PAGE):
        replayed.run(rung, Fields())
    assert {"TOTAL 6.00", "THANK YOU"}.isdisjoint(texts(replayed.passes[1]))


def test_passes_that_were_not_recorded_are_passed_over() -> None:
    names = recorded(passes_of()).run(Stage("some", (("high_contrast", 6), ("sharpen", 11))), Fields())
    assert names == ("tesseract-psm6/high_contrast",)


def test_a_replay_stops_where_the_answer_is_settled_and_looks_at_every_rung_when_asked() -> None:
    replay = Replay(Settings(accept_risk=0.1))
    climbed = replay.answer(passes_of(), AGAIN)
    assert climbed.understanding
    settled = climbed.understanding.judgement.verdict is Verdict.ACCEPT
    assert climbed.stop is (Stop.SETTLED if settled else Stop.EXHAUSTED)
    assert climbed.rungs[0].name == LINES.name
    assert [answer is not None for answer in replay.answers(passes_of(), AGAIN, {})] == [True] * len(LADDER)


RUNGS = {"auto": len(LADDER), "auto alone": len(LADDER_OF_ONE), "low": len(MODES["low"])}


def test_every_field_is_observed_after_every_rung_of_every_mode() -> None:
    rows = list(observe(EXAMPLE, passes_of(), PATIENT, tuple(RUNGS)))
    assert [(row.mode, row.rung, row.field) for row in rows] == [
        (mode, rung, field) for mode, rungs in RUNGS.items() for rung in range(rungs) for field in FIELDS
    ]
    assert {row.group for row in rows} == {"set/one"}
    assert all(row.right for row in rows)
    assert all(row.features for row in rows)
    assert {row.engines for row in rows if row.mode == "auto"} == {"both"}
    assert {row.engines for row in rows if row.mode != "auto"} == {"one"}
    lasts = {(row.mode, row.rung) for row in rows if row.last}
    assert lasts == {(mode, rungs - 1) for mode, rungs in RUNGS.items()}


def test_a_first_pass_that_failed_does_not_end_the_observation() -> None:
    rows = list(observe(EXAMPLE, passes_of(error="engine_timeout: too slow"), PATIENT, ("auto",)))
    assert {row.right for row in rows if row.rung == len(LADDER) - 1} == {True}


def test_a_picture_that_cannot_be_read_is_wrong_in_everything(tmp_path: Path) -> None:
    (tmp_path / "empty.jpg").write_bytes(b"")
    passes = run_passes(tmp_path / "empty.jpg", Settings())
    assert (passes.passes, passes.second) == ((), ())
    rows = list(observe(EXAMPLE, passes, PATIENT, ("auto", "low")))
    assert len(rows) == (RUNGS["auto"] + RUNGS["low"]) * len(FIELDS)
    assert {row.right for row in rows} == {False}
    assert {row.features for row in rows} == {None}


def test_what_has_no_label_is_neither_right_nor_wrong() -> None:
    bare = replace(EXAMPLE, label=read_label({"total": "6.00"}))
    rows = list(observe(bare, passes_of(), PATIENT, ("low",)))
    assert {(row.field, row.right) for row in rows} == {("amount", True), ("date", None), ("merchant", None)}


def test_a_label_that_contradicts_its_picture_is_not_learnt_from() -> None:
    for receipt, fields in faulty_labels().items():
        set_name, name = receipt.split("/")
        assert set(fields) <= set(FIELDS)
        assert all(fields.values())
        rows = list(observe(replace(EXAMPLE, set_name=set_name, id=name), passes_of(), PATIENT, ("low",)))
        assert {row.field for row in rows if row.right is None} == set(fields)


def test_passes_are_kept_in_their_folder_and_taken_from_there(tmp_path: Path) -> None:
    kept = passes_of()
    (tmp_path / "set").mkdir()
    (tmp_path / "set" / "one.json").write_text(json.dumps(passes_to_json(kept)), "utf-8")
    missing = replace(EXAMPLE, picture=tmp_path / "nowhere.jpg")
    assert read_passes(missing, tmp_path, PATIENT) == kept
    assert read_passes(replace(missing, id="two"), tmp_path, PATIENT) == Passes(reading_code(), 0.0, ())
    assert (tmp_path / "set" / "two.json").exists()


@pytest.mark.skipif(not rapid.is_installed(), reason="needs the second engine")
@pytest.mark.slow
def test_passes_replayed_from_their_file_give_the_answer_of_the_pipeline() -> None:
    settings = replace(PATIENT, mode="low", retries=0)
    outcome = next(Reader(settings).read(str(SAMPLE)))
    assert isinstance(outcome, Trace)
    passes = run_passes(SAMPLE, settings, FIRST + LOW_MORE)
    kept = passes_from_json(json.loads(json.dumps(passes_to_json(passes))))
    assert kept == passes
    understanding = Replay(settings).answer(kept, AGAIN).understanding
    assert understanding
    crop = find_crops(next(load_pages(str(SAMPLE))))[0]
    assert moved_fields(understanding.fields, crop.to_page) == replace(outcome.receipt.fields, items=None)
    assert understanding.judgement == outcome.receipt.judgement
    assert {"32.20"} <= {word.text for one in kept.second if one.line for word in one.line.words}


CHANGES = [
    "decode/serve.py",
    "model/geometry.py",
    "preprocess/outlines.onnx",
    "reading/evidence.py",
    "recognise/lines.py",
]


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what makes passes."""
    root = tmp_path_factory.mktemp("package") / "rpiocr"
    shutil.copytree(Path(rpiocr.__file__).parent, root, ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.mark.parametrize("name", CHANGES)
def test_passes_count_as_read_by_other_code_after_any_file_that_makes_them_has_changed(
    package: Path, name: str
) -> None:
    before = code_hash(package)
    assert before == reading_code()
    with (package / name).open("ab") as file:
        file.write(b"\n")
    assert code_hash(package) != before
    (package / name).write_bytes((package / name).read_bytes()[:-1])


def test_compiled_files_and_what_only_judges_do_not_change_which_code_read_a_receipt(package: Path) -> None:
    before = code_hash(package)
    (package / "model" / "__pycache__").mkdir()
    (package / "model" / "__pycache__" / "geometry.cpython-311.pyc").write_bytes(b"compiled")
    (package / "decide" / "weights.toml").write_text("changed", "utf-8")
    assert code_hash(package) == before
