"""Which languages a page shows, by common words, keywords and script."""

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
"""Receipts everywhere say TOTAL, CASH and VISA: such words tell nothing of another language."""

LEAST_SCORE = 1.5
"""So much must speak for a language: a keyword of its own, or two common words.

The bar is low: a table too many costs little, a missing one the total.
"""

LEAST_SHARE = 0.25
"""And so much of what speaks for the best one: a page in two languages shows both."""

MOST_LANGUAGES = 3
"""A page shows no more languages than this, English among them."""

MOST_CANDIDATES = 6
"""So many languages are compared by their keywords, after common words and script have told those that could be it."""

FULL_WORD = 5
"""Shorter words count less, for noise spells them as well; an ideograph, kana or syllable counts as two letters."""

LONGEST_WINDOW = 6
"""A phrase of more tokens is not looked for; it holds shorter ones."""

KEYWORD, COMMON = 2.0, 1.0
"""What a keyword and a common word count, divided by the number of languages that have it."""

SCRIPT = 3.0
MOST_LETTERS = 6
"""What a script counts once there are so many of its letters, divided by the number of languages that write it."""

Words = dict[str, set[str]]
"""Languages by joined tokens, or by a pattern of characters."""


class Detector:
    """Finds the languages of a page.

    ``common`` has the common words of every language, ``letters`` regular expressions of characters by which it shows;
    ``keywords_of`` gives the keywords of one, and is asked only for languages that a page could be in.
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
        """Return the languages that lines of text show, best first; none where nothing tells."""
        lines = set(texts)
        pieces = frozenset().union(*map(self._pieces_of, lines))
        scores = self._scripts(lines)
        _count(scores, pieces, self._common, COMMON, self._names)
        candidates = [*_ranked(scores)[:MOST_CANDIDATES], ALWAYS]
        with self._lock:
            for name in self._names.intersection(candidates) - self._indexed:
                _add(self._keywords, name, self._keywords_of(name))
                self._indexed.add(name)
            # Other languages may have been indexed for pages before this one.
            _count(scores, pieces, self._keywords, KEYWORD, frozenset(candidates))
        best = max((scores[name] for name in candidates), default=0.0)
        enough = max(LEAST_SCORE, LEAST_SHARE * best)
        return tuple(name for name in _ranked(scores) if name in candidates and scores[name] >= enough)[:MOST_LANGUAGES]

    def _pieces_of(self, line: str) -> frozenset[str]:
        """The pieces of a line; those of a longer one than any that is printed are not kept."""
        return self._known_pieces_of(line) if len(line) <= LONGEST_LINE else _pieces_of(line)

    def _scripts(self, lines: Iterable[str]) -> dict[str, float]:
        found: dict[str, float] = defaultdict(float)
        text = "\n".join(lines)
        for letters, languages in self._writing if not text.isascii() else ():
            share = min(1.0, len(letters.findall(text)) / MOST_LETTERS)
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
    """Add what the words of an index that stand on a page count for some languages, to English alone what it shares."""
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
