"""What is explained of the items of a receipt, for the terminal and for HTML."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from rpiocr.model import Agreement, Box, Item, ItemKind, ItemList, ItemsCheck, Receipt, Verdict
from rpiocr.output.explain.html import page_of, section_of
from rpiocr.output.explain.story import story_of
from rpiocr.output.explain.text import write_text
from tests.output.explain.receipts import PAGE, RECEIPT, Checked, with_fields


def item(description: str, amount: str, kind: ItemKind = ItemKind.ITEM, read: str | None = None) -> Item:
    return Item(
        *(description, read, None, None, None, Decimal(amount), kind, None, None, None),
        Box(40, 100, 380, 120),
        0.9,
    )


BREAD = (item("BREAD", "33.00"), item("LOYALTY", "-0.80", ItemKind.DISCOUNT))


def with_items(agrees: Agreement | None, verdict: Verdict, *items: Item) -> Receipt:
    """The receipt with these items."""
    check = ItemsCheck(sum((one.amount for one in items), Decimal(0)), agrees, len(items), None, complete=False)
    return with_fields(items=ItemList(items, check, 0.99 if verdict is Verdict.ACCEPT else 0.4, verdict))


def text_of(receipt: Receipt) -> str:
    stream = io.StringIO()
    write_text(story_of(receipt), stream)
    return " ".join(stream.getvalue().split())


def page(receipt: Receipt) -> str:
    return Checked(page_of("shop.jpg", [section_of(PAGE, receipt)])).text


@pytest.mark.parametrize("explained", [text_of, page])
def test_items_are_listed_with_what_their_sum_proves_and_what_it_does_not(explained: Callable[[Receipt], str]) -> None:
    text = explained(with_items(Agreement.TOTAL, Verdict.ACCEPT, *BREAD))
    assert "ACCEPT, probability 99.0 %" in text
    assert "2 items; their sum 32.20 MYR agrees with the total." in text
    assert "A sum proves amounts, not descriptions" in text
    assert "Not proved" not in text
    assert "BREAD 33.00" in text
    assert "LOYALTY -0.80 discount" in text


@pytest.mark.parametrize("explained", [text_of, page])
def test_a_repaired_name_is_explained_with_what_was_read(explained: Callable[[Receipt], str]) -> None:
    text = explained(with_items(Agreement.TOTAL, Verdict.ACCEPT, item("MILK", "33.00", read="M1LK"), BREAD[1]))
    assert "MILK was read as M1LK." in text
    assert "LOYALTY was read" not in text


def test_amounts_that_only_another_reading_has_are_mentioned() -> None:
    receipt = with_items(Agreement.TOTAL, Verdict.ACCEPT, *BREAD)
    assert receipt.fields.items
    repaired = with_fields(items=replace(receipt.fields.items, repairs=2))
    assert "Only with 2 amounts of another reading does the sum agree." in text_of(repaired)
    assert "another reading" not in text_of(receipt)


def test_a_list_whose_sum_does_not_agree_is_explained_with_the_difference() -> None:
    text = text_of(with_items(None, Verdict.RETRY, BREAD[0]))
    assert "1 item; its amount 33.00 MYR is 0.80 MYR more than the total." in text
    assert "Not proved: an amount is wrong, an item is missing" in text


def test_a_list_that_agrees_with_an_uncertain_total_is_as_uncertain() -> None:
    amount = RECEIPT.fields.amount
    assert amount
    receipt = with_items(Agreement.TOTAL, Verdict.RETRY, *BREAD)
    uncertain = replace(receipt, fields=replace(receipt.fields, amount=replace(amount, verdict=Verdict.RETRY)))
    assert "Not proved: the total that they agree with is uncertain itself." in text_of(uncertain)
    assert "Not proved: other amounts agree as well" in text_of(receipt)


def test_that_no_items_were_found_is_stated_and_that_they_were_not_looked_for_is_left_out() -> None:
    assert "No items were found." in text_of(with_items(None, Verdict.RETRY))
    assert "Items" not in text_of(RECEIPT)
