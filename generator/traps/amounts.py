"""Traps about which amount was paid."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

from generator.shop import ZERO
from generator.traps.page import Claim, Page

Trap = Callable[[Page], Claim]

COUNTS = {
    "distance": 2,
    "weight": 3,
    "energy": 2,
    "volume": 2,
    "odds": 2,
    "points": 0,
    "pages": 0,
    "kcal": 0,
    "hours": 2,
    "pieces": 0,
}
"""What is counted, with the decimals that it has at most."""


def counted(what: str, page: Page) -> Claim:
    """Print a total that is no money; its words have the unit, or the number has it behind it."""
    label, _, unit = page.say(what).partition("|")
    factor = Decimal(page.dice.between(30, 600)) / 100
    places = min(COUNTS[what], page.dice.pick((1, 2, 2, 3)))
    value = round(abs(page.sale.total) * factor + Decimal("0.37"), places)
    text = f"{page.words.number(value, places)} {unit}".strip()
    where = page.dice.pick(("before_sums", "after_total", "after_payment"))
    parts = {where: lambda: page.pair(label, text)}
    if page.dice.chance(0.5):
        # As from a taxi's meter: no items and no other total, only what the card paid, or also a sum to pay.
        page.with_card()
        named = page.dice.chance(0.5)
        parts |= {
            "items": page.sheet.rule,
            "sums": lambda: page.row("to_pay", page.sale.total) if named else None,
            "tax": lambda: None,
        }
    page.print(**parts)
    return page.claim()


def articles_before_total(page: Page) -> Claim:
    """Print the number of articles on the line of the total, one blank before the amount."""
    page.simply(*page.sale.items)
    count = sum(int(item.quantity) if not item.unit else 1 for item in page.sale.items)
    line = f"{page.words.word('total')} {count} {page.words.number(page.sale.total)}"
    page.print(sums=lambda: page.sheet.left(line))
    return page.claim()


def quantity_line(page: Page) -> Claim:
    """Print quantity, price and amount of each item one blank apart."""

    def items() -> None:
        for item in page.sale.items:
            numbers = [page.words.number(amount) for amount in (item.unit_price, item.amount)]
            quantity = f"{item.quantity:f}" if not item.unit else page.words.number(item.quantity, 3)
            page.sheet.left(item.name)
            page.sheet.left(" ".join([quantity, *numbers]))
            if item.discount:
                page.pair(page.words.word("discount"), item.discount)

    page.print(items=items)
    return page.claim()


def tip_after_total(page: Page) -> Claim:
    """Print a tip below the total, and the amount charged on a line of its own, or only as paid by card."""
    page.sale = replace(page.sale, tip=ZERO)
    page.with_card()
    tip = page.round(abs(page.sale.total) / 6)
    charged = page.sale.total + tip
    named = page.dice.chance(0.6)

    def payment() -> None:
        page.pair(page.say("tip"), tip)
        if named:
            page.row("charged", charged)
        if not named or page.dice.chance(0.5):
            page.card(charged)

    page.print(payment=payment)
    return page.claim(total=charged)


def tip_blank(page: Page) -> Claim:
    """Print lines for a tip and a total that are filled in by hand: the paper does not decide."""

    def blanks() -> None:
        page.sheet.gap()
        page.pair(page.say("tip"), "____________")
        page.pair(page.words.word("total"), "____________")
        page.sheet.left(f"{page.say('signature')} ____________")

    page.with_card()
    page.print(after_payment=blanks)
    return page.undecided("total")


def split_share(page: Page) -> Claim:
    """Print the bill of a table, and the share of one guest, who paid only that."""
    people = page.dice.between(2, 5)
    share = page.round(page.sale.total / people)
    last = page.sale.total - share * (people - 1)

    def payment() -> None:
        page.row("split", str(people))
        page.row("share", last)
        page.card(last)

    page.print(payment=payment)
    return page.claim(total=last)


@dataclass(frozen=True, slots=True)
class Reduction:
    """What makes a total lower: phrases of the higher amount, of what is taken off, and of what is left."""

    whole: str
    less: str
    rest: str
    rest_named: float = 1.0
    """Share of receipts that name the rest; the others have it only as paid."""


def reduced(how: Reduction, page: Page) -> Claim:
    """Print a total, less something, and what was left to pay."""
    less = page.round(page.sale.total * page.dice.between(10, 80) / 100)
    rest = page.sale.total - less
    named = page.dice.chance(how.rest_named)

    if how.whole:
        page.words.chosen["total"] = page.say(how.whole)

    def below() -> None:
        page.row(how.less, -less)
        if named:
            page.row(how.rest, rest)

    page.print(after_total=below, payment=lambda: page.paid(rest) if named else page.card(rest))
    return page.claim(total=rest)


def trial(page: Page) -> Claim:
    """Print the order of a trial: nothing is due today."""
    price = abs(page.sale.items[0].amount)

    def sums() -> None:
        page.total(ZERO, page.say("today"))
        page.row("after_trial", page.words.money(price))

    page.print(items=lambda: page.pair(page.say("trial"), page.words.amount(ZERO)), sums=sums, payment=lambda: None)
    return page.claim(total=ZERO.quantize(page.country.unit))


def member_price(page: Page) -> Claim:
    """Print totals without and with a loyalty card; without a payment, the paper does not decide."""
    saved = page.round(sum((item.amount for item in page.sale.items), ZERO) * page.dice.between(8, 30) / 100)
    page.simply(*page.sale.items, discount=saved)
    paid = page.dice.chance(0.7)
    rows = [("without_card", page.sale.goods), ("with_card", page.sale.total)]
    if page.dice.chance(0.4):
        rows.reverse()

    def sums() -> None:
        for key, amount in rows:
            page.total(amount, page.say(key))

    page.print(sums=sums, payment=(lambda: page.paid(page.sale.total)) if paid else lambda: None)
    return page.claim() if paid else page.undecided("total")


def less_thousand(page: Page) -> Claim:
    """Print one dear thing and a round discount that leaves the digits behind its thousands."""
    scale = max(Decimal(1), page.country.price_step)
    rest = page.round(Decimal(page.dice.between(2000, 99900)) / 100 * scale)
    thousands = 1000 * scale * page.dice.between(1, 3)
    item = page.sale.items[0]
    dear = replace(
        item, quantity=Decimal(1), unit="", unit_price=rest + thousands, amount=rest + thousands, discount=ZERO
    )
    page.simply(dear, discount=thousands)
    page.print()
    return page.claim()


def page_totals(page: Page) -> Claim:
    """Print two pages of items, the first with its sum, which is carried to the second."""
    items = page.sale.items
    half = max(1, len(items) // 2)
    carried = sum((item.amount + item.discount for item in items[:half]), ZERO)

    def both() -> None:
        page.items(items[:half])
        page.row("page_total", carried)
        page.sheet.gap()
        page.row("carried", carried)
        page.items(items[half:])

    page.print(items=both)
    return page.claim()


def worn_labels(page: Page) -> Claim:
    """Print total, cash and change without their words: quantities, subtotal and change prove the total."""
    page.simply(*page.sale.items)
    total = page.sale.total
    tendered = total + page.up(total, Decimal(page.country.notes[0])) + page.country.notes[0]

    def worn(key: str) -> str:
        word = page.words.word(key)
        return word[-1] if page.dice.chance(0.3) else ""

    def sums() -> None:
        page.pair(page.words.word("subtotal"), total)
        page.pair(worn("total"), total)

    def payment() -> None:
        page.pair(worn("cash"), tendered)
        page.pair(worn("change"), tendered - total)

    page.print(sums=sums, payment=payment)
    return page.claim()


def long_strip(page: Page) -> Claim:
    """Print 150 items or more."""
    goods = page.sale.items
    page.simply(*(page.dice.pick(goods) for _ in range(page.dice.between(150, 190))))
    page.print()
    return page.claim()


def plain(page: Page) -> Claim:
    """Print a usual receipt."""
    page.print()
    return page.claim()


AMOUNT_TRAPS: dict[str, Trap] = {
    "plain": plain,
    **{f"counted {what}": partial(counted, what) for what in COUNTS},
    "articles before the total": articles_before_total,
    "quantity on the line": quantity_line,
    "tip after the total": tip_after_total,
    "tip left blank": tip_blank,
    "split bill": split_share,
    "insurance": partial(reduced, Reduction("charges", "insurance", "own_share")),
    "voucher": partial(reduced, Reduction("", "voucher", "rest", 0.7)),
    "discount below the total": partial(reduced, Reduction("", "staff_discount", "to_pay", 0.5)),
    "deposit paid before": partial(reduced, Reduction("", "deposit", "rest", 0.7)),
    "trial": trial,
    "member price": member_price,
    "less a thousand": less_thousand,
    "page totals": page_totals,
    "worn labels": worn_labels,
    "long strip": long_strip,
}
"""Traps about amounts by name."""
