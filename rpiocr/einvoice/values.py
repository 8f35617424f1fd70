"""The values of e-invoices from the text of their elements; what is not written as it has to be is a doubt."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from decimal import Decimal

from rpiocr.einvoice.tree import Element
from rpiocr.einvoice.type_codes import PURPOSES
from rpiocr.model.einvoice import Purpose

NUMBER = re.compile(r"[+-]?(?:[0-9]{1,15}(?:\.[0-9]{0,12})?|\.[0-9]{1,12})")
"""A decimal number of XML Schema, of a length that money and quantities have."""

DAY = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})")
"""A day as UBL writes it, or CII in its format 102; what follows is a time or a zone."""

TIME = re.compile(r"([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?")
COUNTRY = re.compile(r"[A-Z]{2}")
CURRENCY = re.compile(r"[A-Z]{3}")

MAX_NAME = 200
"""Maximum length of a name or a number that is kept."""

YES, NO = frozenset({"true", "1"}), frozenset({"false", "0"})


def short(text: str | None) -> str | None:
    """Return a text on one line, cut to MAX_NAME characters; None if there is none."""
    return " ".join((text or "").split())[:MAX_NAME].strip() or None


def matching(pattern: re.Pattern[str], text: str | None) -> str | None:
    """Return a text if all of it matches a pattern."""
    return text if text and pattern.fullmatch(text) else None


def day(text: str | None) -> dt.date | None:
    """Return the day that a text begins with; None if it is none of the calendar."""
    found = DAY.match(text or "")
    if found:
        with suppress(ValueError):
            return dt.date(*map(int, found.groups()))
    return None


def time_of_day(text: str | None) -> dt.time | None:
    """Return the time that a text begins with, without its zone."""
    found = TIME.match(text or "")
    if found:
        with suppress(ValueError):
            hour, minute, second = (int(part or 0) for part in found.groups())
            return dt.time(hour, minute, second)
    return None


@dataclass(slots=True)
class Figures:
    """Reads the amounts of one document in ``currency``; ``doubts`` collects what is wrong with them."""

    currency: str | None
    doubts: list[str] = field(default_factory=list)

    def purpose(self, code: str, otherwise: Purpose) -> Purpose:
        """Return what a document of a type is for; an unknown code is a doubt."""
        if code not in PURPOSES:
            self.doubts.append(f"its type {code or '(none)'} is not known")
        return PURPOSES.get(code, otherwise)

    def amount(self, parent: Element | None, name: str) -> Decimal | None:
        """Return the amount of that name in the document's currency; None if it is not there."""
        found = list(parent.all(name)) if parent else []
        own = [one for one in found if self._is_own(one)]
        if found and not own:
            self.doubts.append(f"{name} is in another currency than the invoice")
        values = {self.number(one) for one in own}
        if len(values) > 1:
            self.doubts.append(f"{name} is stated twice")
        return next(iter(values), None) if len(values) == 1 else None

    def own(self, parent: Element, name: str, amount: str) -> Iterator[Element]:
        """Yield the groups of that name whose amount is in the document's currency."""
        return (one for one in parent.all(name) if any(map(self._is_own, one.all(amount))))

    def number(self, element: Element | None) -> Decimal | None:
        """Return the number that an element holds; None if there is no element, or it holds none."""
        if element is None:
            return None
        if not NUMBER.fullmatch(element.text):
            self.doubts.append(f"{element.name} is no number")
            return None
        return Decimal(element.text) + 0  # without the sign of -0

    def _is_own(self, element: Element) -> bool:
        return element.attributes.get("currencyID", self.currency) == self.currency

    def is_charge(self, element: Element, *path: str) -> bool:
        """Return whether an indicator says that an amount is a charge, and not an allowance."""
        said = element.value(*path)
        if said not in YES | NO:
            self.doubts.append("an amount is neither an allowance nor a charge")
        return said in YES


def unit_price(price: Decimal | None, basis: Decimal | None) -> Decimal | None:
    """Return the price of one unit from that of ``basis`` units, with at most six decimals."""
    if price is None or not basis or basis == 1:
        return price
    return round(price / basis, 6).normalize() + 0
