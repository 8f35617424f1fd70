"""The command ``rpiocr prices``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from rpiocr.commands.command import Command, examples
from rpiocr.commands.filters import (
    currency_option,
    filters,
    merchant_option,
    opened,
    selected,
    since_option,
    until_option,
    warn_nothing_found,
)
from rpiocr.commands.listing import chosen_format, format_option, write_rows
from rpiocr.commands.options import config_option, setting_option, start, verbose_option
from rpiocr.errors import ExitCode


@click.command(
    cls=Command,
    examples=examples(
        ("Show what milk cost over time", "rpiocr prices milk"),
        ("Compare one year's prices of a shop, for a spreadsheet", "rpiocr prices milk --since 2024 --format csv"),
    ),
)
@click.argument("name", nargs=-1, required=True, metavar="NAME...")
@filters(since_option, until_option, merchant_option, currency_option)
@format_option
@setting_option("store")
@config_option
@verbose_option
def prices(
    name: Sequence[str],
    output: str | None,
    store: str | None,
    config: Path | None,
    *,
    verbose: bool,
    **given: Any,  # noqa: ANN401 - the filters
) -> int:
    """Show what a thing cost over time, and where: the items whose description has all words of NAME, oldest first.

    Case and accents are ignored; a trailing * matches any ending. Words in quotes have to be next to each other. The
    price is that of one piece or unit: as printed, otherwise the amount divided by the quantity. Bars compare the
    prices in one currency and unit. Discounts, deposits and duplicates are omitted.

    Exit status: 0 success, whether anything was found or not; 1 a defect of rpiocr; 2 wrong usage, or no word in NAME;
    3 damaged items were omitted; 5 the database's driver is not installed; 7 the store cannot be read; 130
    interrupted.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.store.prices import PRICE_KEYS, prices_of

    output = chosen_format(output)
    with opened(settings) as database:
        with database.snapshot() as connection:
            found = list(prices_of(connection, name, selected(given | {"duplicates": False})))
        if not found:
            warn_nothing_found(database)
        if output != "table":
            write_rows(output, (one.as_mapping() for one in found), PRICE_KEYS)
        elif found:
            from rpiocr.commands.printing import print_or_page, table_of_prices

            print_or_page([table_of_prices(found, colours=sys.stdout.isatty())])
    return ExitCode.OK
