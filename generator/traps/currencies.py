"""Traps about the currency: signs that are missing, and those of other countries."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from generator.locales import load_country
from generator.shop import Shop, rounded
from generator.traps.amounts import Trap
from generator.traps.page import Claim, Page, Part

SIGN = re.compile(r"[$€£¥￥₹₩￦₺₽₴฿]|\b(?:kr|Kč|zł|руб|грн|Rs|RM|Rp|TL|R)\b|[元円원]")
"""Signs of currencies in words of receipts."""

RATES = {
    "EUR": Decimal("1.00"),
    "USD": Decimal("1.09"),
    "GBP": Decimal("0.86"),
    "CHF": Decimal("0.96"),
    "JPY": Decimal("163"),
    "CNY": Decimal("7.85"),
}
"""Currencies that shops convert to, at a rate in units for a euro as of 2024 (European Central Bank, rounded)."""

SIGNS = {
    "EUR": ("EUR {n}", "€ {n}", "{n} €"),
    "USD": ("USD {n}", "US$ {n}"),
    "GBP": ("GBP {n}", "£ {n}"),
    "CHF": ("CHF {n}",),
}
"""How amounts in another currency are printed."""


@cache
def borders() -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    """Return towns at borders by country: ``city``, ``zip``, and the ``currency`` on the other side with its rate."""
    table = tomllib.loads((Path(__file__).parent / "borders.toml").read_text(encoding="utf-8"))
    return {code: tuple(rows) for code, rows in table.items()}


def _unsigned(page: Page) -> dict[str, Part]:
    """Have the currency printed nowhere; return the parts of the receipt that this changes."""
    page.words.money_pattern = page.words.amount_pattern = "{n}"
    for key, wordings in page.country.language.words.items():
        unsigned = [one for one in wordings if not SIGN.search(one) and page.sale.currency not in one]
        if len(unsigned) < len(wordings):
            page.words.chosen[key] = page.dice.pick(unsigned or [_without_sign(page, wordings[0])])
    return {"foot": page.bare_foot}


def _without_sign(page: Page, wording: str) -> str:
    return SIGN.sub("", wording.replace(page.sale.currency, "")).replace("()", "").strip()


def _conversion(page: Page, code: str, rate: Decimal) -> None:
    """Print what the total is worth in another currency, and its rate."""
    worth = rounded(page.sale.total * rate, Decimal(1) if rate > 20 else Decimal("0.01"))
    pattern = page.dice.pick(SIGNS.get(code, (f"{code} {{n}}",)))
    number = page.words.number(worth, 0 if rate > 20 else 2)
    shown = f"{rate.normalize():f}".replace(".", page.country.decimal)
    if page.dice.chance(0.5):
        page.row("converted", pattern.replace("{n}", number))
        page.row("exchange_rate", shown)
    else:
        page.sheet.left(f"{pattern.replace('{n}', number)} @ {shown}")


def _other(page: Page) -> tuple[str, Decimal]:
    """Return another currency and what one unit of the country's own is worth in it, roughly."""
    code = page.dice.pick([code for code in RATES if code != page.sale.currency][:4])
    own = page.country.price_level or Decimal(1)
    # Prices of a country are those of the language times its level: a fair rate is that of the levels.
    rate = RATES[code] / RATES.get(page.sale.currency, own)
    return code, Decimal(f"{rate:.4g}")


def no_sign(page: Page) -> Claim:
    """Print no sign and no code of a currency: address, taxes and numbers tell the country."""
    page.print(**_unsigned(page))
    return page.claim()


def no_sign_converted(page: Page) -> Claim:
    """Print no sign but that of another currency, in a line that converts the total."""
    unsigned = _unsigned(page)
    code, rate = _other(page)
    where = page.dice.pick(("after_total", "after_payment"))
    page.print(**unsigned | {where: lambda: _conversion(page, code, rate)})
    return page.claim()


def converted(page: Page) -> Claim:
    """Print the total in another currency too."""
    code, rate = _other(page)
    page.print(**{page.dice.pick(("after_total", "after_payment")): lambda: _conversion(page, code, rate)})
    return page.claim()


def border_town(page: Page) -> Claim:
    """Print a shop near a border, which takes the other country's money too."""
    towns = borders().get(page.sale.country, ())
    if not towns:
        return converted(page)
    town = page.dice.pick(towns)
    place = page.dice.fill(f"{town['zip']} {town['city']}".strip())
    page.sale = replace(page.sale, shop=replace(page.sale.shop, address=(page.sale.shop.address[0], place)))
    unsigned = _unsigned(page) if page.dice.chance(0.5) else {}
    page.print(**unsigned | {"after_payment": lambda: _conversion(page, town["currency"], Decimal(town["rate"]))})
    return page.claim()


def placeless(page: Page) -> Claim:
    """Print neither a sign nor anything that tells the country: the paper does not decide the currency."""
    page.sale = replace(page.sale, shop=Shop(page.sale.shop.name, (), "", "", ""))
    page.print(**_unsigned(page) | {"tax": lambda: None})
    return page.undecided("currency")


def exchange_office(page: Page) -> Claim:
    """Print money given and money got at an exchange office."""
    code, rate = _other(page)
    given = Decimal(page.dice.pick((50, 100, 150, 200, 300, 500)))
    got = page.round(given / rate)
    places = page.country.decimals

    def money(currency: str, amount: Decimal, decimals: int) -> str:
        return f"{currency} {page.words.number(amount, decimals)}"

    def sums() -> None:
        page.row("give", money(code, given, 2))
        page.row("exchange_rate", f"{(1 / rate):.4f}".replace(".", page.country.decimal))
        page.row("get", money(page.sale.currency, got, places))
        page.pair(f"{page.words.word('total')} {page.sale.currency}", page.words.number(got))

    page.print(
        items=lambda: page.sheet.centre(page.say("exchange_title")),
        sums=sums,
        payment=lambda: None,
        tax=lambda: None,
    )
    return page.claim(total=given, currency=code)


def other_country_sign(page: Page) -> Claim:
    """Print a card's offer to pay in the currency of its own country, which was declined."""
    code, rate = _other(page)
    own = load_country(page.sale.country).currency

    def offer() -> None:
        worth = page.words.number(rounded(page.sale.total * rate), 2)
        page.sheet.left(f"{page.say('choice')} {own} {page.words.number(page.sale.total)} [X]")
        page.sheet.left(f"{code} {worth} [ ]")
        page.sheet.left(f"1 {own} = {rate} {code}")

    page.with_card()
    page.print(after_payment=offer)
    return page.claim()


CURRENCY_TRAPS: dict[str, Trap] = {
    "no sign": no_sign,
    "no sign, converted": no_sign_converted,
    "converted": converted,
    "border town": border_town,
    "placeless": placeless,
    "exchange office": exchange_office,
    "offer in another currency": other_country_sign,
}
"""Traps about the currency by name."""
