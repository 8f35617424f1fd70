"""The outcome of reading a page: a receipt with its evidence, or the error."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from rpiocr.decide.features import Facts
from rpiocr.errors import EngineError, InputError
from rpiocr.extract.roles import ReceiptLine
from rpiocr.model import Fields, Notice, Page, PageLayout, Pixels, Reading, Receipt
from rpiocr.model.codes import Code
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

    ``layout`` is that by which the items were read; None if they were not looked for. ``codes`` are those on the
    receipt.
    """

    pixels: Pixels
    reading: Reading
    fields: Fields
    layout: PageLayout | None
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Trace:
    """A receipt with what is needed to draw or explain how it was read.

    All but ``receipt`` is of its first page alone: ``rows`` are its lines with their roles, in pixels of the view, and
    ``facts`` what the judge considered. ``more`` are the pages that continue it, in the order of ``Receipt.pages``.
    Without a picture, ``page``, ``preparer`` and ``view`` are None and all boxes NOWHERE.
    """

    page: Page | None
    preparer: Preparer | None
    reading: Reading
    receipt: Receipt
    view: View | None
    rows: tuple[ReceiptLine, ...] = ()
    facts: Facts | None = None
    more: tuple[MorePage, ...] = ()

    @property
    def readings(self) -> Iterator[tuple[int, Reading]]:
        """The number and the text of each page of the receipt, the first one first."""
        yield self.receipt.page, self.reading
        yield from ((one.number, one.reading) for one in self.more)

    @property
    def traces(self) -> Iterator[Trace]:
        """The traces of all its pages, the first one first; only this one if no images of others were kept."""
        yield self
        yield from (one.trace for one in self.more if one.trace)


@dataclass(frozen=True, slots=True)
class MorePage:
    """A page that continues a receipt: its number, its text, and its own trace if images were to be kept."""

    number: int
    reading: Reading
    trace: Trace | None
