"""Taiwan: the QR codes of electronic invoices, with their items, and the barcode above them.

Two QR codes stand side by side. The left one has 77 characters of fixed width, then fields by colons; what follows
``**`` in the right one continues it. ``rpiocr.codes.joining`` puts them together; the left one alone is read as well,
with the items that it has. Amounts are whole dollars in hexadecimal digits.
"""

from __future__ import annotations

import base64
import datetime as dt
import re
from decimal import Decimal

from rpiocr.codes.formats.amounts import amount
from rpiocr.codes.formats.names import one_line
from rpiocr.codes.parser import MAX_PAYLOAD
from rpiocr.model import TaxId
from rpiocr.model.codes import CodeClaim, CodeItem

LEFT = re.compile(
    rb"(?P<number>[A-Z]{2}[0-9]{8})(?P<date>1[0-9]{6})[0-9]{4}(?P<sales>[0-9A-Fa-f]{8})(?P<total>[0-9A-Fa-f]{8})"
    rb"[0-9]{8}(?P<seller>[0-9]{8})[A-Za-z0-9+/]{22}=="
)
"""Number, date since 2011, random number, sales before tax, total, buyer, seller, and a check of the office's own."""

LEFT_LENGTH = 77

BARCODE = re.compile(rb"1[0-9]{2}(?:02|04|06|08|10|12)(?P<number>[A-Z]{2}[0-9]{8})[0-9]{4}")
"""The Code 39 above: the period's year and last month, invoice number, random number."""

HEAD_FIELDS = 4
"""Fields before the items: free text, items in the codes, items in all, encoding of the names."""

BASE64_NAMES = b"2"
"""The encoding of texts in base64. Of 0, 1 and 3, Big5 or UTF-8, the text itself tells: samples name the wrong one."""

MAX_ITEMS = 200

ROC_YEAR = 1911
"""The year before the first of the Republic's calendar."""

NEW_RULE = dt.date(2023, 4, 1)
"""Since then the sum of a business number has to be divisible by 5, before by 10."""

WEIGHTS = (1, 2, 1, 2, 1, 2, 4, 1)


def parse(payload: bytes) -> CodeClaim | None:
    """Return what a left QR code states, joined with the right one or alone; of the barcode its number alone."""
    if len(payload) < LEFT_LENGTH or len(payload) > MAX_PAYLOAD:
        match = BARCODE.fullmatch(payload) if payload[:1] == b"1" else None
        return CodeClaim("tw-barcode", "TW", receipt_number=match["number"].decode()) if match else None
    match = LEFT.match(payload)
    if match is None or payload[LEFT_LENGTH : LEFT_LENGTH + 1] not in (b"", b":"):
        return None
    date = _date(match["date"].decode())
    sales, total = (Decimal(int(match[name], 16)) for name in ("sales", "total"))
    if date is None or sales > total:
        return None
    return CodeClaim(
        kind="tw-einvoice",
        country="TW",
        total=total,
        currency="TWD",
        date=date,
        tax=total - sales if 0 < sales < total else None,
        tax_id=_business_number(match["seller"].decode(), date),
        receipt_number=match["number"].decode(),
        items=_items(payload[LEFT_LENGTH + 1 :]),
    )


def _date(text: str) -> dt.date | None:
    try:
        return dt.date(int(text[:3]) + ROC_YEAR, int(text[3:5]), int(text[5:]))
    except ValueError:
        return None


def _business_number(number: str, date: dt.date) -> TaxId:
    """Return the seller's number: the seventh digit 7 counts 1 or 0, as its product 28 has the sum 10."""
    digits = [sum(map(int, str(int(digit) * weight))) for digit, weight in zip(number, WEIGHTS, strict=True)]
    divisor = 5 if date >= NEW_RULE else 10
    total = sum(digits)
    valid = total % divisor == 0 or (number[6] == "7" and (total + 1) % divisor == 0)
    return TaxId("ubn", "TW", number, valid)


def _items(rest: bytes) -> tuple[CodeItem, ...]:
    """Return the items after the fixed part, without one that is cut off; none if one is in another form."""
    fields = rest.split(b":", HEAD_FIELDS)
    if len(fields) <= HEAD_FIELDS:
        return ()
    text = _text(fields[HEAD_FIELDS], in_base64=fields[HEAD_FIELDS - 1] == BASE64_NAMES)
    pieces = text.strip().rstrip(":").split(":") if text else []
    triples = [pieces[at : at + 3] for at in range(0, len(pieces) - 2, 3)]
    items = [_item(*triple) for triple in triples[:MAX_ITEMS]]
    known = tuple(item for item in items if item)
    return known if len(known) == len(items) else ()


def _item(name: str, quantity: str, price: str) -> CodeItem | None:
    count = amount(quantity.strip(), 0, 6, signed=True)
    each = amount(price.strip(), 0, 6, signed=True)
    if count is None or each is None:
        return None
    return CodeItem(one_line(name) or "", count, each, count * each)


def _text(field: bytes, *, in_base64: bool) -> str | None:
    """Return the items as text; base64 stands for all of them, in one piece for each code, or for each name."""
    if not in_base64:
        return _decoded(field)
    if b":" not in field:
        pieces = [_unpacked(piece) for piece in re.findall(rb"[A-Za-z0-9+/]+={0,2}", field)]
        return _decoded(b"".join(pieces))
    names = field.split(b":")
    names[::3] = [_unpacked(name) for name in names[::3]]
    return _decoded(b":".join(names))


def _unpacked(field: bytes) -> bytes:
    try:
        return base64.b64decode(field, validate=True)
    except ValueError:
        return field


def _decoded(field: bytes) -> str | None:
    """Return a text in UTF-8 or, as no Chinese in Big5 is UTF-8 by coincidence, in Big5."""
    for encoding in ("utf-8", "cp950"):
        try:
            return field.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None
