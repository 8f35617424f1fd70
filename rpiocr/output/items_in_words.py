"""The items of a result for people: as a table, and the check of their sum in words.

A result is one as ``answer`` returns it, or as the store has it; both have the same keys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from rpiocr.model.items import ItemKind

if TYPE_CHECKING:
    from rich.table import Table

AGREES = {"total": "agrees with the total", "subtotal": "agrees with the subtotal"}

HEADS = ("#", "description", "quantity", "unit price", "amount", "kind")


def amount_in_words(amount: Decimal | None, unit: str | None) -> str:
    """Return a number with its currency or unit; empty if it is None."""
    return "" if amount is None else f"{amount:f} {unit or ''}".strip()


def count_in_words(number: int, what: str) -> str:
    """Return a number of things, which are named in the singular."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def sum_in_words(result: Mapping[str, Any]) -> str:
    """Return how many items a result has, and what their sum agrees with or how far it is off; ``none`` without any."""
    check = result["items_check"]
    if not check["count_read"]:
        return "none"
    count, printed = count_in_words(check["count_read"], "item"), check["count_printed"]
    by_receipt = "" if printed in (None, check["count_read"]) else f", {printed} by the receipt"
    agrees = AGREES.get(check["agrees_with"]) or _off(check["sum"], result)
    whose = "its amount" if check["count_read"] == 1 else "their sum"
    return f"{count}{by_receipt}; {whose} {amount_in_words(check['sum'], result['currency'])} {agrees}"


def _off(found: Decimal, result: Mapping[str, Any]) -> str:
    total = result["amount"]
    # The items of a refund are negative, as its total is.
    difference = None if total is None or (found < 0) != (total < 0) else abs(found) - abs(total)
    if not difference:
        return "agrees with neither the total nor the subtotal"
    side = "more" if difference > 0 else "less"
    return f"is {amount_in_words(abs(difference), result['currency'])} {side} than the total"


def completeness_in_words(result: Mapping[str, Any]) -> str:
    """Return what the sum of the items agrees with, and whether all are there."""
    if not result["items_check"]["count_read"]:
        return sum_in_words(result)
    return f"{sum_in_words(result)}; {'complete' if result['items_check']['complete'] else 'not proved complete'}"


def acceptance_in_words(answer: Mapping[str, Any]) -> str:
    """Return what the sum of the items agrees with, and whether the list is accepted."""
    if not answer["items"]:
        return "no items were found"
    accepted = answer["verdicts"]["items"] == "ACCEPT"
    return (
        f"{sum_in_words(answer)}; the list is {'accepted' if accepted else 'not accepted: compare it with the receipt'}"
    )


def cells_of(items: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    """Return the cells of each item below HEADS; all without that of the kind where each is a plain item."""
    rows = [_cells(number, item) for number, item in enumerate(items, 1)]
    return rows if any(row[-1] for row in rows) else [row[:-1] for row in rows]


def _cells(number: int, item: Mapping[str, Any]) -> tuple[str, ...]:
    return (
        str(item.get("position", number)),
        item["description"] or "",
        amount_in_words(item["quantity"], item["unit"]),
        amount_in_words(item["unit_price"], None),
        amount_in_words(item["amount"], None),
        "" if item["kind"] in (None, ItemKind.ITEM) else str(item["kind"]),
    )


def table_of_items(items: Sequence[Mapping[str, Any]]) -> Table:
    """Return a table of at least one item."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table

    from rpiocr.system.console import cell

    rows = cells_of(items)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for head in HEADS[: len(rows[0])]:
        right = head not in ("description", "kind")
        wraps = head == "description"
        table.add_column(head, justify="right" if right else "left", overflow="fold", no_wrap=not wraps)
    for row in rows:
        table.add_row(*map(cell, row))
    return table
