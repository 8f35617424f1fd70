"""Draws the receipt of a trap: ``draft_trap`` its text and what is right, ``make_trap`` its image too."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from generator.buying import go_shopping
from generator.dice import Dice
from generator.locales import Country, load_country
from generator.receipt import Order, Receipt, draw_press, image_of
from generator.sheet import Line, Sheet
from generator.shop import KINDS
from generator.traps.amounts import AMOUNT_TRAPS
from generator.traps.currencies import CURRENCY_TRAPS
from generator.traps.dates import DATE_TRAPS
from generator.traps.page import Claim, Page
from generator.traps.signs import SIGN_TRAPS
from generator.wording import Wording

TRAPS = AMOUNT_TRAPS | CURRENCY_TRAPS | DATE_TRAPS | SIGN_TRAPS
"""All traps by name."""

WIDTHS = (576, 576, 512)
"""Widths of paper in dots; on narrower paper the words of traps would be cut off."""


@dataclass(frozen=True, slots=True)
class TrapDraft:
    """What a trap prints, what is right, and the ground truth; needs no fonts."""

    order: Order
    trap: str
    lines: tuple[Line, ...]
    claim: Claim
    key: dict[str, Any]

    @property
    def text(self) -> str:
        """The text of all lines."""
        return "\n".join(line.text for line in self.lines)


def draft_trap(trap: str, order: Order) -> TrapDraft:
    """Decide what is sold and how it is printed. Raises KeyError for a trap that is not in ``TRAPS``."""
    dice = Dice(order.seed, order.index, *order.country.encode(), *trap.encode())
    country = load_country(order.country)
    sale = go_shopping(dice, _of_today(country), order.kind or dice.pick(KINDS))
    words = Wording.draw(dice, country)
    page = Page(dice, sale, words, Sheet(_press(trap, order).columns, cuts_lines=country.cuts_lines))
    _date_clearly(page)
    claim = TRAPS[trap](page)
    return TrapDraft(order, trap, tuple(page.sheet.lines), claim, _key(trap, claim, page))


def make_trap(trap: str, order: Order) -> Receipt:
    """Draw the image of a trap's receipt. Raises OSError if a font is not installed."""
    draft = draft_trap(trap, order)
    level = order.level or "clean"
    image, _ageing = image_of(draft.lines, _press(trap, order), level, Dice(order.seed, order.index, 3))
    name = f"{trap.replace(' ', '-').replace(',', '').replace('/', '-')}_{order.name}"
    return Receipt(name, image, draft.key)


def _press(trap: str, order: Order) -> Any:
    dice = Dice(order.seed, order.index, *trap.encode(), 5)
    return replace(draw_press(dice, order.country), width=dice.pick(WIDTHS))


def _of_today(country: Country) -> Country:
    """Return the country with the years up to the last of its taxes, since when prices and rates are as today."""
    last = max((regime.last.year for regime in country.regimes), default=country.years[1])
    return replace(country, years=(max(country.years[0], last - 8), last))


def _date_clearly(page: Page) -> None:
    """Have the date printed in a way that decides, unless the trap prints it otherwise."""
    usual = [pattern for pattern in page.country.dates if "{y:02}/" not in pattern and not pattern.startswith("{y")]
    page.words.date_pattern = page.dice.pick(usual)
    two_digits_first = any(pattern.startswith("{y") for pattern in page.country.dates)
    if two_digits_first and "{y" in page.words.date_pattern:
        page.words.date_pattern = page.dice.pick([pattern for pattern in usual if "{y" not in pattern])
    day = page.day
    if day.day <= 12:
        day = day.replace(day=day.day + 12)
    page.sale = replace(page.sale, when=dt.datetime.combine(day, page.sale.when.time()))


def _key(trap: str, claim: Claim, page: Page) -> dict[str, Any]:
    """Return the ground truth; ``decides`` says of each field whether the paper decides it."""
    country = page.country
    places = country.decimals if claim.currency == country.currency else 2
    return {
        "total": f"{claim.total:.{places}f}",
        "date": claim.date.isoformat() if claim.date else None,
        "currency": claim.currency,
        "company": page.sale.shop.name,
        "lang": country.language.code,
        "country": country.code.upper(),
        "trap": trap,
        "decides": {name: name in claim.decides for name in ("total", "date", "currency")},
        "label": "generated",
    }
