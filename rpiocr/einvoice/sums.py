"""The sums of an e-invoice, by the rules BR-CO-10 to BR-CO-17 of EN 16931."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_HALF_UP, Decimal

from rpiocr.model.currency import USUAL_DECIMALS, decimals_of
from rpiocr.model.einvoice import Adjustment, InvoiceLine, InvoiceTax, Totals

ZERO = Decimal(0)
CENT = Decimal("0.01")

MAX_TAX_APART = Decimal(1)
"""Maximum difference, exclusive, of a tax from what its rate makes of its base: that of the rules which the authors of
EN 16931 publish. Who rounds line by line is a cent a line apart, so that shorter invoices get less."""


def doubts_about(
    lines: Sequence[InvoiceLine],
    adjustments: Sequence[Adjustment],
    taxes: Sequence[InvoiceTax],
    totals: Totals,
    currency: str | None,
) -> Iterator[str]:
    """Yield what does not agree, as the end of a sentence; nothing if the totals are proved.

    Sums have to agree to the last decimal: a total that is a cent off is not that of these lines. Only a tax may be
    off what its rate gives, as taxes are rounded, and the total is proved by the taxes that are stated.
    """
    if totals.with_tax is None or totals.without_tax is None:
        yield "it states no total with or without tax"
        return
    smallest = Decimal(1).scaleb(-max(USUAL_DECIMALS, decimals_of(currency)))

    def differ(one: Decimal, other: Decimal) -> bool:
        return one.quantize(smallest, ROUND_HALF_UP) != other.quantize(smallest, ROUND_HALF_UP)

    net = _sum(one.amount for one in lines if one.counts)
    less, more = (
        _sum(-one.amount for one in adjustments if one.amount < 0),
        _sum(one.amount for one in adjustments if one.amount > 0),
    )
    stated_net = net if totals.lines is None else totals.lines
    tax = _sum(one.amount for one in taxes) if totals.tax is None else totals.tax
    prepaid, rounding = totals.prepaid or ZERO, totals.rounding or ZERO
    checks = (
        ("its lines do not add up to their sum", bool(lines) and differ(net, stated_net)),
        ("its allowances do not add up to their sum", differ(less, totals.allowances or ZERO)),
        ("its charges do not add up to their sum", differ(more, totals.charges or ZERO)),
        (
            "lines, allowances and charges do not add up to the total without tax",
            (bool(lines) or totals.lines is not None) and differ(stated_net - less + more, totals.without_tax),
        ),
        ("its taxes do not add up to their sum", bool(taxes) and differ(_sum(one.amount for one in taxes), tax)),
        ("the amounts that are taxed do not add up to the total without tax", _are_bases_off(taxes, totals)),
        ("a tax is not what its rate gives", any(_is_tax_off(one, len(lines)) for one in taxes)),
        ("total without tax and tax do not add up to the total", differ(totals.without_tax + tax, totals.with_tax)),
        (
            "total, prepaid amount and rounding do not add up to the amount due",
            totals.due is not None and differ(totals.with_tax - prepaid + rounding, totals.due),
        ),
        ("a line states no amount", any(one.counts and one.amount is None for one in lines)),
    )
    yield from (why for why, holds in checks if holds)


def _sum(amounts: Iterator[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), ZERO)


def _are_bases_off(taxes: Sequence[InvoiceTax], totals: Totals) -> bool:
    """Return whether the bases of the taxes, if all are stated, are not the total without tax; each was rounded."""
    if not taxes or totals.without_tax is None or any(one.base is None for one in taxes):
        return False
    return abs(_sum(one.base for one in taxes) - totals.without_tax) > CENT * len(taxes)


def _is_tax_off(tax: InvoiceTax, lines: int) -> bool:
    if tax.base is None or tax.rate is None or tax.amount is None:
        return False
    apart = abs(tax.base * tax.rate / 100 - tax.amount)
    return apart >= min(MAX_TAX_APART, CENT * (lines + 2))
