"""What a PDF with text costs is measured beside a scan of the same receipt."""

from __future__ import annotations

from click.testing import CliRunner

from bench.pdf_text import Seen, costs_table, main


def rows_of(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]


def test_the_ratio_is_that_of_the_text_to_the_scan() -> None:
    by_text = Seen(0.5, by_text=True, right=True, accepted=True)
    scan = Seen(2.0, by_text=False, right=True, accepted=False)
    _, _, text, pictured, ratio = rows_of(costs_table([{"text": by_text, "scan": scan}] * 3))
    assert text == ["text", "0.50", "0.50", "3", "3", "3"]
    assert pictured == ["scan", "2.00", "2.00", "0", "3", "0"]
    assert ratio == ["ratio", "0.25", "0.25", "", "", ""]


def test_each_receipt_is_read_in_both_forms() -> None:
    done = CliRunner().invoke(main, ["--seed", "9601", "--receipts", "1"])
    assert done.exit_code == 0, done.output
    _, _, text, scan, _ = rows_of(done.output)
    assert text[3:] == ["1", "1", "1"]
    assert scan[3] == "0"
