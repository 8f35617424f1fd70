"""Places codes among the lines of a receipt, as tills do: most at the foot, Taiwanese ones side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from generator.codes.facts import Payload
from generator.codes.symbols import BARS_HIGH, Symbol, draw_level, draw_symbol, version_of
from generator.dice import Dice
from generator.render import Dots
from generator.sheet import Line

MODULE_DOTS = (2, 6)
"""Least and greatest size of a module in printer dots."""

BARS_DOTS = (2, 3)
"""The same for bars and stacked bars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A code to print: its payload, whether it belongs to the receipt, and whether it shows through from the back."""

    payload: Payload
    own: bool = True
    through: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A code on the strip: its dots and the place of their upper left corner, with ``module`` dots to a module.

    ``modules`` are the rows and columns of its symbol.
    """

    stamp: Stamp
    dots: Dots
    left: int
    top: int
    module: int
    modules: tuple[int, int]

    @property
    def width(self) -> int:
        """Width in dots."""
        return int(self.dots.shape[1])

    @property
    def height(self) -> int:
        """Height in dots."""
        return len(self.dots)


@dataclass(frozen=True, slots=True)
class Block:
    """Codes that are printed side by side: the dots of their line, and where they are on it."""

    drawn: Dots
    printed: tuple[Printed, ...]

    @property
    def line(self) -> Line:
        """The line to print."""
        return Line((), graphic=self.drawn)


def module_dots(symbol: Symbol, room: int, dice: Dice, wanted: int | None) -> int:
    """Return a size in dots that a till might choose and that fits; ``wanted`` if it does."""
    low, high = MODULE_DOTS if symbol.symbology in {"QRCode", "DataMatrix", "Aztec", "MicroQRCode"} else BARS_DOTS
    drawn = dice.between(low, high)
    most = room // symbol.modules.shape[1]
    return int(max(1, min(wanted or drawn, most)))


def beside(stamps: Sequence[Stamp], room: int, dice: Dice, *, wanted: int | None = None, narrow: bool = False) -> Block:
    """Print codes side by side on ``room`` dots; with ``narrow``, too little paper is left blank above and below."""
    level = draw_level(stamps[0].payload, dice)
    symbols = [draw_symbol(stamp.payload, level, room) for stamp in stamps]
    if len(symbols) > 1:
        largest = max(map(version_of, symbols))
        symbols = [draw_symbol(stamp.payload, level, room, largest) for stamp in stamps]
    each = room // len(symbols)
    dots = min(module_dots(symbol, each - (16 if len(symbols) > 1 else 0), dice, wanted) for symbol in symbols)
    drawn = [symbol.drawn(dots, dice.between(*BARS_HIGH)) for symbol in symbols]
    quiet = 1 if narrow else symbols[0].quiet + dice.between(0, 3)
    above, below = quiet * dots, quiet * dots
    high = max(map(len, drawn))
    canvas = np.zeros((above + high + below, room), np.uint8)
    shift = dice.real(0.3, 0.7) if len(symbols) == 1 and dice.chance(0.2) else 0.5
    printed = []
    for place, (stamp, symbol, one) in enumerate(zip(stamps, symbols, drawn, strict=True)):
        left = place * each + int((each - one.shape[1]) * shift)
        canvas[above : above + len(one), left : left + one.shape[1]] = one
        printed.append(_printed(stamp, symbol, one, (left, above), dots))
    return Block(canvas, tuple(printed))


def _printed(stamp: Stamp, symbol: Symbol, drawn: Dots, corner: tuple[int, int], dots: int) -> Printed:
    return Printed(
        stamp=stamp,
        dots=drawn,
        left=corner[0],
        top=corner[1],
        module=dots,
        modules=(symbol.modules.shape[0], symbol.modules.shape[1]),
    )


def blocks_of(stamps: Sequence[Stamp], room: int, dice: Dice, *, wanted: int | None, narrow: bool) -> list[Block]:
    """Print codes below each other, but the two of a Taiwanese invoice side by side below its bars."""
    sides = [stamp for stamp in stamps if stamp.payload.stated.kind in {"tw-einvoice", "tw-einvoice right"}]
    bars = [stamp for stamp in stamps if stamp.payload.stated.kind == "tw-einvoice bars"]
    rest = [stamp for stamp in stamps if stamp not in sides and stamp not in bars]
    rows = [[stamp] for stamp in bars] + ([sides] if sides else []) + [[stamp] for stamp in rest]
    return [beside(row, room, dice, wanted=wanted, narrow=narrow) for row in rows]
