"""Exports: the receipts as a file for spreadsheets, accounts and archives."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import FileResponse, Response

from rpiocr.serve import tool
from rpiocr.serve.api.answers import ROOT
from rpiocr.serve.api.documents import bytes_as
from rpiocr.serve.api.receipts import Currency, Day
from rpiocr.serve.context import Scratch, TheBook

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

MEDIA_TYPES = sorted({media_type.partition(";")[0] for _, media_type in KINDS.values()})


class Wish(BaseModel):
    """What to export, and how."""

    model_config = ConfigDict(extra="ignore")

    format: Format = "csv"
    since: Day = None
    until: Day = None
    merchant: str = Field("", max_length=200)
    currency: Currency = ""
    with_duplicates: bool = False
    items: bool = False
    decimal: Literal[".", ","] = "."

    def arguments(self, place: Path) -> Iterator[str]:
        """Yield the arguments of ``rpiocr export`` that write it to ``place``."""
        if self.format in ("originals", "annotated"):
            yield from (f"--pictures={self.format}", f"--zip={place}")
        else:
            yield from (f"--format={self.format}", f"--out={place}")
        if self.items and self.format in ("csv", "xlsx"):
            yield "--items"
        if self.format == "csv":
            yield f"--decimal={self.decimal}"
        if self.with_duplicates:
            yield "--with-duplicates"
        for name in ("since", "until", "merchant", "currency"):
            value = getattr(self, name)
            if value:
                yield f"--{name}={value}"


@router.get("/exports", responses=bytes_as("The file.", *MEDIA_TYPES), response_class=FileResponse)
def export(book: TheBook, place: Scratch, wish: Annotated[Wish, Query()]) -> Response:
    """Return the receipts, oldest first, with corrections applied; archived ones are among them."""
    extension, media_type = KINDS[wish.format]
    tool.export(book, list(wish.arguments(place)))
    what = f"-{wish.format}" if extension == "zip" else ""
    name = f"receipts-{dt.datetime.now().astimezone():%Y-%m-%d}{what}.{extension}"
    return FileResponse(place, media_type=media_type, filename=name)
