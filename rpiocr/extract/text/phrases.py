"""Finds phrases of the tables in the text of a receipt, in any script: keywords with a tolerance, labels exactly.

There are two searches, for two questions. A keyword gives a line its meaning and may be misread, so words are compared
with a tolerance (``Phrases``, over ``tokens``). A label precedes a number, which is read from the next character on, so
it has to be located exactly, and a short one such as "no" allows no tolerance (``Labels``, over ``plain``, in which
every character keeps its position). Both look characters up in confusables.toml.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from rpiocr.extract.tables.confusables import Use, across_scripts, letter_for, one_for_one, spelled_out
from rpiocr.extract.text.scripts import IS_LONE, LONE

MIN_LIKENESS = 0.78
"""Minimum similarity of a phrase as read: none of 4 letters may differ, one of 5 to 8, two of 9 to 13."""

SHORTEST_MISREAD = 4
"""Minimum number of letters of a phrase that may be misread; shorter ones must be read exactly."""

DIGIT_AS_LETTER = letter_for(Use.KEYWORD)
SPELLED_OUT = spelled_out()
TWO_DOTS = str.maketrans("äöü", "aou")

PIECE = re.compile(rf"[{LONE}]|[^\W_{LONE}]+")

LOOK_ALIKE = across_scripts()
"""Characters that are misread as one another, replaced on both sides of a comparison."""


@dataclass(frozen=True, slots=True)
class PhraseHit:
    """A phrase found in a text: its group, the tokens from ``start`` to before ``end``, and its likeness (0 to 1)."""

    group: str
    phrase: str
    start: int
    end: int
    likeness: float


def tokens(text: str) -> list[str]:
    """Split into plain lower-case words; digits inside a word are replaced by the letters they look like.

    Every ideograph, kana and Hangul syllable is a token of its own. Look-alikes are the same character in tokens,
    whatever the script: tokens are for comparison, not for display.
    """
    return [_letters(part) for part in PIECE.findall(_folded(text))]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    composed = unicodedata.normalize("NFKC", text).casefold().translate(SPELLED_OUT)
    return "".join(map(_bare, composed)).translate(LOOK_ALIKE)


@cache
def _bare(char: str) -> str:
    """Return the character without diacritics; a single-character token keeps what NFKC has joined to it."""
    if char.isascii() or IS_LONE.match(char):
        return char
    parts = unicodedata.normalize("NFKD", char)
    return "".join(part for part in parts if not unicodedata.category(part).startswith("M"))


def _letters(token: str) -> str:
    digits = sum(char.isdigit() for char in token)
    return token.translate(DIGIT_AS_LETTER) if 0 < digits < len(token) / 2 else token


def spellings(phrase: str) -> tuple[str, ...]:
    """Return the phrase as compared, and as read by an engine that does not know letters with diaeresis."""
    if phrase.isascii() and (joined := phrase.replace(" ", "")).isalpha():
        return (joined.lower(),)
    composed = unicodedata.normalize("NFKC", phrase).casefold()
    return tuple(dict.fromkeys("".join(tokens(text)) for text in (composed, composed.translate(TWO_DOTS))))


class Phrases:
    """Phrases of several groups, searched together so that the best match wins.

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

    def _find(self, text: str) -> tuple[PhraseHit, ...]:
        """Return the phrases found in ``text``, without overlaps; the longest and most similar take precedence."""
        words = tokens(text)
        hits: list[tuple[int, PhraseHit]] = []
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + self._longest + 2) + 1):
                hit = self._match(words[start:end], start, end)
                if hit:
                    hits.append((sum(map(len, words[start:end])), hit))
        hits.sort(key=lambda item: (-item[0] * item[1].likeness, item[1].end - item[1].start))
        chosen: list[PhraseHit] = []
        for _, hit in hits:
            if all(hit.end <= other.start or hit.start >= other.end for other in chosen):
                chosen.append(hit)
        return tuple(chosen)

    def _match(self, words: Sequence[str], start: int, end: int) -> PhraseHit | None:
        piece = "".join(words)
        if piece in self._owner:
            return PhraseHit(*self._owner[piece], start, end, 1.0)
        # A number is not a misread letter: "total (3 items)" is not "total items".
        if len(piece) < SHORTEST_MISREAD or any(word.isdigit() for word in words):
            return None
        best = process.extractOne(
            piece, self._alike(piece), scorer=Levenshtein.normalized_similarity, score_cutoff=MIN_LIKENESS
        )
        return PhraseHit(*self._owner[best[0]], start, end, float(best[1])) if best else None

    def _alike(self, piece: str) -> Sequence[str]:
        """Return the phrases that could be similar enough.

        They have about the same length. Of ideographs, kana and syllables, where many more windows are compared, they
        also have the same beginning or end: one misread character leaves one of the two intact.
        """
        if IS_LONE.match(piece):
            return [phrase for end in _ends(piece) for phrase in self._ends.get(end, ())]
        size = len(piece)
        if size not in self._of_size:
            self._of_size[size] = [
                word for word in self._words if min(size, len(word)) / max(size, len(word)) >= MIN_LIKENESS
            ]
        return self._of_size[size]


def _ends(phrase: str) -> tuple[tuple[int, str], tuple[int, str]]:
    return (0, phrase[:2]), (1, phrase[-2:])


BASE_LETTER = one_for_one()
"""Letters that Unicode does not decompose into a base letter and a diacritic, but that are read as such."""

LOOKS_LIKE = letter_for(Use.LABEL)
"""Characters that are misread as each other; one represents all of them while phrases are compared."""

MAX_MARKS = 5
"""Maximum number of spaces and punctuation marks in a row inside a phrase; more of them separate two texts."""


class _Plain(dict[int, str]):
    """Maps a code point to one plain character, computed on first use."""

    def __missing__(self, point: int) -> str:
        char = chr(point)
        self[point] = found = BASE_LETTER.get(char.lower()) or _base(char)
        return found


def _base(char: str) -> str:
    # Hangul would be decomposed into jamo, which tables do not contain.
    parts = unicodedata.normalize("NFKC" if "가" <= char <= "힣" else "NFKD", char)
    folded = parts[0].casefold()
    return folded if len(folded) == 1 else char


_PLAIN = _Plain()


def plain(text: str) -> str:
    """Return lower case without diacritics, in characters of usual width; every character keeps its position."""
    return text.translate(_PLAIN)


@dataclass(frozen=True, slots=True)
class LabelHit:
    """A phrase of a table, found from ``start`` to before ``end``."""

    phrase: str
    start: int
    end: int


class Labels:
    """Finds phrases in plain text, the longest of those with the same beginning; none inside a longer word.

    Spaces and punctuation are ignored. Phrases are looked up by their first two characters: one regular expression of a
    thousand phrases takes fifty times as long.
    """

    def __init__(self, phrases: Iterable[str]) -> None:
        known = {_squeeze(plain(phrase))[0]: phrase for phrase in sorted(phrases, reverse=True)}
        self._by_start: dict[str, list[tuple[str, str]]] = {}
        for squeezed in sorted(known, key=lambda one: (-len(one), one)):
            self._by_start.setdefault(squeezed[:2], []).append((squeezed, known[squeezed]))
        # Cached, because passes read most lines alike.
        self.find = lru_cache(maxsize=2048)(self._find)

    def _find(self, text: str) -> tuple[LabelHit, ...]:
        """Return the phrases in ``text``, the result of ``plain``, from left to right."""
        squeezed, places = _squeeze(text)
        found: list[LabelHit] = []
        at = 0
        while at < len(squeezed) - 1:
            size = 1
            for phrase, written in self._by_start.get(squeezed[at : at + 2], ()):
                if squeezed.startswith(phrase, at):
                    start, end = places[at], places[at + len(phrase) - 1] + 1
                    if _is_whole_words(text, start, end) and end - start <= len(phrase) + MAX_MARKS:
                        found.append(LabelHit(written, start, end))
                        size = len(phrase)
                        break
            at += size
        return tuple(found)


def _squeeze(text: str) -> tuple[str, list[int]]:
    """Return a text without spaces and punctuation, look-alikes unified, and the position of each character left."""
    places = [place for place, char in enumerate(text) if char.isalnum() or char in "|!"]
    return "".join(text[place] for place in places).translate(LOOKS_LIKE), places


def _is_whole_words(text: str, start: int, end: int) -> bool:
    """Return whether a match consists mostly of letters, and neither begins nor ends inside a word."""
    inside = [char.isalpha() for char in text[start:end] if char.isalnum()]
    before, after = text[start - 1 : start], text[end : end + 1]
    begins = not before.isalpha() or _is_unspaced(text[start])
    ends = not after.isalpha() or _is_unspaced(text[end - 1])
    within_number = (before.isdigit() and text[start].isdigit()) or (after.isdigit() and text[end - 1].isdigit())
    return begins and ends and not within_number and 2 * sum(inside) > len(inside)


def _is_unspaced(char: str) -> bool:
    """Return whether a character is of a script without spaces between words: Han, kana; Hangul joins endings."""
    return "\u3040" <= char <= "\u9fff" or "가" <= char <= "힣"
