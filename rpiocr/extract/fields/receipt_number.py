"""Finds the number of the receipt, next to its label."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from rpiocr.extract.fields.payment import is_card_number
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.countries import InvoiceNumber, countries
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import LineText
from rpiocr.extract.text.patterns import any_of
from rpiocr.extract.text.phrases import LabelHit, Labels, plain
from rpiocr.model import Candidate, Kind, Provenance, TaxId

SCORES = {"whole": 10.0, "receipt": 10.0, "check": 8.0, "transaction": 6.0}
UNNAMED = 0.6
"""Weight of a number next to such a label without a word for "number"."""

BARE = 2.0
"""Score of a number next to only a word for "number"."""

BELOW = 0.8
"""Weight of a number below its label."""

MIN_UNLABELLED, LEAST_BARE = 3, 4
"""Minimum number of digits without a word for "number": "2 tickets", "No. 12, Station Road"."""

MAX_CHARS = 30

BEHIND = re.compile(r"(?:^|[0-9])[ \u2009]*#[ \u2009]?(?=[a-z0-9])")
"""Before a number that follows the labelled one of the till or the cashier: "Cashier 3  #120941"."""

NUMBER_ALONE = re.compile(r"[A-Z]{0,2}[^A-Z]")
"""A token that begins with more letters is another label with its number."""
GAP = r"[\W_]{0,3}"

TOKEN = re.compile(r"[a-z0-9][a-z0-9/_.\-]*")
PREFIX = re.compile(r"[a-z]{1,4}")
NUMBER_AFTER = re.compile(r"[a-z]{0,2}[0-9]")
DAY, MONTH = "(?:0?[1-9]|[12][0-9]|3[01])", "(?:0?[1-9]|1[0-2])"
DATE_OR_TIME = re.compile(
    rf"{DAY}([./-]){DAY}\1(?:[0-9]{{4}}|[0-9]{{2}})|(?:19|20)[0-9]{{2}}([./-]){MONTH}\2{DAY}"
    rf"|{DAY}[./-]?[a-z]{{3,4}}[./-]?(?:[0-9]{{4}}|[0-9]{{2}})|[0-9]{{1,2}}[:.][0-9]{{2}}(?:[:.][0-9]{{2}})?"
)
"""The month may precede the day."""

MONEY = re.compile(r"-?[0-9]{1,3}(?:[.,][0-9]{3})*[.,][0-9]{2}-?")
BETWEEN = re.compile(r"[ \u2009.:;#=*()\[\]°№-]*")


@dataclass(frozen=True, slots=True)
class _Words:
    """All phrases and the group of each; patterns of words for "number" after a phrase, before one, and alone."""

    labels: Labels
    groups: Mapping[str, str]
    behind: re.Pattern[str]
    before: re.Pattern[str]
    bare: re.Pattern[str]


@lru_cache(maxsize=4)
def _words(lexicon: Lexicon) -> _Words:
    known = lexicon.receipt_number
    groups: dict[str, str] = {}
    for group in ("never", "whole", "receipt", "check", "transaction"):
        for phrase in getattr(known, group):
            groups.setdefault(phrase, group)
    words = sorted({plain(word) for word in known.number}, key=lambda word: (-len(word), word))
    number = "|".join(GAP.join(map(re.escape, word.split())) for word in words)
    return _Words(
        Labels(groups),
        groups,
        re.compile(rf"{GAP}(?:{number})(?![^\W\d_])"),
        re.compile(rf"(?:^|[^\w])(?:{number}){GAP}(?:{any_of(known.of)}[ \u2009])?$"),
        re.compile(rf"^[\W_]{{0,3}}{any_of(known.bare)}(?![^\W\d_])"),
    )


def find_receipt_number(
    rows: Sequence[ReceiptLine], tax_ids: Sequence[Candidate[TaxId]] = ()
) -> tuple[Candidate[str], ...]:
    """Return candidates for the receipt's number, best first, in upper case and without spaces.

    The ``tax_ids`` of the page are excluded.
    """
    found: dict[str, Candidate[str]] = {}
    forms = [form for form in _forms() if any(form.only_with.search(row.text.text) for row in rows)]
    for index, row in enumerate(rows):
        below = rows[index + 1] if index + 1 < len(rows) else None
        for candidate in (*_in_row(row, below), *_alone(row.text, forms)):
            known = found.get(candidate.value)
            if known is None or candidate.score > known.score:
                found[candidate.value] = candidate
    numbers = (one for one in found.values() if not any(one.box.meets(tax.box) for tax in tax_ids))
    return tuple(sorted(numbers, key=lambda candidate: -candidate.score))


def _in_row(row: ReceiptLine, below: ReceiptLine | None) -> Iterator[Candidate[str]]:
    words = _words(row.lexicon)
    text = plain(row.text.text)
    if not _digits(text) and (below is None or not _digits(below.text.text)):
        return
    named, done = False, 0
    for hit in words.labels.find(text):
        if hit.start < done:
            continue
        if words.groups[hit.phrase] == "never":
            named = True
            continue
        start, is_named = _end_of_label(text, hit, words)
        score = SCORES[words.groups[hit.phrase]] * (1.0 if is_named else UNNAMED)
        found = _read(row.text, text, start)
        if found and (is_named or _is_told_by_word(hit, text, found[0], row)):
            named, done = True, found[2]
            yield _candidate(row.text, *found, Provenance(Kind.LABEL, hit.phrase), score)
        elif found is None and is_named:
            yield from _under(row, start, below, hit, score)
    if not done and not row.amounts:
        yield from _without_label(row.text, text, words, named=named)


def _without_label(line: LineText, text: str, words: _Words, *, named: bool) -> Iterator[Candidate[str]]:
    """Find a number with no label of its own: behind that of the till, or with a word for "number" alone."""
    yield from _marked(line, text, BEHIND)
    if not named:
        yield from _marked(line, text, words.bare)


def _end_of_label(text: str, hit: LabelHit, words: _Words) -> tuple[int, bool]:
    """Return where a label ends, and whether it has a word for "number"."""
    tail = words.behind.match(text, hit.end)
    is_whole = words.groups[hit.phrase] == "whole"
    is_named = is_whole or tail is not None or words.before.search(text[: hit.start]) is not None
    return (tail.end() if tail else hit.end), is_named


def _is_told_by_word(hit: LabelHit, text: str, number: str, row: ReceiptLine) -> bool:
    """Return whether a label without a word for "number" is enough for the number next to it."""
    return _is_plain_word(hit, text) and _digits(number) >= MIN_UNLABELLED and not row.amounts


def _is_plain_word(hit: LabelHit, text: str) -> bool:
    """Return whether a phrase is longer than a two-letter abbreviation, and the line begins with it."""
    return not any(char.isalnum() for char in text[: hit.start]) and (len(hit.phrase) > 2 or not hit.phrase.isascii())


def _under(
    row: ReceiptLine, start: int, below: ReceiptLine | None, hit: LabelHit, score: float
) -> Iterator[Candidate[str]]:
    """Read the word below a label in a table heading, behind which (from ``start``) there are no digits."""
    if below is None or _digits(plain(row.text.text)[start:]):
        return
    label = row.text.box(hit.start, len(row.text.text.rstrip()))
    if below.amounts or below.box.top - row.box.bottom > 1.5 * max(row.box.height, below.box.height):
        return
    line = below.text
    text = plain(line.text)
    for token in TOKEN.finditer(text):
        box = line.box(token.start(), token.end())
        if box.left < label.right and label.left < box.right:
            found = _read(line, text, token.start())
            if found:
                yield _candidate(line, *found, Provenance(Kind.LABEL, hit.phrase), score * BELOW)
            return


def _marked(line: LineText, text: str, mark: re.Pattern[str]) -> Iterator[Candidate[str]]:
    """Read the number after a bare number sign, if only a date or a time follows."""
    tail = mark.search(text)
    found = _read(line, text, tail.end()) if tail else None
    if tail and found and _digits(found[0]) >= LEAST_BARE and NUMBER_ALONE.match(found[0]):
        rest = DATE_OR_TIME.sub("", text[found[2] :])
        if not any(char.isalnum() for char in rest):
            yield _candidate(line, *found, Provenance(Kind.LABEL, tail.group().strip()), BARE)


def _read(line: LineText, text: str, start: int) -> tuple[str, int, int] | None:
    """Read the number after ``start`` and punctuation: the number, its start and its end; ``None`` if there is none."""
    gap = BETWEEN.match(text, start)
    token = TOKEN.match(text, gap.end() if gap else start)
    if token is None:
        return None
    begin, end = token.span()
    if PREFIX.fullmatch(token.group().rstrip(".-/")):
        token = TOKEN.match(text, end + 1) if end < len(text) and text[end] in " \u2009" else None
        if token is None or not NUMBER_AFTER.match(token.group()):
            return None
        end = token.end()
    raw = line.text[begin:end].rstrip(".-/_")
    end = begin + len(raw)
    parts = raw.split()
    if DATE_OR_TIME.fullmatch(parts[-1]) or MONEY.fullmatch(parts[-1]) or _continues_as_money(text, end):
        return None
    number = "".join(parts).upper()
    digits = _digits(number)
    if not digits or 2 * digits < len(number) - 6 or len(number) > MAX_CHARS or is_card_number(number):
        return None
    return number, begin, end


def _continues_as_money(text: str, end: int) -> bool:
    return re.match(r",[0-9]|[ \u2009]?%|[:][0-9]", text[end:]) is not None


def _digits(text: str) -> int:
    return sum(char.isdigit() for char in text)


@cache
def _forms() -> tuple[InvoiceNumber, ...]:
    return tuple(country.invoice_number for country in countries().values() if country.invoice_number)


def _alone(line: LineText, forms: Iterable[InvoiceNumber]) -> Iterator[Candidate[str]]:
    """Read invoice numbers in a country's own format, which need no label."""
    for form in forms:
        for match in form.form.finditer(line.text):
            number = match.expand(form.written)
            yield _candidate(line, number, *match.span(), Provenance(Kind.FORM), SCORES["receipt"])


def _candidate(
    line: LineText, number: str, start: int, end: int, provenance: Provenance, score: float
) -> Candidate[str]:
    box, confidence = line.box(start, end), line.confidence(start, end)
    return Candidate(number, line.text[start:end], box, confidence, provenance, score)
