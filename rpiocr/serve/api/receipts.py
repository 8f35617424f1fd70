"""The receipts of the book: lists, one of them, corrections, pictures."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema
from starlette.responses import FileResponse, HTMLResponse, Response

from rpiocr.keep.stored_file import stored_file
from rpiocr.serve import tool
from rpiocr.serve.api.answers import ROOT, Json, receipt_of
from rpiocr.serve.api.documents import CHANGED, CHANGES, MAX_ID, NOTHING, RECEIPT, RECEIPT_LIST, answer, bytes_as
from rpiocr.serve.changes import Changes, change, delete, restore
from rpiocr.serve.context import TheBook, TheService
from rpiocr.serve.errors import RequestError
from rpiocr.serve.pictures import on_page
from rpiocr.store.queries import Position, Summary, page_of
from rpiocr.store.selection import Selection

router = APIRouter(prefix=ROOT, tags=["receipts"])

PAGE = 50
MAX_PAGE = 500
CURSOR = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,10})")

IMAGE_JPEG = bytes_as("The page as a grey, upright JPEG; boxes are in its pixels.", "image/jpeg")
ITEMS = answer("Items", "What was bought.")

POLICY_OF_EXPLANATIONS = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'"
"""An explanation is one file, with its style and pictures within; it has no script."""

Verdict = Literal["ACCEPT", "RETRY", "ESCALATE"]
Size = Literal["full", "small"]

EMPTY = BeforeValidator(lambda value: None if value == "" else value)
"""Forms send empty fields as empty texts."""

ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _day(value: object) -> object:
    """Return a text that pydantic parses as a day: it would take any number for a time since 1970."""
    if value == "":
        return None
    if isinstance(value, str) and not ISO_DAY.fullmatch(value):
        message = "write a day as 2026-11-30"
        raise ValueError(message)
    return value


Day = Annotated[
    dt.date | None,
    BeforeValidator(_day),
    WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"const": ""}]}),
]
Flag = Annotated[bool | None, EMPTY]
Currency = Annotated[str, Field(pattern="^([A-Z]{3})?$")]


Id = Annotated[int, Path(ge=1, le=MAX_ID)]
PageOfReceipt = Annotated[int | None, Query(ge=1, le=MAX_ID, description="One of `pages`; the first one if left out.")]


class Filters(BaseModel):
    """The filters of a list, as they are in the query of its address."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field("", max_length=200, description="Words of the text or the merchant, or item:WORD.")
    since: Day = None
    until: Day = None
    merchant: str = Field("", max_length=200)
    currency: Currency = ""
    verdict: list[Verdict] = Field(default_factory=list)
    sure: Flag = Field(None, description="Accepted or confirmed, or not.")
    duplicates: Flag = None
    archived: Flag = False

    def selection(self) -> Selection:
        """Return the conditions on receipts."""
        return Selection(
            self.since,
            self.until,
            self.merchant.strip(),
            self.currency,
            tuple(self.verdict),
            self.duplicates,
            archived=self.archived,
            words=self.q.strip(),
            sure=self.sure,
        )


class Page(Filters):
    """The filters of a list, and which part of it."""

    cursor: str = Field("", max_length=100, description="From `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=MAX_PAGE)


def position_in(cursor: str) -> Position | None:
    """Return the place in the list at which a page ended; raises RequestError for what is no cursor."""
    if not cursor:
        return None
    found = CURSOR.fullmatch(cursor)
    try:
        if found:
            return Position(dt.date.fromisoformat(found[1]), int(found[2]))
    except ValueError:
        pass
    message = "this is no cursor; take it from `next` of the page before, or leave it out for the first page"
    raise RequestError(message)


def cursor_of(position: Position) -> str:
    """Return the cursor of a place in the list."""
    return f"{position.day.isoformat()}.{position.receipt_id}"


def summary_json(one: Summary) -> Mapping[str, Any]:
    """Return a receipt in a list; paths of this machine are left out."""
    found = dict(one.as_mapping())
    found["file"] = str(found["file"]).rpartition("/")[2]
    return found


@router.get("/receipts", responses=RECEIPT_LIST)
def list_receipts(
    book: TheBook,
    filters: Annotated[Page, Query()],
) -> Response:
    """List receipts, newest first; archived ones only if they are asked for."""
    page = page_of(book.database, filters.selection(), position_in(filters.cursor), filters.limit)
    following = cursor_of(page.last) if page.last else None
    return Json({"receipts": [summary_json(one) for one in page.receipts], "next": following})


@router.get("/receipts/{receipt_id}", responses=RECEIPT)
def get_receipt(receipt_id: Id, book: TheBook) -> Response:
    """Return everything that is known of a receipt, with corrections applied."""
    with book.database.snapshot() as connection:
        return Json(receipt_of(connection, receipt_id))


@router.patch("/receipts/{receipt_id}", responses=CHANGED, openapi_extra=CHANGES)
def change_receipt(receipt_id: Id, changes: Annotated[Changes, Body()], book: TheBook) -> Response:
    """Correct and confirm values, take changes back, archive: all that is given, or nothing.

    ``notices`` of the answer are sentences for the person, such as that the receipt's own sums prove another total.
    """
    notices = change(book, receipt_id, changes)
    with book.database.snapshot() as connection:
        return Json({**receipt_of(connection, receipt_id), "notices": list(notices)})


@router.delete("/receipts/{receipt_id}", responses=NOTHING, status_code=204)
def delete_receipt(receipt_id: Id, book: TheBook) -> Response:
    """Delete a receipt from the book; its file stays where it is. POST to its `restore` takes that back."""
    delete(book, receipt_id)
    return Response(status_code=204)


@router.post("/receipts/{receipt_id}/restore", responses=RECEIPT)
def restore_receipt(receipt_id: Id, book: TheBook) -> Response:
    """Take the deletion of a receipt back."""
    number = restore(book, receipt_id)
    with book.database.snapshot() as connection:
        return Json(receipt_of(connection, number))


@router.get("/receipts/{receipt_id}/items", responses=ITEMS)
def get_items(receipt_id: Id, book: TheBook) -> Response:
    """Return what was bought."""
    with book.database.snapshot() as connection:
        receipt = receipt_of(connection, receipt_id)
    return Json({name: receipt[name] for name in ("id", "currency", "items", "items_check")})


@router.get("/receipts/{receipt_id}/image", responses=IMAGE_JPEG, response_class=FileResponse)
def get_image(
    receipt_id: Id, book: TheBook, service: TheService, size: Size = "full", page: PageOfReceipt = None
) -> Response:
    """Return a page of the receipt, encoded anew; ``small`` is for lists."""
    stored = on_page(stored_file(book.database, receipt_id), page)
    place = service.pictures.page(stored) if size == "full" else service.pictures.small(stored)
    return FileResponse(place, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/receipts/{receipt_id}/annotated", responses=IMAGE_JPEG, response_class=Response)
def get_annotated(receipt_id: Id, book: TheBook, service: TheService, page: PageOfReceipt = None) -> Response:
    """Return a page of the receipt with a box around each value that was read there."""
    return Response(service.pictures.annotated(book, receipt_id, page), media_type="image/jpeg")


@router.get("/receipts/{receipt_id}/explain", responses=bytes_as("A page for people.", "text/html"))
def explain_receipt(receipt_id: Id, book: TheBook) -> Response:
    """Read the receipt again, and return a page that shows how, with pictures."""
    page = tool.explanation_of(book, receipt_id)
    return HTMLResponse(page, headers={"Content-Security-Policy": POLICY_OF_EXPLANATIONS})
