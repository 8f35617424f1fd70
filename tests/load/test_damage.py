from __future__ import annotations

import io
import struct
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from rpiocr.errors import DamagedFileError, InputError
from rpiocr.load import load_pages

from .samples import ALL_FORMATS, RASTER_FORMATS, encoded, pages_of, quarters


def phone_exif() -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112], tags[0x010F], tags[0x011A] = 6, "phone", 72.0
    return tags


def noise(size: tuple[int, int] = (160, 120)) -> Image.Image:
    """Incompressible, so that an image's data make up most of its file."""
    values = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    return Image.fromarray(values)


VARIANTS: dict[str, tuple[str, dict[str, object]]] = {
    **{kind: (kind, {}) for kind in RASTER_FORMATS},
    "progressive JPEG": ("JPEG", {"progressive": True}),
    "lossy WebP": ("WEBP", {"lossless": False}),
    "LZW TIFF": ("TIFF", {"compression": "tiff_lzw"}),
    "deflate TIFF": ("TIFF", {"compression": "tiff_adobe_deflate"}),
    "JPEG TIFF": ("TIFF", {"compression": "jpeg"}),
}


@pytest.mark.parametrize("kept", [0.05, 0.2, 0.5, 0.8, 0.95, 0.99])
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_truncated_image_is_never_padded(variant: str, kept: float) -> None:
    kind, options = VARIANTS[variant]
    data = encoded(noise(), kind, **options)
    with pytest.raises(DamagedFileError, match="standard input is truncated, damaged"):
        pages_of(data[: int(len(data) * kept)])


def test_a_truncated_image_is_not_padded_even_if_the_caller_lets_pillow_do_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    data = encoded(noise(), "JPEG")
    with pytest.raises(DamagedFileError):
        pages_of(data[: len(data) // 2])
    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


@pytest.mark.parametrize("missing", [1, 2, 16, 600])
def test_a_photo_without_its_last_bytes_is_damaged(missing: int) -> None:
    with pytest.raises(DamagedFileError):
        pages_of(encoded(noise(), "JPEG")[:-missing])


def test_the_pages_before_a_damaged_one_are_read() -> None:
    data = encoded(quarters(), "TIFF", save_all=True, append_images=[noise()])
    pages = load_pages("-", stream=io.BytesIO(data[:-1000]))
    assert next(pages).number == 1
    with pytest.raises(DamagedFileError):
        next(pages)


def test_a_tiff_that_points_past_its_end_for_the_next_page_is_damaged() -> None:
    data = bytearray(encoded(quarters(), "TIFF"))
    (directory,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, directory)
    struct.pack_into("<I", data, directory + 2 + 12 * entries, len(data) + 1000)
    pages = load_pages("-", stream=io.BytesIO(data))
    assert next(pages).number == 1
    with pytest.raises(DamagedFileError):
        next(pages)


def test_a_tiff_whose_pages_go_round_in_a_circle_ends() -> None:
    data = bytearray(encoded(quarters(), "TIFF"))
    (directory,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, directory)
    struct.pack_into("<I", data, directory + 2 + 12 * entries, directory)
    assert len(pages_of(bytes(data))) == 1


SMALL = quarters((64, 48)).convert("RGB")
INTACT = {
    **{kind: encoded(SMALL, kind) for kind in ALL_FORMATS},
    "TIFF of two": encoded(SMALL, "TIFF", compression="tiff_lzw", save_all=True, append_images=[SMALL]),
    "MPO": encoded(SMALL, "MPO", save_all=True, append_images=[SMALL]),
    "JPEG with EXIF": encoded(SMALL, "JPEG", exif=phone_exif()),
}
FUZZED = settings(
    derandomize=True,
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.mark.parametrize("kind", INTACT)
@FUZZED
@given(
    edits=st.lists(
        st.tuples(
            st.floats(0, 1, exclude_max=True),
            st.one_of(st.floats(0, 0.1), st.just(1.0)),
            st.binary(min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=5,
    ),
    kept=st.one_of(st.just(1.0), st.floats(0, 1)),
)
def test_a_damaged_file_is_read_or_refused_but_never_a_crash(
    kind: str, edits: list[tuple[float, float, bytes]], kept: float
) -> None:
    """Edit the whole file and, half of the time, only its first tenth, where the headers are."""
    data = bytearray(INTACT[kind])
    for anywhere, early, content in edits:
        place = int(len(data) * min(anywhere, early))
        data[place : place + len(content)] = content
    try:
        pages = pages_of(bytes(data[: int(len(data) * kept)]), max_pixels=1_000_000)
    except InputError as error:
        assert "standard input" in str(error)
    else:
        assert all(page.pixels.ndim == 2 and page.pixels.size <= 1_000_000 for page in pages)


MEASURE = """
import re, sys
from pathlib import Path
from rpiocr.load import load_pages
def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) // 1024
before = peak()
(page,) = load_pages(sys.argv[1])
print(page.pixels.size, peak() - before)
"""


@pytest.mark.slow
def test_a_photo_of_12_megapixels_takes_little_more_memory_than_its_grey_pixels(tmp_path: Path) -> None:
    photo = tmp_path / "photo.jpg"
    Image.effect_noise((4000, 3000), 60).convert("RGB").save(photo, exif=phone_exif())
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(photo)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    size, mebibytes = map(int, done.stdout.split())
    assert size == 12_000_000
    assert mebibytes < 80
