"""What surrounds the application: bodies have a limit, defects an answer, and HEAD is answered as GET."""

from __future__ import annotations

from collections.abc import Collection
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rpiocr.serve.arriving import too_large
from rpiocr.serve.errors import MalformedRequestError, RequestError, TooLargeError
from rpiocr.serve.problem import of_defect, problem_of
from rpiocr.serve.receiving import announced
from rpiocr.system.log import Log

MAX_BYTES = 1024 * 1024
"""Limit of a body that holds no file."""


class Defects:
    """Answers a request that met a defect, and logs it; an answer that had begun is cut off."""

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        statuses: list[int] = []

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.start":
                statuses.append(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, noting)
        except Exception as error:
            # Starlette passes on a defect that the application has answered.
            if HTTPStatus.INTERNAL_SERVER_ERROR not in statuses:
                answer = of_defect(scope["method"], scope["path"], error, self._log)
                if statuses:
                    raise
                await answer(scope, receive, send)


class Bodies:
    """Limits the bodies of requests, except those ``with_files``, which have limits of their own.

    Where the answer comes before the body has ended, the client is told that the connection ends with it.
    """

    def __init__(self, app: ASGIApp, with_files: Collection[str]) -> None:
        self._app = app
        self._with_files = with_files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        headers = Headers(scope=scope)
        limit = None if scope["path"] in self._with_files else MAX_BYTES
        size, is_unread = 0, "transfer-encoding" in headers or announced(headers) > 0

        async def limited() -> Message:
            nonlocal size, is_unread
            message = await receive()
            size += len(message.get("body", b""))
            is_unread = is_unread and message.get("more_body", False)
            if limit is not None and size > limit:
                # FastAPI would take any other exception for a fault in the body's form.
                raise HTTPException(TooLargeError.status, str(too_large(limit)))
            return message

        async def closing(message: Message) -> None:
            if message["type"] == "http.response.start" and is_unread:
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        error = _refusal(headers, limit)
        await (problem_of(error) if error else self._app)(scope, limited, closing)


def _refusal(headers: Headers, limit: int | None) -> RequestError | None:
    """Return the error of a request whose body is not even looked at."""
    if "transfer-encoding" in headers and "content-length" in headers:
        # A proxy in front might see another end of the request, and pass on what follows it (request smuggling).
        message = "this request states the length of its body in two ways; send Content-Length or Transfer-Encoding"
        return MalformedRequestError(message)
    if limit is not None and announced(headers) > limit:
        return too_large(limit)
    return None


class Heads:
    """Answers HEAD as GET, without the body."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return
        is_over = False

        async def bodyless(message: Message) -> None:
            nonlocal is_over
            if message["type"] == "http.response.start":
                await send(message)
            elif not is_over:
                # What goes on and on, such as events, learns so that it is over.
                is_over = True
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        await self._app({**scope, "method": "GET"}, receive, bodyless)
