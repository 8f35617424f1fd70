"""Errors of backup, restore and cleaning."""

from __future__ import annotations

from rpiocr.errors import ExitCode, RpiocrError


class BackupError(RpiocrError):
    """A backup cannot be written, or does not read back correctly."""

    code = "backup_failed"
    exit_code = ExitCode.USAGE


class BadBackupError(RpiocrError):
    """A file is not a backup, or not a trustworthy one; nothing was restored."""

    code = "bad_backup"
    exit_code = ExitCode.UNREADABLE_INPUT


class NotRestoredError(RpiocrError):
    """A backup is good but cannot be restored here; nothing was restored."""

    code = "not_restored"
    exit_code = ExitCode.USAGE


class NotCleanedError(RpiocrError):
    """A file that is no longer needed cannot be deleted."""

    code = "not_cleaned"
    exit_code = ExitCode.USAGE
