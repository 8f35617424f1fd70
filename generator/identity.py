"""Numbers that identify a business, filled from patterns."""

from __future__ import annotations

import re
from importlib import import_module

from generator.dice import Dice

TRIES = 30_000
"""One fill in 10 to 1000 is valid by chance, as its check digits are one or two, sometimes three."""


def fill_number(dice: Dice, pattern: str, check: str, again: Dice) -> tuple[str, str]:
    """Return a pattern's line and the number in it, with the Latin capitals right before its braces.

    ``check`` is a module of python-stdnum, such as ``it.iva``, or empty. A number that it refuses is filled with
    ``again`` until it takes one; ValueError where none of TRIES is valid.
    """
    before, number, after = _parts(pattern)
    head, filled, tail = (dice.fill(part) for part in (before, number, after))
    if check and number:
        is_valid = import_module(f"stdnum.{check}").is_valid
        for _ in range(TRIES):
            if is_valid(filled):
                break
            filled = again.fill(number)
        else:
            raise ValueError(f"no number like {number!r} is valid for {check}: mend the pattern of tax_id")
    prefix = re.search(r"[A-Z]*$", head, re.ASCII) if "{" in pattern else None
    return f"{head}{filled}{tail}", (prefix[0] if prefix else "") + filled


def _parts(pattern: str) -> tuple[str, str, str]:
    """Split a pattern into what is before the number, the number and what is behind it."""
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
