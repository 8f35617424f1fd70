"""Receipts come in: one with its answer, or many at once."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import aclosing
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from rpiocr.errors import RpiocrError
from rpiocr.output.result import failure
from rpiocr.serve.api.answers import ROOT, Json, receipt_of, upload_json
from rpiocr.serve.api.documents import (
    ACCEPTED,
    BODY_OF_UPLOAD,
    MAX_ID,
    NDJSON,
    NOTHING,
    READ,
    UPLOAD,
    UPLOAD_LIST,
    lines_of,
)
from rpiocr.serve.arriving import Received
from rpiocr.serve.book import Book
from rpiocr.serve.context import Service, TheBook, TheService
from rpiocr.serve.errors import RequestError, StateError
from rpiocr.serve.forms import MAX_PARTS
from rpiocr.serve.receiving import receive
from rpiocr.serve.uploads import MAX_KEY, SHOWN, Upload, admit, find, recent
from rpiocr.serve.waiting import Client, answered, as_over, promised, until_over
from rpiocr.system.json_text import dumps
from rpiocr.watch.errors import NotReadAgainError
from rpiocr.watch.rereading import read_again

router = APIRouter(prefix=ROOT)

MAX_WAIT_S = 600

NDJSON_TYPE = "application/x-ndjson"

WITH_FILES = frozenset({f"{ROOT}/receipts", f"{ROOT}/batches"})
"""Addresses that take files, and limit their size."""

Wait = Annotated[float, Query(ge=0, le=MAX_WAIT_S, description="Answer when it is read, at most after these seconds.")]
Deadline = Annotated[
    float | None, Query(gt=0, le=86400, description="Seconds after which reading ends with the best result so far.")
]
Name = Annotated[str, Query(max_length=300, description="Name of the file, where its bytes are the body.")]
UploadId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="From `id` of an upload.")]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=MAX_KEY,
        pattern="^[ -~]+$",
        description="The same key gets the same answer.",
    ),
]


@router.post("/receipts", responses=READ | ACCEPTED, openapi_extra=BODY_OF_UPLOAD, status_code=202, tags=["receipts"])
async def add_receipt(
    request: Request,
    book: TheBook,
    service: TheService,
    wait: Wait = 0,
    deadline: Deadline = None,
    name: Name = "",
    key: Key = None,
) -> Response:
    """Send a picture or a PDF of a receipt: as a form, as its bytes, or in JSON as base64.

    With ``wait`` the answer holds what was read; without, or where that takes longer, it says where to look. The same
    bytes are read once. If the client goes away while it waits and nobody else wants the file, its reading ends.
    """
    service.uploads.take()
    with service.arriving.one():
        received = await _only(request, book, name)
    admitted = partial(asyncio.to_thread, admit, book, received, key=key, deadline_s=deadline)
    client = Client(request, service.ending)
    if wait:
        upload = await answered(book, client, received.sha256, wait, admitted)
    else:
        upload = await promised(book, received.sha256, admitted)
    if NDJSON_TYPE in request.headers.get("accept", "") and upload.is_over:
        return Response("".join(await asyncio.to_thread(_lines, book, upload)), media_type=NDJSON_TYPE)
    found = await asyncio.to_thread(_upload, book, upload)
    return Json(found, 200 if upload.is_over else 202, {"Location": f"{ROOT}/uploads/{upload.id}"})


async def _only(request: Request, book: Book, name: str) -> Received:
    """Receive exactly one file; of a form with several, none is kept."""
    only: Received | None = None
    try:
        async with aclosing(receive(request, book.inbox, book.settings.file_mode_bits, name)) as files:
            async for found in files:
                if isinstance(found, RequestError):
                    raise found
                if only:
                    found.discard()
                    message = f"this form has several files; send one, or all of them to {ROOT}/batches"
                    raise RequestError(message)
                only = found
    except BaseException:
        if only:
            only.discard()
        raise
    if only is None:
        message = "this form has no file; send it in a field with a file name, as `curl -F file=@receipt.jpg`"
        raise RequestError(message)
    return only


@router.post("/batches", responses=lines_of(NDJSON), openapi_extra=BODY_OF_UPLOAD, tags=["receipts"])
async def add_batch(request: Request, book: TheBook, service: TheService) -> Response:
    """Send many files as one form; the answer is a line of JSON for each receipt, as each is read."""
    service.uploads.take()
    uploads, failures = await _all(request, book, service)
    client = Client(request, service.ending)
    return StreamingResponse(_as_read(book, client, uploads, failures), media_type=NDJSON_TYPE)


async def _all(request: Request, book: Book, service: Service) -> tuple[list[Upload], list[str]]:
    uploads: dict[str, Upload] = {}
    failures = []
    with service.arriving.one():
        files = receive(request, book.inbox, book.settings.file_mode_bits, most=MAX_PARTS)
        async with aclosing(files):
            async for found in files:
                if isinstance(found, Received):
                    upload = await promised(book, found.sha256, partial(asyncio.to_thread, admit, book, found))
                    uploads.setdefault(upload.sha256, upload)
                else:
                    failures.append(dumps(failure("", found)) + "\n")
    if not uploads and not failures:
        message = "this form has no files; send them in fields with a file name"
        raise RequestError(message)
    return list(uploads.values()), failures


async def _as_read(book: Book, client: Client, uploads: list[Upload], failures: list[str]) -> AsyncIterator[str]:
    for line in failures:
        yield line
    async for upload in as_over(book, client, uploads, math.inf):
        for line in await asyncio.to_thread(_lines, book, upload):
            yield line


@router.get("/uploads", responses=UPLOAD_LIST, tags=["uploads"])
def list_uploads(book: TheBook, limit: Annotated[int, Query(ge=1, le=1000)] = SHOWN) -> Response:
    """List the last uploads, newest first."""
    return Json({"uploads": [_upload(book, one) for one in recent(book, limit)]})


@router.get("/uploads/{upload_id}", responses=UPLOAD, tags=["uploads"])
async def get_upload(
    upload_id: UploadId, book: TheBook, request: Request, service: TheService, wait: Wait = 0
) -> Response:
    """Return an upload with its state, and what was read from it."""
    upload = await asyncio.to_thread(find, book, upload_id)
    if wait and not upload.is_over:
        book.wanted.promise(upload.sha256)
        await until_over(book, Client(request, service.ending), upload, wait)
        upload = await asyncio.to_thread(find, book, upload_id)
    return Json(await asyncio.to_thread(_upload, book, upload))


@router.post("/uploads/{upload_id}/retry", responses=UPLOAD, status_code=202, tags=["uploads"])
def retry_upload(upload_id: UploadId, book: TheBook) -> Response:
    """Read a file again that could not be read."""
    upload = find(book, upload_id)
    if upload.state != "failed" or upload.file_id is None:
        message = "only an upload that could not be read is read again, and its file must still be there"
        raise StateError(message)
    book.wanted.promise(upload.sha256)
    _read_again(book, upload.file_id)
    return Json(_upload(book, find(book, upload_id)), 202)


@router.post("/files/{file_id}/retry", responses=NOTHING, status_code=204, tags=["uploads"])
def retry_file(file_id: Annotated[int, Path(ge=1, le=MAX_ID)], book: TheBook) -> Response:
    """Read a file again that is in failed/, however it arrived; its number is that of the journal."""
    _read_again(book, file_id)
    return Response(status_code=204)


def _read_again(book: Book, file_id: int) -> None:
    try:
        place = read_again(book.database, file_id, book.inbox)
    except NotReadAgainError as error:
        raise StateError(str(error)) from error
    book.control.complete(place.name)
    book.events.publish("upload", name=place.name, state="waiting")


def _upload(book: Book, upload: Upload) -> dict[str, Any]:
    with book.database.snapshot() as connection:
        return upload_json(upload, [receipt_of(connection, one) for one in upload.receipts])


def _lines(book: Book, upload: Upload) -> list[str]:
    """Return the lines of ``rpiocr scan`` for an upload."""
    if upload.error:
        error = RpiocrError(upload.error[1])
        error.code = upload.error[0]
        return [dumps(failure(upload.name, error)) + "\n"]
    with book.database.snapshot() as connection:
        return [dumps(receipt_of(connection, one)) + "\n" for one in upload.receipts]
