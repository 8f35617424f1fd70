"""Claims about ``rpiocr items``: what was bought, and how far the list can be trusted."""

from __future__ import annotations

import csv
import io
import json

from rpiocr.errors import ExitCode
from tests.program import ALONE, OTHER_SMALL, QUICK, RECEIPTS, SMALL, Run

GERMAN = RECEIPTS / "img" / "de_supermarket.jpg"


def words(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip()]


def test_a_table_has_each_item_and_the_line_below_it_says_that_the_list_is_accepted(run: Run) -> None:
    outcome = run("items", *ALONE, "--format", "table", SMALL)
    lines = words(outcome.stdout)
    assert lines[1] == ["#", "description", "quantity", "unit", "price", "amount"]
    assert ["2", "Grilled", "Salmon", "1", "25.67"] in lines
    below = [line for line in outcome.stdout.splitlines() if line.startswith("5 items")]
    assert below == ["5 items; their sum 57.57 SGD agrees with the subtotal; the list is accepted"]
    assert outcome.status == ExitCode.OK


def test_what_is_no_plain_item_is_marked_with_its_kind(run: Run) -> None:
    lines = words(run("items", *ALONE, "--format", "table", GERMAN).stdout)
    assert lines[1][-1] == "kind"
    assert ["1", "PFAND", "2", "0.25", "0.50", "deposit"] in lines
    assert ["4", "ZAHNPASTA", "MINZE", "2.90"] in lines


def test_csv_has_a_row_for_each_item_with_its_file_and_one_for_each_failure(run: Run) -> None:
    outcome = run("items", *ALONE, "--format", "csv", "missing.jpg", SMALL, OTHER_SMALL)
    failed, *soups, fuel = csv.DictReader(io.StringIO(outcome.stdout))
    assert (failed["file"], failed["number"]) == ("missing.jpg", "")
    assert failed["error"].startswith("not_found: missing.jpg")
    assert [row["number"] for row in soups] == ["1", "2", "3", "4", "5"]
    assert {row["file"] for row in soups} == {str(SMALL)}
    assert (fuel["description"], fuel["amount"], fuel["currency"], fuel["verdict"]) == (
        *("DIESEL", "111.83", "USD"),
        "ACCEPT",
    )
    assert outcome.status == ExitCode.UNREADABLE_INPUT


def test_json_is_that_of_scan(run: Run) -> None:
    (read,) = json.loads(run("items", *ALONE, "--format", "json", OTHER_SMALL).stdout)
    scanned = run("scan", *ALONE, "--items", "full", OTHER_SMALL).only
    assert list(read) == list(scanned)
    assert [item["description"] for item in read["items"]] == ["DIESEL"]


def test_items_that_are_switched_off_for_scan_are_read_anyway(run: Run) -> None:
    outcome = run("items", *ALONE, OTHER_SMALL, RPIOCR_ITEMS="off")
    assert outcome.only["items"]
    assert run("scan", *ALONE, OTHER_SMALL, RPIOCR_ITEMS="off").only["items"] is None


def test_a_batch_looks_for_items_unless_it_is_told_not_to(run: Run) -> None:
    found = run("batch", *QUICK, "--no-store", SMALL).only
    assert found["items"][-1]["description"] == "Lemonade"
    assert run("batch", *QUICK, "--no-store", "--items", "off", SMALL).only["items"] is None


def test_with_strict_a_list_that_is_not_accepted_ends_with_3(run: Run) -> None:
    doubtful = RECEIPTS / "img" / "gb_savings.jpg"
    outcome = run("items", *ALONE, "--strict", SMALL, doubtful)
    proved, unproved = outcome.lines
    assert (proved["verdicts"]["items"], unproved["verdicts"]["items"]) == ("ACCEPT", "RETRY")
    assert outcome.status == ExitCode.NEEDS_REVIEW
    assert run("items", *ALONE, "--strict", SMALL).status == ExitCode.OK


def test_what_cannot_be_read_is_named_in_the_table_and_its_error_is_below(run: Run) -> None:
    outcome = run("items", "--format", "table", "missing.jpg")
    first, *below = outcome.stdout.splitlines()
    assert first == "missing.jpg"
    assert "does not exist" in " ".join(below)
    assert outcome.status == ExitCode.UNREADABLE_INPUT
