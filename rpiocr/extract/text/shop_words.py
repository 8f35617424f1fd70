"""Finds words that name a kind of shop, such as Apotheke or hardware store, in a name or a line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from rpiocr.extract.text.folding import folded_words
from rpiocr.extract.text.scripts import is_dense

SHORTEST_MISREAD = 7
MIN_LIKENESS = 0.84
"""Minimum length of a word that may be misread, and its minimum similarity: one character of 7 to 12 may differ. Kinds
of shops are named by ordinary words, which others resemble."""

SHORTEST_PART = 4
"""Minimum number of characters that a longer word has to have beside the part that names a kind."""

MAX_LINE = 400
"""Maximum number of characters of a text that are searched: a longer one is no line of a receipt."""

SPELLED = 3
"""Minimum length of the longest of several parts of a word: S.p.A. is no spa."""


class ShopWords:
    """Words of several kinds of shops; ``groups`` maps a kind to its words, the kinds that count most first."""

    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        self._order = {group: place for place, group in enumerate(groups)}
        self._whole: dict[str, str] = {}
        self._parts: dict[str, str] = {}
        self._longest = 1
        for group, phrases in groups.items():
            for phrase in phrases:
                words = folded_words(phrase)
                self._longest = max(self._longest, len(words))
                marks = phrase[0] == "*", phrase[-1] == "*"
                where = self._parts if any(marks) else self._whole
                where.setdefault("*" * marks[0] + "".join(words) + "*" * marks[1], group)
        self._of_size: dict[int, list[str]] = defaultdict(list)
        for word in self._whole:
            if len(word) >= SHORTEST_MISREAD and word.isalpha():
                self._of_size[len(word)].append(word)

    def find(self, text: str) -> str | None:
        """Return the kind of shop that a text names, the first of several; of overlapping words the longest counts."""
        words = folded_words(text[:MAX_LINE])
        found = list(self._windows(words))
        kinds = {one[2] for one in found if not any(_holds(other, one) for other in found)}
        return min(kinds or self._in_parts(words), key=self._order.__getitem__, default=None)

    def _windows(self, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Yield the known words, from one of the words of a text to before another one, with their kinds."""
        for start in range(len(words)):
            for end in range(start + 1, min(len(words), start + self._longest) + 1):
                parts = words[start:end]
                if group := self._word(parts):
                    yield start, end, group

    def _word(self, parts: Sequence[str]) -> str | None:
        joined = "".join(parts)
        if len(parts) == 1:
            return self._whole.get(joined) or self._misread(joined)
        is_spelled = not is_dense(joined) and max(map(len, parts)) < SPELLED
        return None if is_spelled else self._whole.get(joined)

    def _in_parts(self, words: Sequence[str]) -> set[str]:
        return {group for word in words if (group := self._part(word))}

    def _part(self, word: str) -> str | None:
        """Return the kind that a part of a longer word names, the longest such part."""
        fitting = [
            part
            for part in self._parts
            if (part[0] == "*" and word.endswith(part[1:])) or (part[-1] == "*" and word.startswith(part[:-1]))
        ]
        fitting = [part for part in fitting if len(word) - len(part) + 1 >= SHORTEST_PART or len(word) == len(part) - 1]
        best = max(fitting, key=len, default=None)
        return self._parts[best] if best else None

    def _misread(self, word: str) -> str | None:
        if len(word) < SHORTEST_MISREAD or sum(map(str.isalpha, word)) < len(word) - 1:
            return None
        near = (one for size in (len(word) - 1, len(word), len(word) + 1) for one in self._of_size[size])
        best = process.extractOne(word, near, scorer=Levenshtein.normalized_similarity, score_cutoff=MIN_LIKENESS)
        return self._whole[best[0]] if best else None


def _holds(one: tuple[int, int, str], other: tuple[int, int, str]) -> bool:
    """Return whether a word found is a longer one that contains another."""
    return one[0] <= other[0] and other[1] <= one[1] and one[1] - one[0] > other[1] - other[0]
