"""Reads one printed row of a receipt's items: its amounts, its numbers, and a quantity with a unit price."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_DOWN, Decimal
from functools import cached_property, lru_cache
from itertools import combinations

from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import Amount, fold
from rpiocr.extract.text.patterns import any_of
from rpiocr.model import Box

ROUNDED = Decimal("1.01")
"""Maximum difference of a product from the amount that is printed, in units of its last digit: it was rounded, or cut
off."""

NUMERAL = re.compile(r"(?<![0-9A-Za-z.,])(?P<digits>[0-9]{1,5}(?:[.,][0-9]{1,4})?|[.,][0-9]{2,4})(?![0-9.,])")
"""A number that may be a quantity or the price of one: pieces, or a weight or a volume with up to four decimals."""

WITH_MARK = re.compile(r"(?<![0-9.,])(?P<amount>[0-9]{1,4}[.,][0-9]{2})(?:[0-9A-Z]{1,2}[A-Z]|[0-9])$")
"""An amount at the end of a row whose tax mark has joined it: 7.00ZR, or 0,254 for 0,25 A."""

Span = tuple[int, int]
"""Characters of a row, from the first to before the second."""


@dataclass(frozen=True)
class Numeral:
    """A number on a row; ``amount`` if it is one of money; ``is_cut``: without its third decimal, a price only."""

    value: Decimal
    start: int
    end: int
    amount: Amount | None = None
    is_cut: bool = False

    @cached_property
    def decimals(self) -> int:
        """The number of its decimals."""
        return -min(0, int(self.value.as_tuple().exponent))


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
        exponent = min(0, int(amount.as_tuple().exponent))
        return abs(product - abs(amount)) < ROUNDED.scaleb(exponent)

    @property
    def unit_price(self) -> Decimal | None:
        """The price of one; None if it is printed for several."""
        return self.price if self.priced_for == 1 else None


@dataclass(frozen=True)
class ItemRow:
    """A row of a receipt as a row of items may be read.

    ``amounts`` are its amounts of money, left to right. ``multiples`` are quantities with a unit price that a sign
    between them shows, with the amount that is the price. ``margin`` are characters left of where rows begin.
    """

    row: ReceiptLine
    amounts: tuple[Amount, ...]
    multiples: tuple[tuple[Multiple, Amount], ...] = ()
    margin: tuple[Span, ...] = ()

    @cached_property
    def text(self) -> str:
        """The text of the row, with plain digits."""
        return fold(self.row.text.text)

    @cached_property
    def own_amounts(self) -> tuple[Amount, ...]:
        """Its amounts but for those of a label whose amount stands alone on the next line."""
        return tuple(one for one in self.amounts if one.end <= len(self.text) and one.box.meets(self.row.box))

    @cached_property
    def numerals(self) -> tuple[Numeral, ...]:
        """All numbers of the row that may be a quantity or an amount, left to right."""
        found = [Numeral(abs(one.value), one.start, one.end, one) for one in self.own_amounts]
        for match in NUMERAL.finditer(self.text):
            if not any(match.start() < one.end and one.start < match.end() for one in found):
                found += _read_numeral(match)
        return tuple(sorted(found, key=lambda one: one.start))

    @cached_property
    def words(self) -> tuple[tuple[Span, Box], ...]:
        """The words of the row: their characters and boxes."""
        text, found, end = self.row.text, [], 0
        for word in text.words:
            start = text.text.find(word.text, end)
            end = start + len(word.text)
            found.append(((start, end), word.box))
        return tuple(found)

    def multiple_for(self, amount: Amount) -> Multiple | None:
        """Return the quantity and unit price whose product is ``amount``: beside a sign, or two numbers in columns."""
        if amount not in self._made:
            signed = (one for one, _ in self.multiples if one.makes(amount.value))
            before = [one for one in self.numerals if one.end <= amount.start]
            self._made[amount] = (
                next(signed, None)
                or next(_products(before, amount.value), None)
                or next(_products_with_more(before, amount.value), None)
            )
        return self._made[amount]

    def multiple_making(self, product: Decimal) -> Multiple | None:
        """Return the quantity and unit price of a row that has nothing else, whose product is on another row.

        The sign between them may be misread: of 2 @ 9.98, what is read may be 2 0 9.98 or 24 9.98.
        """
        if product not in self._making:
            signed = (one for one, _ in self.multiples if one.makes(product))
            several = (one for one in _products(self.numerals, product) if one.quantity != 1 or self._has_unit(one))
            self._making[product] = next(signed, None) or next(several, None) or next(self._by_division(product), None)
        return self._making[product]

    def _has_unit(self, one: Multiple) -> bool:
        """Return whether a word for pieces follows a quantity."""
        return any(_patterns(self.row.lexicon).unit.match(self.text, end) for _, end in one.spans[:1])

    @cached_property
    def _made(self) -> dict[Amount, Multiple | None]:
        """What was found for each amount of the row: each layout asks for the same ones again."""
        return {}

    @cached_property
    def _making(self) -> dict[Decimal, Multiple | None]:
        """What was found for each product on another row."""
        return {}

    def _by_division(self, product: Decimal) -> Iterator[Multiple]:
        for price in self.amounts[-1:]:
            count = abs(product / price.value) if price.value else Decimal(0)
            is_whole = count == count.to_integral_value() and 1 < count < MAX_PIECES
            if is_whole and self.text.lstrip().startswith(str(int(count))):
                yield Multiple(count.to_integral_value(), None, abs(price.value), spans=((0, price.end),))


def _read_numeral(match: re.Match[str]) -> Iterator[Numeral]:
    """Yield a number, and without its third decimal, which may be a misread mark: 1.257 for 1.25T."""
    value = number(match["digits"])
    yield Numeral(value, match.start(), match.end())
    if value.as_tuple().exponent == MARK_AS_DIGIT:
        yield Numeral(value.quantize(Decimal("0.01"), ROUND_DOWN), match.start(), match.end(), is_cut=True)


MARK_AS_DIGIT = -3

MAX_PIECES = 100
"""A number of pieces is below this: more, in a column or by dividing an amount by a price, is a coincidence."""


def _products(numerals: Sequence[Numeral], product: Decimal) -> Iterator[Multiple]:
    """Yield the pairs of a quantity and a price that make a product; with decimals, a quantity comes first."""
    for first, second in combinations(numerals, 2):
        for quantity, price in ((first, second), (second, first)):
            in_order = quantity is first or not quantity.decimals
            if quantity.value and not quantity.is_cut and in_order and _may_be_price(price, product):
                spans = ((first.start, first.end), (second.start, second.end))
                found = Multiple(quantity.value, None, price.value, spans=spans)
                if found.makes(product):
                    yield found


def _products_with_more(numerals: Sequence[Numeral], amount: Decimal) -> Iterator[Multiple]:
    """Yield the quantity and price that make an amount with the tax of a column behind them, or less its discount."""
    money = [one for one in numerals if one.amount]
    for price in money:
        more = sum((one.value for one in money if one.start > price.start), Decimal(0))
        for quantity in numerals:
            if more and not quantity.amount and quantity.value and not quantity.decimals:
                spans = ((quantity.start, quantity.end), (price.start, price.end))
                product = quantity.value * price.value
                if abs(amount) in (product + more, product - more):
                    yield Multiple(quantity.value, None, price.value, spans=spans)


def _may_be_price(one: Numeral, product: Decimal) -> bool:
    """Return whether a number has the decimals of a price: two or more, or none where amounts have none."""
    has_none = product == product.to_integral_value() and int(product.as_tuple().exponent) >= 0
    return one.decimals > 1 or (has_none and not one.decimals and one.value >= LEAST_WHOLE_PRICE)


LEAST_WHOLE_PRICE = 5
"""Minimum price in a currency without decimals: a smaller number is a quantity."""


def number(text: str) -> Decimal:
    """Parse a number with a decimal point or comma."""
    return Decimal(text.replace(",", "."))


@dataclass(frozen=True, slots=True)
class _Patterns:
    """Patterns of a quantity before a price, of one behind it, and of the unit behind a quantity."""

    before: re.Pattern[str]
    behind: re.Pattern[str]
    unit: re.Pattern[str]


TIMES = r"[xX×*✕хХ@]"


def unit_words(lexicon: Lexicon) -> tuple[str, ...]:
    """Return the names of units that quantities of items have."""
    return (*lexicon.units.pieces, *lexicon.units.measure, *lexicon.units.counter, *lexicon.items.unit)


@lru_cache(maxsize=4)
def _patterns(lexicon: Lexicon) -> _Patterns:
    units = any_of(unit_words(lexicon))
    quantity = r"(?<![0-9A-Za-z.,])(?P<quantity>-?[0-9]{1,4}(?:[.,][0-9]{1,3})?|[.,][0-9]{1,3})"
    unit = rf"(?:[ \u2009]?(?P<unit>(?i:{units}))(?![^\W\d_]))?"
    priced_for = rf"(?:(?P<for>[0-9]{{1,2}})[ \u2009]?(?i:{units})?[ \u2009]?/[ \u2009]?)?"
    return _Patterns(
        re.compile(rf"{quantity}{unit}\.?[ \u2009]*{TIMES}[ \u2009]*{priced_for}[^0-9.,]{{0,4}}$"),
        re.compile(rf"[^0-9]{{0,12}}{TIMES}[ \u2009]*(?P<quantity>[0-9]{{1,3}}){unit}(?![0-9.,])"),
        re.compile(rf"[ \u2009]?(?i:{units})(?![^\W\d_])"),
    )


def item_row(row: ReceiptLine, more: Sequence[Amount] = ()) -> ItemRow:
    """Read a row of items; ``more`` are amounts behind those that were found in it."""
    bare = ItemRow(row, (*row.amounts, *more))
    return replace(bare, multiples=tuple(_multiples(bare)))


def amounts_with_mark(row: ReceiptLine) -> tuple[Amount, ...]:
    """Return the amount at the end of a row whose mark has joined it, if it is not one of the row's amounts.

    A number with three decimals is one only in a column of amounts.
    """
    text = row.text
    match = WITH_MARK.search(fold(text.text))
    if not match or any(amount.end > match.start() for amount in row.amounts):
        return ()
    start, end = match.start(), match.end()
    box, confidence = text.box(start, match.end("amount")), text.confidence(start, end)
    return (Amount(number(match["amount"]), match.group(), box, confidence, start, end, corrected=True),)


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
