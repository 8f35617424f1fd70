"""What can go wrong with a backup."""

from __future__ import annotations

from rpiocr.errors import ExitCode, RpiocrError


class BackupError(RpiocrError):
    """A backup cannot be written, or what was written is not what was meant."""

    code = "backup_failed"
    exit_code = ExitCode.USAGE


class BadBackupError(RpiocrError):
    """A file is no backup, or not one that can be trusted; nothing was restored."""

    code = "bad_backup"
    exit_code = ExitCode.UNREADABLE_INPUT


class NotRestoredError(RpiocrError):
    """A backup is good, and there is no place for it; nothing was restored."""

    code = "not_restored"
    exit_code = ExitCode.USAGE
