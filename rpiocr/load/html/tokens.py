"""Splits HTML into tags and text, in time linear in its length.

Not `html.parser`: its time is quadratic for markup that is never closed, so that a mail of 1 MB could take hours.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

NAME = re.compile(r"/?([a-zA-Z][a-zA-Z0-9:-]{0,40}+)[^\s/>]*+")
ATTRIBUTE = re.compile(r"""[\s/]*+(?:(>)|([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?|["'=<])""")

MAX_ATTRIBUTES = 50
"""Maximum number of attributes of a tag, and of marks among them; what follows is skipped to the end of the tag."""

RAW = frozenset({"script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "template"})
"""Elements whose content is no text of the page, and is skipped to their end."""


@dataclass(frozen=True, slots=True)
class Start:
    """A start tag, in lower case, with its attributes; only the first of a name counts."""

    name: str
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class End:
    """An end tag."""

    name: str


Token: TypeAlias = Start | End | str


def tokens(text: str) -> Iterator[Token]:
    """Yield tags and text in order; character references in text are resolved, comments and scripts left out."""
    place = 0
    while (begin := text.find("<", place)) >= 0:
        if begin > place:
            yield unescaped(text[place:begin])
        if text.startswith("<!--", begin):
            place = _behind(text, "-->", begin + 4)
        elif text.startswith(("<!", "<?"), begin):
            place = _behind(text, ">", begin + 2)
        elif name := NAME.match(text, begin + 1):
            token, place = _tag(text, name)
            yield token
            if isinstance(token, Start) and token.name in RAW:
                place = _behind_raw(text, token.name, place)
        else:
            yield "<"
            place = begin + 1
    if place < len(text):
        yield unescaped(text[place:])


def unescaped(text: str) -> str:
    """Return a text with its character references resolved; those of impossible length stay."""
    if "&" not in text:
        return text
    try:
        return html.unescape(text)
    except ValueError:  # a number of thousands of digits
        return text


def _behind(text: str, end: str, place: int) -> int:
    """Return the place behind ``end``; what is never closed reaches to the end of the text."""
    found = text.find(end, place)
    return len(text) if found < 0 else found + len(end)


def _behind_raw(text: str, name: str, place: int) -> int:
    found = re.compile(rf"</{name}(?![a-zA-Z0-9])", re.IGNORECASE).search(text, place)
    return len(text) if found is None else _behind(text, ">", found.end())


def _tag(text: str, name: re.Match[str]) -> tuple[Start | End, int]:
    """Return a tag and the place behind it."""
    attributes: dict[str, str] = {}
    place = name.end()
    for _ in range(MAX_ATTRIBUTES):
        found = ATTRIBUTE.match(text, place)
        if found is None or found[1]:
            place = found.end() if found else len(text)
            break
        place = found.end()
        if found[2]:
            value = next((group for group in found.groups()[2:] if group is not None), "")
            attributes.setdefault(found[2].lower(), unescaped(value))
    else:
        place = _behind(text, ">", place)
    tag = name[1].lower()
    return (End(tag) if name[0].startswith("/") else Start(tag, attributes)), place
