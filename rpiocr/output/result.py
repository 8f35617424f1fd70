"""Results as plain objects, the interface to scripts: their keys change only with SCHEMA_VERSION."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from rpiocr.errors import RpiocrError
from rpiocr.model import (
    NOWHERE,
    Box,
    Candidate,
    Check,
    CheckName,
    Field,
    Fields,
    Item,
    ItemList,
    Notice,
    Payment,
    Receipt,
    Rung,
    TaxId,
)
from rpiocr.model.codes import Code, CodeClaim
from rpiocr.model.currency import rounded
from rpiocr.model.dates import swapped
from rpiocr.model.fields import JUDGED, FieldSpec, ValueKind
from rpiocr.model.provenance import DateOrderEvidence, OrderReason
from rpiocr.sanitize.payload import payload_text, payload_value

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
        "pages": list(receipt.pages),
        "part": receipt.part,
        "attachment": receipt.attachment,
        "sha256": receipt.sha256,
        "source": receipt.source.value,
        "verdict": receipt.judgement.verdict.value,
        "quality": receipt.judgement.quality,
        **{spec.name: _written(spec, value, fields.currency_code) for spec, value in fields.values()},
        "items_check": _items_check(fields.items, fields.currency_code),
        "codes": [code_answer(code) for code in receipt.codes],
        "confidence": {name: _probability(found) for name, found in _rated(fields)},
        "verdicts": {name: _verdict(found) for name, found in _rated(fields)},
        "evidence": {
            spec.name: _evidence_of(spec, value, fields.currency_code) for spec, value in fields.values() if spec.voted
        },
        "rungs": [_rung(rung) for rung in receipt.rungs],
        "stop": receipt.stop.value,
        "warnings": [warning_text(warning) for warning in receipt.warnings],
        "passes": len(receipt.passes),
        "elapsed_s": round(receipt.elapsed_s, 3),
    }


def failure(file: str, error: RpiocrError, page: int | None = None) -> Answer:
    """Return the result for a file, or one page of it, that could not be read."""
    return unread(file, error.code, str(error), page)


def unread(file: str, code: str, message: str, page: int | None = None) -> Answer:
    """Return the result for a file, or one page of it, that could not be read, from the error's code and message."""
    where = {"file": file} if page is None else {"file": file, "page": page}
    return {"schema_version": SCHEMA_VERSION, **where, "error": {"code": code, "message": message}}


def warning_text(warning: Notice) -> str:
    """Format a warning for results: its code, a colon and its sentence."""
    return f"{warning.code}: {warning.message}"


def warning_of(text: str) -> Notice:
    """Parse a warning that ``warning_text`` formatted."""
    code, _, message = text.partition(": ")
    return Notice(code, message)


def _time(value: dt.time) -> str:
    return value.isoformat("seconds" if value.second else "minutes")


def _items(found: ItemList, currency: str | None) -> list[Answer]:
    return [_item(item, currency) for item in found.items]


def _item(item: Item, currency: str | None) -> Answer:
    where = {} if item.page is None else {"page": item.page}
    return {
        "description": item.description,
        "description_read": item.description_read,
        "quantity": item.quantity,
        "unit": item.unit,
        "unit_price": item.unit_price,
        "amount": rounded(item.amount, currency),
        "kind": item.kind.value,
        "code": item.code,
        "tax_code": item.tax_code,
        "applies_to": item.applies_to,
        "box": _box(item.box),
        **where,
        "confidence": round(item.confidence, 4),
    }


def _items_check(found: ItemList | None, currency: str | None) -> Answer | None:
    if found is None:
        return None
    check = found.check
    return {
        "sum": rounded(check.sum, currency),
        "agrees_with": check.agrees_with.value if check.agrees_with else None,
        "count_read": check.count_read,
        "count_printed": check.count_printed,
        "complete": check.complete,
    }


def code_answer(code: Code) -> Answer:
    """Return a code as results describe it."""
    without_claim: dict[str, Any] = {
        "symbology": code.found.symbology,
        "text": payload_text(code.found.payload),
        **dict.fromkeys(("kind", "country")),
        "box": _box(code.found.box),
        **dict.fromkeys(("total", "currency", "date", "time", "tax", "seller", "receipt_number")),
        "status": code.status.value,
    }
    return without_claim | (_claim(code.claim) if code.claim else {})


def _claim(claim: CodeClaim) -> dict[str, Any]:
    def money(value: Decimal | None) -> Decimal | None:
        return None if value is None else rounded(value, claim.currency)

    return {
        "kind": claim.kind,
        "country": claim.country,
        "total": money(claim.total),
        "currency": claim.currency,
        "date": claim.date and claim.date.isoformat(),
        "time": None if claim.time is None else _time(claim.time),
        "tax": money(claim.tax),
        "seller": claim.seller and payload_value(claim.seller),
        "receipt_number": claim.receipt_number and payload_value(claim.receipt_number),
    }


def _box(box: Box) -> list[int] | None:
    """Return a box as in results, None for what is on no picture."""
    return None if box == NOWHERE else [round(box.left), round(box.top), round(box.width), round(box.height)]


def _tax_id(found: TaxId) -> Answer:
    return {"kind": found.kind, "country": found.country, "number": found.number, "valid": found.valid}


def _payment(found: Payment) -> Answer:
    return {"method": found.method.value, "brand": found.brand, "card_last4": found.card_last4}


def _payment_in_words(found: Payment) -> str:
    return " ".join(filter(None, (found.method.value, found.brand, found.card_last4)))


WRITTEN: Mapping[ValueKind, Callable[[Any, str | None], Any]] = {
    ValueKind.MONEY: rounded,
    ValueKind.DATE: lambda value, _currency: value.isoformat(),
    ValueKind.TIME: lambda value, _currency: _time(value),
    ValueKind.ITEMS: _items,
    ValueKind.TAX_IDS: lambda value, _currency: _tax_id(value),
    ValueKind.PAYMENT: lambda value, _currency: _payment(value),
}
"""How one value of each kind is written, given the receipt's currency; values of other kinds are left unchanged."""

IN_EVIDENCE: Mapping[ValueKind, Callable[[Any, str | None], Any]] = {
    **WRITTEN,
    ValueKind.TAX_IDS: lambda value, _currency: value.number,
    ValueKind.PAYMENT: lambda value, _currency: _payment_in_words(value),
}
"""The same for the evidence, where each value is a single text or number."""


def _written(spec: FieldSpec, found: Any, currency: str | None) -> Any:  # noqa: ANN401 - what a field can hold
    """Return the value of a field as written in results; None if nothing was found."""
    if found is None or (spec.voted and spec.is_many and not found):
        return None
    write = WRITTEN.get(spec.kind, _as_it_is)
    if spec.is_many and spec.voted:
        return [write(one.chosen.value, currency) for one in found]
    return write(found.chosen.value if spec.voted else found, currency)


def _as_it_is(value: T, _currency: str | None) -> T:
    return value


def _rated(fields: Fields) -> Iterator[tuple[str, Field[Any] | ItemList | None]]:
    """Yield what has a probability and a verdict, by its name."""
    yield from ((spec.name, getattr(fields, spec.name)) for spec in JUDGED)
    yield "items", fields.items


def _probability(field: Field[Any] | ItemList | None) -> float | None:
    return round(field.probability, 4) if field else None


def _verdict(field: Field[Any] | ItemList | None) -> str | None:
    return field.verdict.value if field else None


MAX_ALTERNATIVES = 3


def _evidence_of(spec: FieldSpec, found: Any, currency: str | None) -> Any:  # noqa: ANN401
    """Return the evidence for a field that is voted on; None if nothing was found."""
    if not found:
        return None
    write = IN_EVIDENCE.get(spec.kind, _as_it_is)
    if spec.is_many:
        return [_evidence(one, lambda value: write(value, currency)) for one in found]
    return _evidence(found, lambda value: write(value, currency))


def _evidence(field: Field[T], written: Callable[[T], object]) -> Answer:
    box = field.chosen.box
    evidence: dict[str, Any] = {
        "raw": field.chosen.raw,
        "box": _box(box),
        "votes": field.votes,
        "passes": field.passes,
        "checks": check_names(field.chosen),
        "rivals": [
            {"value": written(rival.value), "raw": rival.raw, "box": _box(rival.box)}
            for rival in field.rivals[:MAX_ALTERNATIVES]
        ],
    }
    if field.page is not None:
        evidence["page"] = field.page
    other = next((check.order.alternative for check in field.chosen.checks if check.order), None)
    return evidence | {"other_reading": other.isoformat()} if other else evidence


ORDER_REASONS = {
    OrderReason.SETTING: "the setting date_order",
    OrderReason.ANOTHER_DATE: "another date on the page",
    OrderReason.PHOTO: "the day on which the photo was taken",
    OrderReason.NEAR_PHOTO: "nothing; the likelier one by the day on which the photo was taken",
    OrderReason.DAY_FIRST: "nothing; day first is the default",
    OrderReason.YEAR_FIRST: "nothing; year first is the default between dashes there",
}


def order_reason(evidence: DateOrderEvidence) -> str:
    """Return what decided the order of day, month and year, in words."""
    return ORDER_REASONS.get(evidence.reason, evidence.basis)


def check_names(candidate: Candidate[Any]) -> list[str]:
    """Return the public names of the checks of a candidate."""
    return [name for check in candidate.checks for name in _names(check, candidate.value)]


def check_text(check: Check) -> str:
    """Return the public name of a check other than the order of a date, with the evidence that it has."""
    if check.said is None:
        return check.name.value
    what, text = check.said
    return f"{what}: {text}" if check.name is CheckName.EVIDENCE else f"{check.name.value}: {what}, by {text}"


def _names(check: Check, value: object) -> Iterator[str]:
    """Yield the name of a check; for the order of a date the reason, and the alternative if it is not day for month."""
    if check.order is None:
        yield check_text(check)
        return
    yield f"order: {order_reason(check.order)}"
    other = check.order.alternative
    if other and isinstance(value, dt.date) and other != swapped(value):
        yield f"order: or {other.isoformat()}"


def _rung(rung: Rung) -> Answer:
    where = {} if rung.page is None else {"page": rung.page}
    return {
        "name": rung.name,
        **where,
        "passes": list(rung.passes),
        "quality": rung.quality,
        "elapsed_s": round(rung.elapsed_s, 3),
    }
