"""Prints a receipt with its codes: which receipt, where the codes are, and what goes wrong with the print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from generator.codes.damage import Place, draw_damage, spoil
from generator.codes.encoders import SALES_ONLY, SINCE
from generator.codes.placing import Printed, Stamp, blocks_of
from generator.codes.situations import Situation, situation_of
from generator.dice import Dice
from generator.receipt import Draft, Order, draft_receipt
from generator.render import Ink, Press, burn, print_strips

ATTEMPTS = 400
"""Receipts that are drafted at most until one is of a time and a printer that print codes."""

FAR = 100_000
"""Distance between the indices of two such drafts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeOrder:
    """A receipt with codes to draw. ``situation`` is one of ``SITUATIONS``; what is None is drawn.

    ``module_px`` is the wanted size of a module in pixels of the image, ``blur`` the sigma of the camera's blur in
    pixels, ``damage`` what goes wrong with the print, of ``damage.SHARES``.
    """

    order: Order
    situation: str = "plain"
    module_px: float | None = None
    blur: float | None = None
    damage: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """Name of the image without extension."""
        return f"{self.situation}_{self.order.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """A printed strip: its dots per line, its codes, and what is written on it by hand, with places in dots."""

    draft: Draft
    situation: Situation
    damage: tuple[str, ...]
    dots: NDArray[np.uint8]
    printed: tuple[Printed, ...]
    notes: tuple[tuple[str, int], ...]

    @property
    def press(self) -> Press:
        """The printer."""
        return self.draft.press


def code_orders(
    seed: int, count: int, countries: Sequence[str], situations: Sequence[str], *, level: str | None = None
) -> Iterator[CodeOrder]:
    """Return orders that cycle through the countries and the situations; each is independent of ``count``."""
    for index in range(count):
        place, turn = index % len(countries), index // len(countries)
        order = Order(seed=seed, index=index, country=countries[place], level=level, slip=False)
        yield CodeOrder(order=fitting(order), situation=situations[(place + turn) % len(situations)])


def fitting(order: Order) -> Order:
    """Return the order with an index by which the receipt is from a time, and a printer, with codes."""
    if order.country in SALES_ONLY:
        order = replace(order, refund=False)
    for attempt in range(ATTEMPTS):
        tried = replace(order, index=order.index + FAR * attempt)
        draft = draft_receipt(tried)
        since = SINCE.get(order.country)
        if draft.press.face.pitch == 1 and (since is None or draft.sale.when.date() >= since):
            return tried
    raise ValueError(f"no receipt of {order.country} is like those with codes")


def print_strip(code: CodeOrder) -> Strip:
    """Print the receipt with its codes at the foot, or above its last lines."""
    draft = draft_receipt(code.order)
    dice = dice_of(code, 21)
    situation = situation_of(code.situation, draft)
    damage = draw_damage(dice) if code.damage is None else code.damage
    lines = list(draft.printout.lines)
    end = len(lines) - (dice.between(1, 3) if dice.chance(0.3) else 0)
    front = [stamp for stamp in situation.stamps if not stamp.through]
    wanted = _dots_for(code.module_px, dice)
    blocks = blocks_of(front, draft.press.width, dice, wanted=wanted, narrow="narrow" in damage)
    whole = [*lines[:end], *situation.lines, *(block.line for block in blocks), *lines[end:]]
    strips = print_strips(whole, draft.press)
    tops = np.cumsum([0, *map(len, strips)])
    first = end + len(situation.lines)
    printed = [
        replace(one, top=one.top + int(tops[first + place]))
        for place, block in enumerate(blocks)
        for one in block.printed
    ]
    notes = tuple((text, int(tops[end + place])) for place, text in situation.by_hand.items())
    dots = np.concatenate(strips, axis=0)
    if situation.torn:
        dots = dots[: printed[0].top + int(printed[0].height * dice.real(0.3, 0.7))]
    back, room = _on_the_back(situation.stamps, draft.press, len(dots), dice)
    dots = np.pad(dots, ((0, room), (0, 0)))
    return Strip(draft=draft, situation=situation, damage=damage, dots=dots, printed=(*printed, *back), notes=notes)


def _on_the_back(stamps: Sequence[Stamp], press: Press, height: int, dice: Dice) -> tuple[tuple[Printed, ...], int]:
    """Place the codes that show through below the print or behind it; return the dots of paper to add for them."""
    back = [stamp for stamp in stamps if stamp.through]
    blocks = blocks_of(back, press.width, dice, wanted=None, narrow=False)
    if dice.chance(0.6):
        tops = np.cumsum([height, *(len(block.drawn) for block in blocks)])
        found = [
            replace(one, top=one.top + int(top))
            for block, top in zip(blocks, tops, strict=False)
            for one in block.printed
        ]
        return tuple(found), int(tops[-1]) - height
    found = [
        replace(one, top=dice.between(0, max(height - one.height, 1))) for block in blocks for one in block.printed
    ]
    return tuple(found), 0


def _dots_for(module_px: float | None, dice: Dice) -> int | None:
    """Return dots to a module by which letters are of a usual size on an image with modules of that size."""
    if module_px is None:
        return None
    return dice.between(max(2, round(module_px / 1.9)), max(2, min(6, round(module_px / 0.9))))


def ink_of(strip: Strip, scale: float, dice: Dice) -> Ink:
    """Burn the strip with ``scale`` pixels to a dot, with its damage, what shows through and what is written."""
    ink = burn(strip.dots, strip.press, scale)
    for one in strip.printed:
        if one.stamp.through:
            _show_through(ink, one, strip, scale, dice)
    front = [one for one in strip.printed if not one.stamp.through]
    if front:
        one = front[0]
        place = Place(
            one.left * scale, one.top * scale, (one.left + one.width) * scale, (one.top + one.height) * scale, scale
        )
        spoil(ink, place, strip.damage, dice)
    for text, top in strip.notes:
        _write(ink, text, top * scale, scale, dice)
    return ink


def _show_through(ink: Ink, one: Printed, strip: Strip, scale: float, dice: Dice) -> None:
    """Add a code of the back: mirrored, pale and soft."""
    canvas = np.zeros_like(strip.dots)
    part = canvas[one.top : one.top + one.height, one.left : one.left + one.width]
    part[:] = one.dots[: len(part), ::-1]
    pale = cv2.GaussianBlur(burn(canvas, strip.press, scale), (0, 0), scale) * np.float32(dice.real(0.12, 0.35))
    np.maximum(ink, pale, out=ink)


def _write(ink: Ink, text: str, top: float, scale: float, dice: Dice) -> None:
    """Write a text with a pen over the right end of a line."""
    plain = text.encode("ascii", "ignore").decode()
    size = scale * dice.real(1.1, 1.5)
    font, thick = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, max(1, round(scale * 2.2))
    (width, height), _ = cv2.getTextSize(plain, font, size, thick)
    place = (max(0, ink.shape[1] - width - round(dice.real(4, 40) * scale)), round(top + height * dice.real(0.8, 1.0)))
    pen = np.zeros(ink.shape, np.uint8)
    cv2.putText(pen, plain, place, font, size, 230, thick, cv2.LINE_AA)
    np.maximum(ink, pen.astype(np.float32) / 255, out=ink)


def dice_of(code: CodeOrder, stream: int) -> Dice:
    """Return a stream of random numbers of an order, the same one in all situations."""
    return Dice(code.order.seed, code.order.index, *code.order.country.encode(), stream)
