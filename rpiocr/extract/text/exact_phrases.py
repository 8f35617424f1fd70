"""Finds the words beside which numbers of a document stand, in any script, and tells where in the text they are."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rpiocr.extract.tables.confusables import Use, letter_for, one_for_one

BASE_LETTER = one_for_one()
"""What is no letter with a mark to Unicode, but is read as one."""

LOOKS_LIKE = letter_for(Use.LABEL)
"""Characters that are taken for each other; one stands for all of them while phrases are compared."""

MOST_MARKS = 5
"""Blanks and marks inside a phrase; more of them part two texts."""


class _Plain(dict[int, str]):
    """Maps a code point to one plain character, worked out when it is first met."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        self[point] = found = BASE_LETTER.get(char.lower()) or _base(char)
        return found


def _base(char: str) -> str:
    # Hangul comes apart into its strokes, which nobody writes in a table.
    parts = unicodedata.normalize("NFKC" if "가" <= char <= "힣" else "NFKD", char)
    folded = parts[0].casefold()
    return folded if len(folded) == 1 else char


_PLAIN = _Plain()


def plain(text: str) -> str:
    """Return lower case without marks on letters, in characters of usual width; every character keeps its place."""
    return text.translate(_PLAIN)


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of a table, found from ``start`` to before ``end``."""

    phrase: str
    start: int
    end: int


class Labels:
    """Finds phrases in plain text, the longest of those that begin alike; none within a longer word.

    Blanks and marks do not matter. Phrases are looked up by their first two characters: one regular expression of a
    thousand phrases takes fifty times as long.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        known = {_squeeze(plain(phrase))[0]: phrase for phrase in sorted(phrases, reverse=True)}
        self._by_start: dict[str, list[tuple[str, str]]] = {}
        for squeezed in sorted(known, key=lambda one: (-len(one), one)):
            self._by_start.setdefault(squeezed[:2], []).append((squeezed, known[squeezed]))
        # Passes read most lines alike.
        self.find = lru_cache(maxsize=2048)(self._find)

    def _find(self, text: str) -> tuple[Found, ...]:
        """Return what is found in ``text``, which is ``plain``, from left to right."""
        squeezed, places = _squeeze(text)
        found: list[Found] = []
        at = 0
        while at < len(squeezed) - 1:
            size = 1
            for phrase, written in self._by_start.get(squeezed[at : at + 2], ()):
                if squeezed.startswith(phrase, at):
                    start, end = places[at], places[at + len(phrase) - 1] + 1
                    if _stands_alone(text, start, end) and end - start <= len(phrase) + MOST_MARKS:
                        found.append(Found(written, start, end))
                        size = len(phrase)
                        break
            at += size
        return tuple(found)


def _squeeze(text: str) -> tuple[str, list[int]]:
    """Return a text without blanks and marks, look-alikes made one, and the place of each character left."""
    places = [place for place, char in enumerate(text) if char.isalnum() or char in "|!"]
    return "".join(text[place] for place in places).translate(LOOKS_LIKE), places


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Tell whether a text is mostly letters, which neither begin nor end within a word."""
    inside = [char.isalpha() for char in text[start:end] if char.isalnum()]
    before, after = text[start - 1 : start], text[end : end + 1]
    begins = not before.isalpha() or _is_unspaced(text[start])
    ends = not after.isalpha() or _is_unspaced(text[end - 1])
    within_number = (before.isdigit() and text[start].isdigit()) or (after.isdigit() and text[end - 1].isdigit())
    return begins and ends and not within_number and 2 * sum(inside) > len(inside)


def _is_unspaced(char: str) -> bool:
    """Tell whether a character is of a script that puts no blanks between words: Han, kana; Hangul joins endings."""
    return "\u3040" <= char <= "\u9fff" or "가" <= char <= "힣"
