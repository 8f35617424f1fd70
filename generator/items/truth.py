"""The ground truth of the items, as the keys of a receipt have it."""

from __future__ import annotations

from typing import Any

from generator.items.printed import PrintedItem, PrintedItems
from generator.items.till import places
from generator.locales import load_country
from generator.shop import ZERO, Sale


def items_truth(sale: Sale, printed: PrintedItems, *, subtotal_printed: bool) -> dict[str, Any]:
    """Return what the paper says of the items, and which of its sums they add up to, if any of them does."""
    decimals = load_country(sale.country).decimals
    return {
        "items": [_row(item, decimals) for item in printed.items],
        "items_complete": True,
        "items_sum_to": _sum_to(sale, printed, subtotal_printed=subtotal_printed),
        "items_layout": printed.layout or None,
        "items_traits": list(printed.traits),
    }


def _row(item: PrintedItem, decimals: int) -> dict[str, str | None]:
    price = item.unit_price
    return {
        "description": item.description,
        "quantity": None if item.quantity is None else f"{item.quantity:f}",
        "unit_price": None if price is None else f"{price:.{places(price, decimals)}f}",
        "amount": f"{item.amount:.{decimals}f}",
        "kind": item.kind,
    }


def _sum_to(sale: Sale, printed: PrintedItems, *, subtotal_printed: bool) -> str | None:
    if not printed.items:
        return None
    found = sum((item.amount for item in printed.items), ZERO)
    if found == sale.total:
        return "total"
    return "subtotal" if subtotal_printed and found == sale.goods else None
