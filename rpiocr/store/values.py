"""Parses and checks values that users enter for fields of a receipt, and serializes them for corrections."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rpiocr.model.currency import CODES, decimals_of, without_loss
from rpiocr.model.fields import SPECS, ValueKind, named
from rpiocr.store.damage import damaged
from rpiocr.store.errors import BadCorrectionError
from rpiocr.store.item_fields import (
    ADD,
    DELETE,
    REQUIRED,
    item_as_text,
    item_field,
    item_from_text,
    item_kind,
    new_item,
    shown_item,
)
from rpiocr.store.typed import MAX_DIGITS, AmbiguousDayError, typed_amount, typed_day
from rpiocr.store.types import Money

MONEY = named(ValueKind.MONEY)
FIRST_YEAR, LAST_YEAR = 1900, 2099
MAX_TEXT_LENGTH = 200

THOUSANDS = re.compile("-?[0-9]{1,3},[0-9]{3}")
"""Ambiguous: grouped thousands, or decimals after a comma."""

CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?")


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the value of a field is parsed from what a person typed, written as text, and parsed from that."""

    read: Callable[[str, str], Any]
    write: Callable[[Any], str] = str
    restore: Callable[[str], Any] = str
    wanted: str = "text"


def parse(field: str, given: str) -> Any:  # noqa: ANN401 - a value of the field's kind
    """Parse a value typed by a user, None if it is empty; raises BadCorrectionError."""
    kind, of_item = _kind_of(field), item_field(field)
    text = " ".join(given.split())
    if text:
        return kind.read(field, text)
    if field == ADD or (of_item and of_item.part in REQUIRED):
        message = f"{field} needs a value" + (f"; {of_item.whole}.{DELETE} deletes the item" if of_item else "")
        raise BadCorrectionError(message)
    return None


def require_field(field: str) -> None:
    """Raise BadCorrectionError if there is no such field."""
    _kind_of(field)


def _kind_of(field: str) -> _Kind:
    """Return how values of a field are treated; raises BadCorrectionError if there is no such field."""
    of_item = item_field(field)
    if of_item:
        return ITEM_KINDS[of_item.part] if of_item.part else WHOLE_ITEM
    if field == ADD:
        return NEW_ITEM
    if field not in KINDS:
        message = f"there is no field {field!r} to correct; there are {', '.join(KINDS)}, items.3.amount and {ADD}"
        raise BadCorrectionError(message)
    return KINDS[field]


def written(field: str, value: Any) -> str | None:  # noqa: ANN401
    """Return a value as corrections store it."""
    return None if value is None else _kind_of(field).write(value)


def restored(field: str, text: str | None) -> Any:  # noqa: ANN401
    """Parse the output of ``written``; raises DamagedRowError for anything else."""
    if text is None:
        return None
    try:
        kind = _kind_of(field)
    except BadCorrectionError:
        return damaged("the field of a correction", field, "name of a field")
    try:
        return kind.restore(text)
    except (ValueError, TypeError):
        return damaged(f"a correction of {field}", text, kind.wanted)


def shown(field: str, text: str | None) -> Any:  # noqa: ANN401
    """Convert the output of ``written`` for JSON: numbers as numbers, everything else as text."""
    if field == "date":
        return text
    value = restored(field, text)
    return shown_item(value) if isinstance(value, Mapping) else value


def fitted(field: str, value: Decimal, currency: str | None) -> Decimal:
    """Convert money to the decimals of its currency; raises BadCorrectionError if it has more."""
    fitting = without_loss(value, currency)
    if fitting is None:
        message = (
            f"{field} {value:f} has more decimals than amounts in {currency or 'an unknown currency'} have"
            f" ({decimals_of(currency)}); correct {field} and currency together"
        )
        raise BadCorrectionError(message)
    return fitting


def _money(field: str, text: str) -> Decimal:
    amount = typed_amount(text)
    if amount is not None:
        return amount
    example = f"{text.replace(',', '')} or {text.replace(',', '.')}" if THOUSANDS.fullmatch(text) else "12.30"
    message = (
        f"{field} is {text!r}; give a plain number with a decimal point and at most {MAX_DIGITS} digits"
        f" before it, such as {example}"
    )
    raise BadCorrectionError(message)


def _date(field: str, text: str) -> dt.date:
    try:
        day = typed_day(text, dt.datetime.now().astimezone().date())
    except AmbiguousDayError as error:
        message = f"{field}: {error}"
        raise BadCorrectionError(message) from error
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = f"{field} is {text!r}; give year, month and day of a valid date, such as 2024-03-05"
        raise BadCorrectionError(message)
    return day


def _time(field: str, text: str) -> str:
    if not CLOCK.fullmatch(text):
        message = f"{field} is {text!r}; give hours and minutes, such as 09:05 or 17:30"
        raise BadCorrectionError(message)
    return text


def _currency(field: str, text: str) -> str:
    if text.upper() not in CODES:
        message = f"{field} is {text!r}; give an ISO 4217 code, such as EUR"
        raise BadCorrectionError(message)
    return text.upper()


def _text(field: str, text: str) -> str:
    if len(text) > MAX_TEXT_LENGTH or not text.isprintable():
        message = f"{field} may have at most {MAX_TEXT_LENGTH} characters, all of them printable"
        raise BadCorrectionError(message)
    return text


def _deletion(field: str, text: str) -> None:
    message = f"{field} takes no value, but got {text!r}; items.3.{DELETE} deletes item 3, items.3.amount corrects it"
    raise BadCorrectionError(message)


def _receipt(field: str, text: str) -> int:
    if not re.fullmatch("[0-9]{1,9}", text):
        message = f"{field} is {text!r}; give the number of the receipt that this one duplicates, or nothing"
        raise BadCorrectionError(message)
    return int(text)


EXAMPLES: Mapping[str, str] = {
    "currency": "EUR",
    "date": "2024-03-05",
    "time": "17:30",
    **dict.fromkeys(MONEY, "12.30"),
}
"""Examples of values of some fields."""

DECIMAL = _Kind(_money, "{:f}".format, Money().read, "amount")

OF_KIND: Mapping[ValueKind, _Kind] = {
    ValueKind.MONEY: DECIMAL,
    ValueKind.CURRENCY: _Kind(_currency),
    ValueKind.DATE: _Kind(_date, dt.date.isoformat, dt.date.fromisoformat, "day"),
    ValueKind.TIME: _Kind(_time),
    ValueKind.TEXT: _Kind(_text),
}

KINDS: Mapping[str, _Kind] = {
    **{spec.name: OF_KIND[spec.kind] for spec in SPECS if spec.kind in OF_KIND},
    "duplicate_of": _Kind(_receipt, restore=int, wanted="number of a receipt"),
}
"""The fields of a receipt."""

ITEM_KINDS: Mapping[str, _Kind] = {
    "description": _Kind(_text),
    "quantity": DECIMAL,
    "unit_price": DECIMAL,
    "amount": DECIMAL,
    "kind": _Kind(item_kind),
}
"""The parts of an item."""

WHOLE_ITEM = _Kind(_deletion, item_as_text, item_from_text, "item")
NEW_ITEM = _Kind(lambda _field, text: new_item(_text(ADD, text)))
