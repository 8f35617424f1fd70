"""What scripts may rely on: the lines, the formats, the streams, the exit statuses."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import pty
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from PIL import Image, ImageDraw, ImageFont

from rpiocr.errors import ExitCode
from rpiocr.output.writers import WRITERS
from rpiocr.settings import DEFAULTS, SPECS
from tests.program import OTHER_SMALL, QUICK, SAMPLE, SMALL, Outcome, Run, command, surroundings, timeless

KEYS = [
    "schema_version", "file", "page", "pages", "part", "attachment", "sha256", "source", "verdict", "quality", "amount",
    "currency", "date", "time", "merchant", "merchant_legal", "merchant_branch", "address", "phone", "website",
    "category", "subtotal", "tax", "tip", "items", "tax_ids", "receipt_number", "payment", "items_check", "codes",
    "confidence", "verdicts", "evidence", "rungs", "stop", "warnings", "passes", "elapsed_s",
]  # fmt: skip


@pytest.fixture
def schema(run: Run) -> jsonschema.Draft202012Validator:
    """The schema that the program prints, itself checked."""
    document = json.loads(run("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(document)
    return jsonschema.Draft202012Validator(document, format_checker=jsonschema.FormatChecker(["date"]))


@pytest.mark.slow
def test_every_line_follows_the_printed_schema_and_has_all_keys(
    whole_set: Outcome, schema: jsonschema.Draft202012Validator, pictures: list[Path]
) -> None:
    answers = [json.loads(line) for line in whole_set.stdout.splitlines()]
    for answer in answers:
        schema.validate(answer)
    assert [list(answer) for answer in answers] == [KEYS] * len(pictures)
    assert [answer["file"] for answer in answers] == [str(picture) for picture in pictures]
    assert (whole_set.status, whole_set.stderr) == (ExitCode.OK, "")


def test_a_failure_follows_the_schema_too_and_is_repeated_on_standard_error(
    run: Run, schema: jsonschema.Draft202012Validator
) -> None:
    outcome = run("scan", "missing.jpg")
    schema.validate(json.loads(outcome.stdout))
    assert outcome.only["file"] == "missing.jpg"
    assert outcome.only["error"]["code"] == "not_found"
    assert outcome.stderr == f"rpiocr: {outcome.only['error']['message']}\n"
    assert run("scan", "--quiet", "missing.jpg").stderr == ""


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "12.50"},
        {"currency": "eur"},
        {"date": "17/11/2016"},
        {"extra": 1},
        {"stop": "tired"},
        {"rungs": [{"name": "passes"}]},
        {"verdicts": {"amount": "ACCEPT"}},
    ],
)
@pytest.mark.slow
def test_the_schema_refuses_what_is_not_promised(
    whole_set: Outcome, schema: jsonschema.Draft202012Validator, wrong: dict[str, object]
) -> None:
    answer = json.loads(whole_set.stdout.splitlines()[0])
    assert schema.is_valid(answer)
    assert not schema.is_valid(answer | wrong)


def test_currency_date_and_time_have_the_promised_forms(whole_set: Outcome) -> None:
    forms = {"currency": "[A-Z]{3}", "date": r"\d{4}-\d{2}-\d{2}", "time": r"\d{2}:\d{2}(:\d{2})?"}
    for name, form in forms.items():
        values = [answer[name] for answer in whole_set.lines if answer[name] is not None]
        assert len(values) > 10
        assert all(re.fullmatch(form, value) for value in values)


def told(evidence: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The evidence of every value that was found; of tax numbers there may be several."""
    for name, one in evidence.items():
        yield from ((name, each) for each in (one if isinstance(one, list) else [one]) if each)


def test_the_evidence_lies_on_the_picture_and_has_the_text_that_was_read(whole_set: Outcome) -> None:
    for answer in whole_set.lines:
        with Image.open(answer["file"]) as picture:
            width, height = picture.size
        for _, evidence in told(answer["evidence"]):
            x, y, across, down = evidence["box"]
            assert -2 <= x < x + across <= width + 2
            assert -2 <= y < y + down <= height + 2
            assert evidence["raw"]
            assert 0 <= evidence["votes"] <= evidence["passes"] == answer["passes"]


def test_every_value_has_a_probability_and_a_verdict_and_what_was_not_found_has_none(whole_set: Outcome) -> None:
    for answer in whole_set.lines:
        for name in ("amount", "date", "merchant"):
            missing = answer[name] is None
            assert (answer["confidence"][name] is None) is missing
            assert (answer["verdicts"][name] is None) is missing
            assert (answer["evidence"][name] is None) is missing


def test_rivals_are_other_values_of_the_same_kind_and_at_most_three(whole_set: Outcome) -> None:
    seen = set()
    for answer in whole_set.lines:
        for name, evidence in told(answer["evidence"]):
            values = [rival["value"] for rival in evidence["rivals"]]
            seen |= {name for _ in values}
            assert len(values) <= 3
            assert all(values.count(value) == 1 for value in values)
            assert answer[name] not in values
            assert all(rival["raw"] for rival in evidence["rivals"])
            if name != "tax_ids":
                assert all(type(value) is type(answer[name]) for value in values)
    assert seen >= {"amount", "date", "merchant"}


def test_a_date_that_could_be_read_another_way_says_which(whole_set: Outcome) -> None:
    open_ones = 0
    for answer in whole_set.lines:
        evidence = answer["evidence"]["date"] or {"checks": []}
        is_open = any(check.startswith("order: ") for check in evidence["checks"])
        assert ("other_reading" in evidence) is is_open
        if is_open:
            year, month, day = answer["date"].split("-")
            assert evidence["other_reading"] == f"{year}-{day}-{month}"
            open_ones += 1
    assert open_ones


def test_the_rungs_tell_what_was_read_and_the_stop_why_there_was_no_more(whole_set: Outcome) -> None:
    for answer in whole_set.lines:
        (rung,) = answer["rungs"]
        assert rung["name"] == "passes"
        assert rung["passes"] == ["tesseract-psm6/default", "tesseract-psm6/high_contrast"]
        # Those with the models of another language, which came before, count too.
        assert answer["passes"] in (len(rung["passes"]), 2 * len(rung["passes"]))
        assert rung["quality"] == answer["quality"]
        assert answer["stop"] == ("settled" if answer["verdict"] == "ACCEPT" else "exhausted")


@pytest.mark.slow
def test_mode_auto_reads_more_only_while_the_answer_is_not_settled(run: Run) -> None:
    for risk in ("0.1", "0.01"):
        answer = run("scan", "--engine", "tesseract", "--accept-risk", risk, SAMPLE).only
        assert answer["rungs"][0]["passes"] == ["tesseract-psm6/default"]
        assert answer["passes"] == sum(len(rung["passes"]) for rung in answer["rungs"])
        qualities = [rung["quality"] for rung in answer["rungs"]]
        assert qualities == sorted(qualities)
        assert all(quality <= 70 for quality in qualities[:-1])
        assert (qualities[-1], answer["source"]) == (
            answer["quality"],
            "local_low_confidence"
            if answer["verdict"] != "ACCEPT"
            else "local_retry"
            if len(qualities) > 1
            else "local",
        )
        assert (answer["stop"] == "settled") is (answer["verdict"] == "ACCEPT")


@pytest.mark.slow
def test_a_dash_reads_standard_input(run: Run, whole_set: Outcome) -> None:
    data = SMALL.read_bytes()
    piped, named = run("scan", *QUICK, "-", stdin=data).only, whole_set.of(SMALL)
    assert piped["file"] == "-"
    assert piped["sha256"] == named["sha256"] == hashlib.sha256(data).hexdigest()
    own = {"file": "", "elapsed_s": 0}
    assert timeless(piped) | own == timeless(named) | own


@pytest.mark.parametrize("kind", ["pdf", "tiff"])
@pytest.mark.slow
def test_every_page_of_a_file_is_an_answer_but_one_that_is_blank(kind: str, run: Run, tmp_path: Path) -> None:
    book = tmp_path / f"book.{kind}"
    with Image.open(SMALL) as first, Image.open(OTHER_SMALL) as last:
        blank = Image.new("L", (400, 600), 245)
        pages = [blank, last.convert("L")]
        first.convert("L").save(book, save_all=True, append_images=pages, resolution=200)
    outcome = run("scan", *QUICK, book)
    assert [line["page"] for line in outcome.lines] == [1, 3]
    one, three = outcome.lines
    assert (str(one["amount"]), str(three["amount"])) == ("63.35", "111.83")
    assert "blank_page: page 2 of the file is blank" in one["warnings"]
    assert one["sha256"] == three["sha256"]
    assert outcome.status == ExitCode.OK


def test_a_file_of_blank_pages_is_an_error_for_each(run: Run, tmp_path: Path) -> None:
    book = tmp_path / "book.tiff"
    Image.new("L", (400, 600), 245).save(book, save_all=True, append_images=[Image.new("L", (400, 600), 240)])
    outcome = run("scan", *QUICK, book)
    assert [(line["page"], line["error"]["code"]) for line in outcome.lines] == [(1, "no_text"), (2, "no_text")]
    assert outcome.status == ExitCode.UNREADABLE_INPUT


def written_page(*lines: str) -> Image.Image:
    page = Image.new("L", (700, 90 + 50 * len(lines)), 250)
    for number, line in enumerate(lines):
        ImageDraw.Draw(page).text((60, 40 + 50 * number), line, fill=20, font=ImageFont.load_default(30))
    return page


@pytest.mark.slow
def test_an_invoice_of_two_pages_is_one_answer_and_half_of_it_none_that_is_accepted(run: Run, tmp_path: Path) -> None:
    head = ("HARBOR OFFICE SUPPLY", "Invoice No 4471", "Date: 2024-03-12")
    first = written_page(
        *head, "Page 1 of 2", "PRINTER   $180.00", "PAPER   $60.00", "Total   USD 240.00", "Visa   $240.00"
    )
    last = written_page(*head, "Page 2 of 2", "TONER   $160.00", "Total   USD 400.00", "Visa   $400.00")
    first.save(tmp_path / "whole.pdf", save_all=True, append_images=[last], resolution=200)
    first.save(tmp_path / "half.pdf", save_all=True, resolution=200)
    whole, half = run("scan", tmp_path / "whole.pdf", tmp_path / "half.pdf").lines
    assert (str(whole["amount"]), whole["pages"], whole["verdict"]) == ("400.00", [1, 2], "ACCEPT")
    assert (whole["page"], whole["evidence"]["amount"]["page"]) == (1, 2)
    assert (str(half["amount"]), half["page"], half["source"]) == ("240.00", 1, "local_low_confidence")
    assert half["verdict"] != "ACCEPT"
    assert any("page 1 of 2, and the next page does not follow" in warning for warning in half["warnings"])
    one, two = run("scan", "--pages", "each", tmp_path / "whole.pdf").lines
    assert [(str(line["amount"]), line["pages"]) for line in (one, two)] == [("240.00", [1]), ("400.00", [2])]
    assert [line["verdict"] == "ACCEPT" for line in (one, two)] == [False, True]


def test_json_is_one_array_with_failures_in_their_place(run: Run) -> None:
    outcome = run("scan", *QUICK, "--format", "json", "missing.jpg", SMALL)
    failed, read = json.loads(outcome.stdout, parse_float=Decimal)
    assert failed["error"]["code"] == "not_found"
    assert str(read["amount"]) == "63.35"


def test_no_file_name_is_a_formula_to_a_spreadsheet(run: Run) -> None:
    outcome = run("scan", *QUICK, "--format", "csv", "--", "=1+1.jpg")
    (row,) = csv.DictReader(io.StringIO(outcome.stdout))
    assert row["file"] == "'=1+1.jpg"


def test_csv_has_a_heading_and_a_row_for_each_answer_and_each_failure(run: Run) -> None:
    outcome = run("scan", *QUICK, "--format", "csv", "missing.jpg", SAMPLE)
    failed, read = csv.DictReader(io.StringIO(outcome.stdout))
    assert failed["error"].startswith("not_found: missing.jpg")
    assert (read["amount"], read["currency"], read["date"], read["error"]) == ("32.20", "MYR", "2016-11-17", "")


def answer(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any value of JSON
    """Make up an answer for the table."""
    sure = {"amount": 0.99, "date": 0.99, "merchant": 0.99}
    plain = {
        "file": "a.jpg",
        "page": 1,
        "part": 1,
        "verdict": "ACCEPT",
        "quality": 90,
        "amount": Decimal("12.50"),
        "currency": "EUR",
        "date": "2024-03-01",
        "merchant": "Corner Shop",
        "confidence": sure,
        "warnings": [],
    }
    return plain | changes


def table(*answers: dict[str, Any]) -> str:
    stream = io.StringIO()
    writer = WRITERS["table"](stream)
    for one in answers:
        writer.write(one)
    writer.close()
    return stream.getvalue()


def test_the_table_marks_what_is_doubtful_and_nothing_else() -> None:
    doubt = {"amount": 0.5, "date": 0.99, "merchant": 0.2}
    shown = table(answer(confidence=doubt))
    assert "12.50 EUR ?" in shown
    assert "Corner Shop ?" in shown
    assert "2024-03-01 ?" not in shown
    assert "?" not in table(answer())


def test_the_table_says_what_was_not_found_and_what_was_not_read() -> None:
    failed = {"file": "b.jpg", "error": {"code": "empty_file", "message": "b.jpg holds no data"}}
    shown = table(answer(amount=None, page=2), failed)
    assert "not found" in shown
    assert "a.jpg p. 2" in shown
    assert "not read" in shown
    assert "b.jpg holds no data" in shown


def test_the_table_tells_the_receipts_of_one_picture_apart() -> None:
    shown = table(answer(), answer(part=2), answer(page=3, part=2))
    files = [line.split("  ")[0] for line in shown.splitlines()[2:]]
    assert files == ["a.jpg", "a.jpg receipt 2", "a.jpg p. 3", "receipt 2"]


def test_a_row_of_the_table_is_printed_before_the_next_answer_is_there() -> None:
    stream = io.StringIO()
    writer = WRITERS["table"](stream)
    writer.write(answer(merchant="First", warnings=["code: look at it"]))
    assert [line.split()[0] for line in stream.getvalue().splitlines()[2:]] == ["a.jpg", "look"]
    writer.write(answer(merchant="Second"))
    assert stream.getvalue().count("merchant") == 1


def test_the_table_shows_names_as_they_are() -> None:
    """A shop or a file may be called like one of the marks by which the table is coloured."""
    assert "[red]Shop[/red]" in table(answer(merchant="[red]Shop[/red]", file="[b].jpg"))
    assert "[b].jpg" in table(answer(file="[b].jpg", warnings=["a: [link=x]y"]))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("scan",), "Missing argument 'FILE...'"),
        (("scan", "--no-such-flag", "x"), "No such option"),
        (("scan", "--format", "xml", "x"), "'xml' is not one of 'ndjson', 'json', 'csv', 'table'"),
        (("read", "x"), "No such command 'read'"),
    ],
)
def test_wrong_usage_ends_with_2_and_prints_nothing_on_standard_output(
    arguments: tuple[str, ...], said: str, run: Run
) -> None:
    outcome = run(*arguments)
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert said in outcome.stderr


def test_a_folder_that_cannot_be_made_for_debug_is_wrong_usage_before_anything_is_read(run: Run) -> None:
    outcome = run("scan", "--debug", "/dev/null/pictures", SMALL)
    assert (outcome.status, outcome.stdout) == (ExitCode.USAGE, "")
    assert "--debug: the directory /dev/null/pictures cannot be created" in outcome.stderr


@pytest.mark.slow
def test_strict_asks_for_a_person_with_3_where_a_field_is_missing_and_4_goes_before_it(run: Run, undated: Path) -> None:
    strict = run("scan", *QUICK, "--strict", undated)
    assert strict.status == ExitCode.NEEDS_REVIEW
    assert strict.only["verdict"] != "ACCEPT"
    assert strict.only["warnings"][-1].startswith("verify_by_hand: ")
    assert run("scan", *QUICK, "--strict", undated, "missing.jpg").status == ExitCode.UNREADABLE_INPUT


@pytest.mark.parametrize("output", ["ndjson", "table"])
def test_who_reads_the_output_may_stop_early(output: str, home: Path) -> None:
    arguments = command("scan", "--quiet", "--format", output, "missing.jpg", "lost.jpg")
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            arguments, stdout=closed, stderr=subprocess.PIPE, env=surroundings(home), text=True, check=False
        )
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.slow
def test_a_file_name_that_is_not_utf_8_can_be_told_from_the_answer(run: Run, tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"caf\xe9.jpg")
    odd.write_bytes(SMALL.read_bytes())
    for encoding in ("utf-8:strict", "ascii:strict"):
        outcome = run("scan", *QUICK, odd, "missing-\N{PILE OF POO}.jpg", PYTHONIOENCODING=encoding)
        read, failed = outcome.lines
        assert read["file"] == str(odd)
        assert failed["file"] == "missing-\N{PILE OF POO}.jpg"
        assert str(read["amount"]) == "63.35"


def run_on_terminal(home: Path, *arguments: object, stream: str) -> tuple[bytes, bytes]:
    """Run with ``stream`` (stdout or stderr) on a terminal; returns what it saw and what the other stream held."""
    ours, theirs = pty.openpty()
    seen = bytearray()

    def watch() -> None:
        with suppress(OSError):  # the terminal's end
            while data := os.read(ours, 65536):
                seen.extend(data)

    watcher = threading.Thread(target=watch)
    watcher.start()
    out, err = (theirs if stream == name else subprocess.PIPE for name in ("stdout", "stderr"))
    environment = surroundings(home, TERM="xterm", COLUMNS="100")
    with subprocess.Popen(command(*arguments), env=environment, stdout=out, stderr=err) as process:
        os.close(theirs)
        held = process.communicate()[stream == "stdout"]
    watcher.join()
    os.close(ours)
    return bytes(seen), held


def test_on_a_terminal_the_answer_is_a_table(home: Path) -> None:
    seen, _ = run_on_terminal(home, "scan", *QUICK, SAMPLE, stream="stdout")
    assert b"verdict" in seen
    assert b"32.20 MYR" in seen
    assert b"schema_version" not in seen


def test_progress_is_shown_on_standard_error_and_leaves_the_lines_alone(home: Path) -> None:
    seen, out = run_on_terminal(home, "scan", "missing.jpg", "lost.jpg", stream="stderr")
    assert b"reading" in seen
    assert b"/2" in seen
    assert [json.loads(line)["file"] for line in out.splitlines()] == ["missing.jpg", "lost.jpg"]


def test_the_help_names_every_setting_with_its_default(run: Run) -> None:
    pages = {"reading": run("scan", "--help"), "keeping": run("watch", "--help"), "cleaning": run("clean", "--help")}
    for name, spec in SPECS.items():
        text = " ".join(pages[spec.group].stdout.split())
        assert f"--{name.replace('_', '-')} " in text
        default = DEFAULTS[name]
        if default and not isinstance(default, tuple):
            assert f"[default: {default}]" in text


@pytest.mark.parametrize(
    ("command", "default"), [("scan", "auto"), ("explain", "auto"), ("batch", "full"), ("watch", "full")]
)
def test_the_help_names_the_default_of_items_for_this_command(run: Run, command: str, default: str) -> None:
    text = " ".join(run(command, "--help").stdout.split())
    assert re.search(rf"--items auto.full.off [^\[]*\[default: {default}\]", text)
