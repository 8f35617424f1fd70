"""What the shell's completion offers for arguments: files, numbers of receipts, names of fields."""

from __future__ import annotations

from typing import Any

import click
from click.shell_completion import CompletionItem


class File(click.ParamType[str]):
    """A path as it is given, or - for standard input; nothing is checked before it is read."""

    name = "file"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401, ARG002 - Click's
        """Return the path."""
        return str(value)

    def shell_complete(
        self,
        ctx: click.Context,  # noqa: ARG002 - Click's
        param: click.Parameter,  # noqa: ARG002
        incomplete: str,
    ) -> list[CompletionItem]:
        """Have the shell offer files."""
        return [CompletionItem(incomplete, type="file")]


FILE = File()
