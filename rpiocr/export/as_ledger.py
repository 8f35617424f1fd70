"""A journal for ledger and hledger."""

from __future__ import annotations

from typing import BinaryIO

from rpiocr.export.accounts import (
    LEDGER_NAME,
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

PAYEE = str.maketrans({";": ",", "|": "/"})
"""Both programs take the rest for a comment, or hledger for a note."""

CODE = str.maketrans({"(": "", ")": "", ";": ","})

NOTE = str.maketrans({"[": "(", "]": ")"})
"""Within brackets the programs expect a date."""


class LedgerWriter(TextWriter):
    """A transaction for each receipt, a comment for one that has no date, amount or currency."""

    def __init__(self, stream: BinaryIO, accounts: Accounts) -> None:
        super().__init__(stream)
        require_names(accounts, LEDGER_NAME, "Expenses:Groceries")
        self._accounts = accounts

    def write(self, record: Record) -> None:
        """Write one transaction."""
        booked = booking(record)
        if isinstance(booked, str):
            self.left_out[booked] += 1
            self._text.write(comment_on(record, booked))
            return
        flag = "*" if record.settled else "!"
        code = on_one_line((record.receipt_number or "").translate(CODE), LONGEST_TEXT) or str(record.id)
        payee = on_one_line((record.merchant or "").translate(PAYEE), LONGEST_TEXT) or "Unknown"
        file = on_one_line(record.file, LONGEST_FILE).translate(NOTE)
        self._text.write(
            f"{booked.date} {flag} ({code}) {payee}\n"
            f"    ; rpiocr-id: {record.id}\n"
            f"    ; rpiocr-file: {file}\n"
            f"    {self._accounts.expenses}  {booked.spent}\n"
            f"    {self._accounts.paid_from(record)}  {booked.paid}\n\n"
        )
