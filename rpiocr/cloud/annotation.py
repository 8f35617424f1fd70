"""Converts Vision's response to lines of words, in pixels of the page."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rpiocr.errors import CloudGarbageError
from rpiocr.model import Box, Line, Word

if TYPE_CHECKING:
    from google.cloud import vision_v1

SPACE, SURE_SPACE, EOL_SURE_SPACE, HYPHEN, LINE_BREAK = 1, 2, 3, 4, 5
"""Values of ``TextAnnotation.DetectedBreak.BreakType``."""

LINE_ENDS = frozenset({EOL_SURE_SPACE, HYPHEN, LINE_BREAK})
WORD_ENDS = LINE_ENDS | {SPACE, SURE_SPACE}


@dataclass(frozen=True, slots=True)
class Sizes:
    """Width and height in pixels of the image that was sent, and of the page that it was made from."""

    sent: tuple[int, int]
    page: tuple[int, int]


def lines_from_annotation(annotation: vision_v1.TextAnnotation, sizes: Sizes) -> tuple[Line, ...]:
    """Return the lines of words of a response, with Vision's word and line breaks; none for a blank page.

    Boxes are clipped to the page, confidences range from 0 to 1. Vision returns ``$``, ``12.34`` and each ``/`` of a
    date as separate words; those without a space between them are joined to one word here.

    Raises CloudGarbageError if there is text, but no word with characters and a box on the page.
    """
    paragraphs = [paragraph for sheet in annotation.pages for block in sheet.blocks for paragraph in block.paragraphs]
    lines = tuple(line for paragraph in paragraphs for line in _lines(paragraph, sizes))
    if not lines and (annotation.text.strip() or any(paragraph.words for paragraph in paragraphs)):
        raise CloudGarbageError("The cloud engine sent words without characters or off the page; try again later.")
    return lines


def _lines(paragraph: vision_v1.Paragraph, sizes: Sizes) -> Iterator[Line]:
    words: list[Word] = []
    parts: list[Word] = []
    for raw in paragraph.words:
        part, ending = _word_part(raw, paragraph, sizes), _break_after(raw)
        if part:
            parts.append(replace(part, text=f"{part.text}-") if ending == HYPHEN else part)
        if parts and ending in WORD_ENDS:
            words.append(_joined(parts))
            parts = []
        if words and ending in LINE_ENDS:
            yield Line(tuple(words))
            words = []
    if parts:
        words.append(_joined(parts))
    if words:
        yield Line(tuple(words))


def _word_part(raw: vision_v1.Word, paragraph: vision_v1.Paragraph, sizes: Sizes) -> Word | None:
    """Return one of Vision's words; ``None`` if it has no characters or no box on the page."""
    text = "".join("".join(symbol.text for symbol in raw.symbols).split())
    box = _box_of(raw, paragraph, sizes)
    if not text or not box:
        return None
    return Word(text, box, _confidence(raw.confidence))


def _joined(parts: list[Word]) -> Word:
    """Join parts to one word with the lowest of their confidences."""
    return Word(
        "".join(part.text for part in parts),
        Box.around([part.box for part in parts]),
        min(part.confidence for part in parts),
    )


def _break_after(raw: vision_v1.Word) -> int:
    """Return the break after the last symbol or, as in some responses, after the word; 0 for none."""
    at_symbol = int(raw.symbols[-1].property.detected_break.type_) if raw.symbols else 0
    return at_symbol or int(raw.property.detected_break.type_)


def _confidence(value: float) -> float:
    """Clip a 32-bit float to 0 to 1, and round off the digits that it gains as a 64-bit float."""
    return round(min(max(value, 0.0), 1.0), 4) if math.isfinite(value) else 0.0


def _box_of(raw: vision_v1.Word, paragraph: vision_v1.Paragraph, sizes: Sizes) -> Box | None:
    """Return the box of the word, else of its symbols, else of its paragraph; ``None`` if all are off the page."""
    box = _hull(raw.bounding_box, sizes)
    if box:
        return box
    symbols = [box for symbol in raw.symbols if (box := _hull(symbol.bounding_box, sizes))]
    return Box.around(symbols) if symbols else _hull(paragraph.bounding_box, sizes)


def _hull(polygon: vision_v1.BoundingPoly, sizes: Sizes) -> Box | None:
    """Return the bounding box of a polygon, clipped to the page; ``None`` if no area is left.

    Vertices follow the text, so that those of rotated text are rotated. Coordinates of 0 are omitted in responses.
    """
    width, height = sizes.page
    across, down = width / sizes.sent[0], height / sizes.sent[1]
    points = [(vertex.x * across, vertex.y * down) for vertex in polygon.vertices]
    points += [(vertex.x * width, vertex.y * height) for vertex in polygon.normalized_vertices]
    inside = [
        (min(max(x, 0.0), float(width)), min(max(y, 0.0), float(height)))
        for x, y in points
        if math.isfinite(x) and math.isfinite(y)
    ]
    if not inside:
        return None
    xs, ys = zip(*inside, strict=True)
    box = Box(min(xs), min(ys), max(xs), max(ys))
    return box if box.width > 0 and box.height > 0 else None
