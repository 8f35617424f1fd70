"""The roles that amounts of a receipt have, and the lines that carry them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property

from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import Amount, LineText, net_tax_gross
from rpiocr.model import Box, Line


class Role(Enum):
    """The role of an amount.

    ``SHARE``: a payer's part of a bill that is split. ``PRICE``: a price that may be all there is to pay, as on a
    ticket. ``GIVEN``: the money handed over at an exchange office. ``LATER``: what is not paid by this paper.
    ``CARRIED``: the total of a page, and what is carried to the next one. ``MEASURE``: kilometres, hours, points; no
    money. The values are the names of the groups in the tables of languages.
    """

    TOTAL_SURE = "total_sure"
    TOTAL = "total"
    TOTAL_WEAK = "total_weak"
    SUBTOTAL = "subtotal"
    TAX = "tax"
    ROUNDING = "rounding"
    CASH = "cash"
    CHANGE = "change"
    CARD = "card"
    CHARGE = "charge"
    TIP = "tip"
    DISCOUNT = "discount"
    SAVINGS = "savings"
    COUNT = "count"
    LOYALTY = "loyalty"
    SHARE = "share"
    PRICE = "price"
    GIVEN = "given"
    LATER = "later"
    CARRIED = "carried"
    MEASURE = "measure"
    NONE = "none"


SURE_TOTALS = (Role.TOTAL_SURE, Role.TOTAL)
TOTALS = (*SURE_TOTALS, Role.TOTAL_WEAK)

NEVER_TOTAL = (
    Role.CARRIED,
    Role.LATER,
    Role.LOYALTY,
    Role.SAVINGS,
    Role.CHANGE,
    Role.DISCOUNT,
    Role.ROUNDING,
    Role.TIP,
    Role.SHARE,
    Role.GIVEN,
)
"""Next to a word for one of these, "total" is the total of that."""

COLUMN = (*TOTALS, Role.SUBTOTAL, Role.TAX, Role.CASH, Role.CHANGE, Role.CARD, Role.CHARGE, Role.DISCOUNT)
"""Words for these are next to an amount."""

AFTER_TOTAL = (Role.SUBTOTAL, Role.CASH, Role.CARD, Role.CHARGE, Role.TAX, Role.COUNT, Role.PRICE)

ITEM_ROLES = (Role.NONE, Role.PRICE)
"""Roles of the amounts of items: those of their lines, and prices that are named as such."""

SUMS = (*TOTALS, Role.SUBTOTAL, Role.COUNT)
"""Next to a unit, words for these are the sum of what is counted in it."""

DUE_NOW = "due_now"
"""The group of words for what is due on the day of the receipt, which may be nothing."""


BEFORE_TAX = frozenset({"excluding", Role.SUBTOTAL.value})
"""Groups of words for a total before tax."""


@dataclass(frozen=True)
class ReceiptLine:
    """A line of the receipt with its amounts and the role that its words give them.

    ``likeness`` (0 to 1) is that of the keyword as read. ``in_tax_table`` marks lines below the heading of a tax
    summary, whose totals are not the receipt's; ``refund_words`` counts the words for a refund, ``refund_sure`` is
    whether they were read exactly. ``lexicon`` has the words that apply to every page.
    """

    line: Line
    text: LineText
    amounts: tuple[Amount, ...]
    role: Role
    likeness: float
    groups: frozenset[str]
    lexicon: Lexicon = field(repr=False, compare=False)
    refund_words: int = 0
    refund_sure: bool = False
    in_tax_table: bool = False

    @cached_property
    def box(self) -> Box:
        """The box around the line."""
        return self.line.box

    @cached_property
    def main(self) -> Amount:
        """The main amount of the line: the last one, but the gross of a total's net, tax and gross.

        The line must have an amount.
        """
        if self.role not in TOTALS or len(self.amounts) < 2:
            return self.amounts[-1]
        values = [abs(amount.value) for amount in self.amounts]
        parts = net_tax_gross(values)
        gross = parts[2] if parts else max(values) if self.groups & BEFORE_TAX else None
        return next((amount for amount in self.amounts if abs(amount.value) == gross), self.amounts[-1])


def role_of(groups: frozenset[str]) -> Role:
    """Return the role that the groups of words on a line give to its main amount."""
    for role in NEVER_TOTAL:
        if role.value in groups:
            return role
    totals = [Role.TOTAL_SURE] if DUE_NOW in groups else [role for role in TOTALS if role.value in groups]
    if (totals and "excluding" in groups) or Role.SUBTOTAL.value in groups:
        return Role.SUBTOTAL
    weak = totals[:1] == [Role.TOTAL_WEAK]
    if totals and not weak:
        return totals[0]
    other = next((role for role in AFTER_TOTAL if role.value in groups), None)
    return other or (Role.TOTAL_WEAK if weak else Role.NONE)
