"""Detects the languages of a page by common words, keywords and script."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import lru_cache
from threading import Lock

from rpiocr.extract.bounds import LONGEST_LINE
from rpiocr.extract.text.phrases import spellings, tokens
from rpiocr.extract.text.scripts import IS_LONE

ALWAYS = "en"
"""English: receipts everywhere print TOTAL, CASH and VISA, which is not evidence of another language."""

MIN_SCORE = 1.5
"""Minimum score of a language: a keyword of its own, or two common words.

It is low because an extra keyword table is cheap, while a missing one loses the total.
"""

MIN_SHARE = 0.25
"""Minimum score of a language as a share of the best one's: a page in two languages shows both."""

MAX_LANGUAGES = 3
"""Maximum number of languages of a page, including English."""

MAX_CANDIDATES = 6
"""Maximum number of languages compared by keywords, after common words and script have narrowed them down."""

FULL_WORD = 5
"""Number of letters of a word that counts fully; shorter ones also come from noise. Ideographs, kana and syllables
count as two letters each."""

LONGEST_WINDOW = 6
"""Maximum number of tokens of a phrase; longer phrases contain shorter ones."""

KEYWORD, COMMON = 2.0, 1.0
"""Scores of a keyword and of a common word, divided by the number of languages that have it."""

SCRIPT = 3.0
MAX_LETTERS = 6
"""Score of a script with at least this many letters, divided by the number of languages written in it."""

Words = dict[str, set[str]]
"""Languages by joined tokens, or by a pattern of characters."""


class Detector:
    """Detects the languages of a page.

    ``common`` has the common words of every language, ``letters`` regular expressions of its characters;
    ``keywords_of`` returns the keywords of a language, and is called only for languages that a page could be in.
    """

    def __init__(
        self,
        common: Mapping[str, Iterable[str]],
        letters: Mapping[str, Iterable[str]],
        keywords_of: Callable[[str], Iterable[str]],
    ) -> None:
        self._names = frozenset(common)
        self._common: Words = defaultdict(set)
        for name, words in common.items():
            _add(self._common, name, words)
        written: Words = defaultdict(set)
        for name, patterns in letters.items():
            for pattern in patterns:
                written[pattern].add(name)
        self._writing = [(re.compile(pattern), tuple(sorted(names))) for pattern, names in written.items()]
        self._keywords: Words = defaultdict(set)
        self._indexed: set[str] = set()
        self._keywords_of = keywords_of
        self._lock = Lock()
        self._known_pieces_of = lru_cache(maxsize=1024)(_pieces_of)

    def languages_of(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the languages that lines of text show, best first; none if nothing indicates one."""
        lines = set(texts)
        pieces = frozenset().union(*map(self._pieces_of, lines))
        scores = self._scripts(lines)
        _count(scores, pieces, self._common, COMMON, self._names)
        candidates = [*_ranked(scores)[:MAX_CANDIDATES], ALWAYS]
        with self._lock:
            for name in self._names.intersection(candidates) - self._indexed:
                _add(self._keywords, name, self._keywords_of(name))
                self._indexed.add(name)
            # Other languages may have been indexed for pages before this one.
            _count(scores, pieces, self._keywords, KEYWORD, frozenset(candidates))
        best = max((scores[name] for name in candidates), default=0.0)
        enough = max(MIN_SCORE, MIN_SHARE * best)
        return tuple(name for name in _ranked(scores) if name in candidates and scores[name] >= enough)[:MAX_LANGUAGES]

    def _pieces_of(self, line: str) -> frozenset[str]:
        """Return the pieces of a line; those of a line longer than any that is printed are not cached."""
        return self._known_pieces_of(line) if len(line) <= LONGEST_LINE else _pieces_of(line)

    def _scripts(self, lines: Iterable[str]) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        text = "\n".join(lines)
        for letters, languages in self._writing if not text.isascii() else ():
            share = min(1.0, len(letters.findall(text)) / MAX_LETTERS)
            for language in languages if share else ():
                found[language] += SCRIPT * share / len(languages)
        return found


def _ranked(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda name: (-scores[name], name))


def _add(index: Words, name: str, words: Iterable[str]) -> None:
    for word in words:
        for spelled in spellings(word):
            index[spelled].add(name)


def _count(
    scores: dict[str, float], pieces: Collection[str], index: Words, weight: float, among: frozenset[str]
) -> None:
    """Add the scores of an index's words to some languages; words shared with English count for English alone."""
    # In one order: sums of fractions differ in their last digits otherwise, and so would answers from run to run.
    for piece in sorted(pieces & index.keys()):
        names = index[piece] & among
        size = sum(2 if IS_LONE.match(char) else 1 for char in piece)
        for name in {ALWAYS} if ALWAYS in names else names:
            scores[name] += weight * min(1.0, size / FULL_WORD) / len(names)


def _pieces_of(line: str) -> frozenset[str]:
    words = tokens(line)
    return frozenset(
        "".join(words[start:end])
        for start in range(len(words))
        for end in range(start + 1, min(len(words), start + LONGEST_WINDOW) + 1)
    )
