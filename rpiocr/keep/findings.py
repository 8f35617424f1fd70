"""Findings of a check of the store and its files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Grade = Literal["good", "note", "look", "broken"]
"""``note``: normal user activity, nothing is wrong. ``look``: needs review. ``broken``: the store is unusable."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One result of a check: ``code`` is for scripts, ``remedy`` is what to do, if anything."""

    grade: Grade
    code: str
    what: str
    remedy: str = ""

    def as_json(self) -> Mapping[str, str]:
        """Return the finding for scripts."""
        return {"grade": self.grade, "code": self.code, "what": self.what, "remedy": self.remedy}
