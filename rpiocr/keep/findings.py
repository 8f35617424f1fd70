"""What a look at the store and its files gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Grade = Literal["good", "note", "look", "broken"]
"""``note``: as people do it, nothing is wrong. ``look``: somebody should. ``broken``: the store cannot be used."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: ``code`` is for scripts, ``remedy`` says what to do, where that is anything."""

    grade: Grade
    code: str
    what: str
    remedy: str = ""

    def as_json(self) -> Mapping[str, str]:
        """The same for scripts."""
        return {"grade": self.grade, "code": self.code, "what": self.what, "remedy": self.remedy}
