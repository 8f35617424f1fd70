"""Tax and company numbers, beside their words or by a form that no other number has, checked by python-stdnum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from itertools import product
from typing import Any

from rpiocr.extract.bounds import MOST_TAX_IDS
from rpiocr.extract.rows import Row
from rpiocr.extract.tables.confusables import Use, look_alikes
from rpiocr.extract.tables.files import document_facts
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import LineText
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.phrases import Labels, plain
from rpiocr.model import Candidate, Kind, Provenance, TaxId
from rpiocr.model.provenance import CHECK_DIGITS, FORM, MENDED

AGREEING, UNCHECKED, FAULTY = 10.0, 6.0, 1.0
"""Scores. One pass whose check digits agree outweighs all others: few misread numbers agree by chance."""

MOST_PIECES = 6
"""A number is printed in at most so many groups."""

LEAST_DIGITS = 5
"""No tax number has fewer: a row without as many is not looked at."""

LOOK_ALIKES = look_alikes(Use.TAX_NUMBER)
MOST_MENDED = 2
"""More misread characters than this leave too many numbers of which one may agree by chance."""

MOST_OPEN = 8
"""And so do more characters than this that have others that look like them."""

PIECE = r"[A-Z0-9|!]++"
RUN = re.compile(PIECE + r"(?:[ \u2009]?[-./]?[ \u2009]?" + PIECE + r"){0,7}+")
AMOUNT = re.compile(r"(?<![0-9.,])[0-9]{1,5}[.,][0-9]{2}(?![0-9.,])")

MARKS = re.compile(r"[ \u2009.:;#°№=*_()\[\]-]{0,6}(?:[^\W\d_]{1,14}[ .:-]+){0,2}(?=[0-9])")
"""What may stand between the words and the number: up to two words, such as the place of a register or tax office."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of number of one country; see documents.toml."""

    kind: str
    country: str
    forms: tuple[str, ...]
    check: str | None
    digits: bool
    part: re.Pattern[str]
    money: str | None
    alone: tuple[re.Pattern[str], ...]

    def told(self, number: str) -> str:
        """Return what is told of a number that fits a form: it may carry the name of the tax behind it."""
        match = self.part.search(number)
        return match.group() if match else number

    def checks(self, number: str) -> bool | None:
        """Tell whether form and check digits agree, ``None`` where there is no rule."""
        if self.check is None:
            return None
        rule: Any = import_module(f"stdnum.{self.check}")
        match = self.part.search(number)
        if match is None or not rule.is_valid(match[self.part.groups]):
            return False
        return self.check != "kr.brn" or korean_digit(number[:9]) == number[9]


def korean_digit(start: str) -> str:
    """Return the check digit for the first nine digits of a Korean business number, which python-stdnum does not know.

    The rule of the National Tax Service: weighted sum modulo 10, and the tens of the last product added.
    """
    products = [int(digit) * weight for digit, weight in zip(start, (1, 3, 7, 1, 3, 7, 1, 3, 5), strict=True)]
    return str(-(sum(products) + products[-1] // 10) % 10)


@dataclass(frozen=True, slots=True)
class _Guess:
    """A number that a text may hold: as which kind, from and to where, and whether characters were replaced."""

    scheme: Scheme
    number: str
    start: int
    end: int
    valid: bool | None
    mended: bool

    @property
    def score(self) -> float:
        return FAULTY if self.valid is False else UNCHECKED if self.valid is None else AGREEING


@dataclass(frozen=True, slots=True)
class _Book:
    """All schemes, and which of them each phrase names: as the number itself, or as the tax."""

    schemes: tuple[Scheme, ...]
    labels: Labels
    words: Mapping[str, tuple[Scheme, ...]]
    taxes: Mapping[str, tuple[Scheme, ...]]


@cache
def _book() -> _Book:
    words: dict[str, list[Scheme]] = {}
    taxes: dict[str, list[Scheme]] = {}
    schemes = []
    for entry in document_facts()["tax_id"]:
        scheme = Scheme(
            entry["kind"],
            entry["country"],
            tuple(entry["forms"]),
            entry.get("check"),
            entry.get("digits", True),
            re.compile(entry.get("part", ".+")),
            entry.get("money"),
            tuple(
                re.compile(rf"(?<![A-Z0-9])(?<![0-9][-./])(?:{form})(?![A-Z0-9]|[ .-]?[0-9])")
                for form in entry.get("alone", ())
            ),
        )
        schemes.append(scheme)
        for phrases, known in ((entry["words"], words), (entry.get("taxes", ()), taxes)):
            for phrase in phrases:
                known.setdefault(phrase, []).append(scheme)
    return _Book(
        tuple(schemes),
        Labels([*words, *taxes]),
        {phrase: tuple(found) for phrase, found in words.items()},
        {phrase: tuple(found) for phrase, found in taxes.items()},
    )


def find_tax_ids(rows: Sequence[Row], currency: str | None) -> tuple[Candidate[TaxId], ...]:
    """Return the tax numbers of a page, from top to bottom, each once; ``currency`` decides what countries share.

    A number beside its word is returned even where its check digits do not agree; one without a word only where
    they do. Misread characters are mended where that makes the check digits agree in one way only.
    """
    best: dict[str, Candidate[TaxId]] = {}
    texts = [plain(row.text.text).upper() for row in rows]
    for index, row in enumerate(rows):
        if _digits(texts[index]) + (_digits(texts[index + 1]) if index + 1 < len(rows) else 0) < LEAST_DIGITS:
            continue
        below = rows[index + 1] if index + 1 < len(rows) else None
        for candidate in (*_beside_words(row, below, currency), *_alone(row.text, texts[index])):
            known = best.get(candidate.value.number)
            if known is None or candidate.score > known.score:
                best[candidate.value.number] = candidate
    return tuple(best.values())[:MOST_TAX_IDS]


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _beside_words(row: Row, below: Row | None, currency: str | None) -> Iterator[Candidate[TaxId]]:
    text = plain(row.text.text)
    book = _book()
    for found in book.labels.find(text):
        tail = _of_number(row.lexicon).match(text, found.end)
        named = book.words.get(found.phrase, ())
        taxed = book.taxes.get(found.phrase, ())
        schemes = (*named, *(one for one in taxed if one not in named))
        start = tail.end() if tail else found.end
        guess = _read(text.upper(), start, schemes, currency)
        line = row.text
        if guess is None and below is not None and not _digits(text[start:]) and _stands_under(row, below, found.start):
            guess = _read_whole(plain(below.text.text).upper(), schemes, currency)
            line = below.text
        if guess and (guess.valid or tail or guess.scheme in named):
            yield _candidate(guess, line, Provenance(Kind.LABEL, found.phrase))


@lru_cache(maxsize=4)
def _of_number(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"(?:[\W_]{{0,3}}{any_of(lexicon.tax_number.number)}(?![^\W\d_]))+")


def _stands_under(row: Row, below: Row, at: int) -> bool:
    label = row.text.box(at, len(row.text.text))
    near = below.box.top - row.box.bottom < 1.5 * max(row.box.height, below.box.height)
    return near and below.box.left < label.right and label.left < below.box.right


def _read(text: str, start: int, schemes: Sequence[Scheme], currency: str | None) -> _Guess | None:
    """Read the number that begins at ``start``, after marks; ``text`` is plain and upper case."""
    marks = MARKS.match(text, start)
    for begin in dict.fromkeys((_skip_marks(text, start), marks.end() if marks else start)):
        run = RUN.match(text, begin)
        if run is None:
            continue
        money = AMOUNT.search(text, run.start(), run.end())
        pieces = list(re.finditer(PIECE, text[: money.start() if money else run.end()][run.start() :]))
        guess = _best_guess(_guesses(pieces, run.start(), schemes), currency)
        if guess:
            return guess
    return None


def _skip_marks(text: str, start: int) -> int:
    while start < len(text) and not text[start].isalnum() and text[start] not in "|!":
        start += 1
    return start


def _read_whole(text: str, schemes: Sequence[Scheme], currency: str | None) -> _Guess | None:
    guess = _read(text, 0, schemes, currency)
    return guess if guess and not any(char.isalnum() for char in text[guess.end :]) else None


def _guesses(pieces: Sequence[re.Match[str]], offset: int, schemes: Sequence[Scheme]) -> Iterator[_Guess]:
    for count in range(min(len(pieces), MOST_PIECES), 0, -1):
        number = "".join(piece.group() for piece in pieces[:count])
        span = pieces[0].start() + offset, pieces[count - 1].end() + offset
        for scheme in schemes:
            for form in scheme.forms:
                if len(form) != len(number):
                    continue
                if _fits(number, form):
                    valid = scheme.checks(number)
                    yield _Guess(scheme, number, *span, valid, mended=False)
                    if valid is not False:
                        continue
                yield from (
                    _Guess(scheme, mended, *span, valid=True, mended=True) for mended in _mend(number, form, scheme)
                )


def _best_guess(guesses: Iterator[_Guess], currency: str | None) -> _Guess | None:
    """Choose: what agrees as read, then what agrees in one way of mending only, then the number as it stands.

    What fits a form as read is not mended to fit the form of another kind.
    """
    whole = list(guesses)

    def near(guess: _Guess) -> tuple[bool, int]:
        return guess.scheme.money == currency, len(guess.number)

    read = [guess for guess in whole if not guess.mended]
    agreeing = [guess for guess in read if guess.valid]
    mended = [guess for guess in whole if guess.mended]
    if agreeing:
        return max(agreeing, key=near)
    fitting = {guess.scheme for guess in read}
    if len({guess.number for guess in mended}) == 1 and fitting <= {guess.scheme for guess in mended}:
        return max(mended, key=near)
    return max(read, key=lambda guess: (guess.valid is None, *near(guess)), default=None)


def _fits(number: str, form: str) -> bool:
    return all(_may_be(char, wanted) for char, wanted in zip(number, form, strict=True))


def _may_be(char: str, wanted: str) -> bool:
    match wanted:
        case "d":
            return "0" <= char <= "9"
        case "l":
            return "A" <= char <= "Z"
        case "a":
            return "0" <= char <= "9" or "A" <= char <= "Z"
        case _:
            return char == wanted


def _mend(number: str, form: str, scheme: Scheme) -> Iterator[str]:
    """Yield what the number would be with look-alike characters replaced, where its check digits then agree.

    Characters that do not fit the form are replaced, one that does only where all others fit.
    """
    if not scheme.digits or scheme.check is None:
        return
    wrong = [place for place, char in enumerate(number) if not _may_be(char, form[place])]
    others = [_others(char, wanted) for char, wanted in zip(number, form, strict=True)]
    if len(wrong) > MOST_MENDED or any(not others[place] for place in wrong):
        return
    if sum(len(found) > (place in wrong) for place, found in enumerate(others)) > MOST_OPEN:
        return
    ways = product(*(others[place] for place in wrong))
    changes = [dict(zip(wrong, way, strict=True)) for way in ways] if wrong else _each(others)
    for change in changes:
        mended = "".join(change.get(place, char) for place, char in enumerate(number))
        if scheme.checks(mended):
            yield mended


def _others(char: str, wanted: str) -> list[str]:
    """What a character may have been misread from that fits the form."""
    return [other for other in LOOK_ALIKES.get(char, "") if _may_be(other, wanted)]


def _each(others: Sequence[Sequence[str]]) -> list[dict[int, str]]:
    """Every change of one character."""
    return [{place: other} for place, found in enumerate(others) for other in found]


def _alone(line: LineText, text: str) -> Iterator[Candidate[TaxId]]:
    if _digits(text) < 7:
        return
    for scheme in _book().schemes:
        for form in scheme.alone:
            for match in form.finditer(text):
                number = re.sub(r"[^A-Z0-9]", "", match.group())
                if scheme.checks(number):
                    guess = _Guess(scheme, number, *match.span(), valid=True, mended=False)
                    yield _candidate(guess, line, Provenance(Kind.FORM))


def _candidate(guess: _Guess, line: LineText, provenance: Provenance) -> Candidate[TaxId]:
    scheme = guess.scheme
    country = scheme.country or {"EL": "GR", "XI": "GB"}.get(guess.number[:2], guess.number[:2])
    agrees = CHECK_DIGITS if scheme.digits else FORM
    checks = ((agrees,) if guess.valid else ()) + ((MENDED,) if guess.mended else ())
    return Candidate(
        TaxId(scheme.kind, country, scheme.told(guess.number), guess.valid),
        line.text[guess.start : guess.end],
        line.box(guess.start, guess.end),
        line.confidence(guess.start, guess.end),
        provenance,
        guess.score,
        corrected=guess.mended,
        checks=checks,
    )
