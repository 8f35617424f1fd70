"""What happens, as server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from rpiocr.serve.api.answers import ROOT
from rpiocr.serve.api.documents import Responses
from rpiocr.serve.context import TheBook, TheService, following_of
from rpiocr.serve.events import Event, Subscription
from rpiocr.system.json_text import dumps

router = APIRouter(prefix=ROOT, tags=["events"])

ALIVE_S = 15.0
"""Interval of a comment that keeps the connection, and shows that it is gone."""

LOOK_S = 1.0

RECONNECT_MS = 2000

EVENT_STREAM: Responses = {
    200: {
        "description": "Events: upload, reading, read, filed, failed, changed, resync; data is JSON.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
}


@router.get("/events", responses=EVENT_STREAM, response_class=StreamingResponse, dependencies=[Depends(following_of)])
async def events(
    request: Request,
    book: TheBook,
    service: TheService,
    last: Annotated[str, Header(alias="Last-Event-ID", max_length=40)] = "",
) -> Response:
    """Follow what happens in the book. With Last-Event-ID, what was missed meanwhile comes first, or resync."""

    async def stream() -> AsyncIterator[str]:
        async with book.events.follow(last) as subscription:
            yield f"retry: {RECONNECT_MS}\n\n"
            while not service.ending.is_set() and not await request.is_disconnected():
                yield await _next(subscription, service.ending)

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})


async def _next(subscription: Subscription, ending: asyncio.Event) -> str:
    """Return the next event, or a comment if there is none for a while."""
    waited_s = 0.0
    while waited_s < ALIVE_S and not ending.is_set():
        event = await subscription.next(LOOK_S)
        if event:
            return _written(event)
        waited_s += LOOK_S
    return ": alive\n\n"


def _written(event: Event) -> str:
    return f"id: {event.id}\nevent: {event.kind}\ndata: {dumps(event.data)}\n\n"
