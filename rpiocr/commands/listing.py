"""Writes lists for scripts: NDJSON, JSON and CSV, with the option that chooses between them and a table."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import click

FORMATS = ("ndjson", "json", "csv", "table")

format_option = click.option(
    "--format",
    "output",
    type=click.Choice(FORMATS),
    help="Output format  [default: table on a terminal, else ndjson]",
)


def chosen_format(output: str | None) -> str:
    """Return the format that was asked for, otherwise the default for where the output goes."""
    return output or ("table" if sys.stdout.isatty() else "ndjson")


def write_rows(output: str, rows: Iterable[Mapping[str, Any]], keys: Sequence[str]) -> None:
    """Write rows with these keys to standard output, in any format but a table."""
    from rpiocr.output.writers import JsonWriter, NdjsonWriter

    if output == "csv":
        _write_csv(rows, keys)
        return
    writer = (JsonWriter if output == "json" else NdjsonWriter)(sys.stdout)
    for row in rows:
        writer.write(row)
    writer.close()


def _write_csv(rows: Iterable[Mapping[str, Any]], keys: Sequence[str]) -> None:
    from rpiocr.system.csv_rows import Rows

    writer = Rows(sys.stdout)
    writer.write(keys)
    for row in rows:
        writer.write(_plain(row[name]) for name in keys)


def _plain(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return ", ".join(value) if isinstance(value, list) else value
