"""The keyword tables that apply to one page."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass

from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.phrases import Phrases


@dataclass(frozen=True, slots=True)
class Tables:
    """Keyword tables of some languages, merged and ready to search.

    ``amounts`` finds roles of amounts and modifiers, ``dates`` the labels of dates, ``merchant`` words that indicate a
    name and words that exclude one. ``months`` (1 to 12) map plain names to numbers,
    ``weekdays`` (1 is Monday, 7 Sunday) to all that they mean: so is Sunday in German, and Saturday in Czech. ``shown``
    are the languages that the page shows, best first. ``lexicon`` has the words of all languages;
    ``point_after_blanks`` is whether 1 812.30 is one amount in a language of the page, and 1 812 without decimals.
    """

    amounts: Phrases
    dates: Phrases
    months: Mapping[str, int]
    weekdays: Mapping[str, Set[int]]
    merchant: Phrases
    shown: tuple[str, ...]
    lexicon: Lexicon
    point_after_blanks: bool
