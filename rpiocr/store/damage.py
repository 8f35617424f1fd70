"""Values that no program of ours has written: found where rows become values, told in words, never shown as if sound.

A column's type raises DamagedRowError for such a value, so that nothing goes on with it by accident. Readers that can
do without a row ask for ``Damaged`` instead, see ``rows.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from rpiocr.store.errors import DamagedRowError

LONGEST_SHOWN = 40
"""Characters of a damaged value that a message shows."""

MEND = "`rpiocr verify` names what is damaged and how to mend it"

DAMAGE_LOG = "rpiocr_damage"
"""The execution option of a store's connections that holds its DamageLog."""

_tolerant: ContextVar[bool] = ContextVar("rpiocr_tolerant", default=False)


@dataclass(frozen=True, slots=True)
class Damaged:
    """Stands in a row for a value that cannot be: ``raw`` as the database has it, and what belongs there."""

    column: str
    raw: object
    wanted: str

    def __str__(self) -> str:
        return f"{self.column} is {_shown(self.raw)}, which is no {self.wanted}"


@dataclass(slots=True)
class DamageLog:
    """What was found damaged in one open store, each row once, as words."""

    found: dict[str, str] = field(default_factory=dict)

    def note(self, row: str, faults: tuple[str, ...]) -> None:
        """Note what is wrong with a row, which is named as ``receipt 12``."""
        self.found.setdefault(row, f"{row} is damaged: {', '.join(faults)}")


@contextmanager
def tolerating() -> Iterator[None]:
    """Have rows that are fetched within hold Damaged where a value is, instead of raising DamagedRowError."""
    token = _tolerant.set(True)
    try:
        yield
    finally:
        _tolerant.reset(token)


def damaged(column: str, raw: object, wanted: str) -> Damaged:
    """Return what stands for a damaged value; raises DamagedRowError unless that is tolerated."""
    found = Damaged(column, raw, wanted)
    if _tolerant.get():
        return found
    message = f"the store has a damaged row: {found}; {MEND}"
    raise DamagedRowError(message)


def _shown(raw: object) -> str:
    if isinstance(raw, bytes):
        return f"{len(raw)} bytes of binary data"
    text = repr(raw)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."
