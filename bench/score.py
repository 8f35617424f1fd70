"""Right or wrong: results of `rpiocr scan` against labels, and the figures that follow.

Every labelled receipt counts: one without a result is wrong. A field without a label is not scored.
"""

from __future__ import annotations

import difflib
import json
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bench.data import Example, Label, cents

ALIKE = 0.8
"""Similarity from which two spellings of a merchant count as one."""

Result = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of one receipt; ``None`` where there is no label.

    ``squared_error`` is that of the stated probability that the amount is right. ``seconds`` is the elapsed time.
    """

    example: Example
    result: Result | None
    total: bool | None
    date: bool | None
    merchant: bool | None
    currency: bool | None
    accepted: bool
    squared_error: float | None
    seconds: float | None

    @property
    def both(self) -> bool | None:
        """Total and date right, where both have labels."""
        return None if self.total is None or self.date is None else self.total and self.date

    @property
    def right(self) -> bool:
        """Whether nothing that is labelled of total and date is wrong."""
        return self.total is not False and self.date is not False

    @property
    def failed(self) -> bool:
        """Whether there is no result."""
        return self.result is None or "error" in self.result


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    hits: int
    of: int

    @property
    def percent(self) -> float | None:
        """0 to 100; ``None`` of nothing."""
        return 100 * self.hits / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of one run over one set.

    ``coverage`` is the share of receipts that were accepted, ``accepted`` the share of those in which all
    that is labelled of total and date is right: the precision of ACCEPT. ``brier`` is the mean squared error
    of the probability stated for the amount, ``seconds`` the median elapsed time.
    """

    receipts: int
    failed: int
    total: Share
    date: Share
    both: Share
    merchant: Share
    currency: Share
    coverage: Share
    accepted: Share
    brier: float | None
    seconds: float | None


def read_results(lines: Iterable[str]) -> dict[str, Result]:
    """Read NDJSON: for each file, named as it was given, the first result or else the last error."""
    found: dict[str, Result] = {}
    for line in lines:
        if not line.strip():
            continue
        row = json.loads(line, parse_float=Decimal)
        name = str(row.get("file"))
        if name not in found or "error" in found[name]:
            found[name] = row
    return found


def alike(company: str, merchant: str | None) -> bool:
    """Compare two names by their letters and digits alone."""
    ratio = difflib.SequenceMatcher(None, squashed(company), squashed(merchant or "")).ratio()
    return ratio >= ALIKE


def squashed(name: str) -> str:
    """Return a text's letters and digits only, in lower case."""
    return "".join(char for char in name.casefold() if char.isalnum())


def total_right(label: Label, amount: object) -> bool | None:
    """Compare an amount with the label."""
    return cents(amount) in label.totals if label.totals else None


def merchant_right(label: Label, *answered: str | None) -> bool | None:
    """Compare the names that were answered with those of the label; None without one."""
    if not label.names:
        return None
    return any(alike(name, one) for name in label.names for one in answered)


def mark(example: Example, result: Result | None) -> Mark:
    """Compare the result of one receipt (``None``: there is none) with its label."""
    label = example.label
    row: Result = {} if result is None or "error" in result else result
    total = total_right(label, row.get("amount"))
    stated = (row.get("confidence") or {}).get("amount")
    elapsed = row.get("elapsed_s")
    return Mark(
        example,
        result,
        total,
        None if label.date is None else row.get("date") == label.date,
        merchant_right(label, row.get("merchant"), row.get("merchant_legal")),
        None if label.currency is None else row.get("currency") == label.currency,
        row.get("verdict") == "ACCEPT",
        None if total is None or stated is None else (float(stated) - total) ** 2,
        None if elapsed is None else float(elapsed),
    )


def mark_all(examples: Iterable[Example], results: Mapping[str, Result]) -> tuple[Mark, ...]:
    """Mark every example, with its result or without."""
    return tuple(mark(example, results.get(str(example.picture))) for example in examples)


def figures(marks: Sequence[Mark]) -> Figures:
    """Count."""
    return Figures(
        receipts=len(marks),
        failed=sum(one.failed for one in marks),
        total=_share(one.total for one in marks),
        date=_share(one.date for one in marks),
        both=_share(one.both for one in marks),
        merchant=_share(one.merchant for one in marks),
        currency=_share(one.currency for one in marks),
        coverage=_share(one.accepted for one in marks),
        accepted=_share(one.right for one in marks if one.accepted),
        brier=_of_known(statistics.mean, (one.squared_error for one in marks)),
        seconds=_of_known(statistics.median, (one.seconds for one in marks)),
    )


def wrongly_accepted(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """Return the receipts whose ACCEPT is wrong."""
    return tuple(one for one in marks if one.accepted and not one.right)


def _of_known(average: Callable[[Sequence[float]], float], values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return average(known) if known else None


def _share(values: Iterable[bool | None]) -> Share:
    known = [value for value in values if value is not None]
    return Share(sum(known), len(known))
