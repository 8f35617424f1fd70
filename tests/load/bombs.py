"""Small files that are costly to decode: a builder for each, by format and by what exceeds the limits."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable, Iterable, Sequence

import pillow_heif
from PIL import Image

from .samples import drawn_pdf, encoded, pdf_file, pdf_stream, png_chunk, quarters

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
BIG = (10_900, 10_900)
"""119 megapixels, just within the limit."""


def deflated(mebibytes: int, *, times: int = 1) -> bytes:
    """Zeros, compressed once or several times over; a block of them is compressed and repeated."""
    packer = zlib.compressobj(9, wbits=-15)
    block = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = ((mebibytes << 20) % 65_521 << 16 | 1).to_bytes(4)
    data = b"\x78\xda" + block * mebibytes + packer.flush() + checksum
    for _ in range(times - 1):
        data = zlib.compress(data, 9)
    return data


# JPEG: segments are a marker, a length of two bytes that counts itself, and content.


def segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2) + content


def jpeg(size: tuple[int, int] = (400, 300), mode: str = "RGB", **options: object) -> bytes:
    return encoded(Image.new(mode, size, 0), "JPEG", **options)


def jpeg_with(segments: Iterable[bytes]) -> bytes:
    data = jpeg()
    return data[:2] + b"".join(segments) + data[2:]


def jpeg_claiming(width: int, height: int, marker: bytes = b"\xff\xc0", **options: object) -> bytes:
    data = bytearray(jpeg(**options))  # type: ignore[arg-type]
    frame = data.index(marker)
    data[frame + 5 : frame + 9] = struct.pack(">HH", height, width)
    return bytes(data)


def jpeg_of_scans(count: int, size: tuple[int, int]) -> bytes:
    """Repeat the last scan of a progressive image."""
    data = jpeg(size, progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * count + data[-2:]


def exif_of(entries: int) -> bytes:
    """EXIF whose directory has so many entries, each a text of 64 KiB at one and the same place."""
    tags = b"".join(struct.pack("<HHII", 0x9000 + n % 4096, 7, 60_000, 8) for n in range(entries))
    return b"Exif\0\0II*\0" + struct.pack("<IH", 8, entries) + tags + bytes(4)


JPEG_BOMBS: dict[str, Callable[[], bytes]] = {
    "jpeg claims 500 megapixels": lambda: jpeg_claiming(25_000, 20_000),
    "jpeg claims the most that there is": lambda: jpeg_claiming(65_535, 65_535),
    "jpeg progressive of 119 megapixels": lambda: jpeg_claiming(*BIG, b"\xff\xc2", progressive=True, subsampling=0),
    "jpeg of inks of 119 megapixels": lambda: jpeg_claiming(*BIG, mode="CMYK"),
    "jpeg cut off after 119 megapixels were claimed": lambda: jpeg_claiming(*BIG),
    "jpeg of 3000 scans": lambda: jpeg_of_scans(3000, (2000, 2000)),
    "jpeg with 16 MB of profile": lambda: jpeg_with(
        segment(0xE2, b"ICC_PROFILE\0" + bytes((n, 255)) + bytes(65_000)) for n in range(1, 256)
    ),
    "jpeg with 200,000 comments": lambda: jpeg_with([segment(0xFE, b"x")] * 200_000),
    "jpeg with 5000 tags": lambda: jpeg_with([segment(0xE1, exif_of(5000))]),
    "jpeg 1 pixel wide": lambda: jpeg((1, 65_000), "L"),
    "jpeg 32 pixels high": lambda: jpeg((65_000, 32), "L"),
}

# PNG


def png(chunks: Iterable[bytes], size: tuple[int, int] = (64, 64), depth: int = 8, colours: int = 0) -> bytes:
    """An image whose other chunks come between its header and its end."""
    header = struct.pack(">IIBBBBB", *size, depth, colours, 0, 0, 0)
    return PNG_SIGNATURE + png_chunk(b"IHDR", header) + b"".join(chunks) + png_chunk(b"IEND", b"")


def blank_png(size: tuple[int, int], chunks: Iterable[bytes] = (), depth: int = 8) -> bytes:
    """A black image."""
    rows = (1 + (size[0] * depth + 7) // 8) * size[1]
    return png([*chunks, png_chunk(b"IDAT", deflated((rows >> 20) + 1))], size, depth)


def animated_png(frames: int) -> bytes:
    picture = zlib.compress(bytes(65 * 64))
    control = struct.pack(">IIIIHHBB", 64, 64, 0, 0, 1, 100, 0, 0)
    chunks = [png_chunk(b"acTL", struct.pack(">II", frames, 0)), png_chunk(b"IDAT", picture)]
    for number in range(0, 2 * frames, 2):
        chunks += [
            png_chunk(b"fcTL", number.to_bytes(4) + control),
            png_chunk(b"fdAT", (number + 1).to_bytes(4) + picture),
        ]
    return png(chunks)


PNG_BOMBS: dict[str, Callable[[], bytes]] = {
    "png claims 500 megapixels": lambda: png([png_chunk(b"IDAT", b"")], (25_000, 20_000)),
    "png claims the most that there is": lambda: png([png_chunk(b"IDAT", b"")], (2**31 - 1, 2**31 - 1)),
    "png of 119 megapixels in colour": lambda: png([png_chunk(b"IDAT", deflated(16))], BIG, 8, 6),
    "png of 80 megapixels of 16 bits": lambda: blank_png((8000, 10_000), depth=16),
    "png of 119 megapixels of 1 bit": lambda: blank_png(BIG, depth=1),
    "png with more data than pixels": lambda: png([png_chunk(b"IDAT", deflated(400))]),
    "png with a text of 400 MB": lambda: blank_png((64, 64), [png_chunk(b"zTXt", b"k\0\0" + deflated(400))]),
    "png with an international text of 400 MB": lambda: blank_png(
        (64, 64), [png_chunk(b"iTXt", b"k\0\1\0\0\0" + deflated(400))]
    ),
    "png with a profile of 400 MB": lambda: blank_png((64, 64), [png_chunk(b"iCCP", b"k\0\0" + deflated(400))]),
    "png with 100,000 texts": lambda: blank_png((64, 64), [png_chunk(b"tEXt", b"k\0v")] * 100_000),
    "png with 5000 tags": lambda: blank_png((64, 64), [png_chunk(b"eXIf", exif_of(5000)[6:])]),
    "png of 10,000 frames": lambda: animated_png(10_000),
    "png without a palette": lambda: png([png_chunk(b"IDAT", zlib.compress(bytes(65 * 64)))], colours=3),
    "png with a palette of 10,000 colours": lambda: png(
        [png_chunk(b"PLTE", bytes(30_000)), png_chunk(b"IDAT", zlib.compress(bytes(65 * 64)))], colours=3
    ),
    "png 1 pixel wide": lambda: blank_png((1, 65_000)),
    "png 1 pixel high": lambda: blank_png((65_000, 1)),
    "png 32 pixels wide": lambda: blank_png((32, 65_000)),
    "png 100 times as long as wide": lambda: blank_png((40, 4000)),
    "png 100 times as wide as high": lambda: blank_png((4000, 40)),
}

# BMP


def bmp(size: tuple[int, int], body: bytes, *, bits: int = 8, compression: int = 0, colours: int = 256) -> bytes:
    palette = bytes(4 * min(colours, 256)) if bits <= 8 else b""
    offset = 54 + len(palette)
    info = struct.pack("<IiiHHIIiiII", 40, *size, 1, bits, compression, len(body), 0, 0, colours, 0)
    return b"BM" + struct.pack("<IHHI", offset + len(body), 0, 0, offset) + info + palette + body


BMP_BOMBS: dict[str, Callable[[], bytes]] = {
    "bmp claims 500 megapixels": lambda: bmp((25_000, 20_000), b""),
    "bmp claims the most that there is": lambda: bmp((2**31 - 1, 2**31 - 1), b""),
    "bmp with a negative height": lambda: bmp((10_900, -10_900), bytes(100)),
    "bmp in runs of 119 megapixels": lambda: bmp(BIG, b"\xff\0" * (BIG[0] * BIG[1] // 255 + 1), compression=1),
    "bmp in steps of 119 megapixels": lambda: bmp(BIG, b"\0\x02\xff\xff" * 200_000 + b"\0\1", compression=1),
    "bmp with 2**31 colours": lambda: bmp((64, 64), bytes(4096), colours=2**31),
    "bmp of 119 megapixels in colour": lambda: bmp(BIG, b"", bits=24),
}

# GIF


def lzw_of_zeros(count: int) -> bytes:
    """Codes of 12 bits for zeros, each for one more than the one before, as far as the table goes."""
    bits = bytearray()
    value = filled = 0

    def put(code: int, width: int) -> None:
        nonlocal value, filled
        value |= code << filled
        filled += width
        while filled >= 8:
            bits.append(value & 0xFF)
            value >>= 8
            filled -= 8

    done, free, width, length = 0, 258, 9, 0
    put(256, width)
    put(0, width)
    done = length = 1
    while done < count:
        put(free if free < 4096 else 4095, width)
        length = length + 1 if free < 4096 else length
        done += length
        if free < 4096:
            free += 1
            width = min(12, free.bit_length()) if free < 4096 else 12
    put(257, width)
    bits.append(value & 0xFF)
    blocks = (bits[start : start + 255] for start in range(0, len(bits), 255))
    return b"\x08" + b"".join(bytes((len(block),)) + block for block in blocks) + b"\0"


def gif(size: tuple[int, int], frames: Iterable[bytes]) -> bytes:
    screen = b"GIF89a" + struct.pack("<HHBBB", *size, 0xF7, 0, 0)
    return screen + bytes(768) + b"".join(frames) + b";"


def gif_frame(size: tuple[int, int], data: bytes) -> bytes:
    return b"," + struct.pack("<HHHHB", 0, 0, *size, 0) + data


def gif_blocks(extension: int, count: int) -> bytes:
    return bytes((0x21, extension)) + (b"\xff" + bytes(255)) * count + b"\0"


SMALL_GIF = (64, 64)
GIF_BOMBS: dict[str, Callable[[], bytes]] = {
    "gif claims 4 gigapixels": lambda: gif((65_535, 65_535), [gif_frame((65_535, 65_535), lzw_of_zeros(1))]),
    "gif of 119 megapixels": lambda: gif(BIG, [gif_frame(BIG, lzw_of_zeros(BIG[0] * BIG[1]))]),
    "gif of 20,000 frames": lambda: gif(SMALL_GIF, [gif_frame(SMALL_GIF, lzw_of_zeros(4096))] * 20_000),
    "gif with a frame larger than its screen": lambda: gif(SMALL_GIF, [gif_frame(BIG, lzw_of_zeros(4096))]),
    "gif with a comment of 10 MB": lambda: gif(
        SMALL_GIF, [gif_blocks(0xFE, 40_000), gif_frame(SMALL_GIF, lzw_of_zeros(4096))]
    ),
    "gif with a profile of 10 MB": lambda: gif(
        SMALL_GIF, [gif_blocks(0xFF, 40_000), gif_frame(SMALL_GIF, lzw_of_zeros(4096))]
    ),
}

# WebP


def riff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


def extended(flags: int, width: int, height: int) -> tuple[bytes, bytes]:
    return b"VP8X", struct.pack("<I", flags) + struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]


def lossless(width: int, height: int) -> tuple[bytes, bytes]:
    """An image of one colour: every code has one symbol, so that pixels take no bits."""
    bits = (width - 1) | (height - 1) << 14
    return b"VP8L", b"\x2f" + struct.pack("<I", bits) + bytes.fromhex("0788888802")[:5] + bytes(8)


def webp_frame(size: tuple[int, int]) -> tuple[bytes, bytes]:
    name, picture = b"VP8L", encoded(Image.new("L", size), "WEBP")[20:]
    place = bytes(6) + struct.pack("<I", size[0] - 1)[:3] + struct.pack("<I", size[1] - 1)[:3] + bytes((1, 0, 0, 0))
    return b"ANMF", place + name + struct.pack("<I", len(picture)) + picture


WEBP_BOMBS: dict[str, Callable[[], bytes]] = {
    "webp claims the most that there is": lambda: riff(lossless(16_383, 16_383)),
    "webp of 119 megapixels": lambda: riff(lossless(16_383, 7_300)),
    "webp whose canvas is 2**48 pixels": lambda: riff(extended(0, 2**24, 2**24), lossless(64, 64)),
    "webp whose canvas is smaller than its picture": lambda: riff(extended(0, 64, 64), lossless(10_000, 10_000)),
    "webp of 5000 frames": lambda: riff(extended(2, 64, 64), (b"ANIM", bytes(6)), *[webp_frame((64, 64))] * 5000),
    "webp with a profile of 20 MB": lambda: riff(extended(0x20, 64, 64), (b"ICCP", bytes(20 << 20)), lossless(64, 64)),
    "webp with 100,000 chunks": lambda: riff(extended(0, 64, 64), *[(b"JUNK", b"")] * 100_000, lossless(64, 64)),
}

# TIFF

Tag = tuple[int, int, int, int]
"""Number, kind, count and value or offset."""


def directory(tags: Sequence[Tag], following: int) -> bytes:
    entries = b"".join(struct.pack("<HHII", *tag) for tag in sorted(tags))
    return struct.pack("<H", len(tags)) + entries + struct.pack("<I", following)


def grey_tags(size: tuple[int, int], place: int, length: int, compression: int = 1) -> list[Tag]:
    values = {
        256: size[0],
        257: size[1],
        258: 8,
        259: compression,
        262: 1,
        273: place,
        277: 1,
        278: size[1],
        279: length,
    }
    return [(tag, 4, 1, value) for tag, value in values.items()]


def tiff(directories: Sequence[Sequence[Tag]], pixels: bytes) -> bytes:
    """Directories one after the other, behind ``pixels`` at offset 8."""
    place = 8 + len(pixels)
    out = [b"II*\0" + struct.pack("<I", place), pixels]
    for number, tags in enumerate(directories):
        place += 6 + 12 * len(tags)
        out.append(directory(tags, place if number + 1 < len(directories) else 0))
    return b"".join(out)


def tiff_of_frames(count: int, *, reduced: bool = False) -> bytes:
    """Pages that share their pixels; with ``reduced``, all but the first are thumbnails."""
    page = grey_tags((64, 64), 8, 4096)
    later = [*page, (254, 4, 1, 1)] if reduced else page
    return tiff([page, *[later] * (count - 1)], bytes(range(0, 256, 4)) * 64)


def tiff_of_data(size: tuple[int, int], data: bytes, compression: int) -> bytes:
    return tiff([grey_tags(size, 8, len(data), compression)], data)


def tiff_with(*tags: Tag) -> bytes:
    changed = {tag[0] for tag in tags}
    kept = [tag for tag in grey_tags((64, 64), 8, 4096) if tag[0] not in changed]
    return tiff([[*kept, *tags]], bytes(4096))


TIFF_BOMBS: dict[str, Callable[[], bytes]] = {
    "tiff claims 500 megapixels": lambda: tiff_of_data((25_000, 20_000), bytes(100), 1),
    "tiff of 2000 pages": lambda: tiff_of_frames(2000),
    "tiff of 20,000 thumbnails": lambda: tiff_of_frames(20_000, reduced=True),
    "tiff deflated, of 119 megapixels": lambda: tiff_of_data(BIG, deflated(114), 8),
    "tiff with more data than pixels": lambda: tiff_of_data((64, 64), deflated(400), 8),
    "tiff in runs of 119 megapixels": lambda: tiff_of_data(BIG, b"\x81\0" * (BIG[0] * BIG[1] // 128 + 1), 32_773),
    "tiff of 2**31 strips": lambda: tiff_with((273, 4, 2**31, 8)),
    "tiff with a profile of 2**31 bytes": lambda: tiff_with((34_675, 7, 2**31, 8)),
    "tiff of 65,535 channels": lambda: tiff_with((277, 3, 1, 65_535)),
    "tiff of tiles of 1 pixel": lambda: tiff_with((322, 4, 1, 1), (323, 4, 1, 1), (324, 4, 4096, 8), (325, 4, 4096, 8)),
    "tiff whose tags contain themselves": lambda: tiff_with((34_665, 4, 1, 8 + 4096), (34_853, 4, 1, 8 + 4096)),
    "tiff with 60,000 tags": lambda: tiff_with(*((40_000 + n % 20_000, 4, 1, n) for n in range(60_000))),
    "tiff 32 pixels high": lambda: tiff_of_data((65_000, 32), bytes(65_000 * 32), 1),
}

# HEIF: boxes are a length of four bytes that counts itself, a name, and content.


def box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4) + name + content


def heif(size: tuple[int, int] = (64, 64), **options: object) -> bytes:
    return encoded(Image.new("RGB", size), "HEIF", **options)


def heif_claiming(width: int, height: int) -> bytes:
    data = bytearray(heif())
    place = data.index(b"ispe")
    data[place + 8 : place + 16] = struct.pack(">II", width, height)
    return bytes(data)


def heif_of_images(count: int) -> bytes:
    several = pillow_heif.from_pillow(Image.new("RGB", (64, 64)))
    for _ in range(count - 1):
        several.add_from_pillow(Image.new("RGB", (64, 64)))
    out = io.BytesIO()
    several.save(out, quality=10)
    return out.getvalue()


def nested(name: bytes, depth: int) -> bytes:
    content = b""
    for _ in range(depth):
        content = box(name, bytes(4) + content if name == b"meta" else content)
    return content


FTYP = box(b"ftyp", b"heic\0\0\0\0mif1heic")
HEIF_BOMBS: dict[str, Callable[[], bytes]] = {
    "heif claims 500 megapixels": lambda: heif_claiming(25_000, 20_000),
    "heif claims the most that there is": lambda: heif_claiming(2**32 - 1, 2**32 - 1),
    "heif of 119 megapixels": lambda: heif_claiming(*BIG),
    "heif of 30 megapixels that it has not": lambda: heif_claiming(6000, 5000),
    "heif of 100 pictures": lambda: heif_of_images(100),
    "heif of boxes in boxes": lambda: FTYP + nested(b"meta", 5000),
    "heif with a box of 2**31 bytes": lambda: FTYP + (2**31).to_bytes(4) + b"meta" + bytes(1000),
    "heif with 1,000,000 empty boxes": lambda: FTYP + box(b"free", b"") * 1_000_000 + heif()[24:],
    "heif with a profile of 10 MB": lambda: heif(icc_profile=bytes(10 << 20)),
}

# AVIF: boxes as well.


def avif(size: tuple[int, int] = (64, 64), **options: object) -> bytes:
    return encoded(Image.new("RGB", size), "AVIF", **options)


def avif_claiming(width: int, height: int) -> bytes:
    data = bytearray(avif())
    place = data.index(b"ispe")
    data[place + 8 : place + 16] = struct.pack(">II", width, height)
    return bytes(data)


AVIF_FTYP = box(b"ftyp", b"avif\0\0\0\0mif1avif")
AVIF_BOMBS: dict[str, Callable[[], bytes]] = {
    "avif claims 500 megapixels": lambda: avif_claiming(25_000, 20_000),
    "avif claims the most that there is": lambda: avif_claiming(2**32 - 1, 2**32 - 1),
    "avif of 119 megapixels": lambda: avif_claiming(*BIG),
    "avif of 20 megapixels that it has not": lambda: avif_claiming(5000, 4000),
    "avif of 100 frames": lambda: avif(save_all=True, append_images=[Image.new("RGB", (64, 64), n) for n in range(99)]),
    "avif of boxes in boxes": lambda: AVIF_FTYP + nested(b"meta", 5000),
    "avif with a box of 2**31 bytes": lambda: AVIF_FTYP + (2**31).to_bytes(4) + b"meta" + bytes(1000),
    "avif with 1,000,000 empty boxes": lambda: AVIF_FTYP + box(b"free", b"") * 1_000_000 + avif()[24:],
}

# PDF


def pdf_page(content: bytes, resources: bytes = b"", objects: Sequence[bytes] = (), size: bytes = b"200 300") -> bytes:
    """One page; further objects are numbered from 5."""
    return pdf_file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %b] /Contents 4 0 R /Resources << %b >> >>"
            % (size, resources),
            pdf_stream(content),
            *objects,
        ]
    )


FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 200 300] /Resources << /XObject << /X %d 0 R >> >>"
USES_FORM = b"/XObject << /X 5 0 R >>"
LAST_FORM = pdf_stream(b"0 0 9 9 re f", b"/Type /XObject /Subtype /Form /BBox [0 0 200 300]")


def pdf_of_forms(depth: int, times: int) -> bytes:
    """Forms that each draw the next one several times."""
    forms = [pdf_stream(b"/X Do " * times, FORM % number) for number in range(6, 5 + depth)]
    return pdf_page(b"/X Do", USES_FORM, [*forms, LAST_FORM])


SMALL_CLAIM = b"/Width 100 /Height 100 /BitsPerComponent 8"


def pdf_of_image(entries: bytes, data: bytes, times: int = 1) -> bytes:
    image = pdf_stream(data, b"/Type /XObject /Subtype /Image " + entries)
    return pdf_page(b"q 200 0 0 300 0 0 cm " + b"/X Do " * times + b"Q", USES_FORM, [image])


def pdf_of_pages(kids: bytes, count: int, further: Sequence[bytes] = ()) -> bytes:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 100] >>"
    tree = b"<< /Type /Pages /Kids [%b] /Count %d >>" % (kids, count)
    return pdf_file([b"<< /Type /Catalog /Pages 2 0 R >>", tree, page, *further])


def pdf_of_deep_tree(depth: int) -> bytes:
    levels = [
        b"<< /Type /Pages /Parent %d 0 R /Kids [%d 0 R] /Count 1 >>" % (number - 1, number + 1)
        for number in range(4, 4 + depth)
    ]
    return pdf_of_pages(b"4 0 R", 1, [*levels, b"<< /Type /Page /Parent 4 0 R /MediaBox [0 0 100 100] >>"])


def pdf_of_shading(kind: int, entries: bytes, times: int) -> bytes:
    function = b"/Function << /FunctionType 2 /Domain [0 1] /C0 [0] /C1 [1] /N 1 >> /Extend [true true]"
    shading = b"<< /ShadingType %d /ColorSpace /DeviceGray %b %b >>" % (kind, entries, function)
    return pdf_page(b"/S sh " * times, b"/Shading << /S 5 0 R >>", [shading], b"2000 3000")


def pdf_of_pattern() -> bytes:
    kind = b"/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /Resources << >>"
    cell = pdf_stream(b"0 0 1 1 re f", kind + b" /BBox [0 0 1 1] /XStep 0.01 /YStep 0.01")
    return pdf_page(b"/Pattern cs /P scn 0 0 200 300 re f", b"/Pattern << /P 5 0 R >>", [cell])


def pdf_of_type3() -> bytes:
    """A font whose only letter is written with that letter."""
    font = (
        b"<< /Type /Font /Subtype /Type3 /FontBBox [0 0 1000 1000] /FontMatrix [0.001 0 0 0.001 0 0] /FirstChar 97"
        b" /LastChar 97 /Widths [1000] /Encoding << /Differences [97 /a] >> /CharProcs << /a 6 0 R >>"
        b" /Resources << /Font << /F 5 0 R >> >> >>"
    )
    letter = pdf_stream(b"1000 0 d0 BT /F 500 Tf (aaaaaaaa) Tj ET")
    return pdf_page(b"BT /F 50 Tf 10 100 Td (aaaa) Tj ET", b"/Font << /F 5 0 R >>", [font, letter])


def pdf_of_groups(depth: int) -> bytes:
    """Transparency groups in groups, each as large as the page."""
    group = FORM.replace(b"/Resources", b"/Group << /S /Transparency /I true >> /Resources")
    forms = [pdf_stream(b"/G gs /X Do", group % number) for number in range(6, 5 + depth)]
    return pdf_page(b"/X Do", USES_FORM, [*forms, LAST_FORM])


PDF_BOMBS: dict[str, Callable[[], bytes]] = {
    "pdf form in itself": lambda: pdf_page(b"/X Do", USES_FORM, [pdf_stream(b"/X Do /X Do", FORM % 5)]),
    "pdf forms in forms": lambda: pdf_of_forms(5, 40),
    "pdf stream deflated twice": lambda: pdf_page(b"").replace(
        pdf_stream(b""), pdf_stream(deflated(2000, times=2), b"/Filter [/FlateDecode /FlateDecode]")
    ),
    "pdf of 10,000 pages that are one": lambda: pdf_of_pages(b"3 0 R " * 10_000, 10_000),
    "pdf claims 2**31 pages": lambda: pdf_of_pages(b"3 0 R", 2**31 - 1),
    "pdf page tree 20,000 deep": lambda: pdf_of_deep_tree(20_000),
    "pdf page tree in itself": lambda: pdf_of_pages(b"2 0 R 2 0 R", 4),
    "pdf page of 10,000 km": lambda: drawn_pdf((1e9, 1e9), b"0 0 1e9 1e9 re f"),
    "pdf page of nothing": lambda: drawn_pdf((0, 0), b""),
    "pdf page 1 point wide": lambda: drawn_pdf((1, 10_000), b""),
    "pdf picture claims 500 megapixels": lambda: pdf_of_image(
        b"/Width 25000 /Height 20000 /BitsPerComponent 8 /ColorSpace /DeviceGray", b"\0"
    ),
    "pdf picture deflated, of 119 megapixels": lambda: pdf_of_image(
        b"/Width 10900 /Height 10900 /BitsPerComponent 8 /ColorSpace /DeviceRGB /Filter /FlateDecode", deflated(341)
    ),
    "pdf picture drawn 2000 times": lambda: pdf_of_image(
        b"/Width 3000 /Height 3000 /BitsPerComponent 8 /ColorSpace /DeviceGray /Filter /FlateDecode", deflated(9), 2000
    ),
    "pdf fax of 100 megapixels": lambda: pdf_of_image(
        b"/Width 10000 /Height 10000 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /CCITTFaxDecode"
        b" /DecodeParms << /K -1 /Columns 10000 /Rows 10000 >>",
        b"\xff" * 1250,
    ),
    "pdf fax of 60,000 columns that claims fewer": lambda: pdf_of_image(
        b"/Width 100 /Height 100 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /CCITTFaxDecode"
        b" /DecodeParms << /K -1 /Columns 60000 /Rows 60000 >>",
        b"\xff" * 7500,
    ),
    "pdf jpeg 2000 of more pixels than claimed": lambda: pdf_of_image(
        SMALL_CLAIM + b" /ColorSpace /DeviceGray /Filter /JPXDecode", jpeg_2000_claiming(20_000)
    ),
    "pdf jbig2 of 2**31 rows": lambda: pdf_of_image(
        b"/Width 1000 /Height 1000 /BitsPerComponent 1 /ColorSpace /DeviceGray /Filter /JBIG2Decode",
        struct.pack(">IBBBI", 0, 48, 0, 1, 19) + struct.pack(">IIIIBH", 60_000, 2**31 - 1, 0, 0, 0, 0),
    ),
    "pdf jpeg of more pixels than claimed": lambda: pdf_of_image(
        SMALL_CLAIM + b" /ColorSpace /DeviceRGB /Filter /DCTDecode", jpeg_claiming(60_000, 60_000)
    ),
    "pdf stream with 1000 filters": lambda: pdf_page(b"").replace(
        pdf_stream(b""), pdf_stream(b"00>" * 1000, b"/Filter [%b]" % (b"/ASCIIHexDecode " * 1000))
    ),
    "pdf of 3,000,000 operators": lambda: pdf_page(b"").replace(
        pdf_stream(b""), pdf_stream(zlib.compress(b"0 0 9 9 re f " * 3_000_000), b"/Filter /FlateDecode")
    ),
    "pdf of 1,000,000 saved states": lambda: pdf_page(b"q " * 1_000_000),
    "pdf of arrays in arrays": lambda: pdf_page(b"0 0 9 9 re f", b"/A " + b"[" * 100_000 + b"]" * 100_000),
    "pdf shading along an axis, 300 times": lambda: pdf_of_shading(2, b"/Coords [0 0 2000 3000]", 300),
    "pdf shading in circles, 300 times": lambda: pdf_of_shading(3, b"/Coords [0 0 0 2000 3000 5000]", 300),
    "pdf pattern of tiny steps": pdf_of_pattern,
    "pdf letter written with itself": pdf_of_type3,
    "pdf groups in groups": lambda: pdf_of_groups(300),
    "pdf table of objects that leads to itself": lambda: pdf_page(b"0 0 9 9 re f").replace(
        b"/Root 1 0 R", b"/Root 1 0 R /Prev 9"
    ),
    "pdf claims 2**31 objects": lambda: pdf_page(b"0 0 9 9 re f").replace(b"/Size 5", b"/Size 2147483647"),
    "pdf font of 100 MB": lambda: pdf_page(
        b"BT /F 50 Tf (a) Tj ET",
        b"/Font << /F << /Type /Font /Subtype /TrueType /BaseFont /A /FontDescriptor << /Type /FontDescriptor"
        b" /FontName /A /Flags 4 /FontFile2 5 0 R >> >> >>",
        [pdf_stream(deflated(100), b"/Filter /FlateDecode")],
    ),
}


def jpeg_2000_claiming(side: int) -> bytes:
    """A valid image whose codestream then says that it is larger."""
    data = bytearray(encoded(quarters((64, 64)), "JPEG2000"))
    size = data.index(b"\xff\x51")
    for place in (size + 6, size + 10, size + 22, size + 26):
        struct.pack_into(">I", data, place, side)
    return bytes(data)


BOMBS: dict[str, Callable[[], bytes]] = (
    JPEG_BOMBS | PNG_BOMBS | BMP_BOMBS | GIF_BOMBS | WEBP_BOMBS | TIFF_BOMBS | HEIF_BOMBS | AVIF_BOMBS | PDF_BOMBS
)
