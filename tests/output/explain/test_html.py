"""The HTML page with images, of a receipt that was built by hand."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from rpiocr.errors import NoTextError
from rpiocr.model import Ballot, Box, EngineFamily, EngineId, Kind, Notice, PassId, Receipt
from rpiocr.output.explain.html import page_of, section_of, section_of_failure
from rpiocr.output.explain.images import picture_around, picture_of_page
from rpiocr.reading.outcome import Failure
from tests.output.explain.receipts import (
    FIRST,
    NAME_AT,
    PAGE,
    PASSES,
    RECEIPT,
    TOTAL,
    Checked,
    candidate,
    field,
    with_fields,
)

HOSTILE = '<script>alert("1")</script>\'"><img src=x onerror=alert(1)>&amp;$style]]>-->'


def written(receipt: Receipt = RECEIPT, title: str = "shop.jpg") -> str:
    return page_of(title, [section_of(PAGE, receipt)])


def test_the_page_says_what_the_text_says() -> None:
    text = Checked(written()).text
    for said in (
        "How shop.jpg was read",
        "Page 1 RETRY, quality 64",
        "Total: 32.20 MYR ACCEPT, probability 98.0 %",
        "The cash tendered minus the change is 32.20 MYR.",
        "82.20 MYR next to a word for payment by card",
        "can be read as 2024-03-04 or as 2024-04-03",
        "failed: engine_timeout: not ended in time",
        "Reading stopped at the time limit",
    ):
        assert said in text
    for one in PASSES:
        assert text.count(one.name) >= 4


def test_the_page_needs_nothing_but_itself() -> None:
    page = written()
    parsed = Checked(page)
    assert {tag for tag, _ in parsed.tags} & {"script", "link", "iframe", "object", "embed", "base", "a"} == set()
    sources = [value for _, attributes in parsed.tags for name, value in attributes.items() if name in ("src", "href")]
    assert len(sources) == 5
    assert all(source and source.startswith("data:image/jpeg;base64,") for source in sources)
    assert re.findall(r"https?:|url\(|@import", page) == []


def test_the_page_can_be_read_aloud() -> None:
    parsed = Checked(written())
    assert parsed.of("html") == [{"lang": "en"}]
    assert len({picture["alt"] for picture in parsed.of("img")}) == 5
    headings = [int(tag[1]) for tag, _ in parsed.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))
    assert all(cell.get("scope") for cell in parsed.of("th"))
    assert all(drawing["aria-hidden"] == "true" for drawing in parsed.of("svg"))


ODD = EngineId(EngineFamily(HOSTILE), HOSTILE)


def test_text_of_a_receipt_and_names_of_files_stay_text() -> None:
    name = candidate(HOSTILE, HOSTILE, NAME_AT, Kind.LABEL, label=HOSTILE)
    receipt = with_fields(merchant=field(name, [Ballot(FIRST, name), Ballot(PassId(ODD, HOSTILE), name)], [name]))
    receipt = replace(
        receipt,
        file=HOSTILE,
        warnings=(Notice("code", HOSTILE),),
        passes=(*receipt.passes, replace(PASSES[0], engine=ODD), replace(PASSES[2], error=HOSTILE)),
        rungs=(replace(receipt.rungs[0], name=HOSTILE, passes=(HOSTILE,)),),
    )
    tame, odd = Checked(written()), Checked(written(receipt, HOSTILE))
    assert {tag for tag, _ in odd.tags} == {tag for tag, _ in tame.tags}
    assert {name for _, attributes in odd.tags for name in attributes} == {
        name for _, attributes in tame.tags for name in attributes
    }
    assert odd.text.count(HOSTILE) >= 10


def test_frames_are_located_at_their_values() -> None:
    frames = [shape for shape in Checked(written()).of("rect") if shape["class"] == "amount"]
    assert len(frames) == 2
    for frame in frames:
        assert frame["x"] == "297.0"
        assert frame["y"] == "197.0"
        assert frame["width"] == "86.0"


def test_a_page_that_was_not_read_is_reported_among_the_others() -> None:
    failure = Failure("shop.pdf", 2, NoTextError("shop.pdf: page 2 has <no> text"))
    text = Checked(page_of("shop.pdf", [section_of(PAGE, RECEIPT), section_of_failure(failure)])).text
    assert "Page 2 was not read shop.pdf: page 2 has <no> text" in text


@pytest.mark.parametrize(
    "box",
    [Box(-500, -500, -400, -400), Box(900, 10, 950, 20), Box(float("nan"), 1, 2, 3), Box(0, 0, float("inf"), 5)],
    ids=["before the page", "behind the page", "not a number", "without an end"],
)
def test_a_box_that_is_not_on_the_page_costs_its_crop_and_nothing_else(box: Box) -> None:
    lost = replace(TOTAL, box=box)
    page = written(with_fields(amount=field(lost, [Ballot(FIRST, lost)])))
    assert len(Checked(page).of("img")) == 4
    assert "Total: 32.20 MYR" in Checked(page).text


def decoded(uri: str) -> Image.Image:
    return Image.open(io.BytesIO(base64.b64decode(uri.partition(",")[2])))


def test_images_have_their_stated_size_and_large_pages_are_scaled_down() -> None:
    whole = picture_of_page(PAGE.pixels)
    large = picture_of_page(PAGE.pixels.repeat(10, axis=0).repeat(10, axis=1))
    crop = picture_around(PAGE.pixels, NAME_AT)
    assert crop
    for picture in (whole, large, crop):
        assert decoded(picture.uri).size == (picture.width, picture.height)
    assert (whole.width, whole.height) == (420, 400)
    assert max(large.width, large.height) == 1400
    assert crop.region.left <= NAME_AT.left < NAME_AT.right <= crop.region.right


PROBE = """
onload = () => {
  const page = document.querySelector("iframe").contentDocument, broken = [];
  page.querySelectorAll("details").forEach(one => { one.open = true; });
  const walk = page.createTreeWalker(page.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    if (node.parentElement.closest("svg, pre, thead")) continue;
    for (const found of node.data.matchAll(/\\d[\\d.,:-]*\\d( MYR)?/g)) {
      const range = page.createRange();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      const lines = new Set([...range.getClientRects()].map(one => Math.round(one.top)));
      if (lines.size > 1) broken.push(found[0]);
    }
  }
  document.body.textContent = JSON.stringify({ broken, width: page.documentElement.scrollWidth });
};
"""


@pytest.mark.parametrize("width", [390, 360])
def test_on_a_telephone_no_number_is_broken_and_nothing_is_cut_off(tmp_path: Path, width: int) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser is None:
        pytest.skip("chromium is not installed")
    (tmp_path / "page.html").write_text(written(), "utf-8")
    frame = f'<iframe src="page.html" width="{width}" height="3000" style="border:0"></iframe>'
    (tmp_path / "probe.html").write_text(f"<body>{frame}<script>{PROBE}</script></body>", "utf-8")
    flags = ("--headless", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files", "--dump-dom")
    command = [browser, *flags, f"--user-data-dir={tmp_path / 'profile'}", (tmp_path / "probe.html").as_uri()]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout
    found = json.loads(re.findall(r"<body>(.*?)</body>", shown, re.DOTALL)[0])
    assert found["broken"] == []
    assert found["width"] <= width
