"""The merchant's name, from position, size and shape of the text and the words of company names."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from statistics import median

from rpiocr.extract.rows import Row
from rpiocr.extract.tables.confusables import sign
from rpiocr.extract.tables.countries import countries
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import fold
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.patterns import any_of, split_by_script
from rpiocr.extract.text.phrases import PhraseHit, tokens
from rpiocr.model import Box, Candidate, Kind, Provenance

HEAD_ROWS = 10
"""The name stands among the first lines; what is further down is an address, an order or an item."""

MOST_LINES = 4
"""A name takes at most so many lines."""

MARKS = " .,:;*-_=~'\"|#·•・★☆◆◇■□●○※＊　"
PAIRS = tuple(map(tuple, ("()", "[]", "{}", "<>", "（）", "【】", "〈〉", "《》")))
"""Brackets that belong together."""

QUOTES = {'"': '"', "«": "»", "„": "“", "「": "」", "『": "』"}
"""Opening marks with their closing ones: a name in quotes behind the form of its company keeps both."""

DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Kana, Han and Hangul: two of them are a name."""

DENSE_PRICE = re.compile(DENSE.pattern + r"[ \u2009]+[0-9]+$")
"""A thing and its price where money has no decimals: its kind of food is in the names of shops as well."""

HOUSE_NUMBER = re.compile(r"[^\W\d_]{4,}\.?,? \d{1,4} ?[a-zA-Z]?(?:[/-]\d{1,3}[a-zA-Z]?)?,?$")
COMMON_DOMAINS = ("com", "net", "org", "info", "shop", "eu")
DOTTED = re.compile(r"(?<!\w)\w{1,2}(?:\.\w{1,2})+$")
"""A form of companies that is written with full stops, the last one included: S.p.A., s.r.o."""

ABBREVIATED = re.compile(r"[^\W\d_][.,]? [^\W\d_]{2,4}$")
"""A name whose last word is as short as Inc., Bhd. or Lda."""

LONG_ID = 8
BRACKETED = re.compile(r"\(.*?(?:\)|$)")
"""A line with so many digits holds a phone number or an id, unless they stand in brackets behind a name."""

SAME_PRINT = 0.15
"""Heights of lines in the same print differ by less than this share."""

HEAD = Provenance(Kind.HEAD)

WHOLE_NAME = 1.0
"""What a name over several lines scores more than its best line: the parts are right only together."""


@cache
def _web() -> re.Pattern[str]:
    domains = any_of((*COMMON_DOMAINS, *(country.domain for country in countries().values() if country.domain)))
    return re.compile(rf"www|https?|@|[a-z0-9-]{{4,}}\.{domains}\b", re.IGNORECASE)


@cache
def _postcode() -> re.Pattern[str]:
    """The postcodes of all countries, beside their town or alone."""
    known = [country.postcodes for country in countries().values()]
    before = "|".join(dict.fromkeys(one.before_town for one in known if one.before_town))
    behind = "|".join(dict.fromkeys(one.behind_town for one in known if one.behind_town))
    alone = "|".join(dict.fromkeys(one.alone for one in known if one.alone))
    return re.compile(rf"^\W*(?:[A-Z]{{1,2}}-)?(?:{before})[ ,] ?[^\W\d_]{{2,}}|{alone}|(?:{behind})\W*$")


@lru_cache(maxsize=4)
def _dense_address(lexicon: Lexicon) -> re.Pattern[str]:
    """A number in an address of a script without spaces between words."""
    before = any_of(lexicon.address.before_number)
    spaced, dense = split_by_script(lexicon.address.behind_number)
    return re.compile(rf"{before}.{{0,8}}[0-9]|[0-9][ -]?(?:{any_of(dense)}|{any_of(spaced)}\b)")


@lru_cache(maxsize=4)
def _noughts(lexicon: Lexicon) -> Mapping[str, re.Pattern[str]]:
    """Forms of companies in round letters, some of them taken for noughts, in front of a Cyrillic name."""
    return {
        form: re.compile(rf"^[{sign('round')}]{{{len(form)}}}(?=[\W_]+[\u0400-\u04ff])")
        for form in lexicon.company.round_form
    }


def find_merchants(rows: Sequence[Row], tables: Tables) -> tuple[Candidate[str], ...]:
    """Return lines that could be the merchant's name, best first; a name over several lines is put together."""
    legible = [row for row in rows if _letters(row.text.text) >= 3]
    if not legible:
        return ()
    # Words without a height come from no engine of ours, but from whoever calls the library with lines of its own.
    usual = max(1.0, median(row.box.height for row in legible))
    head = legible[:HEAD_ROWS]
    candidates = []
    for place, row in enumerate(head):
        candidates.append(_candidate([row], _score(row, place, usual, tables)))
        if place and (_continues(head[place - 1], row, tables) or (place == 1 and _is_form(head[0], row, tables))):
            first = place - 1
            while first and place - first + 1 < MOST_LINES and _continues(head[first - 1], head[first], tables):
                first -= 1
            parts = head[first : place + 1]
            best = max(_score(part, first + index, usual, tables) for index, part in enumerate(parts))
            candidates.append(_candidate(parts, best + WHOLE_NAME))
    named = (candidate for candidate in candidates if _letters(candidate.value) >= 3 or len(candidate.value) >= 3)
    return tuple(sorted(named, key=lambda candidate: (-candidate.score, -len(candidate.value))))


def _candidate(rows: Sequence[Row], score: float) -> Candidate[str]:
    confidence = min(word.confidence for row in rows for word in row.line.words)
    box = Box.around([row.box for row in rows])
    raw = " ".join(row.text.text for row in rows)
    name = _closed(_without_open_brackets(" ".join(filter(None, map(_clean, rows))).strip(MARKS)))
    for form, misread in _noughts(rows[0].lexicon).items():
        name = misread.sub(form, name)
    if (DOTTED.search(name) or ABBREVIATED.search(name)) and f"{name}." in raw:
        name += "."
    return Candidate(name, raw, box, confidence, HEAD, score)


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
    rest = sum(len(word) > 2 for i, word in enumerate(words) if i not in forms)
    return bool(forms) and (0 in forms or bracket or rest == 0 or (rest == 1 and _set_alike(above, row, tables)))


def _set_alike(above: Row, row: Row, tables: Tables) -> bool:
    """Tell whether a line is printed like the one above, under its middle, which is not a whole name by itself."""
    height = max(above.box.height, row.box.height)
    level = abs(above.box.middle[0] - row.box.middle[0]) < height
    complete = any(hit.group in ("legal", "company") for hit in tables.merchant.find(above.text.text))
    words = len(tokens(above.text.text))
    return level and not complete and words > 0 and abs(above.box.height - row.box.height) < SAME_PRINT * height


def _is_form(first: Row, row: Row, tables: Tables) -> bool:
    """Tell whether the first line holds only a form of companies, which stands before the name outside of Latin script.

    In Latin letters it is the rest of a name that was lost.
    """
    if all(char.isascii() for char in first.text.text if char.isalpha()):
        return False
    words = tokens(first.text.text)
    forms = {i for hit in tables.merchant.find(first.text.text) if hit.group == "legal" for i in _span(hit)}
    beside = row.box.top - first.box.bottom <= row.box.height
    return beside and bool(words) and len(forms) == len(words) and _could_be_name(row, tables)


def _could_be_name(row: Row, tables: Tables) -> bool:
    digits = sum(char.isdigit() for char in row.text.text)
    groups = {hit.group for hit in tables.merchant.find(row.text.text)}
    return digits <= 2 and "not_name" not in groups


def _span(hit: PhraseHit) -> range:
    return range(hit.start, hit.end)


def _letters(text: str) -> int:
    """Count letters; one of a script that writes words in one or two characters counts as two."""
    return sum(char.isalpha() for char in text) + len(DENSE.findall(text))


def _clean(row: Row) -> str:
    """The line without marks at its ends, words of noise and a registration number; brackets may close on another."""
    words = [word.text for word in row.line.words if word.confidence > 0.3 or len(word.text) > 3]
    text = re.sub(r"\s*\(?\b[A-Z]{0,3}\d{4,}[-/ ]?[A-Z]?\b\)?.*$", "", " ".join(words))
    return text.strip(MARKS)


def _without_open_brackets(name: str) -> str:
    """Take away brackets at the ends that close nothing, and what stands in one that is not closed."""
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
    """Put the closing mark back behind a name in quotes, of which the end was cleaned away."""
    opening = next((mark for mark in QUOTES if mark in name), None)
    if opening is None:
        return name
    closing = QUOTES[opening]
    closed = name.count(opening) % 2 == 0 if closing == opening else closing in name
    return name if closed else name + closing


def _score(row: Row, place: int, usual: float, tables: Tables) -> float:
    text = fold(row.text.text)
    letters, digits = _letters(text), sum(char.isdigit() for char in text)
    confidence = sum(word.confidence * len(word.text) for word in row.line.words) / sum(
        len(word.text) for word in row.line.words
    )
    groups = {hit.group for hit in tables.merchant.find(text)}
    score = 5.0 - 0.9 * place + 4.0 * (confidence - 0.7)
    score += min(2.5, 2.5 * (row.box.height / usual - 1.0))
    is_web = bool(_web().search(text))
    if groups & {"company", "legal"} and not is_web:
        score += 3.0
    if "not_name" in groups:
        score -= 3.5
    if digits > letters / 2:
        score -= 4.0
    elif digits > 2:
        score -= 1.0
    if row.amounts or is_web:
        score -= 3.0
    if place and DENSE_PRICE.search(text):
        score -= 3.0
    if not groups & {"company", "legal"}:
        score -= _address(text, place, tables.lexicon)
    if letters < 4:
        score -= 2.0
    return score


def _address(text: str, place: int, lexicon: Lexicon) -> float:
    """Return what a line loses that looks like a part of an address, or like a number of a phone or a register."""
    if _postcode().search(text) or _dense_address(lexicon).search(text):
        return 3.0
    if sum(map(str.isdigit, BRACKETED.sub("", text))) >= LONG_ID:
        return 3.0
    return 1.5 if place and HOUSE_NUMBER.search(text) else 0.0
