"""Receipts written as text: monospaced words with boxes, as an engine would report them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from rpiocr.extract.locale.keyword_tables import Languages, built_in_lexicon
from rpiocr.extract.receipt_lines import build_receipt_lines
from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.text.amounts import Amount, find_amounts, line_text
from rpiocr.extract.text.keywords import Tables
from rpiocr.model import Ballot, Box, Candidate, EngineId, Field, Kind, Line, Pass, PassId, Provenance, Verdict, Word
from rpiocr.output.result import check_names
from rpiocr.recognise.tesseract import with_psm

PSM_6, PSM_4 = with_psm(6), with_psm(4)

CELL = 12.0
HEIGHT = 20.0
PITCH = 30.0
"""Width and height of a letter and distance of two lines, in pixels; a single blank is no narrow gap."""

LEFT, TOP = 40.0, 50.0


def in_currency(code: str, probability: float = 1.0, kind: Kind = Kind.CURRENCY_SIGN) -> Field[str]:
    """A currency that a page shows with this probability: by its own sign beside an amount, unless said otherwise."""
    shown = Candidate(code, f"TOTAL {code}", Box(0, 0, 100, 20), 0.9, Provenance(kind), 10.0, probability=probability)
    verdict = Verdict.ACCEPT if probability > 0.98 else Verdict.RETRY
    return Field(shown, (), (Ballot(PassId(PSM_6, "default"), shown),), probability, verdict)


def write(
    text: str, *, slant_deg: float = 0.0, confidence: float = 0.95, sizes: Mapping[int, float] | None = None
) -> tuple[Line, ...]:
    """Set a text in type: one Line for each line of the text that is not blank, blanks kept as distance.

    Lines fall to the right by ``slant_deg``. ``sizes`` maps the number of a line, from 0, to the factor by which
    its letters are larger.
    """
    slope = math.tan(math.radians(slant_deg))
    lines, top = [], TOP
    for number, written in enumerate(text.strip("\n").splitlines()):
        size = (sizes or {}).get(number, 1.0)
        words = []
        for match in re.finditer(r"\S+", written):
            left, right = LEFT + match.start() * CELL * size, LEFT + match.end() * CELL * size
            drop = slope * (left + right) / 2
            box = Box(left, top + drop, right, top + drop + HEIGHT * size)
            words.append(Word(match.group(), box, confidence))
        if words:
            lines.append(Line(tuple(words)))
        top += PITCH * size
    return tuple(lines)


def words_of(lines: tuple[Line, ...]) -> tuple[Word, ...]:
    """All words, line after line."""
    return tuple(word for line in lines for word in line.words)


def read_as(text: str, engine: EngineId = PSM_6, *, confidence: float = 0.7) -> Pass:
    """A pass that read ``text``, by default so unsurely that the passes have to vote."""
    return Pass(engine, "default", write(text, confidence=confidence), 0.1)


@cache
def languages() -> Languages:
    """The built-in keyword tables, of which the German one always applies."""
    return Languages(named=("en", "de"))


def tables() -> Tables:
    """The English and German tables."""
    return languages().tables()


def tables_of(text: str) -> Tables:
    """The tables for a receipt with this text."""
    return languages().tables_of(text.splitlines())


def rows_of(
    text: str, *, sizes: Mapping[int, float] | None = None, confidence: float = 0.95
) -> tuple[ReceiptLine, ...]:
    """The lines of a receipt with this text."""
    return build_receipt_lines(write(text, sizes=sizes, confidence=confidence), tables())


def amounts_of(text: str) -> tuple[Amount, ...]:
    """The amounts in one line of text."""
    (line,) = write(text)
    return find_amounts(line_text(line), built_in_lexicon())


def names(found: Candidate[Any]) -> tuple[str, ...]:
    """The public names of the checks of a candidate."""
    return tuple(check_names(found))
