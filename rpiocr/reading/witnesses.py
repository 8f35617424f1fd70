"""What is known of a receipt besides its text."""

from __future__ import annotations

from dataclasses import dataclass

from rpiocr.extract import PhotoDate
from rpiocr.model import Code


@dataclass(frozen=True, slots=True)
class Witnesses:
    """The codes on a receipt, with boxes in pixels of the original page, and when it was photographed, if known."""

    codes: tuple[Code, ...] = ()
    photo: PhotoDate | None = None
