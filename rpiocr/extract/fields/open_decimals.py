"""Totals whose three digits behind a mark may be decimals or thousands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from rpiocr.extract.locale.inference import Locale
from rpiocr.model import Candidate
from rpiocr.model.provenance import OPEN_DECIMALS

THREE_DIGITS = re.compile(r"(?<![0-9.,])[0-9]{1,3}[.,][0-9]{3}(?![0-9])")
THOUSAND = Decimal(1000)


def with_other_decimals(found: Sequence[Candidate[Decimal]], locale: Locale) -> tuple[Candidate[Decimal], ...]:
    """Add behind each candidate what it is with the other number of decimals, where the page leaves that open.

    Both have the check OPEN_DECIMALS, by which neither is accepted: 12.750 may be twelve dinars or thousands.
    """
    if locale.other_decimals is None:
        return tuple(found)
    return tuple(one for candidate in found for one in _in_both_ways(candidate, locale))


def _in_both_ways(candidate: Candidate[Decimal], locale: Locale) -> Iterator[Candidate[Decimal]]:
    if not THREE_DIGITS.search(candidate.raw):
        yield candidate
        return
    factor = THOUSAND if locale.decimals == 3 else 1 / THOUSAND
    checks = (*candidate.checks, OPEN_DECIMALS)
    yield replace(candidate, checks=checks)
    yield replace(candidate, value=candidate.value * factor, checks=checks)
