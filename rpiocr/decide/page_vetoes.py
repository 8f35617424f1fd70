"""What holds a receipt back because of the other pages of its file. Set by hand, as in ``vetoes``.

A page total of an invoice is read well and its sums agree, so that nothing on the page itself contradicts it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from rpiocr.decide.vetoes import MAX_DOUBTFUL
from rpiocr.model import Field, Fields, Veto, VetoKind

T = TypeVar("T")

CONTINUED = Veto(
    VetoKind.MEANING, MAX_DOUBTFUL, "the page says that it continues on another one, and that does not follow"
)
PAGE_TOTAL = Veto(VetoKind.MEANING, MAX_DOUBTFUL, "it is the total of a page, which is carried to the next one")


def goes_on(number: int, count: int) -> Veto:
    """Return the veto on the total of a page whose next page is missing."""
    why = f"this is page {number} of {count}, and the next page does not follow in the file"
    return Veto(VetoKind.MEANING, MAX_DOUBTFUL, why)


def unclear(pages: str) -> Veto:
    """Return the veto on totals of pages that may belong together; ``pages`` names them, such as "1 and 2"."""
    return Veto(VetoKind.MEANING, MAX_DOUBTFUL, f"pages {pages} of the file may be one receipt")


def contradicting(pages: str) -> Veto:
    """Return the veto on the total of a receipt whose pages do not fit together."""
    why = f"pages {pages} of the file are one receipt, but another page has another amount that may be its total"
    return Veto(VetoKind.MEANING, MAX_DOUBTFUL, why)


def of_a_part(pages: str, page: int) -> Veto:
    """Return the veto on the total of one page of a receipt, whose own total is on another ``page``."""
    why = f"pages {pages} of the file are one receipt, whose total is on page {page}"
    return Veto(VetoKind.MEANING, MAX_DOUBTFUL, why)


def held_back(fields: Fields, veto: Veto) -> Fields:
    """Return the fields with a veto on the total, if there is one; ``Judge.rate`` bounds its probability."""
    return replace(fields, amount=_with_veto(fields.amount, veto))


def _with_veto(field: Field[T] | None, veto: Veto) -> Field[T] | None:
    return replace(field, vetoes=(*field.vetoes, veto)) if field else None
