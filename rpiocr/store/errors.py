"""What can go wrong with the store."""

from __future__ import annotations

from rpiocr.errors import ExitCode, MissingDependencyError, RpiocrError


class StoreError(RpiocrError):
    """The store cannot be opened, read or written."""

    code = "store_failed"
    exit_code = ExitCode.STORE


class StoreFullError(StoreError):
    """The disk with the store is full, or it may not be written."""

    code = "store_not_writable"


class StoreMissingError(StoreError):
    """There is no store, and this command makes none."""

    code = "no_store"


class DamagedRowError(StoreError):
    """A row of the store holds what cannot be; other rows can still be used."""

    code = "store_damaged"


class StoreDriverMissingError(MissingDependencyError):
    """The database's driver is not installed."""

    code = "no_driver"


class NoSuchReceiptError(RpiocrError):
    """The store has no receipt with this number."""

    code = "no_such_receipt"
    exit_code = ExitCode.UNREADABLE_INPUT


class BadCorrectionError(RpiocrError):
    """A correction names no field, or a value that the field cannot have."""

    code = "bad_correction"
    exit_code = ExitCode.USAGE
