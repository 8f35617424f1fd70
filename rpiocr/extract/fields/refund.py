"""Finds whether a receipt is a refund: its titles, and the sign that they give to the total."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from rpiocr.extract.roles import TOTALS, ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.scripts import IS_LONE
from rpiocr.model import Candidate
from rpiocr.model.provenance import MAYBE_REFUND, REFUND


def signed(candidate: Candidate[Decimal], titles: Mapping[Decimal | None, bool]) -> Candidate[Decimal]:
    """Make amounts negative if a heading clearly marks a refund; ``titles`` are those of ``refund_titles``."""
    if candidate.value <= 0:
        return candidate
    said = [titles[amount] for amount in (None, candidate.value) if amount in titles]
    if any(said):
        return replace(candidate, value=-candidate.value, checks=(*candidate.checks, REFUND))
    return replace(candidate, checks=(*candidate.checks, MAYBE_REFUND)) if said else candidate


@lru_cache(maxsize=4)
def _unfinished(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of the end of a line that the next one continues.

    It is a negation and at most two more words ("No. 379086879" is not a negation), or a word that ends no line.
    """
    words = lexicon.sentence
    denied = rf"(?:{any_of(words.negation_or_number)}(?!\s*[.:#])|{any_of(words.negation)})\b(?:\W+[^\W\d]+){{0,2}}"
    return re.compile(rf"\b(?:{denied}|{any_of(words.goes_on)})\W*$", re.IGNORECASE)


def _ends_sentence(above: ReceiptLine | None, row: ReceiptLine) -> bool:
    """Return whether a line is the end of a sentence such as "no cash refund." rather than a heading."""
    if row.text.text.rstrip().endswith("."):
        return True
    return above is not None and bool(_unfinished(row.lexicon).search(above.text.text))


def refund_titles(rows: Sequence[ReceiptLine]) -> dict[Decimal | None, bool]:
    """Return, by amount, whether a credit-note heading is certain; None is the key of a heading without an amount.

    Only amounts that may be the total are included. "No refund without receipt" and the like are on nearly every second
    receipt and mean nothing; a word for refund next to another amount than the total is an item returned within a
    purchase.
    """
    titles: dict[Decimal | None, bool] = {}
    below = False
    for above, row, under in zip((None, *rows), rows, (*rows[1:], None), strict=False):
        if _may_be_title(above, row) and not (under and "policy" in under.groups and below):
            # A heading without an amount may have been given that of the line below it.
            amounts = [amount for amount in row.amounts if amount.box.meets(row.box)]
            if _has_only_refund_words(row) or (_is_short(row) and not amounts and not below):
                amount = abs(amounts[-1].value) if amounts else None
                titles[amount] = titles.get(amount, False) or _is_certain_title(row, below=below)
        below = below or row.role in TOTALS
    return titles


def _may_be_title(above: ReceiptLine | None, row: ReceiptLine) -> bool:
    return bool(row.refund_words) and "policy" not in row.groups and not _ends_sentence(above, row)


TITLE_WORDS = 4
"""Maximum number of words of a heading above the total that is missing in the tables: COMPROVANTE DE DEVOLUCAO."""


def _has_only_refund_words(row: ReceiptLine) -> bool:
    words, syllables = _sizes(row)
    return row.refund_words >= words + syllables


def _is_short(row: ReceiptLine) -> bool:
    words, syllables = _sizes(row)
    return words + syllables / SYLLABLES <= TITLE_WORDS


SYLLABLES = 2
"""Approximate number of ideographs, kana or syllables per word."""


def _sizes(row: ReceiptLine) -> tuple[int, int]:
    """Return the numbers of words and of single-character tokens; stars or crosses around a heading are neither."""
    texts = [word.text.casefold() for word in row.line.words]
    texts = [text for text in texts if len(text) == 1 or len({char for char in text if char.isalpha()}) > 1]
    syllables = sum(len(IS_LONE.findall(text)) for text in texts)
    letters = ({char for char in text if char.isalpha() and not IS_LONE.match(char)} for text in texts)
    return sum(1 for distinct in letters if len(distinct) > 1), syllables


NUMBERS = re.compile(r"[0-9].*[0-9].*[0-9]")


def _is_certain_title(row: ReceiptLine, *, below: bool) -> bool:
    """Return whether a line is a heading: not "refunds until", wrapped before the date, ``below`` the total."""
    until = below and not row.amounts and NUMBERS.search(row.text.text)
    return row.refund_sure and _has_only_refund_words(row) and not until
