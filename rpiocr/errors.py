"""What can go wrong, each with a code for scripts and a sentence that says what to do next."""

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

    ``code`` is stable and meant for scripts; the message is meant for people and says what to do.
    """

    code = "error"
    exit_code = ExitCode.DEFECT


class OutputError(RpiocrError):
    """Standard output is closed, or does not take what is to be printed."""

    code = "output_failed"
    exit_code = ExitCode.OUTPUT


class InputError(RpiocrError):
    """One input cannot be read; the other inputs of a run can."""

    code = "unreadable"
    exit_code = ExitCode.UNREADABLE_INPUT


class FileMissingError(InputError):
    """There is nothing at the path."""

    code = "not_found"


class NotAFileError(InputError):
    """The path is a folder, a FIFO or a device."""

    code = "not_a_file"


class NotPermittedError(InputError):
    """The file exists but may not be opened."""

    code = "no_permission"


class EmptyFileError(InputError):
    """The file holds no bytes."""

    code = "empty_file"


class UnknownFormatError(InputError):
    """The bytes are of no supported format, whatever the file's name says."""

    code = "unknown_format"


class DamagedFileError(InputError):
    """The format is known, but decoding fails, as with a truncated upload."""

    code = "damaged_file"


class PictureTooLargeError(InputError):
    """The file announces more pixels, or takes more memory to decode, than the limits allow."""

    code = "too_large"


class PictureTooSmallError(InputError):
    """The picture has too few pixels to hold text."""

    code = "too_small"


class TooManyPagesError(InputError):
    """The file has more pages than the limit; none of them is read."""

    code = "too_many_pages"


class EncryptedFileError(InputError):
    """A PDF asks for a password."""

    code = "encrypted"


class NoTextError(InputError):
    """The picture was decoded, and no pass found any text in it."""

    code = "no_text"


class TimedOutError(InputError):
    """No pass ended within the time limit of the receipt, or a page was not decoded within its own."""

    code = "timed_out"


class DecoderKilledError(InputError):
    """Another program, or the kernel for want of memory, has killed the process that decoded the file."""

    code = "decoder_killed"


class MissingDependencyError(RpiocrError):
    """Something outside the Python package is not installed."""

    code = "missing_dependency"
    exit_code = ExitCode.MISSING_DEPENDENCY


class TesseractMissingError(MissingDependencyError):
    """The program ``tesseract`` is not on the PATH."""

    code = "no_tesseract"


class LanguageMissingError(MissingDependencyError):
    """Tesseract has no model for a language that was asked for."""

    code = "no_language"


class ScratchError(MissingDependencyError):
    """There is no folder in which temporary files can be made."""

    code = "no_scratch"


class SystemLimitError(MissingDependencyError):
    """The system gives this user no more open files, processes or threads."""

    code = "system_limit"


class NoDecoderError(MissingDependencyError):
    """The process that decodes files cannot be started."""

    code = "no_decoder"


class SettingsError(RpiocrError):
    """A setting is unknown or has a value that it cannot take."""

    code = "bad_setting"
    exit_code = ExitCode.USAGE


class ExposedSecretError(SettingsError):
    """Others can read a settings file with a password or a key in it."""

    code = "exposed_secret"


class OptionError(RpiocrError):
    """An option of a command has a value that cannot be used."""

    code = "bad_option"
    exit_code = ExitCode.USAGE


class EngineError(RpiocrError):
    """An engine failed on one picture; other passes may still succeed."""

    code = "engine_failed"
    exit_code = ExitCode.UNREADABLE_INPUT


class EngineTimeoutError(EngineError):
    """A pass did not end in time and was ended."""

    code = "engine_timeout"


class EngineCancelledError(EngineError):
    """A pass was ended because the reading that needed it was left by an exception."""

    code = "engine_cancelled"


class SecondEngineMissingError(EngineError):
    """The second engine, or one of its models, is not installed."""

    code = "engine_missing"


class ChildError(RpiocrError):
    """A program that was started did not run within its limits, or not at all."""

    code = "child_failed"


class ChildNotStartedError(ChildError):
    """The program is not there, is no program, or no process can be started."""

    code = "child_not_started"


class ChildTimeoutError(ChildError):
    """The program did not end in time and was ended."""

    code = "child_timeout"


class ChildFloodError(ChildError):
    """The program printed more than it may and was ended."""

    code = "child_flood"


class CloudError(RpiocrError):
    """The cloud engine gave no answer; the local answer stands."""

    code = "cloud_failed"


class CloudBudgetError(CloudError):
    """A cap on cloud calls is reached; no call was made."""

    code = "cloud_budget_spent"


class CloudLedgerError(CloudError):
    """The ledger of cloud calls cannot be kept, so no call was made."""

    code = "cloud_ledger"


class CloudDeniedError(CloudError):
    """The key or the credentials are missing, wrong or not allowed to read pictures."""

    code = "cloud_denied"


class CloudUnavailableError(CloudError):
    """The service cannot be reached or is overloaded; a later try may succeed."""

    code = "cloud_unavailable"


class CloudTimeoutError(CloudError):
    """The service did not answer in time."""

    code = "cloud_timeout"


class CloudRefusedError(CloudError):
    """The service answered that it will not read this picture."""

    code = "cloud_refused"


class CloudGarbageError(CloudError):
    """The service's answer makes no sense."""

    code = "cloud_garbage"


LIMITS = {
    errno.EMFILE: "no more files may be open (ulimit -n)",
    errno.ENFILE: "the system has no more files to open",
    errno.EAGAIN: "no more processes or threads may be started (ulimit -u)",
}

NO_THREAD = "can't start new thread"
"""How Python says that."""


def system_limit(error: BaseException | None) -> SystemLimitError | None:
    """Return what the system refused where an exception means that; None for all others."""
    number = error.errno if isinstance(error, OSError) else None
    if isinstance(error, RuntimeError) and str(error) == NO_THREAD:
        number = errno.EAGAIN
    if number not in LIMITS:
        return None
    return SystemLimitError(f"the system refuses: {LIMITS[number]}; raise that limit, or end other programs")


def defect(file: str, error: BaseException) -> RpiocrError:
    """Turn an exception that nobody expected into one that a user can report, and log where it arose.

    A limit of the system is no defect, see ``system_limit``, nor is a path that no file can have.
    """
    logging.getLogger(__name__).info("where it arose", exc_info=error)
    if limit := system_limit(error):
        return limit
    if isinstance(error, OSError) and error.errno == errno.ENAMETOOLONG:
        return FileMissingError(f"{error.filename} is longer than the name of any file: check the path.")
    what = redacted(f"{type(error).__name__}: {error}")
    report = RpiocrError(f"{file}: a defect of rpiocr: {what}; run again with --verbose and report it")
    report.code = "defect"
    return report
