"""The accounts of a ledger that a receipt touches, and which receipts have a place in one."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from rpiocr.errors import OptionError
from rpiocr.export.record import Record
from rpiocr.sanitize.text import one_line

LONGEST_TEXT = 500
"""Bytes of a text of a receipt in a ledger, several of which stand in one line: ledger reads lines of up to 4,095."""

LONGEST_FILE = 3_000
"""Bytes of the name of a file, which has a line of its own."""

ELLIPSIS = " … "

BLANK = frozenset(("Cc", "Zl", "Zp", "Zs"))
"""Categories of characters that become blanks: control characters as well, as a line that ends within a text."""

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
    """Raise OptionError where a name is none that the program will read."""
    for name in accounts.all:
        if not shape.fullmatch(name):
            message = f"{name!r} is no name of an account; give one such as {example}"
            raise OptionError(message)


def by_method(given: tuple[str, ...]) -> Mapping[str, str]:
    """Read METHOD=ACCOUNT as often as it is given; raises OptionError for anything else."""
    found = {}
    for one in given:
        method, _, account = one.partition("=")
        if method not in METHODS or not account:
            message = f"{one!r} is no METHOD=ACCOUNT; METHOD may be {', '.join(METHODS)}"
            raise OptionError(message)
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
    said = on_one_line(" ".join(str(value) for value in known if value is not None), LONGEST_TEXT)
    return f"; receipt {record.id} has no {lack}: {said}\n\n"


def on_one_line(text: str, max_bytes: int) -> str:
    """Return text on one line with single blanks, without control characters, and with what is no UTF-8 escaped.

    Of more than ``max_bytes`` of UTF-8 the beginning and the end are kept.
    """
    spaced = "".join(" " if unicodedata.category(char) in BLANK else char for char in text)
    plain = one_line(" ".join(spaced.split()))
    data = plain.encode("utf-8")
    if len(data) <= max_bytes:
        return plain
    half = (max_bytes - len(ELLIPSIS.encode())) // 2
    return data[:half].decode("utf-8", "ignore") + ELLIPSIS + data[-half:].decode("utf-8", "ignore")
