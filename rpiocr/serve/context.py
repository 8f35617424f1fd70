"""What every request may use: the one book that it opens, and the parts of the service."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

from fastapi import Depends
from starlette.requests import Request

from rpiocr.serve.book import Book, Books
from rpiocr.serve.following import Costs
from rpiocr.serve.guard import Sessions
from rpiocr.serve.limits import Crowd, Rate
from rpiocr.serve.pictures import Pictures
from rpiocr.serve.scratch import scratch_in
from rpiocr.system.log import Log

UPLOADS_PER_S = 20.0
UPLOADS_AT_ONCE = 500
MAX_ARRIVING = 64
MAX_FOLLOWERS = 100


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of a running service that requests share."""

    books: Books
    log: Log
    sessions: Sessions
    costs: Costs
    pictures: Pictures
    ending: asyncio.Event
    uploads: Rate = field(default_factory=lambda: Rate(UPLOADS_PER_S, UPLOADS_AT_ONCE))
    arriving: Crowd = field(default_factory=lambda: Crowd(MAX_ARRIVING, "uploads"))
    following: Crowd = field(default_factory=lambda: Crowd(MAX_FOLLOWERS, "followers"))


def service_of(request: Request) -> Service:
    """Return the service that answers a request."""
    service: Service = request.app.state.service
    return service


def book_of(request: Request) -> Book:
    """Open the book of the person who sent a request."""
    return service_of(request).books.of(None)


def following_of(request: Request) -> Iterator[None]:
    """Count who sent a request among those that follow events, until it is answered."""
    with service_of(request).following.one():
        yield


def scratch_of(request: Request) -> Iterator[Path]:
    """Return a free path for a file that is deleted when a request is answered."""
    place = scratch_in(service_of(request).pictures.folder)
    try:
        yield place
    finally:
        place.unlink(missing_ok=True)


TheService = Annotated[Service, Depends(service_of)]
TheBook = Annotated[Book, Depends(book_of)]
Scratch = Annotated[Path, Depends(scratch_of)]
