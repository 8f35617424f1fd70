"""Machine-readable codes printed on a receipt, and what they state about it. Amounts are Decimal, dates local."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rpiocr.model.fields import TaxId
from rpiocr.model.geometry import Box


class CodeStatus(StrEnum):
    """How far a code can be believed.

    ``PROVED``: a check within the code shows that it was read without error and not changed, such as a signature.
    ``READ``: its format is known and it holds. ``UNKNOWN``: anything else, such as an advert; it has no influence.
    """

    PROVED = "proved"
    READ = "read"
    UNKNOWN = "unknown"


class Document(StrEnum):
    """What kind of document a code says that it is printed on.

    ``CANCELLED`` is a document that was cancelled, or one that cancels another; ``TRAINING`` one made to practise or to
    test; ``REQUEST`` asks for a payment; ``OTHER`` is any that is no purchase, such as an order or a delivery note.
    """

    SALE = "sale"
    REFUND = "refund"
    CANCELLED = "cancelled"
    TRAINING = "training"
    REQUEST = "request"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class CodeItem:
    """One article that a code lists."""

    description: str
    quantity: Decimal | None
    unit_price: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class CodeClaim:
    """What a code in a known format states; ``None`` where it says nothing.

    ``kind`` names the format, such as ``de-tse``; ``country`` is an ISO 3166 code, ``None`` for formats of several.
    ``total`` is negative for refunds; that of a ``REQUEST`` is the amount asked for. ``date`` and ``time`` are local
    where the receipt was issued. ``tax`` is the sum of all taxes. ``seller`` is a name, ``tax_id`` the seller's number.
    ``proved`` holds the names of the attributes that a check within the code proves to have been read without error.
    """

    kind: str
    country: str | None = None
    document: Document = Document.SALE
    total: Decimal | None = None
    currency: str | None = None
    date: dt.date | None = None
    time: dt.time | None = None
    tax: Decimal | None = None
    seller: str | None = None
    tax_id: TaxId | None = None
    receipt_number: str | None = None
    proved: frozenset[str] = frozenset()
    items: tuple[CodeItem, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code as the decoder found it: ``symbology`` as ``QRCode`` or ``PDF417``, its bytes, and its box on the page.

    ``mirrored``: it was read in a mirror image, so that it shows through from the back of the paper.
    """

    symbology: str
    payload: bytes
    box: Box
    mirrored: bool = False


@dataclass(frozen=True, slots=True)
class Code:
    """A code on a receipt, and what it states; without a claim if it is unknown, or does not belong to the receipt."""

    found: FoundCode
    claim: CodeClaim | None = None

    @property
    def status(self) -> CodeStatus:
        """How far the code can be believed."""
        if self.claim is None:
            return CodeStatus.UNKNOWN
        return CodeStatus.PROVED if self.claim.proved else CodeStatus.READ
