"""Detects files that are written and not drawn: XML, and mails as they are stored."""

from __future__ import annotations

import re

BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
BLANKS = b" \t\r\n"

DECLARATIONS = tuple("<?xml".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be"))

INVOICE_NAMESPACES = (
    b"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:",
    b"urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:",
    b"urn:ferd:CrossIndustryDocument:",
    b"urn:oasis:names:specification:ubl:schema:xsd:",
)
"""By which an invoice without a declaration of XML is recognised."""

HEAD_BYTES = 4096
"""Bytes from the start in which a namespace or the headers of a mail are looked for."""

FIELD = re.compile(rb"([!-9;-~]{1,76}):")
"""The name of a header field (RFC 5322); its value follows."""

MBOX_LINE = b"From "
"""What mail folders have in front of a mail."""

OF_MAILS = frozenset(
    {
        *(b"from", b"to", b"subject", b"date", b"received", b"return-path", b"message-id", b"mime-version", b"sender"),
        *(b"delivered-to", b"reply-to", b"x-received", b"dkim-signature", b"arc-seal", b"authentication-results"),
        *(b"received-spf", b"x-original-to", b"envelope-to", b"in-reply-to", b"references", b"x-mailer"),
    }
)
"""Names of fields in the head of a mail; answers of web servers have a date at most."""

MIN_FIELDS = 2


def is_xml(data: bytes) -> bool:
    """Return whether a file begins as XML does: with its declaration, or with the root of an invoice."""
    start = data[:HEAD_BYTES]
    for mark in BYTE_ORDER_MARKS:
        start = start.removeprefix(mark)
    start = start.lstrip(BLANKS)
    if start.startswith(DECLARATIONS):
        return True
    return start.startswith(b"<") and any(one in start for one in INVOICE_NAMESPACES)


def is_mail(data: bytes) -> bool:
    """Return whether a file begins with the head of a mail: fields, two of which only mails have."""
    lines = data[:HEAD_BYTES].removeprefix(BYTE_ORDER_MARKS[0]).lstrip(BLANKS).splitlines()
    if lines and lines[0].startswith(MBOX_LINE):
        del lines[0]
    names = set()
    for line in lines:
        if line[:1] in (b" ", b"\t"):
            continue
        found = FIELD.match(line)
        if found is None:
            break
        names.add(found[1].lower())
    return len(names & OF_MAILS) >= MIN_FIELDS
