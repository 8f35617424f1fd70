"""What waits for a look: the queue, and for each receipt its fields with their rivals and the words of the picture."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from sqlalchemy import Connection
from starlette.responses import Response

from rpiocr.output.result import warning_text
from rpiocr.serve.api.answers import ROOT, Json, links_of
from rpiocr.serve.api.documents import MAX_ID, answer
from rpiocr.serve.api.receipts import Id
from rpiocr.serve.book import Book
from rpiocr.serve.context import TheBook
from rpiocr.store.review import Review, ReviewField, count_waiting, review_of, waiting
from rpiocr.store.word_boxes import words_of

router = APIRouter(prefix=ROOT, tags=["review"])

MAX_QUEUE = 200


@router.get("/review", responses=answer("ReviewQueue", "The first receipts that wait."))
def list_waiting(
    book: TheBook,
    after: Annotated[int | None, Query(ge=0, le=MAX_ID, description="Only receipts with a higher number.")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_QUEUE)] = 20,
) -> Response:
    """Return the receipts that are neither accepted nor confirmed, and how many there are, lowest number first."""
    return Json(queue(book, after, limit))


@router.get("/review/{receipt_id}", responses=answer("Review", "The receipt."))
def get_review(receipt_id: Id, book: TheBook) -> Response:
    """Return the fields of a receipt to look at, each with its place, its state and its rivals, and all words."""
    with book.database.snapshot() as connection:
        return Json(review_json(connection, review_of(connection, receipt_id)))


def queue(book: Book, after: int | None, limit: int) -> dict[str, Any]:
    """Return the beginning of the queue."""
    page = waiting(book.database, after, limit)
    return {
        "count": count_waiting(book.database),
        "receipts": [one.id for one in page.receipts],
        "after": page.after,
    }


def review_json(connection: Connection, review: Review) -> dict[str, Any]:
    """Return a receipt as a person looks at it."""
    words = words_of(connection, review.receipt_id)
    return {
        "id": review.receipt_id,
        "page": review.page,
        "pages": list(review.pages),
        "part": review.part,
        "position": review.position,
        "file": review.file.rpartition("/")[2] if review.file else None,
        "fields": [_field(one) for one in review.fields],
        "open": [one.name for one in review.open_fields],
        "duplicate_of": review.duplicate_of,
        "duplicates": list(review.duplicates),
        "warnings": [warning_text(one) for one in review.warnings],
        "words": [[one.text, *one.box, one.page or review.page] for one in words],
        "links": links_of(review.receipt_id),
    }


def _field(field: ReviewField) -> dict[str, Any]:
    return {
        "name": field.name,
        "value": field.value,
        "raw": field.raw,
        "box": field.box,
        "page": field.page,
        "verdict": field.verdict,
        "probability": field.probability,
        "state": field.state.value,
        "required": field.is_required,
        "rivals": [{"value": one.value, "raw": one.raw, "box": one.box} for one in field.rivals],
    }
