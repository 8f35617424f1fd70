"""What every engine offers."""

from __future__ import annotations

from typing import Protocol

from rpiocr.model import EngineId, Line, Prepared


class Engine(Protocol):
    """Reads one prepared picture."""

    @property
    def id(self) -> EngineId:
        """Family and configuration, which never change: results hold them."""

    def read(self, picture: Prepared, timeout_s: float) -> tuple[Line, ...]:
        """Return the lines in pixels of ``picture``, none for a blank page.

        Raises EngineTimeoutError when ``timeout_s`` is over (the work is ended, not left running), EngineCancelledError
        when the Cancellation that the engine was made with is used (likewise), EngineError when the engine fails,
        MissingDependencyError when it cannot run at all.
        """
