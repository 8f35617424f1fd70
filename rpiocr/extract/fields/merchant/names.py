"""The text of a name: without the marks, brackets and registration numbers around it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.confusables import sign
from rpiocr.extract.tables.lexicon import Lexicon

MARKS = " .,:;*-_=~'\"|#·•・★☆◆◇■□●○※＊　"
PAIRS = tuple(map(tuple, ("()", "[]", "{}", "<>", "（）", "【】", "〈〉", "《》")))
"""Opening and closing brackets."""

QUOTES = {'"': '"', "«": "»", "„": "“", "「": "」", "『": "』"}
"""Opening and closing quotation marks: a quoted name after the legal form of the company keeps both."""

DOTTED = re.compile(r"(?<!\w)\w{1,2}(?:\.\w{1,2})+$")
"""A legal form that is written with full stops, including the last one: S.p.A., s.r.o."""

ABBREVIATED = re.compile(r"[^\W\d_][.,]? [^\W\d_]{2,4}$")
"""A name whose last word is as short as Inc., Bhd. or Lda."""

DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Kana, Han and Hangul: two characters are enough for a name."""

HEARD = 0.3
"""Minimum confidence of a short word that is part of a name; others are specks."""


@lru_cache(maxsize=4)
def _round_legal_form(lexicon: Lexicon) -> Mapping[str, re.Pattern[str]]:
    """Return the pattern of legal forms in round letters, some misread as zeros, before a Cyrillic name."""
    return {
        form: re.compile(rf"^[{sign('round')}]{{{len(form)}}}(?=[\W_]+[\u0400-\u04ff])")
        for form in lexicon.company.round_form
    }


def letters_in(text: str) -> int:
    """Return the number of letters; in scripts whose words have one or two characters each counts as two."""
    return sum(char.isalpha() for char in text) + len(DENSE.findall(text))


def name_of(rows: Sequence[ReceiptLine]) -> str:
    """Return the name on lines that belong together; it may be empty."""
    raw = " ".join(row.text.text for row in rows)
    name = tidy(" ".join(filter(None, map(_clean, rows))))
    for form, misread in _round_legal_form(rows[0].lexicon).items():
        name = misread.sub(form, name)
    if (DOTTED.search(name) or ABBREVIATED.search(name)) and f"{name}." in raw:
        name += "."
    return name


def tidy(name: str) -> str:
    """Return a name without punctuation at its ends, and with its brackets and quotation marks in pairs."""
    return _closed(_without_open_brackets(name.strip(MARKS)))


def _clean(row: ReceiptLine) -> str:
    """Return the line without punctuation at its ends, noise words and a registration number.

    Brackets may be closed on another line.
    """
    words = [word.text for word in row.line.words if word.confidence > HEARD or len(word.text) > 3]
    text = re.sub(r"\s*\(?\b[A-Z]{0,3}\d{4,}[-/ ]?[A-Z]?\b\)?.*$", "", " ".join(words))
    return text.strip(MARKS)


def _without_open_brackets(name: str) -> str:
    """Remove unmatched brackets at the ends, and the text inside one that is not closed."""
    for opening, closing in PAIRS:
        if name.count(opening) > name.count(closing):
            before, _, behind = name.rpartition(opening)
            name = (before if letters_in(before) >= letters_in(behind) else behind).strip(MARKS)
        elif name.count(opening) < name.count(closing):
            name = name.strip(MARKS + closing)
        elif name.startswith(opening) and name.endswith(closing) and name.count(opening) == 1:
            name = name[1:-1].strip(MARKS)
    return name


def _closed(name: str) -> str:
    """Restore the closing quotation mark that was cleaned away from the end of a quoted name."""
    opening = next((mark for mark in QUOTES if mark in name), None)
    if opening is None:
        return name
    closing = QUOTES[opening]
    closed = name.count(opening) % 2 == 0 if closing == opening else closing in name
    return name if closed else name + closing
