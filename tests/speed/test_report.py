"""What is printed can be pasted, and is compared only with what was measured on the same pictures."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

from rpiocr.speed.machine import Machine
from rpiocr.speed.measuring import Cost, Measured
from rpiocr.speed.programs import Start
from rpiocr.speed.report import Report, as_values, in_words, measured_machines
from rpiocr.speed.run import shipped_pictures

MACHINE = Machine("Board | with a bar", "aarch64", 4, 7.6, "Debian", "3.11.2", "5.3.0", None, "0.1.0")
SEEN = (
    Measured("/home/me/a.jpg", Cost(2.0, 1.0), Cost(1.0, 1.0), settled=True),
    Measured("/home/me/b.jpg", Cost(9.0, 5.0), Cost(1.0, 1.0), settled=False),
)
REPORT = Report(MACHINE, SEEN, Start(Cost(5, 4), Cost(1, 1), Cost(2, 1)), 3, False, dt.date(2026, 12, 1), 0.2)  # noqa: FBT003


def test_the_table_of_machines_ends_with_this_one() -> None:
    cells = in_words(REPORT).splitlines()[-1].split(" | ")
    assert cells[:6] == ["| this machine", "4", "Tesseract alone", "2026-12-01", "0.2", "1 of 2"]
    assert cells[6:] == ["5.50", "3.00", "5.50", "3.00", "3.00 |"]


def test_pictures_of_ones_own_are_not_compared_with_other_machines() -> None:
    assert "this machine" not in in_words(replace(REPORT, own=True))


def test_settled_receipts_are_counted_apart() -> None:
    text = in_words(REPORT)
    assert "| settled (1) | CPU s | 2.00 | 2.00 | 2.00 |" in text
    assert "| all (2) | CPU, plain passes | 5.50 | 5.50 | 9.00 |" in text


def test_without_a_settled_receipt_there_is_no_figure_for_them() -> None:
    report = replace(REPORT, seen=SEEN[1:])
    assert "settled (" not in in_words(report)
    assert as_values(report)["settled"] is None


def test_a_report_does_not_disclose_where_pictures_are() -> None:
    values = as_values(REPORT)
    assert [one["file"] for one in values["receipts"]] == ["a.jpg", "b.jpg"]
    assert "/home/me" not in f"{values}{in_words(REPORT)}"


def test_the_name_of_a_machine_does_not_break_the_table() -> None:
    assert "Board / with a bar, aarch64, 4 cores, 7.6 GB" in in_words(REPORT)


def test_machines_were_measured_on_the_pictures_that_come_with_the_package_which_are_small() -> None:
    pictures = [Path(file) for file in shipped_pictures()]
    assert sum(picture.stat().st_size for picture in pictures) < 400_000
    assert measured_machines()
    assert {row.receipts for row in measured_machines()} == {len(pictures)}
