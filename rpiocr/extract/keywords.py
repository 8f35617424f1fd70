"""Keyword tables, and finding their phrases in text that was misread here and there."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from rpiocr.errors import SettingsError

ALIKE = 0.78
"""Least similarity of a phrase as read: none of 4 letters may differ, one of 5 to 8, two of 9 to 13."""

BUILT_IN = ("en", "de")

DIGIT_AS_LETTER = str.maketrans("01345689|!", "oleasgbgll")
SPLIT = re.compile(r"[^0-9a-z]+")
SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "æ": "ae", "ø": "o", "ł": "l"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found in a text: its group, the tokens ``start`` to before ``end`` that it covers, its likeness."""

    group: str
    phrase: str
    start: int
    end: int
    likeness: float


def tokens(text: str) -> list[str]:
    """Split into plain lower-case words; digits inside a word are read as the letters they look like."""
    plain = unicodedata.normalize("NFKD", text.casefold().translate(SPELLED_OUT))
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    return [_letters(part) for part in SPLIT.split(plain) if part]


def _letters(token: str) -> str:
    digits = sum(char.isdigit() for char in token)
    return token.translate(DIGIT_AS_LETTER) if 0 < digits < len(token) / 2 else token


class Phrases:
    """Phrases of several groups, searched together so that the best fitting one wins.

    ``groups`` maps a group's name to its phrases; the same phrase in two groups counts for the first.
    """

    def __init__(self, groups: Mapping[str, Iterable[str]]) -> None:
        self._owner: dict[str, tuple[str, str]] = {}
        longest = 0
        for group, phrases in groups.items():
            for phrase in phrases:
                parts = tokens(phrase)
                longest = max(longest, len(parts))
                self._owner.setdefault("".join(parts), (group, phrase))
        self._choices = list(self._owner)
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
        if len(piece) < 4 or any(word.isdigit() for word in words):
            return None
        best = process.extractOne(piece, self._choices, scorer=Levenshtein.normalized_similarity, score_cutoff=ALIKE)
        return Hit(*self._owner[best[0]], start, end, float(best[1])) if best else None


@dataclass(frozen=True, slots=True)
class Tables:
    """All keyword tables in use, merged over the languages, ready to search.

    ``amounts`` finds roles of amounts and modifiers, ``dates`` the labels beside dates, ``months`` maps plain
    month names to numbers, ``company`` and ``not_name`` serve the merchant, ``common`` maps a language to words
    by which it shows.
    """

    amounts: Phrases
    dates: Phrases
    months: Mapping[str, int]
    merchant: Phrases
    common: Mapping[str, frozenset[str]]


Table = Mapping[str, Mapping[str, list[str]]]


def read_tables(extra: Path | None = None) -> Tables:
    """Read the built-in tables and every ``*.toml`` in the folder ``extra``, which may add languages and words.

    Raises SettingsError for a file that cannot be parsed or is no table of lists.
    """
    folder = resources.files("rpiocr.extract") / "tables"
    tables: dict[str, Table] = {name: tomllib.loads((folder / f"{name}.toml").read_text("utf-8")) for name in BUILT_IN}
    for path in sorted(extra.glob("*.toml")) if extra else ():
        tables[f"user {path.stem}"] = _user_table(path)
    return Tables(
        amounts=Phrases(_joined(tables.values(), "amounts", "modifiers")),
        dates=Phrases(_joined(tables.values(), "dates", leave_out=("months", "weekdays"))),
        months=_months(tables.values()),
        merchant=Phrases(_joined(tables.values(), "merchant")),
        common=_common(tables),
    )


def _user_table(path: Path) -> Table:
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        message = f"the keyword table {path} cannot be read: {error}; mend or move the file"
        raise SettingsError(message) from error
    for section, groups in table.items():
        for group, phrases in groups.items() if isinstance(groups, dict) else [("", None)]:
            months = (section, group) == ("dates", "months")
            if not _is_list_of_texts(phrases, nested=months):
                wanted = "a list of lists of texts" if months else "a list of texts"
                message = f"the keyword table {path} is wrong at [{section}] {group}: it must be {wanted}"
                raise SettingsError(message)
    return table


def _is_list_of_texts(value: object, *, nested: bool) -> bool:
    if not isinstance(value, list):
        return False
    if nested:
        return all(_is_list_of_texts(part, nested=False) for part in value)
    return all(isinstance(part, str) for part in value)


def _common(tables: Mapping[str, Table]) -> dict[str, frozenset[str]]:
    common: dict[str, frozenset[str]] = {}
    for name, table in tables.items():
        language = name.removeprefix("user ")
        common[language] = common.get(language, frozenset()) | set(table.get("locale", {}).get("common", ()))
    return common


def _joined(tables: Iterable[Table], *sections: str, leave_out: tuple[str, ...] = ()) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for table in tables:
        for section in sections:
            for group, phrases in table.get(section, {}).items():
                if group not in leave_out:
                    groups.setdefault(group, []).extend(phrases)
    return groups


def _months(tables: Iterable[Table]) -> dict[str, int]:
    months: dict[str, int] = {}
    for table in tables:
        for number, names in enumerate(table.get("dates", {}).get("months", ()), 1):
            for name in names:
                months.setdefault("".join(tokens(name)), number)
    return months
