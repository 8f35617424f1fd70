"""The outcome of reading a page: a receipt with its evidence, or the error."""

from __future__ import annotations

from dataclasses import dataclass

from rpiocr.errors import EngineError, InputError
from rpiocr.model import Fields, Notice, Page, PageLayout, Pixels, Reading, Receipt
from rpiocr.preprocess import Preparer


@dataclass(frozen=True, slots=True)
class Failure:
    """A file, or one page of it, that yielded no receipt; ``page`` is None if no page was reached."""

    file: str
    page: int | None
    error: InputError | EngineError


@dataclass(frozen=True, slots=True)
class BlankPage:
    """A page with nothing on it; ``failure`` is its outcome if the file has nothing else."""

    failure: Failure

    @property
    def notice(self) -> Notice:
        """The note on a receipt of the same file."""
        return Notice("blank_page", f"page {self.failure.page} of the file is blank")


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A receipt as it was read: cut out of its page, flattened and upright, with boxes in the pixels of that image.

    ``layout`` is that by which the items were read; None if they were not looked for.
    """

    pixels: Pixels
    reading: Reading
    fields: Fields
    layout: PageLayout | None


@dataclass(frozen=True, slots=True)
class Trace:
    """A receipt with what is needed to draw or explain how it was read.

    ``view`` is what was read of this page alone. ``other_pages`` holds the lines of text on other pages of an invoice,
    top to bottom. Without a picture, ``page``, ``preparer`` and ``view`` are None and all boxes NOWHERE.
    """

    page: Page | None
    preparer: Preparer | None
    reading: Reading
    receipt: Receipt
    view: View | None
    other_pages: tuple[str, ...] = ()
