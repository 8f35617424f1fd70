"""Files of several pages through the command line: what is one receipt, and what is held back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.program import QUICK, Run

HEAD = ("HARBOR OFFICE SUPPLY", "Invoice No 4471", "Date: 2024-03-12")
FIRST = ("PRINTER   180.00", "PAPER   60.00", "Carried forward   240.00")
LAST = ("Brought forward   240.00", "TONER   100.00", "INK   60.00", "Total EUR   400.00")


def sheet(*lines: str) -> Image.Image:
    """A page with a text; what follows three blanks is flush right."""
    page = Image.new("L", (760, 90 + 50 * len(lines)), 250)
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(30)
    for number, line in enumerate(lines):
        left, _, right = line.partition("   ")
        pen.text((60, 40 + 50 * number), left, fill=20, font=font)
        pen.text((700, 40 + 50 * number), right, fill=20, font=font, anchor="ra")
    return page


def write(path: Path, *sheets: Image.Image) -> Path:
    """Write a PDF of some pages."""
    sheets[0].save(path, save_all=True, append_images=list(sheets[1:]), resolution=200)
    return path


@pytest.mark.slow
def test_pages_that_only_carry_an_amount_over_are_one_receipt_with_the_items_of_both(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "carried.pdf", sheet(*HEAD, *FIRST), sheet(*LAST))
    found = run("scan", *QUICK, file).only
    assert (str(found["amount"]), found["page"], found["pages"], found["date"]) == ("400.00", 1, [1, 2], "2024-03-12")
    assert (found["verdict"], found["evidence"]["amount"]["checks"]) == ("ACCEPT", ["items"])
    assert [(item["description"], item.get("page")) for item in found["items"]] == [
        ("PRINTER", None),
        ("PAPER", None),
        ("TONER", 2),
        ("INK", 2),
    ]


@pytest.mark.slow
def test_the_first_of_two_pages_and_two_receipts_of_one_shop_are_not_joined(run: Run, tmp_path: Path) -> None:
    half = write(tmp_path / "half.pdf", sheet(*HEAD, *FIRST))
    assert run("scan", *QUICK, half).only["verdict"] != "ACCEPT"
    other = [line.replace("4471", "4472") for line in HEAD]
    total = ("PRINTER   180.00", "PAPER   60.00", "Total EUR   240.00", "Cash   240.00")
    stack = write(tmp_path / "stack.pdf", sheet(*HEAD, *total), sheet(*other, *total))
    lines = run("scan", *QUICK, stack).lines
    assert [(line["pages"], str(line["amount"])) for line in lines] == [([1], "240.00"), ([2], "240.00")]


@pytest.mark.slow
def test_a_receipt_of_two_pages_is_kept_shown_and_explained_as_one(run: Run, tmp_path: Path) -> None:
    file = write(tmp_path / "carried.pdf", sheet(*HEAD, *FIRST), sheet(*LAST))
    store = f"sqlite:///{tmp_path / 'receipts.sqlite'}"
    run("batch", *QUICK, "--store", store, file)
    shown = json.loads(run("show", "--store", store, "--format", "json", "1").stdout)
    assert (shown["pages"], shown["evidence"]["amount"]["page"]) == ([1, 2], 2)
    explained = run("explain", *QUICK, "--store", store, "--html", "-", "1").stdout
    assert explained.count('<figure class="page">') == 2
    assert "It was read on page 2 of the file" in explained
