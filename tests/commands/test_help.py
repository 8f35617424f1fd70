"""The help of every command: options under headings, and examples that can be run as they are printed."""

from __future__ import annotations

import os
import pty
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from rpiocr.cli import HEADINGS, cli
from rpiocr.commands.command import OTHER, Command, Group
from rpiocr.errors import ExitCode
from rpiocr.store.corrections import correct
from rpiocr.store.database import Database
from tests.program import SMALL, Run, script, surroundings
from tests.service.machine import machine_in
from tests.store.readings import keep


def contexts(group: click.Context) -> Iterator[click.Context]:
    """A context for a group, and for each command below it."""
    yield group
    if isinstance(group.command, click.Group):
        for name in group.command.list_commands(group):
            command = group.command.get_command(group, name)
            assert command
            yield from contexts(click.Context(command, info_name=name, parent=group))


ALL = list(contexts(click.Context(cli, info_name="rpiocr", **cli.context_settings)))
COMMANDS = [one for one in ALL if isinstance(one.command, Command)]
EXAMPLES = dict.fromkeys(
    example.line for one in ALL if isinstance(one.command, Command | Group) for example in one.command.examples
)

LOOKED_AT = {int(ExitCode.OK), int(ExitCode.NEEDS_REVIEW)}
"""How commands may end that judge something, such as the photo of an example."""

JUDGING = ("rpiocr check", "rpiocr verify", "rpiocr watch --status", "rpiocr service status")
AT_TERMINAL = "rpiocr review"
"""How examples begin that need a person at a terminal, as tests/commands/test_review.py has one."""

REQUEST = "curl -F file=@receipt.jpg 'localhost:8765/api/v1/receipts?wait=30'"
"""What the help of serve says how to send a receipt."""

WATCHES = [
    line for line in EXAMPLES if line.startswith("rpiocr watch ") and not {"--once", "--status"} & {*line.split()}
]
SERVICES = [line for line in EXAMPLES if line.startswith("rpiocr serve")]
ELSEWHERE = (AT_TERMINAL, *WATCHES, *SERVICES)
"""Examples that end only if they are told to, or need a person."""


@pytest.mark.parametrize("arguments", [(), ("service",)])
def test_a_group_alone_prints_its_help_and_that_is_not_an_error(arguments: tuple[str, ...]) -> None:
    alone = CliRunner().invoke(cli, [*arguments], standalone_mode=False)
    asked = CliRunner().invoke(cli, [*arguments, "--help"], standalone_mode=False)
    assert alone.exit_code == 0
    assert alone.stdout == asked.stdout
    assert alone.stdout.startswith("Usage: ")


def test_rpiocr_alone_ends_with_0(run: Run) -> None:
    outcome = run()
    assert (outcome.status, outcome.stderr) == (ExitCode.OK, "")
    assert "Examples:" in outcome.stdout


def test_a_name_that_is_nearly_that_of_a_command_is_answered_with_it(run: Run) -> None:
    outcome = run("scam")
    assert outcome.status == ExitCode.USAGE
    assert "Did you mean" in outcome.stderr
    assert "'scan'" in outcome.stderr


@pytest.mark.parametrize("context", ALL, ids=lambda one: str(one.command_path))
def test_every_help_has_two_or_three_examples_of_the_command_itself(context: click.Context) -> None:
    command = context.command
    assert isinstance(command, Command | Group)
    assert len(command.examples) in (2, 3)
    text = command.get_help(context)
    for example in command.examples:
        assert f"  {example.line}\n" in f"{text}\n"
        assert context.command_path in example.line


@pytest.mark.parametrize("context", COMMANDS, ids=lambda one: str(one.command_path))
def test_every_option_is_under_one_heading_and_few_are_without_one_of_their_own(context: click.Context) -> None:
    command = context.command
    assert isinstance(command, Command)
    groups = command.options_by_heading(context)
    listed = [option for options in groups.values() for option in options]
    options = [one for one in command.get_params(context) if isinstance(one, click.Option)]
    assert sorted(str(one.name) for one in listed) == sorted(str(one.name) for one in options)
    assert len(groups.get(OTHER, ())) <= 3
    text = command.get_help(context)
    assert [text.index(f"\n{heading}:\n") for heading in groups] == sorted(
        text.index(f"\n{heading}:\n") for heading in groups
    )


def test_the_list_of_commands_has_a_summary_of_each_that_fits_on_a_line() -> None:
    names = [name for summaries in HEADINGS.values() for name in summaries]
    assert len(names) == len(set(names))
    text = CliRunner().invoke(cli, ["--help"], terminal_width=80).stdout
    for summaries in HEADINGS.values():
        for name, summary in summaries.items():
            assert f"  {name:<10}  {summary}\n" in text


@pytest.fixture
def household(home: Path) -> dict[str, str]:
    """The environment of a user who has photos, directories of receipts, and a store with two of them."""
    machine = machine_in(home.parent)
    program = home.parent / "programs" / "rpiocr"
    program.write_text(f'#!/bin/sh\nexec {script()} "$@"\n', "utf-8")
    program.chmod(0o755)
    for place in ("photos/receipt.jpg", "receipt.jpg", "receipts/receipt.jpg", "inbox/receipt.jpg"):
        target = home / place
        target.parent.mkdir(exist_ok=True)
        shutil.copy(SMALL, target)
    (home / ".zfunc").mkdir()
    (home / ".config" / "fish" / "completions").mkdir(parents=True)
    store = home / "data" / "rpiocr" / "receipts.sqlite"
    store.parent.mkdir(parents=True)
    with closing(Database(f"sqlite:///{store}")) as database:
        for name in ("receipt.jpg", "photos/receipt.jpg"):
            file = home / name
            of_shop = {"phone": "030 1234567", "website": "shop.example"}
            keep(database, {"text": "Corner Shop\nFlat white"} | of_shop, file=str(file), data=file.read_bytes())
        correct(database, 1, [("amount", "13.50"), ("merchant", "The Corner Shop")])
    quick = {"RPIOCR_MODE": "low", "RPIOCR_RETRIES": "0", "RPIOCR_LANG": "eng"}
    return surroundings(home, PATH=machine.path, NOTES=str(machine.notes), XDG_DATA_HOME=str(home / "data")) | quick


def run_line(line: str, home: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a line in bash; a user at the terminal answers yes to every question."""
    ours, theirs = pty.openpty()
    os.write(ours, b"y\n")
    try:
        return subprocess.run(
            ["bash", "-o", "pipefail", "-c", line],
            cwd=home,
            env=environment,
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(ours)
        os.close(theirs)


@pytest.mark.parametrize("line", [line for line in EXAMPLES if not line.startswith(ELSEWHERE)])
def test_every_example_works_as_it_is_printed(line: str, home: Path, household: dict[str, str]) -> None:
    if " jq " in line and not shutil.which("jq"):
        pytest.skip("jq is not installed")
    if "restore" in line:
        assert run_line("rpiocr backup receipts.zip", home, household).returncode == ExitCode.OK
        if "--force" not in line:
            shutil.rmtree(home / "data")
    done = run_line(line, home, household)
    assert done.returncode in (LOOKED_AT if line.startswith(JUDGING) else {0}), done.stderr
    assert "Usage:" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("line", WATCHES)
def test_an_example_that_watches_until_it_is_interrupted_reads_what_is_there(
    line: str, home: Path, household: dict[str, str]
) -> None:
    environment = household | {"RPIOCR_SETTLE": "0.1"}
    with subprocess.Popen(
        ["bash", "-c", f"exec {line}"], cwd=home, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout
        assert b'"amount": 63.35' in process.stdout.readline()
        while not list((home / "done").rglob("*.jpg")) + list((home / "review").rglob("*.jpg")):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert process.returncode == ExitCode.OK


@pytest.mark.slow
@pytest.mark.parametrize("line", SERVICES)
def test_an_example_that_serves_answers_the_example_that_sends_a_receipt(
    line: str, home: Path, household: dict[str, str]
) -> None:
    assert REQUEST in " ".join(run_line("rpiocr serve --help", home, household).stdout.split())
    with subprocess.Popen(
        ["bash", "-c", f"exec {line} --port 0"], cwd=home, env=household, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr
        port = next(found[1] for said in process.stderr if (found := re.search(r"localhost:([0-9]+)", said)))
        answered = run_line(REQUEST.replace("8765", port), home, household)
        process.send_signal(signal.SIGINT)
        process.communicate()
    assert '"state": "read"' in answered.stdout, answered.stderr
    assert process.returncode == ExitCode.OK
