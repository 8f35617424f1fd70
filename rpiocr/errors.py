"""Exceptions and exit statuses: each error has a code for scripts and a message that states what to do next."""

import errno
import logging
from enum import IntEnum

from rpiocr.sanitize.redact import redacted


class ExitCode(IntEnum):
    """Exit statuses of the command line."""

    OK = 0
    DEFECT = 1
    USAGE = 2
    NEEDS_REVIEW = 3
    UNREADABLE_INPUT = 4
    MISSING_DEPENDENCY = 5
    HELD_BY_ANOTHER = 6
    STORE = 7
    OUTPUT = 8
    INTERRUPTED = 130


class RpiocrError(Exception):
    """Base of every error that rpiocr raises on purpose.

    ``code`` is stable and meant for scripts; the message is meant for people and states what to do.
    """

    code = "error"
    exit_code = ExitCode.DEFECT


class OutputError(RpiocrError):
    """Standard output is closed or cannot be written to."""

    code = "output_failed"
    exit_code = ExitCode.OUTPUT


class InputError(RpiocrError):
    """One input cannot be read; this does not affect the other inputs of a run."""

    code = "unreadable"
    exit_code = ExitCode.UNREADABLE_INPUT


class FileMissingError(InputError):
    """The path does not exist."""

    code = "not_found"


class NotAFileError(InputError):
    """The path is a directory, a FIFO or a device."""

    code = "not_a_file"


class NotPermittedError(InputError):
    """The file exists but cannot be opened by this user."""

    code = "no_permission"


class EmptyFileError(InputError):
    """The file is empty."""

    code = "empty_file"


class UnknownFormatError(InputError):
    """The content is in no supported format, whatever the file's extension."""

    code = "unknown_format"


class NoPictureError(InputError):
    """The file can be read, but has no picture that could be shown."""

    code = "no_picture"


class NotAnInvoiceError(InputError):
    """The file is XML, but no e-invoice, or one that is no purchase, such as an order."""

    code = "no_invoice"


class NoReceiptInMailError(InputError):
    """A mail has neither a file that can be read, nor text with a total."""

    code = "no_receipt_in_mail"


class TooManyPartsError(InputError):
    """A mail has more parts, lines or levels than the limits allow; none of them is read."""

    code = "too_many_parts"


class DamagedFileError(InputError):
    """The format is supported, but decoding fails, for example after a truncated upload."""

    code = "damaged_file"


class PictureTooLargeError(InputError):
    """The image has more pixels, or takes more memory to decode, than the limits allow; or the mail is too large."""

    code = "too_large"


class PictureTooSmallError(InputError):
    """The image has too few pixels to contain legible text."""

    code = "too_small"


class TooManyPagesError(InputError):
    """The file has more pages than the limit; none of them is read."""

    code = "too_many_pages"


class EncryptedFileError(InputError):
    """A PDF requires a password, or nothing in a mail can be read without a key."""

    code = "encrypted"


class NoTextError(InputError):
    """The image was decoded, but no pass found any text in it."""

    code = "no_text"


class TimedOutError(InputError):
    """No pass finished within the time limit for the receipt, or decoding a page exceeded its own time limit."""

    code = "timed_out"


class DecoderKilledError(InputError):
    """The decoder process was killed by another program, or by the kernel when memory ran out."""

    code = "decoder_killed"


class MissingDependencyError(RpiocrError):
    """A program, model or system resource outside of the Python package is missing."""

    code = "missing_dependency"
    exit_code = ExitCode.MISSING_DEPENDENCY


class TesseractMissingError(MissingDependencyError):
    """The program ``tesseract`` is not on the PATH."""

    code = "no_tesseract"


class LanguageMissingError(MissingDependencyError):
    """Tesseract has no model for a requested language."""

    code = "no_language"


class ScratchError(MissingDependencyError):
    """There is no directory in which temporary files can be created."""

    code = "no_scratch"


class SystemLimitError(MissingDependencyError):
    """The system's limit on open files, processes or threads is reached."""

    code = "system_limit"


class NoDecoderError(MissingDependencyError):
    """The decoder process cannot be started."""

    code = "no_decoder"


class SettingsError(RpiocrError):
    """A setting is unknown or has an invalid value."""

    code = "bad_setting"
    exit_code = ExitCode.USAGE


class ExposedSecretError(SettingsError):
    """A settings file that contains a password or a key is readable by other users."""

    code = "exposed_secret"


class OptionError(RpiocrError):
    """A command-line option has an invalid value."""

    code = "bad_option"
    exit_code = ExitCode.USAGE


class EngineError(RpiocrError):
    """An OCR engine failed on one image; other passes may still succeed."""

    code = "engine_failed"
    exit_code = ExitCode.UNREADABLE_INPUT


class EngineTimeoutError(EngineError):
    """A pass exceeded its time limit and was terminated."""

    code = "engine_timeout"


class EngineCancelledError(EngineError):
    """A pass was terminated because an exception ended the reading that needed it."""

    code = "engine_cancelled"


class SecondEngineMissingError(EngineError):
    """The second engine, or one of its models, is not installed."""

    code = "engine_missing"


class ChildError(RpiocrError):
    """A child process could not be started or exceeded its limits."""

    code = "child_failed"


class ChildNotStartedError(ChildError):
    """The program does not exist, is not executable, or no process can be started."""

    code = "child_not_started"


class ChildTimeoutError(ChildError):
    """The program exceeded its time limit and was terminated."""

    code = "child_timeout"


class ChildFloodError(ChildError):
    """The program exceeded its limit on output and was terminated."""

    code = "child_flood"


class CloudError(RpiocrError):
    """The cloud engine returned no result; the local result is kept."""

    code = "cloud_failed"


class CloudBudgetError(CloudError):
    """A cap on cloud calls is reached; no call was made."""

    code = "cloud_budget_spent"


class CloudLedgerError(CloudError):
    """The ledger of cloud calls cannot be read or written, so no call was made."""

    code = "cloud_ledger"


class CloudDeniedError(CloudError):
    """The API key or the credentials are missing, invalid or not authorised to use the API."""

    code = "cloud_denied"


class CloudUnavailableError(CloudError):
    """The service cannot be reached or is overloaded; a later attempt may succeed."""

    code = "cloud_unavailable"


class CloudTimeoutError(CloudError):
    """The service did not answer in time."""

    code = "cloud_timeout"


class CloudRefusedError(CloudError):
    """The service refused to read this image."""

    code = "cloud_refused"


class CloudGarbageError(CloudError):
    """The service's response is invalid."""

    code = "cloud_garbage"


LIMITS = {
    errno.EMFILE: "no more files can be opened (ulimit -n)",
    errno.ENFILE: "no more files can be opened on the whole system",
    errno.EAGAIN: "no more processes or threads can be started (ulimit -u)",
}

NO_THREAD = "can't start new thread"
"""Message of the RuntimeError that Python raises when it cannot start a thread."""


def system_limit(error: BaseException | None) -> SystemLimitError | None:
    """Return the error for an exception that means that a system limit is reached; None for any other exception."""
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, RuntimeError) and str(error) == NO_THREAD:
        number = errno.EAGAIN
    if number not in LIMITS:
        return None
    return SystemLimitError(
        f"a limit of the system is reached: {LIMITS[number]}; raise that limit, or close other programs"
    )


def defect(file: str, error: BaseException) -> RpiocrError:
    """Turn an unexpected exception into an error that a user can report, and log its traceback.

    System limits, see ``system_limit``, and paths that are too long are not reported as defects.
    """
    logging.getLogger(__name__).info("traceback of the defect", exc_info=error)
    if limit := system_limit(error):
        return limit
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return FileMissingError(f"{error.filename} is too long to be the name of a file: check the path.")
    what = redacted(f"{type(error).__name__}: {error}")
    report = RpiocrError(f"{file}: a defect of rpiocr: {what}; run again with --verbose and report it")
    report.code = "defect"
    return report
