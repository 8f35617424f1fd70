"""Finds the names that a text is likely a misreading of, beyond characters that look alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from rpiocr.extract.brands.table import brand_table
from rpiocr.extract.locale.keyword_tables import built_in_lexicon
from rpiocr.extract.text.folding import folded_words
from rpiocr.extract.text.scripts import is_dense

MIN_LIKENESS = 0.79
MIN_DENSE_LIKENESS = 0.74
"""Minimum similarity of a misread name: one of 5 to 9 characters may differ, two of 10 to 14; of ideographs, kana and
syllables one of 4."""

SHORTEST = 5
"""Minimum number of characters of a name that may be misread; one fewer of ideographs, kana and syllables."""

COSTS = 1.6
LOST_COSTS = 2.4
"""A misread name loses this times the part of it that differs: there are twenty thousand names to be mistaken for. The
second holds if it has more or fewer characters: such a name may be another word, while a character is seldom lost."""

MAX_MEANT = 3
"""Maximum number of names that are equally similar to a misread one; the country decides among them."""


@dataclass(frozen=True, slots=True)
class Misreading:
    """Keys of the table that a text is equally similar to, how similar (0 to 1), and the weight left to them."""

    keys: tuple[str, ...]
    similarity: float
    weight: float


def misreading_of(words: Sequence[str]) -> Misreading | None:
    """Return what some folded words of a line are likely a misreading of.

    Words for kinds of shops, companies and streets do not count as letters: what distinguishes YA RESTAURANT from MK
    RESTAURANT is all of its name.
    """
    text = "".join(words)
    dense = is_dense(text)
    letters = sum(map(str.isalpha, text))
    own = sum(len(word) for word in words if word not in _common_words())
    if own < SHORTEST - dense or letters < len(text) - 1:
        return None
    likeness = MIN_DENSE_LIKENESS if dense else MIN_LIKENESS
    table = brand_table()
    near = process.extract(
        text,
        table.near(text),
        scorer=Levenshtein.normalized_similarity,
        score_cutoff=1.0 - (1.0 - likeness) * own / len(text),
        limit=2 * MAX_MEANT,
    )
    best = float(near[0][1]) if near else 0.0
    keys = tuple(dict.fromkeys(one for one, similarity, _ in near if similarity == best and one.isalpha()))[:MAX_MEANT]
    if not keys:
        return None
    costs = COSTS if all(len(one) == len(text) for one in keys) else LOST_COSTS
    left = 1.0 - costs * (1.0 - best) * len(text) / own
    return Misreading(keys, best, max(map(table.weight, keys)) * max(0.0, left))


@cache
def _common_words() -> frozenset[str]:
    """Words that many names have, and words that are no misread names although they resemble some."""
    lexicon = built_in_lexicon()
    groups = [getattr(lexicon.shops, group.name) for group in fields(lexicon.shops)]
    groups += [lexicon.company.form, lexicon.branch.before, lexicon.address.street]
    # All at once: one text of three thousand phrases is folded in a fraction of the time that the phrases take.
    words = folded_words(" ".join(phrase for group in groups for phrase in group))
    return frozenset(word for word in words if not is_dense(word))
