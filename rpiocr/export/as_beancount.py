"""A journal for Beancount."""

from __future__ import annotations

from typing import BinaryIO

from rpiocr.export.accounts import (
    BEANCOUNT_NAME,
    LONGEST_FILE,
    LONGEST_TEXT,
    Accounts,
    booking,
    comment_on,
    on_one_line,
    require_names,
)
from rpiocr.export.record import Record
from rpiocr.export.writer import TextWriter


class BeancountWriter(TextWriter):
    """A transaction for each receipt, a comment for one that has no date, amount or currency.

    With ``opening`` the accounts are opened on the day of the first receipt.
    """

    def __init__(self, stream: BinaryIO, accounts: Accounts, *, opening: bool) -> None:
        super().__init__(stream)
        require_names(accounts, BEANCOUNT_NAME, "Expenses:Groceries")
        self._accounts = accounts
        self._to_open = accounts.all if opening else ()

    def write(self, record: Record) -> None:
        """Write one transaction."""
        booked = booking(record)
        if isinstance(booked, str):
            self.left_out[booked] += 1
            self._text.write(comment_on(record, booked))
            return
        for account in self._to_open:
            self._text.write(f"{booked.date} open {account}\n")
        if self._to_open:
            self._text.write("\n")
            self._to_open = ()
        flag = "*" if record.settled else "!"
        payee = _quoted(record.merchant or "Unknown", LONGEST_TEXT)
        number = _quoted(record.receipt_number or "", LONGEST_TEXT)
        self._text.write(
            f"{booked.date} {flag} {payee} {number} #rpiocr\n"
            f"  rpiocr-id: {record.id}\n"
            f"  rpiocr-file: {_quoted(record.file, LONGEST_FILE)}\n"
            f"  {self._accounts.expenses}  {booked.spent}\n"
            f"  {self._accounts.paid_from(record)}  {booked.paid}\n\n"
        )


def _quoted(text: str, most_bytes: int) -> str:
    return '"' + on_one_line(text, most_bytes).replace("\\", "\\\\").replace('"', '\\"') + '"'
