"""The words of a language other than labels of amounts: of times, units, dates, addresses and sentences.

They come from the same table as the phrases (such as `languages/en.toml`), but those of all languages are searched for
on every page: they are few, and a time or a weight must not be lost because the language was inferred wrongly.

Labels of the numbers of receipts and cards and of payments are spelled plainly: case, accents and punctuation do not
matter, a blank stands for a blank, a full stop, a hyphen or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import Enum
from typing import Any

Table = Mapping[str, Mapping[str, Any]]
"""A table of a language as it is read: lists of words by group, groups by section."""

Words = tuple[str, ...]


class Kind(Enum):
    """The type of a group of a table, as error messages print it."""

    WORDS = "a list of texts"
    MONTHS = "a list of lists of texts"
    PATTERNS = "a list of regular expressions"
    SWITCH = "true or false"

    def fits(self, value: object) -> bool:
        """Return whether a value is of this type."""
        match self:
            case Kind.SWITCH:
                return isinstance(value, bool)
            case Kind.MONTHS:
                return isinstance(value, list) and all(map(Kind.WORDS.fits, value))
            case Kind.PATTERNS:
                return isinstance(value, list) and all(map(_is_pattern, value))
            case Kind.WORDS:
                return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _is_pattern(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        re.compile(value)
    except re.error:
        return False
    return True


@dataclass(frozen=True, slots=True, eq=False)
class ClockWords:
    """Words around a time of day.

    ``before_noon`` and ``after_noon`` precede it; ``hour``, ``minute`` and ``second`` follow its numbers.
    ``after_time`` marks a number with a full stop (14.30) as a time, and so does ``before_point`` before it.
    ``label`` names the time, ``to`` is between opening and closing time, ``at`` precedes an hour without minutes.
    """

    before_noon: Words = ()
    after_noon: Words = ()
    hour: Words = ()
    minute: Words = ()
    second: Words = ()
    after_time: Words = ()
    before_point: Words = ()
    label: Words = ()
    to: Words = ()
    at: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class DateWords:
    """Words inside a date.

    ``year``, ``month`` and ``day`` are characters after its numbers, ``ordinal`` and ``ordinal_before_month`` endings
    of the day (the latter only before the month), ``of`` is between the day and the name of the month. ``after_year``
    follows a year that is printed first, before the name of the month; ``before_month`` and ``before_year`` precede
    numbers. ``not_before``: the numbers directly behind such a word are no date, but a version, a serial or an address.
    """

    year: Words = ()
    month: Words = ()
    day: Words = ()
    ordinal: Words = ()
    ordinal_before_month: Words = ()
    of: Words = ()
    after_year: Words = ()
    before_month: Words = ()
    before_year: Words = ()
    not_before: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class UnitWords:
    """Words next to a number that is not an amount of money.

    ``measure`` follows a number with two decimals (a weight, a volume, pieces, a time), ``pieces`` is between a
    quantity and the multiplication sign, ``counter`` follows a whole number that is a count, ``before_id`` precedes an
    identifier, ``label`` is or contains a unit or a quantity in the label of a number: "total km", "weight", "odds".
    ``size`` follows a number in the name of an item.
    """

    measure: Words = ()
    pieces: Words = ()
    counter: Words = ()
    before_id: Words = ()
    label: Words = ()
    size: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class ExchangeWords:
    """``rate`` names an exchange rate: a number next to it is not a total. ``equivalent`` marks a converted amount."""

    rate: Words = ()
    equivalent: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class SentenceWords:
    """Words on the line above a word for refund that show a sentence, not a heading.

    ``negation`` negates what follows; ``negation_or_number`` does unless a full stop, a colon or # follows; a line that
    ends with a word of ``goes_on`` is continued on the next one.
    """

    negation: Words = ()
    negation_or_number: Words = ()
    goes_on: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class AddressWords:
    """Words of an address.

    ``before_number`` and ``behind_number`` are next to its numbers, in scripts without spaces between words. ``street``
    is a word for a street, ``street_ending`` the end of the name of one, ``unit`` precedes the number of a house, a
    floor or a shop. ``label`` names an address, ``not_seller`` that of somebody else. ``phone`` precedes a telephone
    number, in any script, ``fax`` one that is none.
    """

    before_number: Words = ()
    behind_number: Words = ()
    street: Words = ()
    street_ending: Words = ()
    unit: Words = ()
    label: Words = ()
    not_seller: Words = ()
    phone: Words = ()
    fax: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class CompanyWords:
    """Words of the legal names of companies.

    ``form`` is a legal form behind a name, ``form_before`` one before it; blanks stand for a blank, a full stop, "&" or
    nothing. ``round_form`` is one in round letters, which engines misread as zeros. ``owner`` precedes the legal name,
    ``trading_as`` is between it and the name of the shop, ``former`` precedes an earlier name. ``never`` are companies
    that are not the seller: those that process payments or make the till.
    """

    form: Words = ()
    form_before: Words = ()
    round_form: Words = ()
    owner: Words = ()
    trading_as: Words = ()
    former: Words = ()
    never: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class BranchWords:
    """Words for one of the shops of a company: ``before`` its number or name, ``behind`` its name.

    ``short`` does so too but means other things as well: it counts before a number alone.
    """

    before: Words = ()
    short: Words = ()
    behind: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class WebWords:
    """Parts of web addresses: ``never`` is in no address of a shop."""

    never: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class ReceiptNumberWords:
    """Words next to the number of a receipt.

    ``receipt``, ``check`` and ``transaction`` name what is counted, the surest kind of paper first; each stands alone
    or with a word of ``number`` before or after it. ``whole`` names the number in one word. ``bare`` are words for
    "number" that may name the receipt's own number without any other word, ``of`` is between "number" and what it is
    the number of. ``never`` names what is not the receipt's own number, though a word of the other lists is next to
    it: the till's registration, another paper, a line of many.
    """

    receipt: Words = ()
    check: Words = ()
    transaction: Words = ()
    whole: Words = ()
    number: Words = ()
    bare: Words = ()
    of: Words = ()
    never: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class PaymentWords:
    """Words for the method of payment.

    ``cash`` to ``transfer`` name a method. ``never`` is what is sold, shown, earned or promised with the same words. A
    row with a word of ``label`` says how was paid even without an amount. ``money`` are words and codes of money after
    an amount without decimals. ``misread`` looks like a word of payment and is none.
    """

    cash: Words = ()
    card: Words = ()
    mobile: Words = ()
    voucher: Words = ()
    transfer: Words = ()
    never: Words = ()
    label: Words = ()
    money: Words = ()
    misread: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class CardNumberWords:
    """Words next to masked numbers.

    ``ending`` precedes the last digits of a card, ``words`` are next to a card's number, ``never`` next to others.
    """

    ending: Words = ()
    words: Words = ()
    never: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class TaxNumberWords:
    """``number`` has the words for "number" that follow the name of a tax."""

    number: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class PageWords:
    """Words next to the number of a page, as in "Page 1 of 2".

    ``page`` precedes it; ``short`` does so too but means other things as well: it counts before a word of ``of``, or
    on a line that has nothing else. ``of`` precedes the number of pages, ``behind`` follows either number. ``onward``
    says that the receipt continues on another page, ``brought`` that it was begun on one; neither means anything else.
    """

    page: Words = ()
    short: Words = ()
    of: Words = ()
    behind: Words = ()
    onward: Words = ()
    brought: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class ItemWords:
    """Words on the rows of items.

    ``heading`` names a column of their table. ``unit`` is a unit beside a quantity that would mean something else
    elsewhere. ``note`` marks an amount below an item that is not part of the sum: a usual price, what was saved.
    ``deposit`` names the deposit on a bottle.
    """

    heading: Words = ()
    unit: Words = ()
    note: Words = ()
    deposit: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class ShopWords:
    """Words that name a kind of shop, by the categories of categories.toml, in their order.

    A ``*`` at either end of a word stands for the rest of a longer one.
    """

    pets: Words = ()
    pharmacy_health: Words = ()
    fuel: Words = ()
    vehicle: Words = ()
    postal_telecom: Words = ()
    books_stationery: Words = ()
    toys_children: Words = ()
    electronics: Words = ()
    home_garden: Words = ()
    clothing: Words = ()
    beauty_care: Words = ()
    sports: Words = ()
    alcohol_tobacco: Words = ()
    cafe_bakery: Words = ()
    restaurant: Words = ()
    lodging: Words = ()
    groceries: Words = ()
    transport_parking: Words = ()
    entertainment_leisure: Words = ()
    services: Words = ()
    general_merchandise: Words = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """The words of all languages together, one field for each section of the tables."""

    clock: ClockWords
    written_date: DateWords
    units: UnitWords
    exchange: ExchangeWords
    sentence: SentenceWords
    address: AddressWords
    company: CompanyWords
    branch: BranchWords
    web: WebWords
    receipt_number: ReceiptNumberWords
    payment: PaymentWords
    card_number: CardNumberWords
    tax_number: TaxNumberWords
    pages: PageWords
    items: ItemWords
    shops: ShopWords


SECTIONS: Mapping[str, type[Any]] = {
    "clock": ClockWords,
    "written_date": DateWords,
    "units": UnitWords,
    "exchange": ExchangeWords,
    "sentence": SentenceWords,
    "address": AddressWords,
    "company": CompanyWords,
    "branch": BranchWords,
    "web": WebWords,
    "receipt_number": ReceiptNumberWords,
    "payment": PaymentWords,
    "card_number": CardNumberWords,
    "tax_number": TaxNumberWords,
    "pages": PageWords,
    "items": ItemWords,
    "shops": ShopWords,
}
"""Sections whose words apply to every page."""

AMOUNTS = (
    "total_sure",
    "total",
    "total_weak",
    "subtotal",
    "tax",
    "rounding",
    "cash",
    "change",
    "card",
    "charge",
    "tip",
    "discount",
    "savings",
    "count",
    "loyalty",
    "due_now",
    "share",
    "price",
    "given",
    "later",
    "carried",
    "none",
)

DATES = (
    "label",
    "printed",
    "opened",
    "closed",
    "delivery",
    "event",
    "travel",
    "period",
    "appointment",
    "due",
    "valid",
    "birth",
    "other",
)
"""The groups of words beside dates: `label` names the day of purchase, the others are as in DateRole."""

GROUPS: Mapping[str, Mapping[str, Kind]] = {
    "amounts": dict.fromkeys(AMOUNTS, Kind.WORDS),
    "modifiers": dict.fromkeys(("excluding", "including", "tax_table", "refund", "policy"), Kind.WORDS),
    "dates": {**dict.fromkeys(DATES, Kind.WORDS), "months": Kind.MONTHS},
    "merchant": dict.fromkeys(("company", "legal", "not_name", "before_name"), Kind.WORDS),
    **{name: {one.name: Kind.WORDS for one in fields(words)} for name, words in SECTIONS.items()},
    "numbers": {"point_after_blanks": Kind.SWITCH},
    "locale": {"common": Kind.WORDS, "letters": Kind.PATTERNS, "also": Kind.WORDS},
}
"""Every section that a table of a language may have, its groups, and the type of each."""


def merge(tables: Iterable[Mapping[str, Any]]) -> Lexicon:
    """Return the words of some tables together, each once."""
    known = tuple(tables)

    def words(section: str, group: str) -> Words:
        return tuple(dict.fromkeys(word for table in known for word in table.get(section, {}).get(group, ())))

    return Lexicon(
        **{
            section: kind(**{one.name: words(section, one.name) for one in fields(kind)})
            for section, kind in SECTIONS.items()
        }
    )
