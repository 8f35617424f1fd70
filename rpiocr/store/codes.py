"""The machine-readable codes of stored receipts, and what of them is found by a search."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, Select, select

from rpiocr.store.items import BOX_COLUMNS
from rpiocr.store.tables import CODES

OF_CODE = (
    *("symbology", "text", "kind", "country", "box", "total", "currency", "date", "time", "tax", "seller"),
    *("receipt_number", "status"),
)
"""The keys of a code in results; all but the box are columns of its table."""

COLUMNS = tuple(name for name in OF_CODE if name != "box")

SEARCHED = ("seller", "receipt_number")

Code = Mapping[str, Any]
"""A code with the keys of results; money is Decimal, the date ISO 8601."""


def code_rows(receipt_id: int, codes: Iterable[Code]) -> Iterator[dict[str, Any]]:
    """Yield the rows of the codes of a receipt."""
    for code in codes:
        values = {name: code[name] for name in COLUMNS}
        box = code["box"] or (None,) * len(BOX_COLUMNS)
        date = values["date"] and dt.date.fromisoformat(values["date"])
        yield {"receipt_id": receipt_id, **values, "date": date, **dict(zip(BOX_COLUMNS, box, strict=True))}


def code_words(codes: Iterable[Code]) -> str:
    """Return what a search finds of the codes of a receipt: what is known to be a name or a number.

    The text of a code may be a password, as for a wireless network, or be addressed to the buyer alone.
    """
    return "\n".join(code[name] for code in codes for name in SEARCHED if code[name])


def codes_query(receipt_ids: Sequence[int]) -> Select[Any]:
    """Build the query of the codes of some receipts, for ``codes_in``."""
    columns = (CODES.c.receipt_id, *(CODES.c[name] for name in (*COLUMNS, *BOX_COLUMNS)))
    return select(*columns).where(CODES.c.receipt_id.in_(receipt_ids)).order_by(CODES.c.receipt_id, CODES.c.id)


def codes_in(rows: Iterable[Row[Any]]) -> Mapping[int, tuple[Code, ...]]:
    """Return the codes of each receipt that has any, in the order of results, from the rows of ``codes_query``."""
    found: dict[int, tuple[Code, ...]] = {}
    for row in rows:
        found[row.receipt_id] = (*found.get(row.receipt_id, ()), _code(row))
    return found


def _code(row: Row[Any]) -> Code:
    box = [getattr(row, name) for name in BOX_COLUMNS]
    values = {name: None if name == "box" else getattr(row, name) for name in OF_CODE}
    return values | {"box": None if None in box else box, "date": row.date and row.date.isoformat()}
