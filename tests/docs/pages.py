"""The pages that people read, and the blocks of commands in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[2]

MANUAL = (
    *(PROJECT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((PROJECT / "docs").glob("*.md")),
)
"""Every page whose commands are run; the decisions below docs/adr describe their own time."""

RUN = ("sh", "bash", "python")
"""Languages of the blocks that are run."""

SHOWN = ("", "json", "toml", "yaml", "crontab")
"""Languages of the blocks that only show something."""

REASON = re.compile(r"<!-- not run: (?P<reason>.+) -->")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its page, the number of its first line, its language and its text.

    ``reason`` is why it is not run, from the comment directly above it; empty if there is none.
    """

    page: Path
    line: int
    language: str
    text: str
    reason: str

    @property
    def place(self) -> str:
        """Where it is, as editors take it."""
        return f"{self.page.relative_to(PROJECT)}:{self.line}"

    @property
    def runs(self) -> bool:
        """Whether it holds commands that are to be run."""
        return self.language in RUN and not self.reason


def blocks(page: Path) -> Iterator[Block]:
    """Yield the fenced blocks of a page from top to bottom."""
    lines = page.read_text("utf-8").splitlines()
    start = None
    for number, line in enumerate(lines):
        if not line.lstrip().startswith("```"):
            continue
        if start is None:
            start = number
            continue
        reason = REASON.fullmatch(lines[start - 1]) if start else None
        yield Block(
            page,
            start + 2,
            lines[start].strip().removeprefix("```"),
            "\n".join(lines[start + 1 : number]),
            reason["reason"] if reason else "",
        )
        start = None
    assert start is None, f"{page.name}: the block in line {start} has no end"
