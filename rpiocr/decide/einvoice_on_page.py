"""Combines what a page shows with the e-invoice in the same file.

The page has to show the same total; if it does not, nobody knows which of both counts.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Hashable
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from rpiocr.decide.einvoice import (
    SOURCE,
    STATED,
    amount_of,
    date_of,
    fields_of,
    items_of,
    veto_on_purpose,
)
from rpiocr.decide.page_vetoes import held_back
from rpiocr.decide.vetoes import MAX_DOUBTFUL, OTHER_SIGN
from rpiocr.model import Ballot, Candidate, Field, Fields, Item, ItemList, Kind, Veto, VetoKind
from rpiocr.model.einvoice import EInvoice
from rpiocr.model.provenance import PROVING

T = TypeVar("T", bound=Hashable)

SIGNS = frozenset({Kind.CURRENCY_SIGN, Kind.SIGN_AND_COUNTRY, Kind.SHARED_SIGN})
"""Evidence for a currency that stands beside an amount."""

OTHER_DAY = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "the e-invoice in the file has a date that the page does not show")
UNSEEN = Veto(VetoKind.READING, MAX_DOUBTFUL, "the page does not show the total of the e-invoice in the file")


def other_total(total: Decimal, currency: str | None) -> Veto:
    """Return the veto on a total when the e-invoice in the same file has another one."""
    why = f"the e-invoice in the file states another total, {total:f} {currency or ''}".rstrip()
    return Veto(VetoKind.MEANING, MAX_DOUBTFUL, why)


def shows(fields: Fields, invoice: EInvoice) -> bool:
    """Return whether a page shows the total of an invoice, or what is left to pay of it, whatever the sign."""
    return _seen(fields, invoice) is not None


def with_einvoice(fields: Fields, invoice: EInvoice, today: dt.date) -> Fields:
    """Return the fields of a page with what the e-invoice in the same file states; `Judge.rate` has to rate them.

    ``fields`` are those that were read of the page, with their items, if these are wanted. Where the page shows the
    same total, or what is left to pay of it, a proved invoice settles total, date, currency, seller, numbers and items;
    boxes stay those of the page. Where it shows another total, that stays chosen, with the invoice's as its first rival
    and a veto that no engine lifts. An invoice whose sums do not agree changes nothing, but where its total differs; a
    document that is no purchase, such as an order, holds the total of the page back.
    """
    if veto := veto_on_purpose(invoice):
        return held_back(fields, veto)
    if invoice.total is None:
        return fields
    seen = _seen(fields, invoice)
    if fields.amount is None and invoice.proved:
        return _unseen(fields, invoice, today)
    if seen is None:
        return _contradicted(fields, invoice)
    return _settled(fields, invoice, today) if invoice.proved else fields


def _seen(fields: Fields, invoice: EInvoice) -> Candidate[Decimal] | None:
    """Return the total of the page that is one of the invoice: the chosen one, or one that words or sums support."""
    if fields.amount is None:
        return None
    asked = {abs(amount) for amount in (invoice.total, invoice.due) if amount}
    candidates = (fields.amount.chosen, *filter(_is_total, fields.amount.rivals))
    return next((one for one in candidates if abs(one.value) in asked), None)


def _is_total(rival: Candidate[Decimal]) -> bool:
    return rival.provenance.is_total or bool(PROVING & set(rival.checks))


def _settled(fields: Fields, invoice: EInvoice, today: dt.date) -> Fields:
    said = fields_of(invoice, today, items=False)
    return replace(
        fields,
        amount=_combined(fields.amount, said.amount),
        date=_dated(fields.date, said.date),
        currency=_in_money(fields.currency, said.currency),
        merchant=_combined(fields.merchant, said.merchant),
        merchant_legal=said.merchant_legal or fields.merchant_legal,
        subtotal=said.subtotal,
        tax=said.tax,
        tax_ids=said.tax_ids or fields.tax_ids,
        receipt_number=_combined(fields.receipt_number, said.receipt_number),
        items=_items(fields.items, invoice),
    )


def _combined(read: Field[T] | None, said: Field[T] | None) -> Field[T] | None:
    """Return what the invoice says, in its place if the page shows it; other values of the page become rivals."""
    if read is None or said is None:
        return said or read
    everything = (read.chosen, *read.rivals)
    chosen = said.chosen
    same = next((one for one in everything if one.value == chosen.value), None)
    if same is not None:
        checks = tuple(dict.fromkeys((*same.checks, *chosen.checks)))
        chosen = replace(same, provenance=chosen.provenance, checks=checks, probability=STATED)
    rivals = tuple(one for one in everything if one.value != chosen.value)
    ballots = (*read.ballots, Ballot(SOURCE, chosen))
    return Field(chosen, rivals, ballots, STATED, vetoes=said.vetoes, page=read.page if same else None)


def _in_money(read: Field[str] | None, said: Field[str] | None) -> Field[str] | None:
    """Return the currency of the invoice, held back if the sign of another one is beside an amount of the page."""
    field = _combined(read, said)
    if field is None or read is None or said is None:
        return field
    signed = {one.value for one in (read.chosen, *read.rivals) if one.provenance.kind in SIGNS}
    is_other = bool(signed) and said.chosen.value not in signed
    return replace(field, vetoes=(*field.vetoes, OTHER_SIGN)) if is_other else field


def _dated(read: Field[dt.date] | None, said: Field[dt.date] | None) -> Field[dt.date] | None:
    """Return the date of the invoice, held back if the page shows only other days."""
    field = _combined(read, said)
    if field is None or read is None or said is None:
        return field
    shown = {one.value for one in (read.chosen, *read.rivals)}
    return field if said.chosen.value in shown else replace(field, vetoes=(*field.vetoes, OTHER_DAY))


def _items(read: ItemList | None, invoice: EInvoice) -> ItemList | None:
    """Return the items of the invoice, at their places on the page if that shows the same amounts.

    None if they are not wanted.
    """
    if read is None or not invoice.lines:
        return read
    said = items_of(invoice)
    return _at_places(said, read) if _amounts(read) == _amounts(said) else said


def _at_places(said: ItemList, read: ItemList) -> ItemList:
    """Return the items of one list with the boxes of those with the same amounts in the other, which has the same."""
    places: dict[Decimal, list[Item]] = {}
    for item in read.items:
        places.setdefault(item.amount, []).append(item)
    found = ((item, places[item.amount].pop(0)) for item in said.items)
    return replace(said, items=tuple(replace(item, box=place.box, page=place.page) for item, place in found))


def _amounts(listed: ItemList) -> Counter[Decimal]:
    return Counter(item.amount for item in listed.items)


def _contradicted(fields: Fields, invoice: EInvoice) -> Fields:
    said = amount_of(invoice)
    if fields.amount is None or said is None or invoice.total is None:
        return fields
    veto = other_total(invoice.total, invoice.currency)
    rivals = (said.chosen, *(one for one in fields.amount.rivals if one.value != said.chosen.value))
    ballots = (*fields.amount.ballots, *said.ballots)
    vetoes = (*fields.amount.vetoes, veto)
    return replace(fields, amount=replace(fields.amount, rivals=rivals, ballots=ballots, vetoes=vetoes))


def _unseen(fields: Fields, invoice: EInvoice, today: dt.date) -> Fields:
    """Return the fields of a page without a total: that of the invoice, sure only if the page shows its date."""
    said = date_of(invoice, today)
    shown = {one.value for one in (fields.date.chosen, *fields.date.rivals)} if fields.date else set()
    stated = amount_of(invoice)
    if stated is None:
        return fields
    settled = _settled(fields, invoice, today)
    if said is not None and said.chosen.value in shown:
        return settled
    return replace(settled, amount=replace(stated, vetoes=(*stated.vetoes, UNSEEN)))
