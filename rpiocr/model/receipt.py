"""One receipt as it was read, and how the reading came about. Money is in the receipt's currency."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rpiocr.model.evidence import Field, Verdict
from rpiocr.model.provenance import Notice
from rpiocr.model.text import Pass


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
    ``stop`` why there were no more.
    """

    file: str
    page: int
    part: int
    sha256: str
    source: Source
    judgement: Judgement
    fields: Fields
    warnings: tuple[Notice, ...]
    passes: tuple[Pass, ...]
    rungs: tuple[Rung, ...]
    stop: Stop
    elapsed_s: float
