"""Finds which shop of the seller a receipt is from, by its number or its name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from rpiocr.extract.fields.seller.lines import (
    MARKS,
    foot_of,
    has_price,
    head_of,
    holds,
    is_number_of,
    is_of_another,
    phrases,
    text_of,
)
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.phrases import plain
from rpiocr.extract.text.scripts import is_dense
from rpiocr.model import Box

NUMBER = re.compile(r"[\W_]{0,3}[A-Z]{0,3}-?\d[\w/-]{0,7}(?![\w/-]|[.,:]\d)")
"""The number of a shop behind a word for it."""

NAMED = re.compile(r"\W{0,2}: ?(?P<name>[^\W_][^:]{2,39})$")
"""The name of a shop behind a word for it and a colon."""

BEHIND_NAME = re.compile(r"#[ ]?\d[\d-]{0,9}\b")
"""The number of a shop behind the name of the merchant."""

NAME_AND_NUMBER = re.compile(r"[^\W\d_][^\d:#]{2,20} #\d{2,6}")
"""A line in the head that is the name of a shop and its number."""

FIRST = re.compile(r"(?:^|\d)\W*$")
"""Before a word for a shop is nothing, or the number of something else."""

MAX_WORDS = 4
MAX_DENSE = 14
"""Maximum number of words of a branch's name, and of its characters in scripts without spaces."""


def find_branch(rows: Sequence[ReceiptLine], lexicon: Lexicon, names: Sequence[Box]) -> str | None:
    """Return the branch as it is printed, with the word for it; ``names`` are the boxes of the merchant's name."""
    head, foot = ([row for row in part if not has_price(row)] for part in (head_of(rows), foot_of(rows)))
    in_head = (one for row in head for one in (*_behind_word(row, lexicon), *_name_on(row, lexicon, names)))
    in_foot = (one for row in foot for one in _behind_word(row, lexicon))
    return next(chain(in_head, in_foot), None)


def _behind_word(row: ReceiptLine, lexicon: Lexicon) -> Iterator[str]:
    """Yield the numbers and names behind words for a shop, which no other word precedes."""
    text = text_of(row)
    folded = plain(text)
    short = {plain(word) for word in lexicon.branch.short}
    for hit in phrases((*lexicon.branch.before, *lexicon.branch.short)).finditer(folded):
        is_short = hit.group() in short
        number = NUMBER.match(text, hit.end())
        if is_of_another(row, lexicon) or FIRST.search(text[: hit.start()]) is None:
            continue
        if number and not (is_short and text[number.end() :].strip(MARKS)):
            yield _cleaned(text[hit.start() : number.end()])
        elif named := None if is_short else NAMED.match(text, hit.end()):
            yield _cleaned(named["name"])


def _name_on(row: ReceiptLine, lexicon: Lexicon, names: Sequence[Box]) -> Iterator[str]:
    """Yield the name of a shop, or its number, on a line of the head without a word before it."""
    text = text_of(row)
    folded = plain(text)
    if is_of_another(row, lexicon):
        return
    if NAME_AND_NUMBER.fullmatch(text.strip(MARKS)) and not is_number_of(folded, lexicon):
        yield _cleaned(text)
    elif not holds(row, names):
        yield from _before_word(text, folded, lexicon)
    elif found := BEHIND_NAME.search(text):
        yield _cleaned(found.group())
    else:
        yield from _last_of_name(text, lexicon)


def _before_word(text: str, folded: str, lexicon: Lexicon) -> Iterator[str]:
    """Yield a line that is the name of a branch with a word for it at the end."""
    hits = phrases(lexicon.branch.behind).finditer(folded)
    hit = next((one for one in hits if not text[one.end() :].strip(MARKS)), None)
    if hit is None or not text[: hit.start()].strip(MARKS):
        return
    if is_dense(text):
        yield from _last_of_name(text, lexicon)
    elif len(text.split()) <= MAX_WORDS and ":" not in text and not any(map(str.isdigit, text)):
        yield _cleaned(text)


def _last_of_name(text: str, lexicon: Lexicon) -> Iterator[str]:
    """Yield the last word of a line in a script without spaces, if it ends with a word for a branch."""
    words = text.strip(MARKS).split()
    if len(words) < 2 or not is_dense(words[-1]) or len(words[-1]) > MAX_DENSE:
        return
    if words[-1].endswith(lexicon.branch.behind) and len(words[-1]) > 2:
        yield words[-1]


def _cleaned(text: str) -> str:
    return " ".join(text.split()).strip(MARKS.replace("#", ""))
