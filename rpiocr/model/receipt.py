"""The result of reading one receipt, and how it was reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from rpiocr.errors import MissingDependencyError
from rpiocr.model.codes import Code
from rpiocr.model.evidence import Verdict
from rpiocr.model.fields import Fields
from rpiocr.model.provenance import Notice
from rpiocr.model.text import Pass

if TYPE_CHECKING:
    from pandas import DataFrame

ITEM_COLUMNS = (
    *("description", "description_read", "quantity", "unit", "unit_price", "amount", "kind", "code", "tax_code"),
    *("applies_to", "confidence"),
)
"""The columns of a table of items: attributes of ``Item``."""


class Source(StrEnum):
    """Where a result comes from."""

    LOCAL = "local"
    LOCAL_RETRY = "local_retry"
    HYBRID = "hybrid"
    CLOUD = "cloud"
    LOCAL_LOW_CONFIDENCE = "local_low_confidence"


@dataclass(frozen=True, slots=True)
class Judgement:
    """How far a result can be trusted: quality 0 to 100; over 70 is ACCEPT, under 40 ESCALATE."""

    quality: int
    verdict: Verdict


class Stop(StrEnum):
    """Why reading stopped: the result was accepted, nothing was left to try, or the time was over."""

    SETTLED = "settled"
    EXHAUSTED = "exhausted"
    DEADLINE = "deadline"


@dataclass(frozen=True, slots=True)
class Rung:
    """One stage of reading: its name, the passes it ran, the quality of the result after it, and its time.

    ``page`` is the page of the file that was read, if that is not the page of the receipt.
    """

    name: str
    passes: tuple[str, ...]
    quality: int
    elapsed_s: float
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The result of reading one receipt: its fields, their judgement, and how it was reached.

    ``file``, ``page`` and ``sha256`` are those of the Page; ``part`` counts the receipts on one page from 1.
    ``more_pages`` are the pages of the file that continue it, in the order in which they are to be read.
    ``passes`` holds every pass that was run, failed ones included; ``rungs`` the stages that ran them, and ``stop``
    why there were no more. ``codes`` are all machine-readable codes on it, top to bottom. ``attachment`` is the name of
    the attachment of a mail that it is from.
    """

    file: str
    page: int
    part: int
    sha256: str
    source: Source
    judgement: Judgement
    fields: Fields
    warnings: tuple[Notice, ...]
    passes: tuple[Pass, ...]
    rungs: tuple[Rung, ...]
    stop: Stop
    elapsed_s: float
    codes: tuple[Code, ...] = ()
    more_pages: tuple[int, ...] = ()
    attachment: str | None = None

    @property
    def pages(self) -> tuple[int, ...]:
        """All pages of the file that belong to it, the first one first."""
        return (self.page, *self.more_pages)

    def items_frame(self) -> DataFrame:
        """Return the items as a table of pandas with ITEM_COLUMNS, numbered from 1; empty if none were found.

        Money is Decimal, the kind is text. Raises MissingDependencyError if pandas is not installed.
        """
        try:
            from pandas import DataFrame, RangeIndex
        except ImportError as error:
            message = "items_frame needs pandas, which is not installed: pip install pandas"
            raise MissingDependencyError(message) from error
        items = self.fields.items.items if self.fields.items else ()
        rows = [[_plain(getattr(item, name)) for name in ITEM_COLUMNS] for item in items]
        numbers = RangeIndex(1, len(rows) + 1, name="number")
        return DataFrame(rows, index=numbers, columns=list(ITEM_COLUMNS), dtype=object)


def _plain(value: object) -> object:
    return value.value if isinstance(value, StrEnum) else value
