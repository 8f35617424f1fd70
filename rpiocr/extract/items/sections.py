"""Divides the rows of a page into sections, by where the items are and by the roles of the amounts around them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.items.zone import Zone
from rpiocr.extract.roles import TOTALS, ReceiptLine, Role
from rpiocr.model.page_layout import Section

PAYING = (Role.CASH, Role.CARD, Role.CHANGE, Role.GIVEN)
SUMMING = (*TOTALS, Role.SUBTOTAL, Role.TAX, Role.ROUNDING, Role.CHARGE, Role.TIP, Role.DISCOUNT, Role.SHARE)


def sections(zone: Zone, end: int, found: Sequence[Purchase]) -> Iterator[Section]:
    """Yield the section of each row; the items end above row ``end``, and begin with the first row of ``found``.

    Below the items, a row that its words assign to no section belongs to that of the row above it, and all rows below
    the last one with a section are the foot.
    """
    begin = min((place for one in found for place in one.places), default=end)
    own = [_own_section(one.row) for one in zone.rows]
    last = max((place for place in range(end, len(own)) if own[place]), default=end - 1)
    section = Section.SUMS
    for place, named in enumerate(own):
        if place < begin:
            yield Section.HEAD
        elif place < end:
            yield Section.ITEMS
        elif place > last:
            yield Section.FOOT
        else:
            section = named or section
            yield section


def _own_section(row: ReceiptLine) -> Section | None:
    """Return the section that the words of a row name; None without an amount, but for the heading of a tax table."""
    if row.in_tax_table and (row.amounts or "tax_table" in row.groups):
        return Section.TAX_TABLE
    if not row.amounts:
        return None
    if row.role in PAYING:
        return Section.PAYMENT
    return Section.SUMS if row.role in SUMMING else None
