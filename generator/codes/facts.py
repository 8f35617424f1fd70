"""What a till knows of a sale when it makes a code, and what the code states afterwards."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from generator.dice import Dice
from generator.layout import Printout
from generator.locales import load_country
from generator.shop import ZERO, Item, Sale, TaxLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A sale as a code states it; amounts of refunds are negative.

    ``country`` is an ISO 3166 code in capitals, ``when`` local time. ``taxes`` are by rate; tips, rounding and what is
    not taxed are the rest of ``total``. ``tax_id`` has letters and digits only, and is empty if the shop has none.
    """

    country: str
    currency: str
    decimals: int
    total: Decimal
    when: dt.datetime
    taxes: tuple[TaxLine, ...]
    seller: str
    city: str
    tax_id: str
    number: str
    cash: bool
    refund: bool
    items: tuple[Item, ...]

    @property
    def tax(self) -> Decimal:
        """The sum of all taxes."""
        return sum((line.tax for line in self.taxes), ZERO)

    @property
    def untaxed(self) -> Decimal:
        """What of the total is in no tax line: a tip, or what it was rounded by."""
        return self.total - sum((line.gross for line in self.taxes), ZERO)

    def text(self, amount: Decimal) -> str:
        """Write an amount with a point and the decimals of the currency."""
        return f"{amount:.{self.decimals}f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stated:
    """What a payload states: ``None`` where it says nothing. ``kind`` is the name of its format."""

    kind: str
    total: Decimal | None = None
    currency: str | None = None
    when: dt.datetime | None = None
    has_time: bool = True
    tax: Decimal | None = None
    seller: str | None = None
    tax_id: str | None = None
    number: str | None = None

    def truth(self) -> dict[str, Any]:
        """Return it as JSON values, without what is not stated."""
        found = {
            "kind": self.kind,
            "total": None if self.total is None else str(self.total),
            "currency": self.currency,
            "date": None if self.when is None else self.when.date().isoformat(),
            "time": None if self.when is None or not self.has_time else self.when.time().isoformat("seconds"),
            "tax": None if self.tax is None else str(self.tax),
            "seller": self.seller,
            "tax_id": self.tax_id or None,
            "number": self.number,
        }
        return {key: value for key, value in found.items() if value is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class Payload:
    """The bytes of one code, its symbology as zxing-cpp names it, and what it states."""

    data: bytes
    stated: Stated
    symbology: str = "QRCode"


def facts_of(sale: Sale, printout: Printout, dice: Dice) -> Facts:
    """Return what the till knows; a receipt number that is not printed is drawn."""
    country = load_country(sale.country)
    return Facts(
        country=sale.country.partition("-")[0].upper(),
        currency=sale.currency,
        decimals=country.decimals,
        total=sale.total,
        when=sale.when,
        taxes=sale.taxes,
        seller=sale.shop.name,
        city=re.sub(r"[^\w ]", "", sale.shop.address[-1]).strip() or "Centro",
        tax_id=re.sub(r"[^A-Z0-9]", "", sale.shop.tax_number),
        number=printout.number or dice.fill("#####"),
        cash=sale.payment.cash,
        refund=sale.refund,
        items=sale.items,
    )


def with_total(facts: Facts, total: Decimal) -> Facts:
    """Return the facts of another sale of the same shop at the same time: its goods are as if of the highest rate."""
    line = max(facts.taxes, key=lambda one: one.rate, default=None)
    if line is None:
        return replace(facts, total=total)
    net = (total * 100 / (100 + line.rate)).quantize(Decimal(1).scaleb(-facts.decimals))
    return replace(facts, total=total, taxes=(TaxLine(line.code, line.rate, net, total - net, total),))
