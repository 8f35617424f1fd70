"""Takes the files of a request: a form, the bytes of one file, or JSON with base64."""

from __future__ import annotations

import asyncio
import base64
import binascii
import time
from collections.abc import AsyncGenerator
from email.message import Message
from pathlib import Path

import simplejson
from python_multipart.exceptions import MultipartParseError
from starlette.requests import ClientDisconnect, Request

from rpiocr.serve.arriving import Arriving, Received, require_space, too_large
from rpiocr.serve.errors import IncompleteUploadError, NotAPictureError, RequestError
from rpiocr.serve.forms import MAX_PARTS, Form
from rpiocr.watch.inbox import MAX_BYTES

Files = AsyncGenerator[Received | RequestError, None]
"""The files of a request as each is complete, or the error of one; whoever takes them owns them."""

MAX_JSON_BYTES = 64 * 1024 * 1024
"""Limit of a JSON body, which has to be held in memory: a picture of 48 MB as base64."""

SILENCE_S = 30.0
"""An upload that sends nothing for this long has ended."""

MIN_RATE = 1024
"""Bytes per second below which an upload is refused, on average after ``SLOW_AFTER_S``: it would hold its place for
hours."""

SLOW_AFTER_S = 60.0


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


def announced(request: Request, limit: int) -> int:
    """Return the size that a request announces, 0 if it announces none; raises TooLargeError, before a byte of it."""
    given = request.headers.get("content-length", "")
    size = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else 0
    if size > limit:
        raise too_large(limit)
    return size


async def receive(request: Request, inbox: Path, mode: int, name: str = "") -> Files:
    """Yield the files of a request as each is complete, or its error; the caller owns the files.

    A request is multipart/form-data with any number of files, JSON {"image": base64, "name": ...}, or the bytes of one
    file with the content type of a picture or a PDF. Raises RequestError for a request that ends in the middle.
    """
    kind = Message()
    kind["content-type"] = request.headers.get("content-type", "application/octet-stream")
    main = kind.get_content_type()
    if main == "multipart/form-data":
        require_space(inbox, announced(request, MAX_PARTS * MAX_BYTES))
        boundary = kind.get_param("boundary")
        async for found in _from_form(request, inbox, mode, str(boundary or "")):
            yield found
    elif main == "application/json":
        yield await _from_json(request, inbox, mode, name)
    elif main in ("application/x-www-form-urlencoded", "text/plain"):
        message = f"{main} is no way to send a picture; send it as multipart/form-data, or its bytes as image/jpeg"
        raise NotAPictureError(message)
    else:
        yield await _from_bytes(request, inbox, mode, name)


async def _from_bytes(request: Request, inbox: Path, mode: int, name: str) -> Received | RequestError:
    require_space(inbox, announced(request, MAX_BYTES))
    arriving = Arriving(inbox, name, mode)
    try:
        async for piece in pieces(request, MAX_BYTES):
            arriving.write(piece)
    except BaseException as error:
        arriving.drop(error)
        raise
    return arriving.finish()


async def _from_json(request: Request, inbox: Path, mode: int, name: str) -> Received | RequestError:
    require_space(inbox, announced(request, MAX_JSON_BYTES))
    body = bytearray()
    async for piece in pieces(request, MAX_JSON_BYTES):
        body += piece
    wanted = 'send {"image": "...", "name": "receipt.jpg"}, where image is the file in base64'
    try:
        given = simplejson.loads(bytes(body).decode("utf-8"))
        image = given["image"]
        if not isinstance(image, str):
            raise TypeError
        # A data URL, as browsers make it, has its type in front.
        encoded = image.partition(",")[2] if image.startswith("data:") else image
        data = base64.b64decode("".join(encoded.split()), validate=True)
        name = str(given.get("name") or name)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, binascii.Error) as error:
        message = f"this JSON holds no picture; {wanted}"
        raise RequestError(message) from error
    arriving = Arriving(inbox, name, mode)
    try:
        arriving.write(data)
    except BaseException as error:
        arriving.drop(error)
        raise
    return arriving.finish()


async def _from_form(request: Request, inbox: Path, mode: int, boundary: str) -> Files:
    wanted = "send a form as multipart/form-data with a field file, as `curl -F file=@receipt.jpg`"
    try:
        form = Form(inbox, mode, boundary)
    except Exception as error:
        message = f"this form has no valid boundary; {wanted}"
        raise RequestError(message) from error
    try:
        async for piece in pieces(request, MAX_PARTS * MAX_BYTES):
            for found in form.feed(piece):
                yield found
    except MultipartParseError as error:
        form.drop(error)
        message = f"this form cannot be read; {wanted}"
        raise RequestError(message) from error
    except BaseException as error:
        form.drop(error)
        raise
    if not form.ended:
        early = IncompleteUploadError("the upload ended early, and its last file was not kept; send that again")
        form.drop(early)
        raise early
