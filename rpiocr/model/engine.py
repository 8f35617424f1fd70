"""Which engine read something: its family, how it was configured, and the name of each of its passes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EngineKind(StrEnum):
    """Where an engine runs; a remote one costs money and sees the image."""

    LOCAL = "local"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class EngineFamily:
    """What all passes of an engine share: they make the same errors, so several of them are not independent.

    ``scripts`` names the scripts whose letters the engine knows; ``None`` is any for which it has a model, or all.
    """

    name: str
    kind: EngineKind = EngineKind.LOCAL
    scripts: frozenset[str] | None = None

    def knows(self, script: str | None) -> bool:
        """Return whether the engine can read the letters of ``script``; ``None`` is an unknown one, taken as known."""
        return script is None or self.scripts is None or script in self.scripts


@dataclass(frozen=True, slots=True)
class EngineId:
    """An engine and its configuration, such as a page segmentation mode; empty where there is only one."""

    family: EngineFamily
    configuration: str = ""

    def __str__(self) -> str:
        """Return the engine's name as results and messages print it, such as ``tesseract-psm6``."""
        return f"{self.family.name}-{self.configuration}" if self.configuration else self.family.name


@dataclass(frozen=True, slots=True)
class PassId:
    """One pass of one reading: the engine, and the variant of the image that it read."""

    engine: EngineId
    variant: str

    def __str__(self) -> str:
        """Return the pass's name as results and messages print it, such as ``tesseract-psm6/default``."""
        return f"{self.engine}/{self.variant}"
