"""Reads thermal receipts offline and says how far each answer can be trusted.

``read_receipt(path)`` reads the first page of one file, ``read_receipts(path)`` all of them. A ``Reader`` keeps what it
has loaded for further files, reads bytes as well, and may be shared by threads; it gives a ``Trace`` for every receipt,
and a ``Failure`` for what could not be read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rpiocr.system.quiet import switch_off

if TYPE_CHECKING:
    from rpiocr.pipeline import Reader, read_receipt, read_receipts
    from rpiocr.reading.outcome import Failure, Trace
    from rpiocr.settings import Settings

__all__ = ["Failure", "Reader", "Settings", "Trace", "__version__", "read_receipt", "read_receipts"]

__version__ = "0.1.0"

# Here, so that it comes before whatever any part of the program, or a process that it starts, imports.
switch_off()


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the attribute is
    # The pipeline loads OpenCV; `rpiocr --help` must not.
    if name in ("Failure", "Reader", "Trace", "read_receipt", "read_receipts"):
        from rpiocr import pipeline

        return getattr(pipeline, name)
    if name == "Settings":
        from rpiocr.settings import Settings

        return Settings
    message = f"module 'rpiocr' has no attribute {name!r}"
    raise AttributeError(message)
