"""Exports a journal for Beancount."""

from __future__ import annotations

from typing import BinaryIO

from rpiocr.export.accounts import BEANCOUNT_NAME, MAX_FILE_BYTES, MAX_TEXT_BYTES, Accounts, on_one_line
from rpiocr.export.booking import Booking, Posting
from rpiocr.export.record import Record
from rpiocr.export.transactions import TransactionWriter


class BeancountWriter(TransactionWriter):
    """See TransactionWriter.

    With ``opening`` the accounts are opened on the day of the first receipt, those of single merchants when they are
    first used.
    """

    def __init__(self, stream: BinaryIO, accounts: Accounts, *, opening: bool) -> None:
        super().__init__(stream, accounts, BEANCOUNT_NAME)
        self._to_open = accounts.all
        self._opened = set[str]() if opening else None

    def _transaction(self, record: Record, booked: Booking, flag: str) -> str:
        opening = self._opening(booked)
        payee = _quoted(record.merchant or "Unknown", MAX_TEXT_BYTES)
        number = _quoted(record.receipt_number or "", MAX_TEXT_BYTES)
        why = f"  ; {booked.whole_because}\n" if booked.whole_because else ""
        return (
            f"{opening}{booked.date} {flag} {payee} {number} #rpiocr\n"
            f"  rpiocr-id: {record.id}\n"
            f"  rpiocr-file: {_quoted(record.file, MAX_FILE_BYTES)}\n"
            f"{why}{''.join(map(_lines, booked.postings))}\n"
        )

    def _opening(self, booked: Booking) -> str:
        """Return the lines that open accounts before a transaction."""
        if self._opened is None:
            return ""
        used = (posting.account for posting in booked.postings)
        new = [one for one in dict.fromkeys((*self._to_open, *used)) if one not in self._opened]
        self._opened.update(new)
        return "".join(f"{booked.date} open {account}\n" for account in new) + ("\n" if new else "")


def _lines(posting: Posting) -> str:
    """Return a posting with its item as metadata, which Beancount keeps, unlike a comment."""
    item = f"    item: {_quoted(posting.item, MAX_TEXT_BYTES)}\n" if posting.item else ""
    return f"  {posting.account}  {posting.amount}\n{item}"


def _quoted(text: str, max_bytes: int) -> str:
    return '"' + on_one_line(text, max_bytes).replace("\\", "\\\\").replace('"', '\\"') + '"'
