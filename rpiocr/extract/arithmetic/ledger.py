"""Arithmetic checks: which sums of a receipt's amounts agree with a value being the total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import islice, product

from rpiocr.extract.arithmetic.unlabelled import paid_below_items, paid_without_words
from rpiocr.extract.bounds import MAX_PER_ROLE, MAX_SUMS
from rpiocr.extract.continuation import brought_forward
from rpiocr.extract.items.layout import LAST, Layout
from rpiocr.extract.items.purchases import purchases
from rpiocr.extract.items.zone import Zone, find_zone
from rpiocr.extract.roles import TOTALS, ReceiptLine, Role
from rpiocr.extract.tables.countries import cash_rounding
from rpiocr.extract.text.amounts import net_tax_gross
from rpiocr.model import Check
from rpiocr.model.provenance import CARD, CASH_LESS_CHANGE, ITEMS, NET_AND_TAX, SUBTOTAL_AND_TAX

ZERO = Decimal(0)


@dataclass(frozen=True)
class Ledger:
    """The amounts of a receipt by role, all positive except for rounding.

    ``items`` is the sum of the lines above the first total, with what was brought from the page before; ``gross`` net
    plus tax of the tax table; ``None`` if there are none. ``taxes`` and ``discounts`` are the sums over all such lines,
    two of which can have the same amount.
    ``tendered`` holds amounts on the line of a total that were given to pay it, ``unlabelled`` what was paid where the
    labels of cash and change cannot be read. There are at most MAX_PER_ROLE of each role, and MAX_SUMS sums of them are
    tried.
    """

    by_role: dict[Role, tuple[Decimal, ...]]
    items: Decimal | None
    gross: Decimal | None
    tendered: tuple[Decimal, ...] = ()
    taxes: Decimal = ZERO
    discounts: Decimal = ZERO
    unlabelled: frozenset[Decimal] = frozenset()

    def of(self, role: Role) -> tuple[Decimal, ...]:
        """Return the distinct amounts with this role."""
        return self.by_role.get(role, ())

    @cached_property
    def differences(self) -> tuple[Decimal, ...]:
        """Cash tendered minus change, for each way in which both can be read."""
        change = self.of(Role.CHANGE)
        cash = [given - back for given in self.of(Role.CASH) for back in change]
        # A card payment has no change; "paid amount" with a change was cash.
        paid = [given - back for given in (*self.of(Role.CARD), *self.tendered) for back in change if back]
        return tuple(dict.fromkeys(value for value in (*cash, *paid, *self.unlabelled) if value > 0))

    @cached_property
    def roundings(self) -> tuple[Decimal, ...]:
        """Zero, and the rounding with both signs: such a small number easily loses its own."""
        cents = [amount for amount in self.of(Role.ROUNDING) if abs(amount) <= largest_rounding(amount)]
        return (ZERO, *cents, *(-amount for amount in cents))

    @cached_property
    def totals(self) -> Mapping[Check, Set[Decimal]]:
        """The total according to each kind of sum."""
        gross = () if self.gross is None else (self.gross + cents for cents in self.roundings)
        return {
            CASH_LESS_CHANGE: frozenset(self.differences),
            SUBTOTAL_AND_TAX: frozenset(_subtotals_with_tax(self)),
            NET_AND_TAX: frozenset(gross),
            CARD: frozenset(self.of(Role.CARD)),
            ITEMS: frozenset() if self.items is None else frozenset(with_extras(self.items, self)),
        }


def largest_rounding(amount: Decimal) -> Decimal:
    """Return the maximum rounding for an amount such as ``amount``."""
    limits = cash_rounding()
    return limits.largest_whole if amount.as_tuple().exponent == 0 else limits.largest


def gather(rows: Sequence[ReceiptLine]) -> Ledger:
    """Collect the amounts of labelled lines, items and the tax table."""
    by_role: dict[Role, dict[Decimal, None]] = {}
    for row in rows:
        if row.amounts and not row.in_tax_table:
            value = row.main.value
            by_role.setdefault(row.role, {})[value if row.role is Role.ROUNDING else abs(value)] = None
    known = {role: tuple(values)[:MAX_PER_ROLE] for role, values in by_role.items()}
    taxes, discounts = _sum_of(rows, Role.TAX), _sum_of(rows, Role.DISCOUNT)
    ledger = Ledger(known, _items(rows), _gross(rows), taxes=taxes, discounts=discounts)
    unlabelled = paid_below_items(rows) | paid_without_words(rows)
    return replace(ledger, tendered=tuple(dict.fromkeys(_tendered(ledger))), unlabelled=unlabelled)


def _sum_of(rows: Sequence[ReceiptLine], role: Role) -> Decimal:
    return sum((abs(row.main.value) for row in rows if row.role is role and row.amounts and not row.in_tax_table), ZERO)


def _items(rows: Sequence[ReceiptLine]) -> Decimal | None:
    """Add up the items above the first total, as they are usually laid out; one alone is no sum."""
    zone = find_zone(rows)
    found = _values_of_items(zone) if zone.ends[0] < len(rows) else ()
    brought = brought_forward(rows)
    before = () if brought is None else (brought,)
    added = (*before, *found)
    return sum(added, ZERO) if found and len(added) > 1 else None


def items_of_page(rows: Sequence[ReceiptLine]) -> Decimal | None:
    """Return the sum of the items of one page of several, which may have no total; None if there are none."""
    found = _values_of_items(find_zone(rows))
    return sum(found, ZERO) if found else None


def _values_of_items(zone: Zone) -> tuple[Decimal, ...]:
    return tuple(one.value for one in purchases(zone, Layout(zone.ends[0], LAST)))


ENDS_ITEMS = (*TOTALS, Role.SUBTOTAL)


def _gross(rows: Sequence[ReceiptLine]) -> Decimal | None:
    """Add up net and tax over the lines of the tax table, or use its line of totals if there are no others."""
    lines: list[Decimal] = []
    totals: list[Decimal] = []
    for row in rows:
        if row.in_tax_table and len(row.amounts) > 1:
            (totals if row.role in TOTALS else lines).append(_gross_of([abs(a.value) for a in row.amounts]))
    return sum(lines, ZERO) if lines else totals[0] if totals else None


def _gross_of(amounts: Sequence[Decimal]) -> Decimal:
    parts = net_tax_gross(amounts)
    return parts[2] if parts else sum(amounts[-2:], ZERO)


def _tendered(ledger: Ledger) -> Iterator[Decimal]:
    """Find a "total" that is the cash tendered: minus the change it is an amount that is printed too."""
    if ledger.of(Role.CASH) or ledger.of(Role.CARD):
        return
    printed = {*ledger.of(Role.SUBTOTAL), *ledger.of(Role.TAX), *(v for role in TOTALS for v in ledger.of(role))}
    for role, back in product(TOTALS, ledger.of(Role.CHANGE)):
        for value in ledger.of(role):
            if back and value - back in printed and not proofs(value, ledger):
                yield value


def proofs(value: Decimal, ledger: Ledger) -> tuple[Check, ...]:
    """Return the sums that agree with ``value`` being the total."""
    value = abs(value)
    if not value:
        return (ITEMS,) if ledger.items == ZERO else ()
    return tuple(check for check, totals in ledger.totals.items() if value in totals)


def _subtotals_with_tax(ledger: Ledger) -> Iterator[Decimal]:
    """Return what subtotals add up to with more than their rounding."""
    subtotals = ledger.of(Role.SUBTOTAL)
    for subtotal in subtotals:
        alone = {subtotal + cents for cents in ledger.roundings}
        sums = with_extras(subtotal, ledger, MAX_SUMS // len(subtotals))
        yield from (value for value in sums if value not in alone)


def with_extras(base: Decimal, ledger: Ledger, most: int = MAX_SUMS) -> Iterator[Decimal]:
    """Yield the first ``most`` sums of ``base`` with or without tax, tip, charges, discounts and rounding."""
    taxes = ledger.of(Role.TAX)
    tax = dict.fromkeys((ZERO, sum(taxes, ZERO), ledger.taxes, *taxes))
    more = dict.fromkeys((ZERO, *ledger.of(Role.TIP), *ledger.of(Role.CHARGE)))
    less = dict.fromkeys((ZERO, ledger.discounts, sum(ledger.of(Role.DISCOUNT), ZERO), *ledger.of(Role.DISCOUNT)))
    parts = product(tax, more, less, ledger.roundings)
    return (base + t + m - d + c for t, m, d, c in islice(parts, most))
