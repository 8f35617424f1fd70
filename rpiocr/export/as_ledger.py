"""A journal for ledger and hledger."""

from __future__ import annotations

from typing import BinaryIO

from rpiocr.export.accounts import LEDGER_NAME, LONGEST_FILE, LONGEST_TEXT, Accounts, Booking, on_one_line
from rpiocr.export.record import Record
from rpiocr.export.transactions import TransactionWriter

PAYEE = str.maketrans({";": ",", "|": "/"})
"""Both programs take the rest for a comment, or hledger for a note."""

CODE = str.maketrans({"(": "", ")": "", ";": ","})

NOTE = str.maketrans({"[": "(", "]": ")"})
"""Within brackets the programs expect a date."""


class LedgerWriter(TransactionWriter):
    """See TransactionWriter."""

    def __init__(self, stream: BinaryIO, accounts: Accounts) -> None:
        super().__init__(stream, accounts, LEDGER_NAME)

    def _transaction(self, record: Record, booked: Booking, flag: str) -> str:
        code = on_one_line((record.receipt_number or "").translate(CODE), LONGEST_TEXT) or str(record.id)
        payee = on_one_line((record.merchant or "").translate(PAYEE), LONGEST_TEXT) or "Unknown"
        file = on_one_line(record.file, LONGEST_FILE).translate(NOTE)
        return (
            f"{booked.date} {flag} ({code}) {payee}\n"
            f"    ; rpiocr-id: {record.id}\n"
            f"    ; rpiocr-file: {file}\n"
            f"    {self._accounts.expenses}  {booked.spent}\n"
            f"    {self._accounts.paid_from(record)}  {booked.paid}\n\n"
        )
