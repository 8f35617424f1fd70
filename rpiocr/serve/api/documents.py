"""The schemas and examples of the OpenAPI document: those of results come from the schema of ``rpiocr scan``."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import simplejson

from rpiocr.serve.problem import MEDIA_TYPE

Responses = dict[int | str, dict[str, Any]]

MAX_ID = 2**31 - 1
"""Maximum number of a receipt or a file."""

BINARY = {"type": "string", "format": "binary"}


def ref(name: str) -> dict[str, str]:
    """Return a reference to a schema of the document."""
    return {"$ref": f"#/components/schemas/{name}"}


def answer(name: str, description: str, status: int = 200) -> Responses:
    """Return the entry of an answer in JSON."""
    return {status: {"description": description, "content": {"application/json": {"schema": ref(name)}}}}


def bytes_as(description: str, *media_types: str) -> Responses:
    """Return the entry of an answer that is a file, in one of several media types."""
    content = {one: {"schema": {} if one == "application/json" else BINARY} for one in media_types}
    return {200: {"description": description, "content": content}}


def lines_of(description: str) -> Responses:
    """Return the entry of an answer of lines of JSON."""
    return {200: {"description": description, "content": {"application/x-ndjson": {"schema": {"type": "string"}}}}}


NDJSON = "A line of JSON for each receipt, in order of completion; a file that cannot be read has an error."
READ = answer("Upload", "The file was read, or could not be read.")
ACCEPTED = answer("Upload", "The file is kept, and will be read; Location says where to look.", 202)
UPLOAD = answer("Upload", "The upload.") | answer("Upload", "The file will be read again.", 202)
UPLOAD_LIST = answer("UploadList", "The uploads.")
RECEIPT = answer("Receipt", "The receipt.")
CHANGED = answer("Changed", "The receipt, as it is now.")
RECEIPT_LIST = answer("ReceiptList", "A page of receipts.")
NOTHING: Responses = {204: {"description": "Done."}}

PROBLEM: dict[str, Any] = {
    "description": "A problem, as RFC 9457: a code for programs, a sentence for people.",
    "content": {MEDIA_TYPE: {"schema": ref("Problem")}},
}

BODY_OF_UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {"type": "object", "properties": {"file": BINARY}, "required": ["file"]},
            },
            "image/*": {"schema": BINARY},
            "application/pdf": {"schema": BINARY},
            "application/octet-stream": {"schema": BINARY},
            "application/json": {"schema": ref("Picture")},
        },
    }
}

CHANGES = {"requestBody": {"required": True, "content": {"application/json": {"schema": ref("Changes")}}}}

OWN_SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "code", "detail"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "code": {"type": "string"},
            "detail": {"type": "string", "description": "what is wrong, and what to do"},
        },
    },
    "Picture": {
        "type": "object",
        "required": ["image"],
        "properties": {
            "image": {"type": "string", "contentEncoding": "base64"},
            "name": {"type": "string", "examples": ["receipt.jpg"]},
        },
    },
    "Upload": {
        "type": "object",
        "required": ["id", "name", "sha256", "size", "received_at", "state", "known", "error", "receipts", "links"],
        "properties": {
            "id": {"type": "string"},
            "name": {"type": "string", "description": "its name in the inbox"},
            "sha256": {"type": "string"},
            "size": {"type": "integer"},
            "received_at": {"type": "string", "format": "date-time"},
            "state": {"enum": ["waiting", "reading", "read", "failed"]},
            "known": {"type": "boolean", "description": "its bytes were in the book before"},
            "error": {
                "type": ["object", "null"],
                "properties": {"code": {"type": "string"}, "message": {"type": "string"}},
            },
            "receipts": {"type": "array", "items": ref("Receipt")},
            "links": {"type": "object"},
        },
    },
    "UploadList": {
        "type": "object",
        "required": ["uploads"],
        "properties": {"uploads": {"type": "array", "items": ref("Upload")}},
    },
    "Receipt": {
        "allOf": [ref("result")],
        "type": "object",
        "required": ["id", "sure", "links"],
        "properties": {
            "id": {"type": "integer"},
            "sure": {"type": "boolean", "description": "accepted when it was read, or confirmed by a person"},
            "archived_at": {"type": ["string", "null"], "format": "date-time"},
            "links": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    },
    "Changed": {
        "allOf": [ref("Receipt")],
        "type": "object",
        "required": ["notices"],
        "properties": {"notices": {"type": "array", "items": {"type": "string"}}},
    },
    "Summary": {
        "type": "object",
        "required": ["id", "date", "merchant", "amount", "currency", "verdict", "sure"],
        "properties": {"id": {"type": "integer"}},
    },
    "ReceiptList": {
        "type": "object",
        "required": ["receipts", "next"],
        "properties": {
            "receipts": {"type": "array", "items": ref("Summary")},
            "next": {"type": ["string", "null"], "description": "the cursor of the next page, null after the last"},
        },
    },
    "ReviewQueue": {
        "type": "object",
        "required": ["count", "receipts", "after"],
        "properties": {
            "count": {"type": "integer"},
            "receipts": {"type": "array", "items": {"type": "integer"}},
            "after": {"type": ["integer", "null"], "description": "for the next part of the queue, null at its end"},
        },
    },
    "Review": {
        "type": "object",
        "required": ["id", "page", "pages", "fields", "open", "words", "links"],
        "properties": {
            "id": {"type": "integer"},
            "page": {"type": "integer", "description": "the first page of the receipt in its file"},
            "pages": {"type": "array", "items": {"type": "integer"}, "description": "all of them"},
            "fields": {"type": "array", "items": ref("ReviewField")},
            "open": {"type": "array", "items": {"type": "string"}, "description": "fields that need a look"},
            "words": {
                "type": "array",
                "description": "text, x, y, width and height of each word, in pixels of its page, and that page",
                "items": {"type": "array"},
            },
            "links": {"type": "object"},
        },
    },
    "ReviewField": {
        "type": "object",
        "required": ["name", "value", "raw", "box", "page", "verdict", "probability", "state", "required", "rivals"],
        "properties": {
            "name": {"type": "string"},
            "value": {"type": ["string", "null"]},
            "raw": {"type": ["string", "null"], "description": "as it is printed"},
            "box": {"type": ["array", "null"], "items": {"type": "integer"}},
            "page": {"type": "integer", "description": "that its boxes and those of its rivals are on"},
            "verdict": ref("verdict"),
            "probability": ref("probability"),
            "state": {"enum": ["open", "confirmed", "corrected", "sure"]},
            "required": {"type": "boolean"},
            "rivals": {"type": "array", "items": {"type": "object"}},
        },
    },
    "Health": {"type": "object", "required": ["state", "well"], "properties": {"state": {"type": "string"}}},
    "Cleaned": {
        "type": "object",
        "required": ["pictures", "receipts", "bytes"],
        "properties": {
            "pictures": {"type": "integer"},
            "receipts": {"type": "integer", "description": "deleted ones, which can no longer be restored then"},
            "bytes": {"type": "integer"},
        },
    },
    "Checked": {
        "type": "object",
        "required": ["pages"],
        "properties": {"pages": {"type": "array", "items": {"type": "object"}}},
    },
    "Items": {
        "type": "object",
        "required": ["id", "currency", "items", "items_check"],
        "properties": {
            "id": {"type": "integer"},
            "currency": {"type": ["string", "null"]},
            "items": {"type": ["array", "null"], "items": ref("item")},
            "items_check": {"type": ["object", "null"]},
        },
    },
    "Changes": {
        "type": "object",
        "description": "corrections, confirmations and withdrawals; all of them, or none",
        "additionalProperties": False,
        "properties": {
            "set": {
                "type": "object",
                "additionalProperties": {"type": ["string", "number", "null"]},
                "examples": [{"amount": "12.30", "date": "2026-11-28"}],
            },
            "confirm": {"type": "array", "items": {"type": "string"}, "description": "fields whose values are right"},
            "undo": {
                "type": "array",
                "items": {"type": "string"},
                "description": "fields to take the last change back",
            },
            "archived": {"type": "boolean", "description": "out of lists, still in sums and exports"},
        },
    },
}


def _renamed(schema: Any) -> Any:  # noqa: ANN401 - a part of a schema
    """Return a schema whose references lead to where the document has its schemas."""
    if isinstance(schema, dict):
        return {name: _renamed(value) for name, value in schema.items()}
    if isinstance(schema, list):
        return [_renamed(value) for value in schema]
    return schema.replace("#/$defs/", "#/components/schemas/") if isinstance(schema, str) else schema


@cache
def schemas() -> dict[str, Any]:
    """Return the schemas of the document by name."""
    found = simplejson.loads(files("rpiocr.output").joinpath("schema.json").read_text("utf-8"))["$defs"]
    renamed: dict[str, Any] = _renamed(found)
    # A receipt of the store has more keys than a line of `rpiocr scan`.
    for name in ("result", "item", "evidence"):
        renamed[name].pop("additionalProperties", None)
    return {**renamed, **OWN_SCHEMAS}
