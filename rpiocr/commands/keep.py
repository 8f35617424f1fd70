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

MAX_LISTED = 10


@click.command(
    cls=Command,
    examples=examples(
        ("Back up the store and all files", "rpiocr backup ~/receipts.zip"),
        ("Back up the store alone", "rpiocr backup --store-only store.zip"),
    ),
)
@click.argument("out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
@click.option("--store-only", is_flag=True, help="Back up the store only, without the files.")
@click.option(
    "--before-update",
    is_flag=True,
    help="Only if this version will upgrade the store, and without the files: for the installer.",
)
@setting_option("store")
@config_option
@verbose_option
def backup(
    out: Path, store: str | None, config: Path | None, *, store_only: bool, before_update: bool, verbose: bool
) -> int:
    """Back up the store and its files into one archive, FILE; a watch may keep running.

    The archive has a snapshot of all rows, and the files in done, review and failed, those still to be moved there,
    and those read by batch; settings and keys are not included. FILE is read back before it replaces an older one, and
    only you can read it. Exit status: 0 success; 1 a defect of rpiocr; 2 wrong usage, or FILE cannot be written; 3
    files or rows are missing, changed or damaged, see rpiocr verify; 5 the database's driver is not installed; 7 the
    store cannot be read; 130 interrupted.
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
    return _report_backup(out, done)


@contextmanager
def _progress(label: str) -> Iterator[Callable[[int, int], None]]:
    """Show progress on a terminal."""
    with progress_bar(1, label) as bar:

        def advance(number: int, count: int) -> None:
            bar.length = count
            bar.update(number - bar.pos)

        yield advance


def _report_backup(out: Path, done: Done) -> int:
    warn(f"{out}: {done.receipts} receipts and {done.files} files")
    for one in done.damaged[:MAX_LISTED]:
        warn(f"{one}; the backup has the store unchanged")
    if done.changed:
        warn(f"{done.changed} files have changed since they were read; the backup has their present content")
    if done.missing:
        warn(f"{done.missing} files are no longer where they were; the backup has their stored values")
    return ExitCode.NEEDS_REVIEW if done.damaged or done.changed else ExitCode.OK


@click.command(
    cls=Command,
    headings={"below": "Files"},
    examples=examples(
        ("Restore on a new machine", "rpiocr restore receipts.zip"),
        (
            "Restore the files below a new directory, and keep the present store under another name",
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
    help="Restore all files below this new directory instead of their original paths.",
)
@click.option("--force", is_flag=True, help="Keep an existing store under another name.")
@setting_option("store")
@config_option
@verbose_option
def restore(
    file: Path, below: Path | None, store: str | None, config: Path | None, *, force: bool, verbose: bool
) -> int:
    """Restore FILE, written by rpiocr backup: the store, and the files to their original paths or below DIR.

    The store must be new or empty, and may be SQLite or PostgreSQL, whichever the backup was made from. No file is
    overwritten. Everything is checked before anything is written; an interrupted restore can be repeated. For a backup
    that is not your own, give --files. Exit status: 0 success; 1 a defect of rpiocr; 2 wrong usage, or it cannot be
    restored here; 3 some files were skipped, as their paths are taken; 4 FILE is not a backup, or damaged; 5 the
    database's driver is not installed; 7 the store cannot be written; 130 interrupted.
    """
    settings = start({"store": store}, config, verbose=verbose)
    from rpiocr.keep.restore import Plan
    from rpiocr.keep.restore import restore as bring_back
    from rpiocr.store.database import default_url

    with _progress("files") as advance:
        restored = bring_back(file, Plan(settings.store or default_url(), below, force), advance)
    return _report_restored(restored)


def _report_restored(restored: Restored) -> int:
    warn(f"restored {restored.receipts} receipts and {restored.files} files")
    if restored.aside:
        warn(f"the previous store is now {restored.aside}")
    for place in restored.left[:MAX_LISTED]:
        warn(f"{place} was skipped: another file has this path")
    if len(restored.left) > MAX_LISTED:
        warn(f"and {len(restored.left) - MAX_LISTED} more; --files DIR restores all of them below a new folder")
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
@click.option("--quick", is_flag=True, help="Only check that the files exist, without reading them.")
@setting_option("store")
@config_option
@verbose_option
def verify(output: str, store: str | None, config: Path | None, *, quick: bool, verbose: bool) -> int:
    """Check that the store, and the files in done, review and failed, are intact and consistent; nothing is changed.

    Prints every inconsistency with a remedy: damaged rows, files changed since they were read, results without files,
    files unknown to the store, remains of a crash, permissions that are too wide. Exit status: 0 everything is
    consistent; 1 a defect of rpiocr; 2 wrong usage; 3 something needs review; 5 the database's driver is not
    installed; 7 the store cannot be used; 130 interrupted.
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
