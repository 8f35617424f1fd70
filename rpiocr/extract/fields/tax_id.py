"""Finds tax and company numbers by their label or by a format that no other number has, checked by python-stdnum."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from itertools import product
from typing import Any

from rpiocr.extract.bounds import MAX_TAX_IDS
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.confusables import Use, look_alikes
from rpiocr.extract.tables.countries import countries
from rpiocr.extract.tables.files import country_facts, document_facts
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import LineText
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.phrases import Labels, plain
from rpiocr.model import Candidate, Kind, Provenance, TaxId
from rpiocr.model.provenance import CHECK_DIGITS, FORM, MENDED

AGREEING, UNCHECKED, FAULTY = 10.0, 6.0, 1.0
"""Scores. One pass with valid check digits outweighs all others: few misread numbers are valid by coincidence."""

MAX_PIECES = 6
"""Maximum number of groups in which a number is printed."""

MIN_DIGITS = 5
"""Minimum number of digits of a tax number; lines with fewer are skipped."""

LOOK_ALIKES = look_alikes(Use.TAX_NUMBER)
MAX_CORRECTED = 2
"""Maximum number of corrected characters: of the many numbers with more, one may be valid by coincidence."""

MAX_AMBIGUOUS = 8
"""Maximum number of characters with look-alikes, for the same reason."""

PIECE = r"[A-Z0-9|!]++"
RUN = re.compile(PIECE + r"(?:[ \u2009]?[-./]?[ \u2009]?" + PIECE + r"){0,7}+")
AMOUNT = re.compile(r"(?<![0-9.,])[0-9]{1,5}[.,][0-9]{2}(?![0-9.,])")

MARKS = re.compile(r"[ \u2009.:;#°№=*_()\[\]-]{0,6}(?:[^\W\d_]{1,14}[ .:-]+){0,2}(?=[0-9])")
"""What may be printed between label and number: up to two words, such as the location of a register or tax office."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """One kind of number of one country, or of several without one; documents.toml describes its keys.

    ``money`` is the currency of the country, which decides between countries that share words and forms.
    """

    kind: str
    country: str
    forms: tuple[str, ...]
    check: str | None
    digits: bool
    part: re.Pattern[str]
    money: str | None
    alone: tuple[re.Pattern[str], ...]

    def without_tax_name(self, number: str) -> str:
        """Return the number to report for a text that fits a format: the text may end with the name of the tax."""
        match = self.part.search(number)
        return match.group() if match else number

    def checks(self, number: str) -> bool | None:
        """Return whether format and check digits are valid, ``None`` if there is no rule."""
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
    """A possible number in a text: its kind, its start and end, and whether characters were replaced."""

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
    """All schemes, and those that each phrase names, as the number itself or as the tax."""

    schemes: tuple[Scheme, ...]
    labels: Labels
    words: Mapping[str, tuple[Scheme, ...]]
    taxes: Mapping[str, tuple[Scheme, ...]]


def _entries() -> list[tuple[str, Mapping[str, Any]]]:
    """Return the kinds of numbers in the order in which they are tried, each after its country, empty for several.

    The order decides between countries if words, form and currency do not.
    """
    shared = [("", entry) for entry in document_facts()["tax_id"]]
    own = [(code, entry) for code, facts in country_facts().items() for entry in facts.get("tax_id", ())]
    return sorted([*shared, *own], key=lambda one: one[1].get("last", False))


@cache
def _book() -> _Book:
    words: dict[str, list[Scheme]] = {}
    taxes: dict[str, list[Scheme]] = {}
    schemes = []
    for country, entry in _entries():
        scheme = Scheme(
            entry["kind"],
            country,
            tuple(entry["forms"]),
            entry.get("check"),
            entry.get("digits", True),
            re.compile(entry.get("part", ".+")),
            countries()[country].currency if country else None,
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


def find_tax_ids(rows: Sequence[ReceiptLine], currency: str | None) -> tuple[Candidate[TaxId], ...]:
    """Return the tax numbers of a page, top to bottom, each once; ``currency`` decides between countries.

    A labelled number is returned even if its check digits are invalid; one without a label only if they are valid.
    Misread characters are corrected if that makes the check digits valid in one way only.
    """
    best: dict[str, Candidate[TaxId]] = {}
    texts = [plain(row.text.text).upper() for row in rows]
    for index, row in enumerate(rows):
        if _digits(texts[index]) + (_digits(texts[index + 1]) if index + 1 < len(rows) else 0) < MIN_DIGITS:
            continue
        below = rows[index + 1] if index + 1 < len(rows) else None
        for candidate in (*_next_to_labels(row, below, currency), *_alone(row.text, texts[index])):
            known = best.get(candidate.value.number)
            if known is None or candidate.score > known.score:
                best[candidate.value.number] = candidate
    return tuple(best.values())[:MAX_TAX_IDS]


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


def _next_to_labels(row: ReceiptLine, below: ReceiptLine | None, currency: str | None) -> Iterator[Candidate[TaxId]]:
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
        if guess is None and below is not None and not _digits(text[start:]) and _is_below(row, below, found.start):
            guess = _read_whole(plain(below.text.text).upper(), schemes, currency)
            line = below.text
        if guess and (guess.valid or tail or guess.scheme in named):
            yield _candidate(guess, line, Provenance(Kind.LABEL, found.phrase))


@lru_cache(maxsize=4)
def _of_number(lexicon: Lexicon) -> re.Pattern[str]:
    return re.compile(rf"(?:[\W_]{{0,3}}{any_of(lexicon.tax_number.number)}(?![^\W\d_]))+")


def _is_below(row: ReceiptLine, below: ReceiptLine, at: int) -> bool:
    label = row.text.box(at, len(row.text.text))
    near = below.box.top - row.box.bottom < 1.5 * max(row.box.height, below.box.height)
    return near and below.box.left < label.right and label.left < below.box.right


def _read(text: str, start: int, schemes: Sequence[Scheme], currency: str | None) -> _Guess | None:
    """Read the number that begins at ``start``, after punctuation; ``text`` is plain and upper case."""
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
    for count in range(min(len(pieces), MAX_PIECES), 0, -1):
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
                    _Guess(scheme, mended, *span, valid=True, mended=True) for mended in _correct(number, form, scheme)
                )


def _best_guess(guesses: Iterator[_Guess], currency: str | None) -> _Guess | None:
    """Choose a number: one that is valid as read, then one with a single valid correction, then the number as read.

    A number that fits a format as read is not corrected to fit the format of another kind.
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


def _correct(number: str, form: str, scheme: Scheme) -> Iterator[str]:
    """Yield the number with look-alike characters replaced, if its check digits are valid then.

    Characters that do not fit the format are replaced; one that fits only if all others fit.
    """
    if not scheme.digits or scheme.check is None:
        return
    wrong = [place for place, char in enumerate(number) if not _may_be(char, form[place])]
    others = [_others(char, wanted) for char, wanted in zip(number, form, strict=True)]
    if not _is_correctable(wrong, others):
        return
    ways = product(*(others[place] for place in wrong))
    changes = [dict(zip(wrong, way, strict=True)) for way in ways] if wrong else _each(others)
    for change in changes:
        mended = "".join(change.get(place, char) for place, char in enumerate(number))
        if scheme.checks(mended):
            yield mended


def _is_correctable(wrong: Sequence[int], others: Sequence[Sequence[str]]) -> bool:
    """Return whether few characters do not fit, all of them have look-alikes that do, and few are ambiguous."""
    if len(wrong) > MAX_CORRECTED or any(not others[place] for place in wrong):
        return False
    return sum(len(found) > (place in wrong) for place, found in enumerate(others)) <= MAX_AMBIGUOUS


def _others(char: str, wanted: str) -> list[str]:
    """Return the characters that fit the format and may have been misread as this one."""
    return [other for other in LOOK_ALIKES.get(char, "") if _may_be(other, wanted)]


def _each(others: Sequence[Sequence[str]]) -> list[dict[int, str]]:
    """Yield every replacement of one character."""
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
    agrees = CHECK_DIGITS if scheme.digits else FORM
    checks = ((agrees,) if guess.valid else ()) + ((MENDED,) if guess.mended else ())
    return Candidate(
        _tax_id(guess),
        line.text[guess.start : guess.end],
        line.box(guess.start, guess.end),
        line.confidence(guess.start, guess.end),
        provenance,
        guess.score,
        corrected=guess.mended,
        checks=checks,
    )


def tax_id_of(number: str, country: str | None) -> TaxId | None:
    """Return a number without separators that is known to be a tax or company number of ``country``.

    None if it is in no form of that country, or in the common one of the European Union.
    """
    fitting = (
        _Guess(scheme, number, 0, len(number), scheme.checks(number), mended=False)
        for scheme in _book().schemes
        if scheme.country in ("", country) and any(_fits_all(number, form) for form in scheme.forms)
    )
    best = max(fitting, key=lambda guess: guess.score, default=None)
    return _tax_id(best) if best else None


def _fits_all(number: str, form: str) -> bool:
    return len(number) == len(form) and _fits(number, form)


def _tax_id(guess: _Guess) -> TaxId:
    scheme = guess.scheme
    country = scheme.country or {"EL": "GR", "XI": "GB"}.get(guess.number[:2], guess.number[:2])
    return TaxId(scheme.kind, country, scheme.without_tax_name(guess.number), guess.valid)
