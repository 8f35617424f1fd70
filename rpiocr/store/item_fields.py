"""Corrections of items: their names, such as items.3.amount, and a whole item as text.

The name of a whole item, items.3, is that of corrections that add or delete it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from rpiocr.model.items import ItemKind
from rpiocr.store.errors import BadCorrectionError
from rpiocr.store.items import BOX_COLUMNS
from rpiocr.store.tables import ITEMS
from rpiocr.store.typed import typed_amount
from rpiocr.store.types import Money
from rpiocr.system.json_text import dumps

ADD = "items.add"
"""Adds an item: the value is its description and its amount."""

DELETE = "delete"

PARTS = ("description", "quantity", "unit_price", "amount", "kind")
"""The parts of an item that a person can correct."""

REQUIRED = ("description", "amount", "kind")
"""Those that every item has."""

NAME = re.compile(r"items\.([1-9][0-9]{0,5})(?:\.(\w+))?")

COLUMNS = tuple(column.name for column in ITEMS.columns if column.name not in ("id", "receipt_id", "position"))
"""The columns of a whole item."""

LATER = frozenset({"description_read", "page"})
"""Columns that are missing in corrections that were stored before there were these."""

DECIMALS = ("quantity", "unit_price", "amount")

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ItemField:
    """The item with the number ``position``, or one of its parts."""

    position: int
    part: str | None = None

    @property
    def name(self) -> str:
        """The name of a correction."""
        return self.whole + (f".{self.part}" if self.part else "")

    @property
    def whole(self) -> str:
        """The name of the whole item."""
        return f"items.{self.position}"


def item_field(name: str) -> ItemField | None:
    """Return the item or the part that a correction is about, None if it is about something else.

    Raises BadCorrectionError for what an item does not have; ``delete`` is the whole item.
    """
    found = NAME.fullmatch(name)
    if not found:
        return None
    part = found[2]
    if part not in (None, DELETE, *PARTS):
        message = f"an item has no {part!r} to correct; it has {', '.join(PARTS)}, and items.{found[1]}.{DELETE}"
        raise BadCorrectionError(message)
    return ItemField(int(found[1]), None if part == DELETE else part)


def new_item(text: str) -> Item:
    """Return the item that a person adds with a description and an amount; raises BadCorrectionError.

    It is a discount if the amount is negative.
    """
    description, _, last = text.rpartition(" ")
    amount = typed_amount(last)
    if not description or amount is None:
        message = f"{ADD} is {text!r}; give a description and an amount with a decimal point, as {ADD}='MILK 2.50'"
        raise BadCorrectionError(message)
    kind = ItemKind.DISCOUNT if amount < 0 else ItemKind.ITEM
    return dict.fromkeys(COLUMNS) | {"description": description, "amount": amount, "kind": kind.value}


def item_kind(name: str, text: str) -> str:
    """Return the kind of an item that a person typed; raises BadCorrectionError."""
    if text not in tuple(ItemKind):
        message = f"{name} is {text!r}; it may be {', '.join(ItemKind)}"
        raise BadCorrectionError(message)
    return text


def item_as_text(item: Item) -> str:
    """Return a whole item as corrections store it."""
    plain = {name: f"{value:f}" if isinstance(value, Decimal) else value for name, value in item.items()}
    return dumps(plain)


def shown_item(item: Item) -> dict[str, Any]:
    """Return a whole item with the keys that it has in JSON, without its position."""
    box = [item[name] for name in BOX_COLUMNS]
    has = [name for name in COLUMNS if name not in BOX_COLUMNS and (name != "page" or item[name] is not None)]
    return {name: item[name] for name in has} | {"box": None if None in box else box}


def item_from_text(text: str) -> Item:
    """Parse the output of ``item_as_text``; raises ValueError for anything else."""
    plain = json.loads(text)
    if not isinstance(plain, dict) or set(plain) | LATER != set(COLUMNS):
        raise ValueError
    return (
        dict.fromkeys(LATER)
        | plain
        | {name: None if plain[name] is None else Money().read(plain[name]) for name in DECIMALS}
    )
