"""The commands and the error codes of docs/CLI.md."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import click

from rpiocr.commands.command import Command, Group
from rpiocr.errors import RpiocrError
from scripts.reference.command_tree import below, contexts, option_groups, paragraphs

ERROR_MODULES = (
    *("batch.paths", "commands.output_file", "executors.errors", "service.errors", "store.errors", "store.words"),
    "watch.errors",
)
"""Where errors are defined besides rpiocr/errors.py."""


def sections() -> str:
    """Return a section for each command: usage, help, options by heading, examples."""
    return "\n\n".join(part for context in contexts() for part in _parts(context))


def _parts(context: click.Context) -> Iterator[str]:
    command = context.command
    yield f"## {context.command_path}"
    yield "    " + " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield from paragraphs(command)
    if isinstance(command, click.Group):
        direct = [(one.command_path, paragraphs(one.command)[0]) for one in below(context)]
        yield "Commands:"
        yield "\n".join(f"- [`{path}`](#{path.replace(' ', '-')}): {does}" for path, does in direct)
    for heading, options in option_groups(context).items():
        yield f"{heading}:"
        yield "\n".join(f"- `{flags}`: {text}" for flags, text in options)
    if isinstance(command, Command | Group) and command.examples:
        yield "Examples:"
        yield "\n".join(f"- {one.does}: `{one.line}`" for one in command.examples)


def error_codes() -> str:
    """Return a list of all codes of errors, each with what it means."""
    for module in ERROR_MODULES:
        importlib.import_module(f"rpiocr.{module}")
    return "\n".join(_codes(RpiocrError))


def _codes(error: type[RpiocrError]) -> Iterator[str]:
    for one in error.__subclasses__():
        meaning = (one.__doc__ or "").strip().splitlines()[0]
        yield f"- `{one.code}`: {meaning.replace('``', '`')}"
        yield from _codes(one)
