"""Repairs words of a name in which an engine has read a letter as a digit: C0LA, M1LK.

A word is repaired if other passes have read letters there, or else if a digit between letters can be nothing but a
letter that makes a usual spelling. Codes, sizes and names that have a digit stay as they are: WD40, 500G, 2IN1, MP3.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product

from rpiocr.extract.tables.confusables import letters_in_words
from rpiocr.extract.text.trigrams import SCRIPTS, bare, may_begin, may_end, script_of, share_of_usual

WORD = re.compile(r"(?<![0-9][.,/])(?:[^\W_]|\|)+(?![.,/][0-9])")
"""A word; a digit of a number with a decimal mark is not one of its letters."""

NO_LETTERS = re.compile(r"[0-9|]+")
"""Characters that may be read for letters."""

LONGEST_RUN = 2
"""Maximum number of letters in succession that are read as digits; they are the same: B00K, MA55A."""

MOST_RUNS = 3
"""Maximum number of such places in one word."""

FEWEST_LETTERS = 2
"""Minimum number of letters that are read as letters."""

LIKE_OTHERS = 0.5
"""Share of usual trigrams above which a spelling that other passes have read may be right."""

UNUSUAL = 0.34
"""Share of usual trigrams up to which a letter for a digit is out of the question."""

SHORTEST = 4
"""Minimum length of a word that no other pass has read."""

WORDS_TOO = frozenset("24")
"""Digits that are spoken as words between others: COFFEE2GO, JUST4MEN."""

SHORT_BEFORE, SHORT_BEHIND = 3, 2
"""Up to how many letters before a digit may be a word or code, as in RM5 and NO1, and how many behind it are none."""

COMMON_ENDING = 0.08
"""Minimum share of the words of a receipt that end in o, by which its language is one where many do."""

VOWELS = frozenset("aeiouyаеиоуыэюяіαεηιουω")

Run = tuple[int, int]
"""Where digits are in a word, from the first to before the second."""


@dataclass(frozen=True, slots=True)
class PassWords:
    """The words that the passes have read anywhere on a receipt.

    ``spellings`` counts how each word was read, by what its spellings have in common. ``endings`` is the share of the
    longer words with a certain last letter.
    """

    spellings: Mapping[str, Counter[str]]
    endings: Mapping[str, float]

    @classmethod
    def of(cls, texts: Iterable[str]) -> PassWords:
        """Collect the words of all lines that the passes have read."""
        spellings: dict[str, Counter[str]] = {}
        endings: Counter[str] = Counter()
        for word in (word for text in texts for word in WORD.findall(text)):
            spellings.setdefault(_skeleton(word), Counter())[word] += 1
            if word.isalpha() and len(word) >= SHORTEST:
                endings[bare(word[-1])] += 1
        return cls(spellings, {last: count / endings.total() for last, count in endings.items()})

    def in_letters(self, word: str) -> str | None:
        """Return the spelling in letters that most passes have read for a word; None if more read it as it is."""
        read = self.spellings.get(_skeleton(word), Counter())
        letters = Counter({other: count for other, count in read.items() if other.isalpha()})
        return letters.most_common(1)[0][0] if letters and letters.total() >= read[word] else None


@cache
def _digit_of_letter() -> dict[int, str]:
    found: dict[int, str] = {}
    for char, letters in (pair for script in SCRIPTS for pair in letters_in_words(script).items()):
        for letter in letters:
            found.setdefault(ord(letter), char)
        found[ord(char)] = found[ord(letters[0])]
    return found


def _skeleton(word: str) -> str:
    """Return a word in lower case, with a digit for each letter that is read as one."""
    return word.lower().translate(_digit_of_letter())


def with_letters(text: str, read: PassWords) -> str:
    """Return a name with letters in place of the digits that were read for them."""
    return WORD.sub(lambda match: _repaired(match.group(), read), text)


def _repaired(word: str, read: PassWords) -> str:
    runs = [match.span() for match in NO_LETTERS.finditer(word)]
    table = _letters_for(word, runs)
    if not table:
        return word
    return _as_other_passes(word, runs, read) or _by_itself(word, runs, table, read) or word


def _letters_for(word: str, runs: Sequence[Run]) -> Mapping[str, str]:
    """Return the letters that each digit of a word may be read for; none if it is no word of one script."""
    digits = sum(end - start for start, end in runs)
    letters = [char for char in word if char.isalpha()]
    scripts = {script_of(letter) for letter in letters}
    same = all(len(set(word[start:end])) == 1 and end - start <= LONGEST_RUN for start, end in runs)
    if not same or not 0 < len(runs) <= MOST_RUNS or len(letters) < max(FEWEST_LETTERS, digits):
        return {}
    script = scripts.pop() if len(scripts) == 1 else None
    table = letters_in_words(script) if script else {}
    return table if all(word[start] in table for start, _ in runs) else {}


def _as_other_passes(word: str, runs: Sequence[Run], read: PassWords) -> str | None:
    other = read.in_letters(word)
    if other is None:
        return None
    found = _with(word, runs, [other[start:end] for start, end in runs])
    return found if _usual(found, runs) > LIKE_OTHERS else None


def _by_itself(word: str, runs: Sequence[Run], table: Mapping[str, str], read: PassWords) -> str | None:
    """Return the only usual spelling with letters, if the digits can be nothing else."""
    if len(word) < SHORTEST or not WORDS_TOO.isdisjoint(word):
        return None
    chosen = product(*(_candidates(word, run, table) for run in runs))
    spelled = sorted((_with(word, runs, letters) for letters in chosen), key=lambda one: -_usual(one, runs))
    best, *others = spelled
    if _usual(best, runs) < 1 or any(_usual(one, runs) > UNUSUAL for one in others):
        return None
    return best if all(_is_letter(word, best, run, read) for run in runs) else None


def _usual(spelled: str, runs: Sequence[Run]) -> float:
    return min(share_of_usual(spelled, *run) for run in runs)


def _candidates(word: str, run: Run, table: Mapping[str, str]) -> Sequence[str]:
    """Return what digits may be read for, in the case of the letters beside them; a capital L is not taken for a 1."""
    start, end = run
    letters = table[word[start]]
    before = [char for char in word[:start] if char.isalpha()][-1:]
    behind = [char for char in word[end:] if char.isalpha()][:1]
    if any(char.islower() for char in (*before, *behind)):
        return [letter * (end - start) for letter in letters]
    return [letters[-1].upper() * (end - start)]


def _is_letter(word: str, spelled: str, run: Run, read: PassWords) -> bool:
    """Return whether a digit is neither the begin of a size, nor the end of a code, nor a number between two words."""
    start, end = run
    before, behind = bare(spelled[:start]), bare(spelled[end:])
    if not before:
        return False
    if not behind:
        return word[start:] == "0" and _may_end_in_o(before, read.endings.get(bare(spelled[-1]), 0.0))
    if len(before) == 1 and before in VOWELS:
        return False
    if word[start] == "0":
        return True
    if len(before) == 1:
        return word[start] in "1|" and not may_begin(behind)
    return len(behind) > 1 and not _are_two_words(before, behind)


def _may_end_in_o(before: str, share: float) -> bool:
    return len(before) >= SHORTEST - 1 and before[-1] not in VOWELS and share >= COMMON_ENDING


def _are_two_words(before: str, behind: str) -> bool:
    """Return whether what is on both sides of a digit may be words of their own, as of TAKE5OFF and NO1CHOICE."""
    if not (may_end(before) and may_begin(behind)):
        return False
    may_be_spoken = not VOWELS.isdisjoint(before) and not VOWELS.isdisjoint(behind)
    return len(before) <= SHORT_BEFORE or (len(behind) > SHORT_BEHIND and may_be_spoken)


def _with(word: str, runs: Sequence[Run], letters: Sequence[str]) -> str:
    chars = list(word)
    for (start, end), some in zip(runs, letters, strict=True):
        chars[start:end] = some
    return "".join(chars)
