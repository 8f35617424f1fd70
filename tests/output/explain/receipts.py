"""Receipts made by hand, as the pipeline gives them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import TypeVar

import numpy as np

from rpiocr.model import (
    Ballot,
    Box,
    Candidate,
    Check,
    Field,
    Fields,
    Judgement,
    Kind,
    Line,
    Notice,
    Page,
    Pass,
    Provenance,
    Receipt,
    Rung,
    Source,
    Stop,
    Verdict,
    Word,
)
from rpiocr.model.provenance import CASH_LESS_CHANGE, DateOrderEvidence, OrderReason, date_order
from rpiocr.recognise.rapidocr.engine import SOME_LINES
from tests.written import PSM_4, PSM_6, in_currency

T = TypeVar("T", bound=Hashable)

TOTAL_AT = Box(300, 200, 380, 220)
DATE_AT = Box(40, 60, 140, 80)
NAME_AT = Box(40, 20, 260, 45)

PAGE = Page(np.full((400, 420), 230, np.uint8), "shop.jpg", 1, "ab" * 32)


def line(text: str, box: Box, confidence: float = 0.9) -> Line:
    """One line of a single word."""
    return Line((Word(text, box, confidence),))


def candidate(value: T, raw: str, box: Box, kind: Kind, *checks: Check, label: str | None = None) -> Candidate[T]:
    """A candidate with these checks."""
    return Candidate(value, raw, box, 0.9, Provenance(kind, label), 5.0, checks=checks)


def field(
    chosen: Candidate[T],
    ballots: Sequence[Ballot[T]],
    rivals: Sequence[Candidate[T]] = (),
    *,
    probability: float = 0.98,
) -> Field[T]:
    """A field that is accepted with this probability."""
    return Field(chosen, tuple(rivals), tuple(ballots), probability, Verdict.ACCEPT)


PASSES = (
    Pass(PSM_6, "default", (line("Shop", NAME_AT), line("04/03/24", DATE_AT), line("32.20", TOTAL_AT)), 0.5),
    Pass(SOME_LINES, "plain", (line("Shop", NAME_AT), line("82.20", TOTAL_AT)), 0.25),
    Pass(PSM_4, "default+1.5", (), 0.0, "engine_timeout: not ended in time"),
)
"""The first reads everything, the second another total and no date, the third fails."""

FIRST, SECOND, THIRD = (one.id for one in PASSES)

TOTAL = candidate(Decimal("32.20"), "RM 32.20", TOTAL_AT, Kind.TOTAL_SURE, CASH_LESS_CHANGE)
OTHER_TOTAL = candidate(Decimal("82.20"), "82.20", TOTAL_AT, Kind.CARD)
ORDER = DateOrderEvidence(OrderReason.LOCALE, "currency MYR", dt.date(2024, 4, 3))
DATE = candidate(dt.date(2024, 3, 4), "04/03/24", DATE_AT, Kind.DATE, date_order(ORDER))
NAME = candidate("Shop", "Shop", NAME_AT, Kind.HEAD)

RECEIPT = Receipt(
    file="shop.jpg",
    page=1,
    part=1,
    sha256="ab" * 32,
    source=Source.LOCAL_RETRY,
    judgement=Judgement(64, Verdict.RETRY),
    fields=Fields(
        amount=field(TOTAL, [Ballot(FIRST, TOTAL), Ballot(SECOND, OTHER_TOTAL)], [OTHER_TOTAL]),
        currency=in_currency("MYR"),
        date=field(DATE, [Ballot(FIRST, DATE), Ballot(SECOND, None)], probability=0.81),
        time=dt.time(19, 16),
        merchant=field(NAME, [Ballot(FIRST, NAME), Ballot(SECOND, NAME)]),
    ),
    warnings=(Notice("pass_failed", "tesseract-psm4/default+1.5: engine_timeout: not ended in time"),),
    passes=PASSES,
    rungs=(Rung("lines", (str(FIRST), str(SECOND)), 41, 0.6), Rung("passes", (str(THIRD),), 64, 1.5)),
    stop=Stop.DEADLINE,
    elapsed_s=2.1,
)


def with_fields(**changes: object) -> Receipt:
    """The receipt with other fields."""
    return replace(RECEIPT, fields=replace(RECEIPT.fields, **changes))  # type: ignore[arg-type]


VOID = {"meta", "img", "br", "hr", "link", "input"}


class Checked(HTMLParser):
    """Parses a page, and fails where an element is closed that is not open."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element and its attributes."""
        self.tags.append((tag, dict(attrs)))
        self._part(tag)
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Check that the innermost open element is closed."""
        assert self._open.pop() == tag
        self._part(tag)

    def _part(self, tag: str) -> None:
        """Note that text before and after a tag is not of one word, except within a line."""
        if tag != "span":
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        """Note text outside of the style."""
        if self._open[-1:] != ["style"]:
            self.words.append(data)

    @property
    def text(self) -> str:
        """What a reader sees, on one line."""
        return " ".join("".join(self.words).split())

    def of(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element with this tag."""
        return [attributes for name, attributes in self.tags if name == tag]
