"""What may be amiss between a receipt and the codes that are seen with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from generator.codes.adverts import encode_bars, encode_link
from generator.codes.encoders import FISCAL, PAYMENTS, encode
from generator.codes.facts import Facts, Payload, facts_of, with_total
from generator.codes.placing import Stamp
from generator.dice import Dice
from generator.locales import load_country
from generator.receipt import Draft
from generator.sheet import Line, Sheet
from generator.shop import ZERO, rounded
from generator.wording import Wording


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """Codes with a receipt, lines printed above them, and the truth that these change.

    ``by_hand`` are texts that a guest writes at the end of the lines, by the number of the line. ``torn``: the lower
    half of the first code is gone. ``beside``: the codes of this one are on a piece of another receipt in the picture.
    """

    stamps: tuple[Stamp, ...]
    lines: tuple[Line, ...] = ()
    changes: dict[str, Any] = field(default_factory=dict)
    by_hand: dict[int, str] = field(default_factory=dict)
    torn: bool = False
    beside: bool = False


@dataclass(frozen=True, slots=True)
class Till:
    """A drafted receipt, what the till knows of it, and its random numbers."""

    draft: Draft
    facts: Facts
    dice: Dice

    @staticmethod
    def of(draft: Draft) -> Till:
        """Return the till of a draft."""
        order = draft.order
        dice = Dice(order.seed, order.index, *order.country.encode(), 20)
        return Till(draft, facts_of(draft.sale, draft.printout, dice), dice)

    def stamps(self, facts: Facts | None = None, *, own: bool = True, through: bool = False) -> tuple[Stamp, ...]:
        """Return the codes of a sale, of the receipt's own if none is given."""
        payloads = encode(self.draft.order.country, facts or self.facts, self.dice)
        return tuple(Stamp(payload=payload, own=own, through=through) for payload in payloads)

    def adverts(self, count: int) -> tuple[Stamp, ...]:
        """Return adverts, each once, and sometimes a number in bars."""
        links: dict[bytes, Payload] = {}
        for _ in range(count):
            payload = encode_link(self.facts, self.dice)
            links[payload.data] = payload
        payloads = [*links.values(), *([encode_bars(self.dice)] if self.dice.chance(0.4) else [])]
        return tuple(Stamp(payload=payload, own=False) for payload in payloads)

    def sheet(self) -> tuple[Sheet, Wording]:
        """Return an empty sheet, and the words as the receipt has them."""
        order, sale = self.draft.order, self.draft.sale
        dice = Dice(order.seed, order.index, *order.country.encode(), 2)
        words = Wording.draw(dice, load_country(order.country), unsigned=sale.refund and dice.chance(0.25))
        return Sheet(self.draft.press.columns), words

    def other_total(self) -> Decimal:
        """Return the total of another sale, which differs from this one."""
        factor = Decimal(self.dice.between(30, 180)) / 100
        step = load_country(self.draft.order.country).price_step
        total = rounded(self.facts.total * factor, step)
        return total if total not in (self.facts.total, ZERO) else self.facts.total + step


def _plain(till: Till) -> Situation:
    """The codes of the receipt, below them an advert on one of four."""
    return Situation(stamps=till.stamps() + till.adverts(1 if till.dice.chance(0.25) else 0)[:1])


def _adverts(till: Till) -> Situation:
    """Adverts and numbers of the till only."""
    return Situation(stamps=till.adverts(till.dice.between(1, 2)))


def _none(_till: Till) -> Situation:
    """No code at all."""
    return Situation(stamps=())


def _reprint(till: Till) -> Situation:
    """The code of another receipt, as of the one that was printed before."""
    return Situation(stamps=till.stamps(with_total(till.facts, till.other_total()), own=False))


def _tip(till: Till) -> Situation:
    """A tip below the total of the code: printed, or written by hand."""
    sheet, words = till.sheet()
    step = load_country(till.draft.order.country).cash_step
    tip = max(rounded(till.facts.total * till.dice.pick((5, 10, 15)) / 100, step), step)
    total = till.facts.total + tip
    by_hand = {}
    values = words.amount(tip), words.money(total)
    if till.dice.chance(0.5):
        by_hand = dict(enumerate(values, 1))
        values = "_" * 12, "_" * 12
    sheet.gap()
    sheet.pair(words.word("tip"), values[0])
    sheet.pair(words.word("total"), values[1])
    changes = {"total": till.facts.text(total), "code_total": till.facts.text(till.facts.total)}
    return Situation(stamps=till.stamps(), lines=tuple(sheet.lines), changes=changes, by_hand=by_hand)


def _split(till: Till) -> Situation:
    """One guest's share of a bill, whose code has the whole."""
    sheet, words = till.sheet()
    guests = till.dice.between(2, 4)
    step = load_country(till.draft.order.country).price_step
    share = rounded(till.facts.total / guests, step)
    sheet.gap()
    sheet.pair(f"1/{guests} {words.word('total')}", words.money(share))
    changes = {"total": till.facts.text(share), "code_total": till.facts.text(till.facts.total)}
    return Situation(stamps=till.stamps(), lines=tuple(sheet.lines), changes=changes)


def _rounding(till: Till) -> Situation:
    """A total that is rounded to a coin after the code was made."""
    rounding = till.draft.sale.rounding
    exact = till.facts.total - rounding
    sheet, words = till.sheet()
    changes = {"code_total": till.facts.text(exact)}
    if not rounding:
        coin = Decimal("0.05") if till.facts.decimals else Decimal(10)
        total = rounded(exact, coin)
        sheet.pair(words.word("rounding"), words.amount(total - exact))
        sheet.pair(words.word("total_rounded"), words.money(total))
        changes["total"] = till.facts.text(total)
    return Situation(stamps=till.stamps(with_total(till.facts, exact)), lines=tuple(sheet.lines), changes=changes)


def _through(till: Till) -> Situation:
    """The code of another receipt on the back, which shows through; one of two receipts has its own as well."""
    back = till.stamps(with_total(till.facts, till.other_total()), own=False, through=True)[:1]
    return Situation(stamps=(till.stamps() if till.dice.chance(0.5) else ()) + back)


def _neighbour(till: Till) -> Situation:
    """A piece of another receipt with its code in the same picture; one of two receipts has its own as well."""
    return Situation(stamps=till.stamps() if till.dice.chance(0.5) else (), beside=True)


def _torn(till: Till) -> Situation:
    """The strip is torn through the code."""
    return Situation(stamps=till.stamps()[:1], torn=True)


SITUATIONS: dict[str, Callable[[Till], Situation]] = {
    "plain": _plain,
    "adverts": _adverts,
    "none": _none,
    "reprint": _reprint,
    "tip": _tip,
    "split": _split,
    "rounding": _rounding,
    "through": _through,
    "neighbour": _neighbour,
    "torn": _torn,
}
"""Makers by name; ``neighbour`` is for photos only."""

COUNTRIES = tuple(sorted((*FISCAL, *PAYMENTS)))
"""Countries whose tills print a code."""


def situation_of(name: str, draft: Draft) -> Situation:
    """Return the situation of a receipt. Raises KeyError for a name that is not in ``SITUATIONS``."""
    return SITUATIONS[name](Till.of(draft))
