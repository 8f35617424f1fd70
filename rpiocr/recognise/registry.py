"""The registry of OCR engines and their capabilities."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from rpiocr.errors import TesseractMissingError
from rpiocr.model import EngineFamily, EngineKind
from rpiocr.recognise.engine import EngineProfile
from rpiocr.recognise.rapidocr import engine as rapid
from rpiocr.recognise.tesseract import TESSERACT
from rpiocr.recognise.tesseract_models import PACKS, installed_languages, program


@dataclass(frozen=True, slots=True)
class TesseractProfile:
    """Tesseract: any script with an installed model, one process per image."""

    family: EngineFamily = TESSERACT
    price_usd: Decimal = Decimal(0)

    def is_installed(self) -> bool:
        """Return whether its program is installed; see EngineProfile."""
        try:
            return bool(program())
        except TesseractMissingError:
            return False

    def languages(self) -> frozenset[str]:
        """Return the languages of the installed models, none without Tesseract; see EngineProfile."""
        try:
            codes = installed_languages()
        except TesseractMissingError:
            return frozenset()
        return frozenset(pack.language for pack in PACKS if pack.code in codes)


@dataclass(frozen=True, slots=True)
class RapidOcrProfile:
    """RapidOCR: one model for all of its scripts, run in this process."""

    family: EngineFamily = rapid.RAPIDOCR
    price_usd: Decimal = Decimal(0)

    def is_installed(self) -> bool:
        """Return whether its packages are installed; see EngineProfile."""
        return rapid.is_installed()

    def languages(self) -> frozenset[str]:
        """Return the languages in the scripts that it knows, none if it is not installed; see EngineProfile."""
        return languages_in_scripts(self.family) if self.is_installed() else frozenset()


def languages_in_scripts(family: EngineFamily) -> frozenset[str]:
    """Return all known languages that are written in a script that an engine knows."""
    return frozenset(pack.language for pack in PACKS if family.knows(pack.script))


@dataclass(frozen=True, slots=True)
class Registry:
    """Engines in the order in which they are asked: the local ones, then the remote ones."""

    profiles: tuple[EngineProfile, ...]

    def __iter__(self) -> Iterator[EngineProfile]:
        return iter(self.profiles)

    def installed(self, kind: EngineKind) -> tuple[EngineProfile, ...]:
        """Return the engines of one kind that can be used now."""
        return tuple(one for one in self.profiles if one.family.kind is kind and one.is_installed())


LOCAL = Registry((TesseractProfile(), RapidOcrProfile()))
"""The engines that run on this machine."""
