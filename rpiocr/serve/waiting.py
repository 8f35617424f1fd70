"""Waits for uploads to be read, for clients that want the answer at once.

Where such a client goes away before that, and nobody else wants the file, its reading ends: it is filed as failed, with
what to do, and can be read again.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass

from starlette.requests import Request

from rpiocr.serve.book import Book
from rpiocr.serve.events import RESYNC, Subscription
from rpiocr.serve.uploads import Upload, find, find_all

SLICE_S = 1.0
"""How long it may take until a client that is gone, or the end of the service, is noticed."""

LOOK_S = 5.0
"""Interval at which the store is asked although nothing was told: another process may have read the file."""


@dataclass(frozen=True, slots=True)
class Client:
    """A client that waits, and the service that it waits for."""

    request: Request
    ending: asyncio.Event

    async def is_gone(self) -> bool:
        """Whether the client has closed its connection."""
        return await self.request.is_disconnected()

    async def has_ended(self) -> bool:
        """Whether it is no use to wait longer."""
        return self.ending.is_set() or await self.is_gone()


async def promised(book: Book, sha256: str, admit: Callable[[], Awaitable[Upload]]) -> Upload:
    """Admit an upload of which its client will ask later, and return it as it is now."""
    with book.wanted.waiting(sha256):
        upload = await admit()
        if not upload.is_over:
            book.wanted.promise(sha256)
    return upload


async def answered(
    book: Book, client: Client, sha256: str, seconds: float, admit: Callable[[], Awaitable[Upload]]
) -> Upload:
    """Admit an upload, and return it when it is over, or as it is after some seconds.

    If its client goes away before that, and nobody else wants the file, its reading ends.
    """
    with book.wanted.waiting(sha256) as is_first:
        upload = await admit()
        if upload.known and is_first and not upload.is_over:
            # It came by the folder, or its client was told before this service started.
            book.wanted.promise(sha256)
        await until_over(book, client, upload, seconds)
    now = dataclasses.replace(await asyncio.to_thread(find, book, upload.id), known=upload.known)
    if now.is_over:
        return now
    if not await client.is_gone():
        book.wanted.promise(sha256)
    elif not book.wanted.is_wanted(sha256):
        await asyncio.to_thread(book.control.withdraw, sha256)
    return now


async def until_over(book: Book, client: Client, upload: Upload, seconds: float) -> None:
    """Wait until an upload is over, at most some seconds, or until its client is gone."""
    async for _ in as_over(book, client, [upload], seconds):
        pass


async def as_over(book: Book, client: Client, uploads: Collection[Upload], seconds: float) -> AsyncIterator[Upload]:
    """Yield each upload when it is over; ends when all are, after some seconds, or when the client is gone."""
    end = time.monotonic() + seconds
    left = {upload.sha256: upload for upload in uploads}
    suspects: Collection[str] = left.keys()
    async with book.events.follow() as events:
        while True:
            ids = [left[one].id for one in suspects if one in left]
            for upload in await asyncio.to_thread(find_all, book, ids) if ids else ():
                if upload.is_over:
                    del left[upload.sha256]
                    yield upload
            left_s = end - time.monotonic()
            if not left or left_s <= 0 or await client.has_ended():
                return
            suspects = await _news(events, left.keys(), client, min(LOOK_S, left_s))


async def _news(events: Subscription, wanted: Collection[str], client: Client, seconds: float) -> Collection[str]:
    """Wait until something happens to files, at most some seconds; returns to which, all after a while."""
    end = time.monotonic() + seconds
    while (left_s := end - time.monotonic()) > 0:
        event = await events.next(min(SLICE_S, left_s))
        if event is None:
            if await client.has_ended():
                return ()
        elif event.kind == RESYNC:
            return wanted
        elif event.data.get("sha256") in wanted:
            return (str(event.data["sha256"]),)
    return wanted
