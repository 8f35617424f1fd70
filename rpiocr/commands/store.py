"""The commands on what is stored: list, show, search, fix, delete, stats, prune."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from rpiocr.commands.after_correction import refiled
from rpiocr.commands.command import Command, examples
from rpiocr.commands.completing import FIELDS, Correction, FieldName
from rpiocr.commands.filters import (
    RECEIPT,
    Age,
    archived_option,
    currency_option,
    duplicates_option,
    filters,
    merchant_option,
    opened,
    selected,
    since_option,
    until_option,
    verdict_option,
    warn_nothing_found,
)
from rpiocr.commands.listing import chosen_format, format_option, write_rows
from rpiocr.commands.options import config_option, setting_option, start, verbose_option
from rpiocr.commands.terminal import agreed
from rpiocr.errors import ExitCode
from rpiocr.system.output import print_drawn, print_line, warn

if TYPE_CHECKING:
    from rpiocr.store.corrections import Change
    from rpiocr.store.database import Database
    from rpiocr.store.queries import Summary
    from rpiocr.store.removal import Removed

limit_option = click.option("--limit", type=click.IntRange(1), help="Maximum number of receipts.")
before_option = click.option("--before", type=RECEIPT, metavar="ID", help="Continue after this receipt of the list.")
yes_option = click.option("--yes", is_flag=True, help="Do not ask for confirmation.")

TABLE_PAGE = 100


@click.command(
    "list",
    cls=Command,
    examples=examples(
        (
            "List the receipts of a year that need checking",
            "rpiocr list --since 2024 --verdict RETRY --verdict ESCALATE",
        ),
        ("Write a shop's receipts to a CSV file", "rpiocr list --merchant 'corner*' --format csv > corner.csv"),
    ),
)
@filters(
    since_option,
    until_option,
    merchant_option,
    currency_option,
    verdict_option,
    duplicates_option,
    archived_option,
)
@limit_option
@before_option
@format_option
@setting_option("store")
@config_option
@verbose_option
def list_(
    limit: int | None,
    before: int | None,
    output: str | None,
    store: str | None,
    config: Path | None,
    *,
    verbose: bool,
    **given: Any,  # noqa: ANN401 - the filters
) -> int:
    """List the stored receipts, newest first.

    A receipt without a date is listed under the day on which it was read. Receipts put away by `rpiocr archive` are
    left out. Exit status: 0 success; 1 a defect of
    rpiocr; 2 wrong usage; 3 damaged receipts were omitted; 4 the receipt of --before does not exist;
    5 the database's driver is not installed; 7 the store cannot be read; 130 interrupted.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.store.queries import PAGE, listed

    output = chosen_format(output)
    size = TABLE_PAGE if output == "table" else PAGE
    with opened(settings) as database:
        return _print_pages(database, listed(database, selected(given), before, limit, size), output)


@click.command(
    cls=Command,
    examples=examples(
        ("Find the receipts whose text contains all words", "rpiocr search flat white"),
        ("Find words by their beginning, at most five receipts", "rpiocr search 'caf*' --limit 5"),
        ("Find the receipts on which something was bought", "rpiocr search item:milk"),
    ),
)
@click.argument("words", nargs=-1, required=True, metavar="TEXT...")
@filters(archived_option)
@limit_option
@before_option
@format_option
@setting_option("store")
@config_option
@verbose_option
def search(
    words: Sequence[str],
    limit: int | None,
    before: int | None,
    output: str | None,
    store: str | None,
    config: Path | None,
    *,
    verbose: bool,
    **given: Any,  # noqa: ANN401 - the filters
) -> int:
    """List the stored receipts whose text, merchant or number contains all words of TEXT, last stored first.

    Case and accents are ignored; a trailing * matches any ending: caf* finds Café and Cafeteria. item:milk finds
    receipts with that word in the description of an item, item:"oat milk" those with both, next to each other.
    Sellers and receipt numbers in codes are found as well, nothing else of what a code holds. Receipts put away by
    `rpiocr archive` are left out.

    Exit status: 0 success, whether anything was found or not; 1 a defect of rpiocr; 2 wrong usage, or no word in TEXT;
    3 damaged receipts were omitted; 5 the database's driver is not installed; 7 the store cannot be read; 130
    interrupted.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.store.queries import PAGE, found
    from rpiocr.store.words import joined

    output = chosen_format(output)
    size = TABLE_PAGE if output == "table" else PAGE
    with opened(settings) as database:
        return _print_pages(database, found(database, joined(words), selected(given), before, limit, size), output)


def _print_pages(database: Database, pages: Iterator[list[Summary]], output: str) -> int:
    first = next(pages, None)
    if first is None:
        warn_nothing_found(database)

    def all_pages() -> Iterator[list[Summary]]:
        if first is not None:
            yield first
            yield from pages

    if output != "table":
        from rpiocr.store.queries import SUMMARY_KEYS

        write_rows(output, (one.as_mapping() for page in all_pages() for one in page), SUMMARY_KEYS)
    elif first is not None:
        from rpiocr.commands.printing import print_or_page, tables_of

        print_or_page(tables_of(all_pages(), colours=sys.stdout.isatty()))
    return ExitCode.OK


@click.command(
    cls=Command,
    examples=examples(
        ("Show everything known about a receipt", "rpiocr show 1"),
        ("Print its text", "rpiocr show 1 --format json | jq -r .text"),
    ),
)
@click.argument("receipt", type=RECEIPT, metavar="ID")
@click.option(
    "--format",
    "output",
    type=click.Choice(("text", "json")),
    help="Output format  [default: text on a terminal, else json]",
)
@setting_option("store")
@config_option
@verbose_option
def show(receipt: int, output: str | None, store: str | None, config: Path | None, *, verbose: bool) -> int:
    """Show everything that the store has on one receipt: values, corrections, evidence, files, text.

    Exit status: 0 success; 1 a defect of rpiocr; 2 wrong usage; 4 the receipt does not exist; 5 the database's driver
    is not installed; 7 the store cannot be read.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.store.details import details

    with opened(settings) as database, database.snapshot() as connection:
        known = details(connection, receipt)
    if (output or ("text" if sys.stdout.isatty() else "json")) == "json":
        from rpiocr.system.json_text import dumps

        print_line(dumps(known))
    else:
        from rpiocr.commands.printing import receipt_in_full

        print_drawn(receipt_in_full(known, colours=sys.stdout.isatty()))
    return ExitCode.OK


@click.command(
    cls=Command,
    examples=examples(
        ("Correct a total and a date", "rpiocr fix 1 amount=12.30 date=2024-03-05"),
        ("Confirm that all values are right", "rpiocr fix 1 --ok"),
        ("Undo the last correction of the total", "rpiocr fix 1 --undo amount"),
    ),
)
@click.argument("receipt", type=RECEIPT, metavar="ID")
@click.argument("values", nargs=-1, metavar="[FIELD=VALUE]... [FIELD]...", type=Correction())
@click.option("--ok", is_flag=True, help="Confirm the values of the given FIELDs, or all values.")
@click.option(
    "--undo",
    multiple=True,
    type=FieldName(),
    metavar="FIELD",
    help="Undo the last correction or confirmation of this field.",
)
@setting_option("store")
@config_option
@verbose_option
def fix(
    receipt: int,
    values: Sequence[str],
    undo: Sequence[str],
    store: str | None,
    config: Path | None,
    *,
    ok: bool,
    verbose: bool,
) -> int:
    """Correct or confirm fields of a stored receipt: all given ones, or none if a value is invalid.

    FIELD is {fields}, or duplicate_of, the number of the receipt that this one duplicates; FIELD= removes the value.
    Items are corrected by their numbers in rpiocr show: items.3.amount, items.3.description, items.3.quantity,
    items.3.unit_price and items.3.kind (item, discount, deposit or charge); items.3.delete deletes one, and
    items.add="MILK 2.50" adds one, and may be given several times. Their numbers do not change; what they add up to is
    compared again.

    Corrections override the values that were read, in every list, sum and export; the previous values are kept, see
    rpiocr show.

    `rpiocr fix 17 --ok` confirms all values of receipt 17, `rpiocr fix 17 --ok amount` only its amount, and `rpiocr
    fix 17 --ok date=2024-03-05` all except the date, which it corrects. A receipt is certain once amount and date are
    corrected, confirmed or were accepted when they were read. Then a file that a watch has moved to review/ is moved
    to done/, under the name that it would have had there.

    Exit status: 0 success; 1 a defect of rpiocr; 2 wrong usage, or an invalid value for a field; 4 the receipt does
    not exist; 5 the database's driver is not installed; 7 the store cannot be written.
    """
    given, named = _assignments(values, ok=ok)
    if bool(given or ok) == bool(undo):
        message = "give corrections, such as amount=12.30 date=2024-03-05, or --ok, or --undo FIELD"
        raise click.UsageError(message)
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.decide.contradictions import contradictions
    from rpiocr.store.corrections import correct, take_back

    with opened(settings) as database:
        if undo:
            changes = take_back(database, receipt, undo)
        else:
            changes = correct(database, receipt, given, named if ok else None)
        _print_changes(receipt, changes)
        for message in contradictions(database, receipt, changes):
            warn(message)
        _print_check_of_items(database, receipt, changes)
        _print_notes(database, receipt)
        for message in refiled(database, receipt, settings):
            warn(message)
    return ExitCode.OK


fix.help = (fix.help or "").replace("{fields}", ", ".join(FIELDS[:-1]))


DELETION = re.compile(r"items\.[0-9]+\.delete")
"""A correction without a value."""

ADDITION = "items.add"
"""A correction that may be given several times."""


def _assignments(values: Sequence[str], *, ok: bool) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the fields given with a value, and those given without; only items.add may be given several times."""
    given: list[tuple[str, str]] = []
    named: list[str] = []
    seen: set[str] = set()
    for value in values:
        field, sign, text = value.partition("=")
        sign = sign or ("=" if DELETION.fullmatch(field) else "")
        if field in seen and field != ADDITION:
            message = f"{field} is given twice"
            raise click.UsageError(message)
        seen.add(field)
        if sign:
            given.append((field, text))
        elif ok:
            named.append(field)
        else:
            message = f"{value!r} is not a correction; give FIELD=VALUE, as amount=12.30, or --ok to confirm a value"
            raise click.UsageError(message)
    return given, named


def _print_changes(receipt: int, changes: Sequence[Change]) -> None:
    from rpiocr.store.values import shown
    from rpiocr.system.json_text import dumps

    if not changes:
        warn(f"receipt {receipt} has these values already; nothing was changed")
    for change in changes:
        if sys.stdout.isatty():
            print_line(_as_text(change))
            continue
        was, value = shown(change.field, change.was), shown(change.field, change.value)
        fact = {"id": receipt, "field": change.field}
        fact |= {"was": was, "value": value} if change.confirmed is None else {"value": value}
        print_line(dumps(fact if change.confirmed is None else fact | {"confirmed": change.confirmed}))


def _as_text(change: Change) -> str:
    from rpiocr.commands.printing import in_words
    from rpiocr.store.values import shown

    was, value = (in_words(shown(change.field, text)) for text in (change.was, change.value))
    if change.confirmed is None:
        return f"{change.field}: {was} became {value}"
    return f"{change.field}: {value} is {'confirmed' if change.confirmed else 'no longer confirmed'}"


def _print_check_of_items(database: Database, receipt: int, changes: Sequence[Change]) -> None:
    """Report what the items add up to after one of them has changed."""
    from rpiocr.output.items_in_words import completeness_in_words
    from rpiocr.store.details import details
    from rpiocr.store.errors import DamagedRowError

    if not any(change.field.startswith("items.") and change.confirmed is None for change in changes):
        return
    try:
        with database.snapshot() as connection:
            known = details(connection, receipt)
    except DamagedRowError:
        return
    if known["items_check"]:
        warn(f"items of receipt {receipt}: {completeness_in_words(known)}")


def _print_notes(database: Database, receipt: int) -> None:
    """Report possible surprises after a correction: that no sum changes, or that fields are still uncertain."""
    from rpiocr.store.confirmations import standing_of

    with database.snapshot() as connection:
        standing = standing_of(connection, receipt)
    if standing is None:
        return
    if standing.duplicate_of:
        warn(
            f"receipt {receipt} duplicates receipt {standing.duplicate_of} and is not in any sum or export; correct"
            f" {standing.duplicate_of}, or `rpiocr fix {receipt} duplicate_of=` if it is a separate receipt"
        )
    if standing.doubtful:
        *first, last = standing.doubtful
        fields = f"{', '.join(first)} and {last}" if first else last
        warn(f"receipt {receipt} still needs review: {fields}; correct, or confirm with `rpiocr fix {receipt} --ok`")


@click.command(
    cls=Command,
    examples=examples(
        ("Delete two receipts", "rpiocr delete 1 2"),
        ("Delete a receipt without confirmation, and read its file again", "rpiocr delete --yes --again 1"),
    ),
)
@click.argument("receipts", type=RECEIPT, nargs=-1, required=True, metavar="ID...")
@click.option("--again", is_flag=True, help="Read their files again if they are still in a watched directory.")
@yes_option
@setting_option("store")
@config_option
@verbose_option
def delete(
    receipts: Sequence[int], store: str | None, config: Path | None, *, again: bool, yes: bool, verbose: bool
) -> int:
    """Delete receipts with all their data from the store; all of them, or none.

    The files on disk stay. If a deleted receipt had duplicates, the first of these is counted instead of it. Exit
    status: 0 success, or you declined; 1 a defect of rpiocr; 2 wrong usage; 3 something else in the store is damaged;
    4 a receipt does not exist; 5 the database's driver is not installed; 7 the store cannot be written; 130
    interrupted.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.store.removal import remove

    count = len(set(receipts))
    with opened(settings) as database:
        if not agreed(f"Delete {_receipts(count)} from the store?", yes=yes):
            return ExitCode.OK
        removed = remove(database, receipts, forget=again)
    warn(f"deleted {_what(removed)}; no file on disk was touched")
    return ExitCode.OK


@click.command(
    cls=Command,
    examples=examples(
        ("Print what would be deleted", "rpiocr prune --older-than 10y --dry-run"),
        ("Delete receipts older than ten years, as from cron", "rpiocr prune --older-than 10y --yes"),
    ),
)
@click.option(
    "--older-than",
    "before",
    type=Age(),
    required=True,
    metavar="AGE",
    help="Days, weeks, months or years: 90d, 12w, 18m, 10y.",
)
@click.option("--dry-run", is_flag=True, help="Only print what would be deleted.")
@yes_option
@setting_option("store")
@config_option
@verbose_option
def prune(before: dt.date, store: str | None, config: Path | None, *, dry_run: bool, yes: bool, verbose: bool) -> int:
    """Delete receipts above an age, and journal entries of files that failed before then.

    The age of a receipt is that of its date or, without one, of the day on which it was read. The files on disk stay;
    the store's file shrinks. Exit status: 0 success, or you declined; 1 a defect of rpiocr; 2 wrong usage; 3 something
    else in the store is damaged; 5 the database's driver is not installed; 7 the store cannot be written; 130
    interrupted.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.store.removal import remove_older, would_remove_older

    with opened(settings) as database:
        planned = would_remove_older(database, before)
        if dry_run or not (planned.receipts or planned.files):
            warn(f"would delete {_what(planned)}: all before {before}")
            return ExitCode.OK
        if not agreed(f"Delete {_what(planned)}: all before {before}?", yes=yes):
            return ExitCode.OK
        removed = remove_older(database, before)
        warn(f"deleted {_what(removed)}: all before {before}; no file on disk was touched")
        database.tidy()
    return ExitCode.OK


def _receipts(count: int) -> str:
    return f"{count} receipt{'' if count == 1 else 's'}"


def _what(removed: Removed) -> str:
    days = f" of {removed.oldest} to {removed.newest}" if removed.oldest else ""
    corrections = f"{removed.corrections} correction{'' if removed.corrections == 1 else 's'}"
    files = f"{removed.files} journal entr{'y' if removed.files == 1 else 'ies'}"
    return f"{_receipts(removed.receipts)}{days} with {corrections}, and {files}"


@click.command(
    cls=Command,
    examples=examples(
        ("Show spending by month and by merchant", "rpiocr stats"),
        ("Add up one year for a program", "rpiocr stats --since 2024 --until 2024 --format ndjson"),
    ),
)
@filters(since_option, until_option, merchant_option, currency_option)
@click.option("--top", type=click.IntRange(1), default=20, help="Merchants in the chart  [default: 20]")
@click.option(
    "--format",
    "output",
    type=click.Choice(("chart", "ndjson")),
    help="Output format  [default: chart on a terminal, else ndjson]",
)
@setting_option("store")
@config_option
@verbose_option
def stats(
    top: int,
    output: str | None,
    store: str | None,
    config: Path | None,
    *,
    verbose: bool,
    **given: Any,  # noqa: ANN401 - the filters
) -> int:
    """Add up the stored receipts by month and by merchant, separately for each currency.

    Duplicates are not counted. In NDJSON, the key by states whether a line is for a month, a merchant or the total.
    Exit status: 0 success; 1 a defect of rpiocr; 2 wrong usage; 3 damaged receipts were omitted; 5 the database's
    driver is not installed; 7 the store cannot be read; 130 interrupted.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.commands.printing import chart_of
    from rpiocr.store.statistics import statistics

    with opened(settings) as database:
        with database.snapshot() as connection:
            sums = statistics(connection, selected(given))
        if not sums.totals and not sums.duplicates:
            warn_nothing_found(database)
    if (output or ("chart" if sys.stdout.isatty() else "ndjson")) == "ndjson":
        from rpiocr.system.json_text import dumps

        for by, lines in (("month", sums.months), ("merchant", sums.merchants), ("all", sums.totals)):
            for line in lines:
                row = dataclasses.asdict(line)
                print_line(dumps({"by": by, by: row.pop("key"), **row} if by != "all" else _without_key(by, row)))
    else:
        for text in chart_of(sums, top):
            print_line(text)
    if sums.duplicates:
        warn(f"not counted: {_receipts(sums.duplicates)} duplicating others")
    return ExitCode.OK


def _without_key(by: str, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"by": by} | {name: value for name, value in row.items() if name != "key"}
