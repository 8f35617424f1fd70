"""Finds the tip or gratuity that was charged: part of what was paid, neither a suggestion nor a line to fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from decimal import Decimal

from rpiocr.extract.arithmetic.ledger import Ledger, gather, with_extras
from rpiocr.extract.bounds import MAX_SUMS
from rpiocr.extract.roles import TOTALS, ReceiptLine, Role


def find_tip(rows: Sequence[ReceiptLine]) -> Decimal | None:
    """Return the tip that the sums of a receipt need to add up to what was paid; None if they need none.

    A suggested tip is printed in the same way, next to the same words: only the sums distinguish them. If several are
    printed, they are suggestions.
    """
    printed = {
        row.main.value
        for row in rows
        if row.role is Role.TIP and len(row.amounts) == 1 and not row.in_tax_table and row.main.value > 0
    }
    if len(printed) != 1:
        return None
    (tip,) = printed
    ledger = gather(rows)
    paid = {value for role in (*TOTALS, Role.CARD) for value in ledger.of(role)}
    sums = _sums_without_tip(ledger)
    return tip if any(_is_needed(tip, total, sums) for total in paid) else None


def _sums_without_tip(ledger: Ledger) -> Mapping[Decimal, Set[Decimal]]:
    """Return what each amount below the total adds up to with tax, charges, discounts and rounding."""
    without = replace(ledger, by_role={role: found for role, found in ledger.by_role.items() if role is not Role.TIP})
    named = (value for role in (*TOTALS, Role.SUBTOTAL) for value in ledger.of(role))
    worked_out = (value for value in (ledger.items, ledger.gross) if value is not None)
    bases = tuple(dict.fromkeys(value for value in (*named, *worked_out) if value > 0))
    return {base: frozenset(with_extras(base, without, MAX_SUMS // len(bases))) for base in bases}


def _is_needed(tip: Decimal, total: Decimal, sums: Mapping[Decimal, Set[Decimal]]) -> bool:
    """Whether smaller amounts add up to a total with this tip, and not without it."""
    smaller = [found for base, found in sums.items() if base < total]
    return any(total - tip in found for found in smaller) and not any(total in found for found in smaller)
