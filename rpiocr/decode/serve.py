"""The decoder process: reads files from standard input and writes pixels to standard output."""

from __future__ import annotations

import os
from collections.abc import Iterator

from rpiocr.decode.formats import Format
from rpiocr.decode.grey import DecodedPage
from rpiocr.decode.limits import Limits
from rpiocr.decode.sandbox import enter_sandbox, limit_memory
from rpiocr.decode.wire import ANSWER, EXIT_MEMORY, MAX_TEXT_BYTES, REQUEST, Answer, Code, Operation, RefusedError

STDIN, STDOUT = 0, 1

CHUNK_BYTES = 1 << 20


def main(lifeline: int) -> None:
    """Serve until standard input is closed; see ``enter_sandbox`` for ``lifeline``."""
    enter_sandbox(lifeline)
    pages: Iterator[DecodedPage] = iter(())
    while header := _read(REQUEST.size):
        operation, kind, max_pixels, memory, max_pages, length = REQUEST.unpack(header)
        if operation == Operation.OPEN:
            limit_memory(memory + length)
            pages = _decoded_pages(_read(length), Format(kind), Limits(max_pixels, memory, max_pages))
        elif operation == Operation.CLOSE:
            pages = iter(())
        if not _answered(pages):
            pages = iter(())


def _decoded_pages(data: bytes, kind: Format, limits: Limits) -> Iterator[DecodedPage]:
    """Import the decoder of a format, and decode."""
    if kind is Format.PDF:
        from rpiocr.decode.pdf import pdf_pages

        yield from pdf_pages(data, limits)
    else:
        from rpiocr.decode.image import image_pages

        yield from image_pages(data, kind, limits)


def _answered(pages: Iterator[DecodedPage]) -> bool:
    """Send the next page, the end or a refusal; return whether there may be another page."""
    try:
        page = next(pages, None)
    except RefusedError as refusal:
        _refuse(refusal)
    except MemoryError:
        _refuse(RefusedError(Code.TOO_MUCH_MEMORY))
    except Exception as error:  # noqa: BLE001 - libraries raise anything on damaged files
        _refuse(RefusedError(Code.DAMAGED, str(error)))
    else:
        if page is not None:
            _send(page)
            return True
        _write(ANSWER.pack(Answer.END, 0, 0, 0, 0))
    return False


def _refuse(refusal: RefusedError) -> None:
    text = refusal.text.encode("utf-8", "replace")[:MAX_TEXT_BYTES]
    _write(ANSWER.pack(Answer.REFUSED, refusal.code, refusal.first, refusal.second, len(text)) + text)


def _send(page: DecodedPage) -> None:
    try:
        note = page.note.packed()
        _write(ANSWER.pack(Answer.PAGE, page.layout, page.width, page.height, len(note)))
        for strip in page.strips:
            _write(strip)
        _write(note)
    except MemoryError:
        os._exit(EXIT_MEMORY)


def _read(length: int) -> bytes:
    """Read ``length`` bytes; return b"" if standard input is closed before the first one."""
    chunks = []
    while length and (chunk := os.read(STDIN, min(length, CHUNK_BYTES))):
        chunks.append(chunk)
        length -= len(chunk)
    if length and chunks:
        os._exit(1)
    return b"".join(chunks)


def _write(data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(STDOUT, view) :]
