"""The remote engines: what each can do, and how it is reached."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from rpiocr.cloud.options import CloudOptions
from rpiocr.cloud.picture import Picture
from rpiocr.model import EngineFamily, EngineKind, Line
from rpiocr.recognise.engine import CancelledBy, EngineProfile
from rpiocr.recognise.registry import LOCAL, Registry, languages_in_scripts

GOOGLE_VISION = EngineFamily("google-vision", EngineKind.REMOTE)


class Connection(Protocol):
    """An open connection to a remote engine."""

    def read(self, picture: Picture, page_size: tuple[int, int]) -> tuple[Line, ...]:
        """Make one call, never repeated here; return lines in pixels of a page of this (width, height).

        Raises a subclass of CloudError, by what went wrong.
        """


class RemoteEngine(EngineProfile, Protocol):
    """An engine on another machine: each call is counted, and may have to be paid for."""

    @property
    def question(self) -> str:
        """What is asked, as part of the key of each stored answer: to be changed with what is asked."""

    def connect(self, options: CloudOptions) -> Connection:
        """Open a connection, without sending anything that could be billed.

        Raises CloudDeniedError for credentials that cannot be loaded, CloudUnavailableError without an answer.
        """


@dataclass(frozen=True, slots=True)
class GoogleVision:
    """Google Vision's document text detection."""

    family: EngineFamily = GOOGLE_VISION
    price_usd: Decimal = Decimal("0.0015")
    """Google's list price, from the 1001st page of a month on."""
    cancelled_by: CancelledBy = CancelledBy.TIMEOUT
    question: str = "google-vision/document_text_detection/1"

    def is_installed(self) -> bool:
        """Return whether Google's client is installed; see EngineProfile."""
        try:
            return importlib.util.find_spec("google.cloud.vision_v1") is not None
        except ModuleNotFoundError:
            return False

    def languages(self) -> frozenset[str]:
        """Return every language that is known here: Vision reads all of them; see EngineProfile."""
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
