from __future__ import annotations

import hashlib
import io
import threading
import warnings
import weakref
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageChops, ImageFile
from PIL.TiffImagePlugin import AppendingTiffWriter

from rpiocr.decode.formats import Format, recognise
from rpiocr.decode.jpeg_xl import CONTAINER
from rpiocr.errors import InputError, UnknownFormatError
from rpiocr.load import load_pages

from .samples import (
    ALL_FORMATS,
    GREYS,
    HAS_JPEG_XL,
    HEIGHT,
    WIDTH,
    close_to,
    encoded,
    greys_of,
    only_page,
    pages_of,
    quarters,
)

ORIENT: dict[int, Image.Transpose] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}
"""How a camera held that way stores an upright scene."""


def exif(orientation: int) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    return tags


@pytest.mark.parametrize("kind", ALL_FORMATS)
def test_every_format_gives_the_same_grey_page(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "receipt"
    path.write_bytes(encoded(quarters().convert("RGB"), kind))
    (page,) = load_pages(str(path))
    assert page.pixels.shape == (HEIGHT, WIDTH)
    assert close_to(greys_of(page.pixels))
    assert page.pixels.dtype == np.uint8
    assert page.pixels.flags.c_contiguous
    assert (page.file, page.number) == (str(path), 1)
    assert page.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("kind", ALL_FORMATS)
def test_pixels_cannot_be_written_to(kind: str) -> None:
    page = only_page(encoded(quarters().convert("RGB"), kind))
    with pytest.raises(ValueError, match="read-only"):
        page.pixels[0, 0] = 1


@pytest.mark.parametrize("kind", ALL_FORMATS)
def test_the_format_is_detected_whatever_the_file_name(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "receipt.txt"
    path.write_bytes(encoded(quarters().convert("RGB"), kind))
    assert len(list(load_pages(str(path)))) == 1


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("JPEG", {}),
        ("JPEG", {"progressive": True}),
        ("PNG", {}),
        ("WEBP", {}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("AVIF", {}),
    ],
)
def test_pages_are_upright_however_the_camera_was_held(kind: str, options: dict[str, Any], orientation: int) -> None:
    scene = quarters().convert("RGB")
    stored = scene.transpose(ORIENT[orientation]) if orientation in ORIENT else scene
    page = only_page(encoded(stored, kind, exif=exif(orientation), **options))
    assert page.pixels.shape == (HEIGHT, WIDTH)
    assert close_to(greys_of(page.pixels))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_heif_photo_is_rotated_exactly_once(orientation: int) -> None:
    scene = quarters().convert("RGB")
    stored = scene.transpose(ORIENT[orientation]) if orientation in ORIENT else scene
    page = only_page(encoded(stored, "HEIF", exif=exif(orientation).tobytes()))
    assert page.pixels.shape == (HEIGHT, WIDTH)
    assert close_to(greys_of(page.pixels))


@pytest.mark.parametrize("tags", [b"Exif\0\0garbage", b"Exif\0\0II*\0\x08\0\0\0\xff\xff\x12\x01\x03"])
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_exif_does_not_make_an_image_unreadable(kind: str, tags: bytes) -> None:
    page = only_page(encoded(quarters().convert("RGB"), kind, exif=tags))
    assert close_to(greys_of(page.pixels))


def half_transparent(mode: str) -> Image.Image:
    """Black everywhere; the alpha leaves the greys of ``quarters`` on white paper."""
    image = Image.new("L", (WIDTH, HEIGHT), 0).convert(mode)
    image.putalpha(ImageChops.invert(quarters()))
    return image


def palette() -> Image.Image:
    return quarters().convert("RGB").quantize(8)


def palette_with_hole() -> Image.Image:
    """Make an image whose white quarter is black in the palette, and transparent."""
    image = quarters(greys=(3, 1, 2, 0)).convert("L")
    colours = Image.frombytes("P", image.size, image.tobytes())
    colours.putpalette([0, 0, 0, 90, 90, 90, 170, 170, 170, 0, 0, 0])
    return colours


def deep(scale: float, dtype: str) -> Image.Image:
    return Image.fromarray((np.asarray(quarters(), dtype=np.float64) * scale).astype(dtype))


def inked() -> Image.Image:
    """Print ``quarters`` in cyan, magenta and yellow alone: black ink would hide a lost channel."""
    ink = ImageChops.invert(quarters())
    return Image.merge("CMYK", (ink, ink, ink, Image.new("L", ink.size, 0)))


def without_adobe(data: bytes) -> bytes:
    start = data.index(b"\xff\xee")
    return data[:start] + data[start + 2 + int.from_bytes(data[start + 2 : start + 4]) :]


def ycck_jpeg() -> bytes:
    """As Adobe writes it: the three inks as luma and chroma, black inverted, and a mark that says so."""
    ink = ImageChops.invert(quarters())
    luma, blue, red = Image.merge("RGB", (ink, ink, ink)).convert("YCbCr").split()
    planes = (luma, blue, red, Image.new("L", ink.size, 255))
    # Inverted here because Pillow inverts all four planes as it writes them.
    data = encoded(Image.merge("CMYK", [ImageChops.invert(plane) for plane in planes]), "JPEG")
    marker = data.index(b"Adobe")
    return data[: marker + 11] + b"\x02" + data[marker + 12 :]


MODES: dict[str, Callable[[], bytes]] = {
    "grey JPEG": lambda: encoded(quarters(), "JPEG"),
    "JPEG stored as RGB": lambda: encoded(quarters().convert("RGB"), "JPEG", keep_rgb=True),
    "Adobe's CMYK JPEG": lambda: encoded(inked(), "JPEG"),
    "CMYK JPEG without Adobe's mark": lambda: without_adobe(encoded(ImageChops.invert(inked()), "JPEG")),
    "Adobe's YCCK JPEG": ycck_jpeg,
    "CMYK TIFF": lambda: encoded(inked(), "TIFF"),
    "LAB TIFF": lambda: encoded(Image.merge("LAB", (quarters(), *(Image.new("L", (WIDTH, HEIGHT), 128),) * 2)), "TIFF"),
    "grey with alpha": lambda: encoded(half_transparent("L"), "PNG"),
    "colour with alpha": lambda: encoded(half_transparent("RGB"), "PNG"),
    "WebP with alpha": lambda: encoded(half_transparent("RGB"), "WEBP", exact=True),
    "TIFF with alpha": lambda: encoded(half_transparent("RGB"), "TIFF"),
    "HEIF with alpha": lambda: encoded(half_transparent("RGB"), "HEIF"),
    "AVIF with alpha": lambda: encoded(half_transparent("RGB"), "AVIF"),
    "grey AVIF": lambda: encoded(quarters(), "AVIF"),
    "grey HEIF": lambda: encoded(quarters(), "HEIF"),
    "palette": lambda: encoded(palette(), "PNG"),
    "palette BMP": lambda: encoded(palette(), "BMP"),
    "palette with one clear colour": lambda: encoded(palette_with_hole(), "PNG", transparency=0),
    "palette with alpha": lambda: encoded(palette_with_hole(), "PNG", transparency=bytes((0, 255, 255, 255))),
    "GIF with a clear colour": lambda: encoded(palette_with_hole(), "GIF", transparency=0),
    "16-bit PNG": lambda: encoded(deep(257, "uint16"), "PNG"),
    "16-bit TIFF": lambda: encoded(deep(257, "uint16"), "TIFF"),
    "16-bit big-endian TIFF": lambda: encoded(deep(257, "uint16"), "TIFF", big_endian=True),
    "32-bit integers of 16-bit range": lambda: encoded(deep(257, "int32"), "TIFF"),
    "32-bit integers of full range": lambda: encoded(deep(8_000_000, "int32"), "TIFF"),
    "floats from 0 to 1": lambda: encoded(deep(1 / 255, "float32"), "TIFF"),
    "floats from 0 to 255": lambda: encoded(deep(1, "float32"), "TIFF"),
}


@pytest.mark.parametrize("case", MODES)
def test_all_pixel_formats_become_the_same_grey(case: str) -> None:
    assert close_to(greys_of(only_page(MODES[case]()).pixels))


@pytest.mark.parametrize("kind", ["PNG", "TIFF", "BMP"])
def test_black_and_white_images_keep_both(kind: str) -> None:
    image = quarters(greys=(0, 255, 255, 0)).convert("1")
    assert greys_of(only_page(encoded(image, kind)).pixels) == (0, 255, 255, 0)


def test_fax_compression_in_tiff_is_read() -> None:
    image = quarters(greys=(0, 255, 255, 0)).convert("1")
    assert greys_of(only_page(encoded(image, "TIFF", compression="group4")).pixels) == (0, 255, 255, 0)


@pytest.mark.parametrize("brands", [b"mif1\0\0\0\0mif1avifmiaf", b"avis\0\0\0\0avismsf1", b"miaf\0\0\0\0miafavif"])
def test_an_avif_file_is_detected_by_its_brands_whichever_comes_first(brands: bytes) -> None:
    assert recognise((8 + len(brands)).to_bytes(4) + b"ftyp" + brands) is Format.AVIF


def test_a_file_of_boxes_that_names_no_image_format_is_unknown() -> None:
    assert recognise(b"\0\0\0\x18ftypisom\0\0\0\0isomavc1" + bytes(64)) is None


def test_a_jpeg_xl_image_is_refused_by_its_name_where_no_plugin_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rpiocr.load.pages.find_spec", lambda _name: None)
    for data in (b"\xff\x0a" + bytes(100), CONTAINER + bytes(100)):
        with pytest.raises(
            UnknownFormatError, match=r"format JPEG XL.*save it as JPEG.*pip install .*(jpeg-xl|pillow-jxl)"
        ):
            pages_of(data)


@pytest.mark.skipif(not HAS_JPEG_XL, reason="pillow-jxl-plugin is not installed")
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_that_became_jpeg_xl_is_upright(orientation: int, tmp_path: Path) -> None:
    import_module("pillow_jxl")
    scene = quarters().convert("RGB")
    stored = scene.transpose(ORIENT[orientation]) if orientation in ORIENT else scene
    (tmp_path / "a.jpg").write_bytes(encoded(stored, "JPEG", exif=exif(orientation)))
    with Image.open(tmp_path / "a.jpg") as photo:
        photo.save(tmp_path / "a.jxl", lossless_jpeg=True, exif=exif(orientation).tobytes())
    (page,) = load_pages(str(tmp_path / "a.jxl"))
    assert close_to(greys_of(page.pixels))


def on_transparent_ground(ink: int, mode: str, paper: float = 0.0) -> Image.Image:
    """Draw the quarter at the top left opaque, in ``ink``, and a strip of white paper over a part of the image."""
    image = Image.new("LA", (WIDTH, HEIGHT), (0, 0))
    image.paste((255, 255), (0, int(HEIGHT * (1 - paper)), WIDTH, HEIGHT))
    image.paste((ink, 255), (0, 0, WIDTH // 2, HEIGHT // 2))
    return image.convert(mode)


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_white_ink_on_transparent_ground_is_visible(mode: str) -> None:
    page = only_page(encoded(on_transparent_ground(255, mode), "PNG"))
    assert greys_of(page.pixels) == (255, 0, 0, 0)


@pytest.mark.parametrize("kind", ["WEBP", "AVIF"])
def test_the_ground_is_chosen_in_every_format_with_alpha(kind: str) -> None:
    assert close_to(greys_of(only_page(encoded(on_transparent_ground(255, "RGBA"), kind)).pixels), (255, 0, 0, 0))
    assert close_to(greys_of(only_page(encoded(on_transparent_ground(0, "RGBA"), kind)).pixels), (0, 255, 255, 255))


@pytest.mark.parametrize(("ink", "paper"), [(0, 0.0), (90, 0.0), (0, 0.6), (230, 0.6)])
def test_dark_ink_and_images_of_paper_are_on_white_ground(ink: int, paper: float) -> None:
    page = only_page(encoded(on_transparent_ground(ink, "RGBA", paper), "PNG"))
    assert greys_of(page.pixels) == (ink, 255, 255, 255)


def test_a_colour_key_becomes_paper() -> None:
    image = quarters(greys=(0, 90, 170, 7)).convert("RGB")
    data = encoded(image, "PNG", transparency=(7, 7, 7))
    assert greys_of(only_page(data).pixels) == GREYS


def test_invalid_values_in_a_float_image_do_not_hide_the_rest() -> None:
    values = np.array(quarters(), dtype=np.float32)
    values[0, 0] = np.nan
    assert close_to(greys_of(only_page(encoded(Image.fromarray(values), "TIFF")).pixels))


@pytest.mark.parametrize("kind", ["MPO", "GIF", "WEBP", "PNG"])
def test_only_the_first_of_several_images_of_one_scene_is_a_page(kind: str) -> None:
    other = Image.new("RGB", (WIDTH, HEIGHT), "white")
    data = encoded(quarters().convert("RGB"), kind, save_all=True, append_images=[other])
    assert close_to(greys_of(only_page(data).pixels))


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_documents_give_all_pages_in_order(kind: str) -> None:
    sheets = [quarters((WIDTH, HEIGHT + 20 * n), (0, 60 * n, 170, 255)) for n in range(3)]
    pages = pages_of(encoded(sheets[0], kind, save_all=True, append_images=sheets[1:]))
    assert [page.number for page in pages] == [1, 2, 3]
    assert [page.pixels.shape for page in pages] == [(HEIGHT + 20 * n, WIDTH) for n in range(3)]
    for n, page in enumerate(pages):
        assert close_to(greys_of(page.pixels), (0, 60 * n, 170, 255))


def tiff_of(*sheets: tuple[Image.Image, Mapping[str, object]]) -> bytes:
    """Write a TIFF whose pages are saved with options of their own."""
    out = io.BytesIO()
    with AppendingTiffWriter(out, new=True) as writer:
        for image, options in sheets:
            image.save(writer, "TIFF", **options)
            writer.newFrame()
        return out.getvalue()


def test_pages_of_one_tiff_may_differ_in_kind_and_orientation() -> None:
    turned = quarters().transpose(ORIENT[6])
    pages = pages_of(tiff_of((quarters().convert("RGB"), {}), (turned, {"exif": exif(6)}), (deep(257, "uint16"), {})))
    assert [page.pixels.shape for page in pages] == [(HEIGHT, WIDTH)] * 3
    assert all(close_to(greys_of(page.pixels)) for page in pages)


def test_thumbnails_in_a_tiff_are_not_pages() -> None:
    small = (quarters((40, 30)), {"tiffinfo": {254: 1}})
    pages = pages_of(tiff_of((quarters(), {}), small, (quarters((200, 100)), {})))
    assert [page.pixels.shape for page in pages] == [(HEIGHT, WIDTH), (100, 200)]


@pytest.mark.parametrize("kind", ["TIFF", "PDF"])
def test_a_page_is_freed_when_the_caller_drops_it(kind: str) -> None:
    data = encoded(quarters(), kind, save_all=True, append_images=[quarters()])
    pages = load_pages("-", stream=io.BytesIO(data))
    first = weakref.ref(next(pages).pixels)
    assert first() is None
    assert next(pages).number == 2


@pytest.mark.parametrize("kind", ALL_FORMATS)
def test_global_settings_of_pillow_are_unchanged(kind: str) -> None:
    before = (
        Image.MAX_IMAGE_PIXELS,
        ImageFile.LOAD_TRUNCATED_IMAGES,
        list(warnings.filters),
        set(Image.OPEN),
    )
    data = encoded(quarters().convert("RGB"), kind)
    only_page(data)
    with pytest.raises(InputError):
        pages_of(data[: len(data) // 2])
    assert before == (
        Image.MAX_IMAGE_PIXELS,
        ImageFile.LOAD_TRUNCATED_IMAGES,
        list(warnings.filters),
        set(Image.OPEN),
    )


@pytest.mark.parametrize("kind", ALL_FORMATS)
def test_pillows_own_limit_does_not_interfere(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = encoded(quarters().convert("RGB"), kind)
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    assert close_to(greys_of(only_page(data).pixels))
    assert Image.MAX_IMAGE_PIXELS == 100


def test_several_threads_can_load_at_once() -> None:
    data = [encoded(quarters().convert("RGB"), kind) for kind in ALL_FORMATS]
    found: list[bool] = []

    def load_all() -> None:
        found.extend(close_to(greys_of(only_page(content).pixels)) for content in data)

    threads = [threading.Thread(target=load_all) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [True] * len(data) * 4
