"""The accounts of a ledger that a receipt touches, and which receipts have a place in one."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import click

from rpiocr.export.record import Record

METHODS = ("cash", "card", "mobile", "voucher", "transfer", "mixed")

LEDGER_NAME = re.compile(r"[^\W\d_][\w.&'-]*( [\w.&'-]+)*(:\w[\w.&'-]*( [\w.&'-]+)*)*")
BEANCOUNT_NAME = re.compile(r"[A-Z][A-Za-z0-9-]*(:[^\W_a-z][^\W_]*(-[^\W_]+)*-?)+")


@dataclass(frozen=True, slots=True)
class Accounts:
    """Names of accounts; ``by_method`` says from which is paid, ``cash`` from where else."""

    expenses: str = "Expenses:Receipts"
    cash: str = "Assets:Cash"
    by_method: Mapping[str, str] = field(default_factory=dict)

    def paid_from(self, record: Record) -> str:
        """Return the account from which a receipt was paid."""
        return self.by_method.get(record.payment_method or "", self.cash)

    @property
    def all(self) -> tuple[str, ...]:
        """All names, each once."""
        return tuple(dict.fromkeys((self.expenses, self.cash, *self.by_method.values())))


def require_names(accounts: Accounts, shape: re.Pattern[str], example: str) -> None:
    """End with a usage error where a name is none that the program will read."""
    for name in accounts.all:
        if not shape.fullmatch(name):
            message = f"{name!r} is no name of an account; give one such as {example}"
            raise click.UsageError(message)


def by_method(given: tuple[str, ...]) -> Mapping[str, str]:
    """Read METHOD=ACCOUNT as often as it is given."""
    found = {}
    for one in given:
        method, _, account = one.partition("=")
        if method not in METHODS or not account:
            message = f"{one!r} is no METHOD=ACCOUNT; METHOD may be {', '.join(METHODS)}"
            raise click.UsageError(message)
        found[method] = account
    return found


@dataclass(frozen=True, slots=True)
class Booking:
    """What a ledger has to have of a receipt; amounts as text, ``paid`` with the other sign."""

    date: dt.date
    spent: str
    paid: str


def booking(record: Record) -> Booking | str:
    """Return what is booked of a receipt, or what it lacks: date, amount or currency."""
    if record.date is None:
        return "date"
    if record.amount is None:
        return "amount"
    if record.currency is None:
        return "currency"
    # A sign is changed without rounding; nothing has no sign.
    paid = record.amount.copy_negate() if record.amount else record.amount
    return Booking(record.date, f"{record.amount:f} {record.currency}", f"{paid:f} {record.currency}")


def comment_on(record: Record, lack: str) -> str:
    """Say in a comment why a receipt has no transaction."""
    known = (record.date, record.amount, record.currency, record.merchant)
    said = on_one_line(" ".join(str(value) for value in known if value is not None))
    return f"; receipt {record.id} has no {lack}: {said}\n\n"


def on_one_line(text: str) -> str:
    """Return text on one line, without control characters, and with what is no UTF-8 escaped."""
    plain = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return " ".join("".join(char if char.isprintable() else " " for char in plain).split())
