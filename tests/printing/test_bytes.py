"""Whatever files and shops are called, no command in any format writes what a terminal or a spreadsheet obeys."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest

from rpiocr.errors import ExitCode
from rpiocr.model import Ballot, Kind, Notice
from rpiocr.output.explain.html import page_of, section_of
from rpiocr.output.explain.story import story_of
from rpiocr.output.explain.text import write_text
from rpiocr.sanitize.formulas import is_formula
from rpiocr.watch.inbox import is_ignored
from tests.output.explain.receipts import FIRST, PAGE, RECEIPT, TOTAL_AT, Checked, candidate, field, with_fields
from tests.printing.hostile import NAMES, TEXTS, assert_plain
from tests.printing.program import Written, bytes_of, write
from tests.program import Run


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings and states are those of the test."""
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


def test_there_are_two_hundred_hostile_texts() -> None:
    assert len(set(TEXTS)) == len(set(NAMES)) >= 200


def assert_rows(data: bytes, delimiter: str = ",") -> list[list[str]]:
    """Fail where a program could see other rows than ours, or a formula; returns the rows."""
    text = data.decode("utf-8-sig").replace("\r\n", "\n")
    assert_plain(text.encode())
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert len(text.splitlines()) == len(rows)
    assert {len(row) for row in rows} == {len(rows[0])}
    numbers = ("amount", "quality", "id")
    kept = [index for index, name in enumerate(rows[0]) if name not in numbers]
    assert not any(is_formula(row[index]) for row in rows for index in kept)
    return rows


@pytest.mark.parametrize(
    "command", [("list",), ("search", "findme"), ("search", "--", "=1+1 findme"), ("prices", "findme")]
)
@pytest.mark.parametrize("output", ["ndjson", "json", "csv", "table"])
@pytest.mark.slow
def test_lists(store: str, command: tuple[str, ...], output: str) -> None:
    written = write(command[0], "--store", store, "--format", output, *command[1:])
    assert (written.status, written.err) in ((ExitCode.OK, b""), (ExitCode.OK, b"rpiocr: no stored receipt fits\n"))
    if output == "csv":
        assert_rows(written.out)
    text = assert_plain(written.out, lines=len(TEXTS) if (output, command) == ("ndjson", ("list",)) else None)
    if output == "ndjson" and command == ("list",):
        stored = {text.encode("utf-8", "backslashreplace").decode() for text in TEXTS}
        assert {json.loads(line)["merchant"] for line in text.splitlines()} == stored


@pytest.mark.parametrize("output", ["text", "json"])
@pytest.mark.slow
def test_receipts_in_full(store: str, output: str) -> None:
    for number in range(1, len(TEXTS) + 1):
        written = write("show", number, "--store", store, "--format", output)
        assert (written.status, written.err) == (ExitCode.OK, b"")
        assert_plain(written.out, lines=1 if output == "json" else None)


@pytest.mark.parametrize("output", ["chart", "ndjson"])
@pytest.mark.slow
def test_sums(store: str, output: str) -> None:
    written = write("stats", "--store", store, "--format", output, "--top", 1000)
    assert written.status == ExitCode.OK
    assert_plain(written.out)


@pytest.mark.parametrize(
    "options",
    [
        ("csv",),
        ("csv", "--decimal", ","),
        ("csv", "--no-bom", "--delimiter", "tab"),
        ("json",),
        ("ndjson",),
        ("ledger",),
        ("beancount",),
    ],
)
def test_exports(store: str, options: tuple[str, ...]) -> None:
    written = write("export", "--store", store, "--with-duplicates", "--format", *options)
    assert (written.status, written.err) == (ExitCode.OK, b"")
    if options[0] == "csv":
        # A tab is what terminals obey as well; here it is the delimiter.
        rows = assert_rows(written.out.replace(b"\t", "¦".encode()), {"tab": "¦", ",": ";"}.get(options[-1], ","))
        assert len(rows) == len(TEXTS) + 1
        return
    text = assert_plain(written.out)
    assert max(map(len, text.encode().splitlines())) < 4096 or options[0].endswith("json")
    if options[0] in ("ledger", "beancount"):
        assert text.count("rpiocr-id: ") == len(TEXTS)


TEXT_CELLS = ("s", "inlineStr")


def test_workbooks(store: str, tmp_path: Path) -> None:
    openpyxl = pytest.importorskip("openpyxl", reason="openpyxl is not installed")
    out = tmp_path / "a.xlsx"
    assert write("export", "--store", store, "--with-duplicates", "--format", "xlsx", "--out", out).status == 0
    book = openpyxl.load_workbook(out)
    everything = [cell for sheet in book for row in sheet.iter_rows(min_row=2) for cell in row]
    cells = [cell for cell in everything if cell.data_type in TEXT_CELLS and cell.value]
    assert len(cells) > 2 * len(TEXTS)
    for cell in cells:
        assert_plain(cell.value.encode(), lines=0)
        assert cell.quotePrefix or not is_formula(cell.value)
    assert {cell.data_type for cell in everything} <= {*TEXT_CELLS, "n", "d"}
    book.close()


def test_names_in_archives(store: str, tmp_path: Path) -> None:
    out = tmp_path / "a.zip"
    written = write("export", "--store", store, "--with-duplicates", "--zip", out)
    assert written.status == ExitCode.OK
    assert_plain(written.err)
    with ZipFile(out) as archive:
        assert_plain(archive.read("MISSING.txt"), lines=len(TEXTS))


@pytest.mark.parametrize("output", ["ndjson", "json", "csv", "table"])
def test_what_scan_cannot_read(output: str) -> None:
    written = write("scan", "--format", output, "--", *NAMES)
    assert written.status == ExitCode.UNREADABLE_INPUT
    assert_plain(written.err, lines=len(NAMES))
    if output == "csv":
        assert len(assert_rows(written.out)) == len(NAMES) + 1
    text = assert_plain(written.out)
    if output == "ndjson":
        assert [json.loads(line)["file"] for line in text.splitlines()] == list(NAMES)


@pytest.mark.parametrize("output", ["ndjson", "json", "text"])
def test_what_check_cannot_read(output: str, folder: Path) -> None:
    written = write("check", "--format", output, *folder.iterdir())
    assert written.status == ExitCode.UNREADABLE_INPUT
    count = len(list(folder.iterdir()))
    assert_plain(written.err, lines=count)
    assert_plain(written.out, lines={"ndjson": count, "text": 2 * count}.get(output))


@pytest.mark.parametrize(("log_format", "output"), [("text", "csv"), ("json", "ndjson")])
def test_batches(log_format: str, output: str, folder: Path, run: Run) -> None:
    outcome = run("batch", "--no-store", "--stats", "--format", output, "--log-format", log_format, folder)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    meant = len([file for file in folder.iterdir() if not is_ignored(file.name)])
    assert_plain(outcome.stderr.encode(), lines=meant + (2 if log_format == "json" else 6))
    if output == "csv":
        assert len(assert_rows(outcome.stdout.encode())) == meant + 1
    else:
        assert_plain(outcome.stdout.encode(), lines=meant)


def test_a_watch_and_its_health(folder: Path, run: Run) -> None:
    long_ago = 1_500_000_000
    for number, file in enumerate(sorted(folder.iterdir())):
        if number % 2:
            file.unlink()
        else:
            os.utime(file, (long_ago, long_ago))
    kept = len([file for file in folder.iterdir() if not is_ignored(file.name)])
    odd = folder.with_name("in\x1b[2J\nbox\u202e\udce9")
    folder.rename(odd)
    outcome = run("watch", "--once", "--keep", "--settle", "0.1", odd)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
    assert_plain(outcome.stdout.encode(), lines=kept)
    assert_plain(outcome.stderr.encode())
    assert_plain(run("watch", "--status", odd).stdout.encode(), lines=1)


USAGE = (
    lambda text: ("scan", "--format", text, "x"),
    lambda text: ("scan", f"--{text}", "x"),
    lambda text: (text,),
    lambda text: ("scan", "--mode", text, "x"),
    lambda text: ("scan", "--lang", text, "x"),
    lambda text: ("scan", "--config", f"/nowhere/{text}", "x"),
    lambda text: ("scan", "--keywords", text, "x"),
    lambda text: ("scan", "--debug", f"/dev/null/{text}", "x"),
    lambda text: ("batch", "--workers", text, "x"),
    lambda text: ("batch", f"@/nowhere/{text}"),
    lambda text: ("explain", "--", f"/nowhere/{text}"),
    lambda text: ("explain", "--html", f"/nowhere/{text}", "x"),
    lambda text: ("list", "--store", text),
    lambda text: ("list", "--store", f"sqlite:////dev/null/{text}"),
    lambda text: ("list", "--since", text),
    lambda text: ("show", "--", text),
    lambda text: ("fix", "1", "--", text),
    lambda text: ("export", "--delimiter", text),
    lambda text: ("export", "--format", "ledger", "--account-cash", text),
    lambda text: ("export", "--format", "ledger", "--account", text),
    lambda text: ("prune", "--older-than", text),
    lambda text: ("watch", "--once", f"/nowhere/{text}"),
    lambda text: ("service", "status", "--name", text),
    lambda text: ("service", "install", "--dry-run", "--timer", text, "/nowhere"),
    lambda text: ("service", "install", "--dry-run", "--user-name", text, f"/nowhere/{text}"),
)


@pytest.mark.parametrize("usage", USAGE, ids=range(len(USAGE)))
def test_what_is_wrong_with_a_command_line(usage: object) -> None:
    assert callable(usage)
    for text in TEXTS[::9]:
        written = write(*(word.replace("\0", "") for word in usage(text)))
        assert_nothing_obeyed(written)
        assert b"Traceback" not in written.err
        assert b"a defect of" not in written.err


def assert_nothing_obeyed(written: Written) -> None:
    """Fail where a terminal would obey either stream."""
    assert_plain(written.out)
    assert_plain(written.err)


def test_settings_that_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "settings.toml"
    for text in TEXTS[::9]:
        monkeypatch.setenv("RPIOCR_MODE", os.fsdecode(text.encode("utf-8", "surrogateescape").replace(b"\0", b"")))
        assert_nothing_obeyed(write("scan", "x"))
        monkeypatch.delenv("RPIOCR_MODE")
        config.write_text(f"mode = {json.dumps(text.encode('utf-8', 'replace').decode())}\n", "utf-8")
        refused = write("scan", "--config", config, "x")
        assert refused.status == ExitCode.USAGE
        assert_nothing_obeyed(refused)


@pytest.mark.parametrize("output", ["text", "json"])
def test_the_doctor_shows_settings_for_what_they_are(output: str, run: Run) -> None:
    odd = "/x\x1b]52;c;ZXZpbA==\x07\u202e\x9b2J"
    outcome = run("doctor", "--format", output, RPIOCR_KEYWORDS=odd, RPIOCR_MODE="\x1b[2J\nlow", HOME=f"/x{odd}")
    assert outcome.status == ExitCode.MISSING_DEPENDENCY
    assert_plain(outcome.stdout.encode())
    assert_plain(outcome.stderr.encode())


@pytest.mark.parametrize("text", TEXTS[::5])
def test_how_a_receipt_was_read(text: str) -> None:
    odd = candidate(text, text, TOTAL_AT, Kind.HEAD)
    receipt = with_fields(merchant=field(odd, [Ballot(FIRST, odd)]))
    receipt = replace(receipt, file=text, warnings=(Notice("odd", text),))
    stream = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    write_text(story_of(receipt), stream)
    assert_plain(bytes_of(stream))
    page = page_of(text, [section_of(PAGE, receipt)])
    assert_plain(page.encode())
    checked, usual = Checked(page), Checked(page_of("a.jpg", [section_of(PAGE, RECEIPT)]))
    for tag in ("script", "img", "a", "title", "b"):
        assert len(checked.of(tag)) == len(usual.of(tag)), tag
