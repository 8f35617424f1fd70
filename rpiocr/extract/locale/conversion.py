"""Lines that convert: they name a currency in which nothing was paid."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import islice

from rpiocr.extract.roles import ReceiptLine
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import whole_words
from rpiocr.extract.text.phrases import plain

RATE_IN_FIGURES = (
    r"(?<![0-9])1(?:[.,]0+)? ?(?:€|[A-Z]{3}) ?[=:]"
    r"|(?<![0-9.,])(?:€|[A-Z]{3}) ?1(?:[.,]0+)? ?="
    r"|(?:€|[A-Z]{3}) ?/ ?(?:€|[A-Z]{3})(?![A-Za-z])"
)
"""An exchange rate without a label: 1 EUR = 1.0812 USD, EUR/CHF 0.98."""

AT_A_RATE = re.compile(
    r"(?:€|(?<![A-Za-z])[A-Z]{3}) ?[0-9][0-9.,'’ ]*[.,][0-9]{2}"
    r" ?(?:[^\W\d_]{1,5}|[@=/×]) ?[0-9]{1,3}[.,][0-9]{2,6}\W*$"
)
"""An amount with a code, a short word in any language, and a number without one: EUR 21.40 at 0.98."""

RATE = re.compile(r"(?<![0-9.,])[0-9]{1,4}[.,][0-9]{2,6}(?![0-9.,%]|[.,][0-9])")

MAX_ERROR = Decimal("0.01")
"""Maximum error, as a share, of an amount that was converted at a printed rate: rates are rounded to two decimals."""

MAX_AMOUNTS = 200
"""Maximum number of amounts of a page that may have been converted: longer strips do not convert their last lines."""

LEAST_DISTANCE = Decimal("0.005")
"""Minimum distance of a rate from 1, as a share: nearer ones would make any amount the conversion of another."""


def converting(rows: Sequence[ReceiptLine]) -> frozenset[int]:
    """Return the indices of the lines that convert an amount of the receipt into another currency.

    They have a word for the rate or for an equivalent, a rate in figures, or two numbers of which one is another
    amount of the receipt times or divided by the other: EUR 21.40 at 0.98 below 21.85.
    """
    lines = Counter(value for row in rows for value in {abs(amount.value) for amount in row.amounts})
    known = dict(islice(lines.items(), MAX_AMOUNTS))
    return frozenset(
        index
        for index, row in enumerate(rows)
        if names_rate(row.text.text, row.lexicon) or AT_A_RATE.search(row.text.text) or _is_product(row, known)
    )


@lru_cache(maxsize=4)
def _rates(lexicon: Lexicon) -> re.Pattern[str]:
    words = whole_words(map(plain, (*lexicon.exchange.rate, *lexicon.exchange.equivalent)))
    return re.compile(f"{words}|{RATE_IN_FIGURES}", re.IGNORECASE)


@lru_cache(maxsize=1024)
def names_rate(text: str, lexicon: Lexicon) -> bool:
    """Return whether a line contains an exchange rate; next to a currency that is not a total."""
    return bool(_rates(lexicon).search(plain(text)))


def _is_product(row: ReceiptLine, known: Mapping[Decimal, int]) -> bool:
    """Return whether a line converts one of the ``known`` amounts, which are counted by the lines they are on."""
    text = row.text.text
    numbers = [Decimal(match.group().replace(",", ".")) for match in RATE.finditer(text)]
    if len(numbers) != 2:
        return False
    own = {abs(amount.value) for amount in row.amounts}
    others = {value for value, lines in known.items() if lines > (value in own)}
    converted, rate = numbers
    if not converted or not rate or abs(rate - 1) < LEAST_DISTANCE or converted in others:
        return False
    return any(
        value and value != converted and abs(result - converted) <= MAX_ERROR * converted
        for value in others
        for result in (value * rate, value / rate)
    )
