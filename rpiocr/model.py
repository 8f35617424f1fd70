"""The nouns that flow through the program, all of them frozen.

Coordinates are pixels of the *upright page*: the picture as the user gave it, turned by its EXIF orientation,
origin at the top left, x to the right and y down. Confidences and agreements run from 0 to 1.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
"""Grey picture, shape (height, width), 0 black to 255 white."""

Affine = NDArray[np.float64]
"""Shape (2, 3): maps (x, y, 1) of one picture to (x, y) of another."""

Homography = NDArray[np.float64]
"""Shape (3, 3): maps (x, y, 1) of one picture to a multiple of (x, y, 1) of another."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle; ``right`` and ``bottom`` lie just outside of it."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Width in pixels."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Height in pixels."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        """Centre (x, y)."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def meets(self, other: Box) -> bool:
        """Tell whether two boxes overlap."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        return across > 0 and down > 0

    @staticmethod
    def around(boxes: Sequence[Box]) -> Box:
        """The smallest box that holds all of ``boxes``, of which there is at least one."""
        return Box(
            min(b.left for b in boxes),
            min(b.top for b in boxes),
            max(b.right for b in boxes),
            max(b.bottom for b in boxes),
        )


def map_box(box: Box, affine: Affine) -> Box:
    """Map a box by its middle, keeping its shape, so that boxes of slanted text do not swell."""
    (a, b, _), (c, d, _) = affine
    scale = math.sqrt(abs(a * d - b * c))
    x, y = affine @ np.array([*box.middle, 1.0])
    width, height = box.width * scale, box.height * scale
    if abs(b) > abs(a):
        width, height = height, width
    return Box(float(x - width / 2), float(y - height / 2), float(x + width / 2), float(y + height / 2))


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


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """One decoded page, upright and grey.

    ``number`` counts from 1 within the file. ``sha256`` is that of the file's bytes.
    """

    pixels: Pixels
    file: str
    number: int
    sha256: str


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A picture made for one pass, and the way back to the page's coordinates.

    ``letter_px`` is the height of a capital in its pixels, ``None`` where it was not measured.
    """

    pixels: Pixels
    variant: str
    to_page: Affine
    dpi: int
    letter_px: float | None = None


@dataclass(frozen=True, slots=True)
class Pass:
    """What one engine read on one variant; a failed pass has an error and no lines.

    ``field`` names the only field that it was run for, ``None`` where it may tell all.
    """

    engine: str
    variant: str
    lines: tuple[Line, ...]
    elapsed_s: float
    error: str | None = None
    field: str | None = None

    @property
    def name(self) -> str:
        """Engine and variant, such as ``tesseract-psm6/default``."""
        return f"{self.engine}/{self.variant}"


@dataclass(frozen=True, slots=True)
class Reading:
    """The text of a page as all passes together read it."""

    lines: tuple[Line, ...]
    passes: int


@dataclass(frozen=True, slots=True)
class Candidate(Generic[T]):
    """One value that a field might have.

    ``raw`` is the text as read, ``rule`` the table entry or reasoning that proposed it, ``score`` its rank among
    the candidates of the same pass (any scale, higher is better), ``corrected`` whether characters were
    replaced to read it.
    """

    value: T
    raw: str
    box: Box
    confidence: float
    rule: str
    score: float
    corrected: bool = False
    checks: tuple[str, ...] = ()


class Verdict(StrEnum):
    """What the judge says of an answer, or of one field of it."""

    ACCEPT = "ACCEPT"
    RETRY = "RETRY"
    ESCALATE = "ESCALATE"


@dataclass(frozen=True, slots=True)
class Ballot(Generic[T]):
    """What one pass by itself takes for a field's value; ``candidate`` is None where it found nothing."""

    source: str
    candidate: Candidate[T] | None


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """The value chosen for a field, why, and what it was chosen over.

    ``ballots`` holds what every pass says; ``probability`` is the chance that the value is right, 0 to 1, and
    ``verdict`` what the judge makes of it; ``doubts`` say what holds it back, however well it was read.
    """

    chosen: Candidate[T]
    rivals: tuple[Candidate[T], ...]
    ballots: tuple[Ballot[T], ...]
    probability: float = 0.0
    verdict: Verdict = Verdict.ESCALATE
    doubts: tuple[str, ...] = ()

    @property
    def votes(self) -> int:
        """The number of passes that read this value."""
        return len(self.supporters)

    @property
    def passes(self) -> int:
        """The number of passes that were asked."""
        return len(self.ballots)

    @property
    def supporters(self) -> tuple[str, ...]:
        """The names of the passes that read this value."""
        return tuple(b.source for b in self.ballots if b.candidate and b.candidate.value == self.chosen.value)


@dataclass(frozen=True, slots=True)
class Item:
    """One bought thing; money in the receipt's currency."""

    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TaxId:
    """A tax or company number, without blanks and marks.

    ``kind`` is its usual name, such as ``vat``, ``ein`` or ``nip``; ``country`` an ISO 3166 code. ``valid`` says
    whether form and check digits are those of its kind, ``None`` where no public rule tells.
    """

    kind: str
    country: str
    number: str
    valid: bool | None


class Method(StrEnum):
    """How was paid; ``mixed`` is more than one of the others."""

    CASH = "cash"
    CARD = "card"
    MOBILE = "mobile"
    VOUCHER = "voucher"
    TRANSFER = "transfer"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Payment:
    """How was paid, the brand of the card such as ``visa``, and its last four digits."""

    method: Method
    brand: str | None = None
    card_last4: str | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """All that was read off one receipt; ``None`` where nothing was found."""

    amount: Field[Decimal] | None = None
    currency: str | None = None
    date: Field[dt.date] | None = None
    time: dt.time | None = None
    merchant: Field[str] | None = None
    subtotal: Decimal | None = None
    tax: Decimal | None = None
    items: tuple[Item, ...] | None = None
    tax_ids: tuple[Field[TaxId], ...] = ()
    receipt_number: Field[str] | None = None
    payment: Field[Payment] | None = None


class Source(StrEnum):
    """Where an answer comes from."""

    LOCAL = "local"
    LOCAL_RETRY = "local_retry"
    HYBRID = "hybrid"
    CLOUD = "cloud"
    LOCAL_LOW_CONFIDENCE = "local_low_confidence"


@dataclass(frozen=True, slots=True)
class Judgement:
    """How far an answer can be trusted: 0 to 100, over 70 is ACCEPT, under 40 ESCALATE."""

    quality: int
    verdict: Verdict


class Stop(StrEnum):
    """Why no more was read: the answer was sure enough, nothing was left to try, or the time was over."""

    SETTLED = "settled"
    EXHAUSTED = "exhausted"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of reading: its name, the passes it ran, the quality of the answer after it, and its time."""

    name: str
    passes: tuple[str, ...]
    quality: int
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class Receipt:
    """One receipt as read: what it says, how far that can be trusted, and how it came about.

    ``file``, ``page`` and ``sha256`` are those of the Page; ``part`` counts the receipts of one picture from 1.
    ``passes`` holds every pass that was run, failed ones included; ``rungs`` the steps in which they were run, and
    ``stop`` why there were no more. ``warnings`` are ``code: sentence`` each.
    """

    file: str
    page: int
    part: int
    sha256: str
    source: Source
    judgement: Judgement
    fields: Fields
    warnings: tuple[str, ...]
    passes: tuple[Pass, ...]
    rungs: tuple[Rung, ...]
    stop: Stop
    elapsed_s: float
