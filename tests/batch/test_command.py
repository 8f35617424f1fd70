"""``rpiocr batch``: what it prints, what it keeps, and what it does with files that are odd or bad."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from pathlib import Path

import pytest

from rpiocr.errors import ExitCode
from tests.batch.conftest import Ask
from tests.batch.test_paths import ODD
from tests.commands.test_bad_input import BAD, make_bad_files
from tests.program import ALONE, LOW, OTHER_SMALL, QUICK, SMALL, Outcome, Run, fake_tesseract, timeless

AMOUNTS = {"a.jpg": "63.35", "b.jpg": "111.83", "c.jpg": "63.35"}

KILL_TWICE = """
n=$(cat "{0}" 2>/dev/null || echo 0)
if [ "$n" -lt {1} ]; then echo $((n + 1)) > "{0}"; kill -9 $PPID; sleep 60; fi
"""


def amounts(outcome: Outcome) -> dict[str, str]:
    return {Path(line["file"]).name: str(line["amount"]) for line in outcome.lines}


def ended(outcome: Outcome) -> dict[str, int]:
    """Return the facts of the last line of a JSON log."""
    (last,) = (event for event in map(json.loads, outcome.stderr.splitlines()) if event["event"] == "ended")
    return {key: last[key] for key in ("read", "skipped", "failed", "gone") if key in last}


def test_a_batch_reads_what_scan_reads_and_keeps_it(run: Run, inbox: Path, ask: Ask) -> None:
    outcome = run("batch", *LOW, *ALONE, inbox, "--workers", 2)
    assert outcome.status == ExitCode.OK
    scanned = run("scan", *LOW, *ALONE, "--items", "full", *sorted(inbox.iterdir()))
    by_name = sorted(outcome.lines, key=lambda line: str(line["file"]))
    assert [timeless(line) for line in by_name] == [timeless(line) for line in scanned.lines]
    rows = ask("SELECT path, state, amount FROM files JOIN receipts ON files.id = file_id ORDER BY path")
    assert rows == [(str(inbox / name), "filed", amount) for name, amount in AMOUNTS.items()]


@pytest.mark.slow
def test_the_same_image_twice_is_marked_in_the_store_and_in_the_log(run: Run, inbox: Path, ask: Ask) -> None:
    outcome = run("batch", *QUICK, inbox, "--log-format", "json")
    events = [json.loads(line) for line in outcome.stderr.splitlines()]
    (repeated,) = (event for event in events if "duplicate_of" in event)
    assert (Path(repeated["file"]).name, repeated["why"]) == ("c.jpg", "same bytes")
    assert ask("SELECT count(*) FROM receipts WHERE duplicate_of IS NOT NULL") == [(1,)]


@pytest.mark.slow
def test_resume_skips_what_the_store_has_and_takes_the_rest(run: Run, inbox: Path, ask: Ask) -> None:
    assert run("batch", *QUICK, inbox / "a.jpg").status == ExitCode.OK
    again = run("batch", *QUICK, inbox, "--resume", "--log-format", "json")
    assert again.status == ExitCode.OK
    assert amounts(again) == {name: AMOUNTS[name] for name in ("b.jpg", "c.jpg")}
    assert ended(again) == {"read": 2, "skipped": 1}
    assert run("batch", *QUICK, inbox, "--resume").stdout == ""
    assert ask("SELECT count(*) FROM receipts") == [(3,)]


@pytest.mark.slow
def test_a_file_with_other_bytes_under_an_old_name_is_another_file(run: Run, inbox: Path, ask: Ask) -> None:
    assert run("batch", *QUICK, inbox / "a.jpg").status == ExitCode.OK
    shutil.copy(OTHER_SMALL, inbox / "a.jpg")
    assert amounts(run("batch", *QUICK, inbox / "a.jpg", "--resume")) == {"a.jpg": AMOUNTS["b.jpg"]}
    assert ask("SELECT count(*) FROM receipts") == [(2,)]


@pytest.mark.slow
def test_without_resume_all_is_read_and_printed_again_but_kept_once(run: Run, inbox: Path, ask: Ask) -> None:
    assert amounts(run("batch", *QUICK, inbox)) == amounts(run("batch", *QUICK, inbox)) == AMOUNTS
    assert ask("SELECT count(*) FROM receipts") == [(3,)]


@pytest.mark.slow
def test_a_batch_without_store_leaves_none(run: Run, inbox: Path, home: Path) -> None:
    outcome = run("batch", *QUICK, inbox, "--no-store")
    assert amounts(outcome) == AMOUNTS
    assert list(home.rglob("*.sqlite")) == []


@pytest.mark.slow
def test_results_can_be_had_as_one_array_or_as_a_table(run: Run, inbox: Path) -> None:
    as_json = run("batch", *QUICK, inbox, "--no-store", "--format", "json", "-q")
    assert as_json.stderr == ""
    assert [str(one["amount"]) for one in json.loads(as_json.stdout, parse_float=str)] == list(AMOUNTS.values())
    as_csv = run("batch", *QUICK, inbox, "--no-store", "--format", "csv")
    assert [row["amount"] for row in csv.DictReader(io.StringIO(as_csv.stdout))] == list(AMOUNTS.values())


@pytest.mark.slow
def test_what_cannot_be_read_is_named_and_the_rest_is_read(run: Run, inbox: Path, ask: Ask) -> None:
    make_bad_files(inbox)
    outcome = run("batch", *QUICK, inbox, inbox / "missing.jpg", "--workers", 2)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    codes = {Path(line["file"]).name: line["error"]["code"] for line in outcome.lines if "error" in line}
    assert codes == {name: code for name, (code, _) in BAD.items() if name != "folder"}
    assert len(outcome.lines) == len(AMOUNTS) + len(codes)
    for name in codes:
        (line,) = (line for line in outcome.stderr.splitlines() if f"file={inbox / name} " in line)
        assert " error: not read " in line
    failed = dict(ask("SELECT path, error_code FROM files WHERE state = 'failed'"))
    assert failed == {str(inbox / name): codes[name] for name in codes if name not in ("empty.jpg", "missing.jpg")}


@pytest.mark.slow
def test_a_file_that_failed_is_skipped_by_resume_and_tried_anew_without_it(run: Run, inbox: Path, ask: Ask) -> None:
    blind = fake_tesseract(inbox.parent / "bin", 'cat > "$2.tsv" < /dev/null; exit 0')
    alone = (*QUICK, "--engine", "tesseract", "--cloud", "never", inbox / "a.jpg")
    first = run("batch", *alone, PATH=blind)
    assert (first.status, first.only["error"]["code"]) == (ExitCode.UNREADABLE_INPUT, "no_text")
    assert run("batch", *alone, "--resume").stdout == ""
    assert amounts(run("batch", *alone)) == {"a.jpg": AMOUNTS["a.jpg"]}
    assert ask("SELECT state, attempts, error_code FROM files") == [("filed", 1, None)]
    assert ask("SELECT amount FROM receipts") == [(AMOUNTS["a.jpg"],)]


@pytest.mark.slow
def test_odd_names_come_out_as_they_are_and_are_found_again(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "x.jpg"
    folder.mkdir()
    for name in ODD:
        shutil.copy(SMALL, folder / name)
    outcome = run("batch", *QUICK, tmp_path)
    assert outcome.status == ExitCode.OK
    assert {line["file"] for line in outcome.lines} == {str(folder / name) for name in ODD}
    assert len(outcome.stderr.splitlines()) == len(ODD) + 1
    assert run("batch", *QUICK, tmp_path, "--resume").stdout == ""


@pytest.mark.slow
def test_a_list_comes_from_standard_input(run: Run, inbox: Path) -> None:
    names = b"\0".join(os.fsencode(inbox / name) for name in ("b.jpg", "a.jpg"))
    outcome = run("batch", *QUICK, "@-", stdin=names)
    assert [Path(line["file"]).name for line in outcome.lines] == ["b.jpg", "a.jpg"]


@pytest.mark.slow
def test_strict_indicates_by_the_status_that_a_receipt_needs_review(run: Run, undated: Path) -> None:
    assert run("batch", *QUICK, undated, "--no-store").status == ExitCode.OK
    assert run("batch", *QUICK, undated, "--no-store", "--strict").status == ExitCode.NEEDS_REVIEW


@pytest.mark.slow
def test_stats_tell_what_was_read_and_what_it_cost(run: Run, inbox: Path) -> None:
    told = run("batch", *QUICK, inbox, "--stats").stderr
    assert "files: 3 read\n" in told
    assert "receipts: 3 (" in told
    assert "passes: 6 passes\n" in told
    assert "peak memory: " in told
    (told_as_json,) = (
        event
        for event in map(
            json.loads, run("batch", inbox, "--resume", "--stats", "--log-format", "json").stderr.splitlines()
        )
        if event["event"] == "stats"
    )
    assert told_as_json["files"] == {"skipped": 3}
    assert told_as_json["cpu_s"] > 0


@pytest.mark.slow
def test_a_file_that_kills_its_reader_once_is_read_at_the_second_try(run: Run, inbox: Path, ask: Ask) -> None:
    path = fake_tesseract(inbox.parent / "bin", KILL_TWICE.format(inbox.parent / "count", 1))
    outcome = run("batch", *QUICK, inbox, PATH=path, RPIOCR_WORKERS="1")
    assert outcome.status == ExitCode.OK
    assert amounts(outcome) == AMOUNTS
    assert ask("SELECT attempts FROM files ORDER BY path") == [(2,), (1,), (1,)]


@pytest.mark.parametrize("store", [(), ("--no-store",)], ids=["store", "no store"])
@pytest.mark.slow
def test_a_file_that_kills_its_reader_twice_is_given_up_and_the_rest_is_read(
    store: tuple[str, ...], run: Run, inbox: Path
) -> None:
    path = fake_tesseract(inbox.parent / "bin", KILL_TWICE.format(inbox.parent / "count", 2))
    outcome = run("batch", *QUICK, inbox, *store, PATH=path, RPIOCR_WORKERS="1")
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    error = outcome.of(inbox / "a.jpg")["error"]
    assert error["code"] == "killed_reader"
    assert "SIGKILL" in error["message"]
    assert [str(outcome.of(inbox / name)["amount"]) for name in ("b.jpg", "c.jpg")] == ["111.83", "63.35"]


@pytest.mark.slow
def test_without_tesseract_a_batch_ends_at_once_and_resume_reads_all(run: Run, inbox: Path) -> None:
    outcome = run("batch", *QUICK, inbox, PATH=str(inbox))
    assert outcome.status == ExitCode.MISSING_DEPENDENCY
    assert outcome.only["error"]["code"] == "no_tesseract"
    assert "2 files were not read; the same command with --resume continues" in outcome.stderr
    assert amounts(run("batch", *QUICK, inbox, "--resume")) == AMOUNTS


def test_a_store_that_cannot_be_opened_is_reported_before_anything_is_read(run: Run, inbox: Path) -> None:
    outcome = run("batch", *QUICK, inbox, "--store", f"sqlite:///{inbox / 'a.jpg'}")
    assert (outcome.status, outcome.stdout) == (ExitCode.STORE, "")
    assert "a.jpg" in outcome.stderr
    assert (inbox / "a.jpg").read_bytes() == SMALL.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--resume", "--no-store"), "--resume requires the store"),
        (("--workers", "0"), "it may be auto, or 1 to 64"),
        (("--workers", "many"), "it may be auto, or 1 to 64"),
        (("--workers", "2", "--cluster", "tcp://127.0.0.1:1"), "--workers is for this machine"),
        (("-",), "`@-` is a list of files"),
    ],
)
def test_options_that_contradict_each_other_are_reported(
    arguments: tuple[str, ...], said: str, run: Run, inbox: Path
) -> None:
    outcome = run("batch", inbox, *arguments)
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert said in " ".join(outcome.stderr.split())


def test_a_list_that_is_missing_ends_the_batch(run: Run, inbox: Path) -> None:
    outcome = run("batch", f"@{inbox / 'list'}")
    assert (outcome.status, outcome.stdout) == (ExitCode.UNREADABLE_INPUT, "")
    assert "cannot be read" in outcome.stderr


@pytest.mark.slow
def test_workers_auto_reads_as_well(run: Run, inbox: Path) -> None:
    assert amounts(run("batch", *QUICK, inbox, "--no-store", "--workers", "auto")) == AMOUNTS


@pytest.mark.slow
def test_a_file_that_may_not_be_read_is_reported_and_the_rest_is_read(run: Run, inbox: Path) -> None:
    (inbox / "b.jpg").chmod(0o000)
    outcome = run("batch", *QUICK, inbox)
    assert outcome.of(inbox / "b.jpg")["error"]["code"] == "no_permission"
    assert len(outcome.lines) == len(AMOUNTS)


@pytest.mark.slow
def test_a_folder_that_is_not_readable_is_reported_and_the_rest_is_read(run: Run, inbox: Path) -> None:
    closed = inbox / "closed"
    closed.mkdir(0o000)
    outcome = run("batch", *QUICK, inbox)
    assert outcome.of(closed)["error"]["code"] == "no_permission"
    assert len(outcome.lines) == len(AMOUNTS) + 1
