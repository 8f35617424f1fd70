"""Maps receipts to the accounts of a ledger, and checks which receipts can be booked."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from rpiocr.errors import OptionError
from rpiocr.export.record import Record
from rpiocr.sanitize.text import one_line

MAX_TEXT_BYTES = 500
"""Maximum bytes of a text in a ledger, several of which share a line: ledger reads lines of up to 4,095."""

MAX_FILE_BYTES = 3_000
"""Maximum bytes of a file name, which has a line of its own."""

ELLIPSIS = " … "

SPACE = frozenset(("Cc", "Zl", "Zp", "Zs"))
"""Categories of characters replaced by spaces: whitespace and control characters, which may end a line."""

METHODS = ("cash", "card", "mobile", "voucher", "transfer", "mixed")

LEDGER_NAME = re.compile(r"[^\W\d_][\w.&'-]*( [\w.&'-]+)*(:\w[\w.&'-]*( [\w.&'-]+)*)*")
BEANCOUNT_NAME = re.compile(r"[A-Z][A-Za-z0-9-]*(:[^\W_a-z][^\W_]*(-[^\W_]+)*-?)+")


@dataclass(frozen=True, slots=True)
class Accounts:
    """Account names; ``by_method`` has those to pay from, ``cash`` is for all other payments."""

    expenses: str = "Expenses:Receipts"
    cash: str = "Assets:Cash"
    by_method: Mapping[str, str] = field(default_factory=dict)

    def paid_from(self, record: Record) -> str:
        """Return the account for the payment of a receipt."""
        return self.by_method.get(record.payment_method or "", self.cash)

    @property
    def all(self) -> tuple[str, ...]:
        """Return all distinct names."""
        return tuple(dict.fromkeys((self.expenses, self.cash, *self.by_method.values())))


def require_names(accounts: Accounts, shape: re.Pattern[str], example: str) -> None:
    """Raise OptionError for a name that the accounting program would reject."""
    for name in accounts.all:
        if not shape.fullmatch(name):
            message = f"{name!r} is not a valid account name; give one such as {example}"
            raise OptionError(message)


def by_method(given: tuple[str, ...]) -> Mapping[str, str]:
    """Parse METHOD=ACCOUNT options; raises OptionError for anything else."""
    found = {}
    for one in given:
        method, _, account = one.partition("=")
        if method not in METHODS or not account:
            message = f"{one!r} is not METHOD=ACCOUNT; METHOD may be {', '.join(METHODS)}"
            raise OptionError(message)
        found[method] = account
    return found


@dataclass(frozen=True, slots=True)
class Booking:
    """The values of a receipt in a ledger; amounts as text, ``paid`` with the opposite sign."""

    date: dt.date
    spent: str
    paid: str


def booking(record: Record) -> Booking | str:
    """Return the booking of a receipt, or the name of the value it lacks: date, amount or currency."""
    if record.date is None:
        return "date"
    if record.amount is None:
        return "amount"
    if record.currency is None:
        return "currency"
    # The sign is changed without rounding; zero has no sign.
    paid = record.amount.copy_negate() if record.amount else record.amount
    return Booking(record.date, f"{record.amount:f} {record.currency}", f"{paid:f} {record.currency}")


def comment_on(record: Record, lack: str) -> str:
    """Return a comment on why a receipt has no transaction."""
    known = (record.date, record.amount, record.currency, record.merchant)
    text = on_one_line(" ".join(str(value) for value in known if value is not None), MAX_TEXT_BYTES)
    return f"; receipt {record.id} has no {lack}: {text}\n\n"


def on_one_line(text: str, max_bytes: int) -> str:
    """Return text on one line with single spaces, without control characters, and with invalid UTF-8 escaped.

    Text of more than ``max_bytes`` in UTF-8 is shortened in the middle.
    """
    spaced = "".join(" " if unicodedata.category(char) in SPACE else char for char in text)
    plain = one_line(" ".join(spaced.split()))
    data = plain.encode("utf-8")
    if len(data) <= max_bytes:
        return plain
    half = (max_bytes - len(ELLIPSIS.encode())) // 2
    return data[:half].decode("utf-8", "ignore") + ELLIPSIS + data[-half:].decode("utf-8", "ignore")
