"""Errors of the service commands."""

from rpiocr.errors import ExitCode, RpiocrError


class ServiceError(RpiocrError):
    """A service cannot be installed, queried or removed as requested."""

    code = "service_failed"
    exit_code = ExitCode.USAGE


class UnitTextError(ServiceError):
    """A path, name or time cannot be represented in a unit."""

    code = "service_text"


class UnsuitableFolderError(ServiceError):
    """A folder cannot be watched by a service, or cannot be created."""

    code = "service_folder"


class ServiceUserError(ServiceError):
    """The service cannot be installed by this user, or run as the requested one."""

    code = "service_user"


class ForeignUnitError(ServiceError):
    """A unit of that name was not written by rpiocr; it is left unchanged."""

    code = "service_foreign"


class UnitFileError(ServiceError):
    """A unit file cannot be read, written or removed; nothing was done."""

    code = "service_file"
    exit_code = ExitCode.MISSING_DEPENDENCY


class SystemdRefusedError(ServiceError):
    """The files are written, but a command of systemd failed; the service does not run."""

    code = "service_not_running"
    exit_code = ExitCode.NEEDS_REVIEW
