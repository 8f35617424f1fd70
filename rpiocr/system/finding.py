"""Findings of an examination of the machine, the settings or the store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check.

    ``remedy`` is a command to copy, for everything that is not ``good``, and for a ``tip``: nothing is wrong, but the
    command would be an improvement.
    """

    what: str
    good: bool
    remedy: str = ""
    tip: bool = False


def good(what: str) -> Finding:
    """Return a finding without a fault."""
    return Finding(what, good=True)


def bad(what: str, remedy: str) -> Finding:
    """Return a finding of a fault that ``remedy`` fixes."""
    return Finding(what, good=False, remedy=remedy)


def tip(what: str, remedy: str) -> Finding:
    """Return a finding of something that ``remedy`` would improve."""
    return Finding(what, good=True, remedy=remedy, tip=True)
