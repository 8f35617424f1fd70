"""Receipts as PDF files with a layer of text, good or misleading, as shops, scanners and careless programs do it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from PIL import Image

from generator.layout import Printout
from generator.pdf_writer import BOLD, COURIER_WIDTH, FONTS, PLAIN, PROPORTIONAL, Run, content_of, page_pdf
from generator.sheet import Cell, Look

SIZE = 8.0
MARGIN = 20.0
LEADING = 1.25
"""Size of the font and paper around the text in points; distance of baselines in units of the size."""

BAR, BARS_HEIGHT = 0.75, 24.0
"""Width of the thinnest bar of a bar code, and height of its bars, in points."""


class Layer(StrEnum):
    """How the text of a page is set, and what is wrong with it.

    The page of those up to ``POSITIONED`` shows the text. ``INVISIBLE``, ``BEHIND`` and ``WHITE`` have a picture of the
    receipt that tells what it is, with wrong text that does not show; ``OVER`` shows wrong text on such a picture.
    ``MIRRORED`` and ``OUTSIDE`` show no text at all. ``GARBAGE`` shows text that stands for other characters, as a font
    without a valid table does, and ``GARBAGE_TOTAL`` does so in the font of the total only. ``FIELD`` and ``PASTED``
    show the total as the value of a form, and as a picture.
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

BROKEN: Mapping[Layer, Sequence[str]] = {Layer.GARBAGE: FONTS, Layer.GARBAGE_TOTAL: (BOLD,)}
"""The fonts whose characters stand for others."""

ORDINARY = tuple(map(chr, range(33, 127)))
OTHER = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXY", "1234567890BCDEFGHIJKLMNOPQRSTUVWXYZ", strict=True))
"""Wrong characters in place of right ones."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A receipt as it is set: its text, what is drawn beside it, its width and height in points, and its totals."""

    runs: Sequence[Run]
    bars: bytes
    size: tuple[float, float]
    totals: Sequence[Run]

    @property
    def rest(self) -> Sequence[Run]:
        """All texts but the totals."""
        return [run for run in self.runs if run not in self.totals]


def set_receipt(printout: Printout, columns: int, font: str = PLAIN) -> Paper:
    """Set the lines of a receipt on a roll as wide as its columns need."""
    top, bars = 0.0, list[tuple[str, float]]()
    runs: list[Run] = []
    for line in printout.lines:
        top += BARS_HEIGHT if line.bars else LEADING * SIZE * line.look.tall
        runs += [_set(cell, line.look, Run(cell.text, 0.0, -top, SIZE, font)) for cell in line.cells]
        bars += [(line.bars, -top)] if line.bars else []
    width, height = columns * COURIER_WIDTH * SIZE + 2 * MARGIN, top + 2 * MARGIN
    placed = [replace(run, x=run.x + MARGIN, y=run.y + height - MARGIN) for run in runs]
    drawn = b"".join(_bars(digits, width, y + height - MARGIN) for digits, y in bars)
    return Paper(placed, drawn, (width, height), [run for run in placed if printout.total_text in run.text])


def _set(cell: Cell, look: Look, run: Run) -> Run:
    """Return a text in the style of its line, at its column."""
    bold = BOLD if look.bold and run.font == PLAIN else run.font
    column = cell.column * look.wide * COURIER_WIDTH * run.size
    there = replace(run, size=run.size * look.tall, stretch=look.wide / look.tall, font=bold)
    shift = {"left": 0.0, "centre": there.width / 2, "right": there.width}[cell.align]
    return replace(there, x=max(0.0, column - shift))


def _bars(digits: str, width: float, y: float) -> bytes:
    """Draw bars that look like a bar code of the digits without being valid."""
    x, drawn = MARGIN, b""
    for digit in digits:
        drawn += b"%f %f %f %f re f\n" % (x, y, BAR * (1 + int(digit) % 3), BARS_HEIGHT - 6)
        x += BAR * (3 + int(digit) // 3)
        if x > width - MARGIN:
            break
    return drawn


def receipt_pdf(printout: Printout, columns: int, layer: Layer = Layer.GOOD) -> bytes:
    """Return a receipt as a PDF of one page with a layer of text."""
    paper = set_receipt(printout, columns, PROPORTIONAL if layer is Layer.PROPORTIONAL else PLAIN)
    return WRITERS.get(layer, _plain)(paper, layer)


Writer = Callable[[Paper, Layer], bytes]


def _content(paper: Paper, runs: Sequence[Run] | None = None) -> bytes:
    return content_of(paper.runs if runs is None else runs) + paper.bars


def _plain(paper: Paper, _layer: Layer) -> bytes:
    return page_pdf(paper.size, _content(paper))


def _rotated(paper: Paper, _layer: Layer) -> bytes:
    width, height = paper.size
    return page_pdf((height, width), b"q 0 1 -1 0 %f 0 cm\n%bQ" % (height, _content(paper)), entries=b"/Rotate 90")


def _cropped(paper: Paper, _layer: Layer) -> bytes:
    width, height = paper.size
    crop = b"/CropBox [100 150 %f %f]" % (100 + width, 150 + height)
    return page_pdf((width + 200, height + 200), b"q 1 0 0 1 100 150 cm\n%bQ" % _content(paper), entries=crop)


def _in_units(paper: Paper, _layer: Layer) -> bytes:
    width, height = paper.size
    halved = b"q 0.5 0 0 0.5 0 0 cm\n%bQ" % _content(paper)
    return page_pdf((width / 2, height / 2), halved, entries=b"/UserUnit 2")


def _form(paper: Paper, _layer: Layer) -> bytes:
    return page_pdf(paper.size, b"/Fm Do", forms={"Fm": _content(paper)})


def _letters(paper: Paper, _layer: Layer) -> bytes:
    letters = [letter for run in paper.runs for letter in _parts(run, run.text.replace(" ", ""))]
    return page_pdf(paper.size, _content(paper, letters))


def _positioned(paper: Paper, _layer: Layer) -> bytes:
    words = [word for run in paper.runs for word in _parts(run, run.text.split())]
    return page_pdf(paper.size, _content(paper, words))


def _parts(run: Run, parts: Sequence[str]) -> Iterator[Run]:
    """Yield the parts of a text, each placed by itself."""
    start = 0
    for part in parts:
        start = run.text.index(part, start)
        yield replace(run, text=part, x=run.x + replace(run, text=run.text[:start]).width)
        start += len(part)


def _mirrored(paper: Paper, _layer: Layer) -> bytes:
    runs = [replace(run, x=run.x + run.width) for run in paper.runs]
    return page_pdf(paper.size, content_of(runs, mirrored=True) + paper.bars)


def _outside(paper: Paper, _layer: Layer) -> bytes:
    return page_pdf(paper.size, _content(paper, [replace(run, x=run.x - 2 * paper.size[0]) for run in paper.runs]))


def _garbage(paper: Paper, layer: Layer) -> bytes:
    plain = [replace(run, font=PLAIN) for run in paper.rest]
    runs = [*plain, *(replace(run, font=BOLD) for run in paper.totals)]
    wrong = {character: OTHER.get(character, character) for character in ORDINARY}
    return page_pdf(paper.size, _content(paper, runs), meant=dict.fromkeys(BROKEN[layer], wrong))


def _pictured(paper: Paper, layer: Layer) -> bytes:
    """Return a page with a picture of the receipt, and text with other characters."""
    picture = b"q %f 0 0 %f 0 0 cm /Im Do Q\n" % paper.size
    wrong = [replace(run, text="".join(OTHER.get(one, one) for one in run.text)) for run in paper.runs]
    text = content_of(wrong, mode=3 if layer is Layer.INVISIBLE else 0, grey=1.0 if layer is Layer.WHITE else 0.0)
    content = text + picture if layer is Layer.BEHIND else picture + text
    return page_pdf(paper.size, content, pictures={"Im": picture_of(_content(paper), paper.size)})


def picture_of(content: bytes, size: tuple[float, float], dpi: float = 200.0) -> Image.Image:
    """Return the picture of a page, as a scanner takes it."""
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(page_pdf(size, content))
    image: Image.Image = document[0].render(scale=dpi / 72).to_pil()
    document.close()
    return image.convert("L")


def _field(paper: Paper, _layer: Layer) -> bytes:
    return page_pdf(paper.size, _content(paper, paper.rest), fields=paper.totals)


def _pasted(paper: Paper, _layer: Layer) -> bytes:
    pictures, drawn = {}, b""
    for number, run in enumerate(paper.totals):
        here = (run.width, 1.3 * run.size)
        own = content_of([replace(run, x=0.0, y=0.3 * run.size)])
        pictures[f"Im{number}"] = picture_of(own, here, 300.0)
        drawn += b"q %f 0 0 %f %f %f cm /Im%d Do Q\n" % (*here, run.x, run.y - 0.3 * run.size, number)
    return page_pdf(paper.size, _content(paper, paper.rest) + drawn, pictures=pictures)


WRITERS: Mapping[Layer, Writer] = {
    Layer.ROTATED: _rotated,
    Layer.CROPPED: _cropped,
    Layer.USER_UNIT: _in_units,
    Layer.FORM: _form,
    Layer.LETTERS: _letters,
    Layer.POSITIONED: _positioned,
    Layer.MIRRORED: _mirrored,
    Layer.OUTSIDE: _outside,
    **dict.fromkeys(BROKEN, _garbage),
    **dict.fromkeys((Layer.INVISIBLE, Layer.BEHIND, Layer.WHITE, Layer.OVER), _pictured),
    Layer.FIELD: _field,
    Layer.PASTED: _pasted,
}
"""How those are written that are not plain."""
