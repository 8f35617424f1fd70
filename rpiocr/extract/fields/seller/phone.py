"""Finds the telephone number of the seller."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain

from rpiocr.extract.fields.seller.lines import (
    MARKS,
    foot_of,
    has_price,
    head_of,
    holds,
    is_of_another,
    is_of_customer,
    phrases,
    text_of,
)
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.phrases import LOOKS_LIKE, plain
from rpiocr.model import Box

MIN_DIGITS, MAX_DIGITS = 6, 15
"""Number of digits of a telephone number; the maximum is that of E.164."""

NUMBER = re.compile(r"[+(]{0,2}\d[\d ()./–-]{4,24}\d(?!\w|[.:,]\d)")
CUT = re.compile(r"[^\w,/]?[A-Za-z]{0,2}\d|-[A-Za-z]")
"""Behind a number, one of whose digits was read as a letter, or is one: 1-300-80-SHOP."""

UNMISTAKABLE = re.compile(
    r"(?<![\w-])(?:\+ ?\d{1,3}[ ./-]?(?:\(0?\d{1,4}\)[ ./-]?|\d{1,4}[ ./-]){1,4}\d{2,8}"
    r"|\(0?\d{2,4}\) ?\d{3,4}[ .-]?\d{3,4}|\d{3}([-.])\d{3}\1\d{4})(?![\w-])"
)
"""A number in a form that needs no label: international, with the area in brackets, or as in North America."""

ALONE = re.compile(r"\d{3}[-. ]\d{3}[-. ]\d{4}|0[1-9]\d{0,3} ?[-/ ] ?\d{3,8}(?:[ -]\d{2,5}){0,3}(?: ?/ ?\d{2,4})?")
"""A number that needs no label on a line of its own."""

TOLL_FREE = re.compile(r"\D*(?:1\D?)?\D?0?8(?:00|33|44|55|66|77|88)|\D*1[38]00")
"""The number of a hotline: at the foot of a receipt often that of a survey, or of whoever processes payments."""

DATE = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?!\d)|(?:19|20)\d{2}([./-])\d{1,2}\2\d{1,2}(?!\d)")


def find_phone(rows: Sequence[ReceiptLine], lexicon: Lexicon, numbers: Sequence[Box]) -> str | None:
    """Return the first telephone number with a label, else one in the form of one, as printed with usual spaces.

    The head is searched first, then the foot, there with a label only. ``numbers`` are the boxes of tax numbers.
    """
    head = list(_own(head_of(rows), lexicon, numbers))
    foot = _own(foot_of(rows), lexicon, numbers)
    in_head = (*_each(head, _labelled, lexicon), *_each(head, _unlabelled, lexicon))
    in_foot = (number for number in _each(foot, _labelled, lexicon) if not TOLL_FREE.match(number))
    return next(chain(in_head, in_foot), None)


def _each(
    rows: Iterable[ReceiptLine], find: Callable[[ReceiptLine, Lexicon], Iterator[str]], lexicon: Lexicon
) -> Iterator[str]:
    return (number for row in rows for number in find(row, lexicon))


def _own(rows: Sequence[ReceiptLine], lexicon: Lexicon, numbers: Sequence[Box]) -> Iterator[ReceiptLine]:
    """Yield the lines before one that names a customer, without those of other companies and of tax numbers."""
    for row in rows:
        if is_of_customer(row, lexicon):
            return
        if not is_of_another(row, lexicon) and not has_price(row) and not holds(row, numbers):
            yield row


@lru_cache(maxsize=4)
def _behind_label(number: tuple[str, ...]) -> re.Pattern[str]:
    """Return the pattern of what is between a label and its number: marks, and a word for "number"."""
    return re.compile(
        rf"(?:[\W_]{{0,3}}(?:{any_of(map(plain, number))})(?![^\W\d_]))?[\s.:;#=*|/&)-]{{0,5}}(?=[+(]{{0,2}}\d)"
    )


def _labels(lexicon: Lexicon) -> re.Pattern[str]:
    known = lexicon.address
    return phrases(_misread((*known.phone, *known.fax)))


def _misread(words: tuple[str, ...]) -> tuple[str, ...]:
    """Return words with one character for all that it is misread as: Te1. is Tel."""
    return tuple(dict.fromkeys(plain(word).translate(LOOKS_LIKE) for word in words))


def _labelled(row: ReceiptLine, lexicon: Lexicon) -> Iterator[str]:
    """Yield the numbers behind words for a telephone; "Tel/Fax" counts as one."""
    text = text_of(row)
    is_fax = phrases(_misread(lexicon.address.fax))
    names_phone = False
    behind = _behind_label(lexicon.tax_number.number)
    for hit in _labels(lexicon).finditer(plain(text).translate(LOOKS_LIKE)):
        is_phone = not is_fax.fullmatch(hit.group())
        gap = behind.match(plain(text), hit.end())
        number = NUMBER.match(text, gap.end()) if gap else None
        if number is None:
            names_phone = is_phone and re.match(r"\W{0,3}$|[ /&.:]{1,3}\w", text[hit.end() :]) is not None
            continue
        if (is_phone or names_phone) and not CUT.match(text, number.end()) and (written := _number(number.group())):
            yield written
        names_phone = False


def _unlabelled(row: ReceiptLine, lexicon: Lexicon) -> Iterator[str]:
    """Yield the numbers on a line without a word for a fax that can only be those of a telephone."""
    text = text_of(row).strip(MARKS.replace("(", ""))
    found = ALONE.fullmatch(text) or UNMISTAKABLE.search(text)
    if found and not _labels(lexicon).search(plain(text).translate(LOOKS_LIKE)) and (written := _number(found.group())):
        yield written


def _number(text: str) -> str | None:
    """Return a number as printed, with usual spaces; None if it cannot be one; of two the first."""
    written = " ".join(text.split()).rstrip(" (-./")
    digits = sum(map(str.isdigit, written))
    if digits > MAX_DIGITS and "/" in written:
        return _number(written.partition("/")[0])
    if not MIN_DIGITS <= digits <= MAX_DIGITS or DATE.fullmatch(written):
        return None
    return written if written.count("(") == written.count(")") else written.replace("(", "").replace(")", "")


def before_numbers(row: ReceiptLine, lexicon: Lexicon) -> int:
    """Return how much of a line is before its first telephone number, or the word for it."""
    text = text_of(row)
    behind, folded = _behind_label(lexicon.tax_number.number), plain(text)
    labels = (
        hit.start()
        for hit in _labels(lexicon).finditer(folded.translate(LOOKS_LIKE))
        if behind.match(folded, hit.end())
    )
    numbers = (match.start() for match in UNMISTAKABLE.finditer(text))
    return min((*labels, *numbers), default=len(text))
