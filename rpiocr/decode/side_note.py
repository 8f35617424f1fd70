"""What a file says about a page beside its pixels: text, attachments, and when a photo was taken."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from rpiocr.decode.wire import MAX_ATTACHMENTS, MAX_JSON_BYTES, NOTE

Word = tuple[str, float, float, float, float]
"""A text, and the left, top, right and bottom of its box in pixels of the page."""

Lines = Sequence[Sequence[Word]]


class SideNote(NamedTuple):
    """The lines of text that a page shows, XML attachments, and the time of a photo as ISO 8601."""

    lines: Lines | None = None
    attachments: Sequence[bytes] = ()
    taken: str | None = None

    def packed(self) -> bytes:
        """Return the bytes that are sent, none if there is nothing to say; see ``wire.NOTE``."""
        if self == SideNote():
            return b""
        described = json.dumps({"taken": self.taken, "lines": self.lines}, ensure_ascii=False).encode()
        if len(described) > MAX_JSON_BYTES:
            described = json.dumps({"taken": self.taken, "lines": None}).encode()
        sent = self.attachments[:MAX_ATTACHMENTS]
        lengths = [len(one) for one in sent] + [0] * (MAX_ATTACHMENTS - len(sent))
        return b"".join((NOTE.pack(len(described), *lengths), described, *sent))
