"""The tax and company numbers of sellers and buyers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from rpiocr.extract.fields.tax_id import tax_id_of
from rpiocr.model import TaxId

SEPARATORS = re.compile(r"[\s./_-]+")
NUMBER = re.compile(r"[A-Z0-9]{4,20}")
WITH_COUNTRY = re.compile(r"([A-Z]{2})[A-Z0-9]{2,13}")

MAX_NUMBERS = 5
"""Maximum number of numbers of one party."""


def numbers_of(found: Iterable[tuple[str | None, bool]], country: str | None) -> tuple[TaxId, ...]:
    """Return numbers, each once: texts, and whether each is for value added tax; ``country`` is that of the party.

    What is in no known form is left out, but for a number for value added tax that begins with its country.
    """
    known = {one.number: one for one in _known(found, country)}
    return tuple(known.values())[:MAX_NUMBERS]


def _known(found: Iterable[tuple[str | None, bool]], country: str | None) -> Iterator[TaxId]:
    for text, is_vat in found:
        number = SEPARATORS.sub("", text or "").upper()
        if not NUMBER.fullmatch(number):
            continue
        known = tax_id_of(number, country)
        if known is None and is_vat and (prefix := WITH_COUNTRY.fullmatch(number)):
            known = TaxId("vat", prefix[1], number, None)
        if known:
            yield known
