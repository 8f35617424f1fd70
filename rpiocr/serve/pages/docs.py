"""The description of the API: the OpenAPI document, and a viewer for it."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from rpiocr.serve.api.answers import Json
from rpiocr.serve.api.openapi import document_of
from rpiocr.serve.pages.rendering import page

router = APIRouter(include_in_schema=False)


@router.get("/api/openapi.json")
def openapi(request: Request) -> Response:
    """Return the OpenAPI document."""
    return Json(document_of(request.app))


@router.get("/api/docs")
def docs(request: Request) -> Response:
    """Show it in a viewer, which can also send requests."""
    return page(request, "docs.html", {})
