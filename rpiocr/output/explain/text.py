"""Prints how a receipt was read: in colour on a terminal, as plain text elsewhere."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from rpiocr.model import Box, Verdict
from rpiocr.output.explain.items import ItemsStory
from rpiocr.output.explain.story import Alternative, FieldStory, PageStory, Vote
from rpiocr.system.console import cell, console_on

PLAIN_WIDTH = 110
"""Width in columns if the output is not a terminal."""

STYLES = {Verdict.ACCEPT: "green", Verdict.RETRY: "yellow", Verdict.ESCALATE: "red"}

INDENT = 2
"""Spaces before what belongs to a heading."""


def write_text(story: PageStory, stream: TextIO) -> None:
    """Write how one receipt was read to a text stream; in colour if that is a terminal."""
    if stream.isatty():
        _page(console_on(stream), story)
        return
    plain = io.StringIO()
    _page(console_on(plain, width=PLAIN_WIDTH), story)
    stream.writelines(line.rstrip() + "\n" for line in plain.getvalue().splitlines())


def _page(console: Console, story: PageStory) -> None:
    console.print(_heading(f"{story.file}: {story.title.lower()}", story.verdict, f"quality {story.quality}"))
    _sentences(console, story.why)
    _sentences(console, story.warnings, "yellow")
    for field in story.fields:
        console.print()
        _field(console, field)
    if story.items:
        console.print()
        _items(console, story.items)
    if story.codes:
        console.print()
        console.print(_heading("Codes", None, None))
        _sentences(console, story.codes)
    console.print()
    _how(console, story)


def _heading(title: str, verdict: Verdict | None, detail: str | None) -> Text:
    text = cell(title, style="bold")
    return text.append(f"  {verdict.value}, {detail}", style=STYLES[verdict]) if verdict else text


def _sentences(console: Console, sentences: Iterable[str], style: str = "") -> None:
    for sentence in sentences:
        row = Table.grid(padding=(0, 1))
        row.add_row("-", cell(sentence, style=style))
        console.print(Padding(row, (0, 0, 0, INDENT), expand=False))


def _field(console: Console, field: FieldStory) -> None:
    value = "not found" if field.value is None else field.value
    console.print(_heading(f"{field.title}: {value}", field.verdict, f"probability {field.probability}"))
    if field.box:
        _sentences(console, [f"Read as “{field.raw}” at {_place(field.box)}."])
    _sentences(console, field.reasons)
    if field.sums:
        _sentences(console, [f"Sum that agrees: {sentence}" for sentence in field.sums], "green")
    elif field.key == "amount" and field.value is not None:
        _sentences(console, ["No sum on the receipt confirms it."])
    if field.votes:
        heads = ("pass", "read here", f"vote for the {field.title.lower()}", "same value")
        _table(console, "What each pass read", heads, map(_vote, field.votes))
    if field.alternatives:
        more = f", and {field.more_alternatives} more" if field.more_alternatives else ""
        heads = ("value", "where it was found", "passes", "sums that agree")
        shown = len(heads) if field.key == "amount" else 3
        _table(console, f"Rejected{more}", heads[:shown], (_alternative(one)[:shown] for one in field.alternatives))


def _items(console: Console, items: ItemsStory) -> None:
    console.print(_heading("Items", items.verdict, f"probability {items.probability}"))
    _sentences(console, items.reasons)
    if items.rows:
        _table(console, "What was bought", items.heads, items.rows)


def _place(box: Box) -> str:
    return f"x {box.left:.0f}, y {box.top:.0f}, {box.width:.0f} × {box.height:.0f} pixels"


def _vote(vote: Vote) -> tuple[str, ...]:
    if vote.error:
        return vote.source, f"failed: {vote.error}", "", ""
    return vote.source, vote.here or "nothing", _value(vote.value, vote.raw), vote.same or "-"


def _alternative(one: Alternative) -> tuple[str, ...]:
    return _value(one.value, one.raw), one.rule, str(one.votes), " ".join(one.sums) or "none"


def _value(value: str | None, raw: str | None) -> str:
    if value is None:
        return "nothing"
    return f"{value} (“{raw}”)" if raw else value


def _how(console: Console, story: PageStory) -> None:
    facts = ", ".join(f"{name.lower()} {value}" for name, value in story.facts)
    console.print(Text("How it was read", style="bold"))
    _sentences(console, [f"Also: {facts}."])
    stages = [(one.name, ", ".join(one.passes), str(one.quality), f"{one.elapsed_s:.2f}") for one in story.stages]
    _table(console, "Stages", ("stage", "passes", "quality after it", "seconds"), stages)
    passes = [
        (one.name, one.how, one.error or f"{len(one.lines)} lines", f"{one.elapsed_s:.2f}") for one in story.passes
    ]
    _table(console, "Passes", ("pass", "how it reads", "result", "seconds"), passes)


def _table(console: Console, title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="dim")
    for number, head in enumerate(heads):
        table.add_column(Text(head), overflow="fold", no_wrap=number == 0)
    for row in rows:
        table.add_row(*map(cell, row))
    console.print(Padding(Text(title), (0, 0, 0, INDENT)))
    console.print(Padding(table, (0, 0, 0, 2 * INDENT), expand=False))
