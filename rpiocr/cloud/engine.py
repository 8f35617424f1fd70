"""Remote OCR engines: their capabilities and how to connect to them."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from rpiocr.cloud.image import EncodedImage
from rpiocr.cloud.options import CloudOptions
from rpiocr.model import EngineFamily, EngineKind, Line
from rpiocr.recognise.engine import EngineProfile
from rpiocr.recognise.registry import LOCAL, Registry, languages_in_scripts

GOOGLE_VISION = EngineFamily("google-vision", EngineKind.REMOTE)


class Connection(Protocol):
    """An open connection to a remote engine."""

    def read(self, image: EncodedImage, page_size: tuple[int, int]) -> tuple[Line, ...]:
        """Make exactly one call; return lines in pixels of a page of this (width, height).

        Raises a subclass of CloudError that depends on the failure.
        """


class RemoteEngine(EngineProfile, Protocol):
    """An engine on another machine: each call is counted, and may be billed."""

    @property
    def question(self) -> str:
        """Identifies the request in the key of each cached answer; has to change whenever the request does."""

    def connect(self, options: CloudOptions) -> Connection:
        """Open a connection, without sending anything that could be billed.

        Raises CloudDeniedError if the credentials cannot be loaded, CloudUnavailableError if there is no response.
        """


@dataclass(frozen=True, slots=True)
class GoogleVision:
    """Google Vision's document text detection."""

    family: EngineFamily = GOOGLE_VISION
    price_usd: Decimal = Decimal("0.0015")
    """Google's list price, from the 1001st page of a month on."""
    question: str = "google-vision/document_text_detection/1"

    def is_installed(self) -> bool:
        """Return whether Google's client is installed; see EngineProfile."""
        try:
            return importlib.util.find_spec("google.cloud.vision_v1") is not None
        except ModuleNotFoundError:
            return False

    def languages(self) -> frozenset[str]:
        """Return all languages known to rpiocr, because Vision reads every one of them; see EngineProfile."""
        return languages_in_scripts(self.family)

    def connect(self, options: CloudOptions) -> Connection:
        """Open a connection; see RemoteEngine. Loads Google's client, which takes a second on a Raspberry Pi."""
        from rpiocr.cloud.vision import Vision

        vision = Vision(options)
        vision.connect()
        return vision


VISION = GoogleVision()

ENGINES = Registry((*LOCAL, VISION))
"""All engines, local and remote."""
