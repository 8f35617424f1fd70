"""The command line: all commands, each of which is imported when it is asked for."""

from __future__ import annotations

import click

from rpiocr import __version__
from rpiocr.commands.command import LazyGroup, examples

HEADINGS = {
    "Read receipts": {
        "scan": "Read receipts and print the results",
        "items": "Read receipts and print what was bought",
        "explain": "Show how a receipt was read",
        "check": "Check whether another photo would be better",
        "batch": "Read many receipts, several at once, and keep the results",
        "watch": "Read receipts as they arrive in a directory",
        "serve": "Serve a page and an API on this machine, and watch a directory",
    },
    "Use what was read": {
        "list": "List the stored receipts",
        "show": "Show all that is known of one receipt",
        "search": "Find receipts by their text",
        "review": "Confirm or correct uncertain receipts, one after the other",
        "fix": "Correct or confirm fields of a receipt",
        "merchants": "Show and change what is remembered of merchants",
        "prices": "Show what a thing cost over time, and where",
        "stats": "Add up receipts by month and by merchant",
        "export": "Write receipts for spreadsheets, scripts and accounting",
        "archive": "Leave receipts out of lists, but not of sums",
        "delete": "Delete receipts",
        "prune": "Delete old receipts",
    },
    "Keep it safe": {
        "backup": "Back up the store and the files that were read",
        "restore": "Restore a backup",
        "verify": "Check whether the store and the files are intact",
        "clean": "Delete pictures of the page and deleted receipts after a time",
    },
    "Set up": {
        "doctor": "Report what is missing or wrong, and how to fix it",
        "bench": "Measure how fast this machine reads receipts",
        "service": "Have systemd watch a directory",
        "completion": "Print the completion script of a shell",
        "schema": "Print the JSON Schema of a result",
    },
}
"""All commands, as the help lists them."""

PLACES = {
    **{name: ("store", name) for name in HEADINGS["Use what was read"]},
    **{name: ("keep", name) for name in HEADINGS["Keep it safe"]},
    "list": ("store", "list_"),
    "archive": ("archive", "archive"),
    "clean": ("clean", "clean"),
    "review": ("review", "review"),
    "export": ("export", "export"),
    "prices": ("prices", "prices"),
    "merchants": ("merchants", "merchants"),
}
"""Module and function of the commands that have no module of their own in ``rpiocr.commands``."""


@click.group(
    cls=LazyGroup,
    headings=HEADINGS,
    places=PLACES,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    examples=examples(
        ("Read a receipt", "rpiocr scan receipt.jpg"),
        ("Read all receipts of a directory and keep the results", "rpiocr batch ~/receipts"),
        ("See why a result is what it is", "rpiocr explain receipt.jpg"),
    ),
)
@click.version_option(__version__, "-V", "--version", prog_name="rpiocr")
def cli() -> None:
    """Read receipts: total, date, merchant, and how far that can be trusted.

    Works offline. Every setting of a command can also be given as an environment variable (RPIOCR_MODE for --mode)
    or in the settings file, see rpiocr doctor.

    Every command ends with status 8 where standard output is closed or takes no more, and with 141 where nobody reads
    it any more.
    """
