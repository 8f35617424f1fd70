"""How far the items of a receipt are proved, in plain English."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rpiocr.model import Agreement, ItemList, Receipt, Verdict
from rpiocr.output.explain.words import VERDICTS, percentage
from rpiocr.output.items_in_words import HEADS, cells_of, count_in_words, sum_in_words
from rpiocr.output.result import answer


@dataclass(frozen=True, slots=True)
class ItemsStory:
    """The items of a receipt: ``rows`` has the cells of each below ``heads``, ``reasons`` what their sum proves."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    verdict: Verdict
    probability: str
    reasons: tuple[str, ...]


def items_story(receipt: Receipt) -> ItemsStory | None:
    """Return how far the items are proved; None if they were not looked for."""
    found = receipt.fields.items
    if found is None:
        return None
    rows = tuple(cells_of(answer(receipt)["items"]))
    heads = HEADS[: len(rows[0])] if rows else ()
    return ItemsStory(heads, rows, found.verdict, percentage(found.probability), tuple(_reasons(found, receipt)))


def _reasons(found: ItemList, receipt: Receipt) -> Iterator[str]:
    if found.items:
        yield f"{sum_in_words(answer(receipt))}."
        if found.repairs:
            yield f"Only with {count_in_words(found.repairs, 'amount')} of another reading does the sum agree."
        yield from _unproved(found, receipt)
        yield "A sum proves amounts, not descriptions: these are shown as they were read, but for evident misreadings."
        repaired = (one for one in found.items if one.description_read)
        yield from (f"{one.description} was read as {one.description_read}." for one in repaired)
    else:
        yield "No items were found."
    yield f"{found.verdict.value}: {VERDICTS[found.verdict]}."


def _unproved(found: ItemList, receipt: Receipt) -> Iterator[str]:
    """Yield why a list is not proved; nothing if it is."""
    total, agrees = receipt.fields.amount, found.check.agrees_with
    if found.verdict is Verdict.ACCEPT:
        return
    if agrees is None:
        yield "Not proved: an amount is wrong, an item is missing, or one does not belong there."
    elif agrees is Agreement.TOTAL and total and total.verdict is not Verdict.ACCEPT:
        yield "Not proved: the total that they agree with is uncertain itself."
    else:
        yield (
            "Not proved: other amounts agree as well, an amount near the items is left unexplained, the sum needs tax,"
            " charges or discounts besides, or the receipt names another number of items."
        )
