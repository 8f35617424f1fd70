"""Runs the commands on the store within the test's process: hundreds of runs cost no start of Python each."""

from __future__ import annotations

import click
from click.testing import CliRunner

from rpiocr.commands.archive import archive
from rpiocr.commands.clean import clean
from rpiocr.commands.export import export
from rpiocr.commands.keep import backup, restore, verify
from rpiocr.commands.prices import prices
from rpiocr.commands.store import delete, fix, list_, prune, search, show, stats
from rpiocr.errors import RpiocrError
from tests.program import Outcome

COMMANDS = (list_, show, search, fix, archive, delete, stats, prices, prune, export, backup, restore, verify, clean)

GROUP = click.Group("rpiocr", commands={str(command.name): command for command in COMMANDS})


def run_command(store: str, *arguments: object) -> Outcome:
    """Run ``rpiocr`` with these arguments on a store; a defect is raised."""
    words = list(map(str, arguments))
    result = CliRunner().invoke(
        GROUP, [words[0], "--store", store, *words[1:]], standalone_mode=False, catch_exceptions=True
    )
    error = result.exception
    if isinstance(error, click.exceptions.Exit):
        return Outcome(error.exit_code, result.stdout, result.stderr)
    if isinstance(error, click.ClickException):
        return Outcome(error.exit_code, result.stdout, result.stderr + error.format_message())
    if isinstance(error, RpiocrError):
        return Outcome(error.exit_code, result.stdout, f"{result.stderr}rpiocr: {error}\n")
    if error:
        raise error
    return Outcome(int(result.return_value), result.stdout, result.stderr)
