"""What `--debug` writes for whoever wants to see how a receipt was read."""

from __future__ import annotations

import json
import stat
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rpiocr.output.overlay.colours import FIELDS, ITEM
from tests.program import OTHER_SMALL, SAMPLE, SMALL, Run

CHOSEN = ("--variant", "default,threshold", "--psm", "6")


def folder_of(debug: Path, picture: Path) -> Path:
    (folder,) = (folder for folder in debug.iterdir() if folder.name.startswith(f"{picture.stem}-p1-"))
    return folder


@pytest.mark.slow
def test_each_receipt_gets_the_images_of_its_variants_an_overlay_the_text_and_the_result(
    run: Run, tmp_path: Path
) -> None:
    debug = tmp_path / "new" / "debug"
    outcome = run("scan", *CHOSEN, "--debug", debug, SMALL, "missing.jpg", OTHER_SMALL)
    assert len(list(debug.iterdir())) == 2
    for picture in (SMALL, OTHER_SMALL):
        folder = folder_of(debug, picture)
        files = {"default.png", "threshold.png", "overlay.png", "passes.txt", "result.json"}
        assert {file.name for file in folder.iterdir()} == files
        assert json.loads((folder / "result.json").read_text("utf-8"), parse_float=Decimal) == outcome.of(picture)


@pytest.fixture
def two_receipts(tmp_path: Path) -> Path:
    """An image of a dark table with two receipts on it."""
    picture = tmp_path / "two.png"
    with Image.open(SMALL) as left, Image.open(OTHER_SMALL) as right:
        table = Image.new("L", (left.width + right.width + 360, max(left.height, right.height) + 240), 40)
        table.paste(left, (120, 120))
        table.paste(right, (left.width + 240, 120))
        table.save(picture)
    return picture


@pytest.mark.slow
def test_each_receipt_of_one_image_gets_a_directory_of_its_own(run: Run, tmp_path: Path, two_receipts: Path) -> None:
    debug = tmp_path / "debug"
    lines = run("scan", *CHOSEN, "--debug", debug, two_receipts).lines
    results = [json.loads(file.read_text("utf-8"), parse_float=Decimal) for file in debug.glob("*/result.json")]
    assert [line["part"] for line in lines] == [1, 2]
    assert sorted(results, key=lambda result: result["part"]) == lines


@pytest.mark.slow
def test_the_passes_are_listed_by_name_with_the_text_of_each(run: Run, tmp_path: Path) -> None:
    run("scan", *CHOSEN, "--debug", tmp_path / "debug", SAMPLE)
    text = (folder_of(tmp_path / "debug", SAMPLE) / "passes.txt").read_text("utf-8")
    first, second = text.split("== ")[1:]
    assert first.startswith("tesseract-psm6/default ")
    assert second.startswith("tesseract-psm6/threshold ")
    assert all("32.20" in part for part in (first, second))


@pytest.mark.slow
def test_the_overlay_frames_the_amount_in_red_and_every_item_in_brown(run: Run, tmp_path: Path) -> None:
    found = run("scan", *CHOSEN, "--debug", tmp_path / "debug", SAMPLE).only
    _, _, width, height = found["evidence"]["amount"]["box"]
    with Image.open(folder_of(tmp_path / "debug", SAMPLE) / "overlay.png") as overlay:
        pixels = np.asarray(overlay.convert("RGB"))
    assert (pixels == FIELDS["amount"]).all(axis=2).sum() >= 2 * (width + height)
    items = [item["box"] for item in found["items"]]
    assert len(items) == 5
    assert (pixels == ITEM).all(axis=2).sum() >= sum(2 * (width + height) for _, _, width, height in items)


@pytest.mark.slow
def test_the_same_run_twice_writes_the_same_folders(run: Run, tmp_path: Path) -> None:
    for _ in range(2):
        assert run("scan", *CHOSEN, "--debug", tmp_path / "debug", "-", stdin=SMALL.read_bytes()).status == 0
    (folder,) = (tmp_path / "debug").iterdir()
    assert folder.name.startswith("stdin-p1-")


@pytest.mark.slow
def test_images_are_for_their_owner_unless_file_mode_shares_them(run: Run, tmp_path: Path) -> None:
    for name, flags, file, folder in (("a", (), 0o600, 0o700), ("b", ("--file-mode", "640"), 0o640, 0o750)):
        debug = tmp_path / name
        run("scan", *CHOSEN, *flags, "--debug", debug, SMALL)
        made = {path: stat.S_IMODE(path.stat().st_mode) for path in (debug, *debug.rglob("*"))}
        assert {made[path] for path in made if path.is_dir()} == {folder}
        assert {made[path] for path in made if path.is_file()} == {file}


@pytest.mark.slow
def test_images_are_not_written_through_a_link(run: Run, tmp_path: Path) -> None:
    run("scan", *CHOSEN, "--debug", tmp_path / "first", SMALL)
    name = folder_of(tmp_path / "first", SMALL).name
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "overlay.png").write_bytes(b"precious")
    (tmp_path / "debug").mkdir()
    (tmp_path / "debug" / name).symlink_to(victim)
    outcome = run("scan", *CHOSEN, "--debug", tmp_path / "debug", SMALL)
    assert (outcome.status, outcome.only["page"]) == (0, 1)
    assert "could not be written" in outcome.stderr
    assert [path.read_bytes() for path in victim.iterdir()] == [b"precious"]


@pytest.mark.slow
def test_a_debug_folder_that_cannot_be_written_costs_the_pictures_not_the_answer(run: Run, tmp_path: Path) -> None:
    (tmp_path / "blocked").mkdir()
    first = run("scan", *CHOSEN, "--debug", tmp_path / "blocked", SMALL)
    folder = folder_of(tmp_path / "blocked", SMALL)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    folder.write_text("in the way", "utf-8")
    again = run("scan", *CHOSEN, "--debug", tmp_path / "blocked", SMALL)
    assert (first.status, again.status) == (0, 0)
    assert again.only["amount"] == first.only["amount"]
    assert "could not be written" in again.stderr
