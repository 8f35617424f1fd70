"""The pages: add, review, receipts, export, system."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from rpiocr.serve import tool
from rpiocr.serve.api.answers import receipt_of, upload_json
from rpiocr.serve.api.receipts import Filters, Id, Page, cursor_of, position_in
from rpiocr.serve.api.reviewing import queue, review_json
from rpiocr.serve.book import Book
from rpiocr.serve.context import TheBook, TheService
from rpiocr.serve.pages.rendering import FOLDER, page
from rpiocr.serve.pages.state import state_of
from rpiocr.serve.uploads import Upload, recent
from rpiocr.store.queries import page_of
from rpiocr.store.review import count_waiting, review_of
from rpiocr.store.statistics import totals

router = APIRouter(include_in_schema=False)

FIELDS = (
    *("amount", "currency", "date", "time", "merchant", "merchant_legal", "merchant_branch", "address", "phone"),
    *("website", "category", "subtotal", "tax", "tip", "receipt_number"),
)
"""The fields that a person can correct on a receipt's page, in this order."""

FINISHED_SHOWN = 12
LISTED = 50
A_YEAR = "public, max-age=31536000, immutable"


class Static(StaticFiles):
    """Files of the pages, which browsers keep where the address has a mark of their content."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file."""
        response = await super().get_response(path, scope)
        if response.status_code == 200:
            marked = b"v=" in scope.get("query_string", b"")
            response.headers["Cache-Control"] = A_YEAR if marked else "no-cache"
        return response


def static() -> Static:
    """Return what serves the files of the pages."""
    return Static(directory=FOLDER / "static")


@router.get("/")
def upload_page(request: Request, book: TheBook) -> Response:
    """Show where receipts are added, and the last ones."""
    uploads = _shown(recent(book))
    with book.database.snapshot() as connection:
        shown = [upload_json(one, [receipt_of(connection, number) for number in one.receipts]) for one in uploads]
    folder = None if book.is_own_folder else str(book.inbox)
    return page(request, "upload.html", _common(book) | {"uploads": shown, "folder": folder})


def _shown(uploads: Sequence[Upload]) -> Iterator[Upload]:
    """Yield all uploads that are on their way, and the last ones that are over; newest first, as given."""
    left = FINISHED_SHOWN
    for one in uploads:
        left -= one.is_over
        if left >= 0 or not one.is_over:
            yield one


@router.get("/review")
def review_page(request: Request, book: TheBook) -> Response:
    """Show the first receipt that waits."""
    found = queue(book, None, 200)
    with book.database.snapshot() as connection:
        first = found["receipts"][:1]
        review = review_json(connection, review_of(connection, first[0])) if first else None
    return page(request, "review.html", _common(book) | {"queue": found, "review": review})


@router.get("/review/{receipt_id}")
def review_of_page(request: Request, receipt_id: Id, book: TheBook) -> Response:
    """Show one receipt to look at, then those after it."""
    found = queue(book, None, 200)
    with book.database.snapshot() as connection:
        review = review_json(connection, review_of(connection, receipt_id))
    return page(request, "review.html", _common(book) | {"queue": found, "review": review})


@router.get("/receipts")
def list_page(
    request: Request,
    book: TheBook,
    filters: Annotated[Page, Query()],
) -> Response:
    """Show the list with its filters and sums, or, for htmx, the rows after a cursor."""
    wish, cursor = filters.selection(), filters.cursor
    rows = page_of(book.database, wish, position_in(cursor), LISTED)
    following = cursor_of(rows.last) if rows.last else None
    values: dict[str, Any] = {"receipts": rows.receipts, "next": following, "wish": wish, "query": _query(request)}
    values["is_filtered"] = wish != Filters.model_validate({"q": filters.q}).selection()
    if cursor:
        return page(request, "rows.html", values)
    with book.database.snapshot() as connection:
        # What is archived is out of the list, but not out of its sums.
        sums = totals(connection, dataclasses.replace(wish, archived=wish.archived or None))
    name = "list.html" if request.headers.get("hx-request") else "receipts.html"
    return page(request, name, _common(book) | values | {"sums": sums})


@router.get("/receipts/{receipt_id}")
def receipt_page(request: Request, receipt_id: Id, book: TheBook) -> Response:
    """Show all that is known of a receipt."""
    with book.database.snapshot() as connection:
        known = receipt_of(connection, receipt_id)
    marks = dict.fromkeys((one["field"] for one in known["confirmations"]), "confirmed")
    marks |= dict.fromkeys((one["field"] for one in known["corrections"]), "corrected")
    return page(request, "receipt.html", _common(book) | {"r": known, "fields": FIELDS, "marks": marks})


@router.get("/export")
def export_page(request: Request, book: TheBook) -> Response:
    """Show what can be exported."""
    return page(request, "export.html", _common(book))


@router.get("/system")
def system_page(request: Request, book: TheBook, service: TheService) -> Response:
    """Show the state of the machine; what the doctor says is loaded later."""
    return page(request, "system.html", _common(book) | state_of(book, service))


@router.get("/system/doctor")
def doctor_page(request: Request, book: TheBook) -> Response:
    """Show what the doctor says."""
    return page(request, "doctor.html", {"findings": tool.doctor(book)})


def _query(request: Request) -> str:
    return "&".join(part for part in request.url.query.split("&") if part and not part.startswith("cursor="))


def _common(book: Book) -> dict[str, Any]:
    return {"waiting": count_waiting(book.database)}
