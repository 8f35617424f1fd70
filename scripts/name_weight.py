"""How much it says that a text contains a name: little where the name is short, or an ordinary word."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path

from babel.languages import get_territory_language_info
from generated import official_languages

from rpiocr.extract.tables.files import places
from rpiocr.extract.text.folding import pieces
from rpiocr.extract.text.scripts import IS_LONE

TABLES = Path(__file__).parent.parent / "rpiocr" / "extract" / "tables"

LANGUAGES: Mapping[str, str] = {
    **{"af": "afrikaans", "sq": "albanian", "ar": "arabic", "bn": "bengali", "bg": "bulgarian", "ca": "catalan"},
    **{"zh": "chinese", "cs": "czech", "da": "danish", "nl": "dutch", "en": "english", "et": "estonian"},
    **{"fa": "farsi", "fi": "finnish", "fr": "french", "de": "german", "el": "greek", "he": "hebrew", "hi": "hindi"},
    **{"hu": "hungarian", "id": "indonesian", "it": "italian", "ja": "japanese", "kk": "kazakh", "ko": "korean"},
    **{"lv": "latvian", "lt": "lithuanian", "mk": "macedonian", "nb": "norwegian", "pl": "polish", "ms": "indonesian"},
    **{"pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "sk": "slovak", "sl": "slovenian"},
    **{"es": "spanish", "sv": "swedish", "th": "thai", "tr": "turkish", "uk": "ukrainian", "vi": "vietnamese"},
}
"""The file of the most common words of each language."""

ALWAYS = ("en",)
EVERYWHERE = ("en", "de", "fr", "es", "it", "pt", "nl", "pl")
"""Languages whose words count in every country, and for a brand that is in all countries."""

SHARES = ((1500, 0.3), (4000, 0.45), (10000, 0.75))
"""What part of its letters counts of a word among so many of the most common ones of a language."""

TOWN = 0.45
KIND = 0.25
"""The same for the name of a town, and for a word that receipts use for what they state or for kinds of shops."""

NO_WORDS = ("locale",)
"""Sections whose words include names of shops, which show the language of a page."""

EACH_MORE = 1.5
"""Each further word of a name counts as so many letters more: words that are common apart are rare in a row."""

SHORTEST_MORE = 3
"""Minimum number of letters of such a word."""

DENSE = 1.7
"""An ideograph or a syllable counts as so many letters, a digit as three quarters of one."""

CURVE = (0.0, 0.02, 0.1, 0.32, 0.6, 0.68, 0.75, 0.81, 0.86, 0.9, 0.94, 0.97, 1.0)
"""The weight of a name by the number of letters that count: names of three letters are anybody's initials."""


def weight(name: str, countries: Collection[str]) -> float:
    """Return the weight of a name, from 0 to 1, for a brand in some countries; * is all of them."""
    words = [(_size(word), _share(word, frozenset(countries))) for word in _words_of(name)]
    if len(words) == 1:
        return _on_curve(words[0][0]) * words[0][1]
    further = sum(size >= SHORTEST_MORE for size, _ in words) - 1
    return _on_curve(sum(size * share for size, share in words) + EACH_MORE * max(0, further))


def _on_curve(letters: float) -> float:
    low = min(int(letters), len(CURVE) - 1)
    high = min(low + 1, len(CURVE) - 1)
    return CURVE[low] + (letters - low) * (CURVE[high] - CURVE[low])


def _words_of(name: str) -> list[str]:
    """Return the folded words of a name; characters of scripts without spaces are one word while nothing parts them."""
    words: list[str] = []
    end = -1
    for piece in pieces(name):
        if piece.start == end:
            words[-1] += piece.text
        else:
            words.append(piece.text)
        end = piece.end
    return words


def _size(word: str) -> float:
    return sum(DENSE if IS_LONE.match(char) else 0.75 if char.isdigit() else 1.0 for char in word)


def _share(word: str, countries: frozenset[str]) -> float:
    languages = _spoken(countries)
    rank = min((_ranks(language).get(word, 10**6) for language in languages), default=10**6)
    shares = [share for most, share in SHARES if rank < most]
    if any(word in _kind_words(language) for language in languages):
        shares.append(KIND)
    return min((*shares, TOWN if word in _towns() else 1.0))


@cache
def _spoken(countries: frozenset[str]) -> tuple[str, ...]:
    if "*" in countries:
        return EVERYWHERE
    found = dict.fromkeys(ALWAYS)
    for country in countries:
        found |= dict.fromkeys(
            tag.split("_")[0] for tag in official_languages(get_territory_language_info(country) or {})
        )
    return tuple(language for language in found if language in LANGUAGES)


@cache
def _ranks(language: str) -> Mapping[str, int]:
    """The place of each word among the most common ones of a language; none of Latin letters in another script."""
    folder = Path(os.environ["COMMON_WORDS"]) / "build" / "resources"
    words = (folder / f"{LANGUAGES[language]}.txt").read_text("utf-8").split("\n")
    latin = sum(word.isascii() for word in words) > len(words) / 3
    found: dict[str, int] = {}
    for rank, word in enumerate(words):
        folded = _words_of(word)
        if len(folded) == 1 and (latin or not word.isascii()):
            found.setdefault(folded[0], rank)
    return found


@cache
def _towns() -> frozenset[str]:
    return frozenset(
        piece.text
        for country in places().values()
        for name in country.get("towns", "").split("|")
        for piece in pieces(name)
    )


@cache
def _kind_words(language: str) -> frozenset[str]:
    """Single words that the table of a language has, and all words of names of companies."""
    found: set[str] = set()
    for file in (TABLES / "languages").glob(f"{language}*.toml"):
        tables = tomllib.loads(file.read_text("utf-8"))
        for section, groups in ((name, groups) for name, groups in tables.items() if name not in NO_WORDS):
            for group, value in groups.items():
                every = (section, group) == ("merchant", "company") or section == "shops"
                for phrase in value if isinstance(value, list) else ():
                    words = _words_of(phrase.rstrip("*")) if isinstance(phrase, str) else []
                    found.update(words if every or len(words) == 1 else ())
    return frozenset(found)
