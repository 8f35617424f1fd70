"""Finds the payment method, the card's brand and its last four digits; never more digits of a card."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from rpiocr.extract.roles import SURE_TOTALS, ReceiptLine, Role
from rpiocr.extract.tables.confusables import sign
from rpiocr.extract.text.payment_words import BRAND, METHODS, MOSTLY, MethodWords, letters_in, payment_words
from rpiocr.extract.text.phrases import LabelHit, plain
from rpiocr.model import Candidate, Kind, Method, Payment, Provenance

SCORE_PAID, SCORE_NAMED = 10.0, 6.0
"""Scores of a line with the amount paid by a method, and of one that only names the method."""

MASK = "*x×#•●＊✱∗✻"
NOISE = sign("card_mask")
MASKED = re.compile(
    rf"(?P<masks>(?:[0-9 \u2009-]*+[{MASK}{NOISE}][{MASK}{NOISE} \u2009-]*+)*?"
    rf"[0-9 \u2009-]*+[{MASK}{NOISE}][{MASK}{NOISE} \u2009.-]*+|\.{{3,}}[ ]?|…[ ]?)"
    r"(?P<last>[0-9]{4})(?![0-9]|[.,/][0-9]|[ \u2009-][0-9]{3})"
)
"""Digits after mask characters; engines misread some as K, H or a percent sign, so most must be actual masks."""

SURE_MASKS = 4
"""Minimum number of mask characters that indicate a card without a word next to them."""

MIN_MASKS = 2

DIGIT_RUN = re.compile(r"(?<![0-9])[0-9](?:[ \u2009-]?[0-9]){12,18}(?![0-9])")
ISSUER = re.compile(r"4|5[0-9]|2[2-7]|3[4-9]|6[0-9]")
"""First digits of the numbers of payment cards."""

FOUR_DIGITS = re.compile(r"[0-9]{4}|[0-9](?:[ \u2009-]?[0-9]){12}")

AFTER_ENDING = re.compile(r"[ \u2009.:#*x-]{0,6}(?P<last>[0-9]{4})(?![0-9])")

AFTER_BRAND = re.compile(r"[ \u2009:#]{1,3}(?P<last>[0-9]{4})(?=[ \u2009][^0-9]*[0-9]+[.,][0-9]{2}(?![0-9]))")

CHIP = re.compile(r"a[0o]{5,}[0-9o]{3,}")

MAX_BRANDS = 2
"""Maximum number of brands of a card; a line with more lists the cards that are accepted."""

PARTLY = 0.4
"""Minimum share of a line's letters in payment words below the total; elsewhere it is MOSTLY."""

MIN_UNSUPPORTED_LETTERS = 4
"""Minimum number of letters of a word that counts without an amount or a number: "CB" and "EC" may be anything."""

PAYING = (Role.CASH, Role.CARD, Role.CHANGE)

NOT_PAID = (
    Role.TAX,
    Role.SUBTOTAL,
    Role.COUNT,
    Role.LOYALTY,
    Role.SAVINGS,
    Role.DISCOUNT,
    Role.ROUNDING,
    Role.CHARGE,
    Role.TIP,
)
"""Roles of amounts that are not payments."""


@dataclass(frozen=True, slots=True)
class _Sign:
    """Evidence of one line for the payment.

    ``paid``: it has the amount. ``below``: it is located below the total. ``hinted``: it only shows that money was
    tendered or given back, which is cash unless something indicates otherwise.
    """

    row: ReceiptLine
    method: Method | None
    brand: str | None
    last4: str | None
    paid: bool
    below: bool
    hinted: bool


@dataclass(frozen=True, slots=True)
class _Named:
    """What the words of one line name: methods, brands and numbers of cards.

    ``text`` is the plain text, ``groups`` those of its phrases; ``chip`` is the brand by the application of a chip.
    """

    text: str
    hits: tuple[LabelHit, ...]
    groups: frozenset[str]
    brands: tuple[str, ...]
    chip: str | None
    last4: str | None

    @property
    def brand(self) -> str | None:
        """The brand of the card: by its chip, else the first that is named."""
        return self.chip or next(iter(self.brands), None)

    @property
    def shows_card(self) -> bool:
        """Whether a chip or digits show a card without any word for one."""
        return bool(self.chip or self.last4)

    @property
    def methods(self) -> tuple[Method, ...]:
        """The methods that are named or shown, the more specific ones last."""
        return tuple(one for one in METHODS if one in self.groups or (one is Method.CARD and self.shows_card))

    @property
    def share(self) -> float:
        """The share of the line's letters in words of payment."""
        letters = sum(letters_in(self.text[hit.start : hit.end]) for hit in self.hits)
        return letters / max(1, letters_in(self.text))

    @property
    def names_card(self) -> bool:
        """Whether a brand or digits name the card, or a word that payments are labelled with stands beside it."""
        return bool(self.brand or self.last4) or "label" in self.groups

    @property
    def longest(self) -> int:
        """The length of the longest phrase."""
        return max((len(hit.phrase) for hit in self.hits), default=0)


def find_payment(rows: Sequence[ReceiptLine]) -> tuple[Candidate[Payment], ...]:
    """Return the payment as a single candidate, none if nothing indicates it.

    The method is mixed if lines with amounts show several. ``raw`` is the text of the most informative line, with all
    digits of a card but the last four hidden.
    """
    signs = _signs(rows)
    paid = list(dict.fromkeys(sign.method for sign in signs if sign.method and sign.paid))
    named = list(dict.fromkeys(sign.method for sign in signs if sign.method))
    if not named:
        return ()
    method = _method(paid, named)
    brand, last4 = _card(signs) if method in (Method.CARD, Method.MIXED, Method.MOBILE) else (None, None)
    telling = [sign for sign in signs if sign.method and (sign.paid or not paid)]
    best = max(telling, key=lambda sign: (sign.method is method, sign.last4 is not None, sign.brand is not None))
    return (
        Candidate(
            Payment(method, brand, last4),
            hide_cards(best.row.text.text),
            best.row.box,
            min(word.confidence for word in best.row.line.words),
            Provenance(Kind.PAYMENT),
            SCORE_PAID if paid else SCORE_NAMED,
        ),
    )


def _signs(rows: Sequence[ReceiptLine]) -> list[_Sign]:
    """Return the evidence of all lines; mere hints only if there is no other."""
    first_total = next((index for index, row in enumerate(rows) if row.role in SURE_TOTALS and row.amounts), None)
    units = all(amount.whole_only for row in rows for amount in row.amounts)
    found = (
        _sign(row, rows[index - 1] if index else None, below=_below(index, first_total), units=units)
        for index, row in enumerate(rows)
    )
    signs = [sign for sign in found if sign]
    is_named = any(sign.method and not sign.hinted for sign in signs)
    return [sign for sign in signs if not (is_named and sign.hinted)]


def _card(signs: Sequence[_Sign]) -> tuple[str | None, str | None]:
    """Return brand and last digits of the card; above the total are customer numbers, which are masked too."""
    last4 = _most(sign.last4 for sign in signs if sign.below) or _most(sign.last4 for sign in signs)
    return _most(sign.brand for sign in signs), last4


def _below(index: int, first_total: int | None) -> bool | None:
    """Return whether a line is located at the total or below it, ``None`` if there is no total."""
    return None if first_total is None else index >= first_total


def _method(paid: Sequence[Method], named: Sequence[Method]) -> Method:
    """Choose among the methods with an amount and those that are named, at least one.

    A phone pays by the card that is named next to it.
    """
    if Method.MOBILE in named and set(paid) <= {Method.MOBILE, Method.CARD}:
        return Method.MOBILE
    if len(paid) > 1:
        return Method.MIXED
    if paid:
        return paid[0]
    return Method.CARD if Method.CARD in named else named[0]


def _most(values: Iterable[str | None]) -> str | None:
    counted = Counter(value for value in values if value is not None)
    return counted.most_common(1)[0][0] if counted else None


def _sign(row: ReceiptLine, above: ReceiptLine | None, *, below: bool | None, units: bool) -> _Sign | None:
    """Read one line. Above the total an item may have the name of a method, so only other evidence of a card counts.

    ``units``: no amount on the page has decimals. If they have, "a gift card of 500" is not a payment.
    """
    words = payment_words(row.lexicon)
    named = _named_on(row, above, words)
    if named is None:
        return None
    hinted = _is_hint(named, row, below=below)
    methods = (Method.CASH,) if hinted else named.methods
    value = _value(row, named, units=units)
    if not methods or value == 0 or row.role in NOT_PAID:
        return None
    # Of several methods on one line the more specific one is meant: a gift card is not a card, a cash voucher not cash.
    method = methods[-1]
    paid = _is_paid(value, method) and _is_evident(named, row, below=below)
    if paid and not named.last4:
        named = replace(named, last4=_bare_last4(named.text, named.hits, words))
    if not (named.shows_card or paid) and named.longest < MIN_UNSUPPORTED_LETTERS:
        return None
    counts = paid or named.names_card or _is_alone(named, methods, below=below)
    return _Sign(row, method if counts else None, named.brand, named.last4, paid, bool(below), hinted)


def _named_on(row: ReceiptLine, above: ReceiptLine | None, words: MethodWords) -> _Named | None:
    """Return what a line names; None where its words mean something else, or list the cards that are accepted."""
    text = plain(row.text.text)
    hits = tuple(hit for hit in words.labels.find(text) if text[hit.start : hit.end] not in words.misread)
    found = [words.groups[hit.phrase] for hit in hits]
    groups = frozenset[str]().union(*found)
    brands = tuple(one.removeprefix(BRAND) for group in found for one in sorted(group) if one.startswith(BRAND))
    if "never" in groups or len(set(brands)) > MAX_BRANDS:
        return None
    chip = _chip(text, words)
    is_card = Method.CARD in groups or chip is not None
    last4 = _last4(text, words, is_card=is_card, above=above) if FOUR_DIGITS.search(text) else None
    return _Named(text, hits, groups, brands, chip, last4)


def _is_hint(named: _Named, row: ReceiptLine, *, below: bool | None) -> bool:
    """Return whether a line below the total shows that money was tendered or given back, but names no method."""
    return bool(below) and not named.methods and row.role in (Role.CASH, Role.CHANGE)


def _is_paid(value: Decimal | None, method: Method) -> bool:
    """Return whether a line has the amount of a payment; a voucher with a minus is a discount."""
    return value is not None and (value > 0 or method is not Method.VOUCHER)


def _is_evident(named: _Named, row: ReceiptLine, *, below: bool | None) -> bool:
    """Return whether a line is about payment, by its words or its role, and not above the total."""
    return below is not False and (named.share > PARTLY or row.role in PAYING)


def _is_alone(named: _Named, methods: Sequence[Method], *, below: bool | None) -> bool:
    """Return whether a line consists of the name of a card or of a phone's payment, and is not above the total."""
    return tuple(methods) in ((Method.MOBILE,), (Method.CARD,)) and named.share > MOSTLY and below is not False


def _bare_last4(text: str, hits: Sequence[LabelHit], words: MethodWords) -> str | None:
    """Return the four digits after a brand on a line with an amount: "VISA 1234  12.00"."""
    for hit in hits:
        behind = AFTER_BRAND.match(text, hit.end)
        if behind and any(group.startswith(BRAND) for group in words.groups[hit.phrase]):
            return behind["last"]
    return None


def _value(row: ReceiptLine, named: _Named, *, units: bool) -> Decimal | None:
    """Return the last amount of a line, or its only number if that is whole: yen and won have no decimals."""
    if row.amounts:
        return row.amounts[-1].value
    if named.shows_card or (Method.VOUCHER in named.groups and not units):
        return None
    match = payment_words(row.lexicon).whole_number.fullmatch(named.text)
    return Decimal(re.sub(r"[^0-9]", "", match["number"])) if match else None


def _chip(text: str, words: MethodWords) -> str | None:
    for match in CHIP.finditer(text.replace(" ", "")):
        identifier = match.group().replace("o", "0")
        for start, brand in words.chips:
            if identifier.startswith(start):
                return brand
    return None


def _last4(text: str, words: MethodWords, *, is_card: bool, above: ReceiptLine | None) -> str | None:
    """Return the last four digits of a card on a line: behind a mask, behind words for them, or of a whole number."""
    hits = words.numbers.find(text)
    groups = {words.number_groups[hit.phrase] for hit in hits}
    if "never" in groups:
        return None
    near_card = is_card or "words" in groups or (above is not None and _names_card(above))
    masked = [match["last"] for match in MASKED.finditer(text) if _is_masked(match, near_card=near_card)]
    if masked or not near_card:
        return next(iter(masked), None)
    endings = (AFTER_ENDING.match(text, hit.end) for hit in hits if words.number_groups[hit.phrase] == "ending")
    return next((match["last"] for match in endings if match), None) or _end_of_whole_number(text)


def _end_of_whole_number(text: str) -> str | None:
    """Return the last four digits of a card's number that is printed in full."""
    whole = (run.group() for run in DIGIT_RUN.finditer(text) if is_card_number(run.group()))
    return next((re.sub(r"[^0-9]", "", number)[-4:] for number in whole), None)


def _is_masked(match: re.Match[str], *, near_card: bool) -> bool:
    """Return whether the characters before four digits mask those of a card; without a word for one, it takes more."""
    masks = sum(char in MASK for char in match["masks"])
    noise = sum(char in NOISE for char in match["masks"])
    dots = match["masks"][0] in ".…"
    if noise > masks / 2 or (masks < MIN_MASKS and not dots):
        return False
    return masks >= SURE_MASKS or near_card


def _names_card(row: ReceiptLine) -> bool:
    words = payment_words(row.lexicon)
    text = plain(row.text.text)
    return any(Method.CARD.value in words.groups[hit.phrase] for hit in words.labels.find(text))


def is_card_number(text: str) -> bool:
    """Return whether a text is a complete card number: 13 to 19 digits, an issuer's prefix, and a valid check digit."""
    digits = re.sub(r"[ \u2009-]", "", text)
    if not (13 <= len(digits) <= 19 and digits.isdigit() and ISSUER.match(digits)):
        return False
    from stdnum import luhn

    return luhn.is_valid(digits)


def hide_cards(text: str) -> str:
    """Replace all digits but the last four of masked and complete card numbers by asterisks."""
    spans = [match.span() for match in DIGIT_RUN.finditer(text) if is_card_number(match.group())]
    spans += [
        match.span()
        for match in MASKED.finditer(plain(text))
        if sum(char in MASK for char in match["masks"]) >= MIN_MASKS
    ]
    for start, end in spans:
        text = text[:start] + re.sub(r"[0-9]", "*", text[start : end - 4]) + text[end - 4 :]
    return text
