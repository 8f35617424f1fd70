"""Errors of the page and the API."""

from __future__ import annotations

from rpiocr.errors import ExitCode, InputError, MissingDependencyError, RpiocrError


class ServeMissingError(MissingDependencyError):
    """The packages of the page are not installed."""

    code = "no_serve_packages"


class PortTakenError(RpiocrError):
    """Another program listens on the port."""

    code = "port_taken"
    exit_code = ExitCode.HELD_BY_ANOTHER


class RequestError(InputError):
    """A request that is refused; ``status`` is that of HTTP."""

    code = "bad_request"
    status = 400

    def __init__(self, message: str, *, retry_after_s: int | None = None) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s


class MalformedRequestError(RequestError):
    """What came is no request of HTTP."""

    code = "malformed_request"


class ForeignRequestError(RequestError):
    """A request that did not come from this machine, or was sent by another web site."""

    code = "foreign_request"
    status = 403


class NotFoundError(RequestError):
    """There is nothing at this address."""

    code = "no_such_thing"
    status = 404


class TooLargeError(RequestError):
    """A request with more bytes than the limit."""

    code = "too_large"
    status = 413


class NotAPictureError(RequestError):
    """An upload whose content is neither a picture nor a PDF."""

    code = "unknown_format"
    status = 415


class EmptyUploadError(RequestError):
    """An upload without content."""

    code = "empty_file"


class IncompleteUploadError(RequestError):
    """An upload that ended early or came too slowly."""

    code = "incomplete_upload"
    status = 408


class KeyReusedError(RequestError):
    """An Idempotency-Key that was used for other bytes."""

    code = "key_reused"
    status = 422


class TooManyRequestsError(RequestError):
    """More requests than the limit."""

    code = "too_many_requests"
    status = 429


class DiskFullError(RequestError):
    """The disk has no space for an upload."""

    code = "disk_full"
    status = 507


class FolderError(RequestError):
    """The folder of uploads cannot be written."""

    code = "inbox_not_writable"
    status = 503


class StateError(RequestError):
    """Something that cannot be done with a thing in its present state."""

    code = "wrong_state"
    status = 409
