"""The command archive: leaves receipts out of lists."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from rpiocr.commands.command import Command, examples
from rpiocr.commands.filters import RECEIPT, opened
from rpiocr.commands.options import config_option, setting_option, start, verbose_option
from rpiocr.errors import ExitCode
from rpiocr.system.output import warn


@click.command(
    cls=Command,
    examples=examples(
        ("Put two receipts away", "rpiocr archive 1 2"),
        ("Return a receipt to the lists", "rpiocr archive --undo 1"),
    ),
)
@click.argument("receipts", type=RECEIPT, nargs=-1, required=True, metavar="ID...")
@click.option("--undo", is_flag=True, help="Return them to the lists.")
@setting_option("store")
@config_option
@verbose_option
def archive(receipts: Sequence[int], store: str | None, config: Path | None, *, undo: bool, verbose: bool) -> int:
    """Leave receipts out of rpiocr list, search and review; all of them, or none.

    They stay in the store: in sums, prices and exports, and where duplicates are looked for. `rpiocr list --archived`
    lists them. Their files stay where they are.

    Exit status: 0 success; 1 a defect of rpiocr; 2 wrong usage; 4 a receipt does not exist; 5 the database's driver is
    not installed; 7 the store cannot be written.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.store import archiving

    change, done = (archiving.unarchive, "listed again") if undo else (archiving.archive, "archived")
    with opened(settings) as database:
        changed = change(database, receipts)
    for receipt in dict.fromkeys(receipts):
        warn(f"receipt {receipt} is {done}" if receipt in changed else f"receipt {receipt} is {done} already")
    return ExitCode.OK
