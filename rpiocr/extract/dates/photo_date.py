"""When the photo of a receipt was taken, and what that tells about the day of purchase.

Alone it is no date: it only counts beside one that is printed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from rpiocr.extract.dates.photo_names import day_in_name
from rpiocr.extract.tables.countries import DateOrder
from rpiocr.model import Check, CheckKind, CheckName
from rpiocr.model.provenance import AFTER_PHOTO, LONG_BEFORE_PHOTO, OrderReason

FIRST_DAY = dt.date(2003, 1, 1)
"""Earlier days are those of clocks that were never set: 1970, 1980 and 2000 are where clocks begin, 8 December 2002 is
what some phones write. Hardly anybody photographed receipts before."""

AHEAD = dt.timedelta(days=1)
"""How far the day of a photo may be from that of a receipt, or of this machine, in another time zone: the camera may be
set to that of home, and some phones name photos by universal time."""

SHORTLY = dt.timedelta(days=60)
"""How long before the photo a receipt usually is: photographed at once, or with the expenses of a month or a trip."""

LONG = dt.timedelta(days=400)
"""How long before the photo hardly any receipt is: those of a year are photographed for the tax return in the first
weeks of the next. Of two readings that are both within it, the nearer one is likelier, but a box of old receipts has
enough of the other kind to doubt it."""

TEN_YEARS = dt.timedelta(days=3652)


class PhotoSource(Enum):
    """What tells the day: the camera in the file, or the name of the file. Values are their names in results."""

    EXIF = "by the camera"
    FILE_NAME = "by the file name"


class Distance(Enum):
    """Where a day is from that of the photo."""

    AFTER = "after"
    SHORTLY_BEFORE = "shortly before"
    BEFORE = "before"
    LONG_BEFORE = "long before"


Likeliest = tuple[frozenset[DateOrder], OrderReason]
"""The orders that make the likeliest day, and PHOTO if no other is possible, else NEAR_PHOTO."""


@dataclass(frozen=True, slots=True)
class PhotoDate:
    """The day on which a photo was taken, where it was taken, or a picture was scanned or received."""

    day: dt.date
    source: PhotoSource

    def distance(self, day: dt.date) -> Distance:
        """Return how a day is placed before or after that of the photo."""
        if day > self.day + AHEAD:
            return Distance.AFTER
        if day >= self.day - SHORTLY:
            return Distance.SHORTLY_BEFORE
        return Distance.BEFORE if day >= self.day - LONG else Distance.LONG_BEFORE

    def likeliest(self, readings: Mapping[DateOrder, dt.date]) -> Likeliest | None:
        """Return which of the days that a date can mean is the likeliest; None if nothing distinguishes them.

        That is the only one shortly before the photo, or the only one that is not after it. It is the only possible
        one if it is shortly before, each other one is after the photo or long before, and the camera says so.
        """
        placed = {day: self.distance(day) for day in readings.values()}
        for wanted in ({Distance.SHORTLY_BEFORE}, set(Distance) - {Distance.AFTER}):
            fitting = [day for day, distance in placed.items() if distance in wanted]
            if len(fitting) == 1 and len(placed) > 1:
                orders = frozenset(order for order, day in readings.items() if day == fitting[0])
                return orders, OrderReason.PHOTO if self._decides(placed, fitting[0]) else OrderReason.NEAR_PHOTO
        return None

    def _decides(self, placed: Mapping[dt.date, Distance], chosen: dt.date) -> bool:
        excluded = {Distance.AFTER, Distance.LONG_BEFORE}
        return (
            self.source is PhotoSource.EXIF
            and placed[chosen] is Distance.SHORTLY_BEFORE
            and all(distance in excluded for day, distance in placed.items() if day != chosen)
        )

    def checks_of(self, day: dt.date, *, by_photo: bool) -> tuple[Check, ...]:
        """Return the doubts about a day of purchase; with the day of the photo, if it matters.

        ``by_photo``: it helped to choose the day.
        """
        doubts = tuple(self._doubts(day))
        return (*doubts, self._named) if doubts or by_photo else ()

    def _doubts(self, day: dt.date) -> Iterator[Check]:
        if self.distance(day) is Distance.AFTER:
            yield AFTER_PHOTO
        if day <= self.day - TEN_YEARS:
            yield LONG_BEFORE_PHOTO

    @property
    def _named(self) -> Check:
        said = ("photo date", f"{self.day.isoformat()}, {self.source.value}")
        return Check(CheckKind.NOTE, CheckName.EVIDENCE, said=said)


def photo_date(taken: dt.datetime | None, file: str, template: str, today: dt.date) -> PhotoDate | None:
    """Return when the photo in a file was taken, by the camera, else by the name of the file; None if neither tells.

    ``taken`` is local time of the camera, ``template`` as in ``day_in_name``. A day gives no evidence if it is before
    ``FIRST_DAY``, after today, or the first of a year: a clock that was never set begins on that.
    """
    told = ((PhotoSource.EXIF, taken.date() if taken else None), (PhotoSource.FILE_NAME, day_in_name(file, template)))
    return next((PhotoDate(day, source) for source, day in told if day and _is_plausible(day, today)), None)


def _is_plausible(day: dt.date, today: dt.date) -> bool:
    return FIRST_DAY <= day <= today + AHEAD and (day.month, day.day) != (1, 1)
