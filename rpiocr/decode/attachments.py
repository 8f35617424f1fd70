"""Takes the XML files that are embedded in a PDF, as electronic invoices are."""

from __future__ import annotations

import ctypes
from contextlib import suppress

import pypdfium2 as pdfium
from pypdfium2 import raw

from rpiocr.decode.wire import MAX_ATTACHMENT_BYTES, MAX_ATTACHMENTS

MAX_LOOKED_AT = 50
"""Maximum number of attachments whose names are read: an invoice comes with a handful of documents."""

MAX_NAME_BYTES = 1024

XML_BEGINNINGS = (b"<", b"\xef\xbb\xbf<", b"\xfe\xff\x00<", b"\xff\xfe<\x00")
"""With and without the marks of UTF-8 and of both byte orders of UTF-16."""


def xml_attachments(document: pdfium.PdfDocument) -> tuple[bytes, ...]:
    """Return up to MAX_ATTACHMENTS embedded files that are called XML and look like it, none beyond the size limit."""
    found: list[bytes] = []
    with suppress(Exception):  # an attachment that cannot be read does not make its page unreadable
        for index in range(min(MAX_LOOKED_AT, raw.FPDFDoc_GetAttachmentCount(document))):
            attachment = raw.FPDFDoc_GetAttachment(document, index)
            content = _content(attachment) if attachment and _is_called_xml(attachment) else b""
            if content.lstrip()[:4].startswith(XML_BEGINNINGS):
                found.append(content)
            if len(found) == MAX_ATTACHMENTS:
                break
    return tuple(found)


def _is_called_xml(attachment: raw.FPDF_ATTACHMENT) -> bool:
    name, kind = (
        _string(get, attachment).lower() for get in (raw.FPDFAttachment_GetName, raw.FPDFAttachment_GetSubtype)
    )
    return name.endswith(".xml") or kind.endswith("xml")


def _string(get: ctypes._FuncPointer, attachment: raw.FPDF_ATTACHMENT) -> str:
    buffer = ctypes.create_string_buffer(MAX_NAME_BYTES)
    length = get(attachment, ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), MAX_NAME_BYTES)
    return buffer.raw[: min(length, MAX_NAME_BYTES)].decode("utf-16-le", "replace").rstrip("\0")


def _content(attachment: raw.FPDF_ATTACHMENT) -> bytes:
    """Return the bytes of an embedded file; none if it has none or too many."""
    length = ctypes.c_ulong()
    if not raw.FPDFAttachment_GetFile(attachment, None, 0, length) or not 0 < length.value <= MAX_ATTACHMENT_BYTES:
        return b""
    buffer = ctypes.create_string_buffer(length.value)
    if not raw.FPDFAttachment_GetFile(attachment, buffer, length.value, length):
        return b""
    return buffer.raw
