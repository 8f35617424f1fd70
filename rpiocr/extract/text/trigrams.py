"""Whether a spelling is usual: its sequences of three letters are those of the words in the tables of languages."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache

from rpiocr.extract.tables.files import trigrams

SCRIPTS = ("latin", "cyrillic", "greek")
"""The scripts whose trigrams are known. The languages of one script are not told apart: names of goods are borrowed."""

EDGE = "_"
"""Stands for the beginning and the end of a word."""


def bare(text: str) -> str:
    """Return a text in lower case and without diacritics, of the same length."""
    return "".join(map(_bare, text))


@cache
def _bare(char: str) -> str:
    lower = char.lower()
    return unicodedata.normalize("NFD", lower)[0] if len(lower) == 1 else char


def script_of(letter: str) -> str | None:
    """Return which of SCRIPTS a letter is of, None for another one."""
    name = unicodedata.name(letter, "").partition(" ")[0].lower()
    return name if name in SCRIPTS else None


def trigrams_of(word: str) -> Iterator[str]:
    """Yield the trigrams of a bare word, each around one of its letters: the first and the last have an EDGE."""
    edged = f"{EDGE}{word}{EDGE}"
    return (edged[place : place + 3] for place in range(len(word)))


def share_of_usual(word: str, start: int, end: int) -> float:
    """Return the share of the trigrams with a letter from ``start`` to before ``end`` that occur in other words."""
    around = list(trigrams_of(bare(word)))[max(0, start - 1) : end + 1]
    return sum(map(_occurs, around)) / len(around)


def may_begin(word: str) -> bool:
    """Return whether words begin like this one."""
    return _occurs(f"{EDGE}{bare(word)[:2]}")


def may_end(word: str) -> bool:
    """Return whether words end like this one."""
    return _occurs(f"{bare(word)[-2:]}{EDGE}")


def _occurs(trigram: str) -> bool:
    script = script_of(trigram[1])
    return script is not None and trigram[2:] in trigrams()[script].get(trigram[:2], "")
