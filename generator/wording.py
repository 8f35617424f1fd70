"""Formats amounts, dates, times and words of one receipt, consistently with one choice of each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from generator.dice import Dice
from generator.locales import Calendar, Country


@dataclass(slots=True)
class Wording:
    """Wordings that are chosen once per receipt. ``grouping`` is the thousands separator, empty for none.

    ``minus_pattern`` adds a minus sign to {n}; ``unsigned`` omits it, as on refunds that are only marked by their
    title.
    """

    dice: Dice
    country: Country
    money_pattern: str
    date_pattern: str
    time_pattern: str
    grouping: str
    minus_pattern: str
    unsigned: bool
    amount_pattern: str = "{n}"
    chosen: dict[str, str] = field(default_factory=dict)

    @staticmethod
    def draw(dice: Dice, country: Country, *, unsigned: bool = False) -> Wording:
        """Draw the patterns; words are drawn when they are first used."""
        return Wording(
            dice=dice,
            country=country,
            money_pattern=dice.pick(country.money),
            date_pattern=dice.pick(country.dates),
            time_pattern=dice.pick(country.times),
            grouping=country.thousands if dice.chance(0.8) else "",
            minus_pattern=dice.pick(("-{n}", "-{n}", "-{n}", "{n}-", "({n})")),
            unsigned=unsigned,
            amount_pattern=dice.choose(country.amounts),
        )

    def word(self, key: str) -> str:
        """Return the wording of a key of the language's table. Raises KeyError for an unknown one."""
        if key not in self.chosen:
            self.chosen[key] = self.dice.pick(self.country.language.words[key])
        return self.chosen[key]

    def has(self, key: str) -> bool:
        """Return whether the language has wordings for a key."""
        return key in self.country.language.words

    def number(self, amount: Decimal, places: int | None = None) -> str:
        """Format a number, such as ``-1.234,50``, with the decimals of the currency if ``places`` is None."""
        places = self.country.decimals if places is None else places
        swap = {",": self.grouping, ".": self.country.decimal}
        return self._signed("".join(swap.get(c, c) for c in f"{abs(amount):,.{places}f}"), negative=amount < 0)

    def amount(self, amount: Decimal) -> str:
        """Format a number as it is printed next to items and sums, such as ``=1234.50``."""
        return self._signed(self.amount_pattern.replace("{n}", self.number(abs(amount))), negative=amount < 0)

    def money(self, amount: Decimal) -> str:
        """Format a number with the currency, as on the main lines of the receipt."""
        return self._signed(self.money_pattern.replace("{n}", self.number(abs(amount))), negative=amount < 0)

    def _signed(self, number: str, *, negative: bool) -> str:
        return self.minus_pattern.replace("{n}", number) if negative and not self.unsigned else number

    def percent(self, rate: Decimal) -> str:
        """Format a tax rate, such as ``19%``."""
        return f"{rate:f}%".replace(".", self.country.decimal)

    def date(self, day: dt.date) -> str:
        """Format a date in the receipt's pattern."""
        language = self.country.language
        short, long = language.short_months[day.month - 1], language.long_months[day.month - 1]
        weekday = language.words["weekdays"][day.weekday()]
        names = {"mon": short, "MON": short.upper(), "month": long, "wd": weekday, "nth": _ordinal(day.day)}
        years = {"Y": day.year, "y": day.year % 100} | _years(day, self.country.calendar)
        return self.date_pattern.format(d=day.day, m=day.month, **years, **names)

    @property
    def own_calendar(self) -> bool:
        """Whether dates have the year of the country's own calendar."""
        return any(mark in self.date_pattern for mark in ("{by", "{my", "{ey"))

    def time(self, moment: dt.time) -> str:
        """Format a time of day in the receipt's pattern."""
        half = "am" if moment.hour < 12 else "pm"
        hour = moment.hour % 12 or 12
        return self.time_pattern.format(
            H=moment.hour, h=hour, M=moment.minute, S=moment.second, ap=half, AP=half.upper()
        )

    def printed_time(self, moment: dt.time) -> str:
        """Return the time that can be read on the receipt: HH:MM, or HH:MM:SS if seconds are printed."""
        return moment.isoformat("seconds" if "{S" in self.time_pattern else "minutes")


def _ordinal(number: int) -> str:
    """Return an English ordinal, such as 4th."""
    ending = "th" if number in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


ERAS = ((dt.date(2019, 5, 1), "令和", "R"), (dt.date(1989, 1, 8), "平成", "H"), (dt.date(1926, 12, 25), "昭和", "S"))
"""First day, name and initial of Japanese eras, the latest first."""


def _years(day: dt.date, calendar: Calendar) -> dict[str, int | str]:
    """Return the year in a non-Gregorian calendar, by the placeholders of date patterns."""
    if calendar == "buddhist":
        return {"by": day.year + 543}
    if calendar == "minguo":
        return {"my": day.year - 1911}
    if calendar == "japanese":
        first, era, letter = next(era for era in ERAS if era[0] <= day)
        return {"era": era, "E": letter, "ey": day.year - first.year + 1}
    return {}
