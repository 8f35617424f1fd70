"""The tax and the amount before it, from their own lines or from the table at the foot of the receipt."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rpiocr.extract.rows import TOTALS, Role, Row
from rpiocr.extract.text.amounts import net_tax_gross


def find_subtotal(rows: Sequence[Row]) -> Decimal | None:
    """Return the amount of the first subtotal line."""
    return _first(rows, Role.SUBTOTAL)


def find_tax(rows: Sequence[Row]) -> Decimal | None:
    """Return the tax of the tax table where its sums agree, else the amount of the first tax line."""
    table = _from_table(rows)
    return table if table is not None else _first(rows, Role.TAX)


def _first(rows: Sequence[Row], role: Role) -> Decimal | None:
    found = (row.amounts[-1].value for row in rows if row.role is role and row.amounts and not row.in_tax_table)
    return next(found, None)


def _from_table(rows: Sequence[Row]) -> Decimal | None:
    """Add up the taxes of lines that hold net, tax and gross; a line of totals says it at once."""
    taxes = [(row, tax) for row in rows if (tax := _tax_of(row)) is not None]
    for row, tax in taxes:
        if row.role in TOTALS:
            return tax
    return sum((tax for _, tax in taxes), Decimal(0)) if taxes else None


def _tax_of(row: Row) -> Decimal | None:
    """The smallest of three amounts of which two add up to the third, on a line of a rate or of totals."""
    if len(row.amounts) < 3 or not ("%" in row.text.text or row.in_tax_table or row.role in TOTALS):
        return None
    parts = net_tax_gross([amount.value for amount in row.amounts])
    return parts[0] if parts else None
