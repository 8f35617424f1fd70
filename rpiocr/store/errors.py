"""Errors of the store."""

from __future__ import annotations

from rpiocr.errors import ExitCode, MissingDependencyError, RpiocrError


class StoreError(RpiocrError):
    """The store cannot be opened, read or written."""

    code = "store_failed"
    exit_code = ExitCode.STORE


class StoreFullError(StoreError):
    """The disk with the store is full, or the store is not writable."""

    code = "store_not_writable"


class StoreMissingError(StoreError):
    """The store does not exist, and this command does not create one."""

    code = "no_store"


class DamagedRowError(StoreError):
    """A row of the store contains an invalid value; other rows can still be used."""

    code = "store_damaged"


class StoreDriverMissingError(MissingDependencyError):
    """The database's driver is not installed."""

    code = "no_driver"


class NoSuchReceiptError(RpiocrError):
    """The store has no receipt with this number."""

    code = "no_such_receipt"
    exit_code = ExitCode.UNREADABLE_INPUT


class BadCorrectionError(RpiocrError):
    """A correction has an unknown field, or a value that is invalid for the field."""

    code = "bad_correction"
    exit_code = ExitCode.USAGE


class BadMerchantKeyError(RpiocrError):
    """A text is not the key of a merchant."""

    code = "bad_merchant_key"
    exit_code = ExitCode.USAGE


class NoSuchMerchantError(RpiocrError):
    """Nothing is remembered of the merchant with this key."""

    code = "no_such_merchant"
    exit_code = ExitCode.UNREADABLE_INPUT
