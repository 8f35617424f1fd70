"""The commands ``rpiocr merchants``: what people said about merchants, to be read, changed and forgotten."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rpiocr.commands.command import Group, examples
from rpiocr.commands.filters import opened
from rpiocr.commands.listing import chosen_format, format_option, write_rows
from rpiocr.commands.options import config_option, setting_option, start, verbose_option
from rpiocr.errors import ExitCode
from rpiocr.system.output import print_drawn, print_line, warn

if TYPE_CHECKING:
    from rpiocr.store.merchants import Merchant


@click.group(
    cls=Group,
    examples=examples(
        ("List what is remembered", "rpiocr merchants list"),
        ("Name the shop with a tax number", "rpiocr merchants set tax:DE:vat:811128135 merchant='Corner Shop'"),
    ),
)
def merchants() -> None:
    """Show and change what the store remembers of merchants: names, categories and accounts.

    A name or category that you correct or confirm on a receipt counts for later receipts with the same tax number,
    phone number or website. Each store has a memory of its own.
    """


@merchants.command(
    "list",
    examples=examples(
        ("List what is remembered", "rpiocr merchants list"),
        ("Write it to a CSV file", "rpiocr merchants list --format csv > merchants.csv"),
    ),
)
@format_option
@setting_option("store")
@config_option
@verbose_option
def list_(output: str | None, store: str | None, config: Path | None, *, verbose: bool) -> int:
    """List the merchants that the store remembers, by the keys by which it recognises them.

    Several names of one key are those that you gave on different receipts; none of them counts then. Exit status: 0
    success; 1 a defect of rpiocr; 2 wrong usage; 3 damaged rows were omitted; 5 the database's driver is not installed;
    7 the store cannot be read.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from itertools import groupby

    from rpiocr.store.merchants import MERCHANT_KEYS, all_statements, merchant_of

    output = chosen_format(output)
    with opened(settings) as database:
        with database.snapshot() as connection:
            grouped = groupby(all_statements(connection), key=lambda one: one.key)
            known = [merchant_of(tuple(some)) for _, some in grouped]
        if output != "table":
            write_rows(output, (_row(one, output) for one in known), MERCHANT_KEYS)
        elif known:
            print_drawn(_table(known))
        if not known:
            warn("nothing is remembered yet; rpiocr fix, review, and rpiocr merchants set teach it")
    return ExitCode.OK


def _row(merchant: Merchant, output: str) -> dict[str, object]:
    row = merchant.as_mapping()
    return row | {"receipts": [str(one) for one in merchant.receipts]} if output == "csv" else row


def _table(known: Sequence[Merchant]) -> str:
    from rpiocr.commands.printing import table_of_merchants

    return table_of_merchants(known, colours=sys.stdout.isatty())


@merchants.command(
    examples=examples(
        ("Show what people said about a merchant, and where", "rpiocr merchants show domain:shop.example"),
        ("Print its names", "rpiocr merchants show domain:shop.example --format json | jq -r '.merchant[]'"),
    ),
)
@click.argument("key")
@click.option(
    "--format",
    "output",
    type=click.Choice(("table", "json")),
    help="Output format  [default: table on a terminal, else json]",
)
@setting_option("store")
@config_option
@verbose_option
def show(key: str, output: str | None, store: str | None, config: Path | None, *, verbose: bool) -> int:
    """Show what is remembered of the merchant with a KEY: each value, when it was given, and on which receipt.

    KEY is tax:COUNTRY:KIND:NUMBER, phone:DIGITS or domain:NAME, as rpiocr merchants list prints it. Exit status: 0
    success; 1 a defect of rpiocr; 2 wrong usage; 3 damaged rows were omitted; 4 nothing is remembered of it; 5 the
    database's driver is not installed; 7 the store cannot be read.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.store.merchants import key_from, merchant_of, of_merchant

    wanted = key_from(key)
    with opened(settings) as database, database.snapshot() as connection:
        said = of_merchant(connection, wanted)
    if (output or ("table" if sys.stdout.isatty() else "json")) == "json":
        from rpiocr.system.json_text import dumps

        print_line(dumps(merchant_of(said).as_mapping() | {"said": [one.as_mapping() for one in said]}))
    else:
        from rpiocr.commands.printing import table_of_statements

        print_drawn(table_of_statements(said, colours=sys.stdout.isatty()))
    return ExitCode.OK


@merchants.command(
    "set",
    examples=examples(
        ("Name the shop with a tax number", "rpiocr merchants set tax:DE:vat:811128135 merchant='Corner Shop'"),
        ("Book it elsewhere", "rpiocr merchants set tax:DE:vat:811128135 account=Expenses:Groceries"),
        ("Remove its category", "rpiocr merchants set tax:DE:vat:811128135 category="),
    ),
)
@click.argument("key")
@click.argument("values", nargs=-1, required=True, metavar="FIELD=VALUE...")
@setting_option("store")
@config_option
@verbose_option
def set_(key: str, values: Sequence[str], store: str | None, config: Path | None, *, verbose: bool) -> int:
    """Set what is known of the merchant with a KEY, in place of what was said before; all values, or none.

    FIELD is merchant, its name on later receipts; category; or account, for its purchases in exports for ledger,
    hledger and Beancount. FIELD= removes the value. Receipts that are stored already stay as they are.

    Exit status: 0 success; 1 a defect of rpiocr; 2 wrong usage, or an invalid key or value; 5 the database's driver is
    not installed; 7 the store cannot be written.
    """
    given = _assignments(values)
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.store.merchants import key_from, set_by_hand

    wanted = key_from(key)
    with opened(settings) as database:
        set_by_hand(database, wanted, given)
    for name, value in given.items():
        warn(f"{wanted}: {name} is {value}" if value.strip() else f"{wanted}: {name} is no longer known")
    return ExitCode.OK


def _assignments(values: Sequence[str]) -> dict[str, str]:
    given: dict[str, str] = {}
    for value in values:
        name, sign, text = value.partition("=")
        if not sign or name in given:
            why = "is given twice" if sign else "is not FIELD=VALUE, such as account=Expenses:Groceries"
            message = f"{name if sign else value!r} {why}"
            raise click.UsageError(message)
        given[name] = text
    return given


@merchants.command(
    examples=examples(
        ("Forget all that was said about a merchant", "rpiocr merchants forget domain:shop.example"),
        ("Forget it by all that identifies it", "rpiocr merchants forget domain:shop.example phone:0301234567"),
    ),
)
@click.argument("keys", nargs=-1, required=True, metavar="KEY...")
@setting_option("store")
@config_option
@verbose_option
def forget(keys: Sequence[str], store: str | None, config: Path | None, *, verbose: bool) -> int:
    """Forget what is remembered of the merchants with these keys; all of them, or none.

    Receipts, and their corrections, stay as they are. Exit status: 0 success; 1 a defect of rpiocr; 2 wrong usage; 4
    nothing is remembered of one of them; 5 the database's driver is not installed; 7 the store cannot be written.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.store import merchants as memory

    wanted = list(dict.fromkeys(map(memory.key_from, keys)))
    with opened(settings) as database:
        memory.forget(database, wanted)
    for key in wanted:
        warn(f"{key} is forgotten")
    return ExitCode.OK
