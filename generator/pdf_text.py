"""Writes receipts as PDF files with a text layer, good or misleading, as shops, scanners and careless programs do.

Text is set in the standard fonts of PDF, which need not be embedded and have the characters of Windows-1252.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from PIL import Image

from generator.layout import Printout
from generator.sheet import Cell, Line, Look

POINTS_PER_MM = 72 / 25.4
MARGIN = 20.0
LEADING = 1.25
"""Points of paper around the text, and distance of baselines in units of the size of the font."""

PLAIN = "Courier"
BOLD = "Courier-Bold"
PROPORTIONAL = "Helvetica"

COURIER_WIDTH = 0.6
HELVETICA_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556 278 278 584"
    " 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667 611 722 667 944 667"
    " 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833 556 556 556 556 333 500 278 556"
    " 500 722 500 500 500 334 260 334 584"
)
"""Widths of the characters from the space to the tilde, in thousandths of the size, from Adobe's font metrics."""

WIDTHS = dict(zip(map(chr, range(32, 127)), (int(width) / 1000 for width in HELVETICA_WIDTHS.split()), strict=True))
USUAL_WIDTH = 0.556


class Layer(StrEnum):
    """How the text of a page is set, and what is wrong with it.

    The page of those up to ``POSITIONED`` shows the text. ``INVISIBLE``, ``BEHIND`` and ``WHITE`` have a picture of the
    receipt that tells what it is, with wrong text that does not show; ``OVER`` has visible wrong text on such a picture.
    ``MIRRORED`` and ``OUTSIDE`` show no text at all. ``GARBAGE`` shows text that stands for other characters, as a font
    without a valid table does, and ``GARBAGE_TOTAL`` does so in the font of the total only. ``FIELD`` and ``PASTED`` show
    the total as the value of a form, and as a picture.
    """

    GOOD = "good"
    PROPORTIONAL = "proportional"
    ROTATED = "rotated"
    CROPPED = "cropped"
    USER_UNIT = "user unit"
    FORM = "form"
    LETTERS = "letters"
    POSITIONED = "positioned"
    INVISIBLE = "invisible"
    BEHIND = "behind"
    WHITE = "white"
    OVER = "over"
    MIRRORED = "mirrored"
    OUTSIDE = "outside"
    GARBAGE = "garbage"
    GARBAGE_TOTAL = "garbage total"
    FIELD = "field"
    PASTED = "pasted"


SHOWN = tuple(Layer)[: tuple(Layer).index(Layer.POSITIONED) + 1]
"""Layers that can be read in place of their picture."""


@dataclass(frozen=True, slots=True)
class Run:
    """A text, the point at which its baseline begins, its font and its size in points, and how far it is stretched."""

    text: str
    x: float
    y: float
    size: float
    font: str = PLAIN
    stretch: float = 1.0

    @property
    def width(self) -> float:
        """Its width in points."""
        return sum(_width(character, self.font) for character in self.text) * self.size * self.stretch


def _width(character: str, font: str) -> float:
    return WIDTHS.get(character, USUAL_WIDTH) if font == PROPORTIONAL else COURIER_WIDTH


class Pdf:
    """The objects of a file, numbered from 1 in the order in which they are added."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def add(self, content: bytes) -> int:
        """Add an object; return its number."""
        self._objects.append(content)
        return len(self._objects)

    def stream(self, content: bytes, entries: bytes = b"") -> int:
        """Add a stream with further ``entries`` of its dictionary; return its number."""
        return self.add(b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), entries, content))

    def picture(self, image: Image.Image) -> int:
        """Add an image in grey; return its number."""
        jpeg = io.BytesIO()
        image.convert("L").save(jpeg, "JPEG", quality=90)
        entries = (
            b"/Type /XObject /Subtype /Image /Width %d /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray"
            b" /Filter /DCTDecode" % image.size
        )
        return self.stream(jpeg.getvalue(), entries)

    def font(self, name: str, meant: Mapping[str, str] | None = None) -> int:
        """Add a standard font; ``meant`` says for which text its characters stand, if not for themselves."""
        entries = b"/Encoding /WinAnsiEncoding"
        if meant:
            entries += b" /ToUnicode %d 0 R" % self.stream(_to_unicode(meant))
        return self.add(b"<< /Type /Font /Subtype /Type1 /BaseFont /%b %b >>" % (name.encode(), entries))

    def write(self, root: int) -> bytes:
        """Return the file; ``root`` is the number of its catalogue."""
        out, offsets = bytearray(b"%PDF-1.7\n"), []
        for number, content in enumerate(self._objects, 1):
            offsets.append(len(out))
            out += b"%d 0 obj\n%b\nendobj\n" % (number, content)
        table = len(out)
        out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1)
        out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
        out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, root, table)
        return bytes(out)


def _to_unicode(meant: Mapping[str, str]) -> bytes:
    """Return the table of a font from the bytes of its characters to the text that they stand for."""
    rows = [
        b"<%02X> <%b>" % (character.encode("cp1252")[0], text.encode("utf-16-be").hex().encode())
        for character, text in meant.items()
    ]
    blocks = (rows[start : start + 100] for start in range(0, len(rows), 100))
    mapped = b"".join(b"%d beginbfchar\n%b\nendbfchar\n" % (len(block), b"\n".join(block)) for block in blocks)
    return (
        b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Receipt def /CMapType 2 def\n"
        b"1 begincodespacerange <00> <FF> endcodespacerange\n%bendcmap end end" % mapped
    )


FONTS = (PLAIN, BOLD, PROPORTIONAL)


def content_of(runs: Sequence[Run], *, mode: int = 0, grey: float = 0.0, mirrored: bool = False) -> bytes:
    """Return the operators that show texts: ``mode`` is that of rendering, ``grey`` from 0, black, to 1, white."""
    shown = b"".join(
        b"/F%d 1 Tf %f 0 0 %f %f %f Tm (%b) Tj\n"
        % (
            FONTS.index(run.font),
            run.size * run.stretch * (-1 if mirrored else 1),
            run.size,
            run.x,
            run.y,
            _string(run.text),
        )
        for run in runs
    )
    return b"BT %d Tr %f g\n%bET\n" % (mode, grey, shown)


def _string(text: str) -> bytes:
    raw = text.encode("cp1252", "replace")
    return raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")


def page_pdf(
    size: tuple[float, float],
    content: bytes,
    *,
    entries: bytes = b"",
    pictures: Mapping[str, Image.Image] | None = None,
    forms: Mapping[str, bytes] | None = None,
    meant: Mapping[str, Mapping[str, str]] | None = None,
    fields: Sequence[Run] = (),
) -> bytes:
    """Return a PDF of one page of ``size`` points that ``content`` draws, with further ``entries`` of its dictionary.

    ``pictures`` and ``forms`` are drawn by their names; a form is content too. ``meant`` names fonts whose characters
    stand for others. ``fields`` are values of a form that can be filled in.
    """
    pdf = Pdf()
    font_list = b" ".join(
        b"/F%d %d 0 R" % (number, pdf.font(name, (meant or {}).get(name))) for number, name in enumerate(FONTS)
    )
    fonts = b"/Font << %b >>" % font_list
    drawn = [(name, pdf.picture(image)) for name, image in (pictures or {}).items()]
    box = b"/BBox [0 0 %f %f] /Resources << %b >>" % (*size, fonts)
    drawn += [(name, pdf.stream(form, b"/Type /XObject /Subtype /Form " + box)) for name, form in (forms or {}).items()]
    listed = b" ".join(b"/%b %d 0 R" % (name.encode(), number) for name, number in drawn)
    notes = b" ".join(b"%d 0 R" % _field(pdf, run, fonts) for run in fields)
    body = pdf.stream(content)
    root = pdf.add(b"<< >>")
    page, pages = root + 2, root + 3
    pdf.add(b"<< /Fields [%b] >>" % notes)
    pdf.add(
        b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 %f %f] /Contents %d 0 R /Annots [%b]"
        b" /Resources << %b /XObject << %b >> >> %b >>" % (pages, *size, body, notes, fonts, listed, entries)
    )
    pdf.add(b"<< /Type /Pages /Kids [%d 0 R] /Count 1 >>" % page)
    catalogue = pdf.add(b"<< /Type /Catalog /Pages %d 0 R /AcroForm %d 0 R >>" % (pages, root + 1))
    return pdf.write(catalogue)


def _field(pdf: Pdf, run: Run, fonts: bytes) -> int:
    """Add a value of a form, with the picture of it that viewers show; return its number."""
    width, height = run.width + 4, 1.4 * run.size
    shown = content_of([Run(run.text, 2, 0.3 * run.size, run.size, run.font)])
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 %f %f] /Resources << %b >>" % (width, height, fonts)
    picture = pdf.stream(shown, entries)
    left, bottom = run.x - 2, run.y - 0.3 * run.size
    return pdf.add(
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (f%d) /V (%b) /F 4 /Rect [%f %f %f %f] /AP << /N %d 0 R >> >>"
        % (picture, _string(run.text), left, bottom, left + width, bottom + height, picture)
    )


def runs_of(lines: Sequence[Line], columns: int, font: str = PLAIN, size: float = 8.0) -> tuple[list[Run], float]:
    """Set the lines of a receipt, on a grid of ``columns``, at ``size`` points; return them and the paper's height."""
    top, placed = 0.0, list[Run]()
    for line in lines:
        top += LEADING * size * line.look.tall
        placed += [_set(cell, line.look, Run(cell.text, 0.0, -top, size, font)) for cell in line.cells]
    height = top + 2 * MARGIN
    return [replace(run, x=run.x + MARGIN, y=run.y + height - MARGIN) for run in placed], height


def _set(cell: Cell, look: Look, run: Run) -> Run:
    """Return a text in the style of its line, at its column."""
    bold = BOLD if look.bold and run.font == PLAIN else run.font
    column = cell.column * look.wide * COURIER_WIDTH * run.size
    set_ = replace(run, size=run.size * look.tall, stretch=look.wide / look.tall, font=bold)
    shift = {"left": 0.0, "centre": set_.width / 2, "right": set_.width}[cell.align]
    return replace(set_, x=max(0.0, column - shift))


def receipt_pdf(printout: Printout, columns: int, layer: Layer = Layer.GOOD) -> bytes:
    """Return a receipt as a PDF of one page with a layer of text; its paper is as wide as its columns need."""
    runs, height = runs_of(printout.lines, columns, PROPORTIONAL if layer is Layer.PROPORTIONAL else PLAIN)
    size = (columns * COURIER_WIDTH * 8.0 + 2 * MARGIN, height)
    if layer in PICTURED:
        return _pictured(runs, size, layer)
    if layer is Layer.FORM:
        return page_pdf(size, b"/Fm Do", forms={"Fm": content_of(runs)})
    if layer is Layer.MIRRORED:
        return page_pdf(size, content_of([replace(run, x=run.x + run.width) for run in runs], mirrored=True))
    if layer is Layer.OUTSIDE:
        return page_pdf(size, content_of([replace(run, x=run.x - 2 * size[0]) for run in runs]))
    totals = [run for run in runs if printout.total_text in run.text]
    if layer in BROKEN:
        runs = [replace(run, font=BOLD) if run in totals else replace(run, font=PLAIN) for run in runs]
        wrong = {character: SHIFTED.get(character, character) for character in map(chr, range(33, 127))}
        return page_pdf(size, content_of(runs), meant={font: wrong for font in BROKEN[layer]})
    if layer in {Layer.FIELD, Layer.PASTED}:
        return _apart([run for run in runs if run not in totals], totals, size, layer)
    return _shown(runs, size, layer)


PICTURED = frozenset({Layer.INVISIBLE, Layer.BEHIND, Layer.WHITE, Layer.OVER})

BROKEN = {Layer.GARBAGE: FONTS, Layer.GARBAGE_TOTAL: (BOLD,)}
"""The fonts whose characters stand for others."""

SHIFTED = dict(zip("0123456789", "1234567890", strict=True)) | dict(
    zip(map(chr, range(ord("A"), ord("Z"))), map(chr, range(ord("B"), ord("Z") + 1)), strict=True)
)


def _wrong(run: Run) -> Run:
    """Return a text with other digits."""
    return replace(run, text="".join(SHIFTED.get(one, one) for one in run.text))


def _shown(runs: Sequence[Run], size: tuple[float, float], layer: Layer) -> bytes:
    """Return a page whose text can be read, however it is set."""
    width, height = size
    if layer is Layer.ROTATED:
        turned = b"q 0 1 -1 0 %f 0 cm\n%bQ" % (height, content_of(runs))
        return page_pdf((height, width), turned, entries=b"/Rotate 90")
    if layer is Layer.CROPPED:
        moved = [replace(run, x=run.x + 100, y=run.y + 150) for run in runs]
        crop = b"/CropBox [100 150 %f %f]" % (100 + width, 150 + height)
        return page_pdf((width + 200, height + 200), content_of(moved), entries=crop)
    if layer is Layer.USER_UNIT:
        halves = [replace(run, x=run.x / 2, y=run.y / 2, size=run.size / 2) for run in runs]
        return page_pdf((width / 2, height / 2), content_of(halves), entries=b"/UserUnit 2")
    if layer is Layer.LETTERS:
        runs = [letter for run in runs for letter in _parts(run, run.text)]
    if layer is Layer.POSITIONED:
        runs = [word for run in runs for word in _parts(run, *run.text.split())]
    return page_pdf(size, content_of(runs))


def _parts(run: Run, *texts: str) -> Iterator[Run]:
    """Yield the words of a text, or all of its letters if only one text is given, each placed by itself."""
    pieces = texts if len(texts) > 1 else tuple(run.text.replace(" ", ""))
    start = 0
    for piece in pieces:
        start = run.text.index(piece, start)
        yield replace(run, text=piece, x=run.x + replace(run, text=run.text[:start]).width)
        start += len(piece)


def picture_of(runs: Sequence[Run], size: tuple[float, float], dpi: float = 200.0) -> Image.Image:
    """Return the picture of a page, as a scanner takes it."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(page_pdf(size, content_of(runs)))
    image: Image.Image = document[0].render(scale=dpi / 72).to_pil()
    document.close()
    return image.convert("L")


def _pictured(runs: Sequence[Run], size: tuple[float, float], layer: Layer) -> bytes:
    """Return a page with a picture of the receipt, and text with other digits."""
    picture = b"q %f 0 0 %f 0 0 cm /Im Do Q\n" % size
    wrong = [_wrong(run) for run in runs]
    text = {
        Layer.INVISIBLE: content_of(wrong, mode=3),
        Layer.WHITE: content_of(wrong, grey=1.0),
        Layer.BEHIND: content_of(wrong),
        Layer.OVER: content_of(wrong),
    }[layer]
    content = text + picture if layer is Layer.BEHIND else picture + text
    return page_pdf(size, content, pictures={"Im": picture_of(runs, size)})


def _apart(rest: Sequence[Run], totals: Sequence[Run], size: tuple[float, float], layer: Layer) -> bytes:
    """Return a page on which the totals are no text."""
    if layer is Layer.FIELD:
        return page_pdf(size, content_of(rest), fields=totals)
    pictures, drawn = {}, b""
    for number, run in enumerate(totals):
        here = (run.width, 1.3 * run.size)
        pictures[f"Im{number}"] = picture_of([replace(run, x=0.0, y=0.3 * run.size)], here, 300.0)
        drawn += b"q %f 0 0 %f %f %f cm /Im%d Do Q\n" % (*here, run.x, run.y - 0.3 * run.size, number)
    return page_pdf(size, content_of(rest) + drawn, pictures=pictures)
