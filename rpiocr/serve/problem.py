"""Errors as RFC 9457 describes them, with the codes of the command line."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from rpiocr.errors import ExitCode, RpiocrError, defect
from rpiocr.keep.stored_file import OriginalMissingError
from rpiocr.sanitize.text import one_line
from rpiocr.serve.errors import RequestError
from rpiocr.store.errors import NoSuchReceiptError, StoreFullError
from rpiocr.system.json_text import dumps
from rpiocr.system.log import Log

MEDIA_TYPE = "application/problem+json"

STATUSES: tuple[tuple[type[RpiocrError], HTTPStatus], ...] = (
    (NoSuchReceiptError, HTTPStatus.NOT_FOUND),
    (OriginalMissingError, HTTPStatus.NOT_FOUND),
    (StoreFullError, HTTPStatus.INSUFFICIENT_STORAGE),
)
"""The status of some errors; the first that fits counts."""

STATUS_OF_EXIT = {
    ExitCode.USAGE: HTTPStatus.UNPROCESSABLE_ENTITY,
    ExitCode.UNREADABLE_INPUT: HTTPStatus.UNPROCESSABLE_ENTITY,
    ExitCode.MISSING_DEPENDENCY: HTTPStatus.SERVICE_UNAVAILABLE,
    ExitCode.HELD_BY_ANOTHER: HTTPStatus.SERVICE_UNAVAILABLE,
    ExitCode.STORE: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The status of all others, by the status with which the command line ends; 500 if it is not here."""

DEFECT = "a defect of rpiocr; the log says more: journalctl --user -u rpiocr, or where rpiocr serve was started"

RETRY_AFTER_S = 5
"""When a client may ask again where the store cannot be used now."""


def status_of(error: RpiocrError) -> int:
    """Return the status of HTTP for an error."""
    if isinstance(error, RequestError):
        return error.status
    usual = STATUS_OF_EXIT.get(error.exit_code, HTTPStatus.INTERNAL_SERVER_ERROR)
    return next((status for kind, status in STATUSES if isinstance(error, kind)), usual)


def problem(status: int, code: str, detail: str, *, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer to a request that failed: a code for programs, a sentence for people that says what to do."""
    title = HTTPStatus(status).phrase
    body = {"type": f"urn:rpiocr:error:{code}", "title": title, "status": status, "code": code, "detail": detail}
    return Response(dumps(body), status, dict(headers or {}), MEDIA_TYPE)


def problem_of(error: RpiocrError) -> Response:
    """Return the answer for an error of ours."""
    status, headers = status_of(error), {}
    if isinstance(error, RequestError) and error.retry_after_s:
        headers["Retry-After"] = str(error.retry_after_s)
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return problem(status, error.code, one_line(str(error)), headers=headers)


async def of_rpiocr(_request: Request, error: Exception) -> Response:
    """Handle an error of ours."""
    if not isinstance(error, RpiocrError):
        raise TypeError from error
    return problem_of(error)


CODES = {
    HTTPStatus.NOT_FOUND: ("no_such_thing", "there is nothing at this address; /api/docs lists all that there is"),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        "wrong_method",
        "this address does not know the method; /api/docs lists those that it knows",
    ),
}
"""The code and sentence of what the router refuses."""


async def of_http(_request: Request, error: Exception) -> Response:
    """Handle an address that does not exist, or a method that it does not have."""
    if not isinstance(error, HTTPException):
        raise TypeError from error
    code = "too_large" if error.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else "bad_request"
    code, detail = CODES.get(HTTPStatus(error.status_code), (code, str(error.detail)))
    return problem(error.status_code, code, one_line(detail), headers=error.headers)


async def of_validation(_request: Request, error: Exception) -> Response:
    """Handle a parameter or body of the wrong form."""
    if not isinstance(error, RequestValidationError):
        raise TypeError from error
    return problem(422, "bad_parameter", "; ".join(map(_fault, error.errors()[:5])))


def _fault(found: Any) -> str:  # noqa: ANN401 - what pydantic says
    place = [str(part) for part in found["loc"]]
    return one_line(f"{' '.join(place[:1] + place[1:][-1:])}: {found['msg']}")


async def of_any(request: Request, error: Exception) -> Response:
    """Handle a defect within the application."""
    return of_defect(request.method, request.url.path, error, request.app.state.service.log)


def of_defect(method: str, path: str, error: Exception, log: Log) -> Response:
    """Return the answer to a request that met a defect of ours: it is logged, and told without its details."""
    found = defect(path, error)
    log.error(found.code, request=f"{method} {path}", message=str(found))
    status = status_of(found)
    detail = DEFECT if status == HTTPStatus.INTERNAL_SERVER_ERROR else str(found)
    return problem(status, found.code, one_line(detail))
