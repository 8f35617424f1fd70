"""Common base of plain-text accounting journals: one transaction per receipt, and valid account names."""

from __future__ import annotations

import re
from abc import abstractmethod
from typing import BinaryIO

from rpiocr.export.accounts import Accounts, require_names
from rpiocr.export.booking import Booking, booking, comment_on
from rpiocr.export.record import Record
from rpiocr.export.writer import TextWriter

CLEARED, PENDING = "*", "!"
"""Flags of transactions in ledger, hledger and Beancount: certain, and needs review."""

EXAMPLE = "Expenses:Groceries"
"""A name that every program accepts."""


class TransactionWriter(TextWriter):
    """Writes one transaction per receipt, or a comment if it lacks date, amount or currency.

    Raises OptionError if the name of an account does not have the ``shape`` that the program accepts.
    """

    def __init__(self, stream: BinaryIO, accounts: Accounts, shape: re.Pattern[str]) -> None:
        super().__init__(stream)
        require_names(accounts.all, shape, EXAMPLE)
        self._accounts, self._shape = accounts, shape

    def write(self, record: Record) -> None:
        """Write one transaction; raises OptionError for the account of a merchant, too."""
        require_names([record.account] if record.account else (), self._shape, EXAMPLE)
        booked = booking(record, self._accounts)
        if isinstance(booked, str):
            self.left_out[booked] += 1
            self._text.write(comment_on(record, booked))
            return
        self.not_split += booked.whole_because is not None
        self._text.write(self._transaction(record, booked, CLEARED if record.sure else PENDING))

    @abstractmethod
    def _transaction(self, record: Record, booked: Booking, flag: str) -> str:
        """Return the lines of a transaction, followed by an empty one."""
