"""Small files that are costly to decode: each gives a page or a clear error, within the limits."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from rpiocr.decode.grey import Turn, decoded_page
from rpiocr.decode.image import tiff_pages
from rpiocr.decode.limits import Limits as DecodeLimits
from rpiocr.errors import ExitCode, InputError
from rpiocr.load import load_pages
from rpiocr.load.budget import Limits
from rpiocr.model import Page
from rpiocr.preprocess import PLAIN, VARIANTS, Preparer
from rpiocr.preprocess.capture_advice import advise
from rpiocr.preprocess.crops import find_crops
from tests.program import Outcome, run_in

from .bombs import BOMBS, tiff_of_frames

HOSTILE = Path(__file__).parents[1] / "fixtures" / "hostile"

QUICK = Limits(pages=3, page_cpu_s=1.0, file_cpu_s=2.0)


def sizes(data: bytes, limits: Limits) -> Iterator[tuple[int, ...]]:
    for page in load_pages("bomb", stream=io.BytesIO(data), limits=limits):
        yield page.pixels.shape


@pytest.mark.parametrize("name", BOMBS)
def test_a_file_that_is_costly_to_decode_gives_a_page_or_a_clear_error(name: str) -> None:
    pages = 0
    try:
        for height, width in sizes(BOMBS[name](), QUICK):
            assert height * width <= QUICK.pixels
            pages += 1
    except InputError as error:
        assert str(error).startswith("bomb")
        assert str(error).endswith(".")
        assert len(str(error)) < 600
    else:
        assert pages


def test_there_are_bombs_of_every_format() -> None:
    assert len(BOMBS) >= 57
    kinds = {name.split()[0] for name in BOMBS}
    assert kinds == {"jpeg", "png", "bmp", "gif", "webp", "tiff", "heif", "avif", "pdf"}


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """One run of the program over all hostile files, with a sound one between each two."""
    files = [file for hostile in sorted(HOSTILE.iterdir()) for file in (hostile, HOSTILE.parent / "sample.jpg")]
    return run_in(tmp_path_factory.mktemp("home"), "check", "--max-pages", "2", "--format", "ndjson", *files)


def test_the_program_goes_through_hostile_files_without_a_defect(checked: Outcome) -> None:
    assert checked.status == ExitCode.UNREADABLE_INPUT
    assert all(line["error"]["code"] != "defect" for line in checked.lines if "error" in line)


CODES = {
    "palette_without_plte.png": None,
    "pdf_10000_same.pdf": "too_many_pages",
    "pdf_flate_flate_2GB.pdf": "too_large",
    "pdf_form_self.pdf": "too_large",
    "pdf_forms_5x40.pdf": "too_large",
    "png_tall.png": "too_small",
    "png_wide.png": "too_small",
    "webp_119MP.webp": "too_large",
}


@pytest.mark.parametrize("name", CODES)
def test_each_hostile_file_has_its_code_and_the_file_after_it_is_read(name: str, checked: Outcome) -> None:
    lines = checked.lines
    last = max(place for place, line in enumerate(lines) if Path(line["file"]).name == name)
    assert lines[last].get("error", {}).get("code") == CODES[name]
    assert Path(lines[last + 1]["file"]).name == "sample.jpg"
    assert "error" not in lines[last + 1]


class CountedReads(io.BytesIO):
    """Counts how often it is read from."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Read, and count that."""
        self.reads += 1
        return super().read(size)


def reads_of(frames: int, *, reduced: bool) -> int:
    stream = CountedReads(tiff_of_frames(frames, reduced=reduced))
    for sheet in tiff_pages(stream, DecodeLimits(10**8, 10**9, 10**6)):
        assert b"".join(sheet.strips)
    return stream.reads


@pytest.mark.parametrize("reduced", [False, True], ids=["pages", "thumbnails"])
def test_the_work_to_find_the_pages_of_a_tiff_is_linear_in_their_number(*, reduced: bool) -> None:
    few, many = reads_of(50, reduced=reduced), reads_of(200, reduced=reduced)
    assert 3 * few < many < 5 * few


TURNS = [None, *Turn]


@pytest.mark.parametrize("turn", TURNS, ids=str)
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "P", "I;16", "I", "F"])
def test_a_page_that_is_sent_in_strips_is_the_same_as_in_one(mode: str, turn: Turn | None) -> None:
    values = np.random.default_rng(3).integers(0, 256, (37, 23), dtype=np.uint8)
    picture = Image.fromarray(values)
    picture = Image.fromarray(values.astype(np.uint16) * 257) if mode == "I;16" else picture.convert(mode)
    whole = decoded_page(picture.crop, picture.size, mode, turn, 10**6)
    strips = decoded_page(picture.crop, picture.size, mode, turn, 100)
    assert (strips.width, strips.height) == (whole.width, whole.height)
    parts = list(strips.strips)
    assert len(parts) > 5
    assert b"".join(parts) == b"".join(whole.strips)


@pytest.mark.parametrize("shape", [(3200, 32), (32, 3200), (65_000, 650), (650, 65_000), (4000, 40), (40, 65)])
@pytest.mark.parametrize("look", ["blank", "noise"])
def test_a_strip_that_is_just_wide_enough_is_processed_like_any_page(look: str, shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(5).integers(0, 256, shape, dtype=np.uint8)
    page = Page(noise if look == "noise" else np.full(shape, 230, np.uint8), "strip.png", 1, "0" * 64)
    assert json.dumps([advice.code for advice in advise(page)])
    for crop in find_crops(page):
        preparer = Preparer(crop.page, rows=crop.rows)
        assert all(preparer.make(variant).pixels.size for variant in (*VARIANTS, PLAIN))


def test_a_page_of_more_pixels_than_phones_take_is_read_on_a_copy_that_maps_back_to_the_page() -> None:
    page = Page(np.full((8000, 10_000), 200, np.uint8), "large.jpg", 1, "0" * 64)
    (crop,) = find_crops(page)
    height, width = crop.page.pixels.shape
    assert height * width < 25_000_000
    assert not crop.is_photo
    corner = crop.to_page(np.array([[float(width), float(height)]]))[0]
    assert corner == pytest.approx((10_000, 8000), abs=1e-6)
