"""Reads one printed row of a receipt's items: its amounts, its numbers, and a quantity with a unit price."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property, lru_cache
from itertools import combinations

from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import Amount, LineText, fold
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.payment_words import letters_in

ONE_CENT = Decimal("0.0101")
"""Maximum difference of a product from the amount that is printed: it was rounded, or cut off."""

NUMERAL = re.compile(r"(?<![0-9A-Za-z.,])(?P<digits>[0-9]{1,5}(?:[.,][0-9]{1,4})?|[.,][0-9]{2,4})(?![0-9.,])")
"""A number that may be a quantity or the price of one: pieces, or a weight or a volume with up to four decimals."""

WITH_MARK = re.compile(r"(?<![0-9.,])(?P<amount>[0-9]{1,4}[.,][0-9]{2})(?:[0-9A-Z]{1,2}[A-Z]|[0-9])$")
"""An amount at the end of a row whose tax mark has joined it: 7.00ZR, or 0,254 for 0,25 A."""

Span = tuple[int, int]
"""Characters of a row, from the first to before the second."""


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number on a row; ``amount`` if it is one of money."""

    value: Decimal
    start: int
    end: int
    amount: Amount | None = None


@dataclass(frozen=True, slots=True)
class Multiple:
    """A quantity and the price of one.

    ``unit`` is what it is a quantity of, such as kg. ``priced_for`` is the quantity that the price is for: 1 but in "4
    @ 2 / 5.00". ``spans`` are the characters that say so.
    """

    quantity: Decimal
    unit: str | None
    price: Decimal
    priced_for: Decimal = Decimal(1)
    spans: tuple[Span, ...] = ()

    def makes(self, amount: Decimal) -> bool:
        """Return whether the product is this amount, without regard to the sign."""
        product = abs(self.quantity * self.price / self.priced_for)
        return abs(product - abs(amount)) < ONE_CENT

    @property
    def unit_price(self) -> Decimal | None:
        """The price of one; None if it is printed for several."""
        return self.price if self.priced_for == 1 else None


@dataclass(frozen=True)
class ItemRow:
    """A row of a receipt as a row of items may be read.

    ``amounts`` are its amounts of money, left to right. ``multiples`` are quantities with a unit price that a sign
    between them shows, with the amount that is the price.
    """

    row: ReceiptLine
    amounts: tuple[Amount, ...]
    multiples: tuple[tuple[Multiple, Amount], ...] = ()

    @cached_property
    def text(self) -> str:
        """The text of the row, with plain digits."""
        return fold(self.row.text.text)

    @cached_property
    def numerals(self) -> tuple[Numeral, ...]:
        """All numbers of the row that may be a quantity or an amount, left to right."""
        found = [Numeral(abs(one.value), one.start, one.end, one) for one in self.amounts]
        for match in NUMERAL.finditer(self.text):
            if not any(match.start() < one.end and one.start < match.end() for one in found):
                found.append(Numeral(number(match["digits"]), match.start(), match.end()))
        return tuple(sorted(found, key=lambda one: one.start))

    @cached_property
    def is_text(self) -> bool:
        """Whether it has words, and more letters than digits."""
        letters = letters_in(self.text)
        return letters >= MIN_LETTERS and letters >= sum(char.isdigit() for char in self.text)

    def multiple_for(self, amount: Amount) -> Multiple | None:
        """Return the quantity and unit price whose product is ``amount``: beside a sign, or two numbers in columns."""
        signed = (one for one, _ in self.multiples if one.makes(amount.value))
        return next(signed, None) or next(self._in_columns(amount), None)

    def _in_columns(self, amount: Amount) -> Iterator[Multiple]:
        before = [one for one in self.numerals if one.end <= amount.start]
        for first, second in combinations(before, 2):
            for quantity, price in ((first, second), (second, first)):
                if (quantity.value and price.amount and not quantity.amount) or _is_like_quantity(quantity, price):
                    spans = ((first.start, first.end), (second.start, second.end))
                    found = Multiple(quantity.value, None, price.value, spans=spans)
                    if found.makes(amount.value):
                        yield found


MIN_LETTERS = 3
"""Minimum number of letters of a description."""


def _is_like_quantity(quantity: Numeral, price: Numeral) -> bool:
    """Return whether a number with decimals may be a quantity before a price: 1.00 48.00."""
    return bool(quantity.value and price.amount and quantity.end <= price.start)


def number(text: str) -> Decimal:
    """Parse a number with a decimal point or comma."""
    return Decimal(text.replace(",", "."))


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Patterns of a quantity before a price, and of one behind it."""

    before: re.Pattern[str]
    behind: re.Pattern[str]


TIMES = r"[xX×*✕хХ@]"


@lru_cache(maxsize=4)
def _patterns(lexicon: Lexicon) -> _Patterns:
    units = any_of((*lexicon.units.pieces, *lexicon.units.measure, *lexicon.units.counter, *lexicon.items.unit))
    quantity = r"(?<![0-9A-Za-z.,])(?P<quantity>-?[0-9]{1,4}(?:[.,][0-9]{1,3})?|[.,][0-9]{1,3})"
    unit = rf"(?:[ \u2009]?(?P<unit>(?i:{units}))(?![^\W\d_]))?"
    priced_for = rf"(?:(?P<for>[0-9]{{1,2}})[ \u2009]?(?i:{units})?[ \u2009]?/[ \u2009]?)?"
    return _Patterns(
        re.compile(rf"{quantity}{unit}\.?[ \u2009]*{TIMES}[ \u2009]*{priced_for}[^0-9.,]{{0,4}}$"),
        re.compile(rf"[^0-9]{{0,12}}{TIMES}[ \u2009]*{quantity}{unit}(?![0-9.,])"),
    )


def item_row(row: ReceiptLine) -> ItemRow:
    """Read a row of items."""
    bare = ItemRow(row, row.amounts or _with_mark(row.text))
    return replace(bare, multiples=tuple(_multiples(bare)))


def _with_mark(text: LineText) -> tuple[Amount, ...]:
    match = WITH_MARK.search(fold(text.text))
    if not match:
        return ()
    start, end = match.span("amount")
    box, confidence = text.box(start, end), text.confidence(start, end)
    return (Amount(number(match["amount"]), match["amount"], box, confidence, start, end, corrected=True),)


def _multiples(one: ItemRow) -> Iterator[tuple[Multiple, Amount]]:
    patterns, text = _patterns(one.row.lexicon), one.text
    for price in one.amounts:
        before = patterns.before.search(text[: price.start])
        if before:
            priced_for = Decimal(before["for"] or 1) or Decimal(1)
            span = (before.start(), price.end)
            yield Multiple(number(before["quantity"]), before["unit"], abs(price.value), priced_for, (span,)), price
        behind = patterns.behind.match(text[price.end :])
        if behind:
            span = (price.start, price.end + behind.end())
            yield Multiple(number(behind["quantity"]), behind["unit"], abs(price.value), spans=(span,)), price


def without(text: str, spans: Sequence[Span]) -> str:
    """Return a text of the same length with spaces in place of some of its characters."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = " " * len(chars[start:end])
    return "".join(chars)
