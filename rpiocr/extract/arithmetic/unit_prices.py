"""Lines with a quantity and a unit price, whose product is on the line before or after: no items of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.amounts import fold
from rpiocr.extract.text.patterns import any_of


@lru_cache(maxsize=4)
def _quantity(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of a number of pieces or a weight before a unit price, or a number of pieces after it."""
    pieces = any_of(lexicon.units.pieces)
    return re.compile(
        rf"(?<![0-9.,])(?P<quantity>[0-9]{{1,3}}(?:[.,][0-9]{{1,3}})?)[ \u2009]?{pieces}?\.?[ \u2009]?[xX×*@✕хХ]"
        rf"|[xX×*@✕хХ][ \u2009]?(?P<after>[0-9]{{1,3}})[ \u2009]?{pieces}?(?![0-9.,])",
        re.IGNORECASE,
    )


def is_unit_price(rows: Sequence[ReceiptLine], index: int) -> bool:
    """Return whether a line contains a quantity and a unit price whose product is on the line before or after."""
    row = rows[index]
    found = _quantity(row.lexicon).search(fold(row.text.text))
    if not found or len(row.amounts) != 1:
        return False
    price = row.amounts[0].value * Decimal((found["quantity"] or found["after"]).replace(",", "."))
    beside = (*rows[max(0, index - 1) : index], *rows[index + 1 : index + 2])
    return any(other.amounts and abs(other.amounts[-1].value - price) < Decimal("0.01") for other in beside)
