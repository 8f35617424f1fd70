"""Finds the merchant's name by the position, size and shape of the text, and by words of company names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from statistics import median

from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.confusables import sign
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.addresses import HOUSE_NUMBER, dense_address, postcode, web
from rpiocr.extract.text.amounts import fold
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.phrases import PhraseHit, tokens
from rpiocr.model import Box, Candidate, Kind, Provenance

HEAD_LINES = 10
"""Number of lines at the top that are searched for the name; below are addresses, orders and items."""

MAX_NAME_LINES = 4
"""Maximum number of lines of a name."""

MARKS = " .,:;*-_=~'\"|#·•・★☆◆◇■□●○※＊　"
PAIRS = tuple(map(tuple, ("()", "[]", "{}", "<>", "（）", "【】", "〈〉", "《》")))
"""Opening and closing brackets."""

QUOTES = {'"': '"', "«": "»", "„": "“", "「": "」", "『": "』"}
"""Opening and closing quotation marks: a quoted name after the legal form of the company keeps both."""

DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Kana, Han and Hangul: two characters are enough for a name."""

DENSE_PRICE = re.compile(DENSE.pattern + r"[ \u2009]+[0-9]+$")
"""An item and its price in a currency without decimals: words for food are in the names of shops too."""

DOTTED = re.compile(r"(?<!\w)\w{1,2}(?:\.\w{1,2})+$")
"""A legal form that is written with full stops, including the last one: S.p.A., s.r.o."""

ABBREVIATED = re.compile(r"[^\W\d_][.,]? [^\W\d_]{2,4}$")
"""A name whose last word is as short as Inc., Bhd. or Lda."""

LONG_ID = 8
BRACKETED = re.compile(r"\(.*?(?:\)|$)")
"""A line with this many digits contains a phone number or an id, unless they are in brackets after a name."""

SAME_PRINT = 0.15
"""Maximum relative difference of the heights of lines in the same print."""

HEAD = Provenance(Kind.HEAD)

WHOLE_NAME = 1.0
"""Bonus of a name over several lines on top of its best line's score: the parts are right only together."""


@lru_cache(maxsize=4)
def _round_legal_form(lexicon: Lexicon) -> Mapping[str, re.Pattern[str]]:
    """Return the pattern of legal forms in round letters, some misread as zeros, before a Cyrillic name."""
    return {
        form: re.compile(rf"^[{sign('round')}]{{{len(form)}}}(?=[\W_]+[\u0400-\u04ff])")
        for form in lexicon.company.round_form
    }


def find_merchants(rows: Sequence[ReceiptLine], tables: Tables) -> tuple[Candidate[str], ...]:
    """Return lines that could be the merchant's name, best first; a name over several lines is joined."""
    legible = [row for row in rows if _letters(row.text.text) >= 3]
    if not legible:
        return ()
    # Words without a height do not come from an engine, but from a caller of the library with lines of its own.
    usual = max(1.0, median(row.box.height for row in legible))
    head = legible[:HEAD_LINES]
    scores = [_score(row, place, usual, tables) for place, row in enumerate(head)]
    candidates = []
    for place, row in enumerate(head):
        candidates.append(_candidate([row], scores[place]))
        first = _first_line(head, place, tables)
        if first < place:
            best = max(scores[first : place + 1])
            candidates.append(_candidate(head[first : place + 1], best + WHOLE_NAME))
    named = (candidate for candidate in candidates if _letters(candidate.value) >= 3 or len(candidate.value) >= 3)
    return tuple(sorted(named, key=lambda candidate: (-candidate.score, -len(candidate.value))))


def _first_line(head: Sequence[ReceiptLine], place: int, tables: Tables) -> int:
    """Return the place of the line on which the name begins that ends on the line at ``place``."""
    if not place:
        return place
    follows_form = place == 1 and _is_form(head[0], head[1], tables)
    if not follows_form and not _continues(head[place - 1], head[place], tables):
        return place
    first = place - 1
    while first and place - first + 1 < MAX_NAME_LINES and _continues(head[first - 1], head[first], tables):
        first -= 1
    return first


def _candidate(rows: Sequence[ReceiptLine], score: float) -> Candidate[str]:
    confidence = min(word.confidence for row in rows for word in row.line.words)
    box = Box.around([row.box for row in rows])
    raw = " ".join(row.text.text for row in rows)
    name = _closed(_without_open_brackets(" ".join(filter(None, map(_clean, rows))).strip(MARKS)))
    for form, misread in _round_legal_form(rows[0].lexicon).items():
        name = misread.sub(form, name)
    if (DOTTED.search(name) or ABBREVIATED.search(name)) and f"{name}." in raw:
        name += "."
    return Candidate(name, raw, box, confidence, HEAD, score)


def _continues(above: ReceiptLine, row: ReceiptLine, tables: Tables) -> bool:
    """Return whether a line continues the name on the line above.

    It does if that line has an open bracket or ends with "&", or if the line itself contains little more than a legal
    form or begins with a bracket, which needs a name before it.
    """
    if row.box.top - above.box.bottom > row.box.height or not _could_be_name(above, tables):
        return False
    return _is_unfinished(above) or _ends_name(above, row, tables)


def _is_unfinished(row: ReceiptLine) -> bool:
    text = row.text.text
    return text.rstrip().endswith("&") or text.count("(") > text.count(")")


def _ends_name(above: ReceiptLine, row: ReceiptLine, tables: Tables) -> bool:
    """Return whether a line is the legal form of a name with little else, or in brackets."""
    hits = tables.merchant.find(row.text.text)
    forms = {index for hit in hits if hit.group == "legal" for index in _span(hit)}
    if not forms or any(hit.group == "not_name" for hit in hits):
        return False
    if 0 in forms or row.text.text.lstrip().startswith("("):
        return True
    rest = sum(len(word) > 2 for index, word in enumerate(tokens(row.text.text)) if index not in forms)
    return rest == 0 or (rest == 1 and _set_alike(above, row, tables))


def _set_alike(above: ReceiptLine, row: ReceiptLine, tables: Tables) -> bool:
    """Return whether a line is printed like the one above, centred below it, and that one is not a complete name."""
    height = max(above.box.height, row.box.height)
    level = abs(above.box.middle[0] - row.box.middle[0]) < height
    complete = any(hit.group in ("legal", "company") for hit in tables.merchant.find(above.text.text))
    words = len(tokens(above.text.text))
    return level and not complete and words > 0 and abs(above.box.height - row.box.height) < SAME_PRINT * height


def _is_form(first: ReceiptLine, row: ReceiptLine, tables: Tables) -> bool:
    """Return whether the first line is only a legal form, which precedes the name in scripts other than Latin.

    In Latin script it is the rest of a name that was lost.
    """
    if all(char.isascii() for char in first.text.text if char.isalpha()):
        return False
    words = tokens(first.text.text)
    forms = {i for hit in tables.merchant.find(first.text.text) if hit.group == "legal" for i in _span(hit)}
    beside = row.box.top - first.box.bottom <= row.box.height
    return beside and bool(words) and len(forms) == len(words) and _could_be_name(row, tables)


def _could_be_name(row: ReceiptLine, tables: Tables) -> bool:
    digits = sum(char.isdigit() for char in row.text.text)
    groups = {hit.group for hit in tables.merchant.find(row.text.text)}
    return digits <= 2 and "not_name" not in groups


def _span(hit: PhraseHit) -> range:
    return range(hit.start, hit.end)


def _letters(text: str) -> int:
    """Return the number of letters; in scripts whose words have one or two characters each counts as two."""
    return sum(char.isalpha() for char in text) + len(DENSE.findall(text))


def _clean(row: ReceiptLine) -> str:
    """Return the line without punctuation at its ends, noise words and a registration number.

    Brackets may be closed on another line.
    """
    words = [word.text for word in row.line.words if word.confidence > 0.3 or len(word.text) > 3]
    text = re.sub(r"\s*\(?\b[A-Z]{0,3}\d{4,}[-/ ]?[A-Z]?\b\)?.*$", "", " ".join(words))
    return text.strip(MARKS)


def _without_open_brackets(name: str) -> str:
    """Remove unmatched brackets at the ends, and the text inside one that is not closed."""
    for opening, closing in PAIRS:
        if name.count(opening) > name.count(closing):
            before, _, behind = name.rpartition(opening)
            name = (before if _letters(before) >= _letters(behind) else behind).strip(MARKS)
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


def _score(row: ReceiptLine, place: int, usual: float, tables: Tables) -> float:
    text = fold(row.text.text)
    letters = _letters(text)
    length = sum(len(word.text) for word in row.line.words)
    confidence = sum(word.confidence * len(word.text) for word in row.line.words) / length
    groups = {hit.group for hit in tables.merchant.find(text)}
    score = 5.0 - 0.9 * place + 4.0 * (confidence - 0.7)
    score += min(2.5, 2.5 * (row.box.height / usual - 1.0))
    is_web = bool(web().search(text))
    if groups & {"company", "legal"} and not is_web:
        score += 3.0
    if "not_name" in groups:
        score -= 3.5
    score -= _figures(text, letters)
    if row.amounts or is_web:
        score -= 3.0
    if place and DENSE_PRICE.search(text):
        score -= 3.0
    if not groups & {"company", "legal"}:
        score -= _address(text, place, tables.lexicon)
    if letters < 4:
        score -= 2.0
    return score


def _figures(text: str, letters: int) -> float:
    """Return the penalty of a line with digits."""
    digits = sum(char.isdigit() for char in text)
    if digits > letters / 2:
        return 4.0
    return 1.0 if digits > 2 else 0.0


def _address(text: str, place: int, lexicon: Lexicon) -> float:
    """Return the penalty of a line that looks like part of an address, or a phone or registration number."""
    if postcode().search(text) or dense_address(lexicon).search(text):
        return 3.0
    if sum(map(str.isdigit, BRACKETED.sub("", text))) >= LONG_ID:
        return 3.0
    return 1.5 if place and HOUSE_NUMBER.search(text) else 0.0
