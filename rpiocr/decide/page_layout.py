"""Puts the chosen purchases on the page: as items, beside rows with their sections and columns of amounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from rpiocr.extract.items.purchase import Purchase
from rpiocr.extract.items.sections import sections
from rpiocr.extract.items.zone import Column, Zone
from rpiocr.model import Item, ItemKind
from rpiocr.model.baseline import Baseline
from rpiocr.model.page_layout import AmountColumn, PageLayout, SectionRow


def page_layout(zone: Zone, end: int, found: Sequence[Purchase], baseline: Baseline) -> PageLayout:
    """Return the layout of a page with its items, which end above row ``end``; boxes are no longer levelled."""
    rows = tuple(
        SectionRow(section, tuple(baseline.unlevelled(word.box) for word in one.row.line.words))
        for one, section in zip(zone.rows, sections(zone, end, found), strict=True)
    )
    columns = tuple(_amount_column(zone, column, baseline) for column in zone.columns)
    items = tuple(replace(item, box=baseline.unlevelled(item.box)) for item in _items(found))
    return PageLayout(rows, columns, items)


def _amount_column(zone: Zone, column: Column, baseline: Baseline) -> AmountColumn:
    boxes = [amount.box for one in zone.item_rows for amount in one.amounts if column.has(amount.box.right)]
    top, bottom = min(box.top for box in boxes), max(box.bottom for box in boxes)
    left, right = column.left, column.right
    return AmountColumn(
        (
            baseline.unlevel(left, top),
            baseline.unlevel(right, top),
            baseline.unlevel(right, bottom),
            baseline.unlevel(left, bottom),
        )
    )


def _items(found: Sequence[Purchase]) -> Iterator[Item]:
    last = None
    for number, one in enumerate(found, 1):
        belongs = one.kind is ItemKind.DISCOUNT or (one.kind is ItemKind.DEPOSIT and one.value > 0)
        yield _item(one, last if belongs else None)
        last = last if belongs else number


def _item(one: Purchase, applies_to: int | None) -> Item:
    multiple = one.multiple
    return Item(
        one.wording.description,
        one.wording.description_read,
        multiple.quantity if multiple else one.wording.quantity,
        multiple.unit if multiple else None,
        multiple.unit_price if multiple else None,
        one.value,
        one.kind,
        one.wording.code,
        one.wording.tax_code,
        applies_to,
        one.box,
        one.amount.confidence,
    )
