"""Maps payments and items to the accounts of a ledger, and makes texts safe for its lines."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from rpiocr.errors import OptionError
from rpiocr.export.record import Record
from rpiocr.sanitize.text import one_line

MAX_TEXT_BYTES = 500
"""Maximum bytes of a text in a ledger, several of which share a line: ledger reads lines of up to 4,095."""

MAX_FILE_BYTES = 3_000
"""Maximum bytes of a file name, which has a line of its own."""

ELLIPSIS = " … "

SPACE = frozenset(("Cc", "Zl", "Zp", "Zs"))
"""Categories of characters replaced by spaces: whitespace and control characters, which may end a line."""

OF_ITEM = "item:"
"""Begins the option of an account for items."""

WORD = re.compile(r"[^\W_]+")

METHODS = ("cash", "card", "mobile", "voucher", "transfer", "mixed")

LEDGER_NAME = re.compile(r"[^\W\d_][\w.&'-]*( [\w.&'-]+)*(:\w[\w.&'-]*( [\w.&'-]+)*)*")
BEANCOUNT_NAME = re.compile(r"[A-Z][A-Za-z0-9-]*(:[^\W_a-z][^\W_]*(-[^\W_]+)*-?)+")


@dataclass(frozen=True, slots=True)
class ItemAccount:
    """The account for items whose description has these adjacent ``words``.

    With ``is_prefix`` the last one may be the beginning of a longer word.
    """

    words: tuple[str, ...]
    is_prefix: bool
    name: str

    @property
    def length(self) -> int:
        """The number of characters that have to match."""
        return sum(map(len, self.words))

    def fits(self, description: Sequence[str]) -> bool:
        """Return whether the words of a description have those of this account."""
        size = len(self.words)
        return any(self._is_at(description[at : at + size]) for at in range(len(description) - size + 1))

    def _is_at(self, words: Sequence[str]) -> bool:
        *head, last = self.words
        fits_last = words[-1].startswith(last) if self.is_prefix else words[-1] == last
        return fits_last and list(words[:-1]) == head


@dataclass(frozen=True, slots=True)
class Accounts:
    """Account names; ``by_method`` has those to pay from, ``cash`` is for all other payments.

    ``by_item`` has those of items, ``expenses`` is for everything else that was bought.
    """

    expenses: str = "Expenses:Receipts"
    cash: str = "Assets:Cash"
    by_method: Mapping[str, str] = field(default_factory=dict)
    by_item: tuple[ItemAccount, ...] = ()

    def paid_from(self, record: Record) -> str:
        """Return the account for the payment of a receipt."""
        return self.by_method.get(record.payment_method or "", self.cash)

    def of_item(self, description: str) -> str | None:
        """Return the account of an item, by the longest match, the first of equal ones; None if none matches."""
        words = words_of(description)
        fitting = (one for one in self.by_item if one.fits(words))
        found = max(fitting, key=lambda one: one.length, default=None)
        return found.name if found else None

    @property
    def all(self) -> tuple[str, ...]:
        """Return all distinct names."""
        of_items = (one.name for one in self.by_item)
        return tuple(dict.fromkeys((self.expenses, self.cash, *self.by_method.values(), *of_items)))


def words_of(text: str) -> tuple[str, ...]:
    """Return the words of a text in lower case without accents, as the search compares them."""
    parts = unicodedata.normalize("NFKD", text)
    return tuple(WORD.findall("".join(part for part in parts if not unicodedata.combining(part)).casefold()))


def require_names(names: Iterable[str], shape: re.Pattern[str], example: str) -> None:
    """Raise OptionError for a name that the accounting program would reject."""
    for name in names:
        if not shape.fullmatch(name):
            message = f"{name!r} is not a valid account name; give one such as {example}"
            raise OptionError(message)


def by_method(given: Iterable[str]) -> Mapping[str, str]:
    """Parse the METHOD=ACCOUNT options among those given; raises OptionError for anything but item:WORDS=ACCOUNT."""
    found = {}
    for one in given:
        method, _, account = one.partition("=")
        if method.startswith(OF_ITEM):
            continue
        if method not in METHODS or not account:
            message = (
                f"{one!r} is not METHOD=ACCOUNT or {OF_ITEM}WORDS=ACCOUNT; METHOD may be {', '.join(METHODS)},"
                " WORDS are those of the description of an item"
            )
            raise OptionError(message)
        found[method] = account
    return found


def by_item(given: Iterable[str]) -> tuple[ItemAccount, ...]:
    """Parse the item:WORDS=ACCOUNT options among those given; raises OptionError if one lacks words or account."""
    return tuple(_item_account(one) for one in given if one.startswith(OF_ITEM))


def _item_account(given: str) -> ItemAccount:
    text, _, name = given.removeprefix(OF_ITEM).partition("=")
    words = words_of(text)
    if not words or not name:
        message = f"{given!r} is not {OF_ITEM}WORDS=ACCOUNT; give words of the description of an item, and an account"
        raise OptionError(message)
    return ItemAccount(words, text.endswith("*"), name)


def on_one_line(text: str, max_bytes: int) -> str:
    """Return text on one line with single spaces, without control characters, and with invalid UTF-8 escaped.

    Text of more than ``max_bytes`` in UTF-8 is shortened in the middle.
    """
    spaced = "".join(" " if unicodedata.category(char) in SPACE else char for char in text)
    plain = one_line(" ".join(spaced.split()))
    data = plain.encode("utf-8")
    if len(data) <= max_bytes:
        return plain
    half = (max_bytes - len(ELLIPSIS.encode())) // 2
    return data[:half].decode("utf-8", "ignore") + ELLIPSIS + data[-half:].decode("utf-8", "ignore")
