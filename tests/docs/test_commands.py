"""Every command that the manual shows does what it is shown for, or the page says why nobody tried."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from rpiocr.cli import cli
from tests.docs.pages import MANUAL, RUN, SHOWN, Block, blocks
from tests.docs.sandbox import Sandbox, sandbox_in

BLOCKS = [block for page in MANUAL for block in blocks(page)]

WITH_COMMANDS = [page for page in MANUAL if any(block.runs for block in blocks(page))]


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Sandbox:
    """One home for all pages: its receipts are read once."""
    return sandbox_in(tmp_path_factory.mktemp("manual"))


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_the_commands_of_a_page_succeed_one_after_the_other(page: Path, sandbox: Sandbox) -> None:
    sandbox.reset()
    for block in blocks(page):
        if block.runs:
            done = sandbox.run(block)
            assert done.returncode == 0, f"{block.place}: status {done.returncode}\n{block.text}\n{done.stderr}"


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.place)
def test_a_block_is_run_or_says_why_not_or_holds_no_commands(block: Block) -> None:
    assert block.language in (*RUN, *SHOWN), f"{block.place}: nothing runs a block of {block.language}"
    assert not block.reason or block.language in RUN, f"{block.place} is not run anyway"
    if not block.language:
        commands = re.findall(r"^\s*(?:\$ |sudo |rpiocr |bash |pip )", block.text, re.MULTILINE)
        assert not commands, f"{block.place} holds commands; name its language"


@pytest.mark.parametrize("block", [one for one in BLOCKS if one.language in ("sh", "bash")], ids=lambda one: one.place)
def test_every_command_of_rpiocr_that_is_shown_has_the_options_that_it_is_shown_with(block: Block) -> None:
    assert subprocess.run(["bash", "-n", "-c", block.text], check=False).returncode == 0
    for words in commands_of_rpiocr(block.text):
        known = options_of(words)
        for word in words:
            if word.startswith("--"):
                assert word.partition("=")[0] in known, f"{block.place}: {' '.join(words)}"


def commands_of_rpiocr(text: str) -> Iterator[list[str]]:
    """Yield the words after ``rpiocr`` of each command in a script, up to a pipe, a redirection or the end."""
    for line in text.replace("\\\n", " ").splitlines():
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        command: list[str] = []
        for word in [*lexer, ";"]:
            if not set(word) <= set("|&;<>()"):
                command.append(word)
                continue
            if command[:1] == ["sudo"]:
                del command[0]
            if command and command[0] in ("rpiocr", "$(command -v rpiocr)"):
                yield command[1:]
            command = []


def options_of(words: list[str]) -> set[str]:
    """The options of the command, or of the command of a group, that the first words name."""
    command: click.Command = cli
    for word in words:
        context = click.Context(command)
        below = command.get_command(context, word) if isinstance(command, click.Group) else None
        command = below or command
    options = (param for param in command.get_params(click.Context(command)) if isinstance(param, click.Option))
    return {flag for option in options for flag in (*option.opts, *option.secondary_opts)}
