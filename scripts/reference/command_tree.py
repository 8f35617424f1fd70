"""The commands of rpiocr and their options, for the pages that are made from their help."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import click

from rpiocr.cli import cli
from rpiocr.commands.command import OTHER, Command


def contexts() -> Iterator[click.Context]:
    """Yield a context for the group, for each of its commands, and for those below them."""
    group = click.Context(cli, info_name="rpiocr", **cli.context_settings)
    yield group
    for context in below(group):
        yield context
        yield from below(context)


def below(context: click.Context) -> Iterator[click.Context]:
    """Yield a context for each command of a group; a plain command has none."""
    group = context.command
    if isinstance(group, click.Group):
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if command:
                yield click.Context(command, info_name=name, parent=context)


def option_groups(context: click.Context) -> dict[str, list[tuple[str, str]]]:
    """Return the options of a command as its help lists them: by heading, their flags and what they mean."""
    command = context.command
    if isinstance(command, Command):
        groups = command.options_by_heading(context)
    else:
        groups = {OTHER: [one for one in command.get_params(context) if isinstance(one, click.Option)]}
    return {heading: list(_records(context, options)) for heading, options in groups.items()}


def _records(context: click.Context, options: Iterable[click.Option]) -> Iterator[tuple[str, str]]:
    for option in options:
        flags, text = option.get_help_record(context) or ("", "")
        yield flags, " ".join(text.split())


def paragraphs(command: click.Command) -> list[str]:
    """Return the paragraphs of a command's help, each on one line."""
    return [" ".join(paragraph.split()) for paragraph in (command.help or "").split("\n\n")]
