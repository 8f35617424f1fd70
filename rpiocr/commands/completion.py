"""The command ``rpiocr completion``."""

from __future__ import annotations

from collections.abc import Mapping

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from rpiocr.commands.command import Command, examples
from rpiocr.system.output import print_block

COMPLETIONS: Mapping[str, type[ShellComplete]] = {"bash": BashComplete, "zsh": ZshComplete, "fish": FishComplete}


@click.command(
    cls=Command,
    examples=examples(
        ("Complete in this bash", 'eval "$(rpiocr completion bash)"'),
        ("Complete in every zsh, where ~/.zfunc is in fpath", "rpiocr completion zsh > ~/.zfunc/_rpiocr"),
        ("Complete in every fish", "rpiocr completion fish > ~/.config/fish/completions/rpiocr.fish"),
    ),
)
@click.argument("shell", type=click.Choice(tuple(COMPLETIONS)), metavar="bash|zsh|fish")
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print the script that makes a shell complete commands, options, files, receipt numbers and fields.

    The installer has already set this up for the shells that it found.
    """
    kind = COMPLETIONS[shell]
    script = kind(context.find_root().command, {}, "rpiocr", "_RPIOCR_COMPLETE").source()
    print_block(f"{script.rstrip()}\n")
