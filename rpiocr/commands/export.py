"""The command ``rpiocr export``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

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
from rpiocr.commands.options import config_option, setting_option, start, verbose_option
from rpiocr.commands.terminal import progress_bar
from rpiocr.errors import ExitCode
from rpiocr.settings import Settings
from rpiocr.system.output import warn

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from rpiocr.export.accounts import Accounts
    from rpiocr.export.archive import Pictures
    from rpiocr.export.as_csv import Dialect
    from rpiocr.export.record import Naming
    from rpiocr.export.writer import Writer
    from rpiocr.store.database import Database
    from rpiocr.store.selection import Selection

STDOUT = Path("-")

FORMATS = ("csv", "xlsx", "json", "ndjson", "ledger", "beancount")
EXTENSIONS = {"ledger": "journal"}
"""File extensions that differ from the name of the format."""

FORMAT_BY_EXTENSION = {
    **{f".{name}": name for name in FORMATS},
    ".journal": "ledger",
    ".hledger": "ledger",
    ".bean": "beancount",
    ".jsonl": "ndjson",
}
"""The format by file extension, in lower case."""

ONLY = {
    "items": ("csv", "xlsx", "ledger", "beancount"),
    "decimal": ("csv",),
    "delimiter": ("csv",),
    "bom": ("csv",),
    "account_expenses": ("ledger", "beancount"),
    "account_cash": ("ledger", "beancount"),
    "account": ("ledger", "beancount"),
    "opening": ("beancount",),
}
"""Options that only apply to some formats."""

PICTURES = ("originals", "annotated", "all")

WriterMaker = Callable[[BinaryIO], "Writer"]

table_options = (
    click.option(
        "--items",
        is_flag=True,
        default=None,
        help="One row for each item instead of each receipt, in CSV and Excel; in ledger and beancount one posting for"
        " each item that has an account, if the items are proved.",
    ),
)
csv_options = (
    click.option("--decimal", type=click.Choice((".", ",")), help="Decimal separator of CSV  [default: .]"),
    click.option("--delimiter", metavar="CHAR", help="Delimiter of CSV, a character or tab  [default: , or ;]"),
    click.option("--bom/--no-bom", default=None, help="Start CSV with a byte order mark, which identifies UTF-8."),
)
account_options = (
    click.option("--account-expenses", metavar="NAME", help="Account for purchases  [default: Expenses:Receipts]"),
    click.option("--account-cash", metavar="NAME", help="Account for payments  [default: Assets:Cash]"),
    click.option(
        "--account",
        multiple=True,
        metavar="METHOD=NAME|item:WORDS=NAME",
        help="Account for one payment method: card, mobile, voucher, transfer, mixed or cash. With --items also for"
        " items, by words of their description: item:milk, 'item:oat milk' or item:choco*; the longest match counts.",
    ),
    click.option("--opening/--no-opening", default=None, help="Open the accounts in the file for Beancount, or not."),
)


@click.command(
    cls=Command,
    examples=examples(
        ("Write an Excel workbook", "rpiocr export --out receipts.xlsx"),
        ("Write what was bought as CSV with decimal commas", "rpiocr export --items --decimal , --out items.csv"),
        (
            "Write a ledger journal of one year, with the receipts in a ZIP file",
            "rpiocr export --format ledger --since 2024 --zip 2024.zip",
        ),
    ),
)
@click.option(
    "--format",
    "output",
    type=click.Choice(FORMATS),
    help="Output format  [default: by the extension of --out, else csv]",
)
@filters(since_option, until_option, merchant_option, currency_option)
@click.option("--with-duplicates", is_flag=True, help="Include duplicates of other receipts.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="Output file; - for standard output, the default unless --zip is given. One that ends in .zip is written as by"
    " --zip.",
)
@click.option(
    "--zip",
    "archive",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    metavar="FILE",
    help="Write a ZIP file with the export, the original files, and images that show what was read where.",
)
@click.option(
    "--pictures",
    type=click.Choice(PICTURES),
    help="Which of them the ZIP file holds: the original files, the images with what was read, or both  [default: all]",
)
@filters(*table_options, *csv_options, *account_options)
@setting_option("store")
@setting_option("file_mode")
@config_option
@verbose_option
def export(
    output: str | None,
    out: Path | None,
    archive: Path | None,
    store: str | None,
    file_mode: str | None,
    config: Path | None,
    *,
    with_duplicates: bool,
    verbose: bool,
    **given: Any,  # noqa: ANN401 - filters, and options of single formats
) -> int:
    """Export the stored receipts, oldest first, to a file for spreadsheets, scripts or plain-text accounting.

    The export is a snapshot, with corrections applied. ledger and beancount omit receipts without date, amount or
    currency, and report that. Exit status: 0 success; 1 a defect of rpiocr; 2 wrong usage, or the file cannot be
    written; 3 damaged receipts were omitted; 5 something is not installed; 7 the store cannot be read; 130
    interrupted.
    """
    special = {name: given.pop(name) for name in ONLY}
    output = _format(output, out)
    out, archive = _targets(out, archive)
    pictures = _pictures(given.pop("pictures"), archive)
    make = _writer_maker(output, special)
    settings = start({"store": store, "file_mode": file_mode}, config, verbose=verbose)
    selection = selected(given | {"duplicates": None if with_duplicates else False})
    with opened(settings) as database, database.snapshot() as connection:
        run = _Run(database, connection, selection, make, output)
        if out or not archive:
            run.write_file(out or STDOUT, settings)
        if archive:
            run.write_zip(archive, pictures, settings)
        if not run.written:
            warn_nothing_found(database)
    return ExitCode.OK


def _format(given: str | None, out: Path | None) -> str:
    """Return the requested format, by name or by file extension; raises a usage error if they contradict."""
    by_extension = FORMAT_BY_EXTENSION.get(out.suffix.lower()) if out else None
    if given and by_extension and given != by_extension:
        message = f"--format {given} contradicts --out {out}, which is {by_extension} by its extension; omit --format"
        raise click.UsageError(message)
    return given or by_extension or "csv"


def _targets(out: Path | None, archive: Path | None) -> tuple[Path | None, Path | None]:
    """Return the path of the bare export and that of the ZIP file, which ``--out`` may name as well."""
    if out is None or out.suffix.lower() != ".zip":
        return out, archive
    if archive:
        message = f"--zip {archive} and --out {out} both name the ZIP file; omit one of them"
        raise click.UsageError(message)
    return None, out


def _pictures(given: str | None, archive: Path | None) -> Pictures:
    from rpiocr.export.archive import Pictures

    if given and not archive:
        message = "--pictures is for a ZIP file; add --zip FILE, or --out FILE.zip"
        raise click.UsageError(message)
    return Pictures(given) if given else Pictures.ALL


@dataclass(slots=True)
class _Run:
    """One export: selection, store and format; ``written`` counts its receipts."""

    database: Database
    connection: Connection
    selection: Selection
    make: WriterMaker
    format: str
    written: int = 0

    def write_file(self, path: Path, settings: Settings) -> None:
        """Write the export."""
        from rpiocr.export.record import present_path

        with _target(path, settings, binary=self.format == "xlsx") as stream:
            writer = self._write(stream, present_path)
        _report_limits(writer)

    def write_zip(self, path: Path, pictures: Pictures, settings: Settings) -> None:
        """Write the export with pictures."""
        from rpiocr.export.archive import Archive, begin_member, count_originals, open_zip

        count = count_originals(self.connection, self.selection)
        with _target(path, settings, binary=True) as stream, open_zip(stream) as archive:
            with begin_member(archive, f"receipts.{EXTENSIONS.get(self.format, self.format)}") as member:
                writer = self._write(member, pictures.naming)
            with progress_bar(count, "files") as progress:
                adding = Archive(
                    archive, self.database, self.connection, pictures, settings.max_pixels, lambda: progress.update(1)
                )
                missing = adding.add_pictures(self.selection)
        _report_limits(writer)
        if missing:
            warn(f"{len(missing)} files could not be added to {path}; MISSING.txt in it lists them")

    def _write(self, stream: Any, naming: Naming) -> Writer:  # noqa: ANN401 - a file, or a member of an archive
        from rpiocr.export.record import records

        writer = self.make(stream)
        for record in records(self.connection, self.selection, naming):
            writer.write(record)
            self.written += 1
        writer.close()
        return writer


@contextmanager
def _target(path: Path, settings: Settings, *, binary: bool) -> Iterator[BinaryIO]:
    """Open the target of an export; refuses to write ``binary`` data to a terminal. Raises NotWrittenError."""
    from rpiocr.commands.output_file import named_output

    if path != STDOUT:
        with named_output(path, settings.file_mode_bits) as stream:
            yield stream
        return
    if binary and sys.stdout.isatty():
        message = "refusing to write binary output to a terminal; use --out FILE"
        raise click.UsageError(message)
    yield sys.stdout.buffer
    sys.stdout.buffer.flush()


def _report_limits(writer: Writer) -> None:
    if writer.left_out:
        lacks = ", ".join(f"{count} without {lack}" for lack, count in writer.left_out.items())
        warn(f"omitted {writer.left_out.total()}: {lacks}; comments list them, rpiocr fix adds missing values")
    if writer.not_split:
        warn(f"{writer.not_split} not split by items, as those are missing or not proved; comments mark them")


def _writer_maker(output: str, special: Mapping[str, Any]) -> WriterMaker:
    """Choose the writer of the format; options of other formats are a usage error."""
    for name, formats in ONLY.items():
        if special[name] not in (None, ()) and output not in formats:
            message = f"--{name.replace('_', '-')} is for --format {' or '.join(formats)}"
            raise click.UsageError(message)
    makers: Mapping[str, Callable[[Mapping[str, Any]], WriterMaker]] = {
        "csv": _csv,
        "xlsx": _xlsx,
        "json": _json,
        "ndjson": _ndjson,
        "ledger": _ledger,
        "beancount": _beancount,
    }
    return makers[output](special)


def _csv(special: Mapping[str, Any]) -> WriterMaker:
    from rpiocr.export.as_csv import CsvWriter

    dialect = _dialect(special)
    return lambda stream: CsvWriter(stream, dialect, items=bool(special["items"]))


def _dialect(special: Mapping[str, Any]) -> Dialect:
    from rpiocr.export.as_csv import Dialect

    decimal = special["decimal"] or "."
    delimiter = special["delimiter"] or (";" if decimal == "," else ",")
    delimiter = "\t" if delimiter == "tab" else delimiter
    if len(delimiter) != 1 or delimiter in f'"\r\n\0{decimal}' or delimiter.isalnum():
        message = f"--delimiter is {delimiter!r}; give a character that does not occur in numbers, such as ;, or tab"
        raise click.UsageError(message)
    return Dialect(decimal, delimiter, special["bom"] is not False)


def _xlsx(special: Mapping[str, Any]) -> WriterMaker:
    from rpiocr.export.as_xlsx import XlsxWriter

    return lambda stream: XlsxWriter(stream, items=bool(special["items"]))


def _json(_special: Mapping[str, Any]) -> WriterMaker:
    from rpiocr.export.as_json import JsonWriter

    return JsonWriter


def _ndjson(_special: Mapping[str, Any]) -> WriterMaker:
    from rpiocr.export.as_json import NdjsonWriter

    return NdjsonWriter


def _ledger(special: Mapping[str, Any]) -> WriterMaker:
    from rpiocr.export.as_ledger import LedgerWriter

    accounts = _accounts(special)
    return lambda stream: LedgerWriter(stream, accounts)


def _beancount(special: Mapping[str, Any]) -> WriterMaker:
    from rpiocr.export.as_beancount import BeancountWriter

    accounts, opening = _accounts(special), special["opening"] is not False
    return lambda stream: BeancountWriter(stream, accounts, opening=opening)


def _accounts(special: Mapping[str, Any]) -> Accounts:
    from rpiocr.export.accounts import Accounts, by_item, by_method

    usual, of_items = Accounts(), by_item(special["account"])
    if bool(special["items"]) != bool(of_items):
        message = (
            "--items needs the accounts of items, as --account item:milk=Expenses:Food:Dairy, and they need --items"
        )
        raise click.UsageError(message)
    return Accounts(
        special["account_expenses"] or usual.expenses,
        special["account_cash"] or usual.cash,
        by_method(special["account"]),
        of_items,
    )
