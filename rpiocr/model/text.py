"""Images of a page, and the text that passes read from them. Confidences are 0 to 1."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rpiocr.model.engine import EngineId, PassId
from rpiocr.model.geometry import Affine, Box

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Pixels: TypeAlias = "NDArray[np.uint8]"
"""Grey image, shape (height, width), 0 black to 255 white."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as an engine read it."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Line:
    """Words of one text line, left to right; never empty."""

    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words with single spaces between them."""
        return " ".join(word.text for word in self.words)

    @property
    def box(self) -> Box:
        """The smallest box around the words."""
        return Box.around([word.box for word in self.words])


@dataclass(frozen=True, slots=True)
class CropId:
    """Which part of a page an image shows, and in which orientation: the positions of points of the image on the page.

    The points are its corners, the midpoints of its sides and its centre, as x and y in pixels of the page.
    """

    points: tuple[float, ...]

    def __str__(self) -> str:
        """Return the coordinates with four digits: they are the same each time the page is decoded."""
        return " ".join(f"{value:.4g}" for value in self.points)


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One decoded page, upright and grey.

    ``number`` counts from 1 within the file. ``sha256`` is that of the file's bytes; ``crop`` distinguishes the images
    that are made from one page, ``None`` is the whole page. ``text`` holds the lines of characters that a PDF shows,
    ``None`` if there are none, such as in a scan; ``attachments`` the XML files embedded in a PDF, on its first page.
    ``taken`` is when a photo was taken, by the clock of the camera, with the offset from UTC if the file has it.
    """

    pixels: Pixels
    file: str
    number: int
    sha256: str
    crop: CropId | None = None
    text: tuple[Line, ...] | None = None
    attachments: tuple[bytes, ...] = ()
    taken: dt.datetime | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """An image prepared for one pass, and the map back to the page's coordinates.

    ``letter_px`` is the height of a capital letter in its pixels, ``None`` if it was not measured.
    """

    pixels: Pixels
    variant: str
    to_page: Affine
    dpi: int
    letter_px: float | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """What one engine read on one variant; a failed pass has an error and no lines.

    ``field`` names the only field that it was run for, ``None`` if it was run for all. ``page`` is the page of the file
    that it read, if that is not the page of the receipt.
    """

    engine: EngineId
    variant: str
    lines: tuple[Line, ...]
    elapsed_s: float
    error: str | None = None
    field: str | None = None
    page: int | None = None

    @property
    def id(self) -> PassId:
        """Engine and variant."""
        return PassId(self.engine, self.variant)

    @property
    def is_earlier(self) -> bool:
        """Whether it was run with other models than those that were chosen for the page in the end."""
        return self.engine.scripts is not None

    @property
    def name(self) -> str:
        """Engine and variant as results and messages print them, such as ``tesseract-psm6/default``."""
        return str(self.id)


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a page, merged from all passes."""

    lines: tuple[Line, ...]
    passes: int
