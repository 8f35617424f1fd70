"""What the journals of plain-text accounting have in common: a transaction a receipt, and accounts with valid names."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import BinaryIO

from rpiocr.export.accounts import Accounts, Booking, booking, comment_on, require_names
from rpiocr.export.record import Record
from rpiocr.export.writer import TextWriter

CLEARED, PENDING = "*", "!"
"""Flags of transactions, in ledger, hledger and Beancount: what is sure, and what somebody has to look at."""


class TransactionWriter(TextWriter):
    """A transaction for each receipt, a comment for one that has no date, amount or currency.

    Raises OptionError where an account's name is not of the ``shape`` that the program reads.
    """

    def __init__(self, stream: BinaryIO, accounts: Accounts, shape: re.Pattern[str]) -> None:
        super().__init__(stream)
        require_names(accounts, shape, "Expenses:Groceries")
        self._accounts = accounts

    def write(self, record: Record) -> None:
        """Write one transaction."""
        booked = booking(record)
        if isinstance(booked, str):
            self.left_out[booked] += 1
            self._text.write(comment_on(record, booked))
            return
        self._text.write(self._transaction(record, booked, CLEARED if record.sure else PENDING))

    @abstractmethod
    def _transaction(self, record: Record, booked: Booking, flag: str) -> str:
        """Return the lines of a transaction, with an empty one at the end."""
