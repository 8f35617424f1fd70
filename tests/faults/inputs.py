"""Classes of what may lie in a watched folder, and where each belongs once nothing is in the way."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.load.samples import encoded, png_chunk
from tests.load.test_pdf import encrypted_pdf
from tests.program import OTHER_SMALL, PROJECT, SMALL

HOSTILE = PROJECT / "tests" / "fixtures" / "hostile"

OLD_S = 1_700_000_000
"""When the files were last written (seconds since 1970): long enough ago to count as complete."""


@dataclass(frozen=True, slots=True)
class Input:
    """One class of input: how a file of it is made, and where it ends.

    ``codes`` are those of its lines of output, "" for a receipt; none where no line is printed, since ``place`` is
    then the inbox and the file is left alone.
    """

    words: str
    file: bytes
    make: Callable[[Path], None]
    place: str
    codes: tuple[str, ...] = ()
    pages: int = 1

    @property
    def settles(self) -> bool:
        """Whether it is read, as opposed to being left alone."""
        return self.place != "inbox"


def _bytes(data: bytes) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        path.write_bytes(data)

    return make


def _copy(source: Path) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        shutil.copyfile(source, path)

    return make


def _two_pages() -> bytes:
    with Image.open(SMALL) as first, Image.open(OTHER_SMALL) as second:
        stream = BytesIO()
        first.convert("L").save(
            stream, "TIFF", compression="tiff_lzw", save_all=True, append_images=[second.convert("L")]
        )
    return stream.getvalue()


def _huge_png() -> bytes:
    header = (25_000).to_bytes(4) + (20_000).to_bytes(4) + bytes([8, 0, 0, 0, 0])
    chunks = (png_chunk(b"IHDR", header), png_chunk(b"IDAT", b""), png_chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _locked_away(path: Path) -> None:
    path.write_bytes(SMALL.read_bytes())
    path.chmod(0)


def _folder(path: Path) -> None:
    path.mkdir()
    (path / "deep.jpg").write_bytes(b"deep")


def _link(path: Path) -> None:
    aim = path.parent.parent / "elsewhere.jpg"
    shutil.copyfile(SMALL, aim)
    path.symlink_to(aim)


INPUTS: Mapping[str, Input] = {
    "receipt": Input("a receipt", b"receipt.jpg", _copy(SMALL), "review|done", ("",)),
    "two_pages": Input("a TIFF of two receipts", b"two.tif", _bytes(_two_pages()), "review|done", ("", ""), 2),
    "odd_name": Input(
        "a receipt whose name holds escape sequences and is no UTF-8",
        b"\x1b]52;c;ZXZpbA==\x07\xff.jpg",
        _copy(OTHER_SMALL),
        "review|done",
        ("",),
    ),
    "long_ending": Input(
        "a name of 255 bytes, nearly all of it ending", b"a." + b"j" * 253, _copy(SMALL), "review|done", ("",)
    ),
    "blank": Input(
        "a blank page", b"blank.png", _bytes(encoded(Image.new("L", (600, 900), 240), "PNG")), "failed", ("no_text",)
    ),
    "empty": Input("no bytes", b"empty.jpg", _bytes(b""), "failed", ("empty_file",)),
    "no_picture": Input(
        "text by the name of a picture", b"text.jpg", _bytes(b"TOTAL 12.50\n"), "failed", ("unknown_format",)
    ),
    "cut_off": Input(
        "half a picture",
        b"half.jpg",
        _bytes(SMALL.read_bytes()[: SMALL.stat().st_size // 2]),
        "failed",
        ("damaged_file",),
    ),
    "tiny": Input(
        "a preview of 10 pixels",
        b"tiny.png",
        _bytes(encoded(Image.new("L", (10, 10)), "PNG")),
        "failed",
        ("too_small",),
    ),
    "huge": Input("a header of 500 megapixels", b"huge.png", _bytes(_huge_png()), "failed", ("too_large",)),
    "encrypted": Input(
        "a PDF with a password", b"secret.pdf", _bytes(encrypted_pdf(b"secret")), "failed", ("encrypted",)
    ),
    "bomb": Input("a PDF that needs 2 GB", b"bomb.pdf", _copy(HOSTILE / "pdf_flate_flate_2GB.pdf"), "failed", ("*",)),
    "no_palette": Input(
        "a PNG without its palette", b"palette.png", _copy(HOSTILE / "palette_without_plte.png"), "failed", ("*",)
    ),
    "strip": Input("a picture of one pixel by 65,000", b"strip.png", _copy(HOSTILE / "png_tall.png"), "failed", ("*",)),
    "no_rights": Input("a file that may not be read", b"closed.jpg", _locked_away, "failed", ("no_permission",)),
    "half_arrived": Input("a file that a browser still writes", b"new.jpg.part", _copy(SMALL), "inbox"),
    "hidden": Input("a hidden file", b".hidden.jpg", _copy(SMALL), "inbox"),
    "link": Input("a link to a picture elsewhere", b"link.jpg", _link, "inbox"),
    "dangling": Input("a link that leads nowhere", b"gone.jpg", lambda path: path.symlink_to("nowhere"), "inbox"),
    "fifo": Input("a FIFO", b"pipe.jpg", os.mkfifo, "inbox"),
    "folder": Input("a directory", b"folder.jpg", _folder, "inbox"),
}


def _mark(path: Path) -> None:
    """Make the bytes of a file its own, so that it is known wherever it is moved; decoders stop before them."""
    mode = path.stat().st_mode
    path.chmod(0o600)
    with path.open("ab") as stream:
        stream.write(b"\n%" + path.name.encode("utf-8", "backslashreplace"))
    path.chmod(mode)


def fill(inbox: Path) -> None:
    """Put one of each into a folder, all of them written long ago."""
    for one in INPUTS.values():
        path = inbox / os.fsdecode(one.file)
        one.make(path)
        if path.is_file() and not path.is_symlink() and path.stat().st_size:
            _mark(path)
        os.utime(path, (OLD_S, OLD_S), follow_symlinks=False)
