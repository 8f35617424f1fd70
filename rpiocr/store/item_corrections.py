"""Corrections of the items of a receipt: which can be made, and what they change in the table of items."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, update

from rpiocr.model.currency import without_loss
from rpiocr.model.items import ItemKind
from rpiocr.store.errors import BadCorrectionError
from rpiocr.store.item_fields import ADD, COLUMNS, PARTS, Item, ItemField, item_field
from rpiocr.store.tables import CORRECTIONS, ITEMS
from rpiocr.store.values import fitted

Known = Mapping[str, Any]
"""The present values of a receipt, of its items and of their parts, by the names of corrections."""


def known_parts(items: Iterable[tuple[int, Item]]) -> dict[str, Any]:
    """Return items, given by their numbers, and their parts by the names of corrections."""
    known: dict[str, Any] = {}
    for position, item in items:
        whole = ItemField(position).name
        known |= {whole: {name: item[name] for name in COLUMNS}}
        known |= {f"{whole}.{part}": item[part] for part in PARTS}
    return known


def positions_in(row: Known) -> frozenset[int]:
    """Return the numbers of the items of a receipt."""
    return frozenset(field.position for field in map(item_field, row) if field)


def require_item(field: ItemField, receipt_id: int, positions: Collection[int]) -> None:
    """Raise BadCorrectionError if a receipt has no item of that number."""
    if field.position in positions:
        return
    known = f"it has {', '.join(map(str, sorted(positions)))}" if positions else f"{ADD}='MILK 2.50' adds one"
    message = f"receipt {receipt_id} has no item {field.position}; {known}"
    raise BadCorrectionError(message)


def with_signs(row: Known, parsed: Mapping[str, Any]) -> dict[str, Any]:
    """Make the amounts of discounts negative, and that of an item that no longer is one positive.

    On a refund, whose total is negative, all amounts are left as they are, and a negative item that is added is no
    discount.
    """
    if row["amount"] is not None and row["amount"] < 0:
        return {name: _given_back(name, value) for name, value in parsed.items()}
    signed = dict(parsed)
    for field in filter(None, map(item_field, parsed)):
        if field.part not in ("kind", "amount"):
            continue
        kind_name, amount_name = f"{field.whole}.kind", f"{field.whole}.amount"
        amount = parsed.get(amount_name, row[amount_name])
        is_discount = parsed.get(kind_name, row[kind_name]) == ItemKind.DISCOUNT
        was_discount = row[kind_name] == ItemKind.DISCOUNT and amount_name not in parsed
        if amount and (amount > 0 if is_discount else was_discount and amount < 0):
            signed[amount_name] = -amount
    return signed


def _given_back(name: str, value: Any) -> Any:  # noqa: ANN401 - the value of any correction
    """Return a correction of a refund: what is added is an item, unless it reduces what was given back."""
    field = item_field(name)
    if field is None or field.part is not None or value is None:
        return value
    kind = ItemKind.DISCOUNT if value["amount"] > 0 else ItemKind.ITEM
    return {**value, "kind": kind.value}


def items_in_decimals(row: Known, parsed: Mapping[str, Any], currency: str | None) -> dict[str, Any]:
    """Convert corrected amounts of items to the decimals of the currency; if that changes, the others where they fit.

    Raises BadCorrectionError if a corrected amount has more.
    """
    return dict(_converted(row, parsed, currency))


def _converted(row: Known, parsed: Mapping[str, Any], currency: str | None) -> Iterator[tuple[str, Any]]:
    for name, value in parsed.items():
        field = item_field(name)
        if not field or value is None:
            continue
        if field.part == "amount":
            yield name, fitted(name, value, currency)
        elif field.part is None and value["amount"] is not None:
            yield name, {**value, "amount": fitted(name, value["amount"], currency)}
    if "currency" in parsed:
        for name in (f"{ItemField(position).name}.amount" for position in positions_in(row)):
            fitting = None if row[name] is None or name in parsed else without_loss(row[name], currency)
            if fitting is not None:
                yield name, fitting


def write_items(connection: Connection, receipt_id: int, values: Mapping[str, Any]) -> None:
    """Add, delete and change items; ``values`` has new values by the names of corrections, None for a deleted item."""
    for field, value in _by_item(values):
        here = (ITEMS.c.receipt_id == receipt_id) & (ITEMS.c.position == field.position)
        if field.part:
            connection.execute(update(ITEMS).where(here).values({field.part: value}))
        elif value is None:
            connection.execute(delete(ITEMS).where(here))
        else:
            connection.execute(insert(ITEMS).values(receipt_id=receipt_id, position=field.position, **value))


def _by_item(values: Mapping[str, Any]) -> list[tuple[ItemField, Any]]:
    """Return the corrections of items, whole items before their parts."""
    found = [(field, value) for name, value in values.items() if (field := item_field(name))]
    return sorted(found, key=lambda one: one[0].part is not None)


def forget_parts(connection: Connection, receipt_id: int, values: Mapping[str, Any]) -> None:
    """Delete the corrections of the parts of items that are no longer there, as their addition was undone."""
    for field, value in _by_item(values):
        if field.part is None and value is None:
            here = (CORRECTIONS.c.receipt_id == receipt_id) & CORRECTIONS.c.field.startswith(f"{field.whole}.")
            connection.execute(delete(CORRECTIONS).where(here))
