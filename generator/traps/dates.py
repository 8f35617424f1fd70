"""Traps about the day of the purchase."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from functools import partial

from generator.traps.amounts import Trap
from generator.traps.page import Claim, Page, Part

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OtherDay:
    """Another date on the receipt: its earliest and latest distance in days, and the share of those with a time."""

    first: int
    last: int
    timed: float = 0.0


OTHER_DAYS = {
    "due": OtherDay(7, 45),
    "valid": OtherDay(14, 400),
    "delivery": OtherDay(1, 21, 0.3),
    "appointment": OtherDay(1, 90, 0.7),
    "event": OtherDay(1, 120, 0.8),
    "travel": OtherDay(1, 90, 0.5),
    "birth": OtherDay(-26000, -7000),
    "period": OtherDay(-40, -1),
    "opening": OtherDay(-9000, -400),
    "printed": OtherDay(1, 6, 0.6),
    "best_before": OtherDay(3, 700),
    "warranty": OtherDay(365, 1100),
}
"""Dates that are not that of the purchase, by the phrase next to them."""


def _other_line(what: str, page: Page) -> None:
    """Print the other date with its label."""
    other = OTHER_DAYS[what]
    day = page.day + page.dice.between(other.first, other.last) * DAY
    text = page.words.date(day)
    if what == "period":
        text = f"{page.words.date(day - page.dice.between(14, 60) * DAY)} - {text}"
    if page.dice.chance(other.timed):
        text = f"{text} {page.words.time(dt.time(page.dice.between(8, 20), page.dice.pick((0, 15, 30, 45))))}"
    if page.dice.chance(0.5):
        page.row(what, text)
    else:
        page.sheet.left(f"{page.say(what).rstrip(':')}: {text}")


def other_day(what: str, page: Page) -> Claim:
    """Print another date beside that of the purchase."""
    where = page.dice.pick(("top", "before_sums", "after_payment", "end"))

    def both() -> None:
        _other_line(what, page)
        page.stamp()

    if where == "top":
        page.print(top=both, bottom=lambda: None)
    else:
        page.print(top=page.stamp, bottom=lambda: None, **{where: lambda: _other_line(what, page)})
    return page.claim()


def other_day_alone(page: Page) -> Claim:
    """Print no date of the purchase, only another."""
    what = page.dice.pick([name for name in OTHER_DAYS if name != "printed"])
    where = page.dice.pick(("before_sums", "after_payment", "end"))
    _undated(page, **{where: lambda: _other_line(what, page)})
    return page.claim(date=None)


def _undated(page: Page, **parts: Part) -> None:
    """Print a receipt without a date and a policy."""
    nothing = {"top": lambda: None, "bottom": lambda: None, "foot": page.bare_foot}
    page.print(**nothing | parts)


def weekday_decides(page: Page) -> Claim:
    """Print a date of which only the weekday next to it tells the day from the month."""
    day = page.day
    while not _is_told_by_weekday(day):
        day -= DAY
    page.sale = replace(page.sale, when=dt.datetime.combine(day, page.sale.when.time()))
    usual = [
        one for one in page.country.dates if "{m" in one and "{mon" not in one and "{Y}" in one and "{wd}" not in one
    ]
    order = [one for one in usual if one.index("{d") < one.index("{Y}")] or ["{d:02}/{m:02}/{Y}"]
    page.words.date_pattern = page.dice.pick(("{wd} ", "{wd}. ", "{wd}, ")) + page.dice.pick(order)
    page.print()
    return page.claim()


def _is_told_by_weekday(day: dt.date) -> bool:
    """Whether day and month can be exchanged, which changes the weekday."""
    if day.day > 12 or day.day == day.month:
        return False
    return dt.date(day.year, day.day, day.month).weekday() != day.weekday()


def year_first_short(page: Page) -> Claim:
    """Print year, month and day with two digits each, where other tills print the other way round.

    In countries that do not use that order, the till prints its own below, and only the card terminal has the other.
    """
    usual = page.words.date(page.day)
    used = [pattern for pattern in page.country.dates if pattern.startswith("{y")]
    page.words.date_pattern = page.dice.pick(used or ["{y:02}/{m:02}/{d:02}", "{y:02}-{m:02}-{d:02}"])
    if used:
        page.print()
        return page.undecided("date")
    slip = f"{page.words.date(page.day)} {page.words.time(page.sale.when.time())}"
    page.with_card()
    page.print(
        top=lambda: page.stamp(usual),
        bottom=lambda: None,
        after_payment=lambda: page.sheet.left(slip),
        foot=page.bare_foot,
    )
    return page.claim()


def second_calendar(page: Page) -> Claim:
    """Print a date of which only the same day in another calendar tells the day from the month."""
    day = page.day
    while day.day > 12 or day.day == day.month:
        day -= DAY
    page.sale = replace(page.sale, when=dt.datetime.combine(day, page.sale.when.time()))
    page.words.date_pattern = page.dice.pick(("{d:02}/{m:02}/{Y}", "{m:02}/{d:02}/{Y}"))
    if page.country.code == "np":
        import nepali_datetime

        nepali = nepali_datetime.date.from_datetime_date(day)
        other = f"Miti: {nepali.year}/{nepali.month:02}/{nepali.day:02}{page.dice.pick(('', ' BS'))}"
    else:
        from hijridate import Gregorian

        hijri = Gregorian(day.year, day.month, day.day).to_hijri()
        pattern = page.dice.pick(("Hijri: {y}/{m:02}/{d:02}", "{d:02}/{m:02}/{y} H", "{y}-{m:02}-{d:02} AH"))
        other = pattern.format(y=hijri.year, m=hijri.month, d=hijri.day)

    def both() -> None:
        page.stamp()
        page.sheet.left(other)

    page.print(top=both, bottom=lambda: None)
    return page.claim()


def no_year(page: Page) -> Claim:
    """Print day and month without a year, followed by the time."""
    pattern = page.dice.pick(
        (
            "{d:02}-{mon} {H:02}:{M:02}",
            "{d}. {mon} {H:02}:{M:02}",
            "{d:02}/{m:02} {H:02}:{M:02}",
            "{d:02}.{m:02}. {H:02}:{M:02}",
        )
    )
    when = page.sale.when
    names = {"mon": page.country.language.short_months[when.month - 1]}
    text = pattern.format(d=when.day, m=when.month, H=when.hour, M=when.minute, **names)
    _undated(page, top=lambda: page.sheet.left(text))
    return page.claim(date=None)


def time_with_stops(page: Page) -> Claim:
    """Print no date, and a time with full stops: only its label tells it from one."""
    when = page.sale.when.replace(hour=page.dice.between(8, 22), minute=page.dice.between(1, 12))
    second = page.dice.between(10, 26)
    text = f"{when.hour:02}.{when.minute:02}.{second:02}"
    _undated(page, top=lambda: page.sheet.left(f"{page.words.word('time')} {text}"))
    return page.claim(date=None)


def version(page: Page) -> Claim:
    """Print a version number that looks like a date, with or without the date of the purchase."""
    number = f"{page.dice.between(1, 12)}.{page.dice.between(1, 12)}.{page.dice.between(10, 26)}"
    line = f"{page.say('software')} {page.dice.pick(('', 'v', 'V ', 'Ver. '))}{number}"
    if page.dice.chance(0.5):
        page.words.date_pattern = page.say("long_date")
        page.print(end=lambda: page.sheet.left(line))
        return page.claim()
    _undated(page, end=lambda: page.sheet.left(line))
    return page.claim(date=None)


def in_words(page: Page) -> Claim:
    """Print the date in words, as in letters."""
    page.words.date_pattern = page.say("long_date")
    page.print()
    return page.claim()


def across_midnight(page: Page) -> Claim:
    """Print that a table was opened before midnight, and paid after: the paper does not decide."""
    opened = page.sale.when.replace(hour=page.dice.between(20, 23))
    paid = (opened + DAY).replace(hour=page.dice.between(0, 2))

    def moments() -> None:
        for key, moment in (("opened", opened), ("closed", paid)):
            page.row(key, f"{page.words.date(moment.date())} {page.words.time(moment.time())}")

    page.print(top=moments, bottom=lambda: None)
    return page.undecided("date", date=paid.date())


def number_then_date(page: Page) -> Claim:
    """Print the number of a document and the date, with a stroke between them."""
    number = page.dice.fill(page.dice.pick(("####", "######", "ZZ ####", "####/####")))
    text = f"{page.words.word('number')} {number}/{page.words.date(page.day)}"
    page.print(top=lambda: page.sheet.left(text), bottom=lambda: None)
    return page.claim()


def glued(page: Page) -> Claim:
    """Print the date without any mark between its parts."""
    # Names of months that are numbers with a character behind them are glued anyway.
    named = not page.country.language.short_months[0][0].isdigit()
    patterns = ("{d:02}{MON}{Y}", "{wd}{d:02}{MON}{Y}") if named else ("{Y}{m:02}{d:02}",)
    page.words.date_pattern = page.dice.pick(patterns)
    page.print()
    return page.claim()


DATE_TRAPS: dict[str, Trap] = {
    **{f"{what.replace('_', ' ')} date": partial(other_day, what) for what in OTHER_DAYS},
    "another date alone": other_day_alone,
    "weekday decides": weekday_decides,
    "year first, two digits": year_first_short,
    "second calendar": second_calendar,
    "no year": no_year,
    "time with full stops": time_with_stops,
    "version number": version,
    "date in words": in_words,
    "across midnight": across_midnight,
    "number/date": number_then_date,
    "glued date": glued,
}
"""Traps about the date by name."""
