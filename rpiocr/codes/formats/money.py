"""What becomes of an amount once its form is checked: decimals that its currency prints, and the sign of refunds."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeVar

from rpiocr.model.codes import Document
from rpiocr.model.currency import without_loss

Money = TypeVar("Money", Decimal, Decimal | None)


def stated(value: Money, currency: str | None, document: Document = Document.SALE) -> Money:
    """Return an amount that its format writes without a sign as claims have it: negative for refunds.

    It gets the decimals of its currency where no digit is lost: 1650.500000 in MXN is 1650.50.
    """
    if value is None:
        return None
    fitting = without_loss(value, currency)
    exact = value if fitting is None else fitting
    return -exact if document is Document.REFUND else exact
