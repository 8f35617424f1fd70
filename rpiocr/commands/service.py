"""The commands that install, query and remove a systemd service. Their dependencies are imported when they run."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from rpiocr.commands.command import Group, examples
from rpiocr.commands.serve import PORT
from rpiocr.errors import ExitCode
from rpiocr.system.output import print_block, print_line

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")


def _checked_name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not NAME.fullmatch(value):
        message = f"{value!r} is not a valid unit name: it may have letters, digits and, after the first, also . _ -"
        raise click.BadParameter(message)
    return value.removesuffix(".service").removesuffix(".timer")


def _which(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that select the units to a command."""
    command = click.option(
        "--name", default="rpiocr", callback=_checked_name, help="Name of the unit  [default: rpiocr]"
    )(command)
    return click.option(
        "--user/--system",
        "own",
        default=True,
        help="A user unit, or a system unit, which requires root  [default: --user]",
    )(command)


@click.group(
    cls=Group,
    examples=examples(
        ("Watch a directory from now on", "rpiocr service install ~/inbox"),
        ("Query whether the service runs", "rpiocr service status"),
    ),
)
def service() -> None:
    """Watch a directory with systemd: install, query or remove the service."""


@service.command(
    examples=examples(
        ("Watch a directory from now on, and after every boot", "rpiocr service install ~/inbox"),
        ("Check every five minutes instead of running permanently", "rpiocr service install --timer 5min ~/inbox"),
        ("Serve the page as well, at http://localhost:8765", "rpiocr service install --serve ~/receipts/inbox"),
    ),
)
@click.argument("inbox", type=click.Path(path_type=Path), required=False)
@_which
@click.option("--serve", is_flag=True, help="Serve the page and the REST API as well, as by rpiocr serve.")
@click.option(
    "--port", type=click.IntRange(1024, 65535), help=f"With --serve: the port on this machine  [default: {PORT}]"
)
@click.option(
    "--timer",
    default="",
    metavar="INTERVAL",
    help="Run periodically instead: a time span (5min), a time of day (03:30), hourly, daily, weekly or monthly.",
)
@click.option(
    "--user-name", default="", metavar="USER", help="With --system: the user it runs as  [default: who calls sudo]"
)
@click.option("--memory-max", default="1G", metavar="SIZE", help="Maximum memory  [default: 1G]")
@click.option(
    "--config",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The settings file that it reads instead of the default one.",
)
@click.option("--log-format", type=click.Choice(("text", "json")), default=None, help="Format of its log.")
@click.option("--no-start", is_flag=True, help="Enable it, but do not start it now.")
@click.option("--dry-run", is_flag=True, help="Print the units without installing them.")
def install(  # noqa: PLR0913 - one for each option
    inbox: Path | None,
    timer: str,
    port: int | None,
    user_name: str,
    memory_max: str,
    config: Path | None,
    log_format: str | None,
    name: str,
    *,
    own: bool,
    serve: bool,
    no_start: bool,
    dry_run: bool,
) -> None:
    """Run rpiocr watch on INBOX under systemd, from now on and after every boot; with --serve, rpiocr serve.

    Without INBOX, --serve watches receipts/inbox in your data directory.

    Installing again rewrites the units and restarts the service only if something has changed. Exit status: 0
    success, or the files are written and the commands to run are printed if systemd cannot be reached; 2 wrong usage;
    3 the service does not start; 5 the files cannot be written, or the packages of the page are not installed.
    """
    from rpiocr.service.errors import UnsuitableFolderError
    from rpiocr.service.facts import gather
    from rpiocr.service.install import install as put
    from rpiocr.service.install import unit_paths
    from rpiocr.service.places import Scope, check_rights
    from rpiocr.service.units import Options, check_options

    scope = Scope(user=own)
    port = _page_port(port, serve=serve)
    if not dry_run:
        check_rights(scope)
    user = _user(user_name, own=own)
    inbox = inbox or _default_inbox(user, serve=serve)
    try:
        options = Options(
            inbox=str(inbox.resolve()),
            timer=timer,
            user=user,
            memory_max=memory_max,
            config=str(config.absolute()) if config else "",
            log_format=log_format or "",
            port=port,
        )
        check_options(options)
        facts = gather(name, options)
    except (OSError, RuntimeError) as error:
        message = f"{inbox} cannot be examined: {error}; give another folder"
        raise UnsuitableFolderError(message) from error
    if dry_run:
        for path, text in unit_paths(facts, scope).items():
            print_line(f"# {path}")
            print_block(f"{text}\n")
        return
    for line in put(facts, scope, start=not no_start):
        print_line(line)


def _page_port(port: int | None, *, serve: bool) -> int | None:
    """Return the port of the page, ``None`` without one; raises ServeMissingError if its packages are not installed."""
    from rpiocr.commands.serve import require_packages

    if serve:
        require_packages()
        return port or PORT
    if port:
        message = "--port is that of the page; add --serve"
        raise click.UsageError(message)
    return None


def _user(given: str, *, own: bool) -> str:
    """Return the user that a system unit runs as, nothing for a user unit; raises ServiceUserError."""
    from rpiocr.service.errors import ServiceUserError
    from rpiocr.service.places import default_user

    if not own:
        return given or default_user()
    if given:
        message = "--user-name is for --system; a user unit runs as you"
        raise ServiceUserError(message)
    return ""


def _default_inbox(user: str, *, serve: bool) -> Path:
    from rpiocr.service.places import account

    if not serve:
        message = "Missing argument 'INBOX': name the folder in which the receipts arrive."
        raise click.UsageError(message)
    return account(user).inbox


@service.command(
    examples=examples(
        ("Query whether the service runs", "rpiocr service status"),
        ("Query a system service by name", "rpiocr service status --system --name receipts"),
    ),
)
@_which
def status(name: str, *, own: bool) -> int:
    """Report whether the service runs, and whether its files match what this version writes.

    Exit status: 0 it is active; 3 it is not, or systemd cannot be reached.
    """
    from rpiocr.service.places import Scope
    from rpiocr.service.status import status as ask

    found = ask(name, Scope(user=own))
    for line in found.lines:
        print_line(line)
    return ExitCode.OK if found.active else ExitCode.NEEDS_REVIEW


@service.command(
    examples=examples(
        ("Stop and remove the service", "rpiocr service uninstall"),
        ("Remove a service by name", "rpiocr service uninstall --name receipts"),
    ),
)
@_which
def uninstall(name: str, *, own: bool) -> None:
    """Stop the service and remove the files that install wrote; receipts, settings and the store are kept.

    Exit status: 0 it is removed; 2 the units were not written by rpiocr; 3 systemd does not stop it; 5 a file cannot be
    removed.
    """
    from rpiocr.service.install import uninstall as take_away
    from rpiocr.service.places import Scope, check_rights

    scope = Scope(user=own)
    check_rights(scope)
    for line in take_away(name, scope):
        print_line(line)
