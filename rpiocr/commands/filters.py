"""Options of the commands that work on the store, and how their values are read."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import click

from rpiocr.commands.completing import ReceiptNumber
from rpiocr.errors import ExitCode
from rpiocr.settings import Settings
from rpiocr.system.output import warn

if TYPE_CHECKING:
    from rpiocr.store.database import Database
    from rpiocr.store.selection import Selection

Command = Callable[..., Any]

RECEIPT = ReceiptNumber()
"""The number of a receipt."""

VERDICTS = ("ACCEPT", "RETRY", "ESCALATE")


class Day(click.ParamType[dt.date]):
    """A day, or the first or last one of a month or a year."""

    name = "date"

    def __init__(self, *, last: bool) -> None:
        self._last = last

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Read a month or a year, 2024-03 or 2024, or a day as ``typed_day`` does."""
        from rpiocr.store.typed import AmbiguousDayError, typed_day

        if isinstance(value, dt.date):
            return value
        found = re.fullmatch(r"([0-9]{4})(?:-([0-9]{2}))?", str(value))
        try:
            with suppress(ValueError):
                if found:
                    return self._day(int(found[1]), found[2])
            day = typed_day(str(value), dt.datetime.now().astimezone().date())
        except AmbiguousDayError as error:
            return self.fail(str(error), param, ctx)
        return day or self.fail(
            f"{value!r} is no day; give one such as 2024-03-05 or yesterday, a month such as 2024-03, or a year",
            param,
            ctx,
        )

    def _day(self, year: int, month: str | None) -> dt.date:
        which = int(month) if month else 12 if self._last else 1
        return dt.date(year, which, calendar.monthrange(year, which)[1] if self._last else 1)


AGE = re.compile(r"([1-9][0-9]{0,4})([dwmy])")


class Age(click.ParamType[dt.date]):
    """How long ago, as a day: that many days, weeks, months or years before today."""

    name = "age"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Read 90d, 12w, 18m or 10y."""
        from dateutil.relativedelta import relativedelta

        if isinstance(value, dt.date):
            return value
        found = AGE.fullmatch(str(value))
        if not found:
            self.fail(f"{value!r} is no age; give days, weeks, months or years, such as 90d or 10y", param, ctx)
        number = int(found[1])
        ago = {
            "d": relativedelta(days=number),
            "w": relativedelta(weeks=number),
            "m": relativedelta(months=number),
            "y": relativedelta(years=number),
        }[found[2]]
        try:
            day: dt.date = dt.datetime.now().astimezone().date() - ago
        except (ValueError, OverflowError):
            self.fail(f"{value!r} is before all dates", param, ctx)
        return day


since_option = click.option("--since", type=Day(last=False), help="From this day, month or year on.")
until_option = click.option("--until", type=Day(last=True), help="Up to this day, month or year, which is included.")
merchant_option = click.option(
    "--merchant",
    metavar="WORDS",
    help="Only where the merchant's name has these words; a star ends the beginning of one.",
)
currency_option = click.option(
    "--currency",
    metavar="CODE",
    callback=lambda _ctx, _param, value: value and value.upper(),
    help="Only this currency.",
)
verdict_option = click.option(
    "--verdict",
    "verdicts",
    multiple=True,
    type=click.Choice(VERDICTS, case_sensitive=False),
    help="Only this verdict, or one of these if it is given several times.",
)
duplicates_option = click.option(
    "--duplicates/--no-duplicates",
    default=None,
    help="Only receipts that repeat another one, or none of those  [default: both]",
)


def filters(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Give a command options for which receipts are meant; they arrive as keyword arguments, for ``selected``."""

    def give(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return give


def selected(given: Mapping[str, Any]) -> Selection:
    """Return what the options of ``filters`` ask for."""
    from rpiocr.store.selection import Selection

    return Selection(**{name: value for name, value in given.items() if value is not None})


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Open the store of the settings, and close it at the end.

    Where rows of it turn out to be damaged, says which, and ends with status 3: what was done went without them.
    """
    from rpiocr.store.database import Database

    database = Database(settings.store)
    try:
        yield database
    finally:
        database.close()
        _say_damaged(list(database.damage.found.values()))
    if database.damage.found:
        raise click.exceptions.Exit(ExitCode.NEEDS_REVIEW)


def warn_nothing_found(database: Database) -> None:
    """Report that no receipt fits; where there is none at all, how to get some."""
    from sqlalchemy import select

    from rpiocr.store.tables import RECEIPTS

    with database.snapshot() as connection:
        is_empty = connection.execute(select(RECEIPTS.c.id).limit(1)).first() is None
    if is_empty:
        warn(
            "the store is empty; `rpiocr batch FOLDER` reads receipts into it, `rpiocr watch FOLDER` those that arrive"
        )
    else:
        warn("no stored receipt fits")


MOST_NAMED = 10
"""Damaged rows that are named one by one."""


def _say_damaged(found: Sequence[str]) -> None:
    from rpiocr.store.damage import MEND

    for one in found[:MOST_NAMED]:
        warn(one)
    if found:
        more = f", and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
        warn(f"damaged rows{more} were left out; {MEND}, and `rpiocr restore` brings back a backup")
