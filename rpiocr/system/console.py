"""Tables, colours and progress bars by Rich, from text without control characters."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import IO

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment
from rich.text import Text

from rpiocr.sanitize.text import lines, one_line


def cell(text: str, style: str = "") -> Text:
    """Return external text as one line of a table, without interpreting Rich's markup."""
    return Text(one_line(text), style=style)


def console_on(stream: IO[str] | None = None, *, width: int | None = None, soft_wrap: bool = False) -> Console:
    """Create a console on ``stream`` or standard error; ``width`` in columns, by default the terminal's."""
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
    """Render for a console of ``width`` columns."""
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
    """If a caller forgets ``cell``, the table is misaligned, but no control character is printed."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Render, and escape every text that is not plain."""
        for segment in super().render(renderable, options):
            if segment.control or segment.text.isprintable():
                yield segment
            else:
                yield Segment(lines(segment.text), segment.style)
