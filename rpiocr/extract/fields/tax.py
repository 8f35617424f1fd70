"""Finds the tax and the subtotal, on their own lines or in the tax table at the bottom of the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rpiocr.extract.roles import TOTALS, ReceiptLine, Role
from rpiocr.extract.text.amounts import net_tax_gross


def find_subtotal(rows: Sequence[ReceiptLine]) -> Decimal | None:
    """Return the amount of the first subtotal line."""
    return _first(rows, Role.SUBTOTAL)


def find_tax(rows: Sequence[ReceiptLine]) -> Decimal | None:
    """Return the tax of the tax table if its sums agree, else the amount of the first tax line."""
    table = _from_table(rows)
    return table if table is not None else _first(rows, Role.TAX)


def _first(rows: Sequence[ReceiptLine], role: Role) -> Decimal | None:
    found = (row.amounts[-1].value for row in rows if row.role is role and row.amounts and not row.in_tax_table)
    return next(found, None)


def _from_table(rows: Sequence[ReceiptLine]) -> Decimal | None:
    """Add up the taxes of lines with net, tax and gross; a line of totals gives the result directly."""
    taxes = [(row, tax) for row in rows if (tax := _tax_of(row)) is not None]
    for row, tax in taxes:
        if row.role in TOTALS:
            return tax
    return sum((tax for _, tax in taxes), Decimal(0)) if taxes else None


def _tax_of(row: ReceiptLine) -> Decimal | None:
    """Return the smallest of three amounts of which two add up to the third, on a line of a rate or of totals."""
    if len(row.amounts) < 3 or not ("%" in row.text.text or row.in_tax_table or row.role in TOTALS):
        return None
    parts = net_tax_gross([amount.value for amount in row.amounts])
    return parts[0] if parts else None
