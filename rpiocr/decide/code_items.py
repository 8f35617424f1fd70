"""The items that a code lists, as the invoices of Taiwan do: where their sum is the total, nothing has to be read."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rpiocr.decide.code_witness import PURCHASES, witness_of
from rpiocr.decide.items import AGREEING, PROVED
from rpiocr.model import Agreement, Box, Code, Fields, Item, ItemKind, ItemList, ItemsCheck, Verdict
from rpiocr.model.codes import CodeItem


def items_of_code(codes: Sequence[Code], fields: Fields) -> ItemList | None:
    """Return the items of the code whose total is that of the receipt and of its items; None without one.

    The list is accepted if the total is. Its boxes are that of the code, in the same pixels.
    """
    witness = witness_of(codes)
    if witness is None or witness.others or witness.document not in PURCHASES or fields.amount is None:
        return None
    items = [_item(one, witness.box) for one in witness.claim.items]
    listed = tuple(item for item in items if item is not None)
    total = sum((item.amount for item in listed), Decimal(0))
    if not listed or len(listed) < len(items) or not total == witness.claim.total == fields.amount.chosen.value:
        return None
    accepted = fields.amount.verdict is Verdict.ACCEPT
    check = ItemsCheck(total, Agreement.TOTAL, len(listed), None, complete=accepted)
    probability, verdict = (PROVED, Verdict.ACCEPT) if accepted else (AGREEING, Verdict.RETRY)
    return ItemList(listed, check, probability, verdict)


def _item(one: CodeItem, box: Box) -> Item | None:
    """Return an item; None without an amount."""
    if one.amount is None:
        return None
    kind = ItemKind.DISCOUNT if one.amount < 0 else ItemKind.ITEM
    return Item(
        description=one.description,
        description_read=None,
        quantity=one.quantity,
        unit=None,
        unit_price=one.unit_price,
        amount=one.amount,
        kind=kind,
        code=None,
        tax_code=None,
        applies_to=None,
        box=box,
        confidence=1.0,
    )
