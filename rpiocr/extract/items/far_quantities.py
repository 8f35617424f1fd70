"""Finds a quantity and a unit price that are printed apart from their product, as on slips of filling stations."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations

from rpiocr.extract.items.assembly import Assembly
from rpiocr.extract.items.row import NUMERAL, Multiple, number
from rpiocr.extract.text.amounts import Amount

FEW = 3
"""Maximum number of items whose quantity may be elsewhere: on a slip of a filling station above the amount."""

MAX_APART = 4
"""Maximum number of rows between an amount and the quantity and the price that make it."""


def find_near(assembly: Assembly, place: int, amount: Amount) -> Multiple | None:
    """Return two numbers with decimals on rows near an amount whose product it is: litres, and the price of one."""
    if len(assembly.counted) > FEW or abs(amount.value) < 1:
        return None
    for reach in range(1, MAX_APART + 1):
        found = list(_numbers_near(assembly, place, reach))
        for (quantity, _), (price, digits) in combinations(found, 2):
            one = Multiple(quantity, None, price)
            if digits > 1 and quantity != 1 and price != 1 and one.makes(amount.value):
                return one
    return None


def _numbers_near(assembly: Assembly, place: int, reach: int) -> Iterator[tuple[Decimal, int]]:
    rows = assembly.zone.rows
    for other in range(max(0, place - reach), min(len(rows), place + reach + 1)):
        if other == place or other not in assembly.counted:
            for match in NUMERAL.finditer(rows[other].text):
                _, mark, decimals = match["digits"].replace(",", ".").partition(".")
                if mark:
                    yield number(match["digits"]), len(decimals)
