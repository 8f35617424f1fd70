"""Errors of a watched folder."""

from __future__ import annotations

from rpiocr.errors import ExitCode, RpiocrError


class InboxMissingError(RpiocrError):
    """The folder does not exist or is not readable."""

    code = "no_inbox"
    exit_code = ExitCode.UNREADABLE_INPUT


class HeldByAnotherError(RpiocrError):
    """Another process is watching the folder."""

    code = "held_by_another"
    exit_code = ExitCode.HELD_BY_ANOTHER


class TemporaryError(RpiocrError):
    """A file, or the whole folder, cannot be processed at present; it is retried.

    ``why`` is identical for all files with the same problem.
    """

    code = "in_trouble"
    exit_code = ExitCode.UNREADABLE_INPUT

    def __init__(self, message: str, why: str) -> None:
        super().__init__(message)
        self.why = why


class NotFiledError(TemporaryError):
    """A file that was read cannot be moved to its destination."""

    code = "not_filed"


class ClientGoneError(RpiocrError):
    """Nobody waits for a file any more, and it was not read."""

    code = "client_gone"
    exit_code = ExitCode.UNREADABLE_INPUT


class NotReadAgainError(RpiocrError):
    """A file cannot be put back into the watched folder."""

    code = "not_read_again"
    exit_code = ExitCode.UNREADABLE_INPUT


class ChangedError(RpiocrError):
    """The content of a file differs from what was read."""

    code = "changed"
    exit_code = ExitCode.UNREADABLE_INPUT
