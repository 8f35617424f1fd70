"""What can go wrong with a watched folder."""

from __future__ import annotations

from rpiocr.errors import ExitCode, RpiocrError


class InboxMissingError(RpiocrError):
    """There is no such folder, or it may not be read."""

    code = "no_inbox"
    exit_code = ExitCode.UNREADABLE_INPUT


class HeldByAnotherError(RpiocrError):
    """Another process watches the folder."""

    code = "held_by_another"
    exit_code = ExitCode.HELD_BY_ANOTHER


class NotFiledError(RpiocrError):
    """A file that was read cannot be put in its place."""

    code = "not_filed"
    exit_code = ExitCode.UNREADABLE_INPUT
