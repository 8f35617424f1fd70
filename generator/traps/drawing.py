"""Draws the receipt of a trap: ``draft_trap`` its text and what is right, ``make_trap`` its image too."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator.buying import go_shopping
from generator.dice import Dice
from generator.locales import Country, load_country
from generator.receipt import Order, Receipt, draw_press, image_of
from generator.render import Press
from generator.sheet import Line, Sheet
from generator.shop import KINDS, ZERO
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
    if trap != "plain":
        _unrounded(page)
    claim = TRAPS[trap](page)
    return TrapDraft(order, trap, tuple(page.sheet.lines), claim, _key(trap, claim, page))


def drafts(
    traps: Sequence[str], countries: Sequence[str], seed: int, count: int, *, level: str | None = None
) -> Iterator[TrapDraft]:
    """Draft receipts that cycle through the traps, and through the countries of each."""
    for index in range(count):
        turn, place = divmod(index, len(traps))
        # Each trap starts at another country, so that few receipts show many countries.
        country = countries[(turn + 7 * place) % len(countries)]
        yield draft_trap(traps[place], Order(seed=seed, index=index, country=country, level=level))


def make_trap(draft: TrapDraft) -> Receipt:
    """Draw the image of a trap's receipt, by default on clean paper. Raises OSError if a font is not installed."""
    order = draft.order
    level = order.level or "clean"
    image, _ageing = image_of(draft.lines, _press(draft.trap, order), level, Dice(order.seed, order.index, 3))
    name = re.sub(r"[^a-z]+", "-", draft.trap)
    return Receipt(f"{name}_{order.name}", image, draft.key)


def _press(trap: str, order: Order) -> Press:
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


def _unrounded(page: Page) -> None:
    """Have the total not rounded to a coin: traps replace the lines that would say so."""
    if page.sale.rounding:
        page.sale = replace(page.sale, rounding=ZERO)
        page.with_card()


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
        "country": country.code.partition("-")[0].upper(),
        "trap": trap,
        "decides": {name: name in claim.decides for name in ("total", "date", "currency")},
        "label": "generated",
    }
