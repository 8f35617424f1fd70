"""Takes from a PDF page the characters that a reader of it sees: upright ones that change what is rendered.

Whether a character shows is asked of the picture. The page is rendered once with its text and once without: where both
look alike, the text is white on white, transparent, clipped, behind an image or outside of the page, however that was
brought about.
"""

from __future__ import annotations

import ctypes
import math
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import accumulate
from typing import Final, NamedTuple

import pypdfium2 as pdfium
from PIL import Image, ImageChops
from pypdfium2 import raw

from rpiocr.decode.side_note import Lines, Word
from rpiocr.decode.wire import MAX_CHARACTERS

VISIBLE_MODES = frozenset(
    {
        raw.FPDF_TEXTRENDERMODE_FILL,
        raw.FPDF_TEXTRENDERMODE_STROKE,
        raw.FPDF_TEXTRENDERMODE_FILL_STROKE,
        raw.FPDF_TEXTRENDERMODE_FILL_CLIP,
        raw.FPDF_TEXTRENDERMODE_STROKE_CLIP,
        raw.FPDF_TEXTRENDERMODE_FILL_STROKE_CLIP,
    }
)

OUTLINED_MODES = frozenset({raw.FPDF_TEXTRENDERMODE_STROKE, raw.FPDF_TEXTRENDERMODE_STROKE_CLIP})
"""Modes in which text has the colour of its outline."""

LUMA = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in the grey that a colour is rendered in (ITU-R BT.601)."""

MIN_CONTRAST = 48
"""Minimum difference in grey values that a character makes to its page: the lightest grey that is still meant to be
read on white, #BBBBBB, makes 68."""

MIN_SIZE = 2.0
"""Minimum size of a font in points; the smallest print on receipts has 4."""

MAX_SLOPE = math.tan(math.radians(3.0))
"""Maximum slope of the baseline of upright text, the same as for print that OCR reads without rotating the page."""

MAX_GAP = 0.5
"""Maximum distance of two characters of one word, as a share of the size of their font. A space has 0.25 or more, but
is usually a character of its own, or one that PDFium inserts."""

MIN_LEVEL = 0.3
"""Minimum vertical overlap of characters of one line, as a share of the height of the lower one of their boxes."""

FINE = 1000
"""How much finer than pixels PDFium is asked for coordinates, which it rounds."""

UNREADABLE: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands for a character that has no meaning without its font; the words that contain it are left out."""


class Area(NamedTuple):
    """A rectangle in pixels of the page."""

    left: float
    top: float
    right: float
    bottom: float


class Look(NamedTuple):
    """How an object draws its text: the size of the font in pixels, the grey of the ink, and its opacity, 0 to 1."""

    size: float
    grey: float
    opacity: float


class Glyph(NamedTuple):
    """A character: its text, its ink, the space that its font gives it, and how it is drawn."""

    text: str
    ink: Area
    cell: Area
    look: Look


SPACE, BREAK = " ", "\n"
"""What separates words and lines."""

Sign = Glyph | str


def shown_lines(page: pdfium.PdfPage, bitmap: pdfium.PdfBitmap, render: Callable[[], pdfium.PdfBitmap]) -> Lines | None:
    """Return the lines of words that a page shows, None if it shows no text, or more than MAX_CHARACTERS.

    ``bitmap`` is the page as rendered in grey by ``render``, which is called again; afterwards the page has no text.
    """
    try:
        with _text_of(page) as text:
            if raw.FPDFText_CountChars(text) > MAX_CHARACTERS:
                return None
            layer = _Layer(page, text, (bitmap.width, bitmap.height))
            signs = list(layer.signs())
        if not layer.objects:
            return None
        for each in layer.objects:
            raw.FPDFPageObj_SetIsActive(each, False)  # noqa: FBT003 - a function of C
        with closing(render()) as bitmap_without:
            without = _image(bitmap_without)
            difference = ImageChops.difference(_image(bitmap), without)
            return _lines(_shown(signs, difference, without), difference.size) or None
    except Exception:  # noqa: BLE001 - the page can be read without its text
        return None


@contextmanager
def _text_of(page: pdfium.PdfPage) -> Iterator[raw.FPDF_TEXTPAGE]:
    text = raw.FPDFText_LoadPage(page)
    try:
        yield text
    finally:
        raw.FPDFText_ClosePage(text)


def _image(bitmap: pdfium.PdfBitmap) -> Image.Image:
    size = (bitmap.width, bitmap.height)
    return Image.frombuffer("L", size, bitmap.buffer, "raw", "L", bitmap.stride, 1)


class _Layer:
    """The characters of a page of ``size`` (width, height) in pixels, and the objects that draw them."""

    def __init__(self, page: pdfium.PdfPage, text: raw.FPDF_TEXTPAGE, size: tuple[int, int]) -> None:
        self.objects: list[raw.FPDF_PAGEOBJECT] = []
        self._text = text
        self._size = size
        self._to_pixels = _to_pixels(page, size)
        self._looks: dict[int | None, Look | None] = {}

    def signs(self) -> Iterator[Sign]:
        """Yield the characters that may show, in the order of reading, with what separates them."""
        for index in range(raw.FPDFText_CountChars(self._text)):
            text = self._text_at(index)
            if text in {SPACE, BREAK}:
                yield text
            elif text:
                yield self._glyph(index, text) or SPACE

    def _text_at(self, index: int) -> str:
        """Return a character, SPACE or BREAK, UNREADABLE, or nothing for one that only directs others."""
        if raw.FPDFText_IsHyphen(self._text, index) == 1:
            return "-"
        code = raw.FPDFText_GetUnicode(self._text, index)
        text = chr(code) if 0 < code < 0x110000 else UNREADABLE
        if text in "\r\n":
            return BREAK
        if text.isspace() or raw.FPDFText_IsGenerated(self._text, index) == 1:
            return SPACE
        if raw.FPDFText_HasUnicodeMapError(self._text, index) == 1:
            return UNREADABLE
        kind = unicodedata.category(text)
        return "" if kind == "Cf" else UNREADABLE if kind[0] == "C" else text

    def _glyph(self, index: int, text: str) -> Glyph | None:
        look = self._look_of(index)
        if look is None:
            return None
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        raw.FPDFText_GetCharBox(self._text, index, left, right, bottom, top)
        loose = raw.FS_RECTF()
        raw.FPDFText_GetLooseCharBox(self._text, index, loose)
        cell = self._area(loose.left, loose.bottom, loose.right, loose.top)
        ink = self._area(left.value, bottom.value, right.value, top.value)
        if ink.left >= ink.right or ink.top >= ink.bottom:
            ink = cell
        return Glyph(text, ink, cell, look) if self._is_inside(ink) else None

    def _look_of(self, index: int) -> Look | None:
        """Return how a character is drawn; None if it is invisible, tiny, turned or mirrored."""
        item = raw.FPDFText_GetTextObject(self._text, index)
        address = ctypes.cast(item, ctypes.c_void_p).value if item else None
        if address not in self._looks:
            size = self._upright_size(index) if address else 0.0
            self._looks[address] = look = _look(item, size) if size else None
            if look:
                self.objects.append(item)
        return self._looks[address]

    def _upright_size(self, index: int) -> float:
        """Return the size of a character's font in pixels; 0 if it is too small, turned or mirrored."""
        matrix = raw.FS_MATRIX()
        raw.FPDFText_GetMatrix(self._text, index, matrix)
        (across, fall), (lean, rise) = (self._direction(*side) for side in ((matrix.a, matrix.b), (matrix.c, matrix.d)))
        upright = across > 0 > rise and abs(fall) <= MAX_SLOPE * across and abs(lean) <= -rise
        points = raw.FPDFText_GetFontSize(self._text, index)
        size = points * -rise
        return size if upright and points * math.hypot(matrix.c, matrix.d) >= MIN_SIZE and math.isfinite(size) else 0.0

    def _direction(self, x: float, y: float) -> tuple[float, float]:
        a, b, c, d, _, _ = self._to_pixels
        return a * x + c * y, b * x + d * y

    def _area(self, left: float, bottom: float, right: float, top: float) -> Area:
        _, _, _, _, e, f = self._to_pixels
        (x1, y1), (x2, y2) = self._direction(left, bottom), self._direction(right, top)
        return Area(min(x1, x2) + e, min(y1, y2) + f, max(x1, x2) + e, max(y1, y2) + f)

    def _is_inside(self, area: Area) -> bool:
        width, height = self._size
        x, y = (area.left + area.right) / 2, (area.top + area.bottom) / 2
        return 0 <= x <= width and 0 <= y <= height and area.right - area.left <= width


def _to_pixels(page: pdfium.PdfPage, size: tuple[int, int]) -> tuple[float, ...]:
    """Return the affine map (a, b, c, d, e, f) from the page's own coordinates to pixels, as rendered."""
    x, y = ctypes.c_int(), ctypes.c_int()

    def mapped(point: tuple[float, float]) -> tuple[float, float]:
        raw.FPDF_PageToDevice(page, 0, 0, FINE * size[0], FINE * size[1], 0, *point, x, y)
        return x.value / FINE, y.value / FINE

    (e, f), (ax, ay), (cx, cy) = map(mapped, ((0.0, 0.0), (100.0, 0.0), (0.0, 100.0)))
    return (ax - e) / 100, (ay - f) / 100, (cx - e) / 100, (cy - f) / 100, e, f


def _look(item: raw.FPDF_PAGEOBJECT, size: float) -> Look | None:
    """Return how an object draws text of a size; None if it does not, or in an unknown colour."""
    mode = raw.FPDFTextObj_GetTextRenderMode(item)
    if mode not in VISIBLE_MODES:
        return None
    get = raw.FPDFPageObj_GetStrokeColor if mode in OUTLINED_MODES else raw.FPDFPageObj_GetFillColor
    red, green, blue, alpha = (ctypes.c_uint() for _ in range(4))
    if not get(item, red, green, blue, alpha):
        return None
    grey = sum(weight * part.value for weight, part in zip(LUMA, (red, green, blue), strict=True))
    return Look(size, grey, alpha.value / 255)


def _shown(signs: Iterable[Sign], difference: Image.Image, without: Image.Image) -> Iterator[Sign]:
    """Yield the characters, those that are not seen on the page as UNREADABLE: part of a number is another number."""
    for sign in signs:
        if isinstance(sign, str) or _is_seen(sign, difference, without):
            yield sign
        else:
            yield sign._replace(text=UNREADABLE)


def _is_seen(glyph: Glyph, difference: Image.Image, without: Image.Image) -> bool:
    """Return whether a character changes the page, and its ink differs from what is behind most of it.

    White text on a picture of black print changes the page where it covers the print.
    """
    _, most = _part(difference, glyph.ink).getextrema()
    if not isinstance(most, int | float) or most < MIN_CONTRAST:
        return False
    behind = _median(_part(without, glyph.cell))
    return glyph.look.opacity * abs(glyph.look.grey - behind) >= MIN_CONTRAST


def _part(image: Image.Image, area: Area) -> Image.Image:
    """Return the pixels of an area, at least one if it meets the image."""
    left, top = max(0, math.floor(area.left)), max(0, math.floor(area.top))
    right, bottom = min(image.width, math.ceil(area.right)), min(image.height, math.ceil(area.bottom))
    return image.crop((left, top, max(left, right), max(top, bottom)))


def _median(image: Image.Image) -> int:
    """Return the median of the grey values of an image."""
    counts = image.histogram()
    half = sum(counts) / 2
    return next((value for value, upto in enumerate(accumulate(counts)) if upto >= half), 0)


def _lines(signs: Iterable[Sign], size: tuple[int, int]) -> list[list[Word]]:
    """Join characters to words, and words to lines; words with UNREADABLE characters are left out.

    ``size`` is the width and height of the page in pixels.
    """
    lines: list[list[Word]] = [[]]
    for part in _parts(signs):
        if not part:
            lines.append([])
        elif all(glyph.text != UNREADABLE for glyph in part) and _has_area(word := _word(part, size)):
            lines[-1].append(word)
    return [line for line in lines if line]


def _parts(signs: Iterable[Sign]) -> Iterator[list[Glyph]]:
    """Yield the characters of each word, and none between two lines."""
    word: list[Glyph] = []
    last: Glyph | None = None
    for sign in signs:
        glyph = None if isinstance(sign, str) else sign
        is_break = sign == BREAK or bool(last and glyph and not _is_level(last, glyph))
        if word and (glyph is None or is_break or _is_apart(word[-1], glyph)):
            yield word
            word = []
        if is_break:
            yield []
        if glyph:
            word.append(glyph)
            last = glyph
    if word:
        yield word


def _is_level(last: Glyph, glyph: Glyph) -> bool:
    above, below = last.cell, glyph.cell
    overlap = min(above.bottom, below.bottom) - max(above.top, below.top)
    return overlap >= MIN_LEVEL * min(above.bottom - above.top, below.bottom - below.top)


def _is_apart(last: Glyph, glyph: Glyph) -> bool:
    gap = max(glyph.cell.left - last.cell.right, last.cell.left - glyph.cell.right)
    return gap > MAX_GAP * max(last.look.size, glyph.look.size)


def _word(glyphs: list[Glyph], size: tuple[int, int]) -> Word:
    """Return a word with its box cut off at the edges of the page."""
    (width, height), inks = size, [glyph.ink for glyph in glyphs]
    return (
        "".join(glyph.text for glyph in glyphs),
        round(max(0.0, min(ink.left for ink in inks)), 1),
        round(max(0.0, min(ink.top for ink in inks)), 1),
        round(min(width, max(ink.right for ink in inks)), 1),
        round(min(height, max(ink.bottom for ink in inks)), 1),
    )


def _has_area(word: Word) -> bool:
    _, left, top, right, bottom = word
    return left < right and top < bottom
