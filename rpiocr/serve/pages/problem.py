"""Errors as pages, for browsers that open an address; everybody else gets them as problem details."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

import simplejson
from starlette.requests import Request
from starlette.responses import Response

from rpiocr.serve.pages.rendering import page
from rpiocr.serve.problem import MEDIA_TYPE

Handler = Callable[[Request, Exception], Coroutine[Any, Any, Response]]

EXPLAINED = (403, 404, 429, 500, 503, 507)
"""The statuses that have a heading of their own."""


def for_people(handler: Handler) -> Handler:
    """Return a handler of errors that answers as ``handler`` does, but with a page where a person opens an address."""

    async def handle(request: Request, error: Exception) -> Response:
        answer = await handler(request, error)
        if answer.media_type != MEDIA_TYPE or not _is_opened(request):
            return answer
        heading = answer.status_code if answer.status_code in EXPLAINED else "other"
        detail = simplejson.loads(bytes(answer.body))["detail"]
        shown = page(request, "problem.html", {"kind": str(heading), "detail": detail}, answer.status_code)
        if "retry-after" in answer.headers:
            shown.headers["Retry-After"] = answer.headers["retry-after"]
        return shown

    return handle


def _is_opened(request: Request) -> bool:
    """Whether the answer will be a page of its own: scripts ask for JSON, and htmx puts answers into a page."""
    is_in_page = "hx-request" in request.headers
    return request.method == "GET" and not is_in_page and "text/html" in request.headers.get("accept", "")
