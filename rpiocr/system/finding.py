"""What an examination of the machine, the settings or the store found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    ``remedy`` is a command to copy; it is there for everything that is not ``good``, and for a ``tip``: nothing is
    wrong, but the command would bring more.
    """

    what: str
    good: bool
    remedy: str = ""
    tip: bool = False
