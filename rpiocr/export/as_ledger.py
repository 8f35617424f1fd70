"""Exports a journal for ledger and hledger."""

from __future__ import annotations

from typing import BinaryIO

from rpiocr.export.accounts import LEDGER_NAME, MAX_FILE_BYTES, MAX_TEXT_BYTES, Accounts, Booking, on_one_line
from rpiocr.export.record import Record
from rpiocr.export.transactions import TransactionWriter

PAYEE = str.maketrans({";": ",", "|": "/"})
"""Both programs treat the text after these as a comment, or hledger as a note."""

CODE = str.maketrans({"(": "", ")": "", ";": ","})

NOTE = str.maketrans({"[": "(", "]": ")"})
"""Both programs expect a date in square brackets."""


class LedgerWriter(TransactionWriter):
    """See TransactionWriter."""

    def __init__(self, stream: BinaryIO, accounts: Accounts) -> None:
        super().__init__(stream, accounts, LEDGER_NAME)

    def _transaction(self, record: Record, booked: Booking, flag: str) -> str:
        code = on_one_line((record.receipt_number or "").translate(CODE), MAX_TEXT_BYTES) or str(record.id)
        payee = on_one_line((record.merchant or "").translate(PAYEE), MAX_TEXT_BYTES) or "Unknown"
        file = on_one_line(record.file, MAX_FILE_BYTES).translate(NOTE)
        return (
            f"{booked.date} {flag} ({code}) {payee}\n"
            f"    ; rpiocr-id: {record.id}\n"
            f"    ; rpiocr-file: {file}\n"
            f"    {self._accounts.expenses}  {booked.spent}\n"
            f"    {self._accounts.paid_from(record)}  {booked.paid}\n\n"
        )
