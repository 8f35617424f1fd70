"""Takes the files of a request: a form, the bytes of one file, or JSON with base64."""

from __future__ import annotations

import asyncio
import base64
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from email.message import Message
from pathlib import Path

import simplejson
from python_multipart.exceptions import FormParserError
from starlette.requests import ClientDisconnect, Request

from rpiocr.serve.arriving import Arriving, Received, require_space, too_large
from rpiocr.serve.errors import IncompleteUploadError, NotAPictureError, RequestError
from rpiocr.serve.forms import Form
from rpiocr.serve.limits import Budget
from rpiocr.watch.inbox import MAX_BYTES

Files = AsyncGenerator[Received | RequestError, None]
"""The files of a request as each is complete, or the error of one; whoever takes them owns them."""

MAX_JSON_BYTES = 64 * 1024 * 1024
"""Limit of a JSON body, which has to be held in memory: a picture of 48 MB as base64."""

MAX_IN_MEMORY = 192 * 1024 * 1024
"""Limit of all JSON bodies that are arriving at the same time."""

MAX_FORM_BYTES = 1024 * 1024
"""What a form may have beside its files."""

FORM_WANTED = "send a form as multipart/form-data with a field file, as `curl -F file=@receipt.jpg`"

SILENCE_S = 30.0
"""An upload that sends nothing for this long has ended."""

MIN_RATE = 1024
"""Bytes per second below which an upload is refused, on average after ``SLOW_AFTER_S``: it would hold its place for
hours."""

SLOW_AFTER_S = 60.0

_in_memory = Budget(MAX_IN_MEMORY)


async def pieces(request: Request, limit: int) -> AsyncGenerator[bytes, None]:
    """Yield the body of a request piece by piece; raises TooLargeError and IncompleteUploadError."""
    began, size = time.monotonic(), 0
    stream = request.stream()
    while True:
        try:
            piece = await asyncio.wait_for(anext(stream), SILENCE_S)
        except StopAsyncIteration:
            return
        except TimeoutError:
            message = f"nothing came for {SILENCE_S:.0f} seconds, and nothing was kept; send it again"
            raise IncompleteUploadError(message) from None
        except ClientDisconnect:
            message = "the upload ended early, and nothing was kept; send it again"
            raise IncompleteUploadError(message) from None
        size += len(piece)
        if size > limit:
            raise too_large(limit)
        elapsed_s = time.monotonic() - began
        if elapsed_s > SLOW_AFTER_S and size < MIN_RATE * elapsed_s:
            message = "the upload is slower than 1 KB per second; nothing was kept; send it over a better connection"
            raise IncompleteUploadError(message)
        if piece:
            yield piece


def announced(headers: Mapping[str, str]) -> int:
    """Return the size of the body that a request announces, 0 if it announces none."""
    given = headers.get("content-length", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0


async def require_room(request: Request, folder: Path, limit: int) -> None:
    """Raise TooLargeError or DiskFullError for the size that a request announces, before a byte of it is read."""
    size = announced(request.headers)
    if size > limit:
        raise too_large(limit)
    await asyncio.to_thread(require_space, folder, size)


async def receive(request: Request, inbox: Path, mode: int, name: str = "", most: int = 1) -> Files:
    """Yield the files of a request as each is complete, or its error; the caller owns the files.

    A form may be as large as ``most`` files.

    A request is multipart/form-data with any number of files, JSON {"image": base64, "name": ...}, or the bytes of one
    file with the content type of a picture or a PDF. Raises RequestError for a request that ends in the middle.
    """
    kind = Message()
    kind["content-type"] = request.headers.get("content-type", "application/octet-stream")
    main = kind.get_content_type()
    if main == "multipart/form-data":
        limit = most * MAX_BYTES + MAX_FORM_BYTES
        await require_room(request, inbox, limit)
        form = _form(inbox, mode, str(kind.get_param("boundary") or ""))
        async with aclosing(_from_form(request, form, limit)) as files:
            async for found in files:
                yield found
    elif main == "application/json":
        yield await _from_json(request, inbox, mode, name)
    elif main in ("application/x-www-form-urlencoded", "text/plain"):
        message = f"{main} is no way to send a picture; send it as multipart/form-data, or its bytes as image/jpeg"
        raise NotAPictureError(message)
    else:
        yield await _from_bytes(request, inbox, mode, name)


async def _from_bytes(request: Request, inbox: Path, mode: int, name: str) -> Received:
    await require_room(request, inbox, MAX_BYTES)
    arriving = await asyncio.to_thread(Arriving, inbox, name, mode)
    try:
        async for piece in pieces(request, MAX_BYTES):
            await asyncio.to_thread(arriving.write, piece)
        return await asyncio.to_thread(arriving.finish)
    except BaseException as error:
        arriving.drop(error)
        raise


async def _from_json(request: Request, inbox: Path, mode: int, name: str) -> Received:
    await require_room(request, inbox, MAX_JSON_BYTES)
    body = bytearray()
    with _in_memory.part() as part:
        async for piece in pieces(request, MAX_JSON_BYTES):
            part.add(len(piece))
            body += piece
        return await asyncio.to_thread(_decoded, body, inbox, mode, name)


def _decoded(body: bytearray, inbox: Path, mode: int, name: str) -> Received:
    try:
        given = simplejson.loads(body.decode("utf-8"))
        image = given["image"]
        if not isinstance(image, str):
            raise TypeError
        # A data URL, as browsers make it, has its type in front.
        encoded = image.partition(",")[2] if image.startswith("data:") else image
        data = base64.b64decode("".join(encoded.split()), validate=True)
        name = str(given.get("name") or name)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        message = 'this JSON holds no picture; send {"image": "...", "name": "receipt.jpg"}, the image in base64'
        raise RequestError(message) from error
    arriving = Arriving(inbox, name, mode)
    try:
        arriving.write(data)
        return arriving.finish()
    except BaseException as error:
        arriving.drop(error)
        raise


def _form(inbox: Path, mode: int, boundary: str) -> Form:
    message = f"this form has no valid boundary; {FORM_WANTED}"
    if not boundary:
        raise RequestError(message)
    try:
        return Form(inbox, mode, boundary)
    except FormParserError as error:
        raise RequestError(message) from error


async def _from_form(request: Request, form: Form, limit: int) -> Files:
    try:
        async for piece in pieces(request, limit):
            for _ in range(await asyncio.to_thread(form.feed, piece)):
                yield form.take()
        if not form.ended:
            message = "the upload ended early, and its last file was not kept; send that again"
            raise IncompleteUploadError(message)
    except FormParserError as error:
        form.drop(error)
        message = f"this form cannot be read; {FORM_WANTED}"
        raise RequestError(message) from error
    except BaseException as error:
        form.drop(error)
        raise
