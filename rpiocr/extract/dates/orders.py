"""Decides in which order the numbers of a date are day, month and year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field

from rpiocr.extract.dates.calendars import Calendar, counts_everywhere
from rpiocr.extract.dates.photo_date import Likeliest, PhotoDate
from rpiocr.extract.dates.regimes import Regime, allowed
from rpiocr.extract.dates.sightings import Sighting
from rpiocr.extract.locale.inference import Locale
from rpiocr.extract.tables.countries import DateOrder, countries
from rpiocr.model import Check
from rpiocr.model.dates import swapped
from rpiocr.model.provenance import CLOCK_BEHIND, TAX_RATES, WEEKDAY, DateOrderEvidence, OrderReason, date_order

EARLIEST = dt.date(2000, 1, 1)
"""Receipts of the last century are not read: a date before is a birthday, or misread."""

AHEAD = dt.timedelta(days=1)
"""How far a date may be after today: the day begins earlier in the east, and clocks of tills are a little wrong."""

LATEST = dt.timedelta(days=3 * 366)
"""How far behind the clock of a machine may be. Without a battery, a Raspberry Pi that finds no time server goes on
from when it was switched off last, or from the day of its system's image; a year farther on is a misread digit."""

RECENT = dt.timedelta(days=366)
LONG_AGO = dt.timedelta(days=2 * 366)
"""Of two readings that nothing decides between, the one within a year is likelier than one of more than two years ago:
most receipts are read within a year."""

SURE_COUNTRY = 0.98
"""Minimum probability of a guess of the country that is no doubt about the order of day and month."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a page and its reader know about the days that its dates can mean.

    ``calendars`` are those that the page shows, ``regimes`` what its taxes tell, ``setting`` the order that the user
    chose, ``photo`` when the photo was taken.
    """

    today: dt.date
    locale: Locale
    calendars: frozenset[Calendar] = field(default_factory=frozenset)
    regimes: tuple[Regime, ...] = ()
    setting: DateOrder | None = None
    photo: PhotoDate | None = None

    def ahead(self, day: dt.date) -> bool:
        """Return whether a day is after today by this machine's clock, which may be behind."""
        return day > self.today + AHEAD


@dataclass(frozen=True, slots=True)
class Readings:
    """The days that a printed date can mean, by order: ``days`` until today, ``later`` after it.

    ``told``: they are those on the day of the week beside it; ``wrong_weekday``: none is.
    """

    sighting: Sighting
    days: Mapping[DateOrder, dt.date]
    later: Mapping[DateOrder, dt.date]
    told: bool = False
    wrong_weekday: bool = False

    @property
    def possible(self) -> Mapping[DateOrder, dt.date]:
        """All of the days, by order."""
        return {**self.days, **self.later}

    @property
    def lone_year(self) -> bool:
        """Whether only the order with a two-digit year first makes it a day, which a misread digit does as well."""
        return self.days.keys() == {DateOrder.YMD} and not self.told

    @property
    def shows_calendar(self) -> bool:
        """Whether the year is not Gregorian."""
        return self.sighting.calendar is not Calendar.GREGORIAN


@dataclass(frozen=True, slots=True)
class Settled:
    """The day of a date, the checks on it, and the other days that nothing on the receipt excludes."""

    day: dt.date
    checks: tuple[Check, ...] = ()
    others: tuple[dt.date, ...] = ()


def readings_of(sighting: Sighting, evidence: Evidence) -> Readings:
    """Return the days that a date can mean: those that its day of the week allows, if there are any."""
    read = {order: sighting.read(order) for order in sighting.orders}
    found = {order: day for order, day in read.items() if day and EARLIEST <= day <= evidence.today + LATEST}
    on_weekday = {order: day for order, day in found.items() if day.isoweekday() in sighting.weekdays}
    wrong_weekday = bool(found and sighting.weekdays and not on_weekday)
    found = on_weekday or found
    return Readings(
        sighting,
        {order: day for order, day in found.items() if not evidence.ahead(day)},
        {order: day for order, day in found.items() if evidence.ahead(day)},
        told=bool(on_weekday),
        wrong_weekday=wrong_weekday,
    )


def counted(found: Sequence[Readings], evidence: Evidence) -> list[bool]:
    """Return for each date whether it counts: its calendar is shown, or it is the same day as a Gregorian date."""
    gregorian = {day for one in found if not one.shows_calendar for day in (*one.days.values(), *one.later.values())}
    return [
        counts_everywhere(one.sighting.calendar)
        or one.sighting.calendar in evidence.calendars
        or not gregorian.isdisjoint((*one.days.values(), *one.later.values()))
        for one in found
    ]


class Orders:
    """The order of the dates of one page: by the setting, by dates that can be read in one way only, by the locale.

    Where these leave it open, or rest on a guess of the country, when the photo was taken tells. ``bought`` are the
    dates that may be the day of purchase: others may be after the photo.
    """

    def __init__(self, found: Sequence[Readings], evidence: Evidence, bought: Sequence[Readings] = ()) -> None:
        self._evidence = evidence
        self._sure = _sure(found)
        self._shown = self._by_page(found)
        self._likeliest = _by_photo(bought, evidence.photo) if evidence.photo else None

    def settle(self, readings: Readings) -> Settled | None:
        """Choose the day of a date; None if it can be none."""
        order, reason = self._shown
        if self._evidence.setting:
            order, reason = self._evidence.setting, OrderReason.SETTING
        elif self._is_open_there(readings.sighting) and reason in (OrderReason.LOCALE, OrderReason.DAY_FIRST):
            order, reason = self._where_open(readings.sighting, order)
        settled = (
            self._near_photo(readings, order, reason)
            or self._settled(readings, order, reason)
            or _later(readings, order)
        )
        if settled and self._evidence.setting and not self._is_open_there(readings.sighting):
            settled = self._with_contradiction(settled, readings.days)
        return _with_doubts(settled, readings, self._evidence) if settled else None

    def _by_page(self, found: Sequence[Readings]) -> tuple[DateOrder, OrderReason]:
        # A date that is due may be after today, so that its only earlier reading tells nothing.
        votes = _votes([one.days for one in found if len(one.sighting.orders) > 1 and not one.later], self._sure)
        if len(votes) == 1:
            return next(iter(votes)), OrderReason.ANOTHER_DATE
        if self._evidence.locale.order:
            return self._evidence.locale.order, OrderReason.LOCALE
        return DateOrder.DMY, OrderReason.DAY_FIRST

    def _is_open_there(self, sighting: Sighting) -> bool:
        """Return whether the country leaves the order of a date with a two-digit year open."""
        country = self._evidence.locale.country
        if not sighting.short_year or "." in sighting.raw or country is None:
            return False
        return countries()[country].year_first_too

    def _where_open(self, sighting: Sighting, order: DateOrder) -> tuple[DateOrder, OrderReason]:
        """Return the default order where tills write a year of two digits first as well as last.

        Between dashes that is year first, as in ISO 8601.
        """
        return (DateOrder.YMD, OrderReason.YEAR_FIRST) if "-" in sighting.raw else (order, OrderReason.DAY_FIRST)

    def _near_photo(self, readings: Readings, order: DateOrder, reason: OrderReason) -> Settled | None:
        """Return the day that when the photo was taken makes the likeliest; None if something surer decides."""
        if self._likeliest is None or len(self._same(readings.days)) == 1:
            return None
        orders, why = self._likeliest
        days = {readings.days[known] for known in orders if known in readings.days}
        if len(days) != 1 or not self._is_weaker(reason, why):
            return None
        by_country = readings.possible.get(order) if reason is OrderReason.LOCALE else None
        return self._settled_by_photo(readings, days.pop(), why, by_country)

    def _is_weaker(self, reason: OrderReason, why: OrderReason) -> bool:
        """Return whether a reason is weaker than what the photo tells: a default, or no more than a guess."""
        is_guess = reason is OrderReason.LOCALE and self._evidence.locale.country_probability < SURE_COUNTRY
        return reason.is_default or (is_guess and why is OrderReason.PHOTO)

    def _settled_by_photo(
        self, readings: Readings, value: dt.date, why: OrderReason, by_country: dt.date | None
    ) -> Settled | None:
        """Return a day with the evidence for it; None if it is the only one. ``by_country`` is that of the locale."""
        others = tuple(dict.fromkeys(day for day in readings.possible.values() if day != value))
        if not others:
            return None
        against = OrderReason.LOCALE if by_country not in (None, value) else None
        basis = self._evidence.locale.order_reason if against else ""
        evidence = DateOrderEvidence(why, basis, _alternative(value, others), against)
        is_open = why is not OrderReason.PHOTO
        open_ones = tuple(day for day in others if is_open and day in readings.days.values())
        return Settled(value, (date_order(evidence),), open_ones)

    def _same(self, days: Mapping[DateOrder, dt.date]) -> list[DateOrder]:
        """Return the orders in which a date that can be read in several is a day that is sure by another date."""
        return [known for known, day in days.items() if day in self._sure] if len(days) > 1 else []

    def _settled(self, readings: Readings, order: DateOrder, reason: OrderReason) -> Settled | None:
        days, orders = readings.days, readings.sighting.orders
        same = self._same(days)
        if len(same) == 1 and reason is not OrderReason.SETTING:
            order, reason = same[0], OrderReason.ANOTHER_DATE
        elif order not in orders:
            order = DateOrder.DMY
        decided = not reason.is_default
        if decided and (order in readings.later or (order is not DateOrder.YMD and readings.lone_year)):
            # What is known of the order is surer than the clock.
            return _later(readings, order)
        if order not in days:
            reason, decided = OrderReason.DAY_FIRST, False
        chosen = order if order in days else next(iter(days), None)
        return self._chosen(readings, chosen, reason) if chosen else None

    def _chosen(self, readings: Readings, chosen: DateOrder, reason: OrderReason) -> Settled:
        """Return the day in the chosen order with the evidence for it, if there are other readings."""
        days, decided = readings.days, not reason.is_default
        value = days[chosen] if decided else self._likelier(days, chosen)
        # On a receipt that shows day or month first, a two-digit year is not printed first.
        short = {DateOrder.YMD} if decided and chosen is not DateOrder.YMD else set()
        others = tuple(day for order, day in days.items() if day != value and order not in short)
        if not others:
            lone_year = chosen is DateOrder.YMD and not decided and not readings.told
            lone = DateOrderEvidence(OrderReason.DAY_FIRST, alternative=swapped(value))
            return Settled(value, (date_order(lone),) if lone_year else ())
        other = _alternative(value, others)
        by_locale = reason is OrderReason.LOCALE
        basis = self._evidence.locale.order_reason if by_locale else ""
        probability = self._evidence.locale.country_probability if by_locale else 1.0
        evidence = DateOrderEvidence(reason, basis, other, probability=probability)
        return Settled(value, (date_order(evidence),), () if decided else others)

    def _likelier(self, days: Mapping[DateOrder, dt.date], chosen: DateOrder) -> dt.date:
        """Return the day in the default order, or a recent one if that is long ago."""
        newest, today = max(days.values()), self._evidence.today
        return newest if days[chosen] < today - LONG_AGO and newest > today - RECENT else days[chosen]

    def _with_contradiction(self, settled: Settled, days: Mapping[DateOrder, dt.date]) -> Settled:
        """Add what on the receipt indicates another day, if anything, to a date that the setting decided."""
        order, reason = self._shown
        other = days.get(order)
        if reason.is_default or other in (None, settled.day) or not any(check.order for check in settled.checks):
            return settled
        basis = self._evidence.locale.order_reason if reason is OrderReason.LOCALE else ""
        evidence = DateOrderEvidence(OrderReason.SETTING, basis, other, reason)
        return Settled(settled.day, (date_order(evidence),), settled.others)


def _alternative(value: dt.date, others: Sequence[dt.date]) -> dt.date:
    """Return the other day of a date to name: that with day and month exchanged, if it is possible."""
    exchanged = swapped(value)
    return next((day for day in others if day == exchanged), others[0])


def _by_photo(bought: Sequence[Readings], photo: PhotoDate) -> Likeliest | None:
    """Return the order in which all dates are likeliest by when the photo was taken; None if they contradict."""
    told = [likeliest for one in bought if (likeliest := photo.likeliest(one.possible))]
    for wanted in (OrderReason.PHOTO, OrderReason.NEAR_PHOTO):
        orders = [orders for orders, reason in told if reason is wanted]
        if orders:
            common = frozenset.intersection(*orders)
            return (common, wanted) if common else None
    return None


def _sure(found: Sequence[Readings]) -> set[dt.date]:
    """Return the days of dates that can be read in one way only, and not only with a two-digit year first.

    Another calendar beside a date leaves it one way as well.
    """
    days = (set(one.days.values()) for one in found if not one.lone_year and not one.later)
    return {next(iter(days_of_one)) for days_of_one in days if len(days_of_one) == 1} | _in_two_calendars(found)


def _in_two_calendars(found: Sequence[Readings]) -> set[dt.date]:
    """Return the days that a date and one of another calendar have in common, if it is one only."""
    gregorian = [set(one.days.values()) for one in found if not one.shows_calendar]
    others = [set(one.days.values()) for one in found if one.shows_calendar]
    common = [days & other for days in gregorian for other in others]
    return {next(iter(days)) for days in common if len(days) == 1}


def _votes(readings: Sequence[Mapping[DateOrder, dt.date]], sure: Set[dt.date]) -> set[DateOrder]:
    """Return the orders of dates that can be read in no other order, or that are the same day as an unambiguous date.

    Only the latter indicates year first: two digits that can only be a year are as often a misread day.
    """
    votes: set[DateOrder] = set()
    for days in readings:
        if len(days) == 1:
            votes |= days.keys() - {DateOrder.YMD}
        same = [order for order, day in days.items() if day in sure]
        if len(days) > 1 and len(same) == 1:
            votes.add(same[0])
    return votes


def _later(readings: Readings, order: DateOrder) -> Settled | None:
    """Return the day of a date that is after today; None if it can be none."""
    later = readings.later
    chosen = order if order in later else DateOrder.DMY if DateOrder.DMY in later else next(iter(later), None)
    if chosen is None:
        return None
    value = later[chosen]
    others = tuple(day for day in (*later.values(), *readings.days.values()) if day != value)
    return Settled(value, (CLOCK_BEHIND,), others)


def _with_doubts(settled: Settled, readings: Readings, evidence: Evidence) -> Settled:
    doubts = {WEEKDAY: readings.wrong_weekday, TAX_RATES: not allowed(settled.day, evidence.regimes)}
    found = tuple(check for check, holds in doubts.items() if holds)
    return Settled(settled.day, (*settled.checks, *found), settled.others)
