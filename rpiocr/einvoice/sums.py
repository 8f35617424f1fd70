"""The sums of an e-invoice, by the rules BR-CO-10 to BR-CO-17 of EN 16931."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
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
    sums = _Sums(lines, adjustments, taxes, totals, smallest)
    yield from sums.of_lines(totals.without_tax)
    yield from sums.of_taxes(totals.without_tax)
    yield from sums.of_totals(totals.without_tax, totals.with_tax)


@dataclass(frozen=True, slots=True)
class _Sums:
    lines: Sequence[InvoiceLine]
    adjustments: Sequence[Adjustment]
    taxes: Sequence[InvoiceTax]
    totals: Totals
    smallest: Decimal

    def of_lines(self, without_tax: Decimal) -> Iterator[str]:
        """Check lines, allowances and charges against their sums and the total without tax (BR-CO-10 to 13)."""
        net = _sum(one.amount for one in self.lines if one.counts)
        stated = net if self.totals.lines is None else self.totals.lines
        if any(one.counts and one.amount is None for one in self.lines):
            yield "a line states no amount"
        if self.lines and self._differ(net, stated):
            yield "its lines do not add up to their sum"
        yield from self._of_adjustments()
        adjusted = stated + _sum(one.amount for one in self.adjustments)
        if (self.lines or self.totals.lines is not None) and self._differ(adjusted, without_tax):
            yield "lines, allowances and charges do not add up to the total without tax"

    def _of_adjustments(self) -> Iterator[str]:
        less = _sum(-one.amount for one in self.adjustments if not one.is_charge)
        more = _sum(one.amount for one in self.adjustments if one.is_charge)
        if self._differ(less, self.totals.allowances or ZERO):
            yield "its allowances do not add up to their sum"
        if self._differ(more, self.totals.charges or ZERO):
            yield "its charges do not add up to their sum"

    def of_taxes(self, without_tax: Decimal) -> Iterator[str]:
        """Check the table of taxes against its sum, its rates and the total without tax (BR-CO-14 and 17)."""
        if self.taxes and self._differ(_sum(one.amount for one in self.taxes), self._tax):
            yield "its taxes do not add up to their sum"
        if _are_bases_off(self.taxes, without_tax):
            yield "the amounts that are taxed do not add up to the total without tax"
        if any(_is_tax_off(one, len(self.lines)) for one in self.taxes):
            yield "a tax is not what its rate gives"

    def of_totals(self, without_tax: Decimal, with_tax: Decimal) -> Iterator[str]:
        """Check the total with tax, and what is left to pay of it (BR-CO-15 and 16)."""
        if self._differ(without_tax + self._tax, with_tax):
            yield "total without tax and tax do not add up to the total"
        left = with_tax - (self.totals.prepaid or ZERO) + (self.totals.rounding or ZERO)
        if self.totals.due is not None and self._differ(left, self.totals.due):
            yield "total, prepaid amount and rounding do not add up to the amount due"

    @property
    def _tax(self) -> Decimal:
        return _sum(one.amount for one in self.taxes) if self.totals.tax is None else self.totals.tax

    def _differ(self, one: Decimal, other: Decimal) -> bool:
        return one.quantize(self.smallest, ROUND_HALF_UP) != other.quantize(self.smallest, ROUND_HALF_UP)


def _sum(amounts: Iterator[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), ZERO)


def _are_bases_off(taxes: Sequence[InvoiceTax], without_tax: Decimal) -> bool:
    """Return whether the bases of the taxes, if all are stated, are not the total without tax; each was rounded."""
    if not taxes or any(one.base is None for one in taxes):
        return False
    return abs(_sum(one.base for one in taxes) - without_tax) > CENT * len(taxes)


def _is_tax_off(tax: InvoiceTax, lines: int) -> bool:
    if tax.base is None or tax.rate is None or tax.amount is None:
        return False
    apart = abs(tax.base * tax.rate / 100 - tax.amount)
    return apart >= min(MAX_TAX_APART, CENT * (lines + 2))
