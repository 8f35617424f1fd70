"""Full-text search: builds conditions from user input that both databases answer from their index of words."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NoReturn

from sqlalchemy import ColumnElement, Integer, String, column, func, literal, literal_column, select, table, text

from rpiocr.errors import ExitCode, RpiocrError
from rpiocr.store.tables import ITEMS, RECEIPTS

WORDS = table("receipt_words", column("rowid", Integer), column("receipt_words", String))
"""The full-text table of SQLite."""

ITEM_WORDS = table("item_words", column("rowid", Integer), column("item_words", String))
"""The full-text table of the descriptions of items of SQLite."""

OF_ITEM = "item:"

ITEM_TERM = re.compile(rf'(?<!\S){OF_ITEM}(?:"([^"]*)"|(\S+))')
"""A word, or words in quotes, that the description of an item has to contain."""

LAST_PART = re.compile(r"(.*?)([^\W_]+)[\W_]*", re.DOTALL)

MAX_WORDS = 50
MAX_WORD_LENGTH = 100
"""Maximum length of a word; a longer one is found by its beginning."""


class NothingToFindError(RpiocrError):
    """A search contains no word."""

    code = "nothing_to_find"
    exit_code = ExitCode.USAGE


@dataclass(frozen=True, slots=True)
class Sought:
    """What a search looks for: words anywhere on a receipt, and texts that descriptions of its items contain."""

    words: str
    items: tuple[str, ...]


def sought(given: str) -> Sought:
    """Separate item:milk and item:"oat milk" from the other words of a search; raises NothingToFindError."""
    items = tuple(quoted or word for quoted, word in ITEM_TERM.findall(given))
    if len(items) > MAX_WORDS:
        message = f"a search takes at most {MAX_WORDS} items, not {len(items)}"
        raise NothingToFindError(message)
    words = ITEM_TERM.sub(" ", given)
    return Sought(words if _has_word(words) or not items else "", items)


def joined(arguments: Iterable[str]) -> str:
    """Return the arguments of a search as one text, with the quotes that the shell took away from item:"oat milk"."""
    return " ".join(
        f'{OF_ITEM}"{one.removeprefix(OF_ITEM)}"' if one.startswith(OF_ITEM) and '"' not in one else one
        for one in arguments
    )


def holding_item(given: str, *, sqlite: bool) -> ColumnElement[bool]:
    """Build the condition that an item of a receipt has the adjacent words of ``given``; raises NothingToFindError."""
    return RECEIPTS.c.id.in_(select(ITEMS.c.receipt_id).where(item_holds(given, sqlite=sqlite)))


def item_holds(given: str, *, sqlite: bool) -> ColumnElement[bool]:
    """Build the condition that the description of an item has the adjacent words of ``given``, see ``holding``."""
    word, prefix = _term(" ".join(given.replace('"', " ").split())) or _nothing()
    if sqlite:
        matches = ITEM_WORDS.c.item_words.op("MATCH", is_comparison=True)(_in_fts5(word, prefix=prefix))
        return ITEMS.c.id.in_(select(ITEM_WORDS.c.rowid).where(matches))
    phrase = _phrase(word, prefix=prefix, weight="")
    return literal_column("items.words").op("@@", is_comparison=True)(phrase)


def holding(given: str, *, sqlite: bool, merchant: bool = False) -> ColumnElement[bool]:
    """Build the condition that a receipt, or its merchant's name, contains all words of ``given``.

    A word that ends with * matches all words with that beginning. Raises NothingToFindError if there is no word.
    """
    if not sqlite:
        return _in_postgresql(given, merchant=merchant)
    return RECEIPTS.c.id.in_(select(WORDS.c.rowid).where(in_sqlite(given, merchant=merchant)))


def in_sqlite(given: str, *, merchant: bool = False) -> ColumnElement[bool]:
    """Build the condition on the full-text table."""
    phrases = (_in_fts5(word, prefix=prefix) for word, prefix in _words(given))
    query = " AND ".join(f"merchant : {phrase}" if merchant else phrase for phrase in phrases)
    return WORDS.c.receipt_words.op("MATCH", is_comparison=True)(query)


def _in_fts5(word: str, *, prefix: bool) -> str:
    """Return a phrase of FTS5, which has no operators inside quotes: it is split in the same way as the text."""
    return f'"{word}"' + (" *" if prefix else "")


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
    pieces = given.replace("\0", " ").replace('"', " ").split()
    words = [term for piece in pieces if (term := _term(piece))]
    if len(words) > MAX_WORDS:
        message = f"a search takes at most {MAX_WORDS} words, not {len(words)}"
        raise NothingToFindError(message)
    return words or _nothing()


def _term(piece: str) -> tuple[str, bool] | None:
    """Return what to search for, and whether it is only the beginning; None if there is no word in it."""
    plain = piece.replace("\0", " ").encode("utf-8", "replace").decode("utf-8")
    if not _has_word(plain):
        return None
    return plain.rstrip("*")[:MAX_WORD_LENGTH], plain.endswith("*") or len(plain) > MAX_WORD_LENGTH


def _nothing() -> NoReturn:
    message = "there is no word to search for; give words, or the beginning of one with a *"
    raise NothingToFindError(message)


def _has_word(piece: str) -> bool:
    return any(char.isalnum() for char in piece)
