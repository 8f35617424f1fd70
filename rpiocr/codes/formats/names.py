"""Names and descriptions within codes, as one line of text."""

from __future__ import annotations

MAX_NAME = 200
"""Most characters of a name; what is longer is cut."""


def one_line(text: str) -> str | None:
    """Return a text on one line, without control characters and direction marks; ``None`` if nothing is left."""
    plain = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(plain.split())[:MAX_NAME].strip() or None
