"""The command ``rpiocr doctor``."""

from __future__ import annotations

import dataclasses

import click

from rpiocr.commands.command import Command, examples
from rpiocr.errors import ExitCode
from rpiocr.system.output import print_block, print_line


@click.command(
    cls=Command,
    examples=examples(
        ("Find out why something does not work", "rpiocr doctor"),
        (
            "Print the commands that fix or improve something",
            "rpiocr doctor --format json | jq -r '.[] | select(.remedy != \"\").remedy'",
        ),
    ),
)
@click.option(
    "--format", "output", type=click.Choice(("text", "json")), default="text", help="Output format  [default: text]"
)
def doctor(output: str) -> int:
    """Check the installation and the settings, and print how to fix each fault.

    Sends nothing, and shows no key. Exit status: 0 no fault was found; 5 something needs fixing.
    """
    from rpiocr.health.examination import examine
    from rpiocr.system.json_text import dumps

    findings = examine()
    if output == "json":
        print_block(f"{dumps([dataclasses.asdict(finding) for finding in findings], indent=2)}\n")
    else:
        for finding in findings:
            mark, colour = ("tip ", "cyan") if finding.tip else ("ok  ", "green") if finding.good else ("fix ", "red")
            print_line(finding.what, mark=mark, colour=colour)
            if finding.remedy:
                print_line(f"      {finding.remedy}")
    return ExitCode.OK if all(finding.good for finding in findings) else ExitCode.MISSING_DEPENDENCY
