"""Options shared by commands: one per setting, the settings file, and verbosity."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

from rpiocr.commands.command import Option
from rpiocr.errors import SettingsError
from rpiocr.sanitize.redact import Secret, redact_tracebacks
from rpiocr.settings import DEFAULTS, SPECS, Settings, Spec, convert, load_settings
from rpiocr.system.log import set_up_logging

SEEN_BY_OTHERS = "A password or key belongs in the settings file: other users of this machine can see flags."


class Checked(click.ParamType[Any]):
    """Validates a flag against the declaration of its setting."""

    def __init__(self, name: str, spec: Spec) -> None:
        self.setting = name
        self.name = spec.unit or {int: "integer", float: "number"}.get(spec.kind, "text")
        self._choices = spec.choices

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> object:
        """Convert a value to its type, or raise a usage error."""
        try:
            return convert(self.setting, value, f"--{self.setting.replace('_', '-')}")
        except SettingsError as error:
            self.fail(str(error), param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str:  # noqa: ARG002
        """Return the choices."""
        return "|".join(self._choices) if self._choices else self.name.upper()

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - click's signature
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Offer the matching choices."""
        fitting = [choice for choice in self._choices if choice.startswith(incomplete)]
        return [CompletionItem(choice) for choice in fitting]


Command = Callable[..., Any]

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "Reading": (
        *("mode", "engine", "lang", "variant", "psm", "retries", "recipes", "scale", "date_order"),
        *("photo_date", "currency", "home", "keywords", "categories", "pages", "items"),
    ),
    "Trust": ("accept_risk",),
    "Speed and limits": ("deadline", "workers", "pass_timeout", "receipt_timeout", "max_pixels", "max_pages"),
    "Cloud": (
        *("cloud", "vision_api_key", "vision_credentials", "vision_endpoint", "vision_timeout", "vision_attempts"),
        *("cloud_daily_cap", "cloud_monthly_cap"),
    ),
    "Store": ("store", "keep_days"),
    "Files": ("file_mode", "moving", "file_name"),
    "Watching": ("poll", "settle"),
    "Messages": ("log_format",),
}
"""Headings of the options of settings in the help."""


def setting_options(
    group: str, *, without: Collection[str] = (), defaults: Mapping[str, object] = DEFAULTS
) -> Callable[[Command], Command]:
    """Add one option per setting of a group to a command; they arrive as keyword arguments.

    The help shows the ``defaults``, which the command has to pass to ``start``, too.
    """

    def give(command: Command) -> Command:
        for name, spec in reversed(list(SPECS.items())):
            if spec.group == group and name not in without:
                command = setting_option(name, defaults)(command)
        return command

    return give


def setting_option(name: str, defaults: Mapping[str, object] = DEFAULTS) -> Callable[[Command], Command]:
    """Add the option of one setting to a command."""
    spec, default = SPECS[name], defaults[name]
    shown = ",".join(default) if isinstance(default, tuple) else str(default)
    text = spec.help + (f" {SEEN_BY_OTHERS}" if spec.secret in (Secret.WHOLE, Secret.URL) else "")
    text += f"  [default: {shown}]" if shown and not spec.secret else ""
    heading = next((heading for heading, names in HEADINGS.items() if name in names), "")
    return click.option(
        f"--{name.replace('_', '-')}",
        name,
        cls=Option,
        heading=heading,
        type=Checked(name, spec),
        default=None,
        help=text,
    )


config_option = click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Read this settings file instead of the default one.",
)
verbose_option = click.option("-v", "--verbose", is_flag=True, help="Log progress; print the traceback of a defect.")


def start(
    flags: dict[str, object], config: Path | None, *, verbose: bool, defaults: Mapping[str, object] = DEFAULTS
) -> Settings:
    """Set up logging and memory, and return the settings from the flags, the other sources and the defaults.

    ``flags`` has every setting that is an option of the command, with None if it was not given.
    """
    from rpiocr.system.memory import limit_arenas

    limit_arenas()
    given = {name: flag for name, flag in flags.items() if flag is not None}
    settings = load_settings(given, file=config, defaults=defaults)
    log_format = settings.log_format if "log_format" in flags else "text"
    set_up_logging(logging.INFO if verbose else logging.ERROR, log_format)
    redact_tracebacks()
    return settings
