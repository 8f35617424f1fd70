"""A purchase: what rows of a receipt say about one item."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from rpiocr.extract.items.row import Multiple
from rpiocr.extract.items.wording import Wording
from rpiocr.extract.text.amounts import Amount
from rpiocr.model import Box
from rpiocr.model.items import ItemKind


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase as its rows say; ``place`` is the row of its amount, ``places`` are all of its rows."""

    place: int
    places: tuple[int, ...]
    amount: Amount
    value: Decimal
    kind: ItemKind
    wording: Wording
    multiple: Multiple | None
    box: Box
    is_named_discount: bool = False
