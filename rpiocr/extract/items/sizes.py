"""Repairs sizes in the name of an item in which an engine has confused digits and letters: 5OOG, 1.SL, 12 0Z."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from rpiocr.extract.tables.confusables import Use, digit_for
from rpiocr.extract.tables.lexicon import Lexicon
from rpiocr.extract.text.patterns import any_of

DIGIT_OF = digit_for(Use.SIZE)

ZERO = "".join(chr(point) for point, digit in DIGIT_OF.items() if digit == "0")
"""What is read for a zero."""

ANY = "".join(map(chr, DIGIT_OF))
"""What is read for a digit."""

DATE = re.compile(r"[0-9]{1,2}Oct(?!\w)")
"""A day of October is no number of pieces (ct)."""

Repair = tuple[re.Pattern[str], Callable[[re.Match[str]], str]]


def with_sizes(text: str, lexicon: Lexicon) -> str:
    """Return a name with the digits and the units of its sizes where their characters can be nothing else."""
    for pattern, repaired in _repairs(lexicon):
        text = pattern.sub(repaired, text)
    return text


def _with_digits(match: re.Match[str]) -> str:
    if DATE.match(match.group()):
        return match.group()
    return match["number"].translate(DIGIT_OF) + match["unit"]


def _with_ounces(match: re.Match[str]) -> str:
    return match["number"] + ("oz" if match["unit"].islower() else "OZ")


@lru_cache(maxsize=4)
def _repairs(lexicon: Lexicon) -> Sequence[Repair]:
    """Return what is repaired: zeros before a unit, decimals before a unit, and the O of OZ behind a number.

    Without a blank or a decimal mark the number before OZ has one digit: 350Z is a name.
    """
    unit = rf"(?P<unit>(?i:{any_of(lexicon.units.size)}))(?!\w)"
    begin = r"(?<![\w.,])"
    return (
        (re.compile(rf"{begin}(?P<number>[0-9]+[{ZERO}]+){unit}"), _with_digits),
        (re.compile(rf"{begin}(?P<number>[0-9]+[.,](?=[0-9]*[{ANY}])[0-9{ANY}]{{1,3}}){unit}"), _with_digits),
        (
            re.compile(rf"{begin}(?P<number>[0-9]+[.,][0-9]+?|[0-9]+(?:[.,][0-9]+)? |[0-9])(?P<unit>0[Zz])(?!\w)"),
            _with_ounces,
        ),
        (re.compile(r"(?P<number>[0-9] ?(?i:FL) )(?P<unit>0[2Zz])(?!\w)"), _with_ounces),
    )
