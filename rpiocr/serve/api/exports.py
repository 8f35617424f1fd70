"""Exports: the receipts as a file for spreadsheets, accounts and archives."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from rpiocr.serve import tool
from rpiocr.serve.api.answers import ROOT
from rpiocr.serve.api.documents import bytes_as
from rpiocr.serve.api.receipts import Day
from rpiocr.serve.context import TheBook, TheService
from rpiocr.system.files import make_own_folder

router = APIRouter(prefix=ROOT, tags=["exports"])

Format = Literal["csv", "xlsx", "json", "ndjson", "ledger", "beancount", "originals", "annotated"]

KINDS: dict[str, tuple[str, str]] = {
    "csv": ("csv", "text/csv; charset=utf-8"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": ("json", "application/json"),
    "ndjson": ("ndjson", "application/x-ndjson"),
    "ledger": ("journal", "text/plain; charset=utf-8"),
    "beancount": ("beancount", "text/plain; charset=utf-8"),
    "originals": ("zip", "application/zip"),
    "annotated": ("zip", "application/zip"),
}
"""The extension and the media type of each format."""


def filters(
    since: Day = None,
    until: Day = None,
    merchant: Annotated[str, Query(max_length=200)] = "",
    currency: Annotated[str, Query(pattern="^([A-Z]{3})?$")] = "",
    *,
    with_duplicates: bool = False,
) -> list[str]:
    """Return the filters of an export as arguments of the command line."""
    given = {"since": since, "until": until, "merchant": merchant.strip(), "currency": currency}
    chosen = [f"--{name}={value}" for name, value in given.items() if value]
    return [*chosen, "--with-duplicates"] if with_duplicates else chosen


@router.get("/exports", responses=bytes_as("application/octet-stream", "The file."), response_class=FileResponse)
def export(
    book: TheBook,
    service: TheService,
    selected: Annotated[list[str], Depends(filters)],
    format: Format = "csv",  # noqa: A002 - the name of the parameter
    *,
    items: bool = False,
    decimal: Literal[".", ","] = ".",
) -> Response:
    """Return the receipts, oldest first, with corrections applied; archived ones are among them."""
    extension, media_type = KINDS[format]
    make_own_folder(service.pictures.folder)
    place = service.pictures.folder / f"export-{secrets.token_hex(8)}.{extension}"
    tool.export(book, [*_arguments(format, items=items, decimal=decimal), *selected], place)
    name = f"receipts-{dt.datetime.now().astimezone():%Y-%m-%d}{'' if extension != 'zip' else f'-{format}'}.{extension}"
    return FileResponse(
        place,
        media_type=media_type,
        filename=name,
        background=BackgroundTask(place.unlink, missing_ok=True),
    )


def _arguments(output: str, *, items: bool, decimal: str) -> list[str]:
    if output in ("originals", "annotated"):
        return [f"--pictures={output}"]
    special = ["--items"] if items and output in ("csv", "xlsx") else []
    return [f"--format={output}", *special, *([f"--decimal={decimal}"] if output == "csv" else [])]
