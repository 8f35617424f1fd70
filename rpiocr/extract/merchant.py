"""The merchant's name, from position, size and shape of the text and the words of company names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from rpiocr.extract.keywords import Hit, Tables, tokens
from rpiocr.extract.rows import Row
from rpiocr.model import Box, Candidate

HEAD_ROWS = 10
"""The name stands among the first lines; what is further down is an address, an order or an item."""

MOST_LINES = 4
"""A name takes at most so many lines."""

MARKS = " .,:;*-_=~'\"|#"
BRACKETS = "()[]{}<>"

WHOLE_NAME = 1.0
"""What a name over several lines scores more than its best line: the parts are right only together."""


def find_merchants(rows: Sequence[Row], tables: Tables) -> tuple[Candidate[str], ...]:
    """Return lines that could be the merchant's name, best first; a name over several lines is put together."""
    legible = [row for row in rows if _letters(row.text.text) >= 3]
    if not legible:
        return ()
    usual = median(row.box.height for row in legible)
    head = legible[:HEAD_ROWS]
    candidates = []
    for place, row in enumerate(head):
        candidates.append(_candidate([row], _score(row, place, usual, tables)))
        if place and _continues(head[place - 1], row, tables):
            first = place - 1
            while first and place - first + 1 < MOST_LINES and _continues(head[first - 1], head[first], tables):
                first -= 1
            parts = head[first : place + 1]
            best = max(_score(part, first + index, usual, tables) for index, part in enumerate(parts))
            candidates.append(_candidate(parts, best + WHOLE_NAME))
    named = (candidate for candidate in candidates if len(candidate.value) >= 3)
    return tuple(sorted(named, key=lambda candidate: (-candidate.score, -len(candidate.value))))


def _candidate(rows: Sequence[Row], score: float) -> Candidate[str]:
    confidence = min(word.confidence for row in rows for word in row.line.words)
    box = Box.around([row.box for row in rows])
    name = " ".join(filter(None, map(_clean, rows))).strip(MARKS + BRACKETS)
    return Candidate(name, " ".join(row.text.text for row in rows), box, confidence, "head of the receipt", score)


def _continues(above: Row, row: Row, tables: Tables) -> bool:
    """Tell whether a line goes on with the name that the line above begins.

    It does where a bracket is open or "&" stands at the end, and where it holds the form of a company and little else,
    or first a bracket: that needs a name before it.
    """
    if row.box.top - above.box.bottom > row.box.height or not _could_be_name(above, tables):
        return False
    if above.text.text.rstrip().endswith("&") or above.text.text.count("(") > above.text.text.count(")"):
        return True
    words = tokens(row.text.text)
    hits = tables.merchant.find(row.text.text)
    forms = {index for hit in hits if hit.group == "legal" for index in _span(hit)}
    if any(hit.group == "not_name" for hit in hits):
        return False
    bracket = row.text.text.lstrip().startswith("(")
    return bool(forms) and (
        0 in forms or bracket or sum(len(word) > 2 for i, word in enumerate(words) if i not in forms) == 0
    )


def _could_be_name(row: Row, tables: Tables) -> bool:
    digits = sum(char.isdigit() for char in row.text.text)
    groups = {hit.group for hit in tables.merchant.find(row.text.text)}
    return digits <= 2 and "not_name" not in groups


def _span(hit: Hit) -> range:
    return range(hit.start, hit.end)


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)


def _clean(row: Row) -> str:
    """The line without marks at its ends, words of noise and a registration number; brackets may close on another."""
    words = [word.text for word in row.line.words if word.confidence > 0.3 or len(word.text) > 3]
    text = re.sub(r"\s*\(?\b[A-Z]{0,3}\d{4,}[-/ ]?[A-Z]?\b\)?.*$", "", " ".join(words))
    return text.strip(MARKS)


def _score(row: Row, place: int, usual: float, tables: Tables) -> float:
    text = row.text.text
    letters, digits = _letters(text), sum(char.isdigit() for char in text)
    confidence = sum(word.confidence * len(word.text) for word in row.line.words) / sum(
        len(word.text) for word in row.line.words
    )
    groups = {hit.group for hit in tables.merchant.find(text)}
    score = 5.0 - 0.9 * place + 4.0 * (confidence - 0.7)
    score += min(2.5, 2.5 * (row.box.height / usual - 1.0))
    if groups & {"company", "legal"}:
        score += 3.0
    if "not_name" in groups:
        score -= 3.5
    if digits > letters / 2:
        score -= 4.0
    elif digits > 2:
        score -= 1.0
    if row.amounts or "@" in text or re.search(r"www|\.com|\.de\b", text, re.IGNORECASE):
        score -= 3.0
    if letters < 4:
        score -= 2.0
    return score
