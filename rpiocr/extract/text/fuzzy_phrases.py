"""Plain words of any script, and finding phrases in text that was misread here and there."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from rpiocr.extract.tables.confusables import Use, across_scripts, letter_for, spelled_out
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.scripts import IS_LONE, LONE

ALIKE = 0.78
"""Least similarity of a phrase as read: none of 4 letters may differ, one of 5 to 8, two of 9 to 13."""

SHORTEST_MISREAD = 4
"""Fewer letters than this must be read exactly."""

DIGIT_AS_LETTER = letter_for(Use.KEYWORD)
SPELLED_OUT = spelled_out()
TWO_DOTS = str.maketrans("äöü", "aou")

PIECE = re.compile(rf"[{LONE}]|[^\W_{LONE}]+")

LOOK_ALIKE = across_scripts()
"""Characters that are taken for one another, on both sides of a comparison."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a text: its group, the tokens ``start`` to before ``end`` that it covers, its likeness."""

    group: str
    phrase: str
    start: int
    end: int
    likeness: float


def tokens(text: str) -> list[str]:
    """Split into plain lower-case words; digits inside a word are read as the letters they look like.

    Every ideograph, kana and Hangul syllable is a token of its own. What looks alike is one character in tokens,
    whatever the script: they are for comparing, not for showing.
    """
    return [_letters(part) for part in PIECE.findall(_plain(text))]


def _plain(text: str) -> str:
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", text).casefold().translate(SPELLED_OUT)
    return "".join(map(_bare, composed)).translate(LOOK_ALIKE)


@cache
def _bare(char: str) -> str:
    """The character without marks; one that stands for itself keeps what NFKC has joined to it."""
    if char.isascii() or IS_LONE.match(char):
        return char
    parts = unicodedata.normalize("NFKD", char)
    return "".join(part for part in parts if not unicodedata.category(part).startswith("M"))


def _letters(token: str) -> str:
    digits = sum(char.isdigit() for char in token)
    return token.translate(DIGIT_AS_LETTER) if 0 < digits < len(token) / 2 else token


def spellings(phrase: str) -> tuple[str, ...]:
    """The phrase as compared, and as it is read by an engine that does not know letters with two dots."""
    if phrase.isascii() and (joined := phrase.replace(" ", "")).isalpha():
        return (joined.lower(),)
    composed = unicodedata.normalize("NFKC", phrase).casefold()
    return tuple(dict.fromkeys("".join(tokens(text)) for text in (composed, composed.translate(TWO_DOTS))))


class Phrases:
    """Phrases of several groups, searched together so that the best fitting one wins.

    ``groups`` maps a group's name to its phrases; the same phrase in two groups counts for the first.
    """

    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        self._owner: dict[str, tuple[str, str]] = {}
        longest = 0
        for group, phrases in groups.items():
            for phrase in phrases:
                longest = max(longest, len(tokens(phrase)))
                for spelled in spellings(phrase):
                    self._owner.setdefault(spelled, (group, phrase))
        self._words = [phrase for phrase in self._owner if not IS_LONE.match(phrase)]
        self._of_size: dict[int, list[str]] = {}
        self._ends: dict[tuple[int, str], list[str]] = defaultdict(list)
        for phrase in self._owner:
            for end in _ends(phrase) if IS_LONE.match(phrase) else ():
                self._ends[end].append(phrase)
        self._longest = longest
        self.find = lru_cache(maxsize=8192)(self._find)

    def _find(self, text: str) -> tuple[Hit, ...]:
        """Return the phrases found in ``text``, none overlapping, longest and most alike first."""
        words = tokens(text)
        hits: list[tuple[int, Hit]] = []
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + self._longest + 2) + 1):
                hit = self._match(words[start:end], start, end)
                if hit:
                    hits.append((sum(map(len, words[start:end])), hit))
        hits.sort(key=lambda item: (-item[0] * item[1].likeness, item[1].end - item[1].start))
        chosen: list[Hit] = []
        for _, hit in hits:
            if all(hit.end <= other.start or hit.start >= other.end for other in chosen):
                chosen.append(hit)
        return tuple(chosen)

    def _match(self, words: Sequence[str], start: int, end: int) -> Hit | None:
        piece = "".join(words)
        if piece in self._owner:
            return Hit(*self._owner[piece], start, end, 1.0)
        # A number is no misread letter: "total (3 items)" is not "total items".
        if len(piece) < SHORTEST_MISREAD or any(word.isdigit() for word in words):
            return None
        best = process.extractOne(
            piece, self._alike(piece), scorer=Levenshtein.normalized_similarity, score_cutoff=ALIKE
        )
        return Hit(*self._owner[best[0]], start, end, float(best[1])) if best else None

    def _alike(self, piece: str) -> Sequence[str]:
        """The phrases that could be alike.

        Words that are neither too long nor too short; of ideographs, kana and syllables, of which many more pieces are
        looked at, those with the same beginning or end: one misread character leaves one of both.
        """
        if IS_LONE.match(piece):
            return [phrase for end in _ends(piece) for phrase in self._ends.get(end, ())]
        size = len(piece)
        if size not in self._of_size:
            self._of_size[size] = [word for word in self._words if min(size, len(word)) / max(size, len(word)) >= ALIKE]
        return self._of_size[size]


def _ends(phrase: str) -> tuple[tuple[int, str], tuple[int, str]]:
    return (0, phrase[:2]), (1, phrase[-2:])


@dataclass(frozen=True, slots=True)
class Tables:
    """Keyword tables of some languages, merged and ready to search.

    ``amounts`` finds roles of amounts and modifiers, ``dates`` the labels beside dates, ``merchant`` what tells a name
    and what tells that a line is none. ``months`` (1 to 12) and ``weekdays`` (1 is Monday, 7 Sunday) map plain names to
    numbers. ``shown`` are the languages that the page shows, best first. ``lexicon`` has the words of all languages;
    ``point_after_blanks`` tells whether 1 812.30 is one amount in a language of the page.
    """

    amounts: Phrases
    dates: Phrases
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    merchant: Phrases
    shown: tuple[str, ...]
    lexicon: Lexicon
    point_after_blanks: bool
