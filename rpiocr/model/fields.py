"""The fields of a receipt: their values and declarations. Amounts are in the receipt's currency.

A field that is declared here is handled in results, the store, exports and explanations by its kind; how it is found
is declared in ``rpiocr.extract.FINDERS``.
"""

# ruff: noqa: RUF009 - the call in place of a default declares the field, as dataclasses.field does

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum, auto
from typing import Any

from rpiocr.model.evidence import Field
from rpiocr.model.items import ItemList


@dataclass(frozen=True, slots=True)
class TaxId:
    """A tax or company number, without spaces and punctuation.

    ``kind`` is its usual name, such as ``vat``, ``ein`` or ``nip``; ``country`` an ISO 3166 code. ``valid``: whether
    format and check digits are those of its kind, ``None`` if there is no public rule.
    """

    kind: str
    country: str
    number: str
    valid: bool | None


class Method(StrEnum):
    """Payment method; ``mixed`` is more than one of the others."""

    CASH = "cash"
    CARD = "card"
    MOBILE = "mobile"
    VOUCHER = "voucher"
    TRANSFER = "transfer"
    MIXED = "mixed"


@dataclass(frozen=True, slots=True)
class Payment:
    """Payment method, the card's brand such as ``visa``, and its last four digits."""

    method: Method
    brand: str | None = None
    card_last4: str | None = None


class ValueKind(Enum):
    """The type of a field's value, which decides how it is written, stored and shown."""

    MONEY = auto()
    CURRENCY = auto()
    DATE = auto()
    TIME = auto()
    TEXT = auto()
    PAYMENT = auto()
    TAX_IDS = auto()
    ITEMS = auto()


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """The declaration of a field.

    ``name`` is its key in results and its column in the store, ``title`` its name for people. ``voted``: the passes
    vote on it, and its evidence is published; other fields come from the merged reading. ``judged``: it has a
    calibrated probability and a verdict. ``in_scan_csv``: it has a column in the CSV output of ``scan``.
    """

    name: str
    kind: ValueKind
    title: str
    voted: bool = False
    judged: bool = False
    in_scan_csv: bool = True

    @property
    def is_many(self) -> bool:
        """Whether a receipt can have several values, which the store keeps in a table of their own."""
        return self.kind in (ValueKind.TAX_IDS, ValueKind.ITEMS)


def _declared(kind: ValueKind, title: str, *, default: object = None, **treatment: bool) -> Any:  # noqa: ANN401
    return dataclasses.field(default=default, metadata={"kind": kind, "title": title, **treatment})


@dataclass(frozen=True, slots=True)
class Fields:
    """All fields of one receipt; ``None`` if nothing was found."""

    amount: Field[Decimal] | None = _declared(ValueKind.MONEY, "Total", voted=True, judged=True)
    currency: Field[str] | None = _declared(ValueKind.CURRENCY, "Currency", voted=True, judged=True)
    date: Field[dt.date] | None = _declared(ValueKind.DATE, "Date", voted=True, judged=True)
    time: dt.time | None = _declared(ValueKind.TIME, "Time")
    merchant: Field[str] | None = _declared(ValueKind.TEXT, "Merchant", voted=True, judged=True)
    merchant_legal: str | None = _declared(ValueKind.TEXT, "Legal name")
    merchant_branch: str | None = _declared(ValueKind.TEXT, "Branch")
    address: str | None = _declared(ValueKind.TEXT, "Address")
    phone: str | None = _declared(ValueKind.TEXT, "Phone")
    website: str | None = _declared(ValueKind.TEXT, "Website")
    category: str | None = _declared(ValueKind.TEXT, "Category")
    subtotal: Decimal | None = _declared(ValueKind.MONEY, "Subtotal")
    tax: Decimal | None = _declared(ValueKind.MONEY, "Tax")
    tip: Decimal | None = _declared(ValueKind.MONEY, "Tip")
    items: ItemList | None = _declared(ValueKind.ITEMS, "Items", in_scan_csv=False)
    tax_ids: tuple[Field[TaxId], ...] = _declared(
        ValueKind.TAX_IDS, "Tax numbers", default=(), voted=True, in_scan_csv=False
    )
    receipt_number: Field[str] | None = _declared(ValueKind.TEXT, "Receipt number", voted=True, in_scan_csv=False)
    payment: Field[Payment] | None = _declared(ValueKind.PAYMENT, "Payment", voted=True, in_scan_csv=False)

    @property
    def currency_code(self) -> str | None:
        """The currency that was chosen, as in ISO 4217."""
        return self.currency.chosen.value if self.currency else None

    def values(self) -> Iterator[tuple[FieldSpec, Any]]:
        """Yield every field's declaration with its value, in the order of declaration."""
        return ((spec, getattr(self, spec.name)) for spec in SPECS)


SPECS = tuple(FieldSpec(field.name, **field.metadata) for field in dataclasses.fields(Fields))
"""The declarations of all fields."""

JUDGED = tuple(spec for spec in SPECS if spec.judged)


def named(*kinds: ValueKind) -> tuple[str, ...]:
    """Return the names of the fields of the given kinds, in the order of declaration."""
    return tuple(spec.name for spec in SPECS if spec.kind in kinds)
