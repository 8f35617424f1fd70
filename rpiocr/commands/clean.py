"""The command ``rpiocr clean``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from rpiocr.commands.command import Command, examples
from rpiocr.commands.filters import opened
from rpiocr.commands.options import config_option, setting_option, setting_options, start, verbose_option
from rpiocr.commands.terminal import agreed
from rpiocr.errors import ExitCode
from rpiocr.system.output import warn

if TYPE_CHECKING:
    from rpiocr.keep.cleaning import Cleaning


@click.command(
    cls=Command,
    examples=examples(
        ("Print what would be deleted", "rpiocr clean --dry-run"),
        ("Delete what is older than a week, as from cron", "rpiocr clean --keep-days 7 --yes"),
    ),
)
@click.option("--dry-run", is_flag=True, help="Only print what would be deleted.")
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@setting_option("store")
@setting_options("cleaning")
@config_option
@verbose_option
def clean(
    store: str | None, keep_days: int | None, config: Path | None, *, dry_run: bool, yes: bool, verbose: bool
) -> int:
    """Delete what is no longer needed, as rpiocr serve does once a day.

    That is: pictures that were made for the page, which can be made again; receipts that were deleted on the page,
    which cannot be restored then; and what interrupted exports left there, after a day. Receipts in the store,
    originals and all other files stay.

    Exit status: 0 success, or you declined; 1 a defect of rpiocr; 2 wrong usage, or a file cannot be deleted; 5 the
    database's driver is not installed; 7 the store cannot be written; 130 interrupted.
    """
    settings = start({"store": store, "keep_days": keep_days}, config, verbose=verbose)
    from rpiocr.keep.cleaning import clean as delete
    from rpiocr.keep.cleaning import plan
    from rpiocr.service.places import account

    folder = account("").pictures
    with opened(settings) as database:
        planned = plan(database, folder, settings.keep_days)
        if dry_run or planned.is_empty:
            warn(f"would delete {_what(planned)}")
        elif agreed(f"Delete {_what(planned)}?", yes=yes):
            deleted = delete(database, folder, settings.keep_days)
            warn(f"deleted {_what(deleted)}")
            if deleted.receipts.count:
                database.tidy()
    return ExitCode.OK


def _what(cleaning: Cleaning) -> str:
    kinds = (
        ("picture of the page", "pictures of the page", cleaning.pictures),
        ("deleted receipt", "deleted receipts", cleaning.receipts),
        ("leftover of an export", "leftovers of exports", cleaning.leftovers),
    )
    return ", ".join(
        f"{some.count} {one if some.count == 1 else many} ({some.bytes / 1e6:.1f} MB)" for one, many, some in kinds
    )
