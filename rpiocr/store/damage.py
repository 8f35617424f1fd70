"""Detects values that rpiocr cannot have written, when rows are read, and reports them.

A column's type raises DamagedRowError for such a value, so that it is never used by accident. Readers that can skip a
row ask for ``Damaged`` instead, see ``rows.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from rpiocr.store.errors import DamagedRowError

MAX_SHOWN_LENGTH = 40
"""Maximum characters of a damaged value in a message."""

REMEDY = "`rpiocr verify` lists the damage and how to fix it"

DAMAGE_LOG = "rpiocr_damage"
"""The execution option of a store's connections that holds its DamageLog."""

_tolerant: ContextVar[bool] = ContextVar("rpiocr_tolerant", default=False)


@dataclass(frozen=True, slots=True)
class Damaged:
    """Replaces an invalid value in a row: ``raw`` is the value in the database, ``wanted`` the expected kind."""

    column: str
    raw: object
    wanted: str

    def __str__(self) -> str:
        return f"{self.column} is {_shown(self.raw)}, expected {self.wanted}"


@dataclass(slots=True)
class DamageLog:
    """Descriptions of the damage found in one open store, once per row."""

    found: dict[str, str] = field(default_factory=dict)

    def note(self, row: str, faults: tuple[str, ...]) -> None:
        """Record the faults of a row, which is named like ``receipt 12``."""
        self.found.setdefault(row, f"{row} is damaged: {', '.join(faults)}")


@contextmanager
def tolerating() -> Iterator[None]:
    """Within this context, fetched rows contain Damaged for invalid values instead of raising DamagedRowError."""
    token = _tolerant.set(True)
    try:
        yield
    finally:
        _tolerant.reset(token)


def damaged(column: str, raw: object, wanted: str) -> Damaged:
    """Return the replacement of a damaged value; raises DamagedRowError unless that is tolerated."""
    found = Damaged(column, raw, wanted)
    if _tolerant.get():
        return found
    message = f"the store has a damaged row: {found}; {REMEDY}"
    raise DamagedRowError(message)


def _shown(raw: object) -> str:
    if isinstance(raw, bytes):
        return f"{len(raw)} bytes of binary data"
    text = repr(raw)
    return text if len(text) <= MAX_SHOWN_LENGTH else f"{text[:MAX_SHOWN_LENGTH]}..."
