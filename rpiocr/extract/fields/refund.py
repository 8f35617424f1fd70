"""Finds whether money was given back: by titles, by amounts that are named so, and by the signs of the items."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import Enum
from functools import lru_cache

from rpiocr.extract.roles import SURE_TOTALS, TOTALS, ReceiptLine, Role
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import fold
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.scripts import IS_LONE
from rpiocr.model import Candidate
from rpiocr.model.provenance import MAYBE_REFUND, REFUND

ZERO = Decimal(0)

TITLE_WORDS = 4
"""Maximum number of words of a heading above the total that is missing in the tables: COMPROVANTE DE DEVOLUCAO."""

SYLLABLES = 2
"""Approximate number of ideographs, kana or syllables per word."""

NEAR_POLICY = 3
"""Number of lines around a heading in the footer among which its rules are: RETURNS, then what may be returned."""

MINUS_TELLS = (Role.SUBTOTAL, Role.CARD, Role.CASH)
"""Roles of lines whose minus confirms that of the items."""

BEHIND_PRICE = 3
"""Maximum number of letters behind a price: a currency, or the code of a tax."""

MOST = Decimal("0.5")
"""Minimum share of the total that negative items add up to: tax may be added, but discounts alone are no refund."""

DASH = re.compile(r"[ \u2009]?[^\W\d]?-(?![^\W_])")
"""A dash behind an amount, or behind the character of its currency: 869円-."""

MIN_DASHES = 3
"""Minimum number of amounts with one that leave the sign open; on a written receipt one or two end so."""

NUMBERS = re.compile(r"[0-9].*[0-9].*[0-9]")


class Place(Enum):
    """Where a line is: above the first item, above the total, or below it."""

    HEAD = "head"
    ITEMS = "items"
    FOOT = "foot"


@dataclass(frozen=True, slots=True)
class Items:
    """The amounts of the items above the first total, with their signs."""

    amounts: tuple[Decimal, ...] = ()

    @property
    def total(self) -> Decimal:
        """Their sum."""
        return sum(self.amounts, ZERO)

    @property
    def were_given_back(self) -> bool:
        """Whether most of them are negative, and their sum is."""
        negative = sum(amount < 0 for amount in self.amounts)
        return 2 * negative > len(self.amounts) and self.total < 0

    @property
    def were_exchanged(self) -> bool:
        """Whether some were given back and others cost more."""
        return min(self.amounts, default=ZERO) < 0 < self.total


@dataclass(frozen=True, slots=True)
class RefundEvidence:
    """What a receipt says about money that was given back.

    ``certain`` is whether a title in its head marks it as a refund, ``possible`` whether a line may do so that was not
    read exactly, says more, or is elsewhere. ``named`` holds amounts that are named as given back, and whether that
    is certain. ``paid`` holds cash tendered minus change that was given: only a sale has both. ``negative`` holds
    subtotals and payments that are printed with a minus.
    """

    certain: bool = False
    possible: bool = False
    named: Mapping[Decimal, bool] = field(default_factory=dict)
    items: Items = Items()
    paid: frozenset[Decimal] = frozenset()
    negative: frozenset[Decimal] = frozenset()

    def is_certain_of(self, value: Decimal) -> bool:
        """Return whether clear words mark an amount as given back."""
        return self.certain or self.named.get(value, False)

    def is_said_of(self, value: Decimal) -> bool:
        """Return whether any word, clear or not, marks an amount as given back."""
        return self.certain or self.possible or value in self.named


def signed(candidate: Candidate[Decimal], evidence: RefundEvidence) -> Candidate[Decimal]:
    """Return a candidate with the sign that the evidence gives to it, and the check that says so, or that it may."""
    value = candidate.value
    if value <= 0:
        return _doubted(candidate) if _is_leader(value, evidence) else candidate
    if evidence.is_certain_of(value):
        return _of_refund(candidate, evidence)
    # Below goods that were bought, a payment with a minus is taken off the total.
    is_negative_elsewhere = value in evidence.negative and evidence.items.total < MOST * value
    said = evidence.is_said_of(value) or is_negative_elsewhere
    given_back = evidence.items.were_given_back and -evidence.items.total >= MOST * value
    if value in evidence.paid or not (said or given_back):
        return candidate
    is_negative = given_back and (said or evidence.items.total == -value)
    found = _negated(candidate) if is_negative else candidate
    return found if said and given_back else _doubted(found)


def _is_leader(value: Decimal, evidence: RefundEvidence) -> bool:
    """Return whether the dash before an amount may lead to it, because the items are those of a sale."""
    return value < 0 and evidence.items.total == -value and not evidence.is_said_of(-value)


def _of_refund(candidate: Candidate[Decimal], evidence: RefundEvidence) -> Candidate[Decimal]:
    """Return a refunded candidate: positive if goods were exchanged for dearer ones, in doubt if change was given."""
    value = candidate.value
    if evidence.items.were_exchanged and evidence.items.total == value:
        return _doubted(candidate)
    return _doubted(_negated(candidate)) if value in evidence.paid else _negated(candidate)


def _negated(candidate: Candidate[Decimal]) -> Candidate[Decimal]:
    return replace(candidate, value=-candidate.value, checks=(*candidate.checks, REFUND))


def _doubted(candidate: Candidate[Decimal]) -> Candidate[Decimal]:
    return replace(candidate, checks=(*candidate.checks, MAYBE_REFUND))


def with_other_sign(candidates: Sequence[Candidate[Decimal]]) -> tuple[Candidate[Decimal], ...]:
    """Return the candidates, and behind the best one, if its sign is in doubt, the same amount with the other sign."""
    if not candidates or MAYBE_REFUND not in candidates[0].checks:
        return tuple(candidates)
    best = candidates[0]
    return (best, replace(best, value=-best.value), *candidates[1:])


def refund_evidence(rows: Sequence[ReceiptLine]) -> RefundEvidence:
    """Collect what the lines of a receipt say about money that was given back.

    "No refund without receipt" and the like are on nearly every second receipt and mean nothing; a word for refund next
    to another amount than the total is an item returned within a purchase.
    """
    places = _places(rows)
    found = (_Title(rows, index, places[index]) for index, row in enumerate(rows) if row.refund_words)
    titles = [title for title in found if title.counts]
    alone = [title for title in titles if title.amount is None]
    return RefundEvidence(
        any(title.is_certain for title in alone),
        any(not title.is_voided_item for title in alone) or _end_in_dashes(rows),
        _named(titles),
        Items(tuple(_item_amounts(rows, places))),
        frozenset(_paid(rows)),
        frozenset(_with_minus(rows)),
    )


def _named(titles: Sequence[_Title]) -> Mapping[Decimal, bool]:
    """Return the amounts that titles name as given back, and whether that is certain."""
    named: dict[Decimal, bool] = {}
    for title in titles:
        if title.amount is not None:
            named[title.amount] = named.get(title.amount, False) or title.is_certain
    return named


def _with_minus(rows: Sequence[ReceiptLine]) -> Iterator[Decimal]:
    """Yield the amounts of subtotals and payments that are printed with a minus, without it."""
    for row in rows:
        if row.role in MINUS_TELLS and row.amounts and row.main.value < 0:
            yield -row.main.value


def _places(rows: Sequence[ReceiptLine]) -> list[Place]:
    """Return where each line is; the line of the first total is still above it."""
    places = []
    place = Place.HEAD
    for row in rows:
        if place is Place.HEAD and _is_item(row):
            place = Place.ITEMS
        places.append(place)
        if _is_total(row):
            place = Place.FOOT
    return places


def _is_total(row: ReceiptLine) -> bool:
    """Return whether a line is a total; "sales receipt" may be one, and is a title without an amount of its own."""
    return row.role in SURE_TOTALS or (row.role in TOTALS and any(one.box.meets(row.box) for one in row.amounts))


def _is_item(row: ReceiptLine) -> bool:
    """Return whether a line without a word for a refund ends in a price: of house number 84, 84 words follow.

    A postcode in brackets stands alone.
    """
    if not row.amounts or row.main.whole_only or row.refund_words or len(row.line.words) < 2:
        return False
    return sum(char.isalpha() for char in row.text.text[row.main.end :]) <= BEHIND_PRICE


def _item_amounts(rows: Sequence[ReceiptLine], places: Sequence[Place]) -> Iterator[Decimal]:
    for row, place in zip(rows, places, strict=True):
        if row.amounts and (_is_total(row) or row.role is Role.SUBTOTAL):
            return
        if place is not Place.FOOT and row.role is Role.NONE and row.amounts:
            yield row.main.value


def _end_in_dashes(rows: Sequence[ReceiptLine]) -> bool:
    """Return whether most amounts without decimals have a dash behind them: a minus, or the end of a number in Asia."""
    whole = [row for row in rows if row.amounts and row.main.value == row.main.value.to_integral_value()]
    dashed = sum(bool(DASH.match(row.text.text, row.main.end)) for row in whole)
    return dashed >= MIN_DASHES and 2 * dashed > len(whole)


def _paid(rows: Sequence[ReceiptLine]) -> Iterator[Decimal]:
    # A card payment has no change; "paid amount" with a change was cash.
    cash = [row.main.value for row in rows if row.role in (Role.CASH, Role.CARD) and row.amounts]
    change = [abs(row.main.value) for row in rows if row.role is Role.CHANGE and row.amounts]
    return (given - back for given in cash for back in change if 0 < back < given)


@dataclass(frozen=True, slots=True)
class _Title:
    """A line with words for a refund, and its place."""

    rows: Sequence[ReceiptLine]
    index: int
    place: Place

    @property
    def row(self) -> ReceiptLine:
        return self.rows[self.index]

    @property
    def counts(self) -> bool:
        """Whether the line may be a title or name an amount: it is no sentence, and no part of the rules."""
        row = self.row
        if "policy" in row.groups or _ends_sentence(self._above, row):
            return False
        if self.amount is not None:
            return True
        if self.place is not Place.FOOT:
            return self._has_only_refund_words or self._is_short
        return self._has_only_refund_words and not self._is_near_policy and not NUMBERS.search(fold(row.text.text))

    @property
    def amount(self) -> Decimal | None:
        """The amount on the line, without its sign."""
        # A heading without an amount may have been given that of the line below it.
        amounts = [amount for amount in self.row.amounts if amount.box.meets(self.row.box)]
        return abs(amounts[-1].value) if amounts else None

    @property
    def is_certain(self) -> bool:
        """Whether the line was read exactly, says nothing else, and is in the head, or is itself that of the total."""
        is_there = self.place is Place.HEAD if self.amount is None else self._is_of_total
        return is_there and self.row.refund_sure and self._has_only_refund_words

    @property
    def _is_of_total(self) -> bool:
        """Whether the line has the only total; an amount of a voided item may be equal to what the others cost."""
        others = (row for row in self.rows if row is not self.row and row.role in TOTALS and row.amounts)
        return self.place is not Place.FOOT and not any(others)

    @property
    def is_voided_item(self) -> bool:
        """Whether the item on the next line, alone, was given back: others, if it is the first one, were not."""
        below = self.rows[self.index + 1 : self.index + 2]
        is_item = self.place is Place.ITEMS or (self.place is Place.HEAD and self._has_positive_items)
        return is_item and any(row.amounts and row.main.value < 0 for row in below)

    @property
    def _has_positive_items(self) -> bool:
        items = itertools.takewhile(lambda row: row.role not in TOTALS, self.rows[self.index + 1 :])
        return any(row.role is Role.NONE and row.amounts and row.main.value > 0 for row in items)

    @property
    def _above(self) -> ReceiptLine | None:
        return self.rows[self.index - 1] if self.index else None

    @property
    def _has_only_refund_words(self) -> bool:
        words, syllables = _sizes(self.row)
        return self.row.refund_words >= words + syllables

    @property
    def _is_short(self) -> bool:
        words, syllables = _sizes(self.row)
        return words + syllables / SYLLABLES <= TITLE_WORDS

    @property
    def _is_near_policy(self) -> bool:
        near = self.rows[max(0, self.index - NEAR_POLICY) : self.index + NEAR_POLICY + 1]
        return any("policy" in row.groups for row in near)


def _sizes(row: ReceiptLine) -> tuple[int, int]:
    """Return the numbers of words and of single-character tokens; stars or crosses around a heading are neither."""
    texts = [word.text.casefold() for word in row.line.words]
    texts = [text for text in texts if len(text) == 1 or len({char for char in text if char.isalpha()}) > 1]
    syllables = sum(len(IS_LONE.findall(text)) for text in texts)
    letters = ({char for char in text if char.isalpha() and not IS_LONE.match(char)} for text in texts)
    return sum(1 for distinct in letters if len(distinct) > 1), syllables


@lru_cache(maxsize=4)
def _unfinished(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of the end of a line that the next one continues.

    It is a negation and at most two more words ("No. 379086879" is not a negation), or a word that ends no line.
    """
    words = lexicon.sentence
    denied = rf"(?:{any_of(words.negation_or_number)}(?!\s*[.:#])|{any_of(words.negation)})\b(?:\W+[^\W\d]+){{0,2}}"
    return re.compile(rf"\b(?:{denied}|{any_of(words.goes_on)})\W*$", re.IGNORECASE)


def _ends_sentence(above: ReceiptLine | None, row: ReceiptLine) -> bool:
    """Return whether a line is the end of a sentence such as "no cash refund." rather than a heading."""
    if row.text.text.rstrip().endswith("."):
        return True
    return above is not None and bool(_unfinished(row.lexicon).search(above.text.text))
