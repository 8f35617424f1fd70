"""Draws a random sale for a country and a kind of shop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal

from generator.dice import Dice
from generator.identity import fill_number
from generator.locales import Country, Good, Regime
from generator.shop import CENT, ZERO, Item, Payment, Sale, Shop, TaxLine, rounded
from generator.twists import with_twists

LAW, NUMBERS, TWISTS = 11, 12, 13
"""Side streams of random numbers: how a shop applies the law, numbers that are filled until they are valid, twists."""

BASKET = {
    "supermarket": (3, 14),
    "restaurant": (2, 6),
    "fuel": (1, 1),
    "pharmacy": (1, 4),
    "hardware": (1, 6),
    "hotel": (1, 1),
    "parking": (1, 1),
}
"""Minimum and maximum number of different items."""

PRICE_PER = {"gal": Decimal("1.6"), "lb": Decimal("0.45")}
"""Prices of the goods tables are per litre and kilogramme; fuel is cheaper where it is sold by the gallon."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """Facts that apply to all items of a sale; ``rates`` are in per cent, by tax category."""

    country: Country
    regime: Regime | None
    rates: dict[str, Decimal]
    sign: int

    def tax(self, category: str) -> tuple[str, Decimal]:
        """Return code and rate of a category; an empty code if there is no tax."""
        if self.regime is None:
            return "", Decimal(0)
        tax_class = self.regime.tax_class(category)
        return tax_class.code, self.rates[category if category in self.regime.classes else "default"]


def go_shopping(dice: Dice, country: Country, kind: str, *, refund: bool = False, twists: bool = False) -> Sale:
    """Return a sale; a refund has at most three items, and no discount, service charge or tip.

    With ``twists``, a sale that is no refund can have deposits, returned goods, offers and the like.
    """
    when = _moment(dice, country.years)
    regime = _shop_regime(dice, country, when.date())
    shelf = Shelf(country, regime, _rates(dice, regime), -1 if refund else 1)
    items = _items(dice, shelf, kind, twists=twists)
    goods = sum((item.amount + item.discount for item in items), ZERO)
    serves = kind == "restaurant" and not refund
    basket_discount = ZERO if refund else _basket_discount(dice, country, kind, items)
    service = _service(dice, country, goods + basket_discount) if serves else ZERO
    included = regime is None or regime.included
    taxes = _taxes(items, basket_discount + service, country.unit, included=included)
    tip = _tip(dice, country, goods) if serves else ZERO
    cash = dice.chance(0.55) and kind != "hotel"
    added = ZERO if included else sum((line.tax for line in taxes), ZERO)
    due = goods + basket_discount + service + added + tip
    # If prices are multiples of the smallest coin, so are card payments.
    coins = cash or country.price_step == country.cash_step
    rounding = rounded(due, country.cash_step, country.unit) - due if coins else ZERO
    return Sale(
        country=country.code,
        currency=country.currency,
        kind=kind,
        shop=_shop(dice, country, kind, regime),
        when=when,
        refund=refund,
        items=items,
        basket_discount=basket_discount,
        service=service,
        tax_name=dice.pick(regime.names) if regime else "",
        tax_included=included,
        taxes=taxes,
        tip=tip,
        rounding=rounding,
        payment=_payment(dice, country, due + rounding, cash=cash),
    )


def _rates(dice: Dice, regime: Regime | None) -> dict[str, Decimal]:
    return {name: dice.pick(entry.rates) for name, entry in regime.classes.items()} if regime else {}


def _basket_discount(dice: Dice, country: Country, kind: str, items: Sequence[Item]) -> Decimal:
    """Return five per cent of the basket as a negative amount, at some shops and if all items are taxed alike."""
    same_tax = len({(item.code, item.rate) for item in items}) == 1
    if same_tax and kind in {"restaurant", "hardware", "pharmacy"} and dice.chance(0.2):
        return -rounded(
            sum((item.amount + item.discount for item in items), ZERO) / 20, country.price_step, country.unit
        )
    return ZERO


def _service(dice: Dice, country: Country, price: Decimal) -> Decimal:
    return rounded(price / 10, country.unit, country.unit) if country.service and dice.chance(0.5) else ZERO


def _tip(dice: Dice, country: Country, goods: Decimal) -> Decimal:
    if not (country.tips and dice.chance(0.5)):
        return ZERO
    return rounded(goods * dice.pick((15, 18, 20)) / 100, country.unit, country.unit)


def _moment(dice: Dice, years: tuple[int, int]) -> dt.datetime:
    first, last = (dt.date(year, month, 1).toordinal() for year, month in ((years[0], 5), (years[1], 12)))
    day = dt.date.fromordinal(dice.between(first, last))
    time = dt.time(dice.between(7, 21), dice.between(0, 59), dice.between(0, 59))
    return dt.datetime.combine(day, time)


def _shop_regime(dice: Dice, country: Country, day: dt.date) -> Regime | None:
    """Return the tax law of the day as the shop applies it."""
    regime = country.regime(day)
    if regime and regime.included and dice.side(LAW).chance(regime.excluded_share):
        return replace(regime, included=False)
    return regime


def _items(dice: Dice, shelf: Shelf, kind: str, *, twists: bool) -> tuple[Item, ...]:
    goods: Sequence[Good] = shelf.country.language.goods[kind]
    fewest, most = BASKET[kind]
    if shelf.sign < 0:
        most = min(most, 3)
        fewest = 1
    chosen = dice.sample(goods, dice.between(fewest, most))
    if kind == "hotel" and shelf.sign > 0:
        chosen += dice.sample(shelf.country.language.goods["hotel_extras"], dice.between(0, 3))
    items = tuple(_item(dice, shelf, good, kind) for good in chosen)
    return _twisted(dice.side(TWISTS), shelf, kind, items) if twists and shelf.sign > 0 else items


def _twisted(dice: Dice, shelf: Shelf, kind: str, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return the items with twists; one more of the shop's goods may be returned."""
    sold = {item.name for item in items}
    language = shelf.country.language
    others = [good for good in language.goods[kind] if not good.unit and good.name not in sold]
    others = [good for good in others if language.kind_of(good.name) == "item"]
    spare = _item(dice, shelf, dice.pick(others), kind) if others else None
    return with_twists(dice, shelf.country, kind, items, spare)


def _item(dice: Dice, shelf: Shelf, good: Good, kind: str) -> Item:
    country = shelf.country
    unit = {"L": country.fuel_unit, "kg": country.weight_unit}.get(good.unit, "")
    level = (country.price_level if kind != "fuel" else country.fuel_level) * PRICE_PER.get(unit, 1)
    price = dice.amount(good.low * level, good.high * level)
    coin = Decimal(1) if country.decimals else 10 * country.price_step
    if country.unit < CENT:
        price += dice.pick((ZERO, ZERO, 5 * country.unit))
    if kind in {"supermarket", "pharmacy", "hardware"} and price > coin and dice.chance(0.6):
        price = _just_below(dice, price, coin, country)
    # Prices at American pumps have a tenth of a cent.
    step = country.fuel_step if kind == "fuel" else country.price_step
    price = rounded(price, step, country.unit) + (Decimal("0.009") if unit == "gal" else 0)
    quantity = _quantity(dice, good, kind)
    amount = shelf.sign * rounded(quantity * price, country.price_step, country.unit)
    discount, percent = ZERO, 0
    if kind == "supermarket" and shelf.sign > 0 and amount > 2 * coin and dice.chance(0.12):
        percent = 10 * dice.between(1, 5)
        discount = -rounded(amount * percent / 100, country.price_step, country.unit)
    code, rate = shelf.tax(good.category)
    return Item(
        name=good.name,
        quantity=quantity,
        unit=unit,
        unit_price=price,
        amount=amount,
        discount=discount,
        code=code,
        rate=rate,
        kind=country.language.kind_of(good.name),
        percent=percent,
    )


def _just_below(dice: Dice, price: Decimal, coin: Decimal, country: Country) -> Decimal:
    """Return a price just below a round one, such as 9.99, or a round one if the currency has no minor unit."""
    if country.decimals:
        return price.to_integral_value() - dice.pick((Decimal("0.01"), Decimal("0.05"), Decimal("0.10")))
    return rounded(price, coin) - dice.between(0, 2) * country.price_step


def _quantity(dice: Dice, good: Good, kind: str) -> Decimal:
    if kind == "fuel":
        return Decimal(dice.between(4000, 62000)) / 1000
    if good.unit:
        return Decimal(dice.between(180, 2400)) / 1000
    if good.category == "lodging":
        return Decimal(dice.between(1, 6))
    several = dice.chance(0.25) and kind != "parking"
    return Decimal(dice.between(2, 4) if several else 1)


def _taxes(items: Sequence[Item], extra: Decimal, unit: Decimal, *, included: bool) -> tuple[TaxLine, ...]:
    """Return a line per code and rate; ``extra`` (basket discount, service charge) is added to the first one."""
    groups: dict[tuple[str, Decimal], Decimal] = {}
    for item in items:
        key = (item.code, item.rate)
        groups[key] = groups.get(key, extra if not groups else ZERO) + item.amount + item.discount
    lines = []
    for (code, rate), amount in sorted(groups.items()):
        if included:
            tax = rounded(amount * rate / (100 + rate), unit, unit)
            lines.append(TaxLine(code, rate, amount - tax, tax, amount))
        else:
            tax = rounded(amount * rate / 100, unit, unit)
            lines.append(TaxLine(code, rate, amount, tax, amount + tax))
    return tuple(lines)


def _payment(dice: Dice, country: Country, total: Decimal, *, cash: bool) -> Payment:
    if not cash or total <= 0:
        return Payment(cash, total, ZERO)
    usual = [note for note in country.notes if note <= max(total * 2, Decimal(20))] or [country.notes[0]]
    note = Decimal(dice.pick(usual))
    exact = dice.chance(0.12)
    tendered = total if exact else ((total / note).to_integral_value(ROUND_CEILING) * note).quantize(CENT)
    return Payment(cash, tendered, tendered - total)


def _shop(dice: Dice, country: Country, kind: str, regime: Regime | None) -> Shop:
    language = country.language
    head = dice.pick(country.heads or language.heads)
    tail = dice.pick(language.tails[kind])
    company = dice.pick(country.company)
    name = dice.choose(country.names).format(head=head, tail=tail, company=company).strip()
    if dice.chance(0.5):
        name = name.upper()
    city, code, region = dice.pick(country.cities)
    lines = tuple(
        pattern.replace("{n}", str(dice.between(1, 98)))
        .replace("{street}", dice.pick(country.streets))
        .replace("{zip}", dice.fill(code))
        .replace("{city}", city)
        for pattern in country.address
    )
    phone = dice.fill(dice.pick(country.phone))
    registration = dice.fill(dice.pick(country.registration)).replace("{n}", str(dice.between(1, 98)))
    tax_id = tax_number = ""
    if regime and regime.tax_id:
        tax_id, tax_number = fill_number(dice, dice.pick(regime.tax_id), regime.tax_id_check, dice.side(NUMBERS))
    return Shop(
        name=name,
        address=(*lines, region) if region else lines,
        phone=phone,
        registration=registration,
        tax_id=tax_id,
        tax_number=tax_number,
    )
