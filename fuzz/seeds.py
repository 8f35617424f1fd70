"""Makes the corpus: ``python -m fuzz.seeds``. Small, and every form of every format once."""

from __future__ import annotations

import io
import json
import sqlite3
import struct
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import Image
from pillow_heif import register_heif_opener

from fuzz.__main__ import CORPUS
from generator.pdf_writer import PLAIN, Run, content_of, page_pdf
from rpiocr.cloud.cache import FORMAT
from rpiocr.cloud.engine import GOOGLE_VISION, VISION
from rpiocr.cloud.ledger import CallOutcome, Ledger

FIXTURES = Path("tests/fixtures")
SIZE = (160, 220)

FORMS: Mapping[str, tuple[tuple[str, Mapping[str, Any]], ...]] = {
    "jpeg": (("L", {}), ("RGB", {"progressive": True}), ("CMYK", {})),
    "png": (("L", {}), ("P", {}), ("RGBA", {}), ("I;16", {}), ("1", {})),
    "bmp": (("L", {}), ("RGB", {}), ("1", {})),
    "gif": (("P", {}), ("P", {"save_all": True, "frames": 2})),
    "webp": (("RGB", {"quality": 30}), ("RGBA", {"lossless": True}), ("RGB", {"save_all": True, "frames": 2})),
    "tiff": (
        ("L", {"compression": "tiff_lzw"}),
        ("1", {"compression": "group4"}),
        ("RGB", {"compression": "jpeg"}),
        ("L", {"save_all": True, "frames": 3, "compression": "tiff_deflate"}),
    ),
    "heif": (("RGB", {"quality": 30}),),
    "avif": (("RGB", {"quality": 30}), ("RGBA", {"quality": 30})),
    "pdf": (("L", {}), ("1", {}), ("L", {"save_all": True, "frames": 2})),
}

TEXT = """CITY BAKEHOUSE LTD
12 Station Road, Springfield
VAT NO GB123456789   RECEIPT NO 004711
21/11/2024 14:05
BREAD 2 x 2.00        4.00
MILK                  2.00
SUBTOTAL              6.00
VAT 20%               1.20
TOTAL EUR             7.20
CASH                 10.00
CHANGE                2.80
"""
OTHER = """株式会社いろは商店
2024年11月21日 14:05
合計 ¥1,200  お釣り ¥800
Итого 1 812,30 грн  Решта 0.05
총 합계 12,000원 신용카드 **** **** **** 1234
"""


def pictures() -> Iterator[tuple[str, bytes]]:
    """A piece of the sample receipt in every form."""
    register_heif_opener()
    sample = Image.open(FIXTURES / "sample.jpg").convert("RGB").crop((0, 0, 640, 880)).resize(SIZE)
    for name, forms in FORMS.items():
        for mode, options in forms:
            picture = sample.convert("L").convert(mode) if mode == "I;16" else sample.convert(mode)
            stream, wanted = io.BytesIO(), dict(options)
            frames = wanted.pop("frames", 1)
            if frames > 1:
                wanted["append_images"] = [picture.rotate(180)] * (frames - 1)
            picture.save(stream, name.upper(), **wanted)
            yield name, stream.getvalue()


def documents() -> Iterator[tuple[str, bytes]]:
    """Files that say something beside their picture: text, attachments, and when a photo was taken."""
    size = (160.0, 220.0)
    runs = [Run(line, 10.0, 200.0 - 12 * number, 6.0) for number, line in enumerate(TEXT.splitlines())]
    invoice = b'<?xml version="1.0"?><Invoice><ID>4711</ID></Invoice>'
    yield "pdf", page_pdf(size, content_of(runs), files={"factur-x.xml": invoice, "terms.txt": b"none"})
    meant = {PLAIN: dict(zip("0123456789", "1234567890", strict=True))}
    yield "pdf", page_pdf(size, b"/Fm Do", forms={"Fm": content_of(runs)}, meant=meant, entries=b"/Rotate 90")
    yield "pdf", page_pdf(size, content_of(runs[:4], mode=3) + content_of(runs[4:], mode=1), fields=runs[-2:])
    tags = Image.Exif()
    tags.get_ifd(0x8769).update({0x9003: "2024:11:21 14:05:00", 0x9011: "+01:00"})
    stream = io.BytesIO()
    Image.new("L", (64, 48), 200).save(stream, "JPEG", exif=tags.tobytes())
    yield "jpeg", stream.getvalue()


def others() -> Iterator[tuple[str, bytes]]:
    """Text, tables, settings, and what the program writes itself."""
    for text in (TEXT, OTHER):
        yield "text", text.encode()
        lines = text.splitlines()
        words = [(place, at, word) for place, line in enumerate(lines) for at, word in enumerate(line.split())]
        cells = ["level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"]
        cells += [
            f"5\t1\t1\t1\t{place}\t{at}\t{90 * at}\t{30 * place}\t80\t20\t91.5\t{word}" for place, at, word in words
        ]
        yield "tsv", "\n".join(cells).encode()
        packed = (
            struct.pack("<hhhh8s", 90 * at, 30 * place, 80, 20, word.encode()[:8].ljust(8)) for place, at, word in words
        )
        yield "boxes", b"".join(packed)
        kept = [[word, 90.0 * at, 30.0 * place, 90.0 * at + 80, 30.0 * place + 20, 0.9] for place, at, word in words]
        entry = {"format": FORMAT, "engine": VISION.question, "size": [600, 800], "lines": [[one] for one in kept]}
        yield "cache", json.dumps(entry, ensure_ascii=False).encode()
    yield (
        "settings",
        b'mode = "auto"\naccept_risk = 0.01\ncloud = "never"\ncloud_daily_cap = 10\nlanguages = ["en", "de"]\n',
    )
    yield "keywords", '[amounts]\ntotal = ["à payer"]\n[dates]\nmonths = [["janvier"], ["février"]]\n'.encode()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite"
        book = Ledger(GOOGLE_VISION.name, path, 10, 100)
        book.settle(book.reserve("0" * 64), CallOutcome.ANSWERED)
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA page_size = 512")
        yield "ledger", path.read_bytes()


def main() -> None:
    """Write the corpus anew."""
    counts: dict[str, int] = {}
    for name, data in (*pictures(), *documents(), *others()):
        counts[name] = counts.get(name, 0) + 1
        (CORPUS / name).mkdir(parents=True, exist_ok=True)
        (CORPUS / name / f"made-{counts[name]}").write_bytes(data)


if __name__ == "__main__":
    main()
