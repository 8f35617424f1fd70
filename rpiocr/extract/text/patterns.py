"""Builds parts of regular expressions from the words of tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rpiocr.extract.text.scripts import is_dense

NEVER = "(?!)"
"""Matches nothing."""


def any_of(words: Iterable[str]) -> str:
    """Return a pattern for any of some words, the longest first; a ``*`` at the end of one matches any ending."""
    ordered = sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(_ending, ordered))})" if ordered else NEVER


def _ending(word: str) -> str:
    return re.escape(word.removesuffix("*")) + (r"\w*" if word.endswith("*") else "")


def whole_words(words: Iterable[str]) -> str:
    """Return a pattern for words that are not part of a longer one; in scripts without spaces they may be."""
    spaced, dense = split_by_script(words)
    return rf"(?:(?<![^\W\d_]){any_of(spaced)}(?![^\W\d_])|{any_of(dense)})"


def split_by_script(words: Iterable[str]) -> tuple[list[str], list[str]]:
    """Separate words of scripts with spaces between words from those of scripts without."""
    known = list(words)
    return [word for word in known if not is_dense(word)], [word for word in known if is_dense(word)]
