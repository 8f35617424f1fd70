"""Books receipts: which can be booked, and the postings of each, by item where the items are proved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.export.accounts import MAX_TEXT_BYTES, Accounts, on_one_line
from rpiocr.export.record import Record
from rpiocr.store.items import KnownItems, StoredItem

ZERO = Decimal(0)

NOT_PROVED = "the items are not proved"
NO_ITEMS = "no items"


@dataclass(frozen=True, slots=True)
class Posting:
    """One line of a transaction: an account, its amount with the currency as text, and the item that it is for."""

    account: str
    amount: str
    item: str | None = None


@dataclass(frozen=True, slots=True)
class Booking:
    """The day and the postings of a receipt, which add up to zero; the last one is the payment.

    ``whole_because`` says why a receipt was not split by its items although that was asked for.
    """

    date: dt.date
    postings: tuple[Posting, ...]
    whole_because: str | None


def booking(record: Record, accounts: Accounts) -> Booking | str:
    """Return the booking of a receipt, or the name of the value it lacks: date, amount or currency."""
    if record.date is None:
        return "date"
    if record.amount is None:
        return "amount"
    if record.currency is None:
        return "currency"
    why = _why_whole(record.items) if accounts.by_item else None
    split = [] if why else list(_of_items(record.items, accounts))
    rest = record.amount - sum((amount for _, amount, _ in split), ZERO) if split else record.amount
    if rest or not split:
        split.append((record.account or accounts.expenses, rest, None))
    # The sign is changed without rounding; zero has no sign.
    paid = record.amount.copy_negate() if record.amount else record.amount
    split.append((accounts.paid_from(record), paid, None))
    postings = (Posting(account, f"{amount:f} {record.currency}", item) for account, amount, item in split)
    return Booking(record.date, tuple(postings), why)


def _why_whole(known: KnownItems) -> str | None:
    """Return why the items of a receipt cannot be booked; None if they are proved."""
    if not known.items:
        return NO_ITEMS
    return None if known.check and known.check.complete else NOT_PROVED


def _of_items(known: KnownItems, accounts: Accounts) -> Iterator[tuple[str, Decimal, str | None]]:
    """Yield account, amount and description of each item that has an account."""
    items = {item.position: item for item in known.items or ()}
    for item in items.values():
        account = _account_of(item, accounts) or _account_of(items.get(item.applies_to or 0), accounts)
        if account and item.amount is not None:
            yield account, item.amount, item.description


def _account_of(item: StoredItem | None, accounts: Accounts) -> str | None:
    return accounts.of_item(item.description) if item and item.description else None


def comment_on(record: Record, lack: str) -> str:
    """Return a comment on why a receipt has no transaction."""
    known = (record.date, record.amount, record.currency, record.merchant)
    text = on_one_line(" ".join(str(value) for value in known if value is not None), MAX_TEXT_BYTES)
    return f"; receipt {record.id} has no {lack}: {text}\n\n"
