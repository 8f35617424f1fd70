"""Results made from a few values, without reading an image."""

from __future__ import annotations

import hashlib
import itertools
from decimal import Decimal
from typing import Any

from rpiocr.model.records import ReadFile, ReadReceipt
from rpiocr.output.result import warning_of
from rpiocr.store.database import Database
from rpiocr.store.journal import Claim, Found, Journal

NUMBERS = itertools.count(1)

PLAIN: dict[str, Any] = {
    "schema_version": 1,
    "page": 1,
    "part": 1,
    "source": "local",
    "verdict": "ACCEPT",
    "quality": 90,
    "amount": Decimal("12.50"),
    "currency": "EUR",
    "date": "2024-03-05",
    "time": None,
    "merchant": "Corner Shop",
    **dict.fromkeys(("merchant_legal", "merchant_branch", "address", "phone", "website", "category")),
    "subtotal": None,
    "tax": None,
    "items": None,
    "tax_ids": None,
    "receipt_number": None,
    "payment": None,
    "codes": [],
    "rungs": [],
    "stop": "sure",
    "warnings": [],
    "passes": 2,
    "elapsed_s": 1.5,
}


ITEM: dict[str, Any] = {
    "description": "Tea",
    "description_read": None,
    "quantity": None,
    "unit": None,
    "unit_price": None,
    "amount": Decimal("12.50"),
    "kind": "item",
    "code": None,
    "tax_code": None,
    "applies_to": None,
    "box": [10, 20, 30, 40],
    "confidence": 0.5,
}


def item(description: str = "Tea", amount: str = "12.50", **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """An item with all its keys."""
    return ITEM | {"description": description, "amount": Decimal(amount)} | changes


CODE: dict[str, Any] = {
    "symbology": "QRCode",
    "text": "V0;KASSE-1;Kassenbeleg-V1;...",
    "kind": "de-tse",
    "country": "DE",
    "box": [10, 200, 90, 91],
    "total": Decimal("12.50"),
    "currency": "EUR",
    "date": "2024-03-05",
    "time": "13:34:56",
    "tax": Decimal("2.00"),
    "seller": None,
    "receipt_number": "4711",
    "status": "proved",
}

UNKNOWN_CODE: dict[str, Any] = dict.fromkeys(CODE) | {
    "symbology": "QRCode",
    "text": "WIFI:S:Cafe;T:WPA;P:opensesame;;",
    "box": [10, 300, 90, 91],
    "status": "unknown",
}
"""A code whose text is nobody's business but the buyer's."""


def check_of(items: list[dict[str, Any]], **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """The check of items that add up to the total."""
    total = sum((one["amount"] for one in items), Decimal(0))
    plain = {"sum": total, "agrees_with": "total", "count_read": len(items), "count_printed": None, "complete": True}
    return plain | changes


def evidence(raw: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """What bears a value out."""
    return {"raw": raw, "box": [10, 20, 30, 40], "votes": 2, "passes": 2, "checks": [], "rivals": []} | changes


def answer_of(file: str, sha256: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any key of an answer
    """A result with all its keys; every value that was found has evidence."""
    made = PLAIN | {"file": file, "sha256": sha256} | changes
    has_items = made["items"] is not None
    made["items_check"] = changes.get("items_check", check_of(made["items"]) if has_items else None)
    sure = ("amount", "currency", "date", "merchant")
    rated = (*sure, "items")
    made["confidence"] = {name: 0.99 if made[name] else None for name in rated} | changes.get("confidence", {})
    made["verdicts"] = {name: "ACCEPT" if made[name] else None for name in rated} | changes.get("verdicts", {})
    found = {
        name: evidence(str(made[name])) if made[name] is not None else None
        for name in (*sure, "receipt_number", "payment")
    }
    made["evidence"] = found | {"tax_ids": None} | changes.get("evidence", {})
    return made


def reading(*receipts: dict[str, Any], file: str = "/inbox/a.jpg", data: bytes | None = None) -> ReadFile:
    """What came of a file with these receipts; ``text``, ``picture_hash`` and ``words`` are keys, too."""
    sha256 = hashlib.sha256(data if data is not None else f"file {next(NUMBERS)}".encode()).hexdigest()
    read = []
    for number, given in enumerate(receipts, start=1):
        changes = {"page": number} | given
        text, picture_hash = changes.pop("text", ""), changes.pop("picture_hash", f"{hash_of(sha256, number):016x}")
        words = changes.pop("words", ())
        answer = answer_of(file, sha256, **changes)
        read.append(ReadReceipt(answer, text, picture_hash, tuple(map(warning_of, answer["warnings"])), words))
    return ReadFile(file, sha256, tuple(read), ())


def hash_of(sha256: str, page: int) -> int:
    """An image hash that differs from all others."""
    return int(hashlib.sha256(f"{sha256} {page}".encode()).hexdigest()[:16], 16)


def found(read: ReadFile) -> Found:
    """The file of a reading, as the journal wants it."""
    return Found(read.file, read.sha256, 1000)


def keep(database: Database, *receipts: dict[str, Any], file: str = "", data: bytes | None = None) -> list[int]:
    """Store a file with these receipts, wholly done; returns their numbers."""
    read = reading(*receipts, file=file or f"/inbox/{next(NUMBERS)}.jpg", data=data)
    journal = Journal(database)
    claim = journal.claim(found(read))
    stored = journal.answered(claim, read)
    journal.filed(claim)
    return [one.receipt_id for one in stored]


def keep_one(database: Database, file: str = "", data: bytes | None = None, **changes: Any) -> int:  # noqa: ANN401
    """Store a file with one receipt that has these values; returns its number."""
    (receipt_id,) = keep(database, changes, file=file, data=data)
    return receipt_id


def claimed(database: Database, read: ReadFile) -> Claim:
    """Take a file for reading."""
    return Journal(database).claim(found(read))
