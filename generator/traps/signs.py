"""Traps about the sign of the total."""

from __future__ import annotations

from dataclasses import replace

from generator.shop import ZERO, Item
from generator.traps.amounts import Trap
from generator.traps.page import Claim, Page


def refund_word(page: Page) -> Claim:
    """Print a word for refunds in the footer of a purchase, alone on its line or above a policy."""

    def foot() -> None:
        page.sheet.gap()
        page.sheet.centre(page.say("refunds"))
        if page.dice.chance(0.6):
            for text in page.dice.pick(page.country.language.policies):
                page.sheet.centre(text.replace("{later}", page.words.date(page.day)))
        page.sheet.gap()

    page.print(foot=foot)
    return page.claim()


def _negative(item: Item) -> Item:
    return replace(item, amount=-item.amount, discount=ZERO, quantity=abs(item.quantity))


def refund_by_title(page: Page) -> Claim:
    """Print a refund that only its title tells; its amounts have no minus."""
    page.words.unsigned = True
    page.simply(*map(_negative, page.sale.items))
    page.sale = replace(page.sale, refund=True)
    page.print(payment=lambda: page.card(page.sale.total))
    return page.claim()


def refund_by_items(page: Page) -> Claim:
    """Print a refund that no word tells, only the minus of its items and of its total."""
    page.words.unsigned = False
    page.simply(*map(_negative, page.sale.items))
    page.print(payment=lambda: page.card(page.sale.total))
    return page.claim()


def returned_item(page: Page) -> Claim:
    """Print a purchase that one returned thing is taken from."""
    items = page.sale.items
    back = _negative(replace(min(items, key=lambda item: item.amount), name=page.say("returned")))
    if len(items) > 1:
        page.simply(*items, back)
    page.print()
    return page.claim()


SIGN_TRAPS: dict[str, Trap] = {
    "refund word in the footer": refund_word,
    "refund by title": refund_by_title,
    "refund by items": refund_by_items,
    "returned item": returned_item,
}
"""Traps about signs by name."""
