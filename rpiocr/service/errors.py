"""What can go wrong with a service, each with a code for scripts and a sentence that says what to do next."""

from rpiocr.errors import ExitCode, RpiocrError


class ServiceError(RpiocrError):
    """A service cannot be set up, asked about or removed as wished."""

    code = "service_failed"
    exit_code = ExitCode.USAGE


class UnitTextError(ServiceError):
    """A path, name or time cannot be written in a unit."""

    code = "service_text"


class UnsuitableFolderError(ServiceError):
    """A folder cannot be watched by a service, or not be made."""

    code = "service_folder"


class ServiceUserError(ServiceError):
    """The service cannot be set up by this user, or run as that one."""

    code = "service_user"


class ForeignUnitError(ServiceError):
    """A unit of that name is somebody else's; it is left as it is."""

    code = "service_foreign"


class UnitFileError(ServiceError):
    """A unit file cannot be read, written or removed, so nothing was done."""

    code = "service_file"
    exit_code = ExitCode.MISSING_DEPENDENCY


class SystemdRefusedError(ServiceError):
    """The files are written, but systemd did not do what it was asked to; the service does not run."""

    code = "service_not_running"
    exit_code = ExitCode.NEEDS_REVIEW
