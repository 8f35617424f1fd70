"""What came of reading a page: a receipt with its evidence, or the error."""

from __future__ import annotations

from dataclasses import dataclass

from rpiocr.errors import EngineError, InputError
from rpiocr.model import Page, Reading, Receipt
from rpiocr.preprocess import Preparer


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or one page of it, that gave no receipt; ``page`` is None where no page was reached."""

    file: str
    page: int | None
    error: InputError | EngineError


@dataclass(frozen=True, slots=True)
class Trace:
    """What is worth looking at after a page was read: made for whoever wants to draw or explain it."""

    page: Page
    preparer: Preparer
    reading: Reading
    receipt: Receipt
