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


class TroubleError(RpiocrError):
    """A file, or the whole folder, cannot be dealt with at present; it is tried again.

    ``why`` is the same for all files that meet the same trouble.
    """

    code = "in_trouble"
    exit_code = ExitCode.UNREADABLE_INPUT

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class NotFiledError(TroubleError):
    """A file that was read cannot be put in its place."""

    code = "not_filed"


class ChangedError(RpiocrError):
    """A file is not, or no longer, what was read."""

    code = "changed"
    exit_code = ExitCode.UNREADABLE_INPUT
