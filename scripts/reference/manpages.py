"""The manual pages in man/, from the help of the commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click

from rpiocr.cli import HEADINGS
from rpiocr.commands.command import Command, Group
from scripts.reference.command_tree import below, contexts, option_groups, paragraphs

SUMMARIES = {name: summary for summaries in HEADINGS.values() for name, summary in summaries.items()}

STATUSES = re.compile(r"(?P<before>.*?)\s*Exit status: (?P<list>\d+ .*)", re.DOTALL)
"""A paragraph of a help that ends with the exit statuses of the command."""

STATUS = re.compile(r"(\d+) (.*?)(?:; (?=\d+ )|\.?$)")

LITERAL = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti", '"': r"\(dq"})
"""Characters that a page shows otherwise than they are typed, unless they are named."""


def page(path: str) -> str:
    """Return the manual page of the command that the file is named after."""
    context = {_page(one): one for one in contexts()}[Path(path).stem]
    return "\n".join(_lines(context))


def _page(context: click.Context) -> str:
    return context.command_path.replace(" ", "-")


def _lines(context: click.Context) -> Iterator[str]:
    name, texts = _page(context), paragraphs(context.command)
    yield f'.TH {name.upper().translate(LITERAL)} 1 "" rpiocr "rpiocr manual"'
    yield ".SH NAME"
    yield f"{name.translate(LITERAL)} \\- {_prose(_summary(context, texts))}"
    yield ".SH SYNOPSIS"
    usage = " ".join(context.command.collect_usage_pieces(context))
    yield f"\\fB{context.command_path.translate(LITERAL)}\\fR {usage.translate(LITERAL)}"
    yield ".SH DESCRIPTION"
    described, statuses = _without_statuses(texts)
    for number, text in enumerate(described):
        if number:
            yield ".PP"
        yield _prose(text)
    yield from _commands(context)
    yield from _options(context)
    if statuses:
        yield ".SH EXIT STATUS"
        for status, meaning in statuses:
            yield f".TP\n.B {status}\n{_prose(meaning)}"
    yield from _examples(context.command)
    yield from _see_also(context)


def _summary(context: click.Context, texts: list[str]) -> str:
    if context.parent is None:
        return "read receipts, and report how far the results can be trusted"
    text = SUMMARIES.get(str(context.info_name)) if context.parent.parent is None else None
    return text or texts[0].partition(";")[0].rstrip(".")


def _without_statuses(texts: list[str]) -> tuple[list[str], list[tuple[str, str]]]:
    """Take the exit statuses out of the paragraphs of a help."""
    described, statuses = [], []
    for text in texts:
        found = STATUSES.fullmatch(text)
        described.append(found["before"] if found else text)
        statuses += STATUS.findall(found["list"]) if found else []
    return [text for text in described if text], statuses


def _commands(context: click.Context) -> Iterator[str]:
    direct = list(below(context))
    if direct:
        yield ".SH COMMANDS"
    for one in direct:
        summary = _summary(one, paragraphs(one.command))
        yield f".TP\n\\fB{_page(one).translate(LITERAL)}\\fR(1)\n{_prose(summary)}"


def _options(context: click.Context) -> Iterator[str]:
    yield ".SH OPTIONS"
    groups = option_groups(context)
    for heading, options in groups.items():
        if len(groups) > 1:
            yield f".SS {heading}"
        for flags, text in options:
            yield f".TP\n\\fB{flags.translate(LITERAL)}\\fR\n{_prose(text)}"


def _examples(command: click.Command) -> Iterator[str]:
    if isinstance(command, Command | Group) and command.examples:
        yield ".SH EXAMPLES"
        for one in command.examples:
            yield f".TP\n{_prose(one.does)}:\n.nf\n{_guarded(one.line.translate(LITERAL))}\n.fi"


def _see_also(context: click.Context) -> Iterator[str]:
    """Name the pages of the group, and those of the commands that the help lists under the same heading."""
    if context.parent is None:
        return
    yield ".SH SEE ALSO"
    pages = [_page(context.parent)]
    if context.parent.parent is None:
        near = next(names for names in HEADINGS.values() if context.info_name in names)
        pages += [f"rpiocr-{name}" for name in near if name != context.info_name]
    yield ",\n".join(f"\\fB{page.translate(LITERAL)}\\fR(1)" for page in pages)


def _prose(text: str) -> str:
    """Return text of a paragraph: options, and what is between backticks, as they are typed."""
    parts = text.split("`")
    for number, part in enumerate(parts):
        if number % 2:
            parts[number] = f"\\fB{part.translate(LITERAL)}\\fR"
        else:
            plain = part.replace("\\", r"\e").replace("~", r"\(ti")
            parts[number] = re.sub(r"(?<![\w-])-+(?=\w)[\w-]*", lambda flag: flag[0].replace("-", r"\-"), plain)
    return _guarded("".join(parts))


def _guarded(line: str) -> str:
    """Keep a line from being taken for a request of the formatter."""
    return f"\\&{line}" if line.startswith((".", "'")) else line
