"""Options of the commands on the store, and the parsing of their values."""

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
        """Parse a month or a year, 2024-03 or 2024, or a day as ``typed_day`` does."""
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
            f"{value!r} is not a day; give one such as 2024-03-05 or yesterday, a month such as 2024-03, or a year",
            param,
            ctx,
        )

    def _day(self, year: int, month: str | None) -> dt.date:
        which = int(month) if month else 12 if self._last else 1
        return dt.date(year, which, calendar.monthrange(year, which)[1] if self._last else 1)


AGE = re.compile(r"([1-9][0-9]{0,4})([dwmy])")


class Age(click.ParamType[dt.date]):
    """An age, converted to a day: that many days, weeks, months or years before today."""

    name = "age"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Parse 90d, 12w, 18m or 10y."""
        from dateutil.relativedelta import relativedelta

        if isinstance(value, dt.date):
            return value
        found = AGE.fullmatch(str(value))
        if not found:
            self.fail(f"{value!r} is not an age; give days, weeks, months or years, such as 90d or 10y", param, ctx)
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
            self.fail(f"{value!r} is before the first possible date", param, ctx)
        return day


since_option = click.option("--since", type=Day(last=False), help="Only from this day, month or year on.")
until_option = click.option("--until", type=Day(last=True), help="Only up to and including this day, month or year.")
merchant_option = click.option(
    "--merchant",
    metavar="WORDS",
    help="Only merchants with these words in their name; a trailing * matches any ending.",
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
    help="Only this verdict; may be given several times.",
)
duplicates_option = click.option(
    "--duplicates/--no-duplicates",
    default=None,
    help="Only duplicates of other receipts, or only the rest  [default: both]",
)
archived_option = click.option("--archived", is_flag=True, help="Only archived receipts, which are left out otherwise.")


def filters(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Add options that select receipts; they arrive as keyword arguments, for ``selected``."""

    def give(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return give


def selected(given: Mapping[str, Any]) -> Selection:
    """Return the selection given by the options of ``filters``."""
    from rpiocr.store.selection import Selection

    return Selection(**{name: value for name, value in given.items() if value is not None})


@contextmanager
def opened(settings: Settings) -> Iterator[Database]:
    """Open the store of the settings, and close it at the end.

    If damaged rows were skipped, lists them and exits with status 3.
    """
    from rpiocr.store.database import Database

    database = Database(settings.store)
    try:
        yield database
    finally:
        database.close()
        _report_damaged(list(database.damage.found.values()))
    if database.damage.found:
        raise click.exceptions.Exit(ExitCode.NEEDS_REVIEW)


def warn_nothing_found(database: Database) -> None:
    """Report that no receipt matches or, if the store is empty, how to fill it."""
    from sqlalchemy import select

    from rpiocr.store.tables import RECEIPTS

    with database.snapshot() as connection:
        is_empty = connection.execute(select(RECEIPTS.c.id).limit(1)).first() is None
    if is_empty:
        warn(
            "the store is empty; `rpiocr batch FOLDER` reads receipts into it, `rpiocr watch FOLDER` those that arrive"
        )
    else:
        warn("no stored receipt matches")


MAX_LISTED = 10
"""Maximum number of damaged rows listed."""


def _report_damaged(found: Sequence[str]) -> None:
    from rpiocr.store.damage import REMEDY

    for one in found[:MAX_LISTED]:
        warn(one)
    if found:
        more = f", and {len(found) - MAX_LISTED} more" if len(found) > MAX_LISTED else ""
        warn(f"damaged rows{more} were omitted; {REMEDY}, and `rpiocr restore` restores a backup")
