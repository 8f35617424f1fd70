"""Adds up spending by month and by merchant: exact sums, per currency, without duplicates."""

from __future__ import annotations

import dataclasses
import decimal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, select

from rpiocr.store.confirmations import confirmed_receipts
from rpiocr.store.rows import sound_rows
from rpiocr.store.selection import Selection
from rpiocr.store.tables import RECEIPTS

AT_ONCE = 1000

EXACT = decimal.Context(prec=60)
"""Enough digits for any sum of amounts."""


@dataclass(slots=True)
class _Sum:
    receipts: int = 0
    amount: Decimal = Decimal(0)
    without_amount: int = 0
    unsure: int = 0
    unsure_amount: Decimal = Decimal(0)

    def add(self, amount: Decimal | None, *, sure: bool) -> None:
        self.receipts += 1
        if amount is None:
            self.without_amount += 1
            return
        self.amount = EXACT.add(self.amount, amount)
        if not sure:
            self.unsure += 1
            self.unsure_amount = EXACT.add(self.unsure_amount, amount)


@dataclass(frozen=True, slots=True)
class Line:
    """The receipts of one month or merchant, in one currency; None if unknown.

    ``amount`` is the sum of all known amounts; ``without_amount`` counts the receipts without one. ``unsure`` counts
    those neither accepted nor confirmed; the sum of their amounts, ``unsure_amount``, is included in ``amount``.
    """

    key: str | None
    currency: str | None
    receipts: int
    amount: Decimal
    without_amount: int
    unsure: int = 0
    unsure_amount: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Statistics:
    """Sums by month, oldest first, by merchant, largest first, and totals; ``duplicates`` counts the omitted ones."""

    months: tuple[Line, ...]
    merchants: tuple[Line, ...]
    totals: tuple[Line, ...]
    duplicates: int


@dataclass(slots=True)
class _Gathered:
    confirmed: frozenset[int]
    months: dict[tuple[str | None, str | None], _Sum] = field(default_factory=dict)
    merchants: dict[tuple[str | None, str | None], _Sum] = field(default_factory=dict)
    totals: dict[tuple[str | None, str | None], _Sum] = field(default_factory=dict)
    names: dict[str, Counter[str]] = field(default_factory=dict)
    duplicates: int = 0

    def add(self, row: Any) -> None:  # noqa: ANN401 - a row
        if row.duplicate_of is not None:
            self.duplicates += 1
            return
        month = row.date.strftime("%Y-%m") if row.date else None
        merchant = None
        if row.merchant:
            merchant = " ".join(row.merchant.casefold().split())
            self.names.setdefault(merchant, Counter())[row.merchant] += 1
        sure = row.verdict == "ACCEPT" or row.id in self.confirmed
        for sums, key in ((self.months, month), (self.merchants, merchant), (self.totals, None)):
            sums.setdefault((key, row.currency), _Sum()).add(row.amount, sure=sure)


def statistics(connection: Connection, selection: Selection) -> Statistics:
    """Add up the selected receipts. Merchant names are compared without regard to case."""
    columns = (
        RECEIPTS.c.id,
        RECEIPTS.c.date,
        RECEIPTS.c.merchant,
        RECEIPTS.c.amount,
        RECEIPTS.c.currency,
        RECEIPTS.c.verdict,
        RECEIPTS.c.duplicate_of,
    )
    sqlite = connection.dialect.name == "sqlite"
    query = select(*columns).where(*selection.conditions(sqlite=sqlite)).execution_options(yield_per=AT_ONCE)
    gathered = _Gathered(confirmed_receipts(connection))
    for row in sound_rows(connection, query, "receipt"):
        gathered.add(row)
    merchants = (
        dataclasses.replace(line, key=line.key and gathered.names[line.key].most_common(1)[0][0])
        for line in _lines(gathered.merchants)
    )
    return Statistics(
        tuple(sorted(_lines(gathered.months), key=lambda line: (line.currency or "~", line.key or "~"))),
        tuple(sorted(merchants, key=lambda line: (line.currency or "~", -line.amount, line.key or "~"))),
        _by_currency(gathered.totals),
        gathered.duplicates,
    )


def totals(connection: Connection, selection: Selection) -> tuple[Line, ...]:
    """Return only the totals of ``statistics``, one for each currency: in half the time."""
    columns = (RECEIPTS.c.id, RECEIPTS.c.amount, RECEIPTS.c.currency, RECEIPTS.c.verdict)
    conditions = selection.conditions(sqlite=connection.dialect.name == "sqlite")
    query = select(*columns).where(*conditions, RECEIPTS.c.duplicate_of.is_(None))
    confirmed = confirmed_receipts(connection)
    sums: dict[tuple[str | None, str | None], _Sum] = {}
    for row in sound_rows(connection, query.execution_options(yield_per=AT_ONCE), "receipt"):
        sure = row.verdict == "ACCEPT" or row.id in confirmed
        sums.setdefault((None, row.currency), _Sum()).add(row.amount, sure=sure)
    return _by_currency(sums)


def _by_currency(sums: Mapping[tuple[str | None, str | None], _Sum]) -> tuple[Line, ...]:
    return tuple(sorted(_lines(sums), key=lambda line: line.currency or "~"))


def _lines(sums: Mapping[tuple[str | None, str | None], _Sum]) -> list[Line]:
    return [
        Line(key, currency, one.receipts, one.amount, one.without_amount, one.unsure, one.unsure_amount)
        for (key, currency), one in sums.items()
    ]
