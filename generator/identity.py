"""Fills patterns of business identifiers."""

from __future__ import annotations

import re
from importlib import import_module

from generator.dice import Dice

MAX_ATTEMPTS = 30_000
"""Maximum number of attempts; one in 10 to 1000 is valid by chance, with one to three check digits."""


def fill_number(dice: Dice, pattern: str, check: str, again: Dice) -> tuple[str, str]:
    """Return the line of a filled pattern and the number in it, with the Latin capitals right before its braces.

    ``check`` is a module of python-stdnum, such as ``it.iva``, or empty. An invalid number is filled again from
    ``again`` until it is valid. Raises ValueError if none of MAX_ATTEMPTS is.
    """
    before, number, after = _parts(pattern)
    head, filled, tail = (dice.fill(part) for part in (before, number, after))
    if check and number:
        is_valid = import_module(f"stdnum.{check}").is_valid
        for _ in range(MAX_ATTEMPTS):
            if is_valid(filled):
                break
            filled = again.fill(number)
        else:
            raise ValueError(f"no number like {number!r} is valid for {check}: fix the pattern of tax_id")
    prefix = re.search(r"[A-Z]*$", head, re.ASCII) if "{" in pattern else None
    return f"{head}{filled}{tail}", (prefix[0] if prefix else "") + filled


def _parts(pattern: str) -> tuple[str, str, str]:
    """Split a pattern into the parts before the number, the number and after it."""
    if "{" in pattern:
        before, _, rest = pattern.partition("{")
        number, _, after = rest.partition("}")
        return before, number, after
    words = pattern.split(" ")
    marked = [index for index, word in enumerate(words) if "#" in word]
    if not marked:
        return pattern, "", ""
    first, last = marked[0], marked[-1] + 1
    before, number, after = (" ".join(part) for part in (words[:first], words[first:last], words[last:]))
    return f"{before} " if before else "", number, f" {after}" if after else ""
