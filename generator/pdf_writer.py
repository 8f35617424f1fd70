"""Writes PDF files of one page: text in the standard fonts of PDF, pictures, forms, and fields that can be filled in.

The standard fonts need not be embedded; they have the characters of Windows-1252.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from PIL import Image

PLAIN = "Courier"
BOLD = "Courier-Bold"
PROPORTIONAL = "Helvetica"
FONTS = (PLAIN, BOLD, PROPORTIONAL)

COURIER_WIDTH = 0.6
HELVETICA_WIDTHS = (
    "278 278 355 556 556 889 667 191 333 333 389 584 278 333 278 278 556 556 556 556 556 556 556 556 556 556"
    " 278 278 584 584 584 556 1015 667 667 722 722 667 611 778 722 278 500 667 556 833 722 778 667 778 722 667"
    " 611 722 667 944 667 667 611 278 278 278 469 556 333 556 556 500 556 556 278 556 556 222 222 500 222 833"
    " 556 556 556 556 333 500 278 556 500 722 500 500 500 334 260 334 584"
)
"""Widths of the characters from the space to the tilde, in thousandths of the size, from Adobe's font metrics."""

WIDTHS = dict(zip(map(chr, range(32, 127)), (int(width) / 1000 for width in HELVETICA_WIDTHS.split()), strict=True))
USUAL_WIDTH = 0.556


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


def replaced(characters: str) -> dict[str, str]:
    """Return a table by which characters stand for themselves, for ``meant``: its others stand for nothing."""
    return {character: character for character in characters}


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
    *more: bytes,
    entries: bytes = b"",
    pictures: Mapping[str, Image.Image] | None = None,
    forms: Mapping[str, bytes] | None = None,
    meant: Mapping[str, Mapping[str, str]] | None = None,
    fields: Sequence[Run] = (),
    files: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """Return a PDF with a page of ``size`` points that ``content`` draws, and one for each content of ``more``.

    ``entries`` are further ones of the dictionary of each page. ``pictures`` and ``forms`` are drawn by their names; a
    form is content too. ``meant`` names fonts whose characters stand for others. ``fields`` are values of a form on the
    first page that can be filled in, ``files`` are embedded.
    """
    pdf = Pdf()
    listed = ((number, pdf.font(name, (meant or {}).get(name))) for number, name in enumerate(FONTS))
    fonts = b"/Font << %b >>" % b" ".join(b"/F%d %d 0 R" % one for one in listed)
    drawn = [(name, pdf.picture(image)) for name, image in (pictures or {}).items()]
    box = b"/Type /XObject /Subtype /Form /BBox [0 0 %f %f] /Resources << %b >>" % (*size, fonts)
    drawn += [(name, pdf.stream(form, box)) for name, form in (forms or {}).items()]
    objects = b" ".join(b"/%b %d 0 R" % (name.encode(), number) for name, number in drawn)
    shared = b"/MediaBox [0 0 %f %f] /Resources << %b /XObject << %b >> >> %b" % (*size, fonts, objects, entries)
    widgets = _references(_field(pdf, run, fonts) for run in fields)
    bodies = [pdf.stream(one) for one in (content, *more)]
    parent = bodies[-1] + len(bodies) + 1
    pages = [
        pdf.add(b"<< /Type /Page /Parent %d 0 R /Contents %d 0 R /Annots [%b] %b >>" % (parent, body, notes, shared))
        for body, notes in zip(bodies, (widgets, *[b""] * len(more)), strict=True)
    ]
    pdf.add(b"<< /Type /Pages /Kids [%b] /Count %d >>" % (_references(pages), len(pages)))
    named = b" ".join(b"(%b) %d 0 R" % (_string(name), _file(pdf, name, files[name])) for name in sorted(files))
    embedded = b" /Names << /EmbeddedFiles << /Names [%b] >> >>" % named if files else b""
    root = b"<< /Type /Catalog /Pages %d 0 R /AcroForm << /Fields [%b] >>%b >>" % (parent, widgets, embedded)
    return pdf.write(pdf.add(root))


def _references(numbers: Iterable[int]) -> bytes:
    return b" ".join(b"%d 0 R" % number for number in numbers)


def _file(pdf: Pdf, name: str, content: bytes) -> int:
    """Add an embedded file that belongs to the document; return the number of its description."""
    kind = b"/Subtype /text#2Fxml " if name.endswith(".xml") else b""
    kept = pdf.stream(content, b"/Type /EmbeddedFile %b/Params << /Size %d >>" % (kind, len(content)))
    text = _string(name)
    return pdf.add(
        b"<< /Type /Filespec /F (%b) /UF (%b) /AFRelationship /Alternative /EF << /F %d 0 R /UF %d 0 R >> >>"
        % (text, text, kept, kept)
    )


def _field(pdf: Pdf, run: Run, fonts: bytes) -> int:
    """Add a value of a form, with the picture of it that viewers show; return its number."""
    width, height = run.width + 4, 1.4 * run.size
    shown = content_of([replace(run, x=2.0, y=0.3 * run.size)])
    entries = b"/Type /XObject /Subtype /Form /BBox [0 0 %f %f] /Resources << %b >>" % (width, height, fonts)
    picture = pdf.stream(shown, entries)
    left, bottom = run.x - 2, run.y - 0.3 * run.size
    return pdf.add(
        b"<< /Type /Annot /Subtype /Widget /FT /Tx /T (f%d) /V (%b) /F 4 /Rect [%f %f %f %f] /AP << /N %d 0 R >> >>"
        % (picture, _string(run.text), left, bottom, left + width, bottom + height, picture)
    )
