"""What a thing cost over time: the items whose description has some words, oldest first, duplicates omitted."""

from __future__ import annotations

import dataclasses
import datetime as dt
import decimal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from rpiocr.model.currency import rounded
from rpiocr.model.items import ItemKind
from rpiocr.store.rows import sound_rows
from rpiocr.store.selection import Selection
from rpiocr.store.statistics import EXACT
from rpiocr.store.tables import ITEMS, RECEIPTS
from rpiocr.store.words import item_holds

NOT_BOUGHT = (ItemKind.DISCOUNT, ItemKind.DEPOSIT)


@dataclass(frozen=True, slots=True)
class Price:
    """One purchase of a thing: the item with the number ``position`` of a receipt.

    ``price`` is that of one piece or ``unit``: the unit price as printed, otherwise the amount by the quantity, in the
    decimals of the currency.
    """

    receipt: int
    position: int
    date: dt.date | None
    merchant: str | None
    description: str | None
    quantity: Decimal | None
    unit: str | None
    unit_price: Decimal | None
    amount: Decimal | None
    price: Decimal | None
    currency: str | None

    def as_mapping(self) -> dict[str, Any]:
        """Return a JSON object; money is Decimal."""
        return {name: getattr(self, name) for name in PRICE_KEYS} | {"date": self.date and self.date.isoformat()}


PRICE_KEYS = tuple(field.name for field in dataclasses.fields(Price))


def prices_of(connection: Connection, phrases: Sequence[str], selection: Selection) -> Iterator[Price]:
    """Yield the purchases on the selected receipts whose description has all phrases; raises NothingToFindError.

    Discounts and deposits are no purchases.
    """
    sqlite = connection.dialect.name == "sqlite"
    of_receipt = (RECEIPTS.c.date, RECEIPTS.c.merchant, RECEIPTS.c.currency)
    of_item = (ITEMS.c.description, ITEMS.c.quantity, ITEMS.c.unit, ITEMS.c.unit_price, ITEMS.c.amount)
    query = (
        select(ITEMS.c.receipt_id, ITEMS.c.position, *of_item, *of_receipt)
        .join_from(ITEMS, RECEIPTS)
        .where(*(item_holds(phrase, sqlite=sqlite) for phrase in phrases))
        .where(*selection.conditions(sqlite=sqlite))
        .where(or_(ITEMS.c.kind.is_(None), ITEMS.c.kind.not_in(NOT_BOUGHT)))
        .order_by(RECEIPTS.c.day, RECEIPTS.c.id, ITEMS.c.position)
    )
    for row in sound_rows(connection, query, "one of the items of receipt", "receipt_id"):
        yield _price(row)


def _price(row: Row[Any]) -> Price:
    return Price(
        receipt=row.receipt_id,
        position=row.position,
        date=row.date,
        merchant=row.merchant,
        description=row.description,
        quantity=row.quantity,
        unit=row.unit,
        unit_price=row.unit_price,
        amount=row.amount,
        price=_of_one(row),
        currency=row.currency,
    )


def _of_one(row: Row[Any]) -> Decimal | None:
    if row.unit_price is not None or row.amount is None or not row.quantity:
        found: Decimal | None = row.amount if row.unit_price is None else row.unit_price
        return found
    with decimal.localcontext(EXACT):
        return rounded(row.amount / row.quantity, row.currency)
