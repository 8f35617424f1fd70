"""Turns the currencies that a page may be in into candidates that the passes vote on."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

from rpiocr.extract.locale.currency_choice import CurrencyGuess
from rpiocr.extract.roles import ReceiptLine
from rpiocr.model import Box, Candidate, Check, CheckKind, Provenance
from rpiocr.model.provenance import CheckName

FULL_SCORE = 10.0
"""Score of a currency that is sure: the unit of a vote's weight."""

NOWHERE = Box(0.0, 0.0, 0.0, 0.0)

MOST_SAID = 6
"""Maximum number of pieces of evidence that are listed for one currency, the most telling first."""


def find_currencies(rows: Sequence[ReceiptLine], guesses: Sequence[CurrencyGuess]) -> tuple[Candidate[str], ...]:
    """Return candidates for the currency, best first, each with its evidence as checks and the line that shows it."""
    return tuple(_candidate(rows, guess) for guess in guesses)


def _candidate(rows: Sequence[ReceiptLine], guess: CurrencyGuess) -> Candidate[str]:
    row = rows[guess.line] if guess.line is not None and guess.line < len(rows) else None
    return Candidate(
        guess.code,
        row.text.text if row else "",
        row.box if row else NOWHERE,
        mean(word.confidence for word in row.line.words) if row else 0.0,
        Provenance(guess.kind),
        FULL_SCORE * guess.probability,
        checks=tuple(Check(CheckKind.NOTE, CheckName.EVIDENCE, said=said) for said in guess.said[:MOST_SAID]),
        probability=guess.probability,
    )
