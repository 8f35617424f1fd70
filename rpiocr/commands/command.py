"""Commands whose help groups options under headings and ends with examples."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click
from click.shell_completion import CompletionItem

from rpiocr.errors import OptionError
from rpiocr.system.output import print_block

OTHER = "Options"
"""The heading of all other options."""

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "Selection": (
        *("since", "until", "merchant", "currency", "verdicts", "duplicates", "archived", "limit", "before"),
        *("with_duplicates", "top"),
    ),
    "Output": ("output", "strict", "debug", "html", "stats", "items", "out", "archive", "pictures"),
    "CSV": ("decimal", "delimiter", "bom"),
    "Accounting": ("account_expenses", "account_cash", "account", "opening"),
    "Speed and limits": ("workers", "jobs", "cluster"),
    "Store": ("resume", "keep"),
    "Service": ("name", "own", "serve", "port", "timer", "user_name", "memory_max"),
    "Settings": ("config",),
    "Messages": ("quiet", "verbose", "log_format"),
}
"""Headings of the options that are not settings, by parameter name."""

ORDER = (
    *("Selection", OTHER, "Service", "Output", "CSV", "Accounting", "Reading", "Trust", "Speed and limits", "Cloud"),
    *("Store", "Files", "Watching", "Settings", "Messages"),
)
"""All headings, in the order of the help."""


@dataclass(frozen=True, slots=True)
class Example:
    """A command line to copy, with a short description."""

    does: str
    line: str


def examples(*pairs: tuple[str, str]) -> tuple[Example, ...]:
    """Create examples from pairs of description and command line."""
    return tuple(Example(does, line) for does, line in pairs)


class Option(click.Option):
    """An option with the heading under which it is listed."""

    def __init__(self, *declarations: Any, heading: str = "", **attributes: Any) -> None:  # noqa: ANN401 - Click's
        super().__init__(*declarations, **attributes)
        self.heading = heading


class Command(click.Command):
    """A command with ``examples``, and ``headings`` of options by parameter name."""

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 - Click's
        examples: Sequence[Example] = (),
        headings: Mapping[str, str] | None = None,
        **attributes: Any,  # noqa: ANN401 - Click's
    ) -> None:
        super().__init__(*arguments, **attributes)
        self.examples = tuple(examples)
        self.headings = headings or {}

    def options_by_heading(self, ctx: click.Context) -> dict[str, list[click.Option]]:
        """Return the options by heading, in the order of the help."""
        options = [one for one in self.get_params(ctx) if isinstance(one, click.Option) and not one.hidden]
        found = {heading: [one for one in options if self._heading(one) == heading] for heading in ORDER}
        return {heading: group for heading, group in found.items() if group}

    def _heading(self, option: click.Option) -> str:
        if "--help" in option.opts:
            return "Messages"
        own = self.headings.get(str(option.name)) or getattr(option, "heading", "")
        return own or next((heading for heading, names in HEADINGS.items() if option.name in names), OTHER)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, group by group."""
        for heading, options in self.options_by_heading(ctx).items():
            with formatter.section(heading):
                formatter.write_dl([record for one in options if (record := one.get_help_record(ctx))])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - Click's
        """Write the examples."""
        write_examples(self.examples, formatter)

    def invoke(self, ctx: click.Context) -> Any:  # noqa: ANN401 - Click's
        """Run the command; a setting that it cannot use is a usage error."""
        try:
            return super().invoke(ctx)
        except OptionError as error:
            raise click.UsageError(str(error), ctx) from error


class Group(click.Group):
    """A group with ``examples`` that prints its help if no command is given."""

    command_class = Command

    def __init__(self, *arguments: Any, examples: Sequence[Example] = (), **attributes: Any) -> None:  # noqa: ANN401
        super().__init__(*arguments, **attributes)
        self.no_args_is_help = False
        self.examples = tuple(examples)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse the arguments; without any, print the help and end with status 0."""
        if not args and not ctx.resilient_parsing:
            print_block(f"{ctx.get_help()}\n")
            ctx.exit()
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - Click's
        """Write the examples."""
        write_examples(self.examples, formatter)


class LazyGroup(Group):
    """A group that imports its commands on demand.

    ``headings`` lists the names of the commands for the help, each with a summary. A command is the function NAME in
    the module ``rpiocr.commands.NAME``, unless ``places`` names another module and function.
    """

    def __init__(
        self,
        *arguments: Any,  # noqa: ANN401 - Click's
        headings: Mapping[str, Mapping[str, str]],
        places: Mapping[str, tuple[str, str]],
        **attributes: Any,  # noqa: ANN401 - Click's
    ) -> None:
        super().__init__(*arguments, **attributes)
        self._headings = headings
        self._places = places

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - Click's
        """Return the names of all commands, in the order of the help."""
        return [name for names in self._headings.values() for name in names]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module, attribute = self._places.get(cmd_name, (cmd_name, cmd_name))
        command: click.Command = getattr(importlib.import_module(f"rpiocr.commands.{module}"), attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; raises NoSuchCommand, which suggests similar names."""
        try:
            return super().resolve_command(ctx, args)
        except click.NoSuchCommand as error:
            raise click.NoSuchCommand(error.command_name, possibilities=self.list_commands(ctx), ctx=ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the commands, heading by heading."""
        widest = max(map(len, self.list_commands(ctx)))
        for heading, summaries in self._headings.items():
            with formatter.section(heading):
                formatter.write_dl([(f"{name:<{widest}}", summary) for name, summary in summaries.items()])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer commands, without importing them, and options."""
        summaries = ((name, summary) for names in self._headings.values() for name, summary in names.items())
        found = [CompletionItem(name, help=summary) for name, summary in summaries if name.startswith(incomplete)]
        return found + click.Command.shell_complete(self, ctx, incomplete)


def write_examples(examples: Sequence[Example], formatter: click.HelpFormatter) -> None:
    """Write examples as a section of the help, without wrapping the command lines."""
    if not examples:
        return
    with formatter.section("Examples"):
        for example in examples:
            indent = " " * formatter.current_indent
            formatter.write(f"{indent}{example.does}:\n{indent}  {example.line}\n")
