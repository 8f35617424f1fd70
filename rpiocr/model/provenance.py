"""Types for the provenance of values, the checks on them, and warnings about a receipt; without text for people."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a value was recognised: by the words next to it, its format, its position, or computed from other values."""

    TOTAL_SURE = "total_sure"
    TOTAL = "total"
    TOTAL_WEAK = "total_weak"
    SUBTOTAL = "subtotal"
    CARD = "card"
    CASH = "cash"
    UNNAMED = "unnamed"
    WORKED_OUT = "worked out"
    DATE_LABEL = "date label"
    DATE = "date"
    OTHER_DATE = "other date"
    LOST_MARKS = "lost marks"
    HEAD = "head of the receipt"
    SENTENCE = "sentence that names the shop"
    BRAND = "brand"
    DOMAIN = "domain"
    PAYMENT = "words of payment"
    LABEL = "label"
    FORM = "form"
    CURRENCY_SIGN = "sign of the currency"
    SIGN_AND_COUNTRY = "shared sign and evidence for the country"
    COUNTRY = "evidence for the country"
    ONE_CLUE = "one sign of the country"
    SHARED_SIGN = "shared sign"
    LANGUAGE = "language"
    SETTING = "setting"
    HOME = "home"
    CODE = "code"
    E_INVOICE = "e-invoice"
    REMEMBERED = "remembered"


TOTAL_KINDS = frozenset({Kind.TOTAL_SURE, Kind.TOTAL, Kind.TOTAL_WEAK})
"""Words next to the amount label it as a total."""

SURE_TOTAL_KINDS = frozenset({Kind.TOTAL_SURE, Kind.TOTAL})
"""Labels that hardly ever mean anything else."""


class DateRole(StrEnum):
    """What a date on a receipt is the day of, by the words beside it; the first seven may be the day of purchase.

    ``TIMED`` and ``PLAIN`` have no such words: the former has a time of day beside it, as the day of purchase has;
    ``OPENED`` is also the entry to a car park, ``CLOSED`` the exit, and a payment; ``VALID`` is any day from or until
    which something holds; ``MENTIONED`` stands in a sentence; ``OTHER`` is any other day, such as that of a law.
    """

    PURCHASE = "purchase"
    CLOSED = "closed"
    PRINTED = "printed"
    OPENED = "opened"
    TIMED = "timed"
    PLAIN = "plain"
    MENTIONED = "mentioned"
    DELIVERY = "delivery"
    EVENT = "event"
    TRAVEL = "travel"
    PERIOD = "period"
    APPOINTMENT = "appointment"
    DUE = "due"
    VALID = "valid"
    BIRTH = "birth"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value comes from; ``label`` is the phrase that names it, for kinds that have one, ``role`` a date's."""

    kind: Kind
    label: str | None = None
    role: DateRole | None = None

    @property
    def names_total(self) -> bool:
        """Whether words next to an amount label it as a total."""
        return self.kind in TOTAL_KINDS

    @property
    def is_total(self) -> bool:
        """Whether an amount is labelled as a total, or was computed as one."""
        return self.names_total or self.kind is Kind.WORKED_OUT


class CheckKind(StrEnum):
    """What a check is: evidence for a value, a correction of the text, an open question, or a remark."""

    PROOF = "proof"
    REPAIR = "repair"
    DOUBT = "doubt"
    NOTE = "note"


class CheckName(StrEnum):
    """The checks; their values are the names in results."""

    CASH_LESS_CHANGE = "cash - change"
    SUBTOTAL_AND_TAX = "subtotal + tax"
    NET_AND_TAX = "net + tax"
    ITEMS = "items"
    CARD = "card"
    ROUNDING = "rounding"
    DIGIT_REPAIRED = "one digit repaired"
    REFUND = "refund"
    MAYBE_REFUND = "refund?"
    TWO_CURRENCIES = "two currencies"
    REPEATED = "printed twice"
    TAX_RATE = "tax rate"
    PARTS = "parts"
    PAYMENTS = "payments"
    SETTLED = "settled"
    OTHER_PAYMENT = "another payment"
    OTHER_DUE = "another amount due"
    THOUSANDS = "thousands?"
    CHECK_DIGITS = "check digits"
    FORM = "form"
    MENDED = "mended"
    DATE_ORDER = "order"
    CLOCK_BEHIND = "after today"
    TAX_RATES = "tax rates of other years"
    WEEKDAY = "another day of the week"
    MAYBE_TIME = "date or time"
    AFTER_PHOTO = "after its photo"
    LONG_BEFORE_PHOTO = "long before its photo"
    EVIDENCE = "evidence"
    DECIMALS = "decimals?"
    CODE = "code"
    PROVED_CODE = "proved code"
    E_INVOICE = "e-invoice"
    REMEMBERED = "remembered"
    MAYBE_REMEMBERED = "remembered?"


class OrderReason(StrEnum):
    """What decided the order of day, month and year.

    ``YEAR_FIRST``: the order of ISO 8601, which is the standard in the countries that also write a two-digit year last;
    it is the default there for numbers between dashes. ``DAY_FIRST`` is the default for all others. ``PHOTO``: when the
    photo was taken leaves one reading; ``NEAR_PHOTO``: it only makes one of them the likeliest.
    """

    SETTING = "setting"
    ANOTHER_DATE = "another date"
    LOCALE = "locale"
    PHOTO = "photo date"
    NEAR_PHOTO = "near photo date"
    DAY_FIRST = "day first"
    YEAR_FIRST = "year first"

    @property
    def is_default(self) -> bool:
        """Whether nothing decided, so that the order is no more than the likeliest one."""
        return self in (OrderReason.DAY_FIRST, OrderReason.YEAR_FIRST, OrderReason.NEAR_PHOTO)


BY_PHOTO = frozenset({OrderReason.PHOTO, OrderReason.NEAR_PHOTO})
"""Reasons for which the day of a photo counted."""


@dataclass(frozen=True, slots=True)
class DateOrderEvidence:
    """What decided the order of a date that can be read in several ways.

    ``basis`` names what the locale was inferred from, such as ``currency EUR``, if that decided, or would have.
    ``alternative`` is the date in another order, None if that is not a date. ``against`` is what on the receipt
    indicates the alternative, if the setting or the photo decided nevertheless. ``probability`` (0 to 1) is that of the
    guess of the country that decided, 1 if none was needed.
    """

    reason: OrderReason
    basis: str = ""
    alternative: dt.date | None = None
    against: OrderReason | None = None
    probability: float = 1.0


@dataclass(frozen=True, slots=True)
class Check:
    """Something that was checked about a value, or done to it.

    ``order`` is set for DATE_ORDER only. ``said`` is set for EVIDENCE: what kind of evidence it is, and its text; and
    for REMEMBERED and MAYBE_REMEMBERED: what a person said about the merchant, and by what that was identified.
    """

    kind: CheckKind
    name: CheckName
    order: DateOrderEvidence | None = None
    said: tuple[str, str] | None = None


CASH_LESS_CHANGE = Check(CheckKind.PROOF, CheckName.CASH_LESS_CHANGE)
SUBTOTAL_AND_TAX = Check(CheckKind.PROOF, CheckName.SUBTOTAL_AND_TAX)
NET_AND_TAX = Check(CheckKind.PROOF, CheckName.NET_AND_TAX)
ITEMS = Check(CheckKind.PROOF, CheckName.ITEMS)
CARD = Check(CheckKind.NOTE, CheckName.CARD)
"""The amount charged to a card repeats the total, but proves nothing."""

E_INVOICE = Check(CheckKind.PROOF, CheckName.E_INVOICE)
"""The sums of an e-invoice agree: its lines, taxes and totals."""

PROVING = frozenset({CASH_LESS_CHANGE, SUBTOTAL_AND_TAX, NET_AND_TAX, ITEMS, E_INVOICE})
"""Sums of several amounts that prove a total; a card's amount only repeats it."""

TELLING = PROVING - {ITEMS}
"""Checks that a total passes, and a subtotal hardly ever does."""

ROUNDING = Check(CheckKind.NOTE, CheckName.ROUNDING)
DIGIT_REPAIRED = Check(CheckKind.REPAIR, CheckName.DIGIT_REPAIRED)
"""One digit of a total was misread, and only one value fits the sums."""

REFUND = Check(CheckKind.NOTE, CheckName.REFUND)
MAYBE_REFUND = Check(CheckKind.DOUBT, CheckName.MAYBE_REFUND)
"""The sign of a total is uncertain: a line may mark the receipt as a refund."""

TWO_CURRENCIES = Check(CheckKind.DOUBT, CheckName.TWO_CURRENCIES)
"""A total is printed in another currency as well, and nothing on the receipt indicates which one was paid."""

REPEATED = Check(CheckKind.NOTE, CheckName.REPEATED)
"""The same amount is printed on another line too."""

TAX_RATE = Check(CheckKind.NOTE, CheckName.TAX_RATE)
"""A tax on the receipt is the share of the total that its printed rate makes."""

PARTS = Check(CheckKind.NOTE, CheckName.PARTS)
"""Subtotals of parts of the receipt add up to it."""

PAYMENTS = Check(CheckKind.NOTE, CheckName.PAYMENTS)
"""Several payments add up to it."""

SETTLED = Check(CheckKind.NOTE, CheckName.SETTLED)
"""It follows from a total by what is printed below that: a tip, a discount, an insurance, the share of a bill."""

OTHER_PAYMENT = Check(CheckKind.DOUBT, CheckName.OTHER_PAYMENT)
"""What was paid by card, or in cash less the change, is another amount, and nothing explains the difference."""

OTHER_DUE = Check(CheckKind.DOUBT, CheckName.OTHER_DUE)
"""Another amount is next to a word for money owed or paid, and nothing explains the difference."""

THOUSANDS = Check(CheckKind.DOUBT, CheckName.THOUSANDS)
"""A space in the number may separate thousands, or a number of articles and an amount."""

PAGE_SUPPORTS = frozenset({REPEATED, TAX_RATE, PARTS, PAYMENTS, SETTLED})
PAGE_DOUBTS = frozenset({OTHER_PAYMENT, OTHER_DUE, THOUSANDS})
"""Checks of a total against the other lines of its page: the reading that has most of them knows best."""

CLOCK_BEHIND = Check(CheckKind.DOUBT, CheckName.CLOCK_BEHIND)
"""A date is later than today by the clock of this machine: one of the two is wrong."""

TAX_RATES = Check(CheckKind.DOUBT, CheckName.TAX_RATES)
"""The tax rates or taxes of the receipt were not those of the date."""

WEEKDAY = Check(CheckKind.DOUBT, CheckName.WEEKDAY)
"""The day of the week beside a date is not that of the date, however its numbers are ordered."""

MAYBE_TIME = Check(CheckKind.DOUBT, CheckName.MAYBE_TIME)
"""Numbers between full stops are a time of day as well, and the receipt shows no other."""

AFTER_PHOTO = Check(CheckKind.DOUBT, CheckName.AFTER_PHOTO)
"""A date is after the day on which its photo was taken: the date is misread, or the clock of the camera was wrong."""

LONG_BEFORE_PHOTO = Check(CheckKind.DOUBT, CheckName.LONG_BEFORE_PHOTO)
"""A date is ten years or more before its photo was taken, as hardly any receipt is."""

OPEN_DECIMALS = Check(CheckKind.DOUBT, CheckName.DECIMALS)
"""Nothing on the page indicates whether three digits behind a mark are decimals or thousands."""

CODE = Check(CheckKind.NOTE, CheckName.CODE)
PROVED_CODE = Check(CheckKind.PROOF, CheckName.PROVED_CODE)
"""A machine-readable code on the receipt states the same; a check within the code proves that it was read well."""

CHECK_DIGITS = Check(CheckKind.PROOF, CheckName.CHECK_DIGITS)
FORM = Check(CheckKind.NOTE, CheckName.FORM)
MENDED = Check(CheckKind.REPAIR, CheckName.MENDED)


def date_order(evidence: DateOrderEvidence) -> Check:
    """Return the check of a date whose order had to be decided: a doubt if only a default decided it."""
    kind = CheckKind.DOUBT if evidence.reason.is_default else CheckKind.NOTE
    return Check(kind, CheckName.DATE_ORDER, evidence)


@dataclass(frozen=True, slots=True)
class Notice:
    """A warning about a receipt: a code for scripts, and a sentence for people."""

    code: str
    message: str
