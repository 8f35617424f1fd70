"""The items of stored receipts, corrections applied, and what their sum agrees with."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Select, select

from rpiocr.model.items import Agreement, ItemsCheck, plausible_counts
from rpiocr.store.tables import ITEMS

ZERO = Decimal(0)

BOX_COLUMNS = ("box_x", "box_y", "box_width", "box_height")

CHECK_COLUMNS = (
    *("amount", "subtotal", "tax", "tip", "items_agree_with", "items_count_printed", "items_complete"),
    *("items_confidence", "items_verdict"),
)
"""The columns of a receipt that ``known_items`` needs."""

CHANGES_CHECK = re.compile(r"amount|subtotal|items\.[0-9]+(\.(amount|kind))?")
"""Corrected fields after which the check of the items as they were read does not hold any more."""


@dataclass(frozen=True, slots=True)
class StoredItem:
    """An item of a receipt, see ``rpiocr.model.items.Item``; one that a person added has no box.

    ``position`` is its number for people and in ``applies_to``: the one that it has on the receipt.
    """

    position: int
    description: str | None
    description_read: str | None
    quantity: Decimal | None
    unit: str | None
    unit_price: Decimal | None
    amount: Decimal | None
    kind: str | None
    code: str | None
    tax_code: str | None
    applies_to: int | None
    box: tuple[int, ...] | None
    confidence: float | None
    page: int | None = None

    def as_mapping(self) -> dict[str, Any]:
        """Return a JSON object with the keys of an item in results, and its position; money is Decimal."""
        values = {name: getattr(self, name) for name in OF_ITEM if name != "page" or self.page is not None}
        return values | {"box": self.box and list(self.box)}


OF_ITEM = tuple(StoredItem.__dataclass_fields__)


def items_query(receipt_ids: Sequence[int]) -> Select[Any]:
    """Build the query of the items of some receipts, for ``items_in``."""
    names = (name for name in OF_ITEM if name != "box")
    columns = (ITEMS.c.receipt_id, *(ITEMS.c[name] for name in names), *(ITEMS.c[name] for name in BOX_COLUMNS))
    return select(*columns).where(ITEMS.c.receipt_id.in_(receipt_ids)).order_by(ITEMS.c.receipt_id, ITEMS.c.position)


def items_in(rows: Iterable[Row[Any]]) -> Mapping[int, tuple[StoredItem, ...]]:
    """Return the items of each receipt that has any, from the rows of ``items_query``."""
    found: dict[int, tuple[StoredItem, ...]] = {}
    for row in rows:
        found[row.receipt_id] = (*found.get(row.receipt_id, ()), _item(row))
    return found


def _item(row: Row[Any]) -> StoredItem:
    values = {name: getattr(row, name) for name in OF_ITEM if name != "box"}
    box = tuple(getattr(row, name) for name in BOX_COLUMNS)
    return StoredItem(**values, box=None if None in box else box)


@dataclass(frozen=True, slots=True)
class KnownItems:
    """The items of a receipt and their check, both None if they were not looked for.

    ``confidence`` (0 to 1) and ``verdict`` are those of the list as it was read; None if it was not.
    """

    items: tuple[StoredItem, ...] | None = None
    check: ItemsCheck | None = None
    confidence: float | None = None
    verdict: str | None = None

    def as_mapping(self) -> dict[str, Any]:
        """Return the keys of a JSON object; money is Decimal."""
        return {
            "items": None if self.items is None else [item.as_mapping() for item in self.items],
            "items_check": self.check and _check_as_mapping(self.check),
            "items_confidence": self.confidence,
            "items_verdict": self.verdict,
        }


def known_items(
    receipt: Any,  # noqa: ANN401 - a row of any query
    items: Sequence[StoredItem],
    corrected: Collection[str],
    confirmed: Collection[str],
) -> KnownItems:
    """Return what is known of the items of a receipt, a row with CHECK_COLUMNS.

    The check is that of the reading, until one of the ``corrected`` fields is an amount that it is about, or one of the
    ``confirmed`` ones is and the items are exactly the total. An item that a person deleted is no longer named by
    others. How a description was read is not said of one that a person corrected, but kept for when that is undone.
    """
    if receipt.items_complete is None and not items:
        return KnownItems()
    present = {item.position for item in items}
    by_person = {item.position for item in items if f"items.{item.position}.description" in corrected}
    shown = tuple(
        replace(
            item,
            applies_to=item.applies_to if item.applies_to in present else None,
            description_read=None if item.position in by_person else item.description_read,
        )
        for item in items
    )
    check = _check(receipt, items, corrected, confirmed)
    return KnownItems(shown, check, receipt.items_confidence, receipt.items_verdict)


def _check(
    receipt: Any,  # noqa: ANN401 - as above
    items: Sequence[StoredItem],
    corrected: Collection[str],
    confirmed: Collection[str],
) -> ItemsCheck:
    compared = _compared(receipt, items)
    if receipt.items_complete is None or any(map(CHANGES_CHECK.fullmatch, corrected)):
        return compared
    # Until a person confirms it, a total that the items are may be as wrong as they are.
    if compared.complete and compared.sum == receipt.amount and any(map(CHANGES_CHECK.fullmatch, confirmed)):
        return compared
    agrees = Agreement(receipt.items_agree_with) if receipt.items_agree_with else None
    return replace(compared, agrees_with=agrees, complete=receipt.items_complete)


def _compared(receipt: Any, items: Sequence[StoredItem]) -> ItemsCheck:  # noqa: ANN401
    """Return the check of the present items against the present values of the receipt."""
    total = sum((item.amount for item in items if item.amount is not None), ZERO)
    found, printed = _agreement(receipt, total), receipt.items_count_printed
    complete = found is not None and (printed is None or printed in plausible_counts(items))
    return ItemsCheck(total, found, len(items), printed, complete)


def _agreement(receipt: Any, total: Decimal) -> Agreement | None:  # noqa: ANN401
    """Return what a sum is: the total, also with the tax and the tip that are known, or the subtotal."""
    amount, subtotal = receipt.amount, receipt.subtotal
    tax, tip = receipt.tax or ZERO, receipt.tip or ZERO
    if amount is not None and amount < 0:
        # The items of a refund are negative; its subtotal, tax and tip may be printed without a minus.
        amount, total, tax, tip = -amount, -total, abs(tax), abs(tip)
        subtotal = None if subtotal is None else abs(subtotal)
    if amount in (total, total + tax, total + tip, total + tax + tip):
        return Agreement.TOTAL
    return Agreement.SUBTOTAL if subtotal == total else None


def _check_as_mapping(check: ItemsCheck) -> dict[str, Any]:
    return {
        "sum": check.sum,
        "agrees_with": check.agrees_with and check.agrees_with.value,
        "count_read": check.count_read,
        "count_printed": check.count_printed,
        "complete": check.complete,
    }
