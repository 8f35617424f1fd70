"""The commands backup, restore and verify."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from rpiocr.commands.command import Command, examples
from rpiocr.commands.options import config_option, setting_option, start, verbose_option
from rpiocr.commands.terminal import progress_bar
from rpiocr.errors import ExitCode
from rpiocr.system.output import print_line, warn
from rpiocr.system.streams import require_output

if TYPE_CHECKING:
    from rpiocr.keep.backup import Done
    from rpiocr.keep.findings import Finding
    from rpiocr.keep.restore import Restored

MOST_NAMED = 10


@click.command(
    cls=Command,
    examples=examples(
        ("Back up the store and all files", "rpiocr backup ~/receipts.zip"),
        ("Back up the store alone", "rpiocr backup --store-only store.zip"),
    ),
)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--store-only", is_flag=True, help="Only the store, without the files that were read.")
@click.option(
    "--before-update",
    is_flag=True,
    help="Only where there is a store that this version will change, and without the files: for the installer.",
)
@setting_option("store")
@config_option
@verbose_option
def backup(
    out: Path, store: str | None, config: Path | None, *, store_only: bool, before_update: bool, verbose: bool
) -> int:
    """Back up the store and the files that it knows into FILE, one archive, while a watch may go on.

    All rows are of one moment. The files are those in done, review and failed, those that still wait to be put there,
    and those that batch has read; settings and keys are not in it. FILE is read again before it takes the place of an
    older one, and only you can read it. Exit status: 0 all went well; 1 a defect of rpiocr; 2 wrong usage, or FILE
    cannot be written; 3 files or rows were not as they should be, see rpiocr verify; 5 the database's driver is not
    installed; 7 the store cannot be read; 130 interrupted.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.keep.backup import back_up
    from rpiocr.store.database import HEAD, Database
    from rpiocr.store.errors import StoreMissingError

    try:
        database = Database(settings.store, as_it_is=True)
    except StoreMissingError:
        if before_update:
            return ExitCode.OK
        raise
    with closing(database):
        if before_update and database.version in (None, HEAD):
            return ExitCode.OK
        with _progress("files") as advance:
            done = back_up(database, out, with_files=not (store_only or before_update), advance=advance)
    return _tell_backup(out, done)


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show how far it is on a terminal."""
    with progress_bar(1, label) as bar:

        def advance(number: int, count: int) -> None:
            bar.length = count
            bar.update(number - bar.pos)

        yield advance


def _tell_backup(out: Path, done: Done) -> int:
    warn(f"{out}: {done.receipts} receipts and {done.files} files")
    for one in done.damaged[:MOST_NAMED]:
        warn(f"{one}; the store is in the backup as it is")
    if done.changed:
        warn(f"{done.changed} of the files were changed since they were read, and are in it as they are now")
    if done.missing:
        warn(f"{done.missing} files lie no more where they were put; what was read of them is in it")
    return ExitCode.NEEDS_REVIEW if done.damaged or done.changed else ExitCode.OK


@click.command(
    cls=Command,
    headings={"below": "Files"},
    examples=examples(
        ("Restore on a new machine", "rpiocr restore receipts.zip"),
        (
            "Restore the files below a new directory, and set the present store aside",
            "rpiocr restore --force --files restored receipts.zip",
        ),
    ),
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option(
    "--files",
    "below",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Put all files below this new directory instead of where they were.",
)
@click.option("--force", is_flag=True, help="Set a store that is there already aside, under another name.")
@setting_option("store")
@config_option
@verbose_option
def restore(
    file: Path, below: Path | None, store: str | None, config: Path | None, *, force: bool, verbose: bool
) -> int:
    """Restore FILE, which rpiocr backup has written: the store, and the files to where they were or below DIR.

    Into a store that is not there yet or is empty, of SQLite or PostgreSQL, whichever the backup was made of. No file
    is overwritten. All is checked before anything is written; what was interrupted can be done again. Of a backup that
    is not your own, give --files. Exit status: 0 all went well; 1 a defect of rpiocr; 2 wrong usage, or there is no
    place for it; 3 some files were left out, as others have their places; 4 FILE is no backup, or damaged; 5 the
    database's driver is not installed; 7 the store cannot be written; 130 interrupted.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.keep.restore import Plan
    from rpiocr.keep.restore import restore as bring_back
    from rpiocr.store.database import default_url

    with _progress("files") as advance:
        restored = bring_back(file, Plan(settings.store or default_url(), below, force), advance)
    return _tell_restored(restored)


def _tell_restored(restored: Restored) -> int:
    warn(f"restored {restored.receipts} receipts and {restored.files} files")
    if restored.aside:
        warn(f"the store that was there before is {restored.aside} now")
    for place in restored.left[:MOST_NAMED]:
        warn(f"{place} was left alone: another file lies there")
    if len(restored.left) > MOST_NAMED:
        warn(f"and {len(restored.left) - MOST_NAMED} more; --files DIR restores all of them below a new folder")
    return ExitCode.NEEDS_REVIEW if restored.left else ExitCode.OK


@click.command(
    cls=Command,
    examples=examples(
        ("Check the store and the content of all files", "rpiocr verify"),
        ("Check without reading the files, for a program", "rpiocr verify --quick --format json"),
    ),
)
@click.option(
    "--format", "output", type=click.Choice(("text", "json")), default="text", help="Output format  [default: text]"
)
@click.option("--quick", is_flag=True, help="Do not read the files again: only check whether they are there.")
@setting_option("store")
@config_option
@verbose_option
def verify(output: str, store: str | None, config: Path | None, *, quick: bool, verbose: bool) -> int:
    """Check whether the store, and the files in done, review and failed, are intact and consistent; change nothing.

    What is inconsistent is printed with how to fix it: damaged rows, files with other bytes than those that were read,
    results without files, files that the store does not know, what a crash left behind, rights that are too wide. Exit
    status: 0 all is consistent; 1 a defect of rpiocr; 2 wrong usage; 3 something should be checked; 5 the database's
    driver is not installed; 7 the store cannot be used; 130 interrupted.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.keep.verify import examine

    require_output()
    with _progress("files") as advance:
        findings = list(examine(settings.store, advance, quick=quick))
    if output == "json":
        from rpiocr.system.json_text import dumps

        print_line(dumps([finding.as_json() for finding in findings]))
    else:
        _print_findings(findings)
    return _status(findings)


def _print_findings(findings: list[Finding]) -> None:
    marks = {"good": ("ok  ", "green"), "note": ("note", "cyan"), "look": ("look", "yellow"), "broken": ("bad ", "red")}
    for finding in findings:
        mark, colour = marks[finding.grade]
        print_line(f" {finding.what}", mark=mark, colour=colour)
        if finding.remedy:
            print_line(f"      {finding.remedy}")


def _status(findings: list[Finding]) -> int:
    grades = {finding.grade for finding in findings}
    if "broken" in grades:
        return ExitCode.STORE
    return ExitCode.NEEDS_REVIEW if "look" in grades else ExitCode.OK
