"""The OpenAPI document of what is under /api/v1."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from rpiocr.serve.api.answers import ROOT
from rpiocr.serve.api.documents import schemas


def document_of(app: FastAPI) -> dict[str, Any]:
    """Return the document, which is made once; pages for people are not in it."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
        )
        document["paths"] = {path: one for path, one in document["paths"].items() if path.startswith(f"{ROOT}/")}
        found = document.setdefault("components", {}).setdefault("schemas", {})
        found.update(schemas())
        app.openapi_schema = document
    return app.openapi_schema
