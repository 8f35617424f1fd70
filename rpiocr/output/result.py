"""The contract with scripts: results as plain objects, whose keys change only with SCHEMA_VERSION."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from rpiocr.errors import RpiocrError
from rpiocr.extract.fields.date import other_reading, swapped
from rpiocr.model import Candidate, Check, Field, Item, Notice, Payment, Receipt, Rung, TaxId
from rpiocr.model.currency import rounded
from rpiocr.model.provenance import DateOrderEvidence, OrderReason

SCHEMA_VERSION = 1

Answer = Mapping[str, Any]

T = TypeVar("T")


def answer(receipt: Receipt) -> Answer:
    """Return the result of one receipt as the schema describes it; money is Decimal."""
    fields = receipt.fields
    return {
        "schema_version": SCHEMA_VERSION,
        "file": receipt.file,
        "page": receipt.page,
        "part": receipt.part,
        "sha256": receipt.sha256,
        "source": receipt.source.value,
        "verdict": receipt.judgement.verdict.value,
        "quality": receipt.judgement.quality,
        "amount": _money(fields.amount.chosen.value if fields.amount else None, fields.currency),
        "currency": fields.currency,
        "date": fields.date.chosen.value.isoformat() if fields.date else None,
        "time": _time(fields.time),
        "merchant": fields.merchant.chosen.value if fields.merchant else None,
        "subtotal": _money(fields.subtotal, fields.currency),
        "tax": _money(fields.tax, fields.currency),
        "items": None if fields.items is None else [_item(item, fields.currency) for item in fields.items],
        "tax_ids": [_tax_id(field.chosen.value) for field in fields.tax_ids] or None,
        "receipt_number": fields.receipt_number.chosen.value if fields.receipt_number else None,
        "payment": _payment(fields.payment.chosen.value) if fields.payment else None,
        "confidence": {
            "amount": _probability(fields.amount),
            "date": _probability(fields.date),
            "merchant": _probability(fields.merchant),
        },
        "verdicts": {
            "amount": _verdict(fields.amount),
            "date": _verdict(fields.date),
            "merchant": _verdict(fields.merchant),
        },
        "evidence": {
            "amount": _evidence(fields.amount, lambda value: _money(value, fields.currency)),
            "date": _date_evidence(fields.date),
            "merchant": _evidence(fields.merchant, str),
            "tax_ids": [_evidence(field, lambda value: value.number) for field in fields.tax_ids] or None,
            "receipt_number": _evidence(fields.receipt_number, str),
            "payment": _evidence(fields.payment, _payment_in_words),
        },
        "rungs": [_rung(rung) for rung in receipt.rungs],
        "stop": receipt.stop.value,
        "warnings": [warning_text(warning) for warning in receipt.warnings],
        "passes": len(receipt.passes),
        "elapsed_s": round(receipt.elapsed_s, 3),
    }


def failure(file: str, error: RpiocrError, page: int | None = None) -> Answer:
    """Return the line for a file, or one page of it, that could not be read."""
    return unread(file, error.code, str(error), page)


def unread(file: str, code: str, message: str, page: int | None = None) -> Answer:
    """Return such a line where only the code and the sentence of what went wrong are known."""
    where = {"file": file} if page is None else {"file": file, "page": page}
    return {"schema_version": SCHEMA_VERSION, **where, "error": {"code": code, "message": message}}


def warning_text(warning: Notice) -> str:
    """Return a warning as results have it: its code, a colon and its sentence."""
    return f"{warning.code}: {warning.message}"


def warning_of(text: str) -> Notice:
    """Return the warning that ``warning_text`` wrote."""
    code, _, message = text.partition(": ")
    return Notice(code, message)


def _money(value: Decimal | None, currency: str | None) -> Decimal | None:
    return None if value is None else rounded(value, currency)


def _time(value: dt.time | None) -> str | None:
    return value.isoformat("seconds" if value.second else "minutes") if value else None


def _item(item: Item, currency: str | None) -> Answer:
    return {
        "description": item.description,
        "quantity": item.quantity,
        "unit_price": _money(item.unit_price, currency),
        "amount": _money(item.amount, currency),
    }


def _tax_id(found: TaxId) -> Answer:
    return {"kind": found.kind, "country": found.country, "number": found.number, "valid": found.valid}


def _payment(found: Payment) -> Answer:
    return {"method": found.method.value, "brand": found.brand, "card_last4": found.card_last4}


def _payment_in_words(found: Payment) -> str:
    return " ".join(filter(None, (found.method.value, found.brand, found.card_last4)))


def _probability(field: Field[Any] | None) -> float | None:
    return round(field.probability, 4) if field else None


def _verdict(field: Field[Any] | None) -> str | None:
    return field.verdict.value if field else None


MOST_RIVALS = 3


def _evidence(field: Field[T] | None, written: Callable[[T], object]) -> dict[str, Any] | None:
    if field is None:
        return None
    box = field.chosen.box
    return {
        "raw": field.chosen.raw,
        "box": [round(box.left), round(box.top), round(box.width), round(box.height)],
        "votes": field.votes,
        "passes": field.passes,
        "checks": check_names(field.chosen),
        "rivals": [{"value": written(rival.value), "raw": rival.raw} for rival in field.rivals[:MOST_RIVALS]],
    }


ORDER_REASONS = {
    OrderReason.SETTING: "the setting date_order",
    OrderReason.ANOTHER_DATE: "another date on the page",
    OrderReason.DAY_FIRST: "nothing; day first is the default",
    OrderReason.YEAR_FIRST: "nothing; year first is the default between dashes there",
}


def order_reason(evidence: DateOrderEvidence) -> str:
    """Return what decided the order of a date, in words."""
    return ORDER_REASONS.get(evidence.reason, evidence.basis)


def check_names(candidate: Candidate[Any]) -> list[str]:
    """Return the public names of the checks of a candidate."""
    return [name for check in candidate.checks for name in _names(check, candidate.value)]


def _names(check: Check, value: object) -> Iterator[str]:
    """Yield the name of a check; of a date's order its reason, and the other day unless day and month are exchanged."""
    if check.order is None:
        yield check.name.value
        return
    yield f"order: {order_reason(check.order)}"
    other = check.order.alternative
    if other and isinstance(value, dt.date) and other != swapped(value):
        yield f"order: or {other.isoformat()}"


def _date_evidence(field: Field[dt.date] | None) -> Answer | None:
    evidence = _evidence(field, dt.date.isoformat)
    other = other_reading(field.chosen) if field else None
    return evidence | {"other_reading": other.isoformat()} if evidence and other else evidence


def _rung(rung: Rung) -> Answer:
    return {
        "name": rung.name,
        "passes": list(rung.passes),
        "quality": rung.quality,
        "elapsed_s": round(rung.elapsed_s, 3),
    }
