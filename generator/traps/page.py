"""The receipt that a trap prints: the parts of a usual one, each of which the trap can replace or add to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from generator.dice import Dice
from generator.items.printing import print_items
from generator.layout import print_footer, print_header
from generator.locales import Country, load_country
from generator.sheet import Look, Sheet
from generator.shop import ZERO, Item, Payment, Sale
from generator.sums import print_payment, print_sums, print_tax_table
from generator.traps.phrases import load_phrases
from generator.wording import Wording

ALL = frozenset({"total", "date", "currency"})

PARTS = (
    "head",
    "top",
    "items",
    "before_sums",
    "sums",
    "after_total",
    "payment",
    "after_payment",
    "tax",
    "bottom",
    "foot",
    "end",
)
"""Parts of a receipt from the top to the bottom; a time stamp is printed in one of ``top`` and ``bottom``."""

Part = Callable[[], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What is right, and which of it the paper decides; the date is None if none is printed."""

    total: Decimal
    date: dt.date | None
    currency: str
    decides: frozenset[str] = ALL


@dataclass(slots=True)
class Page:
    """A sale and the sheet that it is printed on; ``chosen`` holds the phrases used so far."""

    dice: Dice
    sale: Sale
    words: Wording
    sheet: Sheet
    stamped: bool = False
    chosen: dict[str, str] = field(default_factory=dict)

    @property
    def country(self) -> Country:
        """The country of the sale."""
        return load_country(self.sale.country)

    @property
    def day(self) -> dt.date:
        """The day of the sale."""
        return self.sale.when.date()

    def claim(self, **other: object) -> Claim:
        """Return what a usual receipt of this sale says, with some of it replaced."""
        usual = Claim(total=self.sale.total, date=self.day, currency=self.sale.currency)
        return replace(usual, **other)  # type: ignore[arg-type]  # names and types are those of Claim

    def undecided(self, *names: str, **other: object) -> Claim:
        """Return a claim of which the paper does not decide the fields named."""
        return self.claim(decides=ALL - set(names), **other)

    def say(self, key: str) -> str:
        """Return the wording of a phrase, always the same on one receipt. Raises KeyError for an unknown key."""
        if key not in self.chosen:
            self.chosen[key] = self.dice.pick(load_phrases(self.country.language.code)[key])
        return self.chosen[key]

    def pair(self, label: str, value: str | Decimal, look: Look | None = None) -> None:
        """Print a label and an amount or another text."""
        self.sheet.pair(label, value if isinstance(value, str) else self.words.amount(value), look or Look())

    def row(self, key: str, value: str | Decimal) -> None:
        """Print a phrase and an amount or another text."""
        self.pair(self.say(key), value)

    def print(self, **parts: Part) -> None:
        """Print all parts, in place of the usual ones those that are given. Raises KeyError for an unknown part."""
        low = self.dice.chance(0.3)
        usual: dict[str, Part] = {
            "head": self.head,
            "bottom" if low else "top": self.stamp,
            "items": self.items,
            "sums": self.sums,
            "payment": self.payment,
            "tax": self.tax,
            "foot": self.foot,
        }
        unknown = set(parts) - set(PARTS)
        if unknown:
            raise KeyError(f"no such part of a receipt: {', '.join(sorted(unknown))}")
        chosen = usual | parts
        for name in PARTS:
            if name in chosen:
                chosen[name]()

    def head(self) -> None:
        """Print name, address and numbers of the shop."""
        print_header(self.sheet, self.dice, self.sale, self.words)

    def stamp(self, date: str | None = None, time: str | None = None) -> None:
        """Print the receipt's number, and date and time, by default those of the sale; an empty text for none."""
        date = self.words.date(self.day) if date is None else date
        time = self.words.time(self.sale.when.time()) if time is None else time
        labelled = self.dice.chance(0.5)
        if self.dice.chance(0.5):
            self.sheet.left(f"{self.words.word('number')} {self.dice.fill(self.dice.choose(self.country.numbers))}")
        if labelled and date:
            label = self.words.word("date")
            self.pair(label, date) if self.dice.chance(0.5) else self.sheet.left(f"{label.rstrip(':')}: {date}")
            date = ""
        if labelled and time and not date:
            self.pair(self.words.word("time"), time)
        else:
            self.sheet.left(f"{date} {time}".strip())
        self.sheet.gap()

    def items(self, items: Sequence[Item] | None = None) -> None:
        """Print the items of the sale, or others."""
        self.sheet.rule()
        sale = self.sale if items is None else replace(self.sale, items=tuple(items))
        print_items(self.sheet, self.dice, sale, self.words)
        self.sheet.rule()

    def sums(self) -> None:
        """Print the lines from subtotal to total."""
        print_sums(self.sheet, self.dice, self.sale, self.words)

    def total(self, amount: Decimal, label: str = "") -> None:
        """Print the line of a total."""
        look = self.dice.pick((Look(), Look(bold=True), Look(tall=2)))
        self.pair(label or self.words.word("total"), self.words.money(amount), look)

    def payment(self) -> None:
        """Print how the sale was paid."""
        print_payment(self.sheet, self.dice, self.sale, self.words)

    def card(self, amount: Decimal) -> None:
        """Print the line of a card, and sometimes its number."""
        self.pair(self.words.word("card"), amount)
        if self.dice.chance(0.5):
            self.sheet.left(self.dice.fill(self.dice.choose(self.country.card_numbers)))

    def paid(self, amount: Decimal) -> None:
        """Print an amount as paid by card, or in cash and with change."""
        if amount <= ZERO or self.dice.chance(0.7):
            self.card(amount)
            return
        step = Decimal(self.country.notes[0])
        tendered = amount + self.up(amount, step)
        self.pair(self.words.word("cash"), tendered)
        self.pair(self.words.word("change"), tendered - amount)

    @staticmethod
    def up(amount: Decimal, step: Decimal) -> Decimal:
        """Return what is missing to the next multiple of ``step``."""
        return step - amount % step if amount % step else ZERO

    def tax(self) -> None:
        """Print the tax that the sale includes, if any."""
        if self.sale.taxes:
            print_tax_table(self.sheet, self.dice, self.sale, self.words, "-")

    def bare_foot(self) -> None:
        """Print thanks, and no policies, which might have dates and amounts."""
        self.sheet.gap()
        self.sheet.centre(self.words.word("thanks"))

    def foot(self) -> None:
        """Print store policies and thanks."""
        print_footer(self.sheet, self.dice, self.sale, self.words)

    def round(self, amount: Decimal) -> Decimal:
        """Round an amount down to the smallest price step."""
        step = self.country.price_step
        return (amount // step * step).quantize(self.country.unit)

    def simply(self, *items: Item, discount: Decimal = ZERO) -> None:
        """Have only these items sold, at their prices less ``discount``, and paid by card."""
        worth = replace(
            self.sale,
            items=items,
            basket_discount=-discount,
            service=ZERO,
            tip=ZERO,
            rounding=ZERO,
            taxes=(),
            tax_included=True,
        )
        self.sale = worth
        self.with_card()

    def with_card(self) -> None:
        """Have the sale paid by card."""
        total = self.sale.total
        self.sale = replace(self.sale, payment=Payment(cash=False, tendered=total, change=ZERO))
