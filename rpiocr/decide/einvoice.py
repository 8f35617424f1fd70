"""Judged fields from an e-invoice: proved by its own sums, or held back by what is wrong with it, in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import TypeVar

from rpiocr.decide.date_vetoes import AFTER_TODAY
from rpiocr.decide.items import PROVED as ITEMS_PROVED
from rpiocr.decide.items import UNPROVED as ITEMS_UNPROVED
from rpiocr.decide.vetoes import MAX_DOUBTFUL
from rpiocr.model import (
    NOWHERE,
    Agreement,
    Ballot,
    Candidate,
    Check,
    EngineId,
    Field,
    Fields,
    Item,
    ItemKind,
    ItemList,
    ItemsCheck,
    Kind,
    Notice,
    PassId,
    Provenance,
    Verdict,
    Veto,
    VetoKind,
)
from rpiocr.model.currency import CODES
from rpiocr.model.einvoice import EInvoice, Purpose
from rpiocr.model.provenance import CHECK_DIGITS, CLOCK_BEHIND, E_INVOICE, REFUND
from rpiocr.recognise.written import E_INVOICE as FAMILY

T = TypeVar("T")

STATED = 0.999
"""Probability of what an e-invoice states. It was written by the program that made the invoice, so that nothing was
misread; what may be wrong is the invoice itself. Set by hand, over the minimum for every accepted risk."""

SOURCE = PassId(EngineId(FAMILY), "xml")
"""The vote of an e-invoice."""

MAX_DOUBTS = 3
"""Maximum number of doubts that are told: one wrong amount breaks several sums."""

EARLIEST = dt.date(2000, 1, 1)
"""First possible day of an e-invoice; an earlier one is a default of the program that made it."""

UNITS = {
    **{"KGM": "kg", "GRM": "g", "MGM": "mg", "TNE": "t", "LTR": "l", "MLT": "ml", "CLT": "cl", "HLT": "hl"},
    **{"MTR": "m", "CMT": "cm", "MMT": "mm", "KMT": "km", "MTK": "m²", "MTQ": "m³", "KWH": "kWh"},
    **{"SEC": "s", "MIN": "min", "HUR": "h", "DAY": "d", "WEE": "wk", "MON": "mo", "ANN": "yr"},
}
"""Codes of UN/ECE recommendation 20 as they are printed; a unit that is not listed counts pieces or packages."""

NO_PURCHASE = "it is no invoice of a purchase by its type {code}"
SIGN = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "it is a credit note with a negative total, so its sign is uncertain")
TOO_EARLY = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "it is before there were e-invoices")


def fields_of(invoice: EInvoice, today: dt.date, *, items: bool) -> Fields:
    """Return what an e-invoice states as fields with vetoes, which `Judge.rate` has to rate; without a place.

    ``today`` bounds its date. ``items``: its lines are wanted.
    """
    return Fields(
        amount=amount_of(invoice),
        currency=currency_of(invoice),
        date=date_of(invoice, today),
        time=invoice.issued_at,
        merchant=stated(invoice.seller.name, invoice.seller.name) if invoice.seller.name else None,
        merchant_legal=invoice.seller.legal_name,
        subtotal=_signed(invoice, invoice.totals.without_tax),
        tax=_signed(invoice, invoice.totals.tax),
        items=items_of(invoice) if items else None,
        tax_ids=tuple(
            stated(one, one.number, *((CHECK_DIGITS,) if one.valid else ())) for one in invoice.seller.tax_ids
        ),
        receipt_number=stated(invoice.number, invoice.number) if invoice.number else None,
    )


def stated(value: T, raw: str, *checks: Check, vetoes: tuple[Veto, ...] = ()) -> Field[T]:
    """Return the field of a value that an e-invoice states, not yet rated."""
    candidate = Candidate(value, raw, NOWHERE, 1.0, Provenance(Kind.E_INVOICE), 1.0, checks=checks, probability=STATED)
    return Field(candidate, (), (Ballot(SOURCE, candidate),), STATED, vetoes=vetoes)


def amount_of(invoice: EInvoice) -> Field[Decimal] | None:
    """Return the total with tax, with what is wrong with the invoice as vetoes."""
    total = invoice.total
    if total is None or invoice.totals.with_tax is None:
        return None
    checks = ((E_INVOICE,) if invoice.proved else ()) + ((REFUND,) if total < 0 else ())
    return stated(total, f"{invoice.totals.with_tax:f}", *checks, vetoes=tuple(vetoes_on(invoice)))


def vetoes_on(invoice: EInvoice) -> Iterator[Veto]:
    """Yield what keeps the total of an e-invoice from being accepted."""
    if veto := veto_on_purpose(invoice):
        yield veto
    if invoice.purpose is Purpose.CREDIT_NOTE and (invoice.totals.with_tax or 0) < 0:
        yield SIGN
    for doubt in invoice.doubts[:MAX_DOUBTS]:
        yield Veto(VetoKind.MEANING, MAX_DOUBTFUL, doubt)


def veto_on_purpose(invoice: EInvoice) -> Veto | None:
    """Return the veto on a document that is no purchase, such as an order."""
    if invoice.purpose is not Purpose.OTHER:
        return None
    return Veto(VetoKind.MEANING, MAX_DOUBTFUL, NO_PURCHASE.format(code=invoice.type_code or "(none)"))


def currency_of(invoice: EInvoice) -> Field[str] | None:
    """Return the currency; None if the invoice states none that exists."""
    return stated(invoice.currency, invoice.currency) if invoice.currency in CODES else None


def date_of(invoice: EInvoice, today: dt.date) -> Field[dt.date] | None:
    """Return the day of issue, held back if it is after ``today``."""
    issued = invoice.issued
    if issued is None:
        return None
    if issued > today:
        return stated(issued, issued.isoformat(), CLOCK_BEHIND, vetoes=(AFTER_TODAY,))
    return stated(issued, issued.isoformat(), vetoes=(TOO_EARLY,) if issued < EARLIEST else ())


def items_of(invoice: EInvoice) -> ItemList:
    """Return the lines, then allowances as discounts and charges, without tax; complete if the invoice is proved."""
    items = (*_lines(invoice), *_adjustments(invoice))
    total = sum((item.amount for item in items), Decimal(0))
    proved = invoice.proved and bool(invoice.lines)
    check = ItemsCheck(total, Agreement.TOTAL if proved else None, len(items), None, complete=proved)
    if proved:
        return ItemList(items, check, ITEMS_PROVED, Verdict.ACCEPT)
    return ItemList(items, check, ITEMS_UNPROVED, Verdict.RETRY)


def _lines(invoice: EInvoice) -> Iterator[Item]:
    for line in invoice.lines:
        if line.counts and line.amount is not None:
            kind = ItemKind.DISCOUNT if line.amount < 0 else ItemKind.ITEM
            unit = UNITS.get(line.unit or "")
            yield _item(
                line.description, invoice.sign * line.amount, kind, (line.quantity, unit, line.unit_price), line.code
            )


def _adjustments(invoice: EInvoice) -> Iterator[Item]:
    for one in invoice.adjustments:
        kind = ItemKind.DISCOUNT if one.amount < 0 else ItemKind.CHARGE
        yield _item(one.reason or "", invoice.sign * one.amount, kind)


def _item(
    description: str,
    amount: Decimal,
    kind: ItemKind,
    bought: tuple[Decimal | None, str | None, Decimal | None] = (None, None, None),
    code: str | None = None,
) -> Item:
    quantity, unit, price = bought
    return Item(description, None, quantity, unit, price, amount, kind, code, None, None, NOWHERE, 1.0)


def _signed(invoice: EInvoice, amount: Decimal | None) -> Decimal | None:
    return None if amount is None else invoice.sign * amount


def notices_on(invoice: EInvoice) -> tuple[Notice, ...]:
    """Return what a person should know about an invoice beside its fields."""
    if invoice.purpose is Purpose.CORRECTION:
        message = "this e-invoice corrects an earlier one, so that only one of both may count"
        return (Notice("einvoice_correction", message),)
    return ()
