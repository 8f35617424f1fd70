"""Arithmetic checks: which sums of a receipt's amounts agree with a value being the total."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from itertools import islice, product
from string import digits

from rpiocr.extract.arithmetic.unit_prices import is_unit_price
from rpiocr.extract.arithmetic.unlabelled import paid_below_items, paid_without_words
from rpiocr.extract.bounds import MAX_PER_ROLE, MAX_SUMS
from rpiocr.extract.roles import ITEM_ROLES, TOTALS, ReceiptLine, Role
from rpiocr.extract.tables.countries import cash_rounding
from rpiocr.extract.text.amounts import net_tax_gross
from rpiocr.model import Check, CheckKind
from rpiocr.model.provenance import CARD, CASH_LESS_CHANGE, ITEMS, NET_AND_TAX, SUBTOTAL_AND_TAX

ZERO = Decimal(0)

PROVING = frozenset({CASH_LESS_CHANGE, SUBTOTAL_AND_TAX, NET_AND_TAX, ITEMS})
"""Sums of several amounts that prove a total; a card's amount only repeats it."""

TELLING = PROVING - {ITEMS}
"""Checks that a total passes, and a subtotal hardly ever does."""

DIGITS = re.compile(r"[0-9][0-9.,]*")

Given = tuple[Decimal, tuple[Check, ...]]
"""A value and the sums that result in it."""


@dataclass(frozen=True)
class Ledger:
    """The amounts of a receipt by role, all positive except for rounding.

    ``items`` is the sum of the lines above the first total, ``gross`` net plus tax of the tax table; ``None`` if there
    are none. ``taxes`` and ``discounts`` are the sums over all such lines, two of which can have the same amount.
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

    @cached_property
    def given(self) -> Mapping[str, Given]:
        """Every value of the total that results from some sum, by its digits as text, with the sums that agree."""
        single = (value for value in (self.gross, self.items) if value is not None)
        found = {}
        for value in {*self.differences, *self.totals[SUBTOTAL_AND_TAX], *single}:
            proving = tuple(check for check in proofs(value, self) if check.kind is CheckKind.PROOF)
            if proving:
                found[f"{value:f}"] = value, proving
        return found

    @cached_property
    def shortened(self) -> Mapping[str, Set[str]]:
        """The keys of ``given`` by the characters that are left if one digit, or all cents, are lost.

        A trailing point represents lost cents.
        """
        found: dict[str, set[str]] = {}
        for written in self.given:
            for left in _with_a_loss(written):
                found.setdefault(left, set()).add(written)
        return found


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
    """Add up the lines above the first total; words for a card above it are a product if a payment follows below."""
    end = next((index for index, row in enumerate(rows) if row.role in ENDS_ITEMS and row.amounts), None)
    if end is None:
        return None
    pays_below = any(row.role is Role.CARD and row.amounts for row in rows[end:])
    roles = (*ITEM_ROLES, Role.CARD) if pays_below else ITEM_ROLES
    items = [
        row.amounts[-1].value
        for index, row in enumerate(rows[:end])
        if row.role in roles and row.amounts and not is_unit_price(rows, index)
    ]
    return sum(items, ZERO) if len(items) > 1 else None


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


def repaired(total: Decimal, ledger: Ledger) -> Given | None:
    """Return the corrected total if exactly one digit of it was misread, and the sums that agree with it.

    A single sum does not show which of its amounts was misread; two that agree on a value do, if none agrees with the
    total as it was read.
    """
    if PROVING & set(proofs(total, ledger)):
        return None
    found = [ledger.given[other] for other in _one_digit_apart(f"{abs(total):f}") if other in ledger.given]
    return _only(dict(one for one in found if len(one[1]) > 1))


def completed(label: str, ledger: Ledger) -> Given | None:
    """Return the total of a line that lost one character, or all cents, and the sums that determine it.

    ``label`` is the text of a total's line without a legible amount: 306.7 is 306.71 if subtotal and tax add up to it,
    and so is 306. with nothing after the point.
    """
    found: set[str] = set()
    for read in DIGITS.findall(label):
        figures = re.sub(r"[.,]", "", read)
        found.update(ledger.shortened.get(figures, ()))
        if read[-1] in ".,":
            found.update(ledger.shortened.get(f"{figures}.", ()))
    return _only(dict(ledger.given[written] for written in found))


def _only(found: Mapping[Decimal, tuple[Check, ...]]) -> Given | None:
    return next(iter(found.items())) if len(found) == 1 else None


def _with_a_loss(written: str) -> Iterator[str]:
    """Yield what may be left of an amount: all but one of its characters, or all up to the point."""
    whole, point, cents = written.partition(".")
    if point and len(whole) > 1:
        yield f"{whole}."
    figures = whole + cents
    if len(figures) > 2:
        yield from (figures[:place] + figures[place + 1 :] for place in range(len(figures)))


def _one_digit_apart(written: str) -> Iterator[str]:
    """Yield all amounts as text that differ in one digit."""
    for place, char in enumerate(written):
        if char.isdigit():
            yield from (written[:place] + other + written[place + 1 :] for other in digits if other != char)
