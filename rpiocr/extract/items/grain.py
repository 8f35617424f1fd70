"""Removes from a name what is no print: specks and folds of the paper that an engine has read as symbols."""

from __future__ import annotations

import re

SPECKS = r"|¦~_^`´¨\"'‘’“”„*=\\<>«»‹›·•¬¯"
"""Symbols that are read for specks. Alone they mean nothing in a name, unlike / & + - % @ and #."""

LONE = re.compile(rf"(?<!\S)[{SPECKS}]+(?!\S)")

BEFORE = re.compile(r"[|¦~_^`´¨=\\·•¬¯.,:;]+(?=[^\W\d])")
"""What is no beginning of a name; a point before a digit is one of its number, and * is printed too."""

BEHIND = re.compile(r"(?<=[^\W\d])[|¦~_^`´¨=\\·•¬¯,;]+$")
"""What is no end of a name; a full stop may be that of an abbreviation."""


def without_grain(text: str) -> str:
    """Return a name without lone symbols, and without those at its ends that do not belong to it."""
    found = " ".join(LONE.sub(" ", text).split())
    match = BEFORE.match(found)
    found = BEHIND.sub("", found[match.end() :] if match else found)
    if found[:1] == '"' and found.count('"') == 1 and found[1:2].isalpha():
        found = found[1:]
    if found.endswith(")") and "(" not in found:
        found = found[:-1].rstrip()
    return found or text
