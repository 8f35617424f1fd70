"""Doubts about dates: another day of the same receipt, and what the date itself contradicts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence, Set

from rpiocr.decide.features import Facts
from rpiocr.extract.dates.orders import SURE_COUNTRY
from rpiocr.extract.dates.roles import ON_THAT_DAY
from rpiocr.extract.fields.date import order_evidence
from rpiocr.model import Candidate, Check, Field, Fields, Kind, PassId, Veto, VetoKind
from rpiocr.model.provenance import (
    AFTER_PHOTO,
    CLOCK_BEHIND,
    LONG_BEFORE_PHOTO,
    MAYBE_TIME,
    TAX_RATES,
    WEEKDAY,
    DateRole,
    OrderReason,
)

MAX_DOUBTFUL = 0.7
"""As for the other vetoes: below the minimum of any accepted risk."""

READ_WELL = 0.08
"""Minimum share of the chosen day's votes with which another day was read. A day that half of the passes rank second
has an eighth of them; one that a single pass misread has less."""

DAYS = {DateRole.PURCHASE, DateRole.CLOSED, DateRole.OPENED, DateRole.TIMED}
"""Roles of days on which something was bought, begun or paid."""

ELSEWHERE = {DateRole.EVENT, DateRole.TRAVEL, DateRole.PERIOD, DateRole.DELIVERY}
"""Roles of days that a receipt without words for the day of sale can be dated by."""

RIVALS: Mapping[DateRole, set[DateRole]] = {
    DateRole.PURCHASE: DAYS,
    DateRole.CLOSED: DAYS,
    DateRole.PRINTED: DAYS | ELSEWHERE | {DateRole.PRINTED, DateRole.PLAIN},
    DateRole.OPENED: DAYS | ELSEWHERE | {DateRole.PRINTED},
    DateRole.TIMED: DAYS,
    DateRole.PLAIN: DAYS | {DateRole.PRINTED, DateRole.PLAIN},
    DateRole.MENTIONED: DAYS | ELSEWHERE | {DateRole.PRINTED, DateRole.PLAIN, DateRole.MENTIONED},
}
"""For the role of the chosen day, the roles of other days that may as well be that of the purchase.

Words for the day of sale, or of an invoice, decide against dates of printing and without words; dates of events, of
travel and of periods are no rivals of a date without words, because their own words say that they are another day."""

ONE_DAY = dt.timedelta(days=1)

LONGEST_SESSION = dt.timedelta(days=60)
"""A table is opened, or a car park entered, at most so long before the payment; a shop is opened years before."""


def _has_rival_day(field: Field[dt.date], _fields: Fields, _facts: Facts) -> bool:
    """Whether another day is printed elsewhere on the receipt that may be the day of purchase."""
    return any(_is_rival(rival, field.chosen) for rival in field.rivals)


def _is_rival(rival: Candidate[dt.date], chosen: Candidate[dt.date]) -> bool:
    # A second printing of which the end was not read: 15/10/20 of 15/10/2017.
    is_cut_off = chosen.raw.startswith(rival.raw)
    if rival.provenance.kind is Kind.LOST_MARKS or rival.box.meets(chosen.box) or is_cut_off:
        return False
    if chosen.provenance.role is DateRole.OPENED and rival.value - chosen.value == ONE_DAY:
        # Whatever its words are taken for: beside an opening, the end of a night.
        return True
    roles = RIVALS.get(chosen.provenance.role or DateRole.PURCHASE, set())
    if rival.provenance.role is DateRole.OPENED and chosen.value - rival.value > LONGEST_SESSION:
        return False
    return rival.provenance.role in roles and rival.score >= READ_WELL * chosen.score


def _is_against_country(field: Field[dt.date], _fields: Fields, _facts: Facts) -> bool:
    """Whether when the photo was taken decided the order against a guess of the country."""
    evidence = order_evidence(field.chosen)
    return evidence is not None and evidence.reason is OrderReason.PHOTO and evidence.against is not None


def _with(check: Check) -> Callable[[Field[dt.date], Fields, Facts], bool]:
    return lambda field, _fields, _facts: check in field.chosen.checks


# A table opened before midnight and paid after it, a ticket sold for another day, two receipts on one page.
RIVAL_DAY = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "another day on the receipt may be that of the purchase")
# The clock of a machine without a battery or a network stands still while it is off.
AFTER_TODAY = Veto(
    VetoKind.MEANING, MAX_DOUBTFUL, "it is after today by this machine's clock, and one of them is wrong"
)
WRONG_YEARS = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "the tax rates of the receipt were not those of that day")
WRONG_WEEKDAY = Veto(VetoKind.READING, MAX_DOUBTFUL, "the day of the week beside it is another one")
# Its year was misread, or the clock of the camera was never set.
YOUNGER_THAN_PHOTO = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "it is after the day on which the photo was taken")
TEN_YEARS_OLD = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "it is ten years or more before the photo was taken")
PHOTO_OR_COUNTRY = Veto(
    VetoKind.MEANING, MAX_DOUBTFUL, "when the photo was taken, and a guess of the country, indicate different orders"
)
TIME_OR_DATE = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "its numbers may be a time of day")

RULES: tuple[tuple[Veto, Callable[[Field[dt.date], Fields, Facts], bool]], ...] = (
    (RIVAL_DAY, _has_rival_day),
    (AFTER_TODAY, _with(CLOCK_BEHIND)),
    (WRONG_YEARS, _with(TAX_RATES)),
    (WRONG_WEEKDAY, _with(WEEKDAY)),
    (TIME_OR_DATE, _with(MAYBE_TIME)),
    (YOUNGER_THAN_PHOTO, _with(AFTER_PHOTO)),
    (TEN_YEARS_OLD, _with(LONG_BEFORE_PHOTO)),
    (PHOTO_OR_COUNTRY, _is_against_country),
)


Dates = tuple[Candidate[dt.date], ...]


def with_roles_beside(ballots: Sequence[tuple[PassId, Dates]], reread: Set[PassId]) -> list[tuple[PassId, Dates]]:
    """Return the dates of each pass, those of rereadings as another day where the words beside them say so.

    A rereading sees the date alone: that it is the day on which something is due, only the other passes have read.
    """
    seen = [one for source, found in ballots if source not in reread for one in found]
    days = {one.value: one for one in seen if one.provenance.role not in (None, *ON_THAT_DAY)}
    named = {one.value for one in seen if one.provenance.role in ON_THAT_DAY}
    other = {value: one for value, one in days.items() if value not in named}
    return [
        (source, tuple(other.get(one.value, one) for one in found) if source in reread else found)
        for source, found in ballots
    ]


def guessed_country(field: Field[dt.date] | None) -> tuple[Veto, ...]:
    """Return the veto on a date whose order only a guess of the country decided: it is no surer than that guess."""
    evidence = order_evidence(field.chosen) if field else None
    if evidence is None or evidence.reason is not OrderReason.LOCALE or evidence.probability >= SURE_COUNTRY:
        return ()
    why = "the order of day and month rests on a guess of the country"
    return (Veto(VetoKind.MEANING, evidence.probability, why),)
