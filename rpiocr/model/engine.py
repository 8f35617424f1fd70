"""Identifies OCR engines and their passes: family, configuration, and image variant."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EngineKind(StrEnum):
    """Where an engine runs; a remote one costs money and sees the image."""

    LOCAL = "local"
    REMOTE = "remote"


@dataclass(frozen=True, slots=True)
class EngineFamily:
    """An OCR engine in all its configurations: its passes share their errors, so they are not independent evidence.

    ``scripts`` names the scripts that the engine can read; ``None`` is any for which it has a model, or all. An
    ``exact`` one does not recognise characters but has them from the file: it makes no errors of reading.
    """

    name: str
    kind: EngineKind = EngineKind.LOCAL
    scripts: frozenset[str] | None = None
    exact: bool = False

    def knows(self, script: str | None) -> bool:
        """Return whether the engine can read ``script``; True for ``None``, an unknown script."""
        return script is None or self.scripts is None or script in self.scripts


@dataclass(frozen=True, slots=True)
class EngineId:
    """An engine and its configuration, such as a page segmentation mode; empty if there is only one.

    ``scripts`` names those that its model can read, ``None`` if it was chosen for the page.
    """

    family: EngineFamily
    configuration: str = ""
    scripts: frozenset[str] | None = None

    def knows(self, script: str | None) -> bool:
        """Return whether the engine, with its model, can read ``script``; True for ``None``, an unknown script."""
        return self.family.knows(script) and (script is None or self.scripts is None or script in self.scripts)

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
