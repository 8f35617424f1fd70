"""Conditions for selecting receipts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement

from rpiocr.store.confirmations import is_sure
from rpiocr.store.tables import RECEIPTS
from rpiocr.store.words import holding, holding_item, sought


@dataclass(frozen=True, slots=True)
class Selection:
    """Conditions on receipts; empty ones match all.

    ``since`` and ``until`` are days, both inclusive; ``merchant`` is words of the name; ``verdicts`` are alternatives.
    ``words`` are words of the text, see ``sought``; ``sure`` is whether the receipt is accepted or confirmed.
    ``duplicates`` is True for duplicates only, False for all others; ``archived`` likewise.
    """

    since: dt.date | None = None
    until: dt.date | None = None
    merchant: str = ""
    currency: str = ""
    verdicts: tuple[str, ...] = ()
    duplicates: bool | None = None
    archived: bool | None = None
    words: str = ""
    sure: bool | None = None

    def conditions(self, *, sqlite: bool) -> list[ColumnElement[bool]]:
        """Return the conditions of a query."""
        conditions: list[ColumnElement[bool]] = []
        if self.since:
            conditions.append(RECEIPTS.c.day >= self.since)
        if self.until:
            conditions.append(RECEIPTS.c.day <= self.until)
        if self.currency:
            conditions.append(RECEIPTS.c.currency == self.currency)
        if self.verdicts:
            conditions.append(RECEIPTS.c.verdict.in_(self.verdicts))
        if self.duplicates is not None:
            repeats = RECEIPTS.c.duplicate_of.is_not(None)
            conditions.append(repeats if self.duplicates else RECEIPTS.c.duplicate_of.is_(None))
        if self.archived is not None:
            hidden = RECEIPTS.c.archived_at.is_not(None)
            conditions.append(hidden if self.archived else RECEIPTS.c.archived_at.is_(None))
        if self.sure is not None:
            conditions.append(is_sure() if self.sure else ~is_sure())
        if self.merchant:
            conditions.append(holding(self.merchant, sqlite=sqlite, merchant=True))
        return [*conditions, *(self._words(sqlite=sqlite) if self.words else ())]

    def _words(self, *, sqlite: bool) -> Iterator[ColumnElement[bool]]:
        search = sought(self.words)
        if search.words or not search.items:
            yield holding(search.words, sqlite=sqlite)
        yield from (holding_item(one, sqlite=sqlite) for one in search.items)


ALL = Selection()
