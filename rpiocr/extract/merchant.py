"""The merchant's name, from position, size and shape of the text and the words of company names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from statistics import median

from rpiocr.extract.keywords import Tables
from rpiocr.extract.rows import Row
from rpiocr.model import Candidate

HEAD_ROWS = 10
"""The name stands among the first lines; what is further down is an address, an order or an item."""


def find_merchants(rows: Sequence[Row], tables: Tables) -> tuple[Candidate[str], ...]:
    """Return lines that could be the merchant's name, best first."""
    legible = [row for row in rows if _letters(row.text.text) >= 3]
    if not legible:
        return ()
    usual = median(row.box.height for row in legible)
    candidates = []
    for place, row in enumerate(legible[:HEAD_ROWS]):
        score = _score(row, place, usual, tables)
        text = _clean(row)
        if len(text) >= 3:
            confidence = min(word.confidence for word in row.line.words)
            candidates.append(Candidate(text, row.text.text, row.box, confidence, "head of the receipt", score))
    return tuple(sorted(candidates, key=lambda candidate: -candidate.score))


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)


def _clean(row: Row) -> str:
    """The line without marks at its ends, words of noise and a registration number in brackets."""
    words = [word.text for word in row.line.words if word.confidence > 0.3 or len(word.text) > 3]
    text = re.sub(r"\s*\(?\b[A-Z]{0,3}\d{4,}[-/ ]?[A-Z]?\b\)?.*$", "", " ".join(words))
    return text.strip(" .,:;*-_=~'\"|()[]{}<>#")


def _score(row: Row, place: int, usual: float, tables: Tables) -> float:
    text = row.text.text
    letters, digits = _letters(text), sum(char.isdigit() for char in text)
    confidence = sum(word.confidence * len(word.text) for word in row.line.words) / sum(
        len(word.text) for word in row.line.words
    )
    groups = {hit.group for hit in tables.merchant.find(text)}
    score = 5.0 - 0.9 * place + 4.0 * (confidence - 0.7)
    score += min(2.5, 2.5 * (row.box.height / usual - 1.0))
    if "company" in groups:
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
