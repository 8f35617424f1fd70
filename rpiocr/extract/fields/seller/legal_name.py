"""Finds the legal name of the seller: that of a company with its legal form, or of the owner."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain

from rpiocr.extract.fields.seller.lines import MARKS, foot_of, has_price, head_of, is_of_another, phrases, text_of
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.text.addresses import web
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.phrases import PIECE, plain

SHORTEST, SHORT_FORM = 1, 3
"""Number of letters of a legal form, and up to which it is also a word, a unit or a name of many languages.

In the foot, where sentences are, such a short one does not count."""

NO_NAME = re.compile(r"\d\W*$|[-/]$|^\W*\w{1,2}\W*$")
"""Before a short legal form is no number and no hyphen, and more than two letters."""

LONGEST_SHORTENED = 4
"""Number of letters up to which a legal form before a name is an abbreviation, which is written in capitals."""

MIN_MISREAD = 6
"""Minimum number of letters of a legal form of several words that may be misread: Sdn Bhd, Pte Ltd."""

MAX_WORDS = 10
MOST_WORDS_SMALL = 4
MAX_LINES = 3
"""Maximum number of words of a legal name, of one that begins with a small letter, and of the lines that it is on."""

MIN_HEADINGS = 3
"""Minimum number of words for columns of a heading: one may be a part of a name."""

DIGITS_IN_NAME = 3
"""Maximum number of digits of a name: 99 Speed Mart, Century 21."""

REGISTRATION = re.compile(r"\s*(?:[(\[]|\b(?:[A-Z]{0,3}-?)?\d{4,}).*$")
NOISE = re.compile(r"^[^\w(\"«„“「『]+$|\d[^\w.-]+\d")
"""A word at the beginning that is none: marks alone, or numbers around a mark."""

OUTER = MARKS.replace('"', "")
"""Marks that no name begins or ends with; a part of one may be in quotation marks."""

BETWEEN_FORMS = re.compile(r"[^\w(]*(?:\(\w{1,8}\)\W*|[^()]*)")

OWNER = re.compile(r"[^\W\d_][\w.'-]*(?: [^\W\d_][\w.'-]*){1,3}")


def find_legal_name(rows: Sequence[ReceiptLine], tables: Tables, merchant: str = "") -> str | None:
    """Return the first name with a legal form in the head of a receipt, else in its foot; None if there is none.

    ``merchant`` is the name that was found over several lines, if it was.
    """
    in_head, in_foot = _names_in(head_of(rows), tables, SHORTEST), _names_in(foot_of(rows), tables, SHORT_FORM + 1)
    found = next(chain(in_head, in_foot), None)
    company = tables.lexicon.company
    is_plain = phrases((*company.owner, *company.trading_as)).search(plain(merchant)) is None
    return merchant if found and is_plain and _is_end(found, merchant) else found


def _is_end(name: str, longer: str) -> bool:
    """Return whether a longer name ends with this one."""
    return len(longer) > len(name) and plain(longer).rstrip(MARKS).endswith(plain(name).rstrip(MARKS))


def _names_in(rows: Sequence[ReceiptLine], tables: Tables, shortest: int) -> Iterator[str]:
    company = tables.lexicon.company
    for place, row in enumerate(rows):
        beside = rows[max(0, place - 1) : place + 1]
        if has_price(row) or any(is_of_another(one, tables.lexicon) for one in beside):
            continue
        text = _without_former(text_of(row), company.former)
        if web().search(text) or _is_heading(text, tables):
            continue
        name = (
            _before_name(rows, place, text, tables)
            or _with_form(rows, place, _with_form_restored(text, tables), tables, shortest)
            or _owner(text, tables)
        )
        if name and _is_name(name):
            yield name


def _is_heading(text: str, tables: Tables) -> bool:
    """Return whether a line is the heading of a table of items."""
    return len(phrases(tables.lexicon.items.heading).findall(plain(text))) >= MIN_HEADINGS


def _without_former(text: str, former: tuple[str, ...]) -> str:
    hit = phrases(former).search(plain(text))
    return text[: hit.start()].rstrip(" (") if hit else text


def _with_form(rows: Sequence[ReceiptLine], place: int, text: str, tables: Tables, shortest: int) -> str | None:
    """Return the name that ends with a legal form on a line; it may have begun on a line above."""
    company = tables.lexicon.company
    hits = [hit for hit in phrases(company.form).finditer(plain(text)) if _is_form(hit, text, tables, shortest)]
    if not hits:
        return None
    last = _last_of(hits, text)
    end = last.end()
    before = [one.end() for one in phrases((*company.owner, *company.trading_as)).finditer(plain(text[:end]))]
    start = before[-1] if before and before[-1] < hits[-1].start() else 0
    name, bare = text[start:end], text[start : last.start()]
    whole = name if start else _begun_above(rows, place, name, bare)
    return _cleaned(whole, text[end:]) if whole and (_letters(bare) >= 2 or whole != name) else None


def _begun_above(rows: Sequence[ReceiptLine], place: int, name: str, bare: str) -> str:
    """Return a name with the lines above on which it begins; ``bare`` is what is before its legal form."""
    for first in range(place - 1, max(-1, place - MAX_LINES), -1):
        if not _needs_more(name, bare) or not _can_begin(rows[first], rows[first + 1]):
            break
        bare = text_of(rows[first])
        name = f"{bare} {name}"
    return name


def _last_of(hits: Sequence[re.Match[str]], text: str) -> re.Match[str]:
    """Return the last of the legal forms of one name: between two is nothing but a short part in brackets."""
    last = hits[0]
    for hit in hits[1:]:
        if not BETWEEN_FORMS.fullmatch(text[last.end() : hit.start()]):
            break
        last = hit
    return last


def _needs_more(name: str, bare: str) -> bool:
    """Return whether a name is only a legal form, or begins within brackets."""
    return _letters(bare) < 2 or name.count(")") > name.count("(") or name.lstrip().startswith("(")


def _can_begin(row: ReceiptLine, below: ReceiptLine) -> bool:
    text = text_of(row)
    digits = sum(map(str.isdigit, text))
    is_near = below.box.top - row.box.bottom <= max(row.box.height, below.box.height)
    return is_near and not has_price(row) and digits <= DIGITS_IN_NAME and not web().search(text) and ":" not in text


def _is_form(hit: re.Match[str], text: str, tables: Tables, shortest: int) -> bool:
    """Return whether a legal form is one: short ones are written large or with full stops, and in a language shown."""
    written = text[hit.start() : hit.end()]
    letters = [char for char in written if char.isalpha()]
    if len(letters) > SHORT_FORM or not written.isascii():
        return True
    before, behind = text[: hit.start()], text[hit.end() :]
    names_number = _names_number(tables.lexicon.tax_number.number).match(plain(text), hit.end())
    if len(letters) < shortest or NO_NAME.search(before) or names_number:
        return False
    found = {(one.group, one.likeness == 1.0) for one in tables.merchant.find(text)}
    if any(group == "not_name" for group, _ in found):
        return False
    is_marked = "." in f"{written}{behind[:1]}" or "/" in written
    return is_marked or (letters[0].isupper() and (("legal", True) in found or _is_last(written, before, behind)))


def _is_last(written: str, before: str, behind: str) -> bool:
    """Return whether what is written large ends a line that is not."""
    return written.isupper() and not behind.strip(MARKS) and not before.isupper()


@lru_cache(maxsize=4)
def _names_number(words: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of a word for "number" behind what looks like a legal form: Co. No., Co. Reg."""
    return re.compile(rf"\W{{0,3}}{any_of(map(plain, words))}(?![^\W\d_])")


def _with_form_restored(text: str, tables: Tables) -> str:
    """Return a text whose legal form of several words has a letter or two misread with that form as it is written."""
    if not text.isascii():
        return text
    for hit in tables.merchant.find(text):
        is_long = " " in hit.phrase and len(hit.phrase) > MIN_MISREAD and hit.phrase in tables.lexicon.company.form
        if hit.group == "legal" and is_long and hit.likeness < 1.0:
            places = [piece.span() for piece in PIECE.finditer(text)]
            start, end = places[hit.start][0], places[hit.end - 1][1]
            form = hit.phrase.upper() if text[start:end].isupper() else hit.phrase.title()
            return f"{text[:start]}{form}{text[end:]}"
    return text


def _before_name(rows: Sequence[ReceiptLine], place: int, text: str, tables: Tables) -> str | None:
    """Return a name that begins with its legal form."""
    hit = phrases(tables.lexicon.company.form_before).match(plain(text).lstrip(MARKS))
    if hit is None:
        return None
    begin = len(text) - len(text.lstrip(MARKS))
    written = text[begin : begin + hit.end()]
    if len(written) <= LONGEST_SHORTENED and written.lower() != written.upper() and not written.isupper():
        return None
    rest = text[begin + hit.end() :]
    if _letters(rest) < 2 and place + 1 < len(rows):
        rest = f" {text_of(rows[place + 1])}"
    name = REGISTRATION.sub("", rest)
    return _cleaned(f"{written}{name}", "") if _letters(name) >= 2 else None


def _owner(text: str, tables: Tables) -> str | None:
    """Return the owner of a shop that is no company: one of two to four names behind a word for it."""
    hit = phrases(tables.lexicon.company.owner).search(plain(text))
    if hit is None:
        return None
    name = text[hit.end() :].strip(MARKS)
    words = name.split()
    return name if OWNER.fullmatch(name) and all(word[0].isupper() for word in words if len(word) > 3) else None


def _cleaned(name: str, behind: str) -> str:
    """Return a name without marks at its ends; a full stop directly behind it belongs to it."""
    words = name.rpartition(":")[2].split()
    while len(words) > 1 and NOISE.search(words[0]):
        del words[0]
    cleaned = " ".join(words).strip(OUTER)
    return f"{cleaned}." if behind.startswith(".") else cleaned


def _is_name(name: str) -> bool:
    """Return whether a text may be a name: it is short, and shorter if it begins with a small letter."""
    digits = sum(map(str.isdigit, name))
    first = next((char for char in name if char.isalpha()), "")
    balanced = unicodedata.normalize("NFKC", name)
    if balanced.count("(") != balanced.count(")"):
        return False
    most = MOST_WORDS_SMALL if first.islower() else MAX_WORDS
    return len(name.split()) <= most and digits <= DIGITS_IN_NAME


def _letters(text: str) -> int:
    return sum(char.isalpha() for char in text)
