"""The process that decodes: it takes the bytes of a file from standard input and gives pixels to standard output."""

from __future__ import annotations

import os
from collections.abc import Iterator

from rpiocr.decode.fence import limit_memory, put_up
from rpiocr.decode.formats import Format
from rpiocr.decode.grey import Sheet
from rpiocr.decode.limits import Limits
from rpiocr.decode.wire import ANSWER, EXIT_MEMORY, MOST_TEXT, REQUEST, Answer, Code, Operation, RefusedError

STDIN, STDOUT = 0, 1

CHUNK_BYTES = 1 << 20


def main(lifeline: int) -> None:
    """Serve until standard input is closed; see ``put_up`` for ``lifeline``."""
    put_up(lifeline)
    sheets: Iterator[Sheet] = iter(())
    while header := _read(REQUEST.size):
        operation, kind, pixels, memory, pages, length = REQUEST.unpack(header)
        if operation == Operation.OPEN:
            limit_memory(memory + length)
            sheets = _sheets(_read(length), Format(kind), Limits(pixels, memory, pages))
        elif operation == Operation.CLOSE:
            sheets = iter(())
        if not _answered(sheets):
            sheets = iter(())


def _sheets(data: bytes, kind: Format, limits: Limits) -> Iterator[Sheet]:
    """Load the decoder of a format, and decode."""
    if kind is Format.PDF:
        from rpiocr.decode.pdf import pdf_sheets

        yield from pdf_sheets(data, limits)
    else:
        from rpiocr.decode.picture import picture_sheets

        yield from picture_sheets(data, kind, limits)


def _answered(sheets: Iterator[Sheet]) -> bool:
    """Answer with the next page; returns whether there may be another one."""
    try:
        sheet = next(sheets, None)
    except RefusedError as refusal:
        _refuse(refusal)
    except MemoryError:
        _refuse(RefusedError(Code.TOO_MUCH_MEMORY))
    except Exception as error:  # noqa: BLE001 - libraries raise anything on damaged files
        _refuse(RefusedError(Code.DAMAGED, str(error)))
    else:
        if sheet is not None:
            _send(sheet)
            return True
        _write(ANSWER.pack(Answer.END, 0, 0, 0, 0))
    return False


def _refuse(refusal: RefusedError) -> None:
    text = refusal.text.encode("utf-8", "replace")[:MOST_TEXT]
    _write(ANSWER.pack(Answer.REFUSED, refusal.code, refusal.first, refusal.second, len(text)) + text)


def _send(sheet: Sheet) -> None:
    _write(ANSWER.pack(Answer.PAGE, sheet.layout, sheet.width, sheet.height, 0))
    try:
        for strip in sheet.strips:
            _write(strip)
    except MemoryError:
        os._exit(EXIT_MEMORY)


def _read(length: int) -> bytes:
    """Read so many bytes; nothing where standard input is closed before the first of them."""
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
