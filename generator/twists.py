"""What else is in a basket: offers, discounts, deposits on bottles, returned goods, options of a dish."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal

from generator.dice import Dice
from generator.locales import Country
from generator.shop import ZERO, Item, Offer, rounded

Items = tuple[Item, ...]

COUNTERS = frozenset({"supermarket", "pharmacy", "hardware"})
"""Kinds of shop that sell goods by the piece."""

MAX_DEPOSITS = 3
"""Maximum number of items of a basket with a deposit."""


def with_twists(dice: Dice, country: Country, kind: str, items: Items, spare: Item | None) -> Items:
    """Return the items with some twists that are usual for a kind of shop; ``spare`` is what can be returned."""
    if kind == "restaurant":
        return tuple(_with_options(dice, country, item) for item in items)
    if kind not in COUNTERS:
        return items
    twists: list[tuple[float, Callable[[Items], Items]]] = [
        (0.25, lambda now: _with_offer(dice, country, now)),
        (0.3, lambda now: _with_discount(dice, country, now)),
        (0.2, lambda now: _with_usual_price(dice, country, now)),
    ]
    if kind == "supermarket":
        twists.append((0.3, lambda now: _with_deposits(dice, country, now)))
    if spare is not None:
        twists.append((0.15, lambda now: _with_return(dice, spare, now)))
    for share, twist in twists:
        if dice.chance(share):
            items = twist(items)
    return items


def _with_options(dice: Dice, country: Country, item: Item) -> Item:
    count = dice.pick((0, 0, 1, 1, 2))
    return replace(item, options=tuple(dice.sample(country.language.words["option"], count)))


def _by_the_piece(items: Items) -> list[int]:
    """Return the places of purchases that are not weighed, reduced or on offer."""
    return [
        place
        for place, item in enumerate(items)
        if item.kind == "item" and not (item.unit or item.discount or item.offer or item.usual_price)
    ]


def _replaced(items: Items, place: int, *others: Item) -> Items:
    return (*items[:place], *others, *items[place + 1 :])


def _with_offer(dice: Dice, country: Country, items: Items) -> Items:
    """Sell an item at a price for two or three pieces."""
    places = _by_the_piece(items)
    if not places:
        return items
    place, pieces, times = dice.pick(places), dice.between(2, 3), dice.between(1, 2)
    item = items[place]
    price = rounded(item.unit_price * pieces * Decimal("0.8"), country.price_step, country.unit)
    if price <= 0:
        return items
    sold = replace(item, quantity=Decimal(pieces * times), amount=price * times, offer=Offer(pieces, price))
    return _replaced(items, place, sold)


def _with_discount(dice: Dice, country: Country, items: Items) -> Items:
    """Reduce the price of an item by some per cent."""
    places = _by_the_piece(items)
    if not places:
        return items
    place, percent = dice.pick(places), dice.pick((5, 10, 15, 20, 25, 30, 50))
    item = items[place]
    discount = -rounded(item.amount * percent / 100, country.price_step, country.unit)
    return _replaced(items, place, replace(item, discount=discount, percent=percent if discount else 0))


def _with_usual_price(dice: Dice, country: Country, items: Items) -> Items:
    """Sell an item at a reduced price, so that its usual one is printed as well."""
    places = _by_the_piece(items)
    if not places:
        return items
    place = dice.pick(places)
    item = items[place]
    price = rounded(item.unit_price * dice.pick((70, 75, 80, 90)) / 100, country.price_step, country.unit)
    if not 0 < price < item.unit_price:
        return items
    reduced = replace(item, unit_price=price, amount=price * item.quantity, usual_price=item.unit_price)
    return _replaced(items, place, reduced)


def _with_deposits(dice: Dice, country: Country, items: Items) -> Items:
    """Charge a deposit below some items, and sometimes return those on other bottles."""
    places = set(dice.sample(_by_the_piece(items), MAX_DEPOSITS)[: dice.between(1, MAX_DEPOSITS)])
    price = _deposit(country)
    labels = country.language.words
    charged = dice.pick(labels["deposit"])
    found: list[Item] = []
    for place, item in enumerate(items):
        found.append(item)
        if place in places:
            found.append(_on_bottles(item, charged, item.quantity, price))
    back = _on_bottles(items[0], dice.pick(labels["deposit_return"]), -Decimal(dice.between(1, 6)), price)
    if dice.chance(0.5) and _worth(found) + 2 * back.amount > 0:
        found.insert(dice.pick((0, len(found))), back)
    return tuple(found)


def _deposit(country: Country) -> Decimal:
    """Return a deposit: the price of the cheapest goods of a supermarket."""
    cheapest = min(good.low for good in country.language.goods["supermarket"]) * country.price_level
    return max(rounded(cheapest, country.price_step, country.unit), country.price_step)


def _on_bottles(item: Item, name: str, quantity: Decimal, price: Decimal) -> Item:
    """Return the deposit of some bottles, taxed like an item."""
    return replace(
        item,
        name=name,
        quantity=quantity,
        unit="",
        unit_price=price,
        amount=quantity * price,
        discount=ZERO,
        percent=0,
        offer=None,
        usual_price=None,
        kind="deposit",
    )


def _with_return(dice: Dice, spare: Item, items: Items) -> Items:
    """Take back one piece of other goods, if what is bought is worth more."""
    amount = -spare.unit_price
    if _worth(items) + 2 * amount <= 0:
        return items
    back = replace(spare, quantity=Decimal(-1), amount=amount, discount=ZERO, percent=0)
    place = dice.between(0, len(items))
    return (*items[:place], back, *items[place:])


def _worth(items: Sequence[Item]) -> Decimal:
    return sum((item.amount + item.discount for item in items), ZERO)
