"""The outcome of reading a page: a receipt with its evidence, or the error."""

from __future__ import annotations

from dataclasses import dataclass

from rpiocr.errors import EngineError, InputError
from rpiocr.model import Page, Reading, Receipt
from rpiocr.preprocess import Preparer


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or one page of it, that yielded no receipt; ``page`` is None if no page was reached."""

    file: str
    page: int | None
    error: InputError | EngineError


@dataclass(frozen=True, slots=True)
class Trace:
    """A receipt with what is needed to draw or explain how it was read."""

    page: Page
    preparer: Preparer
    reading: Reading
    receipt: Receipt
