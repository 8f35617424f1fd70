"""What an examination of the machine, the settings or the store found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was examined.

    ``remedy`` is a command to copy; it is there for everything that is not ``good``, and for a ``tip``: nothing is
    wrong, but the command would bring more.
    """

    what: str
    good: bool
    remedy: str = ""
    tip: bool = False


def good(what: str) -> Finding:
    """Make a finding of something that is as it should be."""
    return Finding(what, good=True)


def bad(what: str, remedy: str) -> Finding:
    """Make a finding of a fault that ``remedy`` fixes."""
    return Finding(what, good=False, remedy=remedy)


def tip(what: str, remedy: str) -> Finding:
    """Make a finding of something that ``remedy`` would improve."""
    return Finding(what, good=True, remedy=remedy, tip=True)
