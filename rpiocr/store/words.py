"""Full-text search: builds conditions from user input that both databases answer from their index of words."""

from __future__ import annotations

import functools
import re

from sqlalchemy import ColumnElement, Integer, String, column, func, literal, literal_column, select, table, text

from rpiocr.errors import ExitCode, RpiocrError
from rpiocr.store.tables import RECEIPTS

WORDS = table("receipt_words", column("rowid", Integer), column("receipt_words", String))
"""The full-text table of SQLite."""

LAST_PART = re.compile(r"(.*?)([^\W_]+)[\W_]*", re.DOTALL)

MAX_WORDS = 50
MAX_WORD_LENGTH = 100
"""Maximum length of a word; a longer one is found by its beginning."""


class NothingToFindError(RpiocrError):
    """A search contains no word."""

    code = "nothing_to_find"
    exit_code = ExitCode.USAGE


def holding(given: str, *, sqlite: bool, merchant: bool = False) -> ColumnElement[bool]:
    """Build the condition that a receipt, or its merchant's name, contains all words of ``given``.

    A word that ends with * matches all words with that beginning. Raises NothingToFindError if there is no word.
    """
    if not sqlite:
        return _in_postgresql(given, merchant=merchant)
    return RECEIPTS.c.id.in_(select(WORDS.c.rowid).where(in_sqlite(given, merchant=merchant)))


def in_sqlite(given: str, *, merchant: bool = False) -> ColumnElement[bool]:
    """Build the condition on the full-text table."""
    # Inside quotes there are no operators: FTS5 tokenizes the phrase in the same way as the text.
    phrases = (f'"{word}"' + (" *" if prefix else "") for word, prefix in _words(given))
    query = " AND ".join(f"merchant : {phrase}" if merchant else phrase for phrase in phrases)
    return WORDS.c.receipt_words.op("MATCH", is_comparison=True)(query)


def _in_postgresql(given: str, *, merchant: bool) -> ColumnElement[bool]:
    phrases = [_phrase(word, prefix=prefix, weight="A" if merchant else "") for word, prefix in _words(given)]
    query = functools.reduce(lambda one, other: one.op("&&")(other), phrases)
    return literal_column("receipts.words").op("@@", is_comparison=True)(query)


def _phrase(word: str, *, prefix: bool, weight: str) -> ColumnElement[str]:
    """Build a query for adjacent parts of a word; a weight, or a prefix match, applies to the last part."""
    if not prefix and not weight:
        return func.phraseto_tsquery(text("'simple'"), func.rpiocr_plain(word))
    split = LAST_PART.fullmatch(word)
    head, tail = (split[1], split[2]) if split else ("", word)
    quoted = literal("'").concat(func.rpiocr_plain(tail)).concat(f"':{weight}{'*' if prefix else ''}")
    last = func.to_tsquery(text("'simple'"), quoted)
    if not _has_word(head):
        return last
    return func.phraseto_tsquery(text("'simple'"), func.rpiocr_plain(head)).op("<->")(last)


def _words(given: str) -> list[tuple[str, bool]]:
    """Split at whitespace; yields each word without quotes, and whether it ended with a star."""
    words = []
    for piece in given.replace("\0", " ").replace('"', " ").split():
        plain = piece.encode("utf-8", "replace").decode("utf-8")
        if _has_word(plain):
            words.append((plain.rstrip("*")[:MAX_WORD_LENGTH], plain.endswith("*") or len(plain) > MAX_WORD_LENGTH))
    if len(words) > MAX_WORDS:
        message = f"a search takes at most {MAX_WORDS} words, not {len(words)}"
        raise NothingToFindError(message)
    if not words:
        message = "there is no word to search for; give words, or the beginning of one with a *"
        raise NothingToFindError(message)
    return words


def _has_word(piece: str) -> bool:
    return any(char.isalnum() for char in piece)
