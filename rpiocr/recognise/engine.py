"""The interface of OCR engines: reading an image, and stating beforehand what they can do."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from rpiocr.model import EngineFamily, EngineId, Line, Prepared


class Engine(Protocol):
    """Reads one prepared image."""

    @property
    def id(self) -> EngineId:
        """Family and configuration, which never change, because stored results contain them."""

    def read(self, image: Prepared, timeout_s: float) -> tuple[Line, ...]:
        """Return the lines in pixels of ``image``, none for a blank page.

        Raises EngineTimeoutError when ``timeout_s`` is over (the work is ended, not left running), EngineCancelledError
        when the Cancellation that the engine was made with is used (likewise), EngineError when the engine fails,
        MissingDependencyError when it cannot run at all.
        """


class EngineProfile(Protocol):
    """The capabilities of an engine. Querying them loads neither a model nor a client."""

    @property
    def family(self) -> EngineFamily:
        """Its name, whether it is local or remote, and the scripts that it knows."""

    @property
    def price_usd(self) -> Decimal:
        """Maximum price of reading one page, in US dollars; 0 for a local engine."""

    def is_installed(self) -> bool:
        """Return whether its program or packages are installed; whether they work shows only in use."""

    def languages(self) -> frozenset[str]:
        """Return the languages that it can read now: ISO 639-1, with the script for Chinese."""
