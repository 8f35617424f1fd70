"""The command ``rpiocr schema``."""

from __future__ import annotations

from importlib import resources

import click

from rpiocr.commands.command import Command, examples
from rpiocr.system.output import print_block


@click.command(
    cls=Command,
    examples=examples(
        ("Save the schema for a program that uses it", "rpiocr schema > receipt.schema.json"),
        ("List the keys of a result", "rpiocr schema | jq -r '.. | .properties? // empty | keys[]' | sort -u"),
    ),
)
def schema() -> None:
    """Print the JSON Schema of a result."""
    print_block((resources.files("rpiocr.output") / "schema.json").read_text("utf-8"))
