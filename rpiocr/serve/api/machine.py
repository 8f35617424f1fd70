"""The machine: whether the service is well, what reading costs, and whether a picture should be taken again."""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Iterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from rpiocr import __version__
from rpiocr.keep.cleaning import clean as cleaned
from rpiocr.keep.cleaning import plan
from rpiocr.serve import tool
from rpiocr.serve.api.answers import ROOT, Json
from rpiocr.serve.api.documents import BODY_OF_UPLOAD, PROBLEM, answer, bytes_as
from rpiocr.serve.arriving import Received
from rpiocr.serve.book import Book
from rpiocr.serve.context import TheBook, TheService
from rpiocr.serve.errors import RequestError
from rpiocr.serve.following import BUCKETS_S, Costs
from rpiocr.serve.receiving import receive
from rpiocr.store.journal import Journal, State
from rpiocr.store.review import count_waiting
from rpiocr.watch.status import health_of

router = APIRouter(prefix=ROOT, tags=["machine"])

WITH_FILES = frozenset({f"{ROOT}/check"})
"""Addresses that take files, and limit their size."""

Lines = Iterator[str]


@router.get("/health", responses=answer("Health", "All is well.") | {503: PROBLEM})
def health(book: TheBook) -> Response:
    """Return whether the watch runs and the store can be used; 503 if not."""
    state = health_of(book.database, book.inbox)
    found = {**state.as_json(), "version": __version__, "free_bytes": shutil.disk_usage(book.inbox.parent).free}
    found.pop("inbox")
    return Json(found, 200 if state.state == "watching" else 503)


@router.get("/metrics", responses=bytes_as("Metrics for Prometheus.", "text/plain"), response_class=PlainTextResponse)
def metrics(book: TheBook, service: TheService) -> Response:
    """Return counters and gauges in the text format of Prometheus."""
    lines = [*_of_costs(service.costs), *_of_book(book), *_of_process()]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4; charset=utf-8")


@router.post("/check", responses=answer("Checked", "What is wrong with each page."), openapi_extra=BODY_OF_UPLOAD)
async def check(request: Request, service: TheService) -> Response:
    """Say whether a picture should be taken again, and how, without reading it; nothing is kept."""
    service.uploads.take()
    with service.arriving.one():
        async with aclosing(receive(request, service.pictures.folder, 0o600, f"check-{secrets.token_hex(4)}")) as files:
            async for found in files:
                if isinstance(found, RequestError):
                    raise found
                return Json({"pages": await asyncio.to_thread(_checked, found)})
    message = "this form has no file; send it in a field with a file name, as `curl -F file=@receipt.jpg`"
    raise RequestError(message)


@router.post("/cleaning", responses=answer("Cleaned", "What was, or would be, deleted."))
def clean(book: TheBook, service: TheService, dry_run: Annotated[bool, Query()] = True) -> Response:  # noqa: FBT002
    """Delete pictures made for browsers, and deleted receipts, that are older than ``keep_days``; first try it dry."""
    work = plan if dry_run else cleaned
    found = work(book.database, service.pictures.folder, book.settings.keep_days)
    sizes = found.pictures.bytes + found.leftovers.bytes
    return Json({"pictures": found.pictures.count, "receipts": found.receipts.count, "bytes": sizes})


def _checked(received: Received) -> list[dict[str, object]]:
    try:
        return [
            {name: value for name, value in page.items() if name != "file"} for page in tool.checked(received.place)
        ]
    finally:
        received.discard()


def _of_costs(costs: Costs) -> Lines:
    with costs.lock:
        yield from _metric("files_read_total", "counter", "files read since the service started", costs.files)
        yield from _metric("receipts_read_total", "counter", "receipts read from them", costs.receipts)
        yield from _metric(
            "files_failed_total", "counter", "files of which something could not be read", costs.failures
        )
        name = "rpiocr_file_cpu_seconds"
        yield from _header(name, "histogram", "CPU time for reading one file")
        for limit in BUCKETS_S:
            yield f'{name}_bucket{{le="{limit}"}} {costs.buckets[limit]}'
        yield f'{name}_bucket{{le="+Inf"}} {costs.files}'
        yield f"{name}_sum {costs.cpu_s:.3f}"
        yield f"{name}_count {costs.files}"
        yield from _metric("file_memory_bytes", "gauge", "peak memory of a reader, last file", costs.last_bytes)
        yield from _metric("file_memory_max_bytes", "gauge", "peak memory of a reader, highest", costs.peak_bytes)


def _of_book(book: Book) -> Lines:
    counts = Journal(book.database).counts()
    yield from _header("rpiocr_files", "gauge", "files in the journal, by their state")
    for state in State:
        yield f'rpiocr_files{{state="{state}"}} {counts.get(state, 0)}'
    yield from _metric("review_waiting", "gauge", "receipts that wait for a look", count_waiting(book.database))
    yield from _metric("inbox_waiting", "gauge", "files in the inbox", health_of(book.database, book.inbox).waiting)
    yield from _metric("disk_free_bytes", "gauge", "free space", shutil.disk_usage(book.inbox.parent).free)
    yield from _metric("followers", "gauge", "clients that follow events", book.events.followers)


def _of_process() -> Lines:
    import psutil

    process = psutil.Process()
    with process.oneshot():
        times, memory = process.cpu_times(), process.memory_info()
    yield from _metric(
        "server_cpu_seconds_total", "counter", "CPU time of the server", f"{times.user + times.system:.2f}"
    )
    yield from _metric("server_memory_bytes", "gauge", "resident memory of the server", memory.rss)


def _metric(name: str, kind: str, text: str, value: object) -> Lines:
    yield from _header(f"rpiocr_{name}", kind, text)
    yield f"rpiocr_{name} {value}"


def _header(name: str, kind: str, text: str) -> Lines:
    yield f"# HELP {name} {text}"
    yield f"# TYPE {name} {kind}"
