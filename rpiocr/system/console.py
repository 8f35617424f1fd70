"""Tables, colours and progress, drawn by Rich of text that a terminal only shows."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from rpiocr.sanitize.text import lines, one_line


def cell(text: str, style: str = "") -> Text:
    """Text of others, as one line of a table; what looks like Rich's markup is none."""
    return Text(one_line(text), style=style)


def console_on(stream: IO[str] | None = None, *, width: int | None = None, soft_wrap: bool = False) -> Console:
    """Make a console that writes to ``stream``, or to standard error; ``width`` in columns, else the terminal's."""
    return _Console(
        file=stream,
        stderr=stream is None,
        width=width,
        soft_wrap=soft_wrap,
        markup=False,
        emoji=False,
        highlight=False,
    )


def drawn(what: RenderableType, *, colours: bool, width: int) -> str:
    """Return what a console of ``width`` columns would show."""
    stream = io.StringIO()
    console = _Console(
        file=stream,
        force_terminal=colours,
        no_color=not colours,
        width=width,
        markup=False,
        emoji=False,
        highlight=False,
    )
    console.print(what)
    return stream.getvalue()


class _Console(Console):
    """Whoever forgets to call ``cell`` gets a table that is out of line, and nothing worse."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render, and make every text plain that was not."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(lines(segment.text), segment.style)
