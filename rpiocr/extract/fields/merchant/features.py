"""What distinguishes the name of a shop from the other lines around it, as numbers for the ranker."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from statistics import median

from rpiocr.extract.fields.merchant.evidence import Evidence
from rpiocr.extract.fields.merchant.names import DENSE, letters_in
from rpiocr.extract.roles import ReceiptLine, Role
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.addresses import HOUSE_NUMBER, dense_address, postcode, web
from rpiocr.extract.text.amounts import fold
from rpiocr.extract.text.keywords import Tables
from rpiocr.extract.text.patterns import whole_words
from rpiocr.extract.text.phrases import plain, tokens
from rpiocr.extract.text.trigrams import script_of, share_of_usual

HEAD_LINES = 10
"""Number of lines at the top that are searched for the name; below are addresses, orders and items."""

DENSE_PRICE = re.compile(DENSE.pattern + r"[ \u2009]+[0-9]+$")
"""An item and its price in a currency without decimals: words for food are in the names of shops too."""

LONG_ID = 8
BRACKETED = re.compile(r"\(.*?(?:\)|$)")
"""A line with this many digits contains a phone number or an id, unless they are in brackets after a name."""

USUAL_CONFIDENCE = 0.7

SAME_HEIGHT = 0.98
"""Minimum height of a line, as a share of that of the tallest, that is as tall: boxes differ by a pixel."""

MOST_BESIDE_WEB = 2
"""Maximum number of words of a line that has an address of a website and no name: such as "www:" and the address."""

SHORT = 4
"""Names with fewer letters are short."""

SENTENCE_WORDS = 6
"""From so many words on a line is a sentence rather than a name."""

ENDED = re.compile(r"[!?]\W*$|\w+[ ,]+(?:\w+[ ,]+)*[a-z]{4,}\.$")
"""The end of a sentence: a mark that names do not have, or a full stop after a whole word in small letters."""

CLEAR = 0.5
"""Minimum confidence of a word that was read at all."""


LINE_KINDS = {
    "sentence": "is_sentence",
    "small": "is_small",
    "title": "is_title",
    "web": "is_web",
    "price": "is_price",
    "names_amount": "names_amount",
    "address": "is_address",
    "long_number": "is_long_number",
}
"""Features that are facts of single lines, with the names of these in LineFacts."""

MOST_DIGITS = 2
"""Maximum number of digits of most names."""


@dataclass(frozen=True, slots=True)
class Head:
    """The lines at the head of a receipt that have letters, and the usual height of its lines in pixels."""

    rows: tuple[ReceiptLine, ...]
    usual_px: float

    @classmethod
    def of(cls, rows: Sequence[ReceiptLine]) -> Head:
        """Take the head of all lines of a receipt."""
        legible = [row for row in rows if letters_in(row.text.text) >= 3]
        # Words without a height do not come from an engine, but from a caller of the library with lines of its own.
        usual = max(1.0, median(row.box.height for row in legible)) if legible else 1.0
        return cls(tuple(legible[:HEAD_LINES]), usual)

    def tall(self, rows: Sequence[ReceiptLine]) -> float:
        """Return by which share of the usual height lines are taller, within -0.5 and 1.5."""
        return max(-0.5, min(1.5, max(row.box.height for row in rows) / self.usual_px - 1.0))

    @property
    def tallest_px(self) -> float:
        """The height of the tallest line that has no amount."""
        return max((row.box.height for row in self.rows if not row.amounts), default=0.0)


class LineFacts:
    """What one line is by its text; computed when it is asked for."""

    def __init__(self, row: ReceiptLine, tables: Tables) -> None:
        self._row = row
        self._tables = tables
        self._text = fold(row.text.text)

    @cached_property
    def groups(self) -> frozenset[str]:
        """The groups of the words for names that the line has."""
        return frozenset(hit.group for hit in self._tables.merchant.find(self._text))

    @property
    def is_web(self) -> bool:
        """Whether the line has an address of a website or of mail."""
        return bool(web().search(self._text))

    @property
    def is_company(self) -> bool:
        """Whether the line has words of the names of companies, and is no address of a website."""
        return bool(self.groups & {"company", "legal"}) and not self.is_web

    @property
    def is_price(self) -> bool:
        """Whether the line has an amount."""
        return bool(self._row.amounts) or bool(DENSE_PRICE.search(self._text))

    @property
    def is_long_number(self) -> bool:
        """Whether the line has a number as long as those of telephones and registers."""
        return sum(map(str.isdigit, BRACKETED.sub("", self._text))) >= LONG_ID

    @cached_property
    def is_address(self) -> bool:
        """Whether the line looks like a part of an address."""
        if self.is_company:
            return False
        dense = dense_address(self._tables.lexicon)
        found = postcode().search(self._text) or dense.search(self._text) or HOUSE_NUMBER.search(self._text)
        return bool(found) or (self.digits > 0 and bool(_street(self._tables.lexicon).search(plain(self._text))))

    @property
    def ends_the_name(self) -> bool:
        """Whether names stand above such a line, not below it."""
        return self.is_address or self.is_long_number or self.is_price

    @property
    def is_generic(self) -> bool:
        """Whether all words are such as many shops have: "Restaurant & Bar"."""
        return self._consists_of("company")

    @property
    def is_form(self) -> bool:
        """Whether the line is a legal form with nothing before it."""
        return self._consists_of("legal")

    def _consists_of(self, group: str) -> bool:
        words = [word for word in tokens(self._text) if (len(word) > 1 or DENSE.match(word)) and not word.isdigit()]
        hits = [hit for hit in self._tables.merchant.find(self._text) if hit.group == group]
        return bool(words) and sum(hit.end - hit.start for hit in hits) >= len(words)

    @property
    def is_title(self) -> bool:
        """Whether all words are such as no name has: "TAX INVOICE"."""
        words = tokens(self._text)
        hits = [hit for hit in self._tables.merchant.find(self._text) if hit.group in ("not_name", "before_name")]
        return bool(words) and sum(hit.end - hit.start for hit in hits) >= len(words)

    @property
    def is_web_alone(self) -> bool:
        """Whether the line is an address of a website or of mail with little else."""
        return self.is_web and len(self._text.split()) <= MOST_BESIDE_WEB

    @property
    def digits(self) -> int:
        """The number of digits."""
        return sum(char.isdigit() for char in self._text)

    @property
    def letters(self) -> int:
        """The number of letters, see ``letters_in``."""
        return letters_in(self._text)

    @property
    def is_sentence(self) -> bool:
        """Whether the line is a sentence rather than a name, such as a slogan."""
        return bool(ENDED.search(self._text)) or len(tokens(self._text)) >= SENTENCE_WORDS

    @property
    def is_small(self) -> bool:
        """Whether several words have small letters alone: the middle of a sentence. A logo may be one such word."""
        return self._text.islower() and len(tokens(self._text)) > 1

    @property
    def names_amount(self) -> bool:
        """Whether words on the line name an amount or a payment: a total, a tax, cash, a card."""
        return self._row.role is not Role.NONE


def features_of(
    name: str, rows: Sequence[ReceiptLine], head: Head, evidence: Evidence, tables: Tables
) -> Mapping[str, float]:
    """Return the features of a name on lines of its own at the head, by their names; most are 0 or 1."""
    facts = [LineFacts(row, tables) for row in rows]
    return {
        **evident_features(name, rows, evidence),
        **_place_features(rows, head, tables),
        **_word_features(facts),
        **_joint_features(rows, facts),
        "cut": float(_is_cut(rows) or _goes_on_beside(rows, head, tables)),
    }


def _place_features(rows: Sequence[ReceiptLine], head: Head, tables: Tables) -> Mapping[str, float]:
    """Return where in the head a name stands, and how large."""
    place = head.rows.index(rows[0])
    height = max(row.box.height for row in rows)
    above = [LineFacts(row, tables) for row in head.rows[:place]]
    return {
        "place": (place + (len(rows) - 1) / 2) / HEAD_LINES,
        "first": float(place == 0),
        "tall": head.tall(rows),
        "tallest": float(height >= SAME_HEIGHT * head.tallest_px),
        "under_address": float(any(one.ends_the_name for one in above)),
    }


def _word_features(facts: Sequence[LineFacts]) -> Mapping[str, float]:
    """Return what the words and digits of the lines of a name are; 1 where one of the lines is so."""
    groups = frozenset[str]().union(*(one.groups for one in facts))
    letters, digits = sum(one.letters for one in facts), sum(one.digits for one in facts)
    kinds = {name: float(any(getattr(one, attribute) for one in facts)) for name, attribute in LINE_KINDS.items()}
    return {
        **kinds,
        "company": float("company" in groups and not facts[0].is_generic),
        "legal": float("legal" in groups),
        "not_name": float("not_name" in groups),
        "generic": float(facts[0].is_generic),
        "mostly_digits": float(digits > letters / 2),
        "digits": float(digits > MOST_DIGITS),
    }


def _joint_features(rows: Sequence[ReceiptLine], facts: Sequence[LineFacts]) -> Mapping[str, float]:
    """Return what speaks for and against lines being one name; nothing for a single line."""
    if len(rows) < 2:
        return {}
    last = facts[-1]
    has_end = "legal" in last.groups or last.is_generic
    are_two = facts[0].is_company and not (last.is_generic or last.is_form)
    return {
        "several": 1.0,
        "other_case": float(len({row.text.text.isupper() for row in rows}) > 1),
        "completed": float(has_end and not are_two),
        "two_names": float(has_end and are_two),
    }


def _goes_on_beside(rows: Sequence[ReceiptLine], head: Head, tables: Tables) -> bool:
    """Whether the line above or below is of the same name: it ends or begins with an "&", or is only a legal form."""
    place = head.rows.index(rows[0])
    above, below = head.rows[max(0, place - 1) : place], head.rows[place + len(rows) : place + len(rows) + 1]
    has_begun = any(row.text.text.rstrip().endswith("&") and letters_in(row.text.text) > 1 for row in above)
    has_more = any(row.text.text.lstrip().startswith("&") or LineFacts(row, tables).is_form for row in below)
    return has_begun or has_more


def _is_cut(rows: Sequence[ReceiptLine]) -> bool:
    """Whether a name begins or ends where it cannot: inside of brackets, or beside an "&"."""
    text = " ".join(row.text.text for row in rows).strip()
    return text.count("(") != text.count(")") or text.startswith("&") or text.endswith("&")


def evident_features(name: str, rows: Sequence[ReceiptLine], evidence: Evidence) -> Mapping[str, float]:
    """Return the features of a name wherever it stands: how well it was read, and what else names the shop so."""
    return {
        "heard": _confidence(rows) - USUAL_CONFIDENCE,
        "unread": _share_unread(rows),
        "odd": _oddness(name),
        "short": float(letters_in(name) < SHORT),
        "domain": evidence.of_domain(name, rows),
        "named": float(evidence.is_named(name)),
        "repeated": float(evidence.is_repeated(name)),
        "brand": evidence.brand_on(rows, name),
        "brand_elsewhere": evidence.brand_elsewhere(rows, name),
    }


def _confidence(rows: Iterable[ReceiptLine]) -> float:
    words = [word for row in rows for word in row.line.words]
    return sum(word.confidence * len(word.text) for word in words) / max(1, sum(len(word.text) for word in words))


def _share_unread(rows: Iterable[ReceiptLine]) -> float:
    words = [word for row in rows for word in row.line.words]
    unread = sum(len(word.text) for word in words if word.confidence < CLEAR)
    return unread / max(1, sum(len(word.text) for word in words))


@lru_cache(maxsize=4)
def _street(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(whole_words(map(plain, lexicon.address.street)))


@lru_cache(maxsize=2048)
def _oddness(name: str) -> float:
    """Return the share of the letters of a name that stand beside letters as in no other words: a misread logo."""
    words = [word for word in re.findall(r"[^\W\d_]{3,}", name) if all(map(script_of, word))]
    size = sum(map(len, words))
    return sum((1.0 - share_of_usual(word, 0, len(word))) * len(word) for word in words) / size if size else 0.0
