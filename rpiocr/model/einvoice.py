"""An invoice that is written as data (XML): what it states, and whether its own sums agree.

Amounts are Decimal in the invoice's currency with the signs that the document writes; `EInvoice.total` has the sign of
a receipt.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from rpiocr.model.fields import TaxId


class Syntax(StrEnum):
    """The two languages of European e-invoices, the older draft of one of them, and orders in it."""

    CII = "cii"
    UBL = "ubl"
    ZUGFERD_1 = "zugferd-1"
    ORDER_X = "order-x"


class Purpose(StrEnum):
    """What a document is for, by its type code (UNTDID 1001).

    ``CORRECTION`` corrects an earlier invoice. ``OTHER`` is no purchase: an order, a pro-forma invoice, an assessment
    of what may be paid.
    """

    INVOICE = "invoice"
    CREDIT_NOTE = "credit note"
    CORRECTION = "correction"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Party:
    """Who sells or buys; ``name`` is that in trade, ``legal_name`` that of the register, ``country`` as in ISO 3166."""

    name: str | None = None
    legal_name: str | None = None
    tax_ids: tuple[TaxId, ...] = ()
    country: str | None = None


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """One line: ``unit`` is a code of UN/ECE recommendation 20, ``amount`` the net amount of the line.

    ``unit_price`` is the net price of one unit. ``tax_rate`` is in percent. ``counts``: the line is part of the sum;
    those that only group others or inform are not.
    """

    description: str
    quantity: Decimal | None
    unit: str | None
    unit_price: Decimal | None
    amount: Decimal | None
    code: str | None = None
    tax_rate: Decimal | None = None
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance or a charge on the whole invoice: ``amount`` is what it adds to the total without tax."""

    reason: str | None
    amount: Decimal
    is_charge: bool


@dataclass(frozen=True, slots=True)
class InvoiceTax:
    """One row of the table of taxes; ``rate`` in percent."""

    category: str | None
    rate: Decimal | None
    base: Decimal | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class Totals:
    """The totals that the document states, by their names in EN 16931; ``None`` where it is silent.

    ``lines`` BT-106, ``allowances`` BT-107, ``charges`` BT-108, ``without_tax`` BT-109, ``tax`` BT-110, ``with_tax``
    BT-112, ``prepaid`` BT-113, ``rounding`` BT-114, ``due`` BT-115.
    """

    lines: Decimal | None = None
    allowances: Decimal | None = None
    charges: Decimal | None = None
    without_tax: Decimal | None = None
    tax: Decimal | None = None
    with_tax: Decimal | None = None
    prepaid: Decimal | None = None
    rounding: Decimal | None = None
    due: Decimal | None = None


@dataclass(frozen=True, slots=True)
class EInvoice:
    """What an e-invoice states.

    ``profile`` is the identifier of the specification that it follows, such as ``urn:cen.eu:en16931:2017``. ``doubts``
    complete the sentence "It is uncertain, because ...": sums that do not agree, amounts in another currency or that
    cannot be read, totals that are missing. Without any, the document is proved by its own sums.
    """

    syntax: Syntax
    profile: str
    type_code: str
    purpose: Purpose
    number: str | None
    issued: dt.date | None
    issued_at: dt.time | None
    due_on: dt.date | None
    currency: str | None
    seller: Party
    buyer: Party
    lines: tuple[InvoiceLine, ...]
    adjustments: tuple[Adjustment, ...]
    taxes: tuple[InvoiceTax, ...]
    totals: Totals
    doubts: tuple[str, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether its sums agree: lines, allowances and charges, taxes, total and amount due."""
        return not self.doubts

    @property
    def sign(self) -> int:
        """What turns an amount of the document into one of a receipt: a credit note states positive amounts."""
        is_refund = self.purpose is Purpose.CREDIT_NOTE and (self.totals.with_tax or 0) > 0
        return -1 if is_refund else 1

    @property
    def total(self) -> Decimal | None:
        """The total with tax, negative for a credit note; what was paid before is part of it."""
        return None if self.totals.with_tax is None else self.sign * self.totals.with_tax

    @property
    def due(self) -> Decimal | None:
        """What is left to pay, with the sign of the total."""
        return None if self.totals.due is None else self.sign * self.totals.due
