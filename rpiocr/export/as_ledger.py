"""Exports a journal for ledger and hledger."""

from __future__ import annotations

from typing import BinaryIO

from rpiocr.export.accounts import LEDGER_NAME, MAX_FILE_BYTES, MAX_TEXT_BYTES, Accounts, on_one_line
from rpiocr.export.booking import Booking, Posting
from rpiocr.export.record import Record
from rpiocr.export.transactions import TransactionWriter

PAYEE = str.maketrans({";": ",", "|": "/"})
"""Both programs treat the text after these as a comment, or hledger as a note."""

CODE = str.maketrans({"(": "", ")": "", ";": ","})

NOTE = str.maketrans({"[": "(", "]": ")"})
"""Both programs expect a date in square brackets."""

ITEM = NOTE | str.maketrans({":": " "})
"""Both programs take what a colon follows as the name of a tag, of which hledger expects a date of ``date``."""


class LedgerWriter(TransactionWriter):
    """See TransactionWriter."""

    def __init__(self, stream: BinaryIO, accounts: Accounts) -> None:
        super().__init__(stream, accounts, LEDGER_NAME)

    def _transaction(self, record: Record, booked: Booking, flag: str) -> str:
        code = on_one_line((record.receipt_number or "").translate(CODE), MAX_TEXT_BYTES) or str(record.id)
        payee = on_one_line((record.merchant or "").translate(PAYEE), MAX_TEXT_BYTES) or "Unknown"
        file = on_one_line(record.file, MAX_FILE_BYTES).translate(NOTE)
        why = f"    ; {booked.whole_because}\n" if booked.whole_because else ""
        return (
            f"{booked.date} {flag} ({code}) {payee}\n"
            f"    ; rpiocr-id: {record.id}\n"
            f"    ; rpiocr-file: {file}\n"
            f"{why}{''.join(map(_line, booked.postings))}\n"
        )


def _line(posting: Posting) -> str:
    item = on_one_line((posting.item or "").translate(ITEM), MAX_TEXT_BYTES)
    return f"    {posting.account}  {posting.amount}" + (f"  ; {item}\n" if item else "\n")
